"""A table whose cells are styled texts, made when a row is drawn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from tui_al.tui.widgets.rowview import HEADING, RowView
from tui_al.tui.widgets.tints import tint

Cells = Sequence[Text]


@dataclass(frozen=True, slots=True)
class LineColumn:
    """A column of so many cells, left out without any; the last of a table has what is left."""

    title: str
    width: int = 0
    right: bool = False


LayOut = Callable[[int], Sequence[LineColumn]]


class LineTable(RowView):
    """Columns that fit the width of the table.

    Left and right mean nothing here: `Sideways` passes h and l on, the arrows are the screen's.
    """

    class Opened(RowView.AtRow):
        """A row was chosen with Enter, or clicked where the cursor was."""

    class Sideways(Message):
        """Left or right is wanted."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "Open", show=False)]

    def __init__(self, id_: str | None = None) -> None:
        super().__init__(id=id_)
        self._lay_out: LayOut = lambda _: ()
        self._laid_out: tuple[int, Sequence[LineColumn]] = (0, ())
        self._make_row: Callable[[int], Cells] = lambda _: ()

    def show_rows(
        self,
        lay_out: LayOut,
        row_count: int,
        make_row: Callable[[int], Cells],
        *,
        cursor: int = 0,
    ) -> None:
        """Show other rows: `make_row` gives the cells of one, a cell for each column that
        `lay_out` gives a table of so many cells."""
        self._lay_out, self._make_row = lay_out, make_row
        self._laid_out = (0, ())
        self.set_rows(row_count, cursor)

    def action_cursor_left(self) -> None:
        self.post_message(self.Sideways(-1))

    def action_cursor_right(self) -> None:
        self.post_message(self.Sideways(1))

    def action_open(self) -> None:
        if self.row_count:
            self.post_message(self.Opened(self, self.cursor))

    def on_click(self, event: events.Click) -> None:
        row = self.row_at(event)
        if row is None or row == HEADING:
            return
        if row == self.cursor:
            self.action_open()
        self.cursor = row

    # Drawing.

    def columns(self, width: int) -> Sequence[LineColumn]:
        """The columns of a table that is `width` cells wide."""
        if self._laid_out[0] != width:
            self._laid_out = (width, self._lay_out(width))
        return self._laid_out[1]

    def draw_heading(self, width: int) -> Strip:
        line = self._align([Text(column.title) for column in self.columns(width)], width)
        line.stylize_before(tint(self, "row-view--heading"))
        return self._strip(line, width)

    def draw_row(self, row: int, width: int, *, under_cursor: bool) -> Strip:
        strip = self._strip(self._align(self._make_row(row), width), width)
        if not under_cursor:
            return strip
        ground = self.get_component_rich_style("row-view--cursor").bgcolor
        return Strip(Segment.apply_style(strip, post_style=Style(bgcolor=ground)), width)

    def _strip(self, line: Text, width: int) -> Strip:
        strip = Strip(line.render(self.app.console), line.cell_len).adjust_cell_length(width)
        return strip.apply_style(self.rich_style)

    def _align(self, cells: Cells, width: int) -> Text:
        """One line of a table that is `width` cells wide."""
        line = Text(no_wrap=True, end="")
        columns = self.columns(width)
        for column, cell in zip(columns, cells, strict=True):
            left = width - line.cell_len
            last = column is columns[-1]
            if not (column.width or last):
                continue
            room = max(0, left if last else min(column.width, left))
            fitted = cell.copy()
            fitted.truncate(room, overflow="ellipsis")
            spare = room - fitted.cell_len
            if column.right:
                line.append(" " * spare).append_text(fitted)
            else:
                line.append_text(fitted).append("" if last else " " * spare)
            line.append("" if last else " ")
        return line
