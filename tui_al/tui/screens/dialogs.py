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
Choose a dataset, an embedding model, an initial pool and a query strategy above, then press r.
● is on this machine, ○ is not: the app embeds what is missing when you agree.

The curve shows test accuracy over labels spent, a marker a cycle. Finished runs stay on it as
long as the dataset is the same; the same choices again run with the next seed. Every finished
run is stored: tui-al report lists them.

Run         r        start with what is chosen; embed first where needed
            p        pause, and go on
            n        compute one cycle, then pause
            x        stop: an unfinished run is not stored
            f        full speed, or slow enough to watch
            e        embed only
Look        [ ]      show the previous, the next run below the chart
            ↑ ↓      another cycle, and the texts that it asked about
            Enter    open a list; read a text in full
            c        clear the other finished runs off the chart
Move        Tab      next pane              Shift+Tab   previous pane
            Ctrl+C   copy the marked text, or the row under the cursor
            Ctrl+P   all commands, themes   Ctrl+Q      quit

tui-al --help lists the commands for the shell.
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
