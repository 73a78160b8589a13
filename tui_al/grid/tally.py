"""How far a grid has come, counted from its events."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tui_al.grid.batch import Batch
from tui_al.grid.events import GridEvent, RunFailed, RunFound, RunsAwaited, RunStored, WorkerLost


@dataclass(slots=True)
class Tally:
    """Counts of a grid, and the time that is left.

    Runs are of very different lengths, and the longest come first: what is left is told from
    their expected costs, corrected by how much of those the time so far has bought.
    """

    expected: Mapping[str, float]
    """Seconds of each run, by run id."""
    stored: int = 0
    found: int = 0
    failed: int = 0
    awaited: int = 0
    workers_lost: int = 0
    compute_seconds: float = 0.0
    """Of all runs computed here, on one worker."""
    reasons: dict[str, str] = field(default_factory=dict)
    """Why runs failed, by run id."""
    _bought: float = 0.0

    def add(self, event: GridEvent) -> None:
        """Count an event."""
        match event:
            case RunStored(run, seconds):
                self.stored += 1
                self.compute_seconds += seconds
                self._bought += self.expected[run.run_id]
            case RunFound(run):
                self.found += 1
                self._bought += self.expected[run.run_id]
            case RunFailed(run, reason):
                self.failed += 1
                self.reasons[run.run_id] = reason
                self._bought += self.expected[run.run_id]
            case RunsAwaited(runs):
                self.awaited += len(runs)
            case WorkerLost():
                self.workers_lost += 1

    @classmethod
    def of(cls, batches: Iterable[Batch]) -> "Tally":
        """Nothing done yet of these batches."""
        return cls({
            run.identity.run_id: seconds
            for batch in batches
            for run, seconds in zip(batch.runs, batch.seconds, strict=True)
        })  # fmt: skip

    @property
    def total(self) -> int:
        """All runs of the grid."""
        return len(self.expected)

    @property
    def done(self) -> int:
        """Runs that are over, one way or another."""
        return self.stored + self.found + self.failed

    def seconds_left(self, elapsed: float) -> float | None:
        """Expected seconds to the end, or None while unknown."""
        price = sum(self.expected.values())
        return elapsed * (price / self._bought - 1) if self._bought > 0 else None
