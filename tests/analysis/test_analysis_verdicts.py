"""What a report says in words: decisions where there are any, and never more than is known."""

import re
from dataclasses import replace
from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paired_samples import make_results, spread

from tui_al.analysis.slices import Slice, load_results
from tui_al.paths import find_reference
from tui_al.report.blocks import Prose
from tui_al.report.phrases import Difference, join_names
from tui_al.report.question import Question
from tui_al.report.sections import verdicts
from tui_al.results.store import ResultStore


@pytest.fixture(scope="module")
def reference():
    return load_results(ResultStore(find_reference()))


def _say(results, question=None):
    section = verdicts.build(results, question or Question())
    (prose,) = section.blocks
    assert isinstance(prose, Prose)
    return list(prose.sentences)


def _first_seeds(results, n):
    kept = {name: getattr(results, name).filter(pl.col("seed") < n) for name in ("runs", "curves")}
    return replace(results, **kept)


def _centres(seeds=5, noise=0.001, **centres):
    rng = np.random.default_rng(0)
    return {tuple(name.split("_")): spread(c, noise, rng, seeds) for name, c in centres.items()}


def test_a_winner_and_its_lead():
    scores = {
        ("random",): [0.5, 0.6, 0.7, 0.6, 0.5],
        ("badge",): [0.512, 0.613, 0.711, 0.612, 0.512],
    }
    first, second, *_, last = _say(make_results(scores))
    assert first == "d, m, i pools: badge is ahead of random by 0.012 AULC [0.011, 0.013]."
    assert second == "Ahead of random: badge by 0.012 AULC [0.011, 0.013]."
    assert last == (
        "In brackets: 95% intervals, paired over 5 seeds, corrected for all pairs (Holm)."
    )


def test_equals_and_those_behind():
    said = _say(make_results(_centres(margin=0.9, badge=0.9, entropy=0.8, coreset=0.7, random=0.6)))
    assert re.fullmatch(
        r"d, m, i pools: (margin|badge) has the highest mean AULC \(0\.90\d\); (margin|badge) "
        r"cannot be told apart from it with 5 seeds; 3 strategies are behind it\.", said[0]
    )  # fmt: skip
    assert said[1].startswith("Ahead of random: ")
    assert "told apart" not in said[1]


def test_nothing_beats_random():
    said = _say(make_results(_centres(margin=0.6, random=0.6, coreset=0.5)))
    assert said[1].startswith("No strategy is ahead of random beyond the noise; behind it: coreset")
    assert said[1].endswith("not told apart from it: margin.")


def test_one_seed_says_what_to_run():
    said = _say(make_results(_centres(seeds=1, margin=0.9, random=0.5)))
    assert said == [
        "d, m, i pools: margin has the highest mean AULC (0.900), which may be chance.",
        "With one seed nothing can be said about noise: run --seeds 5.",
    ]


def test_differences_that_do_not_vary_are_not_taken_for_certain():
    said = _say(make_results({("margin",): [0.75, 1.0], ("random",): [0.5, 0.75]}))
    assert said[0].endswith("margin has the highest mean AULC (0.875), which may be chance.")
    assert said[-1] == "Where differences do not vary, nothing can be said about noise."


def test_few_seeds_say_that_more_would_help():
    said = _say(make_results(_centres(seeds=2, noise=0.01, margin=0.6, random=0.59)))
    assert "with 2 seeds" in said[0]
    assert said[-1].endswith("more seeds tell more apart: --seeds 5.")


def test_where_the_answer_differs():
    scores = {}
    for dataset, model in product(("x", "y"), ("large", "small")):
        here = dataset == "y" and model == "small"
        for name, centre in (("margin", 0.9), ("badge", 0.95 if here else 0.8), ("random", 0.6)):
            rng = np.random.default_rng([ord(dataset), ord(model[0]), ord(name[0])])
            scores[name, dataset, model] = spread(centre, 0.001, rng)
    said = _say(make_results(scores))
    assert said[0].startswith("2 datasets, 2 models, i pools: margin is ahead of the 2 other")
    assert said[2].startswith("margin against random: ahead on x by 0.3")
    assert said[3].startswith(
        "In 1 of 4 pairs of dataset and model another strategy is ahead of margin: "
        "badge on y with small by 0.0"
    )
    assert "mean ranks over these 2 tell margin apart from no other strategy" in said[4]
    assert said[5].startswith("Model: ")


def test_an_order_that_holds_on_every_dataset():
    rng = np.random.default_rng(0)
    scores = {(name, f"d{i}"): spread(centre, 0.001, rng)
              for name, centre in (("margin", 0.9), ("random", 0.5)) for i in range(6)}  # fmt: skip
    told = "mean ranks over these 6 tell margin apart from every other strategy."
    assert _say(make_results(scores))[4].endswith(told)


def test_models_and_pools_and_their_exceptions():
    scores = {}
    for dataset, model, ips in product(("x", "y"), ("large", "small"), ("random", "typiclust")):
        centre = 0.9 - 0.2 * (model == "small") + 0.3 * (model == "small" and dataset == "y")
        rng = np.random.default_rng([ord(dataset), ord(model[0]), len(ips)])
        scores["badge", dataset, model, ips] = spread(centre, 0.001, rng)
    said = _say(make_results(scores))
    assert said[0].startswith("Model: large is ahead of small by 0.05")
    assert "; but ahead of large: small on y by 0.1" in said[0]
    assert said[1].startswith("Initial pool: ")
    assert "cannot be told apart from it" in said[1]
    assert len(said) == 3  # one strategy: nothing is said of strategies


def test_a_strategy_with_too_little_is_named_and_hides_nothing():
    scores = _centres(
        margin_x=0.9, random_x=0.5, margin_y=0.9, random_y=0.5, margin_z=0.9, random_z=0.5
    )
    alone = _say(make_results(scores))
    said = _say(make_results(scores | {("mine", "x"): [0.99]}))
    assert said[:2] == alone[:2]
    assert "mine is left out: 1 run, in too few settings of the others." in said
    said = _say(make_results(_centres(margin=0.9, random=0.5) | {("mine",): [0.99]}))
    assert said[0].startswith("d, m, i pools: margin is ahead of random")
    assert "mine has too few seeds: run it with --seeds 5." in said


def test_settings_that_not_all_strategies_have_are_not_counted():
    scores = _centres(margin_x=0.9, random_x=0.5, margin_y=0.9, random_y=0.5, margin_z=0.9)
    said = _say(make_results(scores))
    assert said[0].startswith(
        "2 datasets, m, i pools, only the 2 of 3 settings that all strategies have: margin"
    )


def test_strategies_that_never_met():
    said = _say(make_results({("a", "x"): [0.5, 0.6], ("b", "y"): [0.5, 0.6]}))
    assert said == [
        "No two strategies ran in the same settings: compare those.",
        "Without seeds in common nothing can be said about noise: run --seeds 5.",
    ]


def test_nothing_to_say():
    lonely = make_results({("badge",): [0.5, 0.6]})
    assert verdicts.build(lonely, Question()) is None
    assert verdicts.build(lonely.of(Slice(strategy=["margin"])), Question()) is None


def test_names_do_not_act_on_the_terminal():
    evil = "\x1b[31mbad\u202e\nname"
    said = _say(make_results({(evil,): [0.5, 0.61], ("random",): [0.1, 0.2]}))
    assert not any("\x1b" in sentence or "\n" in sentence for sentence in said)
    assert any("␛[31mbad<U+202E> name" in sentence for sentence in said)


def test_confidence_and_metric_are_those_of_the_question():
    results = make_results(_centres(margin=0.9, random=0.88, noise=0.01))
    said = _say(results, Question(metric="macro_f1", confidence=0.9))
    assert said[-1].startswith("In brackets: 90% intervals")
    rows = {q: verdicts.build(results, Question(confidence=q)).rows.row(0, named=True)
            for q in (0.9, 0.95)}  # fmt: skip
    assert rows[0.9]["low"] > rows[0.95]["low"]
    halved = verdicts.build(results, Question(metric="macro_f1")).rows["difference"][0]
    assert halved == pytest.approx(rows[0.95]["difference"] / 2)


@settings(deadline=None, database=None, max_examples=25)
@given(st.integers(0, 10_000), st.integers(1, 4), st.sampled_from([0.0, 0.005, 0.05]))
def test_no_sentence_claims_what_its_figures_do_not_show(seed, seeds, apart):
    rng = np.random.default_rng(seed)
    names = ("random", "margin", "badge")
    scores = {
        (name, dataset, model): spread(0.5 + apart * rank, 0.01, rng, seeds)
        for rank, name in enumerate(names)
        for dataset, model in product("xy", "mn")
    }
    section = verdicts.build(make_results(scores), Question())
    rows = section.rows
    for sentence in section.blocks[0].sentences:
        grounds = rows.filter(sentence=sentence)
        assert grounds.height
        if re.search(
            r"is ahead of (the|random|margin|badge)", sentence.replace("No strategy is", "")
        ):
            assert grounds["apart"].any()
        for number in re.findall(r"by (\d\.\d+) AULC", sentence):
            found = grounds.filter("apart")["difference"].abs() - float(number)
            assert found.abs().min() < 0.0006
    assert (rows.filter("apart")["low"] * rows.filter("apart")["high"] > 0).all()


def test_the_reference_results_in_a_dozen_lines(reference):
    said = _say(reference)
    assert len(said) <= 12
    assert said[0] == (
        "4 datasets, 3 models, 3 initial pools: margin has the highest mean AULC (0.720); "
        "dropquery cannot be told apart from it with 5 seeds; 6 strategies are behind it."
    )
    assert said[1].startswith("Ahead of random: margin by 0.031 AULC [0.011, 0.051] and dropquery")
    assert any(s.startswith("Model: minilm-l6 is ahead of the 2 other models") for s in said)
    few = _say(_first_seeds(reference, 1))
    assert few[-1] == "With one seed nothing can be said about noise: run --seeds 5."
    assert not any(" ahead" in sentence for sentence in few)


def test_rows_are_figures_for_programs(reference):
    rows = verdicts.build(reference, Question()).rows
    assert set(rows["about"]) == {"strategies", "random", "elsewhere", "other datasets",
                                  "models", "initial pools", "noise"}  # fmt: skip
    lead = rows.filter(about="strategies")
    assert lead["name"].unique().to_list() == ["margin"]
    assert lead.height == 7
    rows.write_csv()  # no lists, no structures
    assert rows.write_json()


@pytest.mark.parametrize(
    ("difference", "shown"),
    [
        ((0.012, 0.004, 0.02), "0.012 AULC [0.004, 0.020]"),
        ((0.012, 0.0001, 0.02), "0.0120 AULC [0.0001, 0.0200]"),
        ((0.00001, -0.2, 0.2), "0.00001 AULC [-0.20000, 0.20000]"),
        ((0.0, 0.0, 0.0), "0.000 AULC [0.000, 0.000]"),
        ((0.012, None, None), "0.012 AULC"),
    ],
)
def test_how_a_difference_is_written(difference, shown):
    value, low, high = difference
    found = Difference("a", "b", 5, value, low, high, None, False)
    assert str(found) == shown
    back = found.turned()
    assert (back.name, back.difference) == ("b", -value)
    assert back.turned() == found


def test_how_names_are_joined():
    assert join_names(["a"]) == "a"
    assert join_names("ab") == "a and b"
    assert join_names("abcd") == "a, b, c and d"
    assert join_names("abcdef") == "a, b, c and 3 more"
