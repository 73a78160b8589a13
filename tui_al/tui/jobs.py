"""Jobs handed in by screens: one after another through an engine, events back to whoever asked.

Events come from the engine's thread faster than anyone can look. They are collected and
brought to the screen in one message, at most `_EVERY` seconds apart; of a job's progress only
the last report is kept. A screen redraws once a message, whatever has happened meanwhile.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from threading import Lock

from textual.message import Message
from textual.message_pump import MessagePump

from tui_al.grid.bulk import GridBegan, RunOver
from tui_al.grid.messages import (
    Advanced,
    AnyJob,
    Command,
    CycleDone,
    Ended,
    Event,
    Failed,
    RunBegan,
    Stop,
    WorkerLost,
    is_lasting,
)
from tui_al.tui.engine import Engine

_EVERY = 1 / 30  # seconds between two deliveries: a redraw takes less


class JobReports(Message, bubble=False):
    """What has happened to a job since the last message, oldest first. The last of a job's
    events is `Ended` or `Failed`, also where its process died or it never began."""

    def __init__(self, job: int, events: Sequence[Event]) -> None:
        super().__init__()
        self.job = job
        self.events = events


@dataclass(frozen=True, slots=True)
class Work:
    """A job, who is told of it, and how far it is."""

    job: AnyJob
    owner: MessagePump
    done: int = 0
    total: int = 0


class JobDesk:
    """Takes jobs for one engine, which does one at a time; the others wait their turn.

    Everything but the engine's deliveries happens in the app's thread.
    """

    def __init__(self, engine: Engine, changed: Callable[[], None]) -> None:
        self._engine = engine
        self._changed = changed
        self._lock = Lock()
        self._arrived: list[Event] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._delivered = 0.0
        self._waiting: deque[Work] = deque()
        self.current: Work | None = None
        engine.listen(self._receive)

    @property
    def work(self) -> tuple[Work, ...]:
        """What is being done, then what waits, in its order."""
        return (*([self.current] if self.current else ()), *self._waiting)

    def start(self) -> None:
        """Get the engine ready before the first job comes."""
        self._loop = asyncio.get_running_loop()
        self._engine.start()

    def submit(self, owner: MessagePump, job: AnyJob) -> None:
        """Do a job now, or when those before it are over; its `JobReports` go to `owner`."""
        self._loop = asyncio.get_running_loop()
        self._waiting.append(Work(job, owner))
        self._next()

    def send(self, number: int, command: Command) -> None:
        """Pass a command on to a job, if it is the one being done."""
        if self.current is not None and self.current.job.number == number:
            self._engine.send(command)

    def stop(self, number: int) -> None:
        """Abandon a job: its last report is an `Ended`, also where it still waits."""
        waiting = next((work for work in self._waiting if work.job.number == number), None)
        if waiting is None:
            self.send(number, Stop())
            return
        self._waiting.remove(waiting)
        waiting.owner.post_message(JobReports(number, [Ended(number, finished=False)]))
        self._changed()

    def kill(self, number: int) -> None:
        """End by force the process that does a job and does not listen."""
        if self.current is not None and self.current.job.number == number:
            self._engine.kill()

    def close(self) -> None:
        """Stop everything and leave no process behind; nobody is told."""
        self._waiting.clear()
        self._loop = None
        self.current = None
        self._engine.close()

    def _next(self) -> None:
        if self.current is None and self._waiting:
            self.current = self._waiting.popleft()
            self._engine.send(self.current.job)
        self._changed()

    def _receive(self, event: Event) -> None:
        """Take an event from the engine's thread."""
        with self._lock:
            first = not self._arrived
            self._arrived.append(event)
            loop = self._loop
        if first and loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._wake, loop)

    def _wake(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.call_later(self._delivered + _EVERY - loop.time(), self._deliver, loop)

    def _deliver(self, loop: asyncio.AbstractEventLoop) -> None:
        self._delivered = loop.time()
        with self._lock:
            events, self._arrived = self._arrived, []
        mine = [event for event in map(self._follow, events) if event is not None]
        for number, group in groupby(mine, key=lambda pair: pair[0].job.number):
            pairs = list(group)
            reports = JobReports(number, _coalesce([event for _, event in pairs]))
            pairs[0][0].owner.post_message(reports)
        if self.current is None:
            self._next()
        else:
            self._changed()

    def _follow(self, event: Event) -> tuple[Work, Event] | None:
        """The work that an event is about, with the event for its owner; None for no one's."""
        work = self.current
        if work is None:
            return None
        number = work.job.number
        match event:
            case WorkerLost(reason):
                self.current = None
                return work, Failed(number, reason)
            case _ if event.job != number:
                return None
            case Ended() | Failed():
                self.current = None
            case Advanced(_, progress):
                self.current = replace(work, done=progress.done, total=progress.total)
            case RunBegan(_, _, _, cycles):
                self.current = replace(work, done=0, total=cycles)
            case CycleDone(_, record):
                self.current = replace(work, done=record.cycle)
            case GridBegan(_, total):
                self.current = replace(work, done=0, total=total)
            case RunOver(done=done, total=total):
                self.current = replace(work, done=done, total=total)
        return work, event


def _coalesce(events: Sequence[Event]) -> list[Event]:
    """Without progress that later progress has overtaken."""
    kept: list[Event] = []
    for event in events:
        if kept and isinstance(event, Advanced) and isinstance(kept[-1], Advanced):
            kept[-1] = event
        else:
            kept.append(event)
    return kept


class Desks:
    """The desks of the app by name, each with an engine of its own, made when first asked for.

    Screens whose jobs should not wait for each other's use different desks.
    """

    def __init__(self, make_engine: Callable[[], Engine]) -> None:
        self._make_engine = make_engine
        self._desks: dict[str, JobDesk] = {}
        self._queues: list[deque[Work]] = []
        self._listeners: list[Callable[[], None]] = []
        self._numbers = 0

    def __getitem__(self, name: str) -> JobDesk:
        if name not in self._desks:
            self._desks[name] = JobDesk(self._make_engine(), self._changed)
        return self._desks[name]

    def new_number(self) -> int:
        """A number that no other job of this sitting has."""
        self._numbers += 1
        return self._numbers

    def share(self, queue: deque[Work]) -> None:
        """Count as work what waits in a queue for any of several desks."""
        self._queues.append(queue)

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call a function of the app's thread whenever `work` may have changed."""
        self._listeners.append(listener)

    @property
    def work(self) -> tuple[Work, ...]:
        """All that is being done or waits, but for mere estimates."""
        desks = [desk.work for desk in self._desks.values()]
        every = (work for works in (*desks, *self._queues) for work in works)
        return tuple(work for work in every if is_lasting(work.job))

    def close(self) -> None:
        """Leave no process behind."""
        for queue in self._queues:
            queue.clear()
        for desk in self._desks.values():
            desk.close()

    def _changed(self) -> None:
        for listener in self._listeners:
            listener()
