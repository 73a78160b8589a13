"""What the cache holds: how much of it, whether it is sound, what may go, and moving it."""
