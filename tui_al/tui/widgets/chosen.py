"""The texts that one run chose in one cycle."""

from collections.abc import Collection, Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from tui_al.grid.explore import Choice, CycleView
from tui_al.report.palette import Mark
from tui_al.textsafe import visible
from tui_al.tui.widgets.embedding_map import BOTH
from tui_al.tui.widgets.linetable import Cells, LineColumn, LineTable
from tui_al.tui.widgets.tints import tint, tint_of

WRONG, RIGHT = "✗", "✓"
_LONGEST_LINE = 400  # characters of a text in the table; Enter shows all of it


class ChosenTexts(LineTable):
    """Label, prediction, confidence, score and text of each, in the order of the choice.

    A cross marks wrong predictions, as does their colour; a mark of its own stands before
    texts that the other run chose in the same cycle.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"chosen--wrong", "chosen--right", "chosen--quiet"}

    def __init__(self, id_: str) -> None:
        super().__init__(id_)
        self._chosen: Sequence[Choice] = ()
        self._shared: Collection[int] = ()

    def show(
        self, name: str, mark: Mark, view: CycleView, shared: Collection[int], *, ended: bool
    ) -> None:
        """Show what a run called `name` chose; `ended` where it has no such cycle any more."""
        self._chosen, self._shared = view.chosen, shared
        title = Text.assemble(
            (mark.marker, tint_of(self, mark)), " ", (visible(name, one_line=True), "bold")
        )
        title.append(f"  {_describe(view)}")
        if ended:
            title.append("  (its last cycle)", "dim")
        self.border_title = title.markup
        self.border_subtitle = Text(visible(view.record.note, one_line=True)).markup
        self.show_rows(self._arrange, len(view.chosen), self._cells, cursor=self.cursor)

    @property
    def current(self) -> Choice | None:
        """The text under the cursor."""
        return self._chosen[self.cursor] if self.cursor < len(self._chosen) else None

    def move_to(self, index: int) -> bool:
        """Put the cursor on a text; whether it is here."""
        places = [place for place, choice in enumerate(self._chosen) if choice.index == index]
        if places:
            self.cursor = places[0]
        return bool(places)

    def _arrange(self, width: int) -> list[LineColumn]:
        most = max(8, width // 5)
        labels = [_name(choice.label) for choice in self._chosen]
        predicted = [_name(choice.predicted) for choice in self._chosen]
        scored = any(choice.score is not None for choice in self._chosen)
        fitted = any(predicted)
        return [
            LineColumn("", 2),
            LineColumn("label", _fit("label", labels, most) if any(labels) else 0),
            LineColumn("predicted", _fit("predicted", predicted, most) if fitted else 0),
            LineColumn("conf", 4 if fitted else 0, right=True),
            LineColumn("score", 7 if scored else 0, right=True),
            LineColumn("text"),
        ]

    def _cells(self, row: int) -> Cells:
        wrong, right, quiet = (
            tint(self, f"chosen--{part}") for part in ("wrong", "right", "quiet")
        )
        choice = self._chosen[row]
        style = wrong if choice.wrong else right
        sign = "" if choice.predicted is None else WRONG if choice.wrong else RIGHT
        shared = choice.index in self._shared
        text = f"text {choice.index}" if choice.text is None else choice.text[:_LONGEST_LINE]
        return (
            Text(f"{sign or ' '}{BOTH if shared else ''}", style),
            Text(_name(choice.label), "bold"),
            Text(_name(choice.predicted), style),
            Text("" if choice.confidence is None else f"{choice.confidence:.0%}"),
            Text("" if choice.score is None else _score(choice.score), quiet),
            Text(visible(text, one_line=True), quiet if choice.text is None else Style()),
        )


def _describe(view: CycleView) -> str:
    count = len(view.chosen)
    what = "text" if count == 1 else "texts"
    if not view.record.cycle:
        return f"{count} {what} of the initial pool"
    wrong = "" if view.wrong is None else f", {view.wrong} predicted wrong"
    return f"{count} {what}{wrong}"


def _score(score: float) -> str:
    return f"{score:.4f}" if abs(score) < 100 else f"{score:.4g}"


def _name(label: str | None) -> str:
    return "" if label is None else visible(label, one_line=True)


def _fit(title: str, names: Sequence[str], most: int) -> int:
    return max(cell_len(title), min(most, max(map(cell_len, names), default=0)))
