"""Rows under a heading, a cursor on one of them: what tables of any length have in common."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_al.tui.keys import bind
from tui_al.tui.keys.common import ROW_KEYS

HEADING = -1
"""Its place among the rows."""
_KEPT_LINES = 512


class RowView(ScrollView, can_focus=True, inherit_bindings=False):
    """Draws the lines in sight and no others; each is kept until it would look another way.

    A subclass draws them, says with `set_rows` how many there are, and does what left, right
    and a click mean.
    """

    class AtRow(Message):
        """Something about a row."""

        def __init__(self, table: "RowView", row: int) -> None:
            super().__init__()
            self.table = table
            self.row = row

        @property
        def control(self) -> "RowView":
            return self.table

    class Moved(AtRow):
        """The cursor is on another row."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"row-view--heading", "row-view--cursor"}
    BINDING_GROUP_TITLE = "This table"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "cursor_down", "Next row", show=False),
        Binding("up", "cursor_up", "Previous row", show=False),
        *bind(ROW_KEYS),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
    ]

    cursor = reactive(0, repaint=False)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.row_count = 0
        self._lines: LRUCache[tuple[int, int, bool], Strip] = LRUCache(_KEPT_LINES)

    def set_rows(self, row_count: int, cursor: int, *, width: int = 0) -> None:
        """There are other rows, `width` cells wide where they can be scrolled sideways. Says
        nothing of the cursor's move."""
        self.row_count = row_count
        self.virtual_size = Size(width, row_count + 1)
        self.set_reactive(RowView.cursor, self.validate_cursor(cursor))
        self.reveal()
        self.redraw()

    # Drawing.

    def draw_heading(self, width: int) -> Strip:
        """The line above the rows."""
        raise NotImplementedError

    def draw_row(self, row: int, width: int, *, under_cursor: bool) -> Strip:
        """The line of a row."""
        raise NotImplementedError

    def draw_below(self, place: int, width: int) -> Strip:  # noqa: ARG002  (of those below)
        """A line below the last row."""
        return Strip.blank(width, self.rich_style)

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        row = y - 1 + self.scroll_offset.y if y else HEADING
        place = (row, width, row == self.cursor)
        line = self._lines.get(place)
        if line is None:
            line = self._lines[place] = self._draw(row, width)
        return line

    def _draw(self, row: int, width: int) -> Strip:
        if row == HEADING:
            return self.draw_heading(width)
        if row < self.row_count:
            return self.draw_row(row, width, under_cursor=row == self.cursor)
        return self.draw_below(row - self.row_count, width)

    def redraw(self) -> None:
        """Every line looks another way."""
        self._lines.clear()
        self.refresh()

    def redraw_rows(self, *rows: int) -> None:
        """These lines look another way."""
        width = self.scrollable_content_region.width
        for row in rows:
            for under_cursor in (True, False):
                self._lines.discard((row, width, under_cursor))
            y = 0 if row == HEADING else 1 + row - self.scroll_offset.y
            if row == HEADING or y > 0:
                self.refresh(Region(0, y, self.size.width, 1))

    def forget_lines(self) -> None:
        """Draw lines again when they come into sight; those in sight stay as they are."""
        self._lines.clear()

    def notify_style_update(self) -> None:
        """The theme is another, or the focus elsewhere."""
        super().notify_style_update()
        self.forget_lines()

    def watch_scroll_x(self, old: float, new: float) -> None:
        """Other parts of the lines are in sight."""
        self.forget_lines()
        super().watch_scroll_x(old, new)

    # Moving.

    def validate_cursor(self, row: int) -> int:
        return max(0, min(row, self.row_count - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        self.reveal()
        self.redraw_rows(old, new)
        if self.row_count:
            self.post_message(self.Moved(self, new))

    def reveal(self) -> None:
        """Scroll as little as shows the cursor."""
        shown = max(1, self.scrollable_content_region.height - 1)
        y = min(max(self.scroll_offset.y, self.cursor - shown + 1), self.cursor)
        if y != self.scroll_offset.y:
            self.scroll_to(y=y, animate=False, force=True)  # before there is a scrollbar, too

    def on_resize(self) -> None:
        self.reveal()

    def action_cursor_down(self) -> None:
        self.cursor += 1

    def action_cursor_up(self) -> None:
        self.cursor -= 1

    def action_page(self, step: int) -> None:
        """A page of rows down or up."""
        self.cursor += step * max(1, self.scrollable_content_region.height - 2)

    def action_scroll_top(self) -> None:
        self.cursor = 0

    def action_scroll_bottom(self) -> None:
        self.cursor = self.row_count - 1

    def row_at(self, event: events.Click) -> int | None:
        """The row that was clicked, or `HEADING`; None beside and below them."""
        inside = event.get_content_offset(self)
        if inside is None:
            return None
        row = inside.y - 1 + self.scroll_offset.y if inside.y else HEADING
        return row if row < self.row_count else None
