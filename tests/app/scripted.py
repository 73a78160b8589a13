"""An engine that plays a script instead of computing, and what it reports."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tui_al.grid.messages import (
    Advanced,
    Command,
    CycleDone,
    Ended,
    Event,
    Job,
    QueriedText,
    RunBegan,
)
from tui_al.learning.experiment import Experiment
from tui_al.learning.records import CycleRecord
from tui_al.paths import Cache
from tui_al.progress import Progress
from tui_al.results.runs import UNKNOWN, RunIdentity
from tui_al.tui.app import TuiAlApp
from tui_al.tui.choices import Choices
from tui_al.tui.config import Settings, find_config
from tui_al.tui.memory import Memory, memory_path
from tui_al.tui.services import make_services

MakeApp = Callable[..., TuiAlApp]
CHOICES = Choices("bbcnews", "wordllama-256", "random", "margin")
HEADLINES = (
    ("business", "Air passengers win new EU rights"),
    ("tech", "Junk e-mails on relentless rise"),
    ("sports", "Federer wins title in Rotterdam \x1b[31mand \x1b]0;owned\x07 more"),
    ("[red]politics[/red]", "[bold]Brown[/bold] ally rejects Budget spree [link=x]"),
    ("entertainment", "Vera Drake leads UK Oscar hopes"),
)


@dataclass
class ScriptedEngine:
    """Remembers commands; the test says what the worker would report."""

    commands: list[Command] = field(default_factory=list)
    deliver: Callable[[Event], None] = lambda _: None
    closed: bool = False
    killed: bool = False

    def listen(self, deliver: Callable[[Event], None]) -> None:
        self.deliver = deliver

    def start(self) -> None:
        pass

    def send(self, command: Command) -> None:
        self.commands.append(command)

    def kill(self) -> None:
        self.killed = True

    def close(self) -> None:
        self.closed = True

    @property
    def job(self) -> Job:
        """The job sent last."""
        return [command for command in self.commands if isinstance(command, Job)][-1]

    def report_embedding(self, done: int, total: int = 2225) -> None:
        progress = Progress("embedding bbcnews with wordllama-256", done, total, "texts", 0.5)
        self.deliver(Advanced(self.job.number, progress))

    def report_cycles(self, cycles: int, *, first: int = 0, lift: float = 0.0) -> None:
        """Cycles `first`..`cycles` - 1 of a run of 20 with a budget of 250."""
        if first == 0:
            self.deliver(make_began(self.job))
        for cycle in range(first, cycles):
            self.deliver(CycleDone(self.job.number, make_record(cycle, lift), make_texts(cycle)))

    def report_end(self, *, finished: bool = True) -> None:
        self.deliver(Ended(self.job.number, finished=finished))


def make_began(job: Job) -> RunBegan:
    """That a job's run of 20 cycles begins, with a budget of 250."""
    done = job.experiment or Experiment(strategy="margin", ips="random")
    name = f"{job.dataset}-{job.model}-{done.ips}-{done.strategy}-{done.seed}"
    identity = RunIdentity(
        name, name.rpartition("-")[0], job.dataset, job.model, done.ips, done.strategy,
        done.seed, "labels", 30, 11, 250, "{}",
    )  # fmt: skip
    return RunBegan(job.number, identity, UNKNOWN, 20)


def make_record(cycle: int, lift: float = 0.0) -> CycleRecord:
    accuracy = 0.97 - 0.2 / (cycle + 1) + lift
    return CycleRecord(
        cycle=cycle,
        n_labeled=30 + 11 * cycle,
        accuracy=accuracy,
        balanced_accuracy=accuracy - 0.01,
        macro_f1=accuracy - 0.02,
        fit_seconds=0.004,
        query_seconds=0.002,
        selected=tuple(range(cycle * 5, cycle * 5 + 5)),
    )


def make_texts(cycle: int) -> tuple[QueriedText, ...]:
    return tuple(
        QueriedText(cycle * 5 + number, label, f"{text} ({cycle})")
        for number, (label, text) in enumerate(HEADLINES)
    )


def make_app(
    cache: Cache,
    engine: ScriptedEngine,
    choices: Choices = CHOICES,
    settings: Settings | None = None,
    *,
    start: bool = False,
    greeted: bool = True,
    problem: str = "",
    make_engine: Callable[[], ScriptedEngine] | None = None,
) -> TuiAlApp:
    """The app of someone who has seen its greeting, with this test's own settings folder.

    All its desks share the engine, unless `make_engine` makes one for each.
    """
    memory = Memory(memory_path(find_config()))
    if greeted:
        memory.remember("app", greeted=True)
    return TuiAlApp(
        make_services(
            cache,
            None,
            choices,
            settings or Settings(),
            memory,
            start=start,
            problem=problem,
            make_engine=make_engine or (lambda: engine),
        )
    )
