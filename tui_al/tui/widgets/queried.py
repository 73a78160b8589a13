"""The texts that one cycle asked about, with the answers."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text
from textual.markup import escape

from tui_al.grid.messages import QueriedText
from tui_al.textsafe import visible
from tui_al.tui.widgets.linetable import Cells, LineColumn, LineTable

_LONGEST_LINE = 300  # characters of a text in the table; Enter shows all of it
_WIDEST_LABEL = 20


class QueriedTexts(LineTable):
    """Label and text of each query. Texts are shown as characters, whatever they contain."""

    def __init__(self) -> None:
        super().__init__()
        self.border_title = "Texts queried"
        self._texts: Sequence[QueriedText] = ()

    def show(self, texts: Sequence[QueriedText], cycle: int, note: str = "") -> None:
        """Show the texts of a cycle, in the order they were chosen.

        `note` says what the strategy left out of its choice.
        """
        self._texts = texts
        self.border_subtitle = escape(visible(note, one_line=True))
        self.border_title = (
            f"Texts queried in cycle {cycle}: {len(texts)}" if texts else "Texts queried"
        )
        self.show_rows(self._arrange, len(texts), self._cells)

    @property
    def current(self) -> QueriedText | None:
        """The text under the cursor."""
        return self._texts[self.cursor] if self.cursor < len(self._texts) else None

    def _arrange(self, _: int) -> list[LineColumn]:
        labels = ["label", *(visible(text.label, one_line=True) for text in self._texts)]
        return [LineColumn("label", min(_WIDEST_LABEL, max(map(cell_len, labels)))),
                LineColumn("text")]  # fmt: skip

    def _cells(self, row: int) -> Cells:
        text = self._texts[row]
        label, line = (
            visible(part, one_line=True) for part in (text.label, text.text[:_LONGEST_LINE])
        )
        return Text(label, "bold"), Text(line)
