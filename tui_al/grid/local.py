"""Worker processes of this machine (loky): one BLAS thread each, one batch at a time."""

import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager, suppress

from joblib import cpu_count
from joblib.externals.loky import ProcessPoolExecutor, process_executor
from joblib.externals.loky.process_executor import BrokenProcessPool

from tui_al.grid.batch import Batch, Outcome, compute_batch
from tui_al.paths import Cache

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")
_GRACE = 2.0  # seconds a worker gets to remove its temporary file
_PARENT_CHECKS = 1.0  # seconds between two looks whether the grid is still there


def count_cores() -> int:
    """Cores that this process may use: those of its container or affinity, not the machine's."""
    return int(cpu_count())


class LocalWorkers:
    """A pool in which a killed process costs its own batch only.

    One loky executor a worker: loky ends all processes of an executor when one of them dies,
    and cannot tell which work killed it.
    """

    def __init__(self, n_workers: int, cache: Cache) -> None:
        self._cache = cache
        self._workers = [_Worker() for _ in range(n_workers)]

    def count(self) -> int:
        """How many processes compute."""
        return len(self._workers)

    def run(self, batches: Sequence[Batch]) -> Iterator[tuple[Batch, Outcome | None]]:
        """Compute batches in their order; yield each with its outcome as it comes.

        The outcome is None where the worker died: parts of the batch may be stored.
        """
        waiting = deque(batches)
        busy: dict[Future[Outcome], tuple[_Worker, Batch]] = {}
        idle = list(self._workers)
        while waiting or busy:
            while waiting and idle:
                worker, batch = idle.pop(), waiting.popleft()
                busy[worker.submit(batch, self._cache)] = (worker, batch)
            done, _ = wait(busy, return_when=FIRST_COMPLETED)
            for future in done:
                worker, batch = busy.pop(future)
                idle.append(worker)
                try:
                    yield batch, future.result()
                except (BrokenProcessPool, SystemExit):  # killed, or asked to end by somebody
                    worker.replace()
                    yield batch, None

    def close(self) -> None:
        """End all workers; what they were doing is abandoned with no file left half-written."""
        for worker in self._workers:
            worker.stop()
        for worker in self._workers:
            worker.join()


class _Worker:
    """One process, started with its first batch."""

    def __init__(self) -> None:
        self._executor: ProcessPoolExecutor | None = None
        self._pid: Future[int] | None = None
        self._future: Future[Outcome] | None = None

    def submit(self, batch: Batch, cache: Cache) -> "Future[Outcome]":
        try:
            return self._submit(batch, cache)
        except BrokenProcessPool:  # killed while it had nothing to do
            self.replace()
            return self._submit(batch, cache)

    def _submit(self, batch: Batch, cache: Cache) -> "Future[Outcome]":
        if self._executor is not None:
            self._future = self._send(self._executor, batch, cache)
            return self._future
        # The process inherits that: the grid decides when it ends. A Ctrl+C of this moment is lost.
        with _interrupts_ignored():
            self._executor = ProcessPoolExecutor(
                max_workers=1,
                timeout=None,
                initializer=_prepare_worker,
                initargs=(os.getpid(),),
                env=dict.fromkeys(_THREADS, "1"),
            )
            self._pid = self._executor.submit(os.getpid)
            self._future = self._send(self._executor, batch, cache)
        return self._future

    @staticmethod
    def _send(executor: ProcessPoolExecutor, batch: Batch, cache: Cache) -> "Future[Outcome]":
        sent: Future[Outcome] = executor.submit(
            compute_batch, batch.data, batch.runs, cache, wait=batch.wait
        )
        return sent

    def replace(self) -> None:
        """Leave a broken executor; the next batch starts another process."""
        if self._executor is not None:
            self._executor.shutdown(wait=True, kill_workers=True)
        self._executor = None

    def stop(self) -> None:
        """Ask the process to end what it does."""
        if self._pid is not None and self._pid.done() and self._executor is not None:
            with suppress(ProcessLookupError, BrokenProcessPool):
                os.kill(self._pid.result(), signal.SIGTERM)

    def join(self) -> None:
        """Wait until it has, for a while."""
        if self._executor is not None:
            if self._future is not None:
                wait([self._future], timeout=_GRACE)
            self._executor.shutdown(wait=True, kill_workers=True)
            self._executor = None


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _prepare_worker(parent: int) -> None:
    """In the new process: end when asked to, and when the grid is gone."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # unwinds: no temporary file is left
    process_executor._USE_PSUTIL = False  # else loky takes a large mapped file for a leak
    threading.Thread(target=_watch_parent, args=(parent,), daemon=True).start()


def _watch_parent(parent: int) -> None:
    never = threading.Event()
    while os.getppid() == parent:
        never.wait(_PARENT_CHECKS)
    os._exit(1)
