"""The live screen's runs and jobs: what is handed in, what has become of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from textual.message_pump import MessagePump

from tui_al.grid.messages import Advanced, CycleDone, Ended, Event, Failed, Job, RunBegan
from tui_al.learning.experiment import Experiment
from tui_al.progress import Progress
from tui_al.tui.choices import Choices
from tui_al.tui.crew import Crew
from tui_al.tui.jobs import Work
from tui_al.tui.services import Services
from tui_al.tui.session import RunState, Status
from tui_al.tui.wording import (
    say_all_ended,
    say_ended,
    say_run_ended,
    say_state,
    say_together,
    say_waiting,
)

Note = Callable[[str, bool], None]
"""Takes a sentence for the log, and whether it is a bad one."""


class Runs:
    """Hands in jobs, and keeps what is reported of them. Shows nothing."""

    def __init__(self, services: Services, owner: MessagePump, desks: Sequence[str], note: Note):
        """`desks` are the names of those that may be used; reports go to `owner`."""
        self._services = services
        self._at_once = len(desks)
        self._note = note
        self.session = services.session
        self.crew = Crew(services.desks, desks, owner)
        self.together: list[RunState] = []  # handed in since there was nothing to do
        self.progress: Progress | None = None  # of an embedding being made
        self.told: set[str] = set()  # reasons of failures since then
        self.last_words = ""
        self._stopping = False

    @property
    def busy(self) -> bool:
        return self.crew.busy

    # Handing in.

    def begin(self, choices: Choices, wanted: Iterable[tuple[str, int | None]]) -> list[RunState]:
        """Hand in runs of strategies with seeds, None for the next; the first is shown. Runs
        that are here are not done again. Returns those handed in."""
        self._open()
        new = []
        for strategy, seed in wanted:
            one = replace(choices, strategy=strategy)
            if seed is None or seed not in self.session.seeds(one):
                new.append(self.session.begin(self._services.desks.new_number(), one, seed))
        self.together += new
        if new:
            self.session.shown = new[0]
        self.crew.submit([self._job(run) for run in new])
        return new

    def describe(
        self, choices: Choices, wanted: Sequence[tuple[str, int]], *, embedded: bool
    ) -> str:
        """What handing in these strategies and seeds would mean."""
        kinds = {name: replace(choices, strategy=name) for name, _ in wanted}
        here = sum(seed in self.session.seeds(kinds[name]) for name, seed in wanted)
        kept = f", {here} of them here already" if here else ""
        missing = "" if embedded else "; the texts are embedded first"
        return f"{len(wanted)} runs{kept}, {self._at_once} at a time{missing}"

    def embed(self, choices: Choices) -> None:
        """Hand in an embedding."""
        self._open()
        self._note(f"Embedding {choices.dataset} x {choices.model}", False)
        self.crew.submit([self._make(self._services.desks.new_number(), choices, None)])

    def _open(self) -> None:
        if not self.busy:
            self.together, self.progress, self._stopping = [], None, False
            self.told.clear()

    def _job(self, run: RunState) -> Job:
        choices = run.choices
        experiment = Experiment(strategy=choices.strategy, ips=choices.ips, seed=run.seed)
        run.cycles = experiment.cycles
        return self._make(run.job, choices, experiment)

    def _make(self, number: int, choices: Choices, experiment: Experiment | None) -> Job:
        services = self._services
        return Job(
            number,
            choices.dataset,
            choices.model,
            services.cache.root,
            services.data_dir,
            experiment,
            self.crew.pace,
        )

    # Stopping.

    def stop(self) -> bool:
        """Abandon everything; asked again, end the processes. Whether that is still to come."""
        if self._stopping:
            self.crew.kill()
            return False
        self._stopping = True
        self._note("Stopping", False)
        self.crew.stop(self.crew.jobs)
        return True

    def stop_shown(self) -> None:
        """Abandon the run that is shown, if it is not over."""
        run = self.session.shown
        if run is not None and not run.over:
            self.crew.stop([run.job])

    # What the workers report.

    def take(self, job: int, events: Sequence[Event]) -> list[str]:
        """Keep what has happened to a job; reasons of failures that are new come back."""
        run = self.session.find(job)
        reasons = []
        for event in events:
            match event:
                case Advanced(_, progress):
                    self.progress = progress
                case RunBegan(_, identity, origin, cycles) if run:
                    run.begin(identity, origin, cycles)
                    self.progress = None
                    self._note(f"{run.name}: begins", False)
                case CycleDone(_, record, texts) if run:
                    run.records.append(record)
                    run.texts.append(texts)
                case Ended(_, finished):
                    self._end(job, run, "finished" if finished else "stopped")
                case Failed(_, reason):
                    self._end(job, run, "failed", reason)
                    if reason not in self.told:
                        self.told.add(reason)
                        reasons.append(reason)
        return reasons

    def _end(self, job: int, run: RunState | None, status: Status, reason: str = "") -> None:
        self.progress = None
        if run is None:
            self._note(f"Embedding {status}" + (f": {reason}" if reason else ""), bool(reason))
        else:
            run.status = status
            self._note(say_run_ended(run, reason), bool(reason))
            if not run.records:
                self.session.forget(run)
        if run is None and status != "finished":  # what follows needs what was not made
            self.crew.stop([number for number in self.crew.jobs if number != job])
        self.crew.over(job)
        if not self.busy:
            several = len(self.together) > 1
            self.last_words = say_all_ended(self.together) if several else say_ended(run, status)

    # How far it is.

    def say(self) -> tuple[str, int, int]:
        """What is being done, and how many cycles of how many are; 0 of 0 before the first."""
        if self._stopping:
            return "Stopping ... (x again ends the worker by force)", 0, 0
        run = self.together[0] if len(self.together) == 1 else None
        paused = self.crew.paused
        done = sum(len(one.records) for one in self.together)
        total = sum(one.cycles + 1 for one in self.together)
        if len(self.together) > 1:
            return say_together(self.together, self.crew.waiting, paused=paused), done, total
        if run is None or not run.records:
            return say_state(run, paused=paused) if paused else self._say_early(run), 0, 0
        return say_state(run, paused=paused), done, total

    def _say_early(self, run: RunState | None) -> str:
        number = self.crew.jobs[0]
        ahead: Sequence[Work] = self.crew.ahead(number)
        if ahead:
            return say_waiting(ahead)
        return "Loading ..." if run is None else _say_loading(run.choices)


def _say_loading(choices: Choices) -> str:
    return f"Loading {choices.dataset} x {choices.model} ..."
