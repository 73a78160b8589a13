"""The line where a filter is typed."""

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Label, Static

from tui_al.textsafe import visible


class FilterLine(Horizontal):
    """A field, and beside it what is wrong with the filter."""

    class Typed(Message):
        """Rows are to be filtered by this text; `typing` while the field has the focus."""

        def __init__(self, text: str, *, typing: bool) -> None:
            super().__init__()
            self.text = text
            self.typing = typing

    def __init__(self) -> None:
        super().__init__()
        self._problem = ""

    def compose(self) -> ComposeResult:
        yield Label("/")
        yield Input(placeholder="filter: dataset=trec6 aulc>0.8 badge", compact=True, id="filter")
        yield Static(id="problem", markup=False)

    @property
    def field(self) -> Input:
        """Where the filter is typed."""
        return self.query_one(Input)

    def set_text(self, text: str) -> None:
        """Have another text in the field, without a word about it."""
        with self.prevent(Input.Changed):
            self.field.value = text

    def complain(self, problem: str) -> None:
        """Say what is wrong; empty for nothing."""
        if problem != self._problem:  # a Static has the whole screen laid out again
            self._problem = problem
            self.query_one("#problem", Static).update(Text(visible(problem, one_line=True)))

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Typed(event.value, typing=self.field.has_focus))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()

    @on(Input.Blurred)
    def _left(self, event: Input.Blurred) -> None:
        """What was typed is complete, however the field was left."""
        event.stop()
        self.post_message(self.Typed(event.value, typing=False))
