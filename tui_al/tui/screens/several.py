"""The dialog that starts several runs: which strategies, how many seeds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.strip import Strip
from textual.widgets import Button, SelectionList, Static
from textual.widgets.selection_list import Selection

from tui_al.learning.strategies import strategies
from tui_al.textsafe import visible
from tui_al.tui.choices import Choices
from tui_al.tui.keys import bind
from tui_al.tui.keys.common import ROW_KEYS
from tui_al.tui.screens.dialogs import Dialog, DialogBox

MOST_SEEDS = 20
_NAME_WIDTH = 12


@dataclass(frozen=True, slots=True)
class Several:
    """Each of these strategies with the seeds 0 to `seeds` - 1."""

    strategies: tuple[str, ...]
    seeds: int

    def runs(self) -> list[tuple[str, int]]:
        """Strategy and seed of each run: all strategies with a seed before the next seed, so
        that they can be compared early."""
        return [(name, seed) for seed in range(self.seeds) for name in self.strategies]


class StrategyTicks(SelectionList[str]):
    """Space ticks; Enter is left to the dialog."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bind(ROW_KEYS[:2]),
        Binding("enter", "screen.start", "Run", show=False),
    ]

    def render_line(self, y: int) -> Strip:
        """Textual's, with an empty box where nothing is ticked: not every terminal shows its
        other colour."""
        strip = super().render_line(y)
        place = self.scroll_offset.y + y
        if place >= self.option_count:
            return strip
        option = self.get_option_at_index(place)
        if option.value in self.selected:
            return strip
        left, inner, *rest = strip
        return Strip([left, Segment(" ", inner.style), *rest])


class SeveralScreen(Dialog[Several | None]):
    """Tick strategies, choose the number of seeds; the answer is what to run."""

    CSS_PATH = "../styles/several.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "start", "Run"),
        Binding("a", "all", "All or none"),
        Binding("plus,equals_sign,right", "seeds(1)", "One seed more"),
        Binding("minus,left", "seeds(-1)", "One seed fewer"),
        *(Binding(str(n), f"set_seeds({n})", f"{n} seeds", show=False) for n in range(1, 10)),
    ]

    def __init__(
        self, choices: Choices, start: Several, describe: Callable[[Several], str]
    ) -> None:
        """`start` is ticked at first; `describe` says what an answer would mean."""
        super().__init__()
        self._choices = choices
        self._start = start
        self._seeds = start.seeds
        self._describe = describe

    def compose(self) -> ComposeResult:
        hint = "space: tick   a: all   1-9 + -: seeds   Enter: run   Esc: not now"
        where = f"{self._choices.dataset} x {self._choices.model}, {self._choices.ips} initial pool"
        with DialogBox("Run several", wide=True, hint=hint) as box:
            box.can_focus = False
            yield Static(Text(visible(where, one_line=True), "dim"))
            yield StrategyTicks(*_selections(self._start.strategies))
            with Horizontal(id="seeds"):
                yield Button("−", id="fewer", compact=True)
                yield Static(id="number")
                yield Button("+", id="more", compact=True)
            yield Static(id="meaning", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Run", variant="primary", id="yes")
                yield Button("Not now", id="no")

    def on_mount(self) -> None:
        self.query_one(StrategyTicks).focus()
        self._say()

    @property
    def several(self) -> Several:
        """What is ticked, in the order of the list."""
        ticked = set(self.query_one(StrategyTicks).selected)
        return Several(tuple(name for name in strategies() if name in ticked), self._seeds)

    def action_seeds(self, by: int) -> None:
        self.action_set_seeds(self._seeds + by)

    def action_set_seeds(self, number: int) -> None:
        self._seeds = min(max(1, number), MOST_SEEDS)
        self._say()

    def action_all(self) -> None:
        ticks = self.query_one(StrategyTicks)
        if len(ticks.selected) < len(strategies()):
            ticks.select_all()
        else:
            ticks.deselect_all()

    def action_start(self) -> None:
        if self.several.strategies:
            self.dismiss(self.several)

    @on(SelectionList.SelectedChanged)
    def _say(self) -> None:
        several = self.several
        seeds = f"{self._seeds} seed" + ("s" if self._seeds > 1 else "")
        self.query_one("#number", Static).update(seeds)
        self.query_one("#meaning", Static).update(self._describe(several))
        self.query_one("#yes", Button).disabled = not several.strategies

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        match event.button.id:
            case "fewer":
                self.action_seeds(-1)
            case "more":
                self.action_seeds(1)
            case "yes":
                self.action_start()
            case _:
                self.dismiss(None)


def _selections(ticked: Sequence[str]) -> list[Selection[str]]:
    return [
        Selection(
            Text.assemble((f"{name:{_NAME_WIDTH}}", "bold"), " ", (spec.rule, "dim"), no_wrap=True),
            name,
            name in ticked,
        )
        for name, spec in strategies().items()
    ]
