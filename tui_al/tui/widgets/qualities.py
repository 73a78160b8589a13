"""The embeddings of one dataset compared: a bar a model, as long as its probe is accurate."""

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.markup import escape
from textual.widgets import Static

from tui_al.grid.assessment import Probe
from tui_al.textsafe import visible
from tui_al.tui.shelf import Shelf

_NAME = 18
_NONE = "Nobody has looked at an embedding of this dataset yet: Enter does, where there is one."


class QualityBars(VerticalScroll):
    """Probe accuracies on the dataset under the cursor, the best first; a bar's beginning is
    what guessing reaches."""

    def __init__(self) -> None:
        super().__init__()
        self.can_focus = False
        self._shown: tuple[str, list[tuple[str, Probe]], bool] | None = None

    def compose(self) -> ComposeResult:
        yield Static(classes="body")

    def show(self, shelf: Shelf, dataset: str) -> None:
        """Compare the models of a dataset."""
        probes = [
            (model.name, quality.probe)
            for model in shelf.models
            if (quality := shelf.slot((dataset, model.name)).quality) and quality.probe
        ]
        key = dataset, probes, self.app.current_theme.dark
        if key == self._shown:
            return
        self._shown = key
        self.border_title = escape(f"Quality on {visible(dataset, one_line=True)}: probe accuracy")
        body = self.query_one(Static)
        if not probes:
            body.update(Text(_NONE, "dim"))
            return
        table = Table.grid(padding=(0, 1, 0, 0))
        for name, probe in sorted(probes, key=lambda pair: -pair[1].accuracy):
            shown = Text(visible(name, one_line=True), no_wrap=True, overflow="ellipsis")
            shown.truncate(_NAME, overflow="ellipsis")
            table.add_row(shown, self._bar(probe), Text(f"{probe.accuracy:.3f}"),
                          Text(f"± {probe.deviation:.3f}", "dim"))  # fmt: skip
        body.update(table)

    def _bar(self, probe: Probe) -> Text:
        width = max(10, self.size.width - _NAME - 17)
        guess, reached = round(probe.majority * width), round(probe.accuracy * width)
        bar = Text("▒" * min(guess, reached), "dim")
        bar.append("█" * (reached - guess), self.app.theme_variables.get("primary", ""))
        return bar.append("·" * (width - reached), "dim")
