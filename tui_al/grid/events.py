"""What happens while a grid is being computed."""

from dataclasses import dataclass

from tui_al.results.runs import RunIdentity


@dataclass(frozen=True, slots=True)
class RunStored:
    """A run was computed and stored; `seconds` it took to compute."""

    run: RunIdentity
    seconds: float


@dataclass(frozen=True, slots=True)
class RunFound:
    """A run turned out to be stored already: another grid computed it meanwhile."""

    run: RunIdentity


@dataclass(frozen=True, slots=True)
class RunFailed:
    """A run raised, or its worker was killed again and again; the error is recorded."""

    run: RunIdentity
    reason: str


@dataclass(frozen=True, slots=True)
class RunsAwaited:
    """Other processes are computing these runs now; they are looked at again at the end."""

    runs: tuple[RunIdentity, ...]


@dataclass(frozen=True, slots=True)
class WorkerLost:
    """A worker process ended by itself; what it had not stored is computed again."""

    reason: str


GridEvent = RunStored | RunFound | RunFailed | RunsAwaited | WorkerLost
