"""What an interface and its worker say about grids and about embeddings' quality.

Importable without numpy, as `messages` is, which has the rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from tui_al.grid.assessment import Quality


@dataclass(frozen=True, slots=True)
class GridJob:
    """Work for a worker: compute a grid, or with `dry` only tell what it takes.

    `entries` are those of `plan.make_plan`. `workers` is how many processes compute, by default
    one a core; `fit` is the time in seconds that the runs have to fit into (see
    `preflight.fit_into`). `costs` are what an earlier `GridPlanned` brought: they are not
    measured again.
    """

    number: int
    entries: Mapping[str, Any]
    cache_root: Path
    data_dir: Path | None
    dry: bool = False
    retry_failed: bool = False
    workers: int | None = None
    fit: float | None = None
    costs: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AssessJob:
    """Work for a worker: look at the quality of an embedding that is there."""

    number: int
    dataset: str
    model: str
    cache_root: Path
    data_dir: Path | None


@dataclass(frozen=True, slots=True)
class CostRow:
    """A dataset and a strategy (in a sweep: an initial pool) of a grid, over all models.

    `seconds` and `disk` are those of the runs still to be computed, on one worker; `memory`
    is the most that one of them needs.
    """

    dataset: str
    choice: str
    runs: int
    stored: int
    failed: int
    seconds: float
    memory: float
    disk: float


@dataclass(frozen=True, slots=True)
class RunName:
    """What a person calls a run of a grid; `k0` is given where it is an initial pool alone."""

    dataset: str
    model: str
    ips: str
    strategy: str
    seed: int
    k0: int | None = None

    @property
    def choice(self) -> str:
        """What its `CostRow` is called."""
        return self.strategy if self.k0 is None else self.ips

    def __str__(self) -> str:
        what = (f"{self.strategy} from {self.ips}" if self.k0 is None
                else f"{self.ips} pool of {self.k0:,}")  # fmt: skip
        return f"{what} on {self.dataset} x {self.model}, seed {self.seed}"


@dataclass(frozen=True, slots=True)
class FailedRun:
    """A run that was given up, and why, in one line."""

    run: RunName
    reason: str


@dataclass(frozen=True, slots=True)
class GridCosts:
    """What a grid takes: see `preflight.Preflight`, which this tells without its runs.

    `failed` are runs that failed before and are left alone; `unembedded` are pairs of dataset
    and model to be embedded first, with their number of texts. `dropped_seeds` and as many
    `dropped_runs` do not fit the time; `left_out` are datasets with sizes of initial pools that
    they are too small for. `costs` are seconds, bytes of memory and bytes on disk by setting,
    for the next `GridJob`.
    """

    runs: int
    todo: int
    stored: int
    failed: tuple[FailedRun, ...]
    wall_seconds: float
    memory: float
    disk: float
    workers: int
    shipped: int
    unembedded: tuple[tuple[str, str, int], ...]
    rows: tuple[CostRow, ...]
    costs: Mapping[str, tuple[float, float, float]]
    dropped_seeds: tuple[int, ...] = ()
    dropped_runs: int = 0
    left_out: tuple[tuple[str, tuple[int, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class GridPlanned:
    """Everything was counted and estimated."""

    job: int
    costs: GridCosts


@dataclass(frozen=True, slots=True)
class GridBegan:
    """All is embedded: so many runs are computed from now on."""

    job: int
    total: int


@dataclass(frozen=True, slots=True)
class RunOver:
    """A run of a grid was computed and stored, found stored by another grid, or failed.

    `done` of `total` runs are over with it; `seconds_left` is expected, None while unknown.
    """

    job: int
    run: RunName
    how: Literal["stored", "found", "failed"]
    reason: str
    done: int
    total: int
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class GridTrouble:
    """A process that computed runs of the grid ended by itself; the grid goes on."""

    job: int
    reason: str


@dataclass(frozen=True, slots=True)
class Assessed:
    """The quality of an embedding is known."""

    job: int
    quality: Quality
