"""The runs since the app opened: which there are, which is shown, which share a chart."""

from dataclasses import dataclass, field
from typing import Literal

from tui_al.grid.messages import QueriedText
from tui_al.learning.records import CycleRecord
from tui_al.report.palette import MARKS, Mark, name_marks, spare_mark
from tui_al.results.runs import UNKNOWN, Origin, RecordedRun, RunIdentity
from tui_al.tui.choices import Choices

Status = Literal["waiting", "running", "finished", "stopped", "failed"]


@dataclass(slots=True)
class RunState:
    """A run as far as it has come; `mark` tells its curve from others."""

    job: int
    choices: Choices
    seed: int
    mark: Mark
    status: Status = "waiting"
    identity: RunIdentity | None = None  # known from its beginning on
    origin: Origin = UNKNOWN
    cycles: int = 0
    records: list[CycleRecord] = field(default_factory=list)
    texts: list[tuple[QueriedText, ...]] = field(default_factory=list)

    def begin(self, identity: RunIdentity, origin: Origin, cycles: int) -> None:
        """Take note that it is being computed; `cycles` follow the initial pool."""
        self.status, self.identity, self.origin, self.cycles = "running", identity, origin, cycles

    @property
    def budget(self) -> int:
        """Labels at its end; 0 before its beginning."""
        return self.identity.budget if self.identity is not None else 0

    @property
    def recorded(self) -> RecordedRun | None:
        """What it did so far; None before its first cycle."""
        if self.identity is None or not self.records:
            return None
        records = tuple(self.records)
        seconds = sum(record.fit_seconds + record.query_seconds for record in records)
        return RecordedRun(self.identity, records, seconds, self.origin)

    @property
    def over(self) -> bool:
        return self.status in ("finished", "stopped", "failed")

    @property
    def name(self) -> str:
        """Strategy and seed."""
        return f"{self.choices.strategy}, seed {self.seed}"


class Session:
    """All runs since the app opened, oldest first, and the one whose cycles are shown."""

    def __init__(self) -> None:
        self.runs: list[RunState] = []
        self.shown: RunState | None = None
        self._marks: dict[Choices, Mark] = {}

    def begin(self, job: int, choices: Choices, seed: int | None = None) -> RunState:
        """Add a run. Without a seed, it takes the next that these choices have not had."""
        taken = self.seeds(choices)
        run = RunState(
            job=job,
            choices=choices,
            seed=next(s for s in range(len(taken) + 1) if s not in taken) if seed is None else seed,
            mark=self._new_mark(choices, many=seed is not None),
        )
        self.runs.append(run)
        return run

    def _new_mark(self, choices: Choices, *, many: bool) -> Mark:
        """The choices' own mark for their first run; then others, of many in the same colour."""
        used = {run.mark for run in self.runs}
        own = self.mark(choices)
        if own not in used:
            return own
        related = (mark for mark in MARKS if mark.on_dark == own.on_dark and mark not in used)
        spare = spare_mark(used | set(self._marks.values()))
        return next(related, spare) if many else spare

    def seeds(self, choices: Choices) -> set[int]:
        """The seeds of the runs with these choices that did not fail."""
        return {run.seed for run in self.runs if run.choices == choices and run.status != "failed"}

    def mark(self, choices: Choices) -> Mark:
        """The mark of all runs with these choices: the strategy's own for the first to have it."""
        if choices not in self._marks:
            taken = set(self._marks.values())
            own = name_marks([choices.strategy])[choices.strategy]
            self._marks[choices] = own if own not in taken else spare_mark(taken)
        return self._marks[choices]

    def find(self, job: int) -> RunState | None:
        """The run of a job; None for jobs that only embed, and for removed runs."""
        return next((run for run in self.runs if run.job == job), None)

    def begun(self) -> list[tuple[RunIdentity, RunState]]:
        """The runs that have cycles, the newest first."""
        return [
            (run.identity, run)
            for run in reversed(self.runs)
            if run.identity is not None and run.records
        ]

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
        """Remove every run that is over, but the one shown."""
        self.runs = [run for run in self.runs if run is self.shown or not run.over]

    def label(self, run: RunState, *, seed: bool = True) -> str:
        """What distinguishes a run on the chart: only what differs among its companions.

        Without `seed`, what distinguishes the runs that differ by their seeds alone.
        """
        companions = self.comparable()
        parts = [run.choices.strategy]
        if len({other.choices.ips for other in companions}) > 1:
            parts.append(run.choices.ips)
        if len({other.choices.model for other in companions}) > 1:
            parts.append(run.choices.model)
        if seed and len({other.seed for other in companions}) > 1:
            parts.append(f"seed {run.seed}")
        return " · ".join(parts)
