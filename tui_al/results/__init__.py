"""Finished runs: their schema and the Parquet store that keeps them."""
