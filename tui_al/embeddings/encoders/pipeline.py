"""Preparing, computing and collecting at once, on threads, with little held in between."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import TypeVar

Source = TypeVar("Source")
Item = TypeVar("Item")
Result = TypeVar("Result")

_QUEUED = 3  # items a worker, so that none ever waits for this thread


def run_pipeline(
    sources: Iterable[Source],
    prepare: Callable[[Source], Sequence[Item]],
    compute: Callable[[Item], Result],
    *,
    workers: int,
    start_worker: Callable[[], None],
) -> Iterator[Result]:
    """Yield `compute(item)` for every item of `prepare(source)`, as they are finished.

    One thread prepares the next source while `workers` threads compute; NumPy, torch and the
    tokenizers let other threads run meanwhile. What they raise is raised here, and closing
    the generator ends the threads after the items they are at.
    """
    preparing = ThreadPoolExecutor(1)
    computing = ThreadPoolExecutor(workers, initializer=start_worker)
    pending: set[Future[Result]] = set()
    try:
        for items in _ahead(preparing, prepare, sources):
            for item in items:
                pending.add(computing.submit(compute, item))
                while len(pending) >= workers * _QUEUED:
                    done, pending = wait(pending, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
        while pending:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)
    finally:
        for pool in (preparing, computing):
            pool.shutdown(cancel_futures=True)


def _ahead(
    pool: ThreadPoolExecutor,
    prepare: Callable[[Source], Sequence[Item]],
    sources: Iterable[Source],
) -> Iterator[Sequence[Item]]:
    """Prepared sources in order, always one more under way than has been taken."""
    rest = iter(sources)
    waiting = [pool.submit(prepare, source) for source in islice(rest, 1)]
    while waiting:
        current = waiting.pop()
        waiting.extend(pool.submit(prepare, source) for source in islice(rest, 1))
        yield current.result()
