"""What the grid's screen asks: its options, whether to begin; and a failure in full."""

from collections.abc import Sequence

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button, Input, Label, RadioButton, RadioSet, Static

from tui_al.errors import BadInput
from tui_al.grid.bulk import FailedRun
from tui_al.textsafe import visible
from tui_al.tui.grid_options import SWEEP, GridOptions, parse_options
from tui_al.tui.screens.dialogs import Dialog, DialogBox, Question

_LISTED = 8  # the rest are counted


class BeginQuestion(Question):
    """Says what comes before the first run, and what there may be too little of; the answer is
    whether to begin."""

    def __init__(
        self, fetched: Sequence[str], embedded: Sequence[str], want: Sequence[str]
    ) -> None:
        text = Text()
        for line in want:
            sentence = visible(line, one_line=True)
            text.append(f"{sentence[0].upper()}{sentence[1:]}.\n\n")
        if fetched or embedded:
            text.append("What is missing is made once, and kept for every later run.\n")
        for title, names in (("To fetch from the Hub:", fetched), ("To embed:", embedded)):
            if names:
                text.append(f"\n{title}\n")
                for name in names[:_LISTED]:
                    text.append(f"● {visible(name, one_line=True)}\n")
                if len(names) > _LISTED:
                    text.append(f"  and {len(names) - _LISTED} more\n")
        text.rstrip()
        title = "That may not fit" if want else "Something comes first"
        super().__init__(title, text, "Begin", "Not now", careful=bool(want))


class FailureScreen(Dialog[None]):
    """Why a run failed, in full."""

    def __init__(self, failure: FailedRun) -> None:
        super().__init__()
        self._failure = failure

    def compose(self) -> ComposeResult:
        with DialogBox("Failed run", wide=True, hint="y copies   Esc closes"):
            yield Static(Text(visible(self.copyable())))

    def copyable(self) -> str:
        return f"{self._failure.run}:\n\n{self._failure.reason}"


_FIELDS = (
    ("budget", "Labels in all", "each dataset's own"),
    ("initial", "Initial pool", "what equal batches leave over"),
    ("cycles", "Query cycles", "20"),
    ("sizes", "Pool sizes", "20 50 100 250 300 500 1000 2500 5000"),
    ("workers", "Workers", "one a core"),
    ("fit", "Fit into", "no limit; else 2h or 90m: drops the last seeds"),
)
"""Name, label, and what leaving it empty means."""
_OF_SWEEP, _OF_CURVES = ("sizes",), ("budget", "initial", "cycles")


class Kind(RadioButton):
    """Empty where it is not chosen: not every terminal shows Textual's other colour."""

    def on_mount(self) -> None:
        self._mark()

    def watch_value(self) -> None:
        self._mark()
        super().watch_value()

    def _mark(self) -> None:
        self.BUTTON_INNER = "●" if self.value else " "


class GridOptionsScreen(Dialog[GridOptions | None]):
    """The kind of the grid, and fields that may stay empty; the answer is what they say."""

    def __init__(self, options: GridOptions) -> None:
        super().__init__()
        self._options = options

    def compose(self) -> ComposeResult:
        typed = self._options.typed
        hint = "Enter: use these   Tab: next   Esc closes"
        with DialogBox("Options of the grid", wide=True, hint=hint) as box:
            box.add_class("grid-options")
            box.can_focus = False
            with RadioSet():
                sweep = self._options.sweep
                yield Kind("Curves: every strategy", value=not sweep, compact=True)
                yield Kind("Sweep: initial pools of every size", value=sweep, compact=True)
            for name, label, empty in _FIELDS:
                with Horizontal(id=f"row-{name}", classes="field"):
                    yield Label(label)
                    yield Input(typed[name], id=name, placeholder=empty, compact=True)
            yield Static(id="reason", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Use these", variant="primary", id="use")
                yield Button("Usual ones", id="usual")

    def on_mount(self) -> None:
        self._show_fields()
        self.query_one("#sizes" if self._options.sweep else "#budget").focus()

    @property
    def _sweep(self) -> bool:
        return self.query_one(RadioSet).pressed_index == 1

    @on(RadioSet.Changed)
    def _show_fields(self) -> None:
        """Only those that mean something."""
        for names, shown in ((_OF_SWEEP, self._sweep), (_OF_CURVES, not self._sweep)):
            for name in names:
                self.query_one(f"#row-{name}").display = shown

    @on(Input.Changed)
    def _typed(self) -> None:
        self.query_one("#reason", Static).update("")

    @on(Button.Pressed, "#usual")
    def _take_usual(self) -> None:
        self.dismiss(GridOptions())

    @on(Input.Submitted)
    @on(Button.Pressed, "#use")
    def _submitted(self) -> None:
        typed = {str(field.id): field.value for field in self.query(Input)}
        try:
            options = parse_options(typed | {"experiment": SWEEP if self._sweep else ""})
        except BadInput as error:
            self.query_one("#reason", Static).update(visible(str(error), one_line=True))
            return
        self.dismiss(options)
