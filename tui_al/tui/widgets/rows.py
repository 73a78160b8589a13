"""A table that is read row by row."""

from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.app import App
from textual.binding import BindingType
from textual.coordinate import Coordinate
from textual.widgets import DataTable

from tui_al.tui.keys import bind
from tui_al.tui.keys.common import ROW_KEYS


class RowTable(DataTable[Text]):
    """Home and End reach the first and last row; h, j, k and l move as in vi."""

    BINDING_GROUP_TITLE = "This table"
    BINDINGS: ClassVar[list[BindingType]] = bind(ROW_KEYS)

    def on_resize(self) -> None:
        """An empty DataTable keeps the border of its former height otherwise."""
        self.refresh()

    def validate_cursor_coordinate(self, value: Coordinate) -> Coordinate:
        """Never above the first row: in an empty DataTable the cursor moves up to row -1."""
        row, column = super().validate_cursor_coordinate(value)
        return Coordinate(max(0, row), max(0, column))


def color_of(app: App[None], name: str, *, bold: bool = False) -> Style:
    """A colour of the theme by its name; a theme of the terminal's own colours has none."""
    color = app.theme_variables.get(name, "")
    return Style(color=color if color.startswith("#") else None, bold=bold)
