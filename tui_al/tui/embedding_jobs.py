"""The embedding jobs of one sitting: which there are, how far, what became of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from tui_al.grid.messages import Advanced, Ended, Event, Failed
from tui_al.progress import Progress
from tui_al.tui.shelf import Pair

JobState = Literal["waiting", "running", "done", "stopped", "failed"]


@dataclass(slots=True)
class EmbeddingState:
    """A job as far as it has come; `reason` is why it failed, `stopping` whether it was asked
    to end while it was being done."""

    number: int
    pair: Pair
    state: JobState = "waiting"
    progress: Progress | None = None
    reason: str = ""
    stopping: bool = False

    @property
    def open(self) -> bool:
        """Whether it waits or is being done."""
        return self.state in ("waiting", "running")

    @property
    def share(self) -> float:
        """Of the stage it is in, from 0 to 1."""
        known = self.progress is not None and self.progress.total > 0
        return self.progress.done / self.progress.total if self.progress and known else 0.0


@dataclass(slots=True)
class EmbeddingJobs:
    """All of them, oldest first."""

    jobs: list[EmbeddingState] = field(default_factory=list)

    def add(self, number: int, pair: Pair) -> EmbeddingState:
        """A job that waits."""
        self.jobs.append(EmbeddingState(number, pair))
        return self.jobs[-1]

    def take(self, number: int, event: Event) -> str:
        """Take in what happened to a job; why it failed, if it did."""
        job = self.find(number)
        if job is None:
            return ""
        match event:
            case Advanced(_, progress):
                job.state, job.progress = "running", progress
            case Ended(_, finished):
                job.state = "done" if finished else "stopped"
            case Failed() if job.stopping:
                job.state, job.reason = "stopped", "by force"
            case Failed(_, reason):
                job.state, job.reason = "failed", reason
                return reason
        return ""

    def find(self, number: int) -> EmbeddingState | None:
        return self._last(lambda job: job.number == number)

    def of(self, pair: Pair) -> EmbeddingState | None:
        """The newest job of a dataset and a model."""
        return self._last(lambda job: job.pair == pair)

    @property
    def running(self) -> EmbeddingState | None:
        return self._last(lambda job: job.state == "running")

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(job.state == "waiting" for job in self.jobs)

    @property
    def open(self) -> list[EmbeddingState]:
        """Those that wait or are being done."""
        return [job for job in self.jobs if job.open]

    def forget_closed(self) -> None:
        """Drop those that are over."""
        self.jobs = self.open

    def _last(self, fits: Callable[[EmbeddingState], bool]) -> EmbeddingState | None:
        return next((job for job in reversed(self.jobs) if fits(job)), None)
