"""A grid as far as it has come: what it takes, what is done, what failed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tui_al.grid.bulk import CostRow, FailedRun, GridBegan, GridCosts, RunOver


@dataclass(slots=True)
class RowState:
    """A dataset and a strategy, over all models, initial pools and seeds; of pools alone, a
    dataset and an initial pool."""

    cost: CostRow
    done: int
    failed: int

    @property
    def left(self) -> int:
        """Runs that are still to come."""
        return self.cost.runs - self.done - self.failed


@dataclass(slots=True)
class GridState:
    """What the last estimate said, and what has happened since.

    `done` of `total` are runs of the grid that is being computed; both are 0 while none is.
    """

    costs: GridCosts | None = None
    rows: list[RowState] = field(default_factory=list)
    failures: list[FailedRun] = field(default_factory=list)
    known: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    done: int = 0
    total: int = 0
    failed: int = 0
    seconds_left: float | None = None

    def plan(self, costs: GridCosts) -> None:
        """Begin with an estimate."""
        self.costs = costs
        self.known |= costs.costs
        self.rows = [RowState(row, row.stored, row.failed) for row in costs.rows]
        self.failures = list(costs.failed)
        self.await_runs()

    def forget(self) -> None:
        """The choice is another one, and nothing is known of it."""
        self.costs, self.rows, self.failures = None, [], []
        self.await_runs()

    def await_runs(self) -> None:
        """A grid was handed in: its runs are not counted yet."""
        self.done = self.total = self.failed = 0
        self.seconds_left = None

    def begin(self, event: GridBegan) -> None:
        """Everything is embedded: runs follow."""
        self.done, self.total, self.failed = 0, event.total, 0

    def take(self, event: RunOver) -> RowState | None:
        """Count a run that is over; the row it belongs to."""
        self.done, self.total, self.seconds_left = event.done, event.total, event.seconds_left
        row = self._rows.get((event.run.dataset, event.run.choice))
        if event.how == "failed":
            self.failed += 1
            self.failures.append(FailedRun(event.run, event.reason))
        if row is not None:
            row.done += event.how != "failed"
            row.failed += event.how == "failed"
        return row

    @property
    def _rows(self) -> Mapping[tuple[str, str], RowState]:
        return {(row.cost.dataset, row.cost.choice): row for row in self.rows}
