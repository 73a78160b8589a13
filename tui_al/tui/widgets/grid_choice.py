"""Five lists of what a grid is about."""

from collections.abc import Sequence
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message

from tui_al.catalog import models
from tui_al.report.catalog import DatasetRow
from tui_al.tui.choices import Choices
from tui_al.tui.grid_options import GridOptions
from tui_al.tui.memory import Memory
from tui_al.tui.slice import Slice, away, known_values, opening_slice, unembedded
from tui_al.tui.widgets.picks import PickList

_TITLES = {"datasets": "Dataset", "models": "Model", "ips": "Initial pool",
           "strategies": "Strategy", "seeds": "Seed"}  # fmt: skip


class GridChoice(Horizontal):
    """Datasets, models, initial pools, strategies and seeds, with what is on this machine; and
    the options, which a dialog sets. A sweep has no strategies."""

    class Changed(Message):
        """Another choice was made."""

    def __init__(self, rows: Sequence[DatasetRow], memory: Memory, choices: Choices) -> None:
        super().__init__()
        self._rows = rows
        self._memory = memory
        self._known = known_values(rows, tuple(models()))
        self._opening = opening_slice(memory, choices, self._known)
        self._options = self._opening.options

    def compose(self) -> ComposeResult:
        for name, title in _TITLES.items():
            yield PickList(title, name, getattr(self._known, name), getattr(self._opening, name))

    def on_mount(self) -> None:
        self._show_options()
        self._mark_absent()

    @property
    def chosen(self) -> Slice:
        """The slice that is ticked, with its options."""
        picked: dict[str, Any] = {name: self._list(name).chosen for name in _TITLES}
        return Slice(**picked, options=self._options)

    @property
    def away(self) -> set[str]:
        """Chosen datasets whose texts are on the Hub alone."""
        return away(self._rows) & set(self._list("datasets").chosen)

    def show_rows(self, rows: Sequence[DatasetRow]) -> None:
        """Offer what is there now, and mark what is not on this machine."""
        self._rows, self._known = rows, known_values(rows, tuple(models()))
        self._list("datasets").offer(self._known.datasets)
        self._list("models").offer(self._known.models)
        self._mark_absent()

    def set_options(self, options: GridOptions) -> None:
        """Take other options; `Changed` follows where they are."""
        if options != self._options:
            self._options = options
            self._show_options()
            self._changed()

    @on(PickList.Changed)
    def _picked(self, event: PickList.Changed) -> None:
        event.stop()
        self._changed()

    def _changed(self) -> None:
        self.chosen.remember(self._memory)
        self._mark_absent()
        self.post_message(self.Changed())

    def _show_options(self) -> None:
        picks = self._list("strategies")
        if picks.has_focus and self._options.sweep:
            self._list("ips").focus()
        picks.display = not self._options.sweep

    def _mark_absent(self) -> None:
        chosen = self._list("datasets").chosen
        self._list("datasets").mark_absent(away(self._rows))
        self._list("models").mark_absent(unembedded(self._rows, chosen, self._known))

    def _list(self, name: str) -> PickList[Any]:
        return self.query_one(f"#{name}", PickList)
