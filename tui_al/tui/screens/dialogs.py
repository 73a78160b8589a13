"""Small screens over the live one: the offer to embed, a text in full, help."""

from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from tui_al.grid.messages import QueriedText
from tui_al.textsafe import visible
from tui_al.tui.choices import Choices

_HELP = """\
Choose a dataset, an embedding model, an initial pool and a strategy above, then press r. \
● is on this machine, ○ is not: what is missing is embedded when you agree.

The curve shows test accuracy over labels spent, a marker a cycle. Finished runs stay while \
the dataset is the same; equal choices run again with the next seed. Every finished run is \
stored, and tui-al report lists them.

Run    r         start; embed first where needed
       p  n  x   pause and go on, take one step, stop
       f         full speed, or slow enough to watch
       e         embed only
Look   [  ]      the previous or next run, below the chart
       ↑  ↓      another cycle, and the texts it asked about
       Enter     open a list; read a text in full
       c         clear the other finished runs off the chart
Move   Tab       the next pane; Shift+Tab the previous one
       Ctrl+C    copy what is marked, or the text under the cursor
       Ctrl+P    all commands, themes
       Ctrl+Q    quit
"""


class HelpScreen(ModalScreen[None]):
    """What the keys do."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1,q,enter", "dismiss", "Close")
    ]

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog wide") as dialog:
            dialog.border_title = "Help"
            dialog.border_subtitle = "Esc closes"
            yield Static(_HELP, markup=False)


class TextScreen(ModalScreen[None]):
    """One text in full."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter", "dismiss", "Close")]

    def __init__(self, text: QueriedText) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog wide") as dialog:
            dialog.border_title = Text(
                f"Text {self._text.index}: {visible(self._text.label, one_line=True)}"
            ).markup
            dialog.border_subtitle = "Esc closes"
            yield Static(Text(visible(self._text.text)))


class OfferScreen(ModalScreen[bool]):
    """Offers to embed what is missing; the answer is whether to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "answer(False)", "No"),
        Binding("y", "answer(True)", "Yes"),
    ]

    def __init__(self, choices: Choices) -> None:
        super().__init__()
        self._choices = choices

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Not embedded yet"
            yield Static(
                Text.assemble(
                    (visible(self._choices.dataset, one_line=True), "bold"),
                    " has to be embedded with ",
                    (visible(self._choices.model, one_line=True), "bold"),
                    " once. It is kept for every later run; x cancels it at any time.",
                )
            )
            with Horizontal(classes="buttons"):
                yield Button("Embed and run", variant="primary", id="yes")
                yield Button("Not now", id="no")

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")
