"""What a chosen grid takes, in a few lines, and what there is too little of."""

from collections.abc import Sequence
from pathlib import Path

from rich.text import Text
from textual.widgets import Static

from tui_al.cores import free_memory
from tui_al.grid.bulk import GridCosts
from tui_al.paths import free_bytes
from tui_al.textsafe import visible
from tui_al.tui.grid_words import describe_costs, describe_want, say_options, say_product
from tui_al.tui.slice import Slice
from tui_al.tui.widgets.rows import color_of


class TakesLines(Static):
    """The choice, its options and the preflight; results go below the folder `root`."""

    def __init__(self, root: Path) -> None:
        super().__init__(id="takes", markup=False)
        self._root = root

    def show(self, chosen: Slice, costs: GridCosts | None, *, computing: bool) -> None:
        """Show a choice, with its preflight where there is one."""
        lines = [say_product(chosen, costs.runs if costs else None)] if not chosen.open else []
        lines += filter(None, [say_options(chosen.options)])
        if costs is not None:
            lines += describe_costs(costs, free_bytes(self._root), computing=computing)
        shown = Text("\n".join(visible(line, one_line=True) for line in lines))
        for line in self.want(costs):
            shown.append(f"\n▲ {line}", color_of(self.app, "warning"))
        self.update(shown)

    def want(self, costs: GridCosts | None) -> Sequence[str]:
        """What there is too little of now, a line each."""
        if costs is None:
            return []
        return [*describe_want(costs, free_bytes(self._root), free_memory())]
