"""Where the columns of a table of rows stand, and what is written in its cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import polars as pl
from rich.cells import cell_len, set_cell_size

from tui_al.report.blocks import Column
from tui_al.report.rendering.values import write_cell

_SAMPLE = 48  # rows whose values decide how wide a column is
_ROOMY = 100  # from here on columns stand two apart, whether or not all are in sight
_WIDEST = 32  # a longer text is cut


@dataclass(frozen=True)
class Rows:
    """Rows to be shown in columns, sorted by column `order`.

    `key` is the column that names what a row belongs to; equal columns `identity` make a row
    the same one in other rows.
    """

    frame: pl.DataFrame
    columns: Sequence[Column]
    key: str
    identity: Sequence[str]
    order: str | None = None
    descending: bool = False

    @cached_property
    def widths(self) -> Sequence[int]:
        """How wide the columns are by their values, in a sample of the rows: ask in the thread
        that finds rows."""
        sample = list(_sample(self.frame).iter_rows(named=True))
        return [_width(sample, column) for column in self.columns]

    def key_of(self, row: int) -> str:
        """The key of a row."""
        return str(self.frame.item(row, self.key))

    def find(self, other: "Rows", row: int) -> int | None:
        """Where a row of others is among these."""
        if row >= other.frame.height or self.identity != other.identity:
            return None
        values = other.frame.row(row, named=True)
        same = (pl.col(name).eq_missing(pl.lit(values[name])) for name in self.identity)
        found = self.frame.select(pl.all_horizontal(same).arg_true()).to_series()
        return int(found[0]) if found.len() else None


NO_ROWS = Rows(pl.DataFrame(), (), "", ())


@dataclass(frozen=True, slots=True)
class Place:
    """A column's first position and its width."""

    left: int
    width: int

    @property
    def right(self) -> int:
        return self.left + self.width


@dataclass(frozen=True, slots=True)
class Layout:
    """The places of columns, `gap` apart, from position 0."""

    columns: Sequence[Column]
    places: Sequence[Place]
    gap: int

    @property
    def width(self) -> int:
        return self.places[-1].right + self.gap if self.places else 0

    def column_at(self, x: int) -> int | None:
        """The column that a position belongs to."""
        found = (number for number, place in enumerate(self.places) if x < place.right + self.gap)
        return next(found, None) if x >= 0 else None

    def write_row(self, frame: pl.DataFrame, row: int) -> list[str]:
        """The cells of a row, each as wide as its column and the gap after it."""
        values = frame.row(row, named=True)
        return [
            self._fit(number, _write(values, column)) for number, column in enumerate(self.columns)
        ]

    def write_titles(self, order: str | None, *, descending: bool) -> list[str]:
        """The titles, an arrow in the gap after that of the column that rows are sorted by."""
        arrow = "↓" if descending else "↑"
        return [
            self._fit(number, column.title, arrow if column.name == order else "")
            for number, column in enumerate(self.columns)
        ]

    def _fit(self, number: int, text: str, mark: str = "") -> str:
        width = self.places[number].width
        length = cell_len(text)
        if length > width:
            text, length = set_cell_size(text, width - 1) + "…", width
        if self.columns[number].kind != "text":
            text = text.rjust(len(text) + width - length) + mark
        else:
            text = (text + mark).ljust(len(text) + width - length)
        return text + " " * (width + self.gap - cell_len(text))


def arrange(rows: Rows, room: int, before: Layout | None = None) -> Layout:
    """Columns as wide as their values; closer where room is short.

    Of the layout `before`, columns keep their width where they would be narrower.
    """
    columns, widths = rows.columns, rows.widths
    if before is not None and before.columns == columns:
        widths = [
            max(width, place.width) for width, place in zip(widths, before.places, strict=True)
        ]
    gap = 2 if room >= _ROOMY or sum(widths) + 2 * len(widths) <= room else 1
    places, left = [], 0
    for width in widths:
        places.append(Place(left, width))
        left += width + gap
    return Layout(columns, places, gap)


def _width(rows: Sequence[dict[str, Any]], column: Column) -> int:
    longest = max((cell_len(_write(row, column)) for row in rows), default=0)
    return max(min(longest, _WIDEST), cell_len(column.title))


def _write(row: Mapping[str, Any], column: Column) -> str:
    value = row[column.name]
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return write_cell(row, column).text


def _sample(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows of the beginning, the end and in between."""
    if frame.height <= _SAMPLE:
        return frame
    between = frame.gather_every(max(1, frame.height // (_SAMPLE // 2)))
    return pl.concat([frame.head(_SAMPLE // 4), between, frame.tail(_SAMPLE // 4)])
