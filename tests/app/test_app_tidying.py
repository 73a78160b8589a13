"""Garbage is looked for while nobody presses keys."""

import gc
from collections.abc import Iterator

import pytest

from tui_al.tui import tidying
from tui_al.tui.tidying import Tidier


class Time:
    """What the tidier takes for the clock, and what it does to the collector."""

    def __init__(self) -> None:
        self.now = 100.0
        self.rounds = 3
        self.done: list[str] = []


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Iterator[Time]:
    told, before = Time(), gc.get_threshold()
    monkeypatch.setattr(tidying, "monotonic", lambda: told.now)
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, told.rounds))
    for name in ("collect", "freeze", "unfreeze"):
        monkeypatch.setattr(gc, name, lambda name=name: told.done.append(name))
    yield told
    gc.set_threshold(*before)


def test_nothing_is_looked_for_between_keys(time: Time) -> None:
    tidier = Tidier()
    for _ in range(5):
        time.now += 0.3
        tidier.touched()
        time.now += 0.1
        tidier.tidy()
    assert not time.done


def test_a_short_rest_is_for_what_is_new(time: Time) -> None:
    tidier = Tidier()
    time.now += 0.5
    tidier.tidy()
    assert time.done == ["collect", "freeze"]


def test_where_nothing_is_new_nothing_is_done(time: Time) -> None:
    tidier = Tidier()
    time.now, time.rounds = time.now + 100, 1
    tidier.tidy()
    assert not time.done


def test_a_long_rest_is_for_everything_but_not_again_and_again(time: Time) -> None:
    tidier = Tidier()
    time.now += 61
    tidier.tidy()
    assert time.done == ["unfreeze", "collect", "freeze"]
    time.now += 5
    tidier.tidy()
    assert time.done[3:] == ["collect", "freeze"]


def test_python_looks_by_itself_where_keys_never_rest(time: Time) -> None:
    Tidier()
    assert gc.get_threshold()[2] > 2
