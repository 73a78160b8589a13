"""Who is probably best, whom a race drops, and how often that is wrong."""

from itertools import permutations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tui_al.analysis.leading import best_probabilities, chances, find_leaders
from tui_al.analysis.racing import Rules, judge, replay
from tui_al.analysis.referee import known_scores, race_again
from tui_al.errors import BadInput

FIVE = Rules(5, 0.05)


def _race(rows, rules: Rules = FIVE):
    return judge({f"s{place}": list(row) for place, row in enumerate(rows)}, rules)


def _by_name(standing):
    return {racer.strategy: racer for racer in standing.racers}


@pytest.mark.parametrize("gap", [0.0, 0.3, 1.5, 4.0])
@pytest.mark.parametrize("errors", [(1.0, 1.0), (1.0, 0.2)])
def test_the_better_of_two_normals(gap: float, errors: tuple[float, float]) -> None:
    known = best_probabilities(np.array([gap, 0.0]), np.array(errors), np.inf)
    assert known[0] == pytest.approx(stats.norm.cdf(gap / np.hypot(*errors)), abs=1e-6)


@pytest.mark.parametrize("freedom", [1, 2, 7, 40])
@pytest.mark.parametrize("gap", [0.0, 0.3, 1.5, 4.0])
def test_the_better_of_two_with_noise_that_is_estimated(gap: float, freedom: int) -> None:
    known = best_probabilities(np.array([gap, 0.0]), np.ones(2), freedom)
    assert known[0] == pytest.approx(stats.t.cdf(gap / np.sqrt(2), freedom), abs=1e-5)


def test_the_best_of_several_as_often_as_it_is_drawn() -> None:
    means, errors = np.array([0.0, -0.2, -0.5, -2.0]), np.array([0.5, 0.8, 0.3, 1.0])
    rng = np.random.default_rng(1)
    scale = np.sqrt(6 / rng.chisquare(6, size=(400_000, 1)))
    drawn = means + scale * errors * rng.normal(size=(400_000, 4))
    often = np.bincount(drawn.argmax(axis=1), minlength=4) / len(drawn)
    assert best_probabilities(means, errors, 6) == pytest.approx(often, abs=0.004)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.floats(-10, 10), min_size=1, max_size=9),
    st.floats(1e-4, 5),
    st.sampled_from([1, 3, 28, np.inf]),
)
def test_probabilities_sum_to_one_in_the_order_of_the_means(means, error, freedom) -> None:
    found = best_probabilities(np.array(means), np.full(len(means), error), freedom)
    assert found.sum() == pytest.approx(1.0)
    assert (found >= 0).all()
    order = np.argsort(means)
    assert (np.diff(found[order]) >= -1e-9).all()


def test_equals_share_the_probability() -> None:
    assert best_probabilities(np.zeros(5), np.full(5, 0.3), 4) == pytest.approx([0.2] * 5)
    certain = best_probabilities(np.array([1.0, 1.0, 0.5]), np.zeros(3), 4)
    assert certain.tolist() == [0.5, 0.5, 0.0]


def test_two_strategies_are_compared_by_a_paired_t_test() -> None:
    rng = np.random.default_rng(2)
    rows = rng.normal(size=(2, 6)) + rng.normal(size=6)
    leader = find_leaders(rows[None], np.ones((1, 2), bool))
    found = chances(rows[None], np.ones((1, 2), bool), leader)[0]
    test = stats.ttest_rel(rows[leader[0]], rows[1 - leader[0]], alternative="greater")
    assert found[1 - leader[0]] == pytest.approx(test.pvalue)


def test_the_last_seed_leaves_nothing_to_chance() -> None:
    rows = np.array([[0.5, 0.6, 0.7], [0.6, 0.5, 0.699], [0.5, 0.6, 0.7]])
    everybody = np.ones((1, 3), bool)
    found = chances(rows[None], everybody, np.array([0]), n_seeds=3)[0]
    assert found.tolist() == [0.5, 0.0, 0.5]  # level, behind, level


def test_how_the_seeds_went_does_not_matter() -> None:
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(4, 3))
    moved = rows + np.array([5.0, -3.0, 100.0])
    one, other = _by_name(_race(rows)), _by_name(_race(moved))
    for name, racer in one.items():
        assert other[name].best == pytest.approx(racer.best)
        assert other[name].ahead == pytest.approx(racer.ahead)
        assert other[name].racing == racer.racing


def test_who_is_far_behind_is_dropped_after_two_seeds() -> None:
    standing = _race([[0.90, 0.92], [0.91, 0.92], [0.50, 0.51], [0.90, 0.90]])
    assert standing.dropped == ("s2",)
    last = standing.racers[-1]
    assert (last.strategy, last.racing, last.tied) == ("s2", False, False)
    assert last.best < 0.001
    assert sum(racer.best for racer in standing.racers) == pytest.approx(1.0)


def test_equals_race_to_the_end_and_cannot_be_told_apart() -> None:
    same = [0.8, 0.82, 0.79, 0.81, 0.8]
    for seeds in range(2, 6):
        standing = _race([same[:seeds], same[:seeds]])
        assert standing.dropped == ()
        assert [racer.best for racer in standing.racers] == [0.5, 0.5]
    assert [racer.tied for racer in standing.racers] == [False, True]


def test_near_equals_end_after_all_seeds_undecided() -> None:
    rng = np.random.default_rng(4)
    for _ in range(20):
        rows = rng.normal(0.8, 0.01, size=(2, 5))
        standing = _race(rows)
        assert standing.dropped == ()  # all seeds are done
        difference = rows[0] - rows[1]
        better = stats.ttest_1samp(difference, 0).pvalue / 2 <= FIVE.risk
        assert standing.racers[1].tied is not bool(better)


def test_a_mean_is_corrected_by_the_seeds_that_it_missed() -> None:
    """Seed 2 is hard: who did not run it owes nothing to that."""
    scores = {"a": [0.9, 0.8, 0.4], "b": [0.88, 0.8, 0.39], "gone": [0.5, 0.4]}
    gone = _by_name(judge(scores, FIVE))["gone"]
    stayed_all, stayed_two = (
        np.mean([0.9, 0.8, 0.4, 0.88, 0.8, 0.39]),
        np.mean([0.9, 0.8, 0.88, 0.8]),
    )
    assert gone.mean == pytest.approx(0.45 + stayed_all - stayed_two)
    assert gone.behind == pytest.approx(0.4)
    assert (gone.seeds, gone.racing, gone.ahead) == (2, False, None)


def test_no_noise_at_all() -> None:
    standing = _race([[0.5, 0.5], [0.4, 0.4], [0.5, 0.5]])
    assert standing.dropped == ("s1",)
    assert [racer.best for racer in standing.racers] == [0.5, 0.5, 0.0]


def test_replays_are_races_judged_one_by_one() -> None:
    rng = np.random.default_rng(5)
    scores = rng.normal(size=(40, 6, 1)) + rng.normal(size=(40, 6, 5))
    together = replay(scores, FIVE)
    for race, runs, pick in zip(scores, together.runs, together.pick, strict=True):
        taken = {str(place): list(row[:2]) for place, row in enumerate(race)}
        while True:
            standing = judge(taken, FIVE)
            left = [racer.strategy for racer in standing.racers if racer.racing]
            if len(left) < 2 or standing.seeds == 5:
                break
            for name in left:
                taken[name].append(race[int(name), standing.seeds])
        assert sum(map(len, taken.values())) == runs
        assert max(left, key=lambda name: race[int(name)].mean()) == str(pick)


NOISY = np.array([0.3, 0.3, 0.5, 0.5, 1, 1, 2, 3])[:, None]


@pytest.mark.parametrize("risk", [0.01, 0.05, 0.2])
@pytest.mark.parametrize("seeds", [5, 10])
@pytest.mark.parametrize(
    ("means", "noise"),
    [(0.0, 1.0), (1.0, 1.0), (0.0, NOISY), (1.0, NOISY)],
    ids=["equal", "apart", "equal, uneven noise", "apart, uneven noise"],
)
def test_the_winner_is_dropped_less_often_than_the_risk(means, noise, seeds, risk) -> None:
    rng = np.random.default_rng(6)
    scores = means * rng.normal(size=(4000, 8, 1)) + noise * rng.normal(size=(4000, 8, seeds))
    races = replay(scores + rng.normal(size=(4000, 1, seeds)), Rules(seeds, risk))
    assert (races.loss > 0).mean() <= risk
    assert races.runs.mean() < 8 * seeds


def test_the_bound_leaves_something_to_drop() -> None:
    """Of two equals, after the only round that may drop one."""
    scores = np.random.default_rng(7).normal(size=(20_000, 2, 3))
    lost = (replay(scores, Rules(3, 0.2)).loss > 0).mean()
    assert 0.03 < lost <= 0.2
    assert (replay(scores, Rules(3, 0.4)).runs < replay(scores, Rules(3, 0.1)).runs).any()


def test_a_record_races_every_order_of_the_seeds() -> None:
    scores = np.random.default_rng(8).normal(size=(3, 4, 4))
    record = race_again(scores, 0.1)
    assert (record.cells, record.races, record.strategies, record.seeds) == (3, 72, 4, 4)
    lost = [
        replay(scores[:, :, list(order)], Rules(4, 0.1)).loss.mean()
        for order in permutations(range(4))
    ]
    assert record.loss == pytest.approx(np.mean(lost))
    assert 0 <= record.dropped <= 0.1


def _curves(cells) -> pl.DataFrame:
    rows = [
        {"run_id": f"{model}{strategy}{seed}", "dataset": "d", "model": model, "ips": "random",
         "oracle": "labels", "budget": 20, "k0": 10, "batch": 10, "cycles": 1,
         "strategy": strategy, "seed": seed, "cycle": cycle, "n_labeled": 10 + 10 * cycle,
         "accuracy": seed / 10 + cycle / 5, "balanced_accuracy": 0.0, "macro_f1": 0.0,
         "fit_seconds": 0.0, "query_seconds": 0.0}
        for model, strategies, seeds in cells
        for strategy in strategies for seed in range(seeds) for cycle in range(2)
    ]  # fmt: skip
    return pl.DataFrame(rows)


def test_the_fullest_cells_are_known() -> None:
    curves = _curves([("one", "ab", 3), ("two", "ab", 3), ("three", "ab", 2), ("four", "a", 2)])
    scores = known_scores(curves, "accuracy", "aulc")
    assert scores == pytest.approx(np.tile([0.1, 0.2, 0.3], (2, 2, 1)))
    assert known_scores(curves, "accuracy", "final")[0, 0] == pytest.approx([0.2, 0.3, 0.4])
    assert known_scores(curves.clear(), "accuracy", "aulc").size == 0


@pytest.mark.parametrize(("seeds", "risk"), [(1, 0.05), (5, 0.0), (5, 0.6), (5, -1)])
def test_rules_that_are_none(seeds: int, risk: float) -> None:
    with pytest.raises(BadInput, match=r"--seeds 2 or more|--risk"):
        Rules(seeds, risk)
