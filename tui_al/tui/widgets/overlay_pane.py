"""The curves of rows of the results, with the lines that name them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from textual.timer import Timer

from tui_al.analysis.browse import Stored, View
from tui_al.tui.asking import Asking, Outdated
from tui_al.tui.memory import Memory
from tui_al.tui.overlay import Overlay
from tui_al.tui.series import Series
from tui_al.tui.widgets.curves_pane import CurvesPane

_PREVIEW_AFTER = 0.06  # seconds without a key until curves are drawn

_Drawn = tuple[Overlay, Sequence[Series]]


class OverlayPane(CurvesPane):
    """Draws when the keys have rested, what a thread has read: no key waits for a chart."""

    def __init__(self, memory: Memory, fail: Callable[[str], None]) -> None:
        super().__init__("results", memory, empty="")
        self._wanted: Overlay | None = None
        self._resting: Timer | None = None
        self._asking = Asking(self, _read, self._receive, fail=fail)

    def show(self, stored: Stored, view: View, rows: Mapping[str, str], here: str | None) -> None:
        """Show soon the curves of some rows of a view by key, with their strategies; `here` is
        the one under the cursor."""
        self._wanted = Overlay(stored, view, rows, here, self.look.metric)
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(_PREVIEW_AFTER, self._rested)

    def _rested(self) -> None:
        self._resting = None
        self.update_curves()

    def update_curves(self) -> None:
        if self._wanted is not None:
            self._wanted = replace(self._wanted, metric=self.look.metric)
            self._asking.ask(self._wanted)

    def _receive(self, drawn: _Drawn) -> None:
        overlay, series = drawn
        self.look = replace(self.look, mean=overlay.view.grouped)
        self.draw(series, max((one.xs[-1] for one in series), default=0.0))


def _read(overlay: Overlay, _: Outdated) -> Iterator[_Drawn]:
    """In the thread."""
    yield overlay, overlay.series()
