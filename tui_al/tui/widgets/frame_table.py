"""A table over a data frame, with a cursor on a column too, and marks of rows."""

from collections.abc import Collection, Mapping
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from tui_al.report.blocks import Column
from tui_al.report.palette import Mark
from tui_al.tui.widgets.frame_layout import NO_ROWS, Layout, Rows, arrange
from tui_al.tui.widgets.frame_lines import GUTTER, RowMark, in_sight, row_line, title_line
from tui_al.tui.widgets.rowview import HEADING, RowView

_CHOOSING = 2  # of it, what selects a row when clicked


class FrameTable(RowView):
    """Columns as wide as what they hold, scrolled sideways; marks of selected and pinned rows."""

    class About(Message):
        """Something about a row of those that were shown when the key was pressed."""

        def __init__(self, rows: Rows, row: int) -> None:
            super().__init__()
            self.rows = rows
            self.row = row

        @property
        def key(self) -> str:
            return self.rows.key_of(self.row)

    class Toggled(About):
        """A row is to be selected, or no longer."""

    class Opened(About):
        """A row was chosen: Enter, or clicked twice."""

    class SortAsked(Message):
        """A column's title was clicked."""

        def __init__(self, column: str) -> None:
            super().__init__()
            self.column = column

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "cursor_left", "Left", show=False),
        Binding("right", "cursor_right", "Right", show=False),
        Binding("space", "choose", "Select", tooltip="Draw the row's curve, or no longer"),
        Binding("enter", "open", "Open", tooltip="Show what the row is made of", show=False),
    ]
    DEFAULT_CSS = """
    FrameTable {
        background: transparent;

        & > .row-view--heading {
            background: $panel;
            color: $foreground;
            text-style: bold;
        }
        & > .row-view--cursor {
            background: $block-cursor-blurred-background;
            color: $foreground;
        }
        &:focus > .row-view--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
        }
    }
    """

    cursor_column = reactive(0, repaint=False)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows = NO_ROWS
        self._layout = Layout((), (), 1)
        self._selected: Mapping[str, Mark] = {}
        self._pinned: frozenset[str] = frozenset()
        self._nothing = ""
        self._known_styles: Mapping[str, Style] = {}

    # What is shown.

    def show(self, rows: Rows, nothing: str = "") -> None:
        """Show rows, or a sentence where there are none. The cursor stays on its row where it
        is among them, and on its column."""
        found, column = rows.find(self.rows, self.cursor), self._find_column(rows)
        self.rows, self._nothing = rows, nothing
        self.set_reactive(FrameTable.cursor_column, column)
        self._arrange(self.cursor if found is None else found)
        self.post_message(self.Moved(self, self.cursor))

    def mark(self, selected: Mapping[str, Mark], pinned: Collection[str]) -> None:
        """Mark the rows with these keys: with the marker of their curve, and as pinned."""
        top, height = self.scroll_offset.y, self.size.height
        shown = range(top, min(top + height, self.row_count))
        before = [self._mark_of(row) for row in shown]
        self._selected, self._pinned = selected, frozenset(pinned)
        changed = [
            row for row, mark in zip(shown, before, strict=True) if self._mark_of(row) != mark
        ]
        self.forget_lines()
        self.redraw_rows(*changed)

    @property
    def here(self) -> str | None:
        """The key of the row under the cursor."""
        return self.rows.key_of(self.cursor) if self.row_count else None

    @property
    def column(self) -> Column | None:
        """The column under the cursor."""
        columns = self.rows.columns
        return columns[self.cursor_column] if columns else None

    def written(self, row: int) -> list[str]:
        """The cells of a row as they are shown."""
        return [cell.strip() for cell in self._layout.write_row(self.rows.frame, row)]

    def _find_column(self, rows: Rows) -> int:
        names, now = [column.name for column in rows.columns], self.column
        if now is not None and now.name in names:
            return names.index(now.name)
        return max(0, min(self.cursor_column, len(names) - 1))

    def _arrange(self, cursor: int) -> None:
        room = self.scrollable_content_region.width - GUTTER
        self._layout = arrange(self.rows, room, self._layout)
        self.set_rows(self.rows.frame.height, cursor, width=GUTTER + self._layout.width)

    # Drawing.

    def draw_heading(self, width: int) -> Strip:
        order, descending = self.rows.order, self.rows.descending
        titles = self._layout.write_titles(order, descending=descending)
        style = self._styles["heading"]
        line = title_line(titles, style, self._column_cursor)
        return in_sight(line, self.scroll_offset.x, width, style, hint=True)

    def draw_row(self, row: int, width: int, *, under_cursor: bool) -> Strip:
        cells, mark = self._layout.write_row(self.rows.frame, row), self._mark_of(row)
        style = self._styles["cursor" if under_cursor else "ground"]
        line = row_line(cells, mark, style, self._column_cursor if under_cursor else None)
        return in_sight(line, self.scroll_offset.x, width, style)

    def draw_below(self, place: int, width: int) -> Strip:
        text = self._nothing if place == 1 and not self.row_count else ""
        style = self._styles["ground"]
        return Strip([Segment(f" {text}", style)]).adjust_cell_length(width, style)

    @property
    def _column_cursor(self) -> int | None:
        return self.cursor_column if self.has_focus else None

    @property
    def _styles(self) -> Mapping[str, Style]:
        """Of titles, of rows and of the one under the cursor."""
        if not self._known_styles:
            ground = self.rich_style
            heading, cursor = (
                self.get_component_rich_style(f"row-view--{part}", partial=True)
                for part in ("heading", "cursor")
            )
            self._known_styles = {"heading": heading, "ground": ground, "cursor": ground + cursor}
        return self._known_styles

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._known_styles = {}

    def _mark_of(self, row: int) -> RowMark:
        key = self.rows.key_of(row)
        mark, pinned = self._selected.get(key), key in self._pinned
        if mark is None:
            return RowMark(pinned=pinned)
        color = mark.color(dark=self.app.current_theme.dark)
        return RowMark(mark.marker, "rgb({},{},{})".format(*color), pinned)

    # Moving.

    def validate_cursor_column(self, column: int) -> int:
        return max(0, min(column, len(self.rows.columns) - 1))

    def watch_cursor_column(self) -> None:
        self.reveal()
        self.redraw_rows(HEADING, self.cursor)

    def reveal(self) -> None:
        super().reveal()
        if not self._layout.places:
            return
        place = self._layout.places[self.cursor_column]
        columns = self.scrollable_content_region.width - GUTTER
        x = 0
        if self.cursor_column:
            x = min(max(self.scroll_offset.x, place.right - columns), place.left)
        if x != self.scroll_offset.x:
            self.scroll_to(x=x, animate=False)

    def action_cursor_left(self) -> None:
        self.cursor_column -= 1

    def action_cursor_right(self) -> None:
        self.cursor_column += 1

    def action_choose(self) -> None:
        if self.row_count:
            self.post_message(self.Toggled(self.rows, self.cursor))

    def action_open(self) -> None:
        if self.row_count:
            self.post_message(self.Opened(self.rows, self.cursor))

    # The mouse, and what changes around the table.

    def on_click(self, event: events.Click) -> None:
        row, inside = self.row_at(event), event.get_content_offset(self)
        if row is None or inside is None:
            return
        column = self._layout.column_at(inside.x - GUTTER + self.scroll_offset.x)
        if inside.x < GUTTER:
            column = None
        if column is not None:
            self.cursor_column = column
        if row == HEADING:
            if column is not None:
                self.post_message(self.SortAsked(self.rows.columns[column].name))
            return
        self.cursor = row
        if inside.x < _CHOOSING or event.ctrl:
            self.action_choose()
        elif event.chain == 2:
            self.action_open()

    def on_resize(self) -> None:
        self._arrange(self.cursor)

    def on_focus(self) -> None:
        self._known_styles = {}
        self.redraw_rows(HEADING, self.cursor)

    def on_blur(self) -> None:
        self._known_styles = {}
        self.redraw_rows(HEADING, self.cursor)
