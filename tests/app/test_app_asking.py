"""Asking a thread: the latest question is answered, and nothing that is outdated is passed on."""

import threading
from collections.abc import Callable, Iterator

import pytest
from textual.app import App

from tui_al.tui.asking import Asking


class AskingApp(App[None]):
    """Asks for words; each is answered in two steps, once the gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.begun: list[str] = []
        self.said: list[str] = []
        self.asking = Asking(
            self, self.find, self.said.append,
            fail=lambda reason: self.said.append(f"failed: {reason}"),
            busy=lambda busy: self.said.append("busy" if busy else "idle"),
        )  # fmt: skip

    def find(self, word: str, outdated: Callable[[], bool]) -> Iterator[str]:
        self.begun.append(word)
        yield f"{word} at first"
        assert self.gate.wait(10)
        if word == "impossible":
            raise ValueError("no such word\nat all")
        if not outdated():
            yield word


async def settle(pilot) -> None:
    await pilot.pause()
    while len(pilot.app.workers):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


@pytest.fixture
async def pilot():
    async with AskingApp().run_test() as pilot:
        yield pilot
        pilot.app.gate.set()


async def test_answers_come_better_and_better(pilot):
    pilot.app.gate.set()
    pilot.app.asking.ask("one")
    await settle(pilot)
    assert pilot.app.said == ["busy", "one at first", "one", "idle"]


async def test_of_questions_that_wait_the_last_is_asked(pilot):
    for word in ("one", "two", "three"):
        pilot.app.asking.ask(word)
    pilot.app.gate.set()
    await settle(pilot)
    assert pilot.app.begun == ["one", "three"]
    assert pilot.app.said == ["busy", "busy", "three at first", "three", "idle"]


async def test_a_failure_is_said_in_a_line_and_the_next_question_answered(pilot):
    pilot.app.gate.set()
    pilot.app.asking.ask("impossible")
    await settle(pilot)
    pilot.app.asking.ask("one")
    await settle(pilot)
    assert pilot.app.said[2:] == ["idle", "failed: no such word", "busy", "one at first", "one",
                                  "idle"]  # fmt: skip


async def test_nobody_hears_of_the_failure_of_what_is_not_wanted_any_more(pilot):
    pilot.app.asking.ask("impossible")
    pilot.app.asking.ask("one")
    pilot.app.gate.set()
    await settle(pilot)
    assert pilot.app.said[-2:] == ["one", "idle"]
    assert not [line for line in pilot.app.said if line.startswith("failed")]
