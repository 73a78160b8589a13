"""What one more cycle costs on the chart of the Live screen: 40 runs of 20 cycles.

    .venv/bin/python benchmarks/redraw.py

The chart and its legend alone, in a terminal of 140x45 that is not there. All runs come
one cycle further at once. "redraw" is the processor time from telling the chart to the update
being ready for the terminal, "bytes" what that writes, "whole screen" what painting all would.
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from machine import describe
from textual._compositor import CompositorUpdate
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tui_al.learning.records import CycleRecord
from tui_al.results.runs import UNKNOWN, RunIdentity
from tui_al.tui.choices import Choices
from tui_al.tui.memory import Memory
from tui_al.tui.session import Session
from tui_al.tui.widgets.chart_pane import ChartPane

SIZE = (140, 45)
STRATEGIES = ("random", "margin", "entropy", "coreset", "typiclust", "probcover", "badge",
              "dropquery")  # fmt: skip
SEEDS, CYCLES = 5, 20


class ChartApp(App[None]):
    """The chart of a session, and the bytes of each update."""

    CSS = "Legend { height: 3; } LiveChart { height: 1fr; }"

    def __init__(self, session: Session, memory: Memory) -> None:
        super().__init__()
        self._session = session
        self._memory = memory
        self.written: list[int] = []

    def compose(self) -> ComposeResult:
        yield ChartPane(self._session, self._memory)

    def _display(self, screen: object, renderable: object) -> None:  # noqa: ARG002  (Textual's)
        if isinstance(renderable, CompositorUpdate):
            self.written.append(len(renderable.render_segments(self.console).encode()))


def add_cycle(session: Session, cycle: int) -> None:
    """One more cycle of every run."""
    for place, run in enumerate(session.runs):
        value = 0.9 - 0.5 / (cycle + 1) ** 0.5 - 0.002 * place
        run.records.append(CycleRecord(cycle, 30 + 11 * cycle, value, value, value, 0.01, 0.02, ()))


async def measure(pilot: Pilot[None], app: ChartApp, session: Session, *, mean: bool) -> None:
    """Print one line of the table."""
    pane = app.query_one(ChartPane)
    for run in session.runs:
        run.records.clear()
    add_cycle(session, 0)
    pane.show_means(shown=mean)
    await pilot.pause()
    times, written = [], []
    for cycle in range(1, CYCLES + 1):
        add_cycle(session, cycle)
        app.written.clear()
        started = time.thread_time()
        pane.update_curves()
        await pilot.pause()
        times.append(1e3 * (time.thread_time() - started))
        written.append(sum(app.written))
    app.written.clear()
    app.screen.refresh()
    await pilot.pause()
    whole = sum(app.written)
    name = "means with bands" if mean else "40 lines"
    print(f"| {name} | {statistics.median(times):.1f} | {max(times):.1f} "
          f"| {statistics.median(written):,.0f} | {whole:,} |")  # fmt: skip


async def main() -> None:
    """Print the table."""
    session = Session()
    for number, strategy in enumerate(STRATEGIES * SEEDS):
        run = session.begin(number, Choices("bbcnews", "wordllama-256", "random", strategy),
                            number // len(STRATEGIES))  # fmt: skip
        identity = RunIdentity(
            str(number), strategy, "bbcnews", "wordllama-256", "random", strategy, run.seed,
            "labels", 30, 11, 30 + 11 * CYCLES, "{}",
        )  # fmt: skip
        run.begin(identity, UNKNOWN, CYCLES)
    session.shown = session.runs[0]
    with tempfile.TemporaryDirectory() as folder:
        app = ChartApp(session, Memory(Path(folder) / "state.json"))
        async with app.run_test(size=SIZE) as pilot:
            print(f"{describe()}\n")
            print("| shown | redraw, ms | worst | bytes | whole screen, bytes |")
            print("|---" * 5 + "|")
            for mean in (True, False):
                await measure(pilot, app, session, mean=mean)


if __name__ == "__main__":
    asyncio.run(main())
