"""What the grid's screen is about: an estimate, a grid being computed, what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tui_al.grid.bulk import GridBegan, GridPlanned, GridTrouble, RunOver
from tui_al.grid.messages import Advanced, Ended, Event, Failed
from tui_al.progress import Progress
from tui_al.tui.grid_state import GridState, RowState
from tui_al.tui.grid_words import say_over


@dataclass(slots=True)
class GridNews:
    """What events have changed: these rows, or everything where an estimate came; troubles
    with their titles; whether a job is over, and whether that was the grid."""

    rows: list[RowState] = field(default_factory=list)
    planned: bool = False
    troubles: list[tuple[str, str]] = field(default_factory=list)
    over: bool = False
    grid_over: bool = False


@dataclass(slots=True)
class GridWork:
    """The jobs by their numbers, as far as they have come.

    `progress` is that of what comes before the first run. `outcome` says what became of the
    last grid until another choice is made, `broken` why it broke off, and `refusal` why nothing
    can be told of the choice.
    """

    state: GridState = field(default_factory=GridState)
    counting: int | None = None
    computing: int | None = None
    stopping: bool = False
    progress: Progress | None = None
    outcome: str = ""
    broken: str = ""
    refusal: str = ""
    _began: float = 0.0

    @property
    def making(self) -> Progress | None:
        """How far what a grid needs first is fetched or embedded, while it is."""
        first = self.computing is not None and not self.state.total and not self.stopping
        lasting = self.progress is not None and self.progress.stage != "calibrating"
        return self.progress if first and lasting else None

    def count(self, number: int) -> None:
        """An estimate was asked for."""
        self.counting, self.progress, self.refusal = number, None, ""

    def compute(self, number: int, now: float) -> None:
        """A grid was handed in."""
        self.counting, self.computing, self.stopping = None, number, False
        self._began, self.progress = now, None
        self.outcome = self.broken = self.refusal = ""
        self.state.await_runs()

    def choose_another(self) -> None:
        """Nothing is known of the choice any more; a grid that is being computed goes on."""
        self.outcome = self.broken = self.refusal = ""
        if self.computing is None:
            self.state.forget()

    def elapsed(self, now: float) -> float:
        """Seconds since the grid was handed in, or its first run began."""
        return now - self._began

    def pass_time(self, seconds: float) -> None:
        """Let time pass while no run ends."""
        left = self.state.seconds_left
        self.state.seconds_left = None if left is None else max(0.0, left - seconds)

    def take(self, job: int, events: Sequence[Event], now: float) -> GridNews:
        """Take in what is reported of a job; of others than ours, nothing."""
        news = GridNews()
        if job in (self.counting, self.computing):
            for event in events:
                self._take(event, now, news)
        return news

    def _take(self, event: Event, now: float, news: GridNews) -> None:
        match event:
            case Advanced(_, progress):
                self.progress = progress
            case GridPlanned(_, costs):
                self.state.plan(costs)
                news.planned = True
            case GridBegan():
                self._began, self.progress = now, None
                self.state.begin(event)
            case RunOver():
                row = self.state.take(event)
                if row is not None and not any(row is known for known in news.rows):
                    news.rows.append(row)
            case GridTrouble(_, reason):
                news.troubles.append(("A worker was lost", reason))
            case Ended(job, finished):
                self._end(job, now, news, finished=finished)
            case Failed(job, reason):
                self._end(job, now, news, finished=False, reason=reason)

    def _end(
        self, job: int, now: float, news: GridNews, *, finished: bool, reason: str = ""
    ) -> None:
        forced = self.stopping and job == self.computing
        if reason and not forced:
            news.troubles.append(("That did not work", reason))
        if job == self.counting:
            self.counting, self.refusal = None, reason
        else:
            self.broken = "" if forced else reason
            self.outcome = say_over(self.state, self.elapsed(now), finished=finished)
            self.computing, self.stopping, news.grid_over = None, False, True
        self.progress, news.over = None, True
