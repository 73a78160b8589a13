"""Standard output for people: tables in colour on a terminal, plain text in a pipe."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tui_al.textsafe import visible

PIPE_WIDTH = 100


def make_console(*, plain: bool = False, stderr: bool = False) -> Console:
    """A console on standard output; a pipe gets neither colour nor the terminal's width.

    `plain` is for text that goes to a file, whatever standard output is; `stderr` for tables
    that are narration.
    """
    terminal = False if plain else None
    console = Console(
        markup=False, highlight=False, emoji=False, force_terminal=terminal, stderr=stderr
    )
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    return console


def print_json(rows: Iterable[dict[str, Any]]) -> None:
    """Print rows as one JSON array."""
    sys.stdout.write(json.dumps(list(rows), indent=1, default=str) + "\n")


def make_table(title: str, columns: Sequence[str], *, right: Iterable[str] = ()) -> Table:
    """An empty table; the columns of `right` are aligned right."""
    table = Table(
        title=cell(title) if title else None,
        title_justify="left",
        title_style="bold",
        box=None,
        pad_edge=False,
    )
    numbers = set(right)
    for column in columns:
        table.add_column(
            column, justify="right" if column in numbers else "left", header_style="dim"
        )
    return table


def cell(value: object) -> Text:
    """A value as inert text: neither markup nor control characters act."""
    return Text("–" if value is None else visible(str(value), one_line=True))
