"""The stored datasets, models, initial pools and strategies, to choose from."""

from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import DataTable, Input

from tui_al.report.palette import STRATEGY_MARKS
from tui_al.textsafe import visible
from tui_al.tui.slicing import FIELDS, Chosen, Count, Facets
from tui_al.tui.widgets.rows import RowTable

_CHOSEN = "✓"
_COUNT = 6  # columns of a number of runs
_LEAST_NAME = 8


class ValueTable(RowTable):
    """Names under their fields. Several may be chosen; of a field without any, all count."""

    BINDING_GROUP_TITLE = "This list"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "select_cursor", "Choose the name, or no longer; on a field: all of it",
                show=False),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__(cursor_type="row", show_header=False, cell_padding=0)


class SliceFilter(Vertical):
    """Type to find a name, Enter to choose it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "Next name", show=False),
        Binding("up", "move(-1)", "Name before", show=False),
    ]

    class Changed(Message):
        """Other runs are wanted."""

        def __init__(self, chosen: Chosen) -> None:
            super().__init__()
            self.chosen = chosen

    def __init__(self) -> None:
        super().__init__()
        self._facets: Facets = {}
        self._chosen = Chosen()
        self._rows: list[tuple[str, str | None]] = []  # field and name; None: the field itself
        self.border_title = "Filter"
        self.border_subtitle = "Enter chooses"

    def compose(self) -> ComposeResult:
        yield Input(placeholder="type to find a name", compact=True)
        yield ValueTable()

    @property
    def field(self) -> Input:
        """Where names are typed."""
        return self.query_one(Input)

    def show(self, facets: Facets, chosen: Chosen) -> None:
        """Show what is stored and what of it is chosen."""
        if (facets, chosen) != (self._facets, self._chosen):
            self._facets, self._chosen = facets, chosen
            self._fill()

    def recolour(self) -> None:
        """Show the marks in the colours of another theme."""
        self._fill()

    def on_resize(self) -> None:
        self._fill()

    def _fill(self) -> None:
        table = self.query_one(ValueTable)
        here = self._rows[table.cursor_row] if table.cursor_row < len(self._rows) else None
        width = max(_LEAST_NAME, self.content_size.width - _COUNT - 2)
        words = self.field.value.lower().split()
        self._rows = []
        table.clear(columns=True)
        table.add_column("name", width=width)
        table.add_column("runs", width=_COUNT)
        for field, title in FIELDS.items():
            found = [count for count in self._facets.get(field, ())
                     if all(word in f"{title} {count.name}".lower() for word in words)]  # fmt: skip
            if not found:
                continue
            self._add_field(table, field, title)
            for count in found:
                self._add_name(table, field, count, width)
        self._move_to(table, here, searching=bool(words))

    def _move_to(
        self, table: ValueTable, here: tuple[str, str | None] | None, *, searching: bool
    ) -> None:
        """Put the cursor where it was, else, while names are typed, on the first name."""
        if here in self._rows and not (searching and here and here[1] is None):
            table.move_cursor(row=self._rows.index(here), animate=False)
        elif searching and self._rows:
            table.move_cursor(row=1, animate=False)

    def _add_field(self, table: ValueTable, field: str, title: str) -> None:
        chosen = len(self._chosen.names(field))
        self._rows.append((field, None))
        said = f"{chosen} of {len(self._facets[field])}" if chosen else "all"
        table.add_row(Text(title, "bold"), Text(said, "" if chosen else "dim", justify="right"))

    def _add_name(self, table: ValueTable, field: str, count: Count, width: int) -> None:
        names = self._chosen.names(field)
        chosen = count.name in names
        self._rows.append((field, count.name))
        style = "bold" if chosen else ("dim" if names or not count.runs else "")
        line = Text(f"{_CHOSEN if chosen else ' '} ", style, no_wrap=True, overflow="ellipsis")
        mark = STRATEGY_MARKS.get(count.name) if field == "strategy" else None
        if mark is not None:
            color = mark.color(dark=self.app.current_theme.dark)
            line.append(f"{mark.marker} ", Style(color="rgb({},{},{})".format(*color)))
        line.append(visible(count.name, one_line=True))
        line.truncate(width, overflow="ellipsis")
        table.add_row(line, Text(f"{count.runs:,}", "dim", justify="right"))

    def action_move(self, step: int) -> None:
        """Move along the names while typing."""
        table = self.query_one(ValueTable)
        table.move_cursor(row=table.cursor_row + step)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._fill()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._toggle(self.query_one(ValueTable).cursor_row)

    @on(DataTable.RowSelected)
    def _selected(self, event: DataTable.RowSelected) -> None:
        event.stop()
        self._toggle(event.cursor_row)

    @on(DataTable.RowHighlighted)
    def _moved(self, event: DataTable.RowHighlighted) -> None:
        event.stop()

    def _toggle(self, row: int) -> None:
        if row >= len(self._rows):
            return
        field, name = self._rows[row]
        chosen = self._chosen.without(field) if name is None else self._chosen.toggled(field, name)
        if chosen != self._chosen:
            self.post_message(self.Changed(chosen))
