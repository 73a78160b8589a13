"""A race on the terminal: who may still win, round by round, and what became of it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from tui_al.analysis.racing import Racer, Standing
from tui_al.analysis.referee import Record, Referee, known_scores, race_again
from tui_al.analysis.slices import load_results
from tui_al.grid.durations import format_duration
from tui_al.grid.race import RaceEnded, RaceStarted, RoundEnded, RoundStarted
from tui_al.paths import find_reference
from tui_al.report.narration import tell
from tui_al.report.output import cell, make_console, make_table
from tui_al.report.phrases import join_names
from tui_al.report.race_board import (
    Board,
    Event,
    describe_score,
    print_events,
    print_line,
    tell_trouble,
)
from tui_al.results.store import ResultStore

_COLUMNS = ("strategy", "seeds", "mean", "sd", "behind", "best", "", "state")
_RIGHT = ("seeds", "mean", "sd", "behind", "best")
_BAR = 20  # columns of certainty
_MARK = "= cannot be told apart from the first beyond these seeds"


def draw_board(board: Board) -> Group:
    """The table of a race as it stands."""
    table = make_table(board.title, _COLUMNS, right=_RIGHT)
    for place, racer in enumerate(board.racers):
        _add_racer(table, board, racer, first=place == 0)
    judged = {racer.strategy for racer in board.racers}
    for strategy in board.plan.strategies:
        if strategy not in judged:
            state = "failed" if strategy in board.failed else "racing"
            table.add_row(*map(cell, (strategy, board.done[strategy], *[None] * 4, "", state)))
    notes = [cell(_MARK)] if any(racer.tied for racer in board.racers) else []
    return Group(table, *notes)


def _add_racer(table: Table, board: Board, racer: Racer, *, first: bool) -> None:
    mark = " =" if racer.tied else "  "
    state = _state(board, racer, first=first)
    cells = (
        racer.strategy, board.done[racer.strategy], f"{racer.mean:.4f}{mark}", f"{racer.sd:.4f}",
        "" if first else f"{racer.behind:.4f}", _chance(racer.best), _bar(racer.best), state,
    )  # fmt: skip
    table.add_row(*map(cell, cells), style="bold" if first else "" if racer.racing else "dim")


def _state(board: Board, racer: Racer, *, first: bool) -> str:
    if first:
        return "first" if board.ended else "leads"
    if not racer.racing:
        return f"dropped after {racer.seeds}"
    return "to the end" if board.ended else "racing"


def _chance(share: float) -> str:
    return "<0.1%" if share < 0.001 else f"{share:.1%}"


def _bar(share: float) -> str:
    return "█" * round(_BAR * share)


@contextmanager
def show_race(board: Board) -> Iterator[Callable[[Event], None]]:
    """Yield a listener that counts events and shows the race; without a terminal, lines."""
    console = make_console(stderr=True)
    if not console.is_terminal:
        yield lambda event: _tell(board, event)
        return
    with Live(draw_board(board), console=console, transient=True) as live:

        def listen(event: Event) -> None:
            board.add(event)
            tell_trouble(event)
            left = f"{board.left} runs of this round to go" if board.left > 0 else ""
            at_once = isinstance(event, RoundStarted | RoundEnded)
            live.update(Group(draw_board(board), Text(left)), refresh=at_once)

        yield listen


def _tell(board: Board, event: Event) -> None:
    board.add(event)
    tell_trouble(event)
    match event:
        case RaceStarted(plan, stored):
            tell(f"{plan.datasets[0]} x {plan.models[0]} from {plan.ips[0]}: "
                 f"{len(plan.strategies)} strategies, {len(plan.seeds)} seeds, "
                 f"{stored} of {event.total} runs stored")  # fmt: skip
        case RoundStarted(seeds, racing, todo):
            named = "seed" if len(seeds) == 1 else "seeds"
            tell(f"{named} {', '.join(map(str, seeds))}: {len(racing)} strategies, "
                 f"{len(todo)} runs to compute")  # fmt: skip
        case RoundEnded(verdict):
            leader, left = verdict.leader, sum(racer.racing for racer in verdict.racers)
            gone = f", dropped {', '.join(verdict.dropped)}" if verdict.dropped else ""
            tell(f"after {verdict.seeds} seeds: {leader.strategy} leads with {leader.mean:.4f} "
                 f"(best: {_chance(leader.best)}){gone}, {left} racing")  # fmt: skip


def run_race(board: Board, events: Iterable[Event], *, as_json: bool) -> None:
    """Follow a race to its end; the final table and its sentences, or JSON lines, are data."""
    if as_json:
        print_events(board, events)
        return
    with show_race(board) as listen:
        for event in events:
            listen(event)
    console = make_console()
    console.print(draw_board(board))
    for line in conclude(board):
        console.print(cell(line), soft_wrap=not console.is_terminal)


def conclude(board: Board) -> Iterator[str]:
    """Who came first and who cannot be told apart from it; what that cost and what it saved."""
    ended, racers = board.ended, board.racers
    assert ended is not None  # whoever concludes has seen the end
    if board.failed:
        yield f"out of the race, for a run failed: {', '.join(board.failed)}"
    if racers:
        tied = [racer.strategy for racer in racers if racer.tied]
        yield _winner(board)
        yield (
            f"it cannot be told apart from {', '.join(tied)}: other seeds may order them otherwise"
            if tied
            else "it is ahead of every other beyond these seeds too"
        )
    yield _account(ended)


def _winner(board: Board) -> str:
    first, seeds, risk = board.racers[0], len(board.plan.seeds), board.referee.rules.risk
    equal = [racer.strategy for racer in board.racers
             if (racer.mean, racer.seeds) == (first.mean, first.seeds)]  # fmt: skip
    said = f"{first.strategy} comes first in the grid of {seeds} seeds"
    if len(equal) > 1:
        said = f"{join_names(equal)} share the first place in the grid of {seeds} seeds"
    if any(racer.seeds < seeds for racer in board.racers):
        return f"{said}, at a risk of {risk:g} that one of those dropped would have"
    return said


def _account(ended: RaceEnded[Standing]) -> str:
    parts = [f"{ended.computed} computed in {format_duration(ended.seconds)}" if ended.computed
             else "0 computed", f"{ended.found} stored already"]  # fmt: skip
    used = ended.computed + ended.found
    saved = f", {ended.left_out} left out"
    if ended.saved_seconds:
        saved += f", which saved about {format_duration(ended.saved_seconds)} of computing"
    return f"{used} of {ended.total} runs ({', '.join(parts)}){saved}"


def tell_record(referee: Referee, *, as_json: bool) -> None:
    """Print how races at this risk fared over the results that come with the program."""
    reference = ResultStore(find_reference())
    if not reference.run_ids():
        return
    scores = known_scores(load_results(reference).curves, referee.metric, referee.measure)
    record = race_again(scores, referee.rules.risk)
    if as_json:
        print_line({"event": "record", **asdict(record)})
    else:
        console = make_console()
        told = cell(describe_record(record, describe_score(referee)))
        console.print(told, soft_wrap=not console.is_terminal)


def describe_record(record: Record, score: str) -> str:
    """How races at this risk fared where the whole grid is known."""
    return (
        f"at this risk, {record.races:,} races over {record.cells} grids of the reference results "
        f"({record.strategies} strategies, {record.seeds} seeds in every order) left out "
        f"{record.saved:.0%} of the runs and dropped the first of the grid in "
        f"{record.dropped:.1%} (at worst {record.worst:.4f} of {score} lost)"
    )
