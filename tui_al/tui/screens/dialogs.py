"""Small screens over another one: a text in full, and questions."""

from collections.abc import Sequence
from typing import ClassVar, TypeVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button, Static

from tui_al.grid.messages import QueriedText
from tui_al.textsafe import visible
from tui_al.tui.choices import Choices
from tui_al.tui.keys import bind
from tui_al.tui.keys.common import SCROLL_KEYS
from tui_al.tui.screens.base import CopyingScreen
from tui_al.tui.screens.ground import Overlay

Result = TypeVar("Result")

_MOST_NAMED = 6  # jobs by their names


class DialogBox(VerticalScroll):
    """The frame of a dialog; h, j, k and l scroll as the arrows do."""

    BINDINGS: ClassVar[list[BindingType]] = bind(SCROLL_KEYS)

    def __init__(self, title: str, *, wide: bool = False, hint: str = "Esc closes") -> None:
        super().__init__(classes="dialog wide" if wide else "dialog")
        self.border_title = Text(visible(title, one_line=True)).markup
        self.border_subtitle = hint


class Dialog(Overlay[Result], CopyingScreen[Result]):
    """A small screen over another one, whose keys rest meanwhile. Esc closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Close")]


class TextScreen(Dialog[None]):
    """One text in full."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q,enter", "dismiss", "Close")]

    def __init__(self, text: QueriedText) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        with DialogBox(f"Text {self._text.index}: {self._text.label}", wide=True):
            yield Static(Text(visible(self._text.text)))

    def copyable(self) -> str:
        return self._text.text


class Question(Dialog[bool]):
    """A question with two answers, the careful one first where `careful`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "answer(False)", "No"),
        Binding("y", "answer(True)", "Yes"),
        Binding("left,right,up,down", "app.focus_next", "The other answer", show=False),
    ]

    def __init__(self, title: str, text: Text, yes: str, no: str, *, careful: bool = False) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._labels = (yes, no)
        self._careful = careful

    def compose(self) -> ComposeResult:
        yes, no = self._labels
        with DialogBox(self._title, hint="y: yes   n: no") as box:
            box.can_focus = False
            yield Static(self._text)
            with Horizontal(classes="buttons"):
                yield Button(yes, variant="error" if self._careful else "primary", id="yes")
                yield Button(no, id="no")

    def on_mount(self) -> None:
        self.query_one("#no" if self._careful else "#yes").focus()

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")


class OfferScreen(Question):
    """Offers to embed what is missing; the answer is whether to."""

    def __init__(self, choices: Choices, stop: str) -> None:
        """`stop` is the key that cancels it later."""
        text = Text.assemble(
            (visible(choices.dataset, one_line=True), "bold"),
            " has to be embedded with ",
            (visible(choices.model, one_line=True), "bold"),
            f" once. It is kept for every later run; {stop} cancels it at any time.",
        )
        super().__init__("Not embedded yet", text, "Embed and run", "Not now")


class LeaveScreen(Question):
    """Says what leaving would stop; the answer is whether to leave."""

    def __init__(self, running: Sequence[str]) -> None:
        text = Text("Leaving stops what is being computed. What is stored stays.\n")
        for sentence in running[:_MOST_NAMED]:
            text.append(f"\n● {visible(sentence, one_line=True)}")
        if len(running) > _MOST_NAMED:
            text.append(f"\n  and {len(running) - _MOST_NAMED} more")
        super().__init__("Leave now?", text, "Stop and leave", "Stay", careful=True)
