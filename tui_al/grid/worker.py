"""The worker process of an interface: takes jobs from a connection, reports events.

Started as `python -m tui_al.grid.worker FD`, where FD is its end of a socket pair. It
ends when the other end closes, so that no interface can leave one behind.
"""

import signal
import sys
import time
from collections.abc import Iterator
from functools import partial
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from tui_al.catalog import find_model
from tui_al.errors import Cancelled, TuiAlError, first_line
from tui_al.grid.bulk import Assessed, AssessJob, GridJob
from tui_al.grid.messages import (
    Advanced,
    AnyJob,
    Command,
    CycleDone,
    Ended,
    Event,
    Failed,
    Job,
    Pause,
    QueriedText,
    Resume,
    RunBegan,
    SetPace,
    Step,
    Stop,
)
from tui_al.grid.priority import give_way
from tui_al.grid.stopping import StopListener
from tui_al.learning.records import CycleRecord
from tui_al.paths import Cache
from tui_al.progress import Progress, ProgressListener

if TYPE_CHECKING:
    from tui_al.grid.embed import JobRunner

_KEEP_WEIGHTS = 20.0  # seconds after an embedding: the next one often has the same model
_NICENESS = 5  # on a busy machine, keys and drawing come before computing
_REPORT_EVERY = 0.05  # seconds between two progress reports: more than eyes can follow


class Worker:
    """Serves one interface: a job at a time, obeying commands between cycles and batches."""

    def __init__(self, connection: "Connection[Event, Command]") -> None:
        self._connection = connection
        self._stops = StopListener(connection)
        self._pace = 0.0
        self._paused = False
        self._steps = 0
        self._reported = 0.0
        self._runner: JobRunner | None = None

    def serve(self) -> None:
        """Do jobs until the interface goes away."""
        while True:
            if not self._connection.poll(_KEEP_WEIGHTS):
                self._runner = None
            command = self._connection.recv()
            if isinstance(command, AnyJob):
                self._do(command)

    def _do(self, job: AnyJob) -> None:
        try:
            if isinstance(job, Job):
                self._embed_and_run(job)
            else:
                with self._stops.watch():
                    self._serve(job)
        except Cancelled:
            self._send(Ended(job.number, finished=False))
        except TuiAlError as error:
            self._send(Failed(job.number, str(error)))
        except (EOFError, BrokenPipeError):
            raise
        except Exception as error:  # the process boundary: whatever it is becomes a message
            self._send(Failed(job.number, f"{type(error).__name__}: {first_line(error)}"))
        else:
            self._send(Ended(job.number, finished=True))

    def _serve(self, job: GridJob | AssessJob) -> None:
        from tui_al.grid.serving import serve_assessment, serve_grid

        listen = partial(self._report, job)
        if isinstance(job, GridJob):
            serve_grid(job, self._send, listen)
        else:
            self._send(serve_assessment(job, listen))

    def _embed_and_run(self, job: Job) -> None:
        from tui_al.grid.run import start_run

        def listen(progress: Progress) -> None:
            self._report(job, progress)
            self._obey()

        self._pace, self._paused, self._steps = job.pace, False, 0
        cache = Cache(job.cache_root)
        if job.experiment is None:
            self._embed(job, cache, listen)
            return
        run = start_run(
            job.dataset, job.model, job.experiment, cache, data_dir=job.data_dir, listener=listen
        )
        cycles = job.experiment.cycles
        prepared = run.prepared
        self._send(RunBegan(job.number, run.identity, prepared.origin, cycles))
        train, classes = prepared.corpus.train, prepared.corpus.classes
        for record in self._paced(run.records, cycles):
            texts = tuple(
                QueriedText(index, classes[train.labels[index]], train.texts[index])
                for index in record.selected
            )
            self._send(CycleDone(job.number, record, texts))

    def _embed(self, job: Job, cache: Cache, listener: ProgressListener) -> None:
        from tui_al.embeddings.encoders import EncoderOptions
        from tui_al.grid.embed import EmbeddingFailed, EmbeddingJob, JobRunner

        if self._runner is None or self._runner.cache != cache:
            self._runner = JobRunner(cache, job.data_dir, EncoderOptions())
        work = EmbeddingJob(job.number, job.dataset, find_model(job.model))
        for outcome in self._runner.run([work], lambda _, progress: listener(progress)):
            if isinstance(outcome, EmbeddingFailed):
                raise TuiAlError(outcome.reason)
            self._send(Assessed(job.number, outcome.quality))

    def _paced(self, records: Iterator[CycleRecord], cycles: int) -> Iterator[CycleRecord]:
        """Records no faster than the pace, waiting at commands rather than at a clock."""
        due = 0.0
        for record in records:
            while (rest := due - time.monotonic()) > 0 and self._pace > 0:
                self._obey(wait=min(rest, self._pace))
            yield record
            due = time.monotonic() + self._pace
            self._steps = max(0, self._steps - 1)
            if record.cycle < cycles:  # after the last one nothing is left to hold back
                self._obey()

    def _obey(self, wait: float = 0.0) -> None:
        """Take the commands that have come; while paused, wait for one that goes on."""
        held = self._paused and self._steps == 0
        while self._connection.poll(None if held else wait):
            match self._connection.recv():
                case Pause():
                    self._paused = True
                case Resume():
                    self._paused, self._steps = False, 0
                case Step():
                    self._paused, self._steps = True, self._steps + 1
                case SetPace(seconds):
                    self._pace = seconds
                case Stop():
                    raise Cancelled("stopped")
                case Job() | GridJob() | AssessJob():
                    raise RuntimeError("a job came while another was being done")
            held, wait = self._paused and self._steps == 0, 0.0

    def _report(self, job: AnyJob, progress: Progress) -> None:
        now = time.monotonic()
        if progress.done in (0, progress.total) or now - self._reported >= _REPORT_EVERY:
            self._reported = now
            self._send(Advanced(job.number, progress))

    def _send(self, event: Event) -> None:
        with self._stops.held():
            self._connection.send(event)


def main() -> None:
    """Serve the interface at the other end of the inherited socket."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the interface decides when work stops
    give_way(_NICENESS)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # unwinds: no temporary file is left
    connection: Connection[Event, Command] = Connection(int(sys.argv[1]))
    # Loading the libraries takes seconds: do it while the person is still choosing.
    import tui_al.grid.run  # noqa: F401

    try:
        Worker(connection).serve()
    except (EOFError, ConnectionError):
        return  # the interface is gone


if __name__ == "__main__":
    main()
