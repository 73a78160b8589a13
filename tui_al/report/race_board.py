"""A race as its events tell it, and the same events for programs."""

import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from tui_al.analysis.racing import Racer, Standing
from tui_al.analysis.referee import Referee
from tui_al.grid.events import RunFound, RunsAwaited, RunStored, WorkerLost
from tui_al.grid.plan import GridPlan
from tui_al.grid.race import (
    RaceEnded,
    RaceEvent,
    RaceStarted,
    RoundEnded,
    RoundStarted,
    StrategyFailed,
)
from tui_al.report.narration import tell

Event = RaceEvent[Standing]


@dataclass(slots=True)
class Board:
    """What is known of a race, counted from its events."""

    plan: GridPlan
    referee: Referee
    standing: Standing | None = None
    """The last verdict, of those that did not fail by then."""
    ended: RaceEnded[Standing] | None = None
    failed: dict[str, str] = field(default_factory=dict)
    """Why strategies left, by name."""
    done: Counter[str] = field(default_factory=Counter)
    """Seeds of each strategy that are stored."""
    left: int = 0
    """Runs of this round still to be computed."""

    def add(self, event: Event) -> None:
        """Count an event."""
        match event:
            case RoundStarted(seeds, racing, todo):
                self.done.update(list(racing) * len(seeds))
                self.done.subtract(run.strategy for run in todo)
                self.left = len(todo)
            case RunStored(run) | RunFound(run):
                self.done[run.strategy] += 1
                self.left -= 1
            case StrategyFailed(strategy, _, reason):
                self.failed[strategy] = reason
            case RoundEnded(verdict):
                self.standing = verdict
            case RaceEnded(verdict):
                self.ended, self.standing = event, verdict

    @property
    def racers(self) -> list[Racer]:
        """Those that were judged, the leader first, without those that failed."""
        judged = self.standing.racers if self.standing else ()
        return [racer for racer in judged if racer.strategy not in self.failed]

    @property
    def title(self) -> str:
        """Which race, what it scores, and how far it has come."""
        plan, seeds = self.plan, self.standing.seeds if self.standing else 0
        return (
            f"{plan.datasets[0]} x {plan.models[0]} from {plan.ips[0]}: "
            f"{describe_score(self.referee)} after {seeds} of {len(plan.seeds)} seeds"
        )


def describe_score(referee: Referee) -> str:
    """The score in words."""
    metric = referee.metric.replace("_", " ")
    return f"AULC of {metric}" if referee.measure == "aulc" else f"final {metric}"


def print_events(board: Board, events: Iterable[Event]) -> None:
    """One JSON object a line and event, each as soon as it happens."""
    names = {"dataset": board.plan.datasets[0], "model": board.plan.models[0],
             "ips": board.plan.ips[0]}  # fmt: skip
    for event in events:
        board.add(event)
        tell_trouble(event)
        if facts := _facts(board, event):
            print_line({**facts, **names})


def tell_trouble(event: Event) -> None:
    """Say what does not go as it should."""
    match event:
        case StrategyFailed(strategy, seed, reason):
            tell(f"{strategy} leaves the race, seed {seed} failed: {reason}")
        case WorkerLost(reason):
            tell(f"{reason}: what it had not stored is computed again")
        case RunsAwaited(runs):
            tell(f"{len(runs)} runs are being computed by another process: waiting for them")


def print_line(facts: dict[str, object]) -> None:
    """One JSON object on a line of standard output."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def _facts(board: Board, event: Event) -> dict[str, object]:
    """What a program is told of an event, or nothing."""
    facts: dict[str, object] = {}
    match event:
        case RaceStarted(plan, stored):
            rules, referee = board.referee.rules, board.referee
            facts = {"event": "start", "strategies": plan.strategies, "seeds": plan.seeds,
                     "risk": rules.risk, "metric": referee.metric, "score": referee.measure,
                     "stored": stored, "total": event.total}  # fmt: skip
        case RoundStarted(seeds, racing, todo):
            facts = {"event": "round", "seeds": seeds, "racing": racing, "todo": len(todo)}
        case RunStored(run, seconds):
            facts = {"event": "run", "strategy": run.strategy, "seed": run.seed,
                     "run_id": run.run_id, "seconds": seconds}  # fmt: skip
        case StrategyFailed():
            facts = {"event": "failed", **asdict(event)}
        case RoundEnded(verdict):
            facts = {"event": "standing", **asdict(verdict)}
        case RaceEnded():
            names = [racer.strategy for racer in board.racers]
            facts = {"event": "end", "first": names[0] if names else None,
                     "tied": [racer.strategy for racer in board.racers if racer.tied],
                     **asdict(event)}  # fmt: skip
            del facts["verdict"]  # the last standing
    return facts
