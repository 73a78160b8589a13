"""The texts that one cycle asked about, with the answers."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text
from textual import on
from textual.markup import escape
from textual.message import Message
from textual.widgets import DataTable

from tui_al.grid.messages import QueriedText
from tui_al.textsafe import visible
from tui_al.tui.widgets.rows import RowTable

_LONGEST_LINE = 300  # characters of a text in the table; Enter shows all of it
_WIDEST_LABEL = 20
_LEAST_ROOM = 10


class QueriedTexts(RowTable):
    """Label and text of each query. Texts are shown as characters, whatever they contain."""

    class Opened(Message):
        """A text was chosen for reading."""

        def __init__(self, text: QueriedText) -> None:
            super().__init__()
            self.text = text

    def __init__(self) -> None:
        super().__init__(cursor_type="row", cell_padding=1, zebra_stripes=True)
        self.border_title = "Texts queried"
        self._texts: Sequence[QueriedText] = ()
        self._room = 0

    def show(self, texts: Sequence[QueriedText], cycle: int, note: str = "") -> None:
        """Show the texts of a cycle, in the order they were chosen.

        `note` says what the strategy left out of its choice.
        """
        self._texts = texts
        self.border_subtitle = escape(visible(note, one_line=True))
        self.border_title = (
            f"Texts queried in cycle {cycle}: {len(texts)}" if texts else "Texts queried"
        )
        self._fill()

    def on_resize(self) -> None:
        super().on_resize()
        if self._texts and self.size.width != self._room:
            row = self.cursor_row
            self._fill()
            self.move_cursor(row=row)

    def _fill(self) -> None:
        """Make the rows; a text has the width that its label leaves, and the scrollbar."""
        self._room = self.size.width
        self.clear(columns=True)
        labels = [visible(text.label, one_line=True) for text in self._texts]
        lines = [visible(text.text[:_LONGEST_LINE], one_line=True) for text in self._texts]
        width = min(_widest("label", *labels), _WIDEST_LABEL)
        room = max(_LEAST_ROOM, self._room - width - 4 * self.cell_padding - 1)
        self.add_column(Text("label"), width=width)
        self.add_column(Text("text"), width=room)
        for label, line in zip(labels, lines, strict=True):
            name = Text(label, "bold", no_wrap=True, overflow="ellipsis")
            self.add_row(name, Text(line, no_wrap=True, overflow="ellipsis"))

    @property
    def current(self) -> QueriedText | None:
        """The text under the cursor."""
        return self._texts[self.cursor_row] if self.cursor_row < len(self._texts) else None

    @on(DataTable.RowSelected)
    def _open(self, event: DataTable.RowSelected) -> None:
        event.stop()
        if self.current is not None:
            self.post_message(self.Opened(self.current))


def _widest(*lines: str) -> int:
    return max(map(cell_len, lines))
