"""A dialog that finds words in the texts that were chosen, or in the whole train pool."""

from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Checkbox, Input
from textual.worker import get_current_worker

from tui_al.grid.explore import Hit, find_texts
from tui_al.textsafe import visible
from tui_al.tui.exploration import Side
from tui_al.tui.screens.dialogs import Dialog, DialogBox
from tui_al.tui.widgets.linetable import Cells, LineColumn, LineTable

_BEFORE = 24  # characters of a text that are shown before the words found in it


class _Found(Message, bubble=False):
    def __init__(self, hits: Sequence[Hit]) -> None:
        super().__init__()
        self.hits = hits


class FindScreen(Dialog[Hit]):
    """Texts in the order they were chosen, with the cycle in which each run chose them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "step(1)", "Next", show=False),
        Binding("up", "step(-1)", "Previous", show=False),
    ]

    def __init__(self, sides: Sequence[Side], words: str) -> None:
        super().__init__()
        self._sides = sides
        self._pool = sides[0].pool
        self._words = words
        self._hits: Sequence[Hit] = ()

    def compose(self) -> ComposeResult:
        with DialogBox("Find", wide=True, hint="Enter goes there, Esc closes") as box:
            box.can_focus = False
            yield Input(self._words, placeholder="words in a text", compact=True)
            yield Checkbox("Also texts that nobody chose", compact=True)
            yield LineTable("hits")

    def on_mount(self) -> None:
        self.set_focus(self.query_one(Input))

    @property
    def words(self) -> str:
        """What was looked for last."""
        return self._words

    @on(Input.Changed)
    @on(Checkbox.Changed)
    def _changed(self, event: Message) -> None:
        event.stop()
        self._words = self.query_one(Input).value
        self._find(self._words, self.query_one(Checkbox).value)

    @work(thread=True, exclusive=True, group="find")
    def _find(self, words: str, everywhere: bool) -> None:
        runs = [side.run for side in self._sides]
        hits = find_texts(words, self._pool, runs, everywhere=everywhere)
        if not get_current_worker().is_cancelled:
            self.post_message(_Found(hits))

    @on(_Found)
    def _found(self, message: _Found) -> None:
        self._hits = message.hits
        columns = [LineColumn(side.mark.marker, 3, right=True) for side in self._sides]
        columns += [LineColumn("label", 14), LineColumn("text")]
        self.query_one(LineTable).show_rows(lambda _: columns, len(self._hits), self._cells)
        count = f" ({len(self._hits):,})" if self._words.strip() else ""
        self.query_one(DialogBox).border_title = f"Find{count}"

    def _cells(self, row: int) -> Cells:
        hit, pool = self._hits[row], self._pool
        label = pool.classes[pool.labels[hit.index]] if pool.labels is not None else ""
        text = visible(pool.texts[hit.index] if pool.texts else "", one_line=True)
        wanted = visible(self._words.strip(), one_line=True).casefold()
        place = max(0, text.casefold().find(wanted))
        start = max(0, place - _BEFORE) if place > 2 * _BEFORE else 0
        line = Text(("… " if start else "") + text[start:])
        line.highlight_words([self._words.strip()], Style(bold=True, underline=True),
                             case_sensitive=False)  # fmt: skip
        cycles = [Text("–" if cycle is None else f"{cycle}") for cycle in hit.cycles]
        return [*cycles, Text(visible(label, one_line=True), "bold"), line]

    def action_step(self, step: int) -> None:
        self.query_one(LineTable).cursor += step

    @on(Input.Submitted)
    @on(LineTable.Opened)
    def _chosen(self) -> None:
        if self._hits:
            self.dismiss(self._hits[self.query_one(LineTable).cursor])
