"""The sections of a report as a list."""

from collections.abc import Mapping
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import DataTable

from tui_al.tui.widgets.rows import RowTable

_ROOMY = 60  # columns that have room for what sections show


class SectionList(RowTable):
    """The section under the cursor is the one that is shown; where there is room, a line says
    what it shows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "turn_page(1)", "The section's next page", show=False),
        Binding("pageup", "turn_page(-1)", "The section's page before", show=False),
    ]

    class Chosen(Message):
        """The cursor is on another section."""

        def __init__(self, section: str) -> None:
            super().__init__()
            self.section = section

    class Opened(Message):
        """The section is to be read."""

    class PageTurned(Message):
        """The section is to be scrolled by so many pages."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def __init__(self, sections: Mapping[str, str], chosen: str) -> None:
        """`sections` are names and what they show."""
        super().__init__(cursor_type="row", show_header=False, cell_padding=1)
        self.border_title = "Sections"
        self._sections = sections
        self._roomy: bool | None = None
        self._chosen = chosen

    def on_resize(self) -> None:
        roomy = self.size.width >= _ROOMY
        if roomy != self._roomy:
            self._roomy = roomy
            self._fill()
        super().on_resize()

    def choose(self, section: str) -> None:
        """Move to a section; nobody hears of it."""
        self._chosen = section
        if self.row_count:
            with self.prevent(DataTable.RowHighlighted):
                self.move_cursor(row=list(self._sections).index(section), animate=False)

    def _fill(self) -> None:
        with self.prevent(DataTable.RowHighlighted):
            self.clear(columns=True)
            self.add_column("section", width=max(map(len, self._sections)))
            if self._roomy:
                self.add_column("what", width=max(map(len, self._sections.values())))
            for name, what in self._sections.items():
                self.add_row(*[Text(name), Text(what, "dim")][: 1 + bool(self._roomy)])
        self.choose(self._chosen)

    @on(DataTable.RowHighlighted)
    def _moved(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        section = list(self._sections)[event.cursor_row]
        if section != self._chosen:
            self._chosen = section
            self.post_message(self.Chosen(section))

    @on(DataTable.RowSelected)
    def _selected(self, event: DataTable.RowSelected) -> None:
        event.stop()
        self.post_message(self.Opened())

    def action_turn_page(self, step: int) -> None:
        self.post_message(self.PageTurned(step))
