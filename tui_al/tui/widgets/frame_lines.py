"""The lines of a table of rows: its titles, its rows, and what of them is in sight."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

GUTTER = 3  # marker, pin, space; it stays where it is while columns are scrolled
PINNED = "↑"
MORE_LEFT, MORE_RIGHT = "‹", "›"
_UNDERLINED, _BOLD = Style(underline=True), Style(bold=True)


@dataclass(frozen=True, slots=True)
class RowMark:
    """What marks a row: the marker of its curve, in its colour, where it is selected; a pin."""

    marker: str = ""
    color: str = ""
    pinned: bool = False


def row_line(cells: Sequence[str], mark: RowMark, base: Style, cursor: int | None) -> Strip:
    """A row; `cursor` is the column under the cursor, in the row under the cursor."""
    marker = Segment(" ", base)
    if mark.marker:
        marker = Segment(mark.marker, base + Style(color=mark.color))
    pin = Segment(f"{PINNED if mark.pinned else ' '} ", base + _BOLD)
    text = base + _BOLD if mark.marker else base
    return Strip([marker, pin, *_cells(cells, text, cursor)])


def title_line(titles: Sequence[str], base: Style, cursor: int | None) -> Strip:
    """The titles of the columns."""
    return Strip([Segment(" " * GUTTER, base), *_cells(titles, base, cursor)])


def in_sight(line: Strip, scrolled: int, width: int, blank: Style, *, hint: bool = False) -> Strip:
    """The gutter, and the columns from the one where they are scrolled to.

    With `hint`, signs where columns are out of sight.
    """
    left = GUTTER + scrolled
    cut = line
    if scrolled:
        cut = Strip.join([line.crop(0, GUTTER), line.crop(left, left + width - GUTTER)])
    cut = cut.adjust_cell_length(width, blank)
    if hint and scrolled:
        sign = Strip([Segment(MORE_LEFT, blank)])
        cut = Strip.join([cut.crop(0, GUTTER - 1), sign, cut.crop(GUTTER, width)])
    if hint and line.cell_length - 2 > left + width - GUTTER:
        cut = Strip.join([cut.crop(0, width - 1), Strip([Segment(MORE_RIGHT, blank)])])
    return cut


def _cells(cells: Iterable[str], style: Style, cursor: int | None) -> Iterator[Segment]:
    for number, cell in enumerate(cells):
        if number != cursor:
            yield Segment(cell, style)
            continue
        word = cell.strip()
        before = cell[: len(cell) - len(cell.lstrip())]
        yield Segment(before, style)
        yield Segment(word, style + _UNDERLINED)
        yield Segment(cell[len(before) + len(word) :], style)
