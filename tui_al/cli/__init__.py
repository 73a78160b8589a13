"""The command line: parse, call, print. Heavy imports happen inside the commands."""

from tui_al.cli.entry import app, main

__all__ = ["app", "main"]
