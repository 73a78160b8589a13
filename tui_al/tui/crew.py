"""Runs beside each other: a queue that several desks work off, held and hurried together."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from textual.message_pump import MessagePump

from tui_al.cores import count_cores
from tui_al.grid.messages import Command, Ended, Job, Pause, Resume, SetPace, Step
from tui_al.tui.jobs import Desks, JobDesk, JobReports, Work

_MOST = 4  # processes: each keeps a dataset and its libraries in memory


def count_processes() -> int:
    """How many runs may be computed at once here: one a core, within reason."""
    return max(1, min(_MOST, count_cores()))


class Crew:
    """The jobs of one owner, on as many desks as it may use.

    A job that only embeds is done alone, before those handed in after it: they need what it
    makes, and it uses every core. Pausing, stepping and the pace hold for all jobs, those that
    have not begun included. The first desk may be shared with other owners, whose jobs have
    their turn there.
    """

    def __init__(self, desks: Desks, names: Sequence[str], owner: MessagePump) -> None:
        """`names` are the desks', at least one."""
        self._desks = desks
        self._names = names
        self._owner = owner
        self._waiting: deque[Work] = deque()
        self._out: dict[int, tuple[JobDesk, Job]] = {}
        self.paused = False
        self.pace = 0.0
        desks.share(self._waiting)
        desks.on_change(self._hand_out)

    @property
    def busy(self) -> bool:
        return bool(self._out or self._waiting)

    @property
    def waiting(self) -> int:
        """How many jobs no desk has taken yet."""
        return len(self._waiting)

    @property
    def jobs(self) -> tuple[int, ...]:
        """The numbers of all jobs that are not over, in the order in which they begin."""
        return (*self._out, *(work.job.number for work in self._waiting))

    def start(self) -> None:
        """Get the first desk ready before the first job comes."""
        self._desks[self._names[0]].start()

    def submit(self, jobs: Sequence[Job]) -> None:
        """Do these jobs after those that are here; nothing is paused when there were none."""
        if not self.busy:
            self.paused = False
        self._waiting.extend(Work(job, self._owner) for job in jobs)
        self._hand_out()

    def ahead(self, number: int) -> Sequence[Work]:
        """What other owners' jobs have to be over before one of ours begins."""
        desk = self._out[number][0] if number in self._out else None
        work = desk.work if desk is not None else ()
        place = next((at for at, one in enumerate(work) if one.job.number == number), 0)
        return work[:place]

    def over(self, number: int) -> None:
        """Take note that a job has ended: its place is free."""
        self._out.pop(number, None)
        self._hand_out()

    # What holds for all.

    def hold(self, *, paused: bool) -> None:
        """Pause everything before the next cycle, or go on."""
        self.paused = paused
        self._send(Pause() if paused else Resume())

    def step(self) -> None:
        """Compute one cycle of everything that has begun, then pause."""
        self.paused = True
        self._send(Step())

    def set_pace(self, seconds: float) -> None:
        """Change the least seconds of a cycle."""
        self.pace = seconds
        self._send(SetPace(seconds))

    def stop(self, numbers: Sequence[int]) -> None:
        """Abandon jobs: the last report of each is an `Ended`."""
        waiting = [work for work in self._waiting if work.job.number in numbers]
        for work in waiting:
            self._waiting.remove(work)
        for number in numbers:
            if number in self._out:
                self._out[number][0].stop(number)
        for work in waiting:
            number = work.job.number
            self._owner.post_message(JobReports(number, [Ended(number, finished=False)]))

    def kill(self) -> None:
        """End by force every process that does one of our jobs."""
        for number, (desk, _) in list(self._out.items()):
            desk.kill(number)

    def _send(self, command: Command) -> None:
        for number, (desk, _) in self._out.items():
            desk.send(number, command)

    def _hand_out(self) -> None:
        while self._waiting and (desk := self._free_desk()) is not None:
            job = replace(self._next_job(), pace=self.pace)
            self._waiting.popleft()
            self._out[job.number] = (desk, job)
            desk.submit(self._owner, job)
            if self.paused:
                desk.send(job.number, Pause())

    def _next_job(self) -> Job:
        job = self._waiting[0].job
        assert isinstance(job, Job)  # nothing else is added
        return job

    def _free_desk(self) -> JobDesk | None:
        if not self._out:
            return self._desks[self._names[0]]  # perhaps behind the job of another owner
        alone = self._next_job().experiment is None or any(
            job.experiment is None for _, job in self._out.values()
        )
        if alone:
            return None
        taken = {id(desk) for desk, _ in self._out.values()}
        desks = (self._desks[name] for name in self._names)
        return next((desk for desk in desks if id(desk) not in taken and not desk.work), None)
