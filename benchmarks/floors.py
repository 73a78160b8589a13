"""What a run must at least compute and read, whatever the code: its floor.

Counts are of the method, not of our way to do it: a faster trick may go below a count, and
where ours does (badge, coreset), the count is what that trick needs. Numbers have 4 bytes.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Work:
    """Multiply-adds, and bytes read at least once."""

    multiply_adds: float = 0
    bytes: float = 0

    def __add__(self, other: "Work") -> "Work":
        return Work(self.multiply_adds + other.multiply_adds, self.bytes + other.bytes)

    def __mul__(self, times: float) -> "Work":
        return Work(self.multiply_adds * times, self.bytes * times)

    def seconds(self, multiply_adds: float, read: float) -> float:
        """The least time at these rates, computing and reading at once."""
        return max(self.multiply_adds / multiply_adds, self.bytes / read)


@dataclass(frozen=True)
class Run:
    """The sizes of a run: pool, dimension, classes, test rows, k0, batch, cycles."""

    pool: int
    dimension: int
    classes: int
    test: int
    initial: int
    batch: int
    cycles: int

    def product(self, rows: float, columns: float) -> Work:
        """Rows of the pool, read once, times as many columns."""
        return Work(rows * columns * self.dimension, 4 * rows * self.dimension)


def floor_of(strategy: str, run: Run, *, copies: int = 3, max_clusters: int = 500) -> Work:
    """Fitting and testing in every cycle, and the strategy's queries."""
    return _fitting(run) + _queries(strategy, run, copies, max_clusters)


def _fitting(run: Run) -> Work:
    """One objective and gradient at each optimum: to know that it is one; and the test set."""
    labeled = [run.initial + t * run.batch for t in range(run.cycles + 1)]
    once = Work()
    for n in labeled:
        once += run.product(n, run.classes) * 2 + run.product(run.test, run.classes)
    return once


def _queries(strategy: str, run: Run, copies: int, max_clusters: int) -> Work:  # noqa: PLR0911
    predictions = run.product(run.pool, run.classes) * run.cycles
    budget = run.initial + run.cycles * run.batch
    match strategy:
        case "random":
            return Work()
        case "margin" | "entropy":
            return predictions
        case "coreset":  # the pool against k0; later centres only against those chosen
            return run.product(run.pool, run.initial) + run.product(budget, budget / 2)
        case "badge":  # each first gradient against the pool; the others among the chosen
            first = run.product(run.pool, 1) * run.cycles
            return predictions + first + run.product(run.batch, run.batch) * run.cycles
        case "typiclust":  # every centre against the pool once; neighbours in visited clusters
            clusters = min(budget, max_clusters)
            size = run.pool / clusters
            visited = run.product(size, size) * (run.batch * run.cycles)
            return run.product(run.pool, clusters) + visited
        case "probcover":  # every pair once
            return run.product(run.pool, run.pool / 2)
        case "dropquery":  # every copy predicted; a third of the pool against b centres once
            dropped = run.product(run.pool, run.classes) * (copies * run.cycles)
            clustered = run.product(run.pool / 3, run.batch) * run.cycles
            return predictions + dropped + clustered
    raise ValueError(f"no floor is known for {strategy}")
