"""A corpus and an embedding model become a matrix on disk."""
