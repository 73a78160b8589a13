"""Figures computed from stored runs: polars in, polars out."""
