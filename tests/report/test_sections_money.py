"""The sections about targets, costs, embeddings and discovery: what they say and leave out."""

import polars as pl
import pytest
from curve_samples import make_curves, make_results

from tui_al import paths
from tui_al.analysis.slices import Slice, load_results
from tui_al.report.blocks import Lines, Prose, Table
from tui_al.report.question import Question
from tui_al.report.sections import costs, discovery, embeddings, targets
from tui_al.report.sections.costs import write_price
from tui_al.results.store import ResultStore

PRICED = Question(label_price=2.0, hour_price=36.0)
HOSTILE = "d\x1b[31m\u202e"
SHOWN = "d␛[31m<U+202E>"
ALL = (targets, costs, embeddings, discovery)


def _rise(*ends):
    """To these values at 30 labels, linearly from 0 at 10."""
    return [[0, end / 2, end] for end in ends]


CURVES = {"random": _rise(0.5, 0.52, 0.49), "s": _rise(0.9, 0.95, 0.99), "t": _rise(0.6, 0.4, 0.3)}
FLIPPED = {"random": _rise(0.9, 0.96, 0.95), "s": _rise(0.3, 0.32, 0.31), "t": _rise(0.6, 0.4, 0.3)}
LABELS = [([0.1, None], [9, 1]), ([0.2, None], [18, 2]), ([0.3, None], [27, 3])]


def _results(*, dataset="d", models=("m", "n"), classes=True, **facts):
    curves = [
        make_curves(values, model=model, dataset=dataset)
        for model, values in zip(models, (CURVES, FLIPPED), strict=False)
    ]
    labels = {run: LABELS for rows in curves for run in rows["run_id"].unique()}
    return make_results(
        *curves, classes=labels if classes else None, names=["common", "rare"], **facts
    )


def _tables(section):
    return [block for block in section.blocks if isinstance(block, Table)]


def _find(section, part):
    (table,) = [table for table in _tables(section) if part in table.title]
    return table


def _prose(section):
    prose = [block for block in section.blocks if isinstance(block, Prose)]
    return " ".join(sentence for block in prose for sentence in block.sentences)


def _column(table, title):
    (column,) = [column for column in table.columns if column.title == title]
    return table.frame[column.name].to_list()


def _check_columns(section):
    """Every column that a renderer would ask for is there, and figures are numbers."""
    for table in _tables(section):
        for column in table.columns:
            for name in (column.name, column.low, column.high, column.spread, column.tied):
                assert name is None or name in table.frame.columns
            numeric = table.frame.schema[column.name].is_numeric()
            assert (column.kind != "text") is numeric, (table.title, column.title)
    for chart in section.blocks:
        if isinstance(chart, Lines):
            assert {chart.x, chart.y, chart.series} <= set(chart.frame.columns)
            assert not chart.frame.is_empty()


@pytest.mark.parametrize("module", ALL)
def test_nothing_of_nothing(module):
    empty = _results().of(Slice(dataset=["other"]))
    assert module.build(empty, PRICED) is None


@pytest.mark.parametrize("module", ALL)
def test_columns_are_those_of_the_frames(module):
    section = module.build(_results(), PRICED)
    _check_columns(section)
    assert section.name == module.__name__.rpartition(".")[2]
    assert not section.rows.is_empty()
    section.rows.write_csv()  # no nested columns


@pytest.mark.parametrize("module", ALL)
def test_names_are_made_visible(module):
    section = module.build(_results(dataset=HOSTILE, models=(HOSTILE, "n")), PRICED)
    titles = [block.title for block in section.blocks if not isinstance(block, Prose)]
    said = " ".join([*titles, _prose(section)])
    assert SHOWN in said
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_hostile_class_names_are_made_visible():
    curves = make_curves(CURVES)
    labels = dict.fromkeys(curves["run_id"].unique(), LABELS)
    section = discovery.build(make_results(curves, classes=labels, names=[HOSTILE, "b"]), PRICED)
    (chart,) = [block for block in section.blocks if isinstance(block, Lines)]
    assert chart.frame["class"].unique().to_list() == [SHOWN]


def test_targets_name_what_is_to_be_reached():
    section = targets.build(_results(), Question())
    table = _find(section, "d x m, i pool")
    assert "accuracy 0.503, what random reaches with all its labels" in table.title
    assert _column(table, "strategy") == ["s", "random", "t"]
    assert _column(table, "seeds there") == ["3 of 3", "1 of 3", "1 of 3"]
    assert _column(table, "labels") == [21, None, None]
    assert "95%" in _prose(section)


def test_given_targets_are_a_column():
    section = targets.build(_results(), Question(metric="macro_f1", targets=(0.1, 0.2)))
    table = _find(section, "d x m")
    assert table.title.endswith("labels to reach macro-F1")
    assert _column(table, "target") == [0.1] * 3 + [0.2] * 3
    one = targets.build(_results(), Question(targets=(0.25,)))
    assert _find(one, "d x m").title.endswith("accuracy 0.250")


def test_without_random_nothing_is_saved():
    section = targets.build(_results().of(Slice(strategy=["s", "t"])), Question())
    table = _find(section, "d x m")
    assert "95% of what the best strategy reaches" in table.title
    assert not any("saved" in column.title for column in table.columns)
    assert [table.title for table in _tables(section)] == [table.title, _find(section, "x n").title]


def test_strategies_over_all_cells():
    table = _find(targets.build(_results(), Question()), "cell by cell")
    assert _column(table, "strategy") == ["s", "t"]
    assert _column(table, "cells") == [2, 2]
    assert _column(table, "fewer labels") == [1, 0]
    assert _column(table, "not every seed there") == [1, 2]
    single = targets.build(_results(models=("m",)), Question())
    assert len(_tables(single)) == 1


def test_initial_pools_that_are_enough_are_told():
    curves = make_curves({"random": [[0.9] * 3, *_rise(0.9)], "s": [[0.9] * 3] * 2})
    table = _find(targets.build(make_results(curves), Question(targets=(0.5,))), "d x m")
    told = dict(zip(_column(table, "strategy"), _column(table, "seeds there"), strict=True))
    assert told == {"s": "2 of 2, 2 at once", "random": "2 of 2, 1 at once"}


def test_costs_need_a_price():
    assert costs.build(_results(), Question()) is None
    assert costs.build(_results(), Question(label_price=0.0)) is not None
    assert costs.build(_results(), Question(hour_price=1.0)) is not None


def test_costs_say_what_they_are_of():
    section = costs.build(_results(), PRICED)
    assert "labels at 2.00 and hours of computing at 36.00" in _prose(section)
    table = _find(section, "d x m")
    assert "not known" in table.note
    needs = [10 + 20 * 0.50333 / end for end in (0.9, 0.95, 0.99)]
    cost = sum(2 * labels + labels / 1000 for labels in needs) / 3
    assert _column(table, "cost")[0] == pytest.approx(cost, abs=0.01)
    known = _find(costs.build(_results(embedding_seconds=100.0), PRICED), "d x m")
    assert "1 min 40 s" in known.note
    assert _column(known, "cost")[0] == pytest.approx(cost + 1, abs=0.01)
    assert _column(known, "computing")[0] == pytest.approx(100 + sum(needs) / 30, abs=0.01)


def test_break_even_is_told_in_words():
    curves = make_curves(
        {
            "random": _rise(0.5, 0.52, 0.51),
            "quick": _rise(0.9, 0.91, 0.92),
            "slow": _rise(0.9, 0.93, 0.92),
            "same": _rise(0.5, 0.5, 0.53),
        }
    )
    curves = curves.with_columns(
        query_seconds=pl.when(pl.col("strategy") == "slow").then(3600.0).otherwise(0.75)
    )
    section = costs.build(make_results(curves), Question(hour_price=1.0, targets=(0.49,)))
    table = _find(section, "d x m")
    told = dict(zip(_column(table, "strategy"), _column(table, "cheaper at"), strict=True))
    assert told["quick"] == "any price"
    assert told["slow"].startswith("above 0.2")
    assert told["same"] == "unclear"
    assert told["random"] is None
    free = costs.build(make_results(curves), Question(label_price=1.0, targets=(0.49,)))
    assert "cheaper at" not in [column.title for column in _find(free, "d x m").columns]
    assert "hours of computing without a price" in _prose(free)


@pytest.mark.parametrize(
    ("price", "written"),
    [(0, "0.00"), (12345.678, "12,345.68"), (1, "1.00"), (0.5, "0.50"), (0.0423, "0.042"),
     (0.996, "1.00"), (0.00012345, "0.00012"), (2e-9, "0.000001"), (0.1, "0.10")],
)  # fmt: skip
def test_prices(price, written):
    assert write_price(price) == written


def test_embeddings_tell_what_another_model_changes():
    section = embeddings.build(_results(), Question())
    assert "d: s beats random with m, random beats s with n (i pool)" in _prose(section)
    ranks = _find(section, "ranks of strategies")
    assert [column.title for column in ranks.columns] == ["strategy", "m", "n"]
    assert dict(ranks.frame.select("strategy", ranks.columns[1].name).iter_rows())["s"] == 1
    agreement = _find(section, "agreement of models")
    assert _column(agreement, "orders reversed beyond the noise") == [1]
    assert _column(_find(section, "who is ahead"), "ahead") == [
        "s (1 other level) throughout",  # t: three seeds are few
        "random (1 other level) throughout",
    ]
    worth = _find(section, "labels for what the weaker model reaches with all 30")
    assert set(_column(worth, "strategy")) == {"random", "best"}


def test_published_scores_stand_beside_models_of_the_catalog():
    section = embeddings.build(_results(models=("minilm-l6", "glove-50")), Question())
    table = _find(section, "Models")
    published = dict(zip(_column(table, "model"), _column(table, "MTEB (published)"), strict=True))
    assert published == {"minilm-l6": 56.26, "glove-50": None}


def test_one_model_has_leaders_alone():
    section = embeddings.build(_results(models=("m",)), Question())
    (table,) = section.blocks
    assert "who is ahead" in table.title
    assert embeddings.build(_results(models=("m",)).of(Slice(strategy=["s"])), Question()) is None


def test_without_a_flip_that_is_said():
    section = embeddings.build(
        make_results(make_curves(CURVES), make_curves(CURVES, model="n")), Question()
    )
    assert "No two strategies change their order beyond the noise" in _prose(section)


def test_models_with_different_strategies_are_told():
    curves = [
        make_curves(CURVES),
        make_curves({"random": CURVES["random"], "s": CURVES["s"]}, model="n"),
    ]
    table = _find(embeddings.build(make_results(*curves), Question()), "ranks of strategies")
    assert "did not run the same strategies" in table.note
    assert not _find(embeddings.build(_results(), Question()), "ranks of strategies").note


def test_discovery_has_a_table_and_a_chart_a_cell():
    section = discovery.build(_results(models=("m",)), Question())
    prose, told, chart = section.blocks
    assert prose.sentences[0].startswith("Labels of the first cycle")
    assert told.sentences == ["d x m, i pool: every initial pool has all 2 classes."]
    assert chart.frame.select("n_labeled", "class", pl.col("recall").round(9)).rows() == [
        (10, "common", 0.1), (20, "common", 0.2), (30, "common", 0.3)
    ]  # fmt: skip
    assert "with s, the best on average" in chart.title
    assert section.rows["about"].value_counts().sort("about").rows() == [
        ("discovery", 3), ("recall", 18)
    ]  # fmt: skip


def test_discovery_names_the_rarest_class():
    curves = make_curves({"random": _rise(0.5, 0.6)})
    late = [([0.1, 0.0], [10, 0]), ([0.2, 0.1], [18, 2]), ([0.3, 0.1], [27, 3])]
    never = [([0.1, 0.0], [10, 0]), ([0.2, 0.0], [20, 0]), ([0.3, 0.0], [30, 0])]
    classes = dict(zip(curves["run_id"].unique(maintain_order=True), (late, never), strict=True))
    results = make_results(curves, classes=classes, names=["common", "rare"])
    table = _find(discovery.build(results, Question()), "until all 2 classes were seen")
    assert table.note == "Rarest class: rare, 5% of the labels that random drew."
    assert _column(table, "seeds that saw all") == ["1 of 2"]
    assert _column(table, "unseen") == [0.5]


def test_the_hardest_classes_are_at_most_six():
    curves = make_curves({"random": _rise(0.5)})
    recalls = [0.9, 0.1, 0.8, 0.2, 0.7, 0.3, 0.6, 0.4]
    classes = {curves["run_id"][0]: [(recalls, [1] * 8)] * 3}
    section = discovery.build(make_results(curves, classes=classes, names=list("abcdefgh")), PRICED)
    (chart,) = [block for block in section.blocks if isinstance(block, Lines)]
    assert chart.frame["class"].unique(maintain_order=True).to_list() == list("bdfhge")


def test_discovery_is_silent_about_older_runs():
    assert discovery.build(_results(classes=False), Question()) is None


def test_schedules_are_told_where_there_are_several():
    curves = [make_curves(CURVES), make_curves(CURVES, budget=50, k0=7)]
    section = targets.build(make_results(*curves), Question())
    titles = [table.title.partition(":")[0] for table in _tables(section)[1:]]
    assert titles == ["d x m, i pool, 7+2×10 labels", "d x m, i pool, 10+2×10 labels"]


@pytest.mark.parametrize("module", ALL)
def test_sections_over_the_reference_results(module):
    results = load_results(ResultStore(paths.find_reference()))
    section = module.build(results, PRICED)
    if section is None:
        assert module is discovery  # stored before classes were
        return
    _check_columns(section)
    cells = results.curves.select("dataset", "model", "ips").n_unique()
    assert section.rows.select("dataset", "model", "ips").drop_nulls().n_unique() == cells
