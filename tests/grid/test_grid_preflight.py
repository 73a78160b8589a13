"""What a grid costs: counted, estimated, and cut to a given time."""

from collections import Counter
from dataclasses import replace

import pytest
from grid_samples import plan_batches, plan_runs, small_plan
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_al.errors import BadInput
from tui_al.grid.calibrate import Cost
from tui_al.grid.durations import format_duration, parse_duration
from tui_al.grid.execute import execute
from tui_al.grid.local import LocalWorkers
from tui_al.grid.preflight import cost_rows, fit_into, makespan
from tui_al.grid.session import GridSession
from tui_al.paths import Cache


def test_everything_is_counted_and_nothing_run(made: Cache) -> None:
    preflight = GridSession(small_plan(), made).preflight(2)
    rows = cost_rows(preflight)
    assert [(row.dataset, row.choice, row.runs) for row in rows] == [
        ("made", "margin", 8), ("made", "coreset", 8), ("made", "dropquery", 8)
    ]  # fmt: skip
    assert all(row.stored == row.failed == 0 for row in rows)
    assert all(row.seconds > 0 and row.memory > 1e8 and row.disk > 1e3 for row in rows)
    assert preflight.seconds == pytest.approx(sum(row.seconds for row in rows))
    assert preflight.seconds / 2 <= preflight.wall_seconds <= preflight.seconds
    assert not made.runs.exists()


def test_stored_runs_are_counted_and_tell_how_long_others_take(made: Cache) -> None:
    small = small_plan(strategies=["margin"], seeds=1)
    workers = LocalWorkers(1, made)
    list(execute(plan_batches(small, made), workers, made))
    workers.close()
    preflight = GridSession(small_plan(), made).preflight(2)
    margin, *others = cost_rows(preflight)
    assert (margin.runs, margin.stored) == (8, 4)
    assert [row.stored for row in others] == [0, 0]
    assert len(preflight.todo) == 20
    again = GridSession(small, made).preflight(2)
    assert not again.todo
    assert again.wall_seconds == again.memory == again.disk == 0


def test_what_is_not_embedded_is_estimated_and_named(made: Cache) -> None:
    plan = small_plan(models=["minilm-l6"])
    preflight = GridSession(plan, made).preflight(2)
    (source,) = preflight.unembedded
    assert source.subject.names == ("made", "minilm-l6")
    assert preflight.seconds > 0
    assert not (made.embeddings / "made" / "minilm-l6").exists()


def _priced(made: Cache, seconds: float, **entries: object):
    plan = small_plan(**entries)
    preflight = GridSession(plan, made).preflight(1)
    costs = {name: Cost(seconds, 1.0, 1.0) for name in preflight.costs}
    return plan, replace(preflight, costs=costs)


def test_fitting_drops_whole_seeds_from_the_last(made: Cache) -> None:
    plan, preflight = _priced(made, 10.0, seeds=[4, 9, 2])  # 36 runs, 12 a seed
    kept = fit_into(preflight, plan, 250.0)
    assert kept.dropped_seeds == (2,)
    assert kept.dropped_runs == 12
    settings = Counter((r.identity.model, r.identity.ips, r.identity.strategy) for r in kept.todo)
    assert set(settings.values()) == {2}
    assert {run.identity.seed for run in kept.todo} == {4, 9}
    assert fit_into(preflight, plan, 360.0) == preflight
    assert fit_into(preflight, plan, 120.0).dropped_seeds == (9, 2)


def test_fitting_nothing_is_refused(made: Cache) -> None:
    plan, preflight = _priced(made, 10.0)
    with pytest.raises(BadInput, match="one seed alone takes about 2 min 00 s on 1 worker:"):
        fit_into(preflight, plan, 119.0)


@settings(deadline=None, database=None)
@given(st.lists(st.floats(0.01, 100), max_size=40), st.integers(1, 8))
def test_a_makespan_is_between_the_least_possible_and_a_third_more(seconds, workers) -> None:
    least = max([sum(seconds) / workers, *seconds])
    assert least - 1e-9 <= makespan(seconds, workers) <= 4 / 3 * least + max(seconds, default=0)
    assert makespan(seconds, 1) == pytest.approx(sum(seconds))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("2h", 7200), ("90m", 5400), ("1h30m", 5400), ("45s", 45), ("1.5 h", 5400), ("1d", 86400)],
)
def test_durations(text, seconds) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "2", "h", "2x", "-2h", "30m1h", "0s"])
def test_no_durations(text) -> None:
    with pytest.raises(BadInput, match="write 90s, 45m, 2h or 1h30m"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.0 s"), (9.9, "9.9 s"), (59.4, "59 s"), (61, "1 min 01 s"), (3600, "1 h 00 min"),
     (7290, "2 h 02 min"), (200_000, "2 d 07 h")],
)  # fmt: skip
def test_shown_durations(seconds, text) -> None:
    assert format_duration(seconds) == text


def test_runs_of_a_plan_do_not_depend_on_its_session(made: Cache) -> None:
    expected = {run.identity.run_id for run in plan_runs(small_plan(), made)}
    batches = plan_batches(small_plan(), made)
    planned = [run.identity.run_id for batch in batches for run in batch.runs]
    assert sorted(planned) == sorted(expected)
    totals = [sum(batch.seconds) for batch in batches]
    assert totals == sorted(totals, reverse=True)
