"""Looking through stored runs: conditions, means over seeds, orders and pins."""

import time
from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from stored_samples import NOW, make_many, make_stored

from tui_al.analysis.browse import ALL_COLUMNS, Stored, View
from tui_al.analysis.filters import parse_filter
from tui_al.errors import BadInput


@pytest.fixture(scope="module")
def stored() -> Stored:
    return make_stored()


def that(text):
    return parse_filter(text, ALL_COLUMNS)


def filtered(stored: Stored, text: str, level="runs", *, grouped=False) -> list[str]:
    view = View(level, grouped, that(text))
    return stored.show(view)[view.key].unique(maintain_order=True).cast(pl.String).to_list()


def test_one_row_a_run_and_a_cycle(stored):
    assert stored.show(View(grouped=False)).height == 12
    assert stored.show(View("cycles", grouped=False)).height == 36
    assert stored.show(View()).height == 4
    assert stored.show(View("cycles")).height == 12


def test_means_and_deviations_over_seeds_are_those_of_the_runs(stored):
    conditions = that("dataset=trec6 badge")
    runs = stored.show(View(grouped=False, conditions=conditions))
    mean = stored.show(View(conditions=conditions))
    assert mean["seeds"].to_list() == [3]
    for name in ("accuracy", "aulc", "seconds"):
        assert mean[name][0] == pytest.approx(runs[name].mean())
        assert mean[f"{name}_sd"][0] == pytest.approx(runs[name].std())
    assert mean["finished"][0] == runs["finished"].max()


def test_one_seed_has_no_deviation():
    mean = make_stored(seeds=1).show(View())
    assert mean["accuracy_sd"].null_count() == mean.height


def test_a_run_is_scored_by_all_its_cycles(stored):
    run = stored.show(View(grouped=False, conditions=that("run_id=trec6-badge-0")))
    assert run["aulc"][0] == pytest.approx((0.5 + 0.6) / 4 + (0.6 + 0.7) / 4)
    assert run["accuracy"][0] == pytest.approx(0.7)
    assert run["labels"][0] == 100
    assert run["seconds"][0] == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dataset=trec6 strategy!=random seed=0", ["trec6-badge-0"]),
        ("TREC6 strategy=* -ran*dom -bbc badge seed=0,2", ["trec6-badge-0", "trec6-badge-2"]),
        ("!bbcnews !badge seed>1", ["trec6-random-2"]),
        ("dataset=TREC* strat=b* seed<=0", ["trec6-badge-0"]),
        ("acc>=75.5% bbc", ["bbcnews-random-1", "bbcnews-random-2"]),
        ("strategy=badge,random seed==0 dataset=trec6", ["trec6-badge-0", "trec6-random-0"]),
        ('"trec6" seed!=0,1 strategy="badge"', ["trec6-badge-2"]),
        ("finished>36h trec6 badge", ["trec6-badge-0", "trec6-badge-1"]),
        ("trec6-badge-0", []),  # digests are found by their column alone
        ("run=trec6-badge-0", ["trec6-badge-0"]),
        ("zzz", []),
        ("dataset=nowhere", []),
        ("macro-f1>0.5", []),
    ],
)  # fmt: skip
def test_conditions_keep_what_they_say(stored, text, expected):
    assert filtered(stored, text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [("dat", 0), ("trec6 macro-f", 1), ("dat ", 1), ("trec6 xyz", 2), ("bad", 1), ("", 0)],
)
def test_a_column_being_typed_is_no_word_yet(text, words):
    assert len(parse_filter(text, ALL_COLUMNS, typing=True)) == words
    assert len(that(text)) == len(text.split())


def test_a_day_is_all_of_it(stored):
    day = f"{NOW - timedelta(days=1):%Y-%m-%d}"
    assert {name[-2:] for name in filtered(stored, f"finished={day}")} == {"-1"}
    assert len(filtered(stored, f"finished!={day}")) == 8


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("dtaset=trec6", "did you mean dataset"),
        ("colour=red", "unknown column 'colour': known: accuracy"),
        ("dataset=", "dataset= what"),
        ("dataset>trec6", "dataset is text, compare it with = or !="),
        ("accuracy>high", "accuracy is a number, 'high' is none"),
        ("accuracy>nan", "'nan' is none"),
        ("accuracy>0.1,0.2", "compares with one number"),
        ("s=1", "may be strategy or seed"),
        ("finished>soon", "write an age like 12h"),
        ("cycle=3", "no such column"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said_in_one_line(stored, text, complaint):
    with pytest.raises(BadInput, match=complaint) as raised:
        filtered(stored, text)
    assert "\n" not in str(raised.value)


@given(st.text(st.sampled_from("abdes=!<>,'\"*-\\ 01.%\n\u202e"), max_size=30) | st.text())
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_filter_or_a_complaint(text):
    small = make_stored(seeds=1)
    for view in (View(grouped=False), View(), View("cycles")):
        try:
            rows = small.show(View(view.level, view.grouped, that(text)))
        except BadInput:
            continue
        assert rows.height <= small.show(view).height


def test_conditions_on_seeds_choose_what_is_averaged(stored):
    view = View(conditions=that("seed=0,1 dataset=trec6 badge"))
    mean = stored.show(view)
    assert mean["seeds"].to_list() == [2]
    assert mean["accuracy"][0] == pytest.approx(0.705)
    curve = stored.curves(view, ["trec6-badge"])
    assert curve["accuracy"].to_list() == pytest.approx([0.505, 0.605, 0.705])


def test_behind_a_mean_are_the_runs_that_it_averages(stored):
    view = View(conditions=that("seed=0,1 accuracy>0.1"))
    runs = stored.runs_of(view, ["trec6-badge"])
    assert runs["run_id"].to_list() == ["trec6-badge-0", "trec6-badge-1"]
    cycles = View("cycles", conditions=that("seed=2 cycle=1"))
    assert stored.runs_of(cycles, ["trec6-badge"])["run_id"].to_list() == ["trec6-badge-2"]


def test_conditions_on_figures_are_about_the_means(stored):
    assert filtered(stored, "accuracy>0.755", grouped=True) == ["bbcnews-random", "trec6-random"]


def test_cycles_can_be_chosen_by_their_run(stored):
    assert filtered(stored, "aulc>0.665 trec6", "cycles") == ["trec6-random-2"]


@pytest.mark.parametrize("level", ["runs", "cycles"])
@pytest.mark.parametrize("grouped", [True, False])
def test_every_column_sorts_both_ways(stored, level, grouped):
    plain = View(level, grouped)
    for column in plain.columns:
        for descending in (False, True):
            rows = stored.show(View(level, grouped, (), column, descending))
            values = rows[column].to_physical().to_list()
            assert values == sorted(values, reverse=descending)
            assert rows.height == stored.show(plain).height


def test_rows_of_equal_value_keep_their_own_order(stored):
    rows = stored.show(View(grouped=False, order="macro_f1", descending=True))
    assert_frame_equal(rows, stored.show(View(grouped=False)))


def test_pinned_rows_come_first_whatever_is_filtered(stored):
    view = View(grouped=False, conditions=that("dataset=bbcnews"), order="accuracy",
                descending=True, pinned=("trec6-badge-0", "gone"))  # fmt: skip
    assert stored.show(view)["run_id"].to_list()[:2] == ["trec6-badge-0", "bbcnews-random-2"]
    assert stored.show(view).height == 7


def test_pinned_cycles_obey_the_conditions(stored):
    rows = stored.show(View("cycles", False, that("cycle=2"), pinned=("trec6-random-2",)))
    assert rows["run_id"][0] == "trec6-random-2"
    assert rows["cycle"].unique().to_list() == [2]


def test_curves_are_the_cycles_of_their_runs(stored):
    curves = stored.curves(View(grouped=False), ["trec6-badge-1", "bbcnews-badge-0", "gone"])
    assert curves["run_id"].to_list() == ["bbcnews-badge-0"] * 3 + ["trec6-badge-1"] * 3
    assert curves["labels"].to_list() == [20, 60, 100] * 2
    assert curves["accuracy"].to_list() == pytest.approx([0.5, 0.6, 0.7, 0.51, 0.61, 0.71])
    assert stored.curves(View(), []).is_empty()


def test_whose_runs_they_are():
    own = ["trec6-badge-0", *(f"bbcnews-badge-{seed}" for seed in range(3))]
    mine = make_stored(own=own)
    origins = dict(mine.show(View()).select("setting", "origin").iter_rows())
    assert origins == {"trec6-badge": "both", "bbcnews-badge": "own",
                       "trec6-random": "shipped", "bbcnews-random": "shipped"}  # fmt: skip
    runs = mine.runs_of(View(), ["trec6-badge"])
    assert runs.filter(origin="own")["run_id"].to_list() == ["trec6-badge-0"]


def test_only_asked_columns_are_gathered(stored):
    rows = stored.show(View(grouped=False, order="aulc"), {"dataset"})
    assert set(rows.columns) == {"dataset", "run_id", "aulc"}


def test_nothing_stored_is_an_empty_table():
    some = make_stored()
    empty = Stored(some.runs.clear(), some.cycles.clear())
    for level in ("runs", "cycles"):
        for grouped in (True, False):
            assert empty.show(View(level, grouped)).is_empty()
    assert empty.curves(View(), ["x"]).is_empty()


def test_two_hundred_thousand_rows_are_looked_through_at_once():
    """Each takes under 30 ms where nothing else runs; this only notices a collapse."""
    many = make_many()
    assert many.cycles.height == 200_000
    views = [
        View("cycles", grouped=False, order="accuracy", descending=True),
        View("cycles", False, that("dataset=d1* accuracy>0.6 -s99 s"), "strategy"),
        View("cycles", grouped=True, conditions=that("seed=0,1")),
        View("cycles", grouped=False, pinned=("d01-s01-0",)),
    ]
    started = time.perf_counter()
    for view in views:
        many.show(view)
        many.curves(view, ["d01-s01", "d02-s02-0"])
    assert time.perf_counter() - started < 2
