"""What an interface and its worker process say to each other. Importable without numpy."""

from dataclasses import dataclass
from pathlib import Path

from tui_al.grid.bulk import (
    Assessed,
    AssessJob,
    GridBegan,
    GridJob,
    GridPlanned,
    GridTrouble,
    RunOver,
)
from tui_al.learning.experiment import Experiment
from tui_al.learning.records import CycleRecord
from tui_al.progress import Progress
from tui_al.results.runs import Origin, RunIdentity


@dataclass(frozen=True, slots=True)
class Job:
    """Work for a worker: embed what is missing, then run the experiment if there is one.

    `number` comes back in every event of the job. A cycle takes at least `pace` seconds,
    so that a person can watch; its measured seconds do not count the waiting.
    """

    number: int
    dataset: str
    model: str
    cache_root: Path
    data_dir: Path | None
    experiment: Experiment | None
    pace: float = 0.0


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait before the next cycle."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on after a pause."""


@dataclass(frozen=True, slots=True)
class Step:
    """Compute one cycle, then pause."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Abandon the job; nothing of it is stored."""


@dataclass(frozen=True, slots=True)
class SetPace:
    """Change the least seconds a cycle takes."""

    seconds: float


AnyJob = Job | GridJob | AssessJob
Command = AnyJob | Pause | Resume | Step | Stop | SetPace


def is_lasting(job: AnyJob) -> bool:
    """Whether somebody waits for a job: abandoning an estimate loses nothing."""
    return isinstance(job, Job) or (isinstance(job, GridJob) and not job.dry)


@dataclass(frozen=True, slots=True)
class QueriedText:
    """A text the oracle was asked about: its train-pool index, the answer, the text."""

    index: int
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Advanced:
    """A download or an embedding came further."""

    job: int
    progress: Progress


@dataclass(frozen=True, slots=True)
class RunBegan:
    """Everything is loaded; `cycles` query cycles follow the initial pool."""

    job: int
    identity: RunIdentity
    origin: Origin
    cycles: int


@dataclass(frozen=True, slots=True)
class CycleDone:
    """A cycle was computed; `texts` are in the order of `record.selected`."""

    job: int
    record: CycleRecord
    texts: tuple[QueriedText, ...]


@dataclass(frozen=True, slots=True)
class Ended:
    """The job is over: everything done and stored, or stopped on request."""

    job: int
    finished: bool


@dataclass(frozen=True, slots=True)
class Failed:
    """The job ended with an error; `reason` is one line."""

    job: int
    reason: str


@dataclass(frozen=True, slots=True)
class WorkerLost:
    """The worker process ended by itself; whatever it was doing is lost."""

    reason: str


_OfGrids = GridPlanned | GridBegan | RunOver | GridTrouble
Event = Advanced | RunBegan | CycleDone | _OfGrids | Assessed | Ended | Failed | WorkerLost
"""Every event but `WorkerLost` comes from the worker."""
