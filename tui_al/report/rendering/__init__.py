"""Sections as text for terminals, Markdown, LaTeX, HTML pages, pictures and data files."""
