"""The runs of one sitting: which there are, which is shown, which share a chart."""

from dataclasses import dataclass, field
from typing import Literal

from tui_al.grid.messages import QueriedText
from tui_al.learning.records import CycleRecord
from tui_al.report.chart import Curve
from tui_al.tui.choices import Choices

Status = Literal["loading", "running", "finished", "stopped", "failed"]


@dataclass(slots=True)
class RunState:
    """A run as far as it has come. `style` numbers its colour and marker."""

    job: int
    choices: Choices
    seed: int
    style: int
    status: Status = "loading"
    budget: int = 0
    cycles: int = 0
    records: list[CycleRecord] = field(default_factory=list)
    texts: list[tuple[QueriedText, ...]] = field(default_factory=list)

    @property
    def over(self) -> bool:
        return self.status in ("finished", "stopped", "failed")

    @property
    def curve(self) -> Curve:
        labels = [record.n_labeled for record in self.records]
        return Curve(labels, [record.accuracy for record in self.records], self.style)


class Session:
    """All runs since the app opened, oldest first, and the one whose cycles are shown."""

    def __init__(self) -> None:
        self.runs: list[RunState] = []
        self.shown: RunState | None = None
        self._jobs = 0

    def next_job(self) -> int:
        """A number that no job of this sitting has."""
        self._jobs += 1
        return self._jobs

    def begin(self, choices: Choices) -> RunState:
        """Add a run and show it. The same choices again take the next seed."""
        taken = {run.seed for run in self.runs if run.choices == choices and run.status != "failed"}
        used = {run.style for run in self.runs}
        run = RunState(
            job=self.next_job(),
            choices=choices,
            seed=next(seed for seed in range(len(taken) + 1) if seed not in taken),
            style=next(style for style in range(len(used) + 1) if style not in used),
        )
        self.runs.append(run)
        self.shown = run
        return run

    def find(self, job: int) -> RunState | None:
        """The run of a job; None for jobs that only embed, and for removed runs."""
        return next((run for run in self.runs if run.job == job), None)

    def comparable(self) -> list[RunState]:
        """Runs that belong on one chart: those with cycles, on the dataset shown."""
        if self.shown is None:
            return []
        dataset = self.shown.choices.dataset
        return [run for run in self.runs if run.records and run.choices.dataset == dataset]

    def move(self, step: int) -> None:
        """Show the run `step` places after the one shown, around the ends."""
        if self.shown is not None:
            place = self.runs.index(self.shown) + step
            self.shown = self.runs[place % len(self.runs)]

    def forget(self, run: RunState) -> None:
        """Remove a run; another, the newest, is shown."""
        self.runs.remove(run)
        if self.shown is run:
            self.shown = self.runs[-1] if self.runs else None

    def forget_others(self) -> None:
        """Remove every finished run but the one shown."""
        self.runs = [run for run in self.runs if run is self.shown or not run.over]

    def label(self, run: RunState) -> str:
        """What distinguishes a run on the chart: only what differs among its companions."""
        companions = self.comparable()
        parts = [run.choices.strategy]
        if len({other.choices.ips for other in companions}) > 1:
            parts.append(run.choices.ips)
        if len({other.choices.model for other in companions}) > 1:
            parts.append(run.choices.model)
        if len({other.seed for other in companions}) > 1:
            parts.append(f"seed {run.seed}")
        return " · ".join(parts)
