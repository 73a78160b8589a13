"""The sections that list pairs and ranks."""

import numpy as np
import polars as pl
import pytest
from paired_samples import make_results, spread

from tui_al.analysis.slices import CELL, Slice, load_results
from tui_al.paths import find_reference
from tui_al.report.blocks import RankLine, Table
from tui_al.report.question import Question
from tui_al.report.sections import comparisons, ranks
from tui_al.results.store import ResultStore


@pytest.fixture(scope="module")
def reference():
    return load_results(ResultStore(find_reference()))


@pytest.fixture
def small():
    rng = np.random.default_rng(1)
    return make_results(
        {
            (name, dataset): spread(centre, 0.001, rng)
            for name, centre in (("random", 0.5), ("badge", 0.9), ("margin", 0.9))
            for dataset in "xy"
        }
    )


@pytest.mark.parametrize("section", [comparisons, ranks])
def test_nothing_to_compare(section):
    lonely = make_results({("badge",): [0.5, 0.6]})
    assert section.build(lonely, Question()) is None
    assert section.build(lonely.of(Slice(strategy=["margin"])), Question()) is None


def _check(table: Table):
    for column in table.columns:
        for name in (column.name, column.low, column.high):
            assert name is None or name in table.frame.columns
    assert table.best is None or table.frame[table.best].dtype == pl.Boolean


def test_every_block_has_the_columns_it_names(reference):
    for section in (comparisons, ranks):
        built = section.build(reference, Question())
        tables = [block for block in built.blocks if isinstance(block, Table)]
        assert tables
        for table in tables:
            _check(table)
        assert built.name == section.__name__.rpartition(".")[2]
        assert built.rows.write_csv()


def test_pairs_of_the_leader_come_first(small):
    section = comparisons.build(small, Question())
    pairs, places = section.blocks
    leader = pairs.frame["first"][0]
    assert leader in ("badge", "margin")
    assert pairs.frame["first"].to_list()[:2] == [leader] * 2
    verdicts = dict(zip(pairs.frame["second"], pairs.frame["verdict"], strict=True))
    assert verdicts["random"] == "ahead"
    assert pairs.frame["verdict"].to_list().count("not told apart") == 1
    assert places.frame.select("dataset", "model").rows() == [("x", "m"), ("y", "m")]
    assert not places.frame["best"].any()
    assert places.frame["difference"].to_list() == pytest.approx([0.4, 0.4], abs=0.01)


def test_pairs_over_everything_by_place_and_by_setting(reference):
    rows = comparisons.build(reference, Question()).rows
    assert rows.columns[: len(CELL)] == list(CELL)
    given = rows.select(pl.col("dataset", "ips").is_not_null())
    assert given.group_by("dataset", "ips").len().sort("len").rows() == [
        (False, False, 28), (True, False, 12 * 28), (True, True, 36 * 28)
    ]  # fmt: skip


def test_what_was_left_out_is_noted():
    rng = np.random.default_rng(0)
    scores = {(name, dataset): spread(0.5, 0.01, rng) for name in "ab" for dataset in "xyz"}
    section = comparisons.build(make_results(scores | {("\x1bc", "x"): [0.5]}), Question())
    note = section.blocks[0].note
    assert "Left out, in too few settings of the others: ␛c." in note
    assert note.startswith("Means over 3 settings.")


@pytest.mark.parametrize(
    ("scores", "verdict"),
    [([[0.5], [0.6]], "too few seeds"), ([[0.5, 0.75], [0.25, 0.5]], "same in every seed")],
)
def test_why_there_is_no_p(scores, verdict):
    first, second = scores
    section = comparisons.build(make_results({("a",): first, ("b",): second}), Question())
    (table,) = section.blocks
    assert table.frame.select("verdict", "p_holm").rows() == [(verdict, None)]


def test_ranks_as_a_picture_and_for_programs(reference):
    section = ranks.build(reference, Question())
    line, table = section.blocks
    assert isinstance(line, RankLine)
    assert line.names[0] == "margin"
    assert line.distance == pytest.approx(5.25, abs=0.01)
    assert all(set(group) <= set(line.names) for group in line.groups)
    assert "Friedman chi-square 17.74 (p 0.013)" in line.note
    assert table.frame["rank"].to_list() == list(line.ranks)
    assert section.rows.height == 4 * 8
    first = section.rows.filter(strategy="margin")
    assert first["mean_rank"].unique().to_list() == [line.ranks[0]]
    assert first["critical_difference"].unique().to_list() == [line.distance]


def test_ranks_of_one_dataset_claim_no_distance(reference):
    section = ranks.build(reference.of(Slice(dataset=["trec6"])), Question())
    line = section.blocks[0]
    assert (line.distance, line.groups) == (None, ())
    assert line.note.endswith("One dataset has no critical difference.")
    assert section.rows["critical_difference"].null_count() == section.rows.height
