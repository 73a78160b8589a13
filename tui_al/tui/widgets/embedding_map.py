"""The train pool in two dimensions, with what the runs chose of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui_al.report.palette import Mark, Rgb
from tui_al.tui.widgets.plane import Plane, draw_plane
from tui_al.tui.widgets.tints import tint, tint_of

# What a full marker is where texts were labeled in earlier cycles: the same shape, hollow.
_HOLLOW = {"●": "○", "▲": "△", "▼": "▽", "■": "□", "◆": "◇", "✚": "+", "★": "☆", "×": "·"}
BOTH, BOTH_BEFORE = "◉", "◎"
_BOTH_COLORS: tuple[Rgb, Rgb] = ((255, 255, 255), (0, 0, 0))
# Of the pool's dots by how crowded a cell is, on dark and on light ground.
_POOL: tuple[tuple[Rgb, ...], tuple[Rgb, ...]] = (
    ((58, 66, 76), (84, 94, 106), (116, 128, 142)),
    ((200, 204, 206), (168, 174, 178), (132, 140, 146)),
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What one run chose: in this cycle, and before it (train-pool indices)."""

    name: str
    mark: Mark
    now: Collection[int] = ()
    before: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class _Spot:
    """A cell with a mark."""

    character: str
    style: Style


@dataclass(slots=True)
class _Shown:
    points: NDArray[np.float32] | None = None
    runs: Sequence[Chosen] = ()
    pointed: int | None = None
    message: str = ""
    spots: dict[int, _Spot] = field(default_factory=dict)


class EmbeddingMap(Widget, can_focus=False):
    """All texts as dots, labeled ones hollow, this cycle's full, a shape and colour a run.

    Of what falls on one cell, the newest is drawn; a mark of its own stands where both runs
    chose. The text under the cursor of a table is inverted.
    """

    class Pointed(Message):
        """A place was clicked: `index` is the text of this cycle that lies nearest."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    COMPONENT_CLASSES: ClassVar[set[str]] = {"map--quiet"}

    def __init__(self) -> None:
        super().__init__()
        self._shown = _Shown()
        self._plane: Plane | None = None
        self._drawn: dict[int, Strip] = {}  # rows of the plane

    def show_pool(self, points: NDArray[np.float32] | None, message: str = "") -> None:
        """Show other points (n, 2), or say in one line why there are none."""
        self._shown.points, self._shown.message = points, message
        self._plane = None
        self.refresh()

    def show_runs(self, runs: Sequence[Chosen]) -> None:
        """Show what one or two runs chose."""
        self._shown.runs = runs
        self._mark()
        self.refresh()

    def point_at(self, index: int | None) -> None:
        """Show where a text is."""
        if index != self._shown.pointed:
            for pointed in (self._shown.pointed, index):
                self._drawn.pop(self._row_of(pointed), None)
            self._shown.pointed = index
            self.refresh()

    def on_resize(self) -> None:
        self._plane = None

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._drawn.clear()

    def _ready(self) -> Plane | None:
        """The points binned for the widget's size, once for each size."""
        rows, columns = self.size.height - 1, self.size.width
        points = self._shown.points
        if points is None or not len(points) or rows < 1 or columns < 1:
            return None
        if self._plane is None:
            self._plane = draw_plane(points, rows, columns)
            self._mark()
        return self._plane

    def _mark(self) -> None:
        """Work out which cells have marks: what was labeled first, then this cycle's."""
        self._shown.spots = {}
        self._drawn.clear()
        plane, dark = self._plane, self.app.current_theme.dark
        if plane is None:
            return
        both = [Style(color=_rgb(color), bold=bold) for color, bold in
                ((_POOL[not dark][-1], False), (_BOTH_COLORS[not dark], True))]  # fmt: skip
        for now in (False, True):
            taken: set[int] = set()
            for run in self._shown.runs:
                cells = plane.where(run.now if now else run.before)
                style = tint_of(self, run.mark) + Style(bold=now)
                own = _Spot(run.mark.marker if now else hollow(run.mark), style)
                shared = _Spot(BOTH if now else BOTH_BEFORE, both[now])
                self._shown.spots |= {cell: shared if cell in taken else own for cell in cells}
                taken |= cells

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        plane = self._ready()
        if plane is None:
            middle = y == self.size.height // 2
            message = Text(self._shown.message if middle else "", "dim", end="")
            message.truncate(width, overflow="ellipsis")
            message.align("center", width)
            return Strip(message.render(self.app.console), width).apply_style(self.rich_style)
        if y >= plane.rows:
            return self._draw_legend(width)
        if y not in self._drawn:
            row = Strip(self._draw_row(plane, y), plane.columns)
            self._drawn[y] = row.apply_style(self.rich_style)
        return self._drawn[y]

    def _draw_row(self, plane: Plane, row: int) -> list[Segment]:
        dark = self.app.current_theme.dark
        greys = [Style(color=_rgb(color)) for color in _POOL[not dark]]
        pointed = self._pointed_cell(plane)
        cells: list[tuple[str, Style]] = []
        for column in range(plane.columns):
            number = row * plane.columns + column
            spot = self._shown.spots.get(number)
            pattern = int(plane.patterns[row, column])
            if spot is not None:
                character, style = spot.character, spot.style
            elif pattern:
                character = chr(0x2800 + pattern)
                style = greys[int(plane.levels[row, column]) - 1]
            else:
                character, style = " ", _PLAIN
            if number == pointed:
                style += Style(reverse=True)
            cells.append((character, style))
        grouped = groupby(cells, key=lambda cell: cell[1])
        return [Segment("".join(char for char, _ in group), style) for style, group in grouped]

    def _pointed_cell(self, plane: Plane) -> int | None:
        index = self._shown.pointed
        return int(plane.cells[index]) if index is not None else None

    def _row_of(self, index: int | None) -> int:
        plane = self._plane
        if plane is None or index is None:
            return -1
        return int(plane.cells[index]) // plane.columns

    def _draw_legend(self, width: int) -> Strip:
        quiet = tint(self, "map--quiet")
        line = Text(no_wrap=True, end="").append("⠿ pool", quiet)
        for run in self._shown.runs:
            color = tint_of(self, run.mark)
            line.append(f"  {hollow(run.mark)}", color).append(" before", quiet)
            line.append(f" {run.mark.marker}", color + _BOLD).append(f" {run.name} now")
        if len(self._shown.runs) > 1:
            line.append(f"  {BOTH_BEFORE}{BOTH}", "bold").append(" both", quiet)
        line.truncate(width, overflow="ellipsis")
        strip = Strip(line.render(self.app.console)).adjust_cell_length(width)
        return strip.apply_style(self.rich_style)

    def on_click(self, event: events.Click) -> None:
        inside = event.get_content_offset(self)
        plane = self._plane
        chosen = [index for run in self._shown.runs for index in run.now]
        if inside is None or plane is None or not chosen:
            return
        cells = plane.cells[chosen]
        down, across = cells // plane.columns - inside.y, cells % plane.columns - inside.x
        nearest = int((4 * down**2 + across**2).argmin())  # a cell is twice as high as wide
        self.post_message(self.Pointed(chosen[nearest]))


_PLAIN, _BOLD = Style(bold=False), Style(bold=True)


def hollow(mark: Mark) -> str:
    """The marker of a run where it labeled a text in an earlier cycle."""
    return _HOLLOW.get(mark.marker, "·")


def _rgb(color: Rgb) -> str:
    return "rgb({},{},{})".format(*color)
