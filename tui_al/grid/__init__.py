"""Running experiments on stored data and storing what they yield."""
