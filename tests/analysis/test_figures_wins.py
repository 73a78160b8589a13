"""Win rates and shares of best, against plain Python over all pairs of runs."""

from collections import Counter, defaultdict
from fractions import Fraction

import pytest
from figure_samples import Made, made_runs, make_results
from hypothesis import given, settings

from tui_al.analysis.averages import keep_complete
from tui_al.analysis.slices import CELL, load_results
from tui_al.analysis.wins import best_shares, win_rates
from tui_al.paths import find_reference
from tui_al.results.store import ResultStore

_MADE = ["strategy", "seed", "dataset", "model", "ips", "oracle", "k0", "batch"]

quick = settings(deadline=None, database=None)


def _rates(runs, metric="accuracy"):
    rows = win_rates(make_results(runs).curves, metric).iter_rows(named=True)
    return {(row["ips"], row["strategy"], row["rival"]): row for row in rows}


def test_wins_losses_and_ties_after_the_initial_pool():
    rates = _rates([Made([0.0, 0.75, 0.5, 0.5], "a"), Made([1.0, 0.5, 0.25, 0.5], "b")])
    assert [*rates] == [("random", "a", "b"), ("random", "b", "a")]
    assert rates["random", "a", "b"] == {
        "ips": "random", "strategy": "a", "rival": "b",
        "wins": 2, "losses": 0, "ties": 1, "compared": 3, "win_rate": 2 / 3,
    }  # fmt: skip
    assert rates["random", "b", "a"]["win_rate"] == 0


def test_the_metric_decides():
    runs = [Made([0.0, 0.75], "a"), Made([0.0, 0.5], "b")]
    assert _rates(runs, "balanced_accuracy")["random", "b", "a"]["wins"] == 1
    assert _rates(runs, "macro_f1")["random", "b", "a"]["ties"] == 1


@pytest.mark.parametrize(
    "other",
    [{"seed": 1}, {"dataset": "e"}, {"model": "n"}, {"ips": "coreset"}, {"oracle": "crowd"},
     {"k0": 11}, {"batch": 6}, {"scores": [0.0, 0.5, 0.5]}],
)  # fmt: skip
def test_runs_that_differ_otherwise_are_not_compared(other):
    unlike = Made(**({"scores": [0.0, 0.5], "strategy": "b"} | other))
    assert not _rates([Made([0.0, 0.75], "a"), unlike])


def test_strategies_come_best_first():
    scores = {"a": 0.0, "b": 1.0, "c": 0.5, "d": 0.25}
    rates = _rates([Made([0.0, score], name) for name, score in scores.items()])
    assert [*dict.fromkeys(strategy for _, strategy, _ in rates)] == ["b", "c", "d", "a"]
    assert [rival for _, strategy, rival in rates if strategy == "c"] == ["b", "d", "a"]


def test_equal_mean_rates_are_ordered_by_name():
    rates = _rates([Made([0.0, 0.5], name) for name in ("c", "a", "b")])
    assert [*dict.fromkeys(strategy for _, strategy, _ in rates)] == ["a", "b", "c"]


def _check_all_pairs(runs, rates):
    expected = defaultdict(Counter)
    for mine in runs:
        for other in runs:
            if mine.strategy != other.strategy and mine.differs_only_by(other, "strategy"):
                for score, rival in list(zip(mine.scores, other.scores, strict=True))[1:]:
                    outcome = ("ties", "wins", "losses")[(score > rival) - (score < rival)]
                    expected[mine.ips, mine.strategy, other.strategy][outcome] += 1
    assert rates.keys() == expected.keys()
    for key, row in rates.items():
        outcomes = ("wins", "losses", "ties")
        assert [row[name] for name in outcomes] == [expected[key][name] for name in outcomes]
        assert row["compared"] == expected[key].total()
        mirrored = rates[key[0], key[2], key[1]]
        ties = row["ties"] / row["compared"]
        assert row["win_rate"] + mirrored["win_rate"] + ties == pytest.approx(1)


@quick
@given(made_runs())
def test_win_rates_agree_with_all_pairs_of_runs(runs):
    _check_all_pairs(runs, _rates(runs))


def test_ties_for_the_best_count_in_equal_parts():
    scores = {"a": 0.75, "b": 0.75, "c": 0.5}
    shares = best_shares(
        make_results([Made([1.0, score], name) for name, score in scores.items()]).curves,
        "accuracy", ["cycle"],
    )  # fmt: skip
    assert shares.rows() == [(1, "a", 0.5, 1), (1, "b", 0.5, 1), (1, "c", 0.0, 1)]


@quick
@given(made_runs())
def test_best_shares_agree_with_plain_python(runs):
    curves = keep_complete(make_results(runs).curves, (*CELL, "seed"), "strategy")[0]
    kept = set(curves["run_id"])
    blocks = defaultdict(list)
    for run in runs:
        if run.run_id in kept:
            for cycle in range(1, run.cycles + 1):
                cell = tuple(getattr(run, name) for name in CELL)
                blocks[run.model, cell, run.seed, cycle].append((run.scores[cycle], run.strategy))
    won, compared = defaultdict(Fraction), Counter()
    for (model, *_, cycle), scores in blocks.items():
        best = [name for score, name in scores if score == max(scores)[0]]
        compared[model, cycle] += 1
        for _, name in scores:
            won[model, cycle, name] += Fraction(best.count(name), len(best))
    found = best_shares(curves, "accuracy", ["model", "cycle"])
    assert found.select("model", "cycle", "strategy").rows() == sorted(won)
    for model, cycle, name, share, n in found.iter_rows():
        assert n == compared[model, cycle]
        assert share == pytest.approx(float(won[model, cycle, name] / n))


@pytest.fixture(scope="module")
def reference():
    return load_results(ResultStore(find_reference())).curves


def test_reference_results_agree_with_all_pairs_of_runs(reference):
    curves = reference.filter(dataset="sst2", model="minilm-l6")  # two classes: many ties
    runs = [
        Made(part["accuracy"].to_list(), **part.select(_MADE).row(0, named=True))
        for part in curves.partition_by("run_id")
    ]
    rows = win_rates(curves, "accuracy").iter_rows(named=True)
    _check_all_pairs(runs, {(row["ips"], row["strategy"], row["rival"]): row for row in rows})


def test_reference_results_compare_every_pair_as_often(reference):
    rates = win_rates(reference, "accuracy")
    assert rates.height == 3 * 8 * 7
    assert set(rates["compared"]) == {4 * 3 * 5 * 20}  # datasets, models, seeds, cycles
    shares = best_shares(reference, "accuracy", ["cycle"])
    assert shares.height == 20 * 8
    sums = [part["share"].sum() for part in shares.partition_by("cycle")]
    assert sums == pytest.approx([1] * 20)
