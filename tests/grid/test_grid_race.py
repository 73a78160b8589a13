"""Races on made-up data: whose runs are computed, whose are not, whatever fails or stops them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from grid_samples import figures, plan_batches, plan_runs, small_plan

from tui_al.analysis.racing import Rules
from tui_al.analysis.referee import Referee
from tui_al.analysis.slices import load_results, score_runs
from tui_al.errors import BadInput
from tui_al.grid import race as racing
from tui_al.grid.batch import compute_batch
from tui_al.grid.events import RunStored
from tui_al.grid.local import LocalWorkers
from tui_al.grid.race import Race, RaceEnded, RaceStarted, RoundEnded, RoundStarted, StrategyFailed
from tui_al.paths import Cache
from tui_al.results.failures import Failures
from tui_al.results.store import ResultStore

STRATEGIES = ("margin", "coreset", "dropquery", "random")


def _plan(**entries):
    defaults = {"models": ["glove-50"], "ips": ["random"], "strategies": STRATEGIES, "seeds": 4}
    return small_plan(**{**defaults, **entries})


class _HereAndNow:
    """Workers that compute in this process, one batch after another."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def count(self) -> int:
        return 1

    def run(self, batches) -> Iterator:
        for batch in batches:
            yield batch, compute_batch(batch.data, batch.runs, self._cache, wait=batch.wait)

    def close(self) -> None:
        pass


@dataclass(frozen=True)
class _Dropped:
    dropped: tuple[str, ...]
    scores: Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class _Scripted:
    """A referee that drops certain strategies after certain numbers of seeds."""

    store: ResultStore
    script: Mapping[int, tuple[str, ...]]
    first_round: int = 2

    def read(self, run_ids: Collection[str]):
        return Referee(self.store, Rules(4)).read(run_ids)

    def judge(self, scores: Mapping[str, Sequence[float]]) -> _Dropped:
        return _Dropped(self.script.get(max(map(len, scores.values())), ()), scores)


def _race(cache: Cache, script=None, plan=None, **options) -> list:
    referee = _Scripted(ResultStore(cache.runs), script or {})
    race = Race(plan or _plan(), cache, referee, **options)
    race.prepare()
    return list(race.run(_HereAndNow(cache)))


def _of(events, kind) -> list:
    return [event for event in events if isinstance(event, kind)]


def _stored(cache: Cache) -> set[tuple[str, int]]:
    runs = ResultStore(cache.runs).runs().select("strategy", "seed").collect()
    return set(runs.iter_rows())


def test_only_who_is_still_racing_gets_another_seed(made: Cache) -> None:
    events = _race(made, {2: ("coreset",), 3: ("random",)})
    assert [event.seeds for event in _of(events, RoundStarted)] == [(0, 1), (2,), (3,)]
    assert [event.racing for event in _of(events, RoundStarted)] == [
        STRATEGIES,
        ("margin", "dropquery", "random"),
        ("margin", "dropquery"),
    ]
    ran = {"margin": 4, "dropquery": 4, "random": 3, "coreset": 2}
    assert _stored(made) == {(name, seed) for name, n in ran.items() for seed in range(n)}
    ended = events[-1]
    assert (ended.computed, ended.found, ended.left_out, ended.total) == (13, 0, 3, 16)
    seconds = [event.seconds for event in _of(events, RunStored)]
    assert ended.seconds == pytest.approx(sum(seconds))
    walls = ResultStore(made.runs).runs().select("strategy", "wall_seconds").collect()
    mean = dict(walls.group_by("strategy").mean().iter_rows())
    assert ended.saved_seconds == pytest.approx(2 * mean["coreset"] + mean["random"])


def test_what_is_stored_anyway_was_not_saved(made: Cache) -> None:
    script = {2: ("coreset",), 3: ("random",)}
    _race(made, {2: ("coreset",)})
    ended = _race(made, script)[-1]  # spares random's last run too, which is there
    assert (ended.computed, ended.left_out) == (0, 3)
    coreset = ResultStore(made.runs).runs().filter(strategy="coreset").collect()
    assert ended.saved_seconds == pytest.approx(2 * coreset["wall_seconds"].mean())
    _race(made)
    ended = _race(made, script)[-1]
    assert (ended.found, ended.left_out, ended.saved_seconds) == (13, 3, 0.0)


def test_its_runs_are_those_of_the_grid(made: Cache, tmp_path: Path) -> None:
    _race(made)
    whole = Cache(tmp_path / "whole")
    whole.root.mkdir()
    for room in ("corpora", "embeddings"):
        (whole.root / room).symlink_to(made.root / room)
    for batch in plan_batches(_plan(), whole):
        compute_batch(batch.data, batch.runs, whole)
    assert figures(made).equals(figures(whole))


def test_scores_reach_the_referee_in_the_order_of_seeds(made: Cache) -> None:
    events = _race(made, {2: ("coreset",)}, plan=_plan(seeds=[7, 3, 5]))
    scores = _of(events, RoundEnded)[-1].verdict.scores
    known = score_runs(load_results(ResultStore(made.runs)).curves, "accuracy")
    for strategy, values in scores.items():
        order = [7, 3] if strategy == "coreset" else [7, 3, 5]
        of = known.filter(strategy=strategy)
        assert values == [of.filter(seed=seed)["aulc"].item() for seed in order]
    assert scores.keys() == set(STRATEGIES)


def test_what_is_stored_is_not_computed_again_nor_embedded(made: Cache, monkeypatch) -> None:
    first = _race(made)
    monkeypatch.setattr(racing, "embed_source", None)  # calling it would raise
    again = _race(made)
    assert _of(again, RaceStarted)[0].stored == 16
    assert not _of(again, RunStored)
    assert [event.verdict for event in _of(again, RoundEnded)] == [
        event.verdict for event in _of(first, RoundEnded)
    ]
    ended = again[-1]
    assert (ended.computed, ended.found, ended.seconds) == (0, 16, 0.0)


def test_runs_that_come_with_the_program_are_used(made: Cache) -> None:
    _race(made)
    elsewhere = made.root / "reference"
    made.runs.rename(elsewhere)
    race = Race(
        _plan(seeds=5), made, _Scripted(ResultStore(made.runs, elsewhere), {4: ("random",)})
    )
    race.prepare()
    events = list(race.run(_HereAndNow(made)))
    assert [event.run.seed for event in _of(events, RunStored)] == [4, 4, 4]
    assert (events[-1].computed, events[-1].found, events[-1].left_out) == (3, 16, 1)


def test_a_race_with_one_left_is_over(made: Cache) -> None:
    events = _race(made, {2: ("margin", "coreset", "dropquery")})
    assert len(_of(events, RoundStarted)) == 1
    assert (events[-1].computed, events[-1].left_out) == (8, 8)
    assert events[-1].verdict.dropped == ("margin", "coreset", "dropquery")


def test_a_strategy_that_fails_leaves_and_the_others_go_on(made: Cache, monkeypatch) -> None:
    simulate = racing_fails(monkeypatch, strategy="margin", seed=2)
    events = _race(made)
    (failure,) = _of(events, StrategyFailed)
    assert failure == StrategyFailed("margin", 2, "ValueError: by chance")
    assert _of(events, RoundStarted)[-1].racing == ("coreset", "dropquery", "random")
    assert _of(events, RoundEnded)[-1].verdict.scores.keys() == {"coreset", "dropquery", "random"}
    assert (events[-1].computed, events[-1].left_out) == (14, 0)

    monkeypatch.setattr("tui_al.grid.batch.simulate", simulate)
    left_alone = _race(made)
    assert _of(left_alone, StrategyFailed) == [failure]
    assert not _of(left_alone, RunStored)
    retried = _race(made, retry_failed=True)
    assert not _of(retried, StrategyFailed)
    assert [event.run.seed for event in _of(retried, RunStored)] == [2, 3]
    assert not list(made.failures.iterdir())


def racing_fails(monkeypatch, **where):
    """Have certain runs raise; return what simulates them otherwise."""
    from tui_al.grid import batch

    simulate = batch.simulate

    def fail(data, experiment):
        if all(getattr(experiment, name) == value for name, value in where.items()):
            raise ValueError("by chance")
        return simulate(data, experiment)

    monkeypatch.setattr(batch, "simulate", fail)
    return simulate


def test_without_two_that_do_not_fail_there_is_no_verdict(made: Cache) -> None:
    plan = _plan(strategies=["margin", "coreset"])
    for run in plan_runs(plan, made):
        if run.identity.strategy == "margin" and run.identity.seed == 0:
            Failures(made.failures).record(run.identity, "ValueError: odd")
    events = _race(made, plan=plan)
    assert _of(events, StrategyFailed) == [StrategyFailed("margin", 0, "ValueError: odd")]
    assert not _of(events, RoundEnded)
    assert (events[-1].verdict, events[-1].computed) == (None, 2)


def test_closing_in_the_middle_leaves_whole_runs_and_the_next_race_goes_on(made: Cache) -> None:
    referee = _Scripted(ResultStore(made.runs), {})
    race = Race(_plan(), made, referee)
    race.prepare()
    with closing(LocalWorkers(2, made)) as pool:
        for event in race.run(pool):
            if isinstance(event, RunStored):
                break
    assert not list(made.root.rglob("*.tmp"))
    stored = len(ResultStore(made.runs).run_ids())
    assert 0 < stored < 16
    ended = _race(made)[-1]
    assert (ended.found, ended.computed) == (stored, 16 - stored)


def test_a_race_of_real_rules(made: Cache) -> None:
    store = ResultStore(made.runs)
    race = Race(_plan(seeds=5), made, Referee(store, Rules(5, 0.2), "macro_f1", "final"))
    race.prepare()
    events = list(race.run(_HereAndNow(made)))
    ended = events[-1]
    assert isinstance(ended, RaceEnded)
    standing = ended.verdict
    assert {racer.strategy for racer in standing.racers} == set(STRATEGIES)
    final = score_runs(load_results(store).curves, "macro_f1").filter(
        strategy=standing.leader.strategy
    )
    assert standing.leader.mean == pytest.approx(final["final"].mean())
    assert ended.computed + ended.left_out == 20


@pytest.mark.parametrize(
    ("change", "explanation"),
    [({"strategies": ("margin",)}, "two strategies at least"), ({"cycles": 0}, "query cycles")],
)
def test_plans_that_are_no_race(made: Cache, change, explanation: str) -> None:
    with pytest.raises(BadInput, match=explanation):
        Race(replace(_plan(), **change), made, _Scripted(ResultStore(made.runs), {}))
