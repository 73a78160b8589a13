"""Jobs of several screens through one engine, with a clock that the test moves."""

from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from scripted import ScriptedEngine, make_began, make_record

from tui_al.grid.messages import (
    Advanced,
    CycleDone,
    Ended,
    Failed,
    Job,
    Pause,
    Stop,
    WorkerLost,
)
from tui_al.paths import Cache
from tui_al.progress import Progress
from tui_al.tui import jobs
from tui_al.tui.jobs import Desks, JobDesk, JobReports


class Clock:
    """An event loop's part in it: calls that are due run when the test says so."""

    def __init__(self) -> None:
        self.now = 100.0
        self._due: list[tuple[float, Callable[..., None], tuple[Any, ...]]] = []

    def time(self) -> float:
        return self.now

    def is_closed(self) -> bool:
        return False

    def call_soon_threadsafe(self, call: Callable[..., None], *arguments: object) -> None:
        self._due.append((self.now, call, arguments))

    def call_later(self, delay: float, call: Callable[..., None], *arguments: object) -> None:
        self._due.append((self.now + max(0.0, delay), call, arguments))

    def run(self, seconds: float = 0.0) -> None:
        """Move on, and run what is due by then."""
        self.now += seconds
        while ready := [call for call in self._due if call[0] <= self.now]:
            self._due = [call for call in self._due if call[0] > self.now]
            for _, call, arguments in ready:
                call(*arguments)


class Owner:
    """Keeps what it is sent."""

    def __init__(self) -> None:
        self.messages: list[JobReports] = []

    def post_message(self, message: JobReports) -> bool:
        self.messages.append(message)
        return True

    @property
    def events(self) -> list[object]:
        return [event for message in self.messages for event in message.events]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(jobs, "_EVERY", 0.05)
    monkeypatch.setattr(jobs.asyncio, "get_running_loop", lambda: clock)
    return clock


@pytest.fixture
def desk(engine: ScriptedEngine, clock: Clock) -> JobDesk:
    return JobDesk(engine, lambda: None)


def make_job(number: int, cache: Cache) -> Job:
    return Job(number, "tiny", "glove-50", cache.root, None, None)


def progress(job: int, done: int) -> Advanced:
    return Advanced(job, Progress("embedding", done, 100, "texts", 1.0))


def test_events_of_a_moment_come_in_one_message(
    desk: JobDesk, engine: ScriptedEngine, clock: Clock, cache: Cache
) -> None:
    owner = Owner()
    desk.submit(owner, make_job(1, cache))
    engine.deliver(progress(1, 1))
    clock.run()
    assert len(owner.messages) == 1  # the first after a rest is not kept waiting
    for done in range(2, 60):
        engine.deliver(progress(1, done))
    engine.deliver(make_began(engine.job))
    for cycle in range(21):
        engine.deliver(CycleDone(1, make_record(cycle), ()))
    engine.deliver(Ended(1, finished=True))
    clock.run(0.04)
    assert len(owner.messages) == 1
    clock.run(0.02)
    assert len(owner.messages) == 2
    last = owner.messages[1].events
    assert last[0] == progress(1, 59)  # of progress, the last alone
    assert [event.record.cycle for event in last if isinstance(event, CycleDone)] == [*range(21)]
    assert last[-1] == Ended(1, finished=True)
    assert len(last) == 24


def test_a_steady_stream_makes_as_many_messages_as_there_are_intervals(
    desk: JobDesk, engine: ScriptedEngine, clock: Clock, cache: Cache
) -> None:
    owner = Owner()
    desk.submit(owner, make_job(1, cache))
    for cycle in range(1000):  # a second
        engine.deliver(CycleDone(1, make_record(cycle), ()))
        clock.run(0.001)
    clock.run(1.0)
    assert len(owner.events) == 1000
    assert len(owner.messages) <= 22


def test_events_may_come_from_any_thread(
    desk: JobDesk, engine: ScriptedEngine, clock: Clock, cache: Cache
) -> None:
    owner = Owner()
    desk.submit(owner, make_job(1, cache))
    threads = [
        Thread(target=lambda: [engine.deliver(CycleDone(1, make_record(0), ())) for _ in "x" * 200])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    clock.run(1.0)
    assert len(owner.events) == 800


def test_jobs_are_done_in_their_order_and_told_to_who_asked(
    desk: JobDesk, engine: ScriptedEngine, clock: Clock, cache: Cache
) -> None:
    owners = [Owner(), Owner(), Owner()]
    for number, owner in enumerate(owners):
        desk.submit(owner, make_job(number, cache))
    assert [work.job.number for work in desk.work] == [0, 1, 2]
    for number in range(3):
        assert engine.job.number == number
        engine.deliver(progress(number, 7))
        clock.run(1.0)
        assert (desk.work[0].done, desk.work[0].total) == (7, 100)
        engine.deliver(Ended(number, finished=True))
        clock.run(1.0)
    assert [len(owner.events) for owner in owners] == [2, 2, 2]
    assert desk.work == ()


def test_commands_reach_the_job_that_is_being_done_alone(
    desk: JobDesk, engine: ScriptedEngine, cache: Cache
) -> None:
    owner = Owner()
    desk.submit(owner, make_job(1, cache))
    desk.submit(owner, make_job(2, cache))
    desk.send(2, Pause())
    desk.kill(2)
    assert len(engine.commands) == 1
    assert not engine.killed
    desk.send(1, Pause())
    desk.stop(1)
    desk.kill(1)
    assert engine.commands[1:] == [Pause(), Stop()]
    assert engine.killed


def test_a_job_that_waits_is_stopped_without_the_engine(
    desk: JobDesk, engine: ScriptedEngine, clock: Clock, cache: Cache
) -> None:
    first, second = Owner(), Owner()
    desk.submit(first, make_job(1, cache))
    desk.submit(second, make_job(2, cache))
    desk.stop(2)
    assert second.events == [Ended(2, finished=False)]
    engine.deliver(Ended(1, finished=True))
    clock.run(1.0)
    assert len(engine.commands) == 1


def test_a_lost_process_fails_the_job_it_did_and_the_next_begins(
    desk: JobDesk, engine: ScriptedEngine, clock: Clock, cache: Cache
) -> None:
    first, second = Owner(), Owner()
    desk.submit(first, make_job(1, cache))
    desk.submit(second, make_job(2, cache))
    engine.deliver(WorkerLost("killed"))
    clock.run()
    assert first.events == [Failed(1, "killed")]
    assert engine.job.number == 2
    assert second.events == []


def test_a_process_lost_at_rest_is_nobodys_business(
    desk: JobDesk, engine: ScriptedEngine, clock: Clock, cache: Cache
) -> None:
    owner = Owner()
    desk.submit(owner, make_job(1, cache))
    engine.deliver(Ended(1, finished=True))
    engine.deliver(WorkerLost("killed"))
    engine.deliver(progress(1, 3))
    clock.run(1.0)
    assert owner.events == [Ended(1, finished=True)]


def test_nothing_is_told_after_closing(
    desk: JobDesk, engine: ScriptedEngine, clock: Clock, cache: Cache
) -> None:
    owner = Owner()
    desk.submit(owner, make_job(1, cache))
    engine.deliver(progress(1, 3))
    desk.close()
    engine.deliver(Ended(1, finished=True))
    clock.run(1.0)
    assert owner.events == []
    assert engine.closed


def test_desks_compute_beside_each_other(clock: Clock, cache: Cache) -> None:
    engines: list[ScriptedEngine] = []

    def make_engine() -> ScriptedEngine:
        engines.append(ScriptedEngine())
        return engines[-1]

    desks, changes = Desks(make_engine), []
    desks.on_change(lambda: changes.append(len(desks.work)))
    assert desks["runs"] is desks["runs"]
    for name in ("runs", "grid"):
        desks[name].submit(Owner(), make_job(desks.new_number(), cache))
    assert [engine.job.number for engine in engines] == [1, 2]
    assert changes == [1, 2]
    desks.close()
    assert all(engine.closed for engine in engines)
