"""Preparing and computing at once: everything comes once, failures are heard, threads end."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_al.embeddings.encoders.pipeline import run_pipeline


def ignore() -> None:
    """Workers that need no preparation."""


def run(
    sources, prepare=list, compute=lambda item: item, workers: int = 2, start=ignore
) -> Iterator:
    return run_pipeline(sources, prepare, compute, workers=workers, start_worker=start)


@settings(deadline=None)
@given(
    sources=st.lists(st.lists(st.integers(), max_size=9), max_size=9),
    workers=st.integers(1, 5),
)
def test_every_item_of_every_source_comes_once(sources, workers):
    threads = threading.active_count()
    found = Counter(run(sources, compute=lambda item: (item, item * 2), workers=workers))
    assert found == Counter((item, item * 2) for source in sources for item in source)
    assert threading.active_count() == threads


def test_a_finished_item_does_not_wait_for_an_earlier_one():
    later_is_out = threading.Event()

    def compute(item: int) -> int:
        assert item or later_is_out.wait(timeout=60)
        return item

    found = []
    for item in run([[0, 1]], compute=compute):
        found.append(item)
        later_is_out.set()
    assert found == [1, 0]


def test_the_next_source_is_prepared_while_this_one_is_computed():
    second_is_prepared = threading.Event()

    def prepare(source: list[int]) -> list[int]:
        if source == [2]:
            second_is_prepared.set()
        return source

    def compute(item: int) -> int:
        assert second_is_prepared.wait(timeout=60)
        return item

    assert sorted(run([[1], [2]], prepare, compute, workers=1)) == [1, 2]


@settings(deadline=None)
@given(n_sources=st.integers(1, 8), n_items=st.integers(1, 12), workers=st.integers(1, 3))
def test_sources_are_taken_one_ahead_of_what_is_handed_out(n_sources, n_items, workers):
    taken = submitted = 0
    lock = threading.Lock()

    def sources() -> Iterator[int]:
        nonlocal taken
        for number in range(n_sources):
            taken += 1
            yield number

    class Items(list):
        """Counts the items that were handed to the workers."""

        def __iter__(self) -> Iterator[int]:
            nonlocal submitted
            for item in list.__iter__(self):
                with lock:
                    submitted += 1
                yield item

    for _ in run(sources(), lambda _: Items(range(n_items)), workers=workers):
        under_way = -(-submitted // n_items)
        assert taken <= under_way + 1


def test_no_source_is_taken_before_the_first_result_is_wanted():
    results = run(pytest.fail(f"took {number}") for number in range(3))
    results.close()


def boom(_: object) -> None:
    raise ZeroDivisionError("in a thread")


def failing_sources() -> Iterator[list[int]]:
    yield [1, 2]
    raise ZeroDivisionError("of the sources")


FAILURES: dict[str, Callable[[], Iterator]] = {
    "sources at once": lambda: run(boom(number) or [] for number in range(3)),
    "sources later": lambda: run(failing_sources()),
    "prepare": lambda: run([[1], [2]], prepare=boom),
    "compute": lambda: run([[1], [2]] * 20, compute=boom),
    "compute late": lambda: run([[1] * 50, [0], [1] * 50], compute=lambda item: 1 // item),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_is_raised_here_and_the_threads_end(failure):
    threads = threading.active_count()
    with pytest.raises(ZeroDivisionError):
        list(FAILURES[failure]())
    assert threading.active_count() == threads


@pytest.mark.parametrize("results", [0, 1, 7])
def test_closing_early_ends_the_threads_and_the_work(results):
    threads, computed = threading.active_count(), Counter()

    def compute(item: int) -> int:
        computed[item] += 1
        return item

    running = run(([number] * 10 for number in range(1000)), compute=compute)
    for _ in range(results):
        next(running)
    running.close()
    assert threading.active_count() == threads
    assert computed.total() < 60


def test_every_worker_is_started_once():
    started: list[int] = []
    list(run([range(50)] * 4, workers=3, start=lambda: started.append(threading.get_ident())))
    assert 1 <= len(started) <= 3
    assert len(set(started)) == len(started)
    assert threading.get_ident() not in started
