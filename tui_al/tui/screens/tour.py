"""The tour: a few pages on what to do, and the greeting of who opens the app first."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Button, Static

from tui_al.tui.keys import fill_in
from tui_al.tui.pages import pages
from tui_al.tui.screens.dialogs import Dialog, DialogBox

# A name in braces is replaced by the first of the action's keys.
PAGES: tuple[tuple[str, str], ...] = (
    (
        "What it is for",
        "You have texts, a budget for labelling some of them, and choices to make: an embedding "
        "model, an initial pool, a strategy that says which texts to label next.\n\n"
        "tui-al tries the choices on texts whose labels are known. It labels a few, trains a "
        "classifier, lets the strategy ask for more, and so on until the budget is spent. The "
        "better the choice, the earlier the curve rises: test accuracy over labels spent.",
    ),
    (
        "Choose and run",
        "The four lists on top are the choices: Tab moves between them, Enter opens one. "
        "● is on this machine; ○ is fetched or embedded first, when you agree.\n\n"
        "{live.run} runs what is chosen. {live.pause} pauses, {live.step} takes one step, "
        "{live.stop} stops, {live.pace} switches between full speed and slow enough to watch.",
    ),
    (
        "Watch what it asks",
        "Below the curve are the cycles and, beside them, the texts that each cycle asked about, "
        "with their labels. Tab goes from pane to pane. Among the cycles, ↑ and ↓ or {rows.up} "
        "and {rows.down} move; on a text, Enter shows it in full and {app.copy} copies it.\n\n"
        "Does the strategy ask about what is rare, or about what is garbled?",
    ),
    (
        "Compare",
        "Choose another strategy and press {live.run} again: both curves share the chart. Equal "
        "choices run again with the next seed, and equal seeds start from the same labels, so "
        "that the difference is the strategy's.\n\n"
        "One seed is an anecdote. Five begin to be evidence: {live.several} runs several "
        "strategies with several seeds and draws means with a band, ← and → read them cycle by "
        "cycle, and screen {go.analysis}, Analysis, says what holds beyond the noise.",
    ),
    (
        "Find your way",
        "{SCREENS}\n\n"
        "{app.help} shows what the keys do where you are, {app.palette} lists every command, "
        "{app.back} goes back, {app.quit} leaves. Other keys, another theme: tui-al config edit.",
    ),
    (
        "Your own texts",
        "In the shell:\n\n"
        "  tui-al dataset add reviews reviews.csv\n\n"
        "takes csv, tsv, jsonl or parquet; the next time you look here, reviews is in the list "
        "of datasets.",
    ),
)


class TourScreen(Dialog[None]):
    """A page at a time; skipped by Esc at any."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l,enter,space", "turn(1)", "Next page"),
        Binding("left,h,backspace", "turn(-1)", "Page before"),
        Binding("q", "dismiss", "Close"),
    ]

    def __init__(self, keys: Mapping[str, str]) -> None:
        """`keys` are those of each action, as they are written."""
        super().__init__()
        self._page = 0
        there = (f"{keys[f'go.{page.name}']}  {page.title}: {page.about}" for page in pages())
        self._words = {**keys, "SCREENS": "\n".join(there)}

    def compose(self) -> ComposeResult:
        with DialogBox("Tour", hint="") as box:
            box.can_focus = False
            yield Static(id="page", markup=False)

    def on_mount(self) -> None:
        self.action_turn(0)

    def action_turn(self, step: int) -> None:
        if self._page + step == len(PAGES):
            self.dismiss()
            return
        self._page = max(0, self._page + step)
        title, text = PAGES[self._page]
        place = Text("● " * (self._page + 1) + "○ " * (len(PAGES) - self._page - 1), "dim")
        words = fill_in(text, self._words)
        back = "← back   " if self._page else ""
        on = "→ or Enter: next   Esc: leave the tour"
        last = self._page == len(PAGES) - 1
        self.query_one(DialogBox).border_subtitle = back + ("Enter: done" if last else on)
        self.query_one("#page", Static).update(
            Text.assemble((title, "bold"), "  ", place, "\n\n", words)
        )


class WelcomeScreen(Dialog[Literal["demo", "tour"] | None]):
    """What a newcomer may do first; the answer is what was chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "answer('demo')", "Demo"),
        Binding("t", "answer('tour')", "Tour"),
        Binding("q", "dismiss", "Close"),
        Binding("right,down,l,j", "app.focus_next", "Next", show=False),
        Binding("left,up,h,k", "app.focus_previous", "Before", show=False),
    ]

    def compose(self) -> ComposeResult:
        with DialogBox("Welcome to tui-al", hint="d: demo   t: tour   Esc: look around") as box:
            box.can_focus = False
            yield Static(
                "Nothing has been run here yet. The demo comes with the program: 2,225 BBC News "
                "articles in five classes, a small embedding model, and BADGE choosing which "
                "250 of them to label. It takes a minute, and no network.",
                markup=False,
            )
            with Horizontal(classes="buttons"):
                yield Button("Run the demo", variant="primary", id="demo")
                yield Button("Take the tour", id="tour")
                yield Button("Look around", id="look")

    def action_answer(self, answer: Literal["demo", "tour"]) -> None:
        self.dismiss(answer)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        match event.button.id:
            case "demo":
                self.dismiss("demo")
            case "tour":
                self.dismiss("tour")
            case _:
                self.dismiss(None)
