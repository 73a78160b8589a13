"""What a terminal or a file shows of catalogs, runs and stored results."""
