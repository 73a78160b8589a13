"""The section of all settings."""

from dataclasses import replace

import polars as pl
import pytest
from paired_samples import make_results

from tui_al.report.blocks import Prose, Table
from tui_al.report.question import Question
from tui_al.report.rendering.values import write_rows
from tui_al.report.sections import settings


def _said(results, confidence=0.95) -> str:
    section = settings.build(results, Question(confidence=confidence))
    (prose,) = (block for block in section.blocks if isinstance(block, Prose))
    return " ".join(prose.sentences)


def _results(*seeds: int):
    values = (0.52, 0.55, 0.53, 0.58, 0.51, 0.56)
    return make_results({("badge", f"d{n}"): values[:n] for n in seeds})


@pytest.mark.parametrize(
    ("seeds", "confidence", "words"),
    [
        ([5], 0.95, "the 95% bootstrap interval of the mean."),
        ([6, 1], 0.95, "the 95% bootstrap interval of the mean."),
        ([5], 0.99, "the 99% interval of the mean (Student's t)."),
        ([2, 3], 0.95, "the 95% interval of the mean (Student's t)."),
        ([2, 5], 0.95, "the 95% interval of the mean (bootstrap; Student's t for few seeds)."),
        ([1], 0.95, "One seed each: nothing is known of the noise."),
    ],
)
def test_the_kind_of_interval_is_told(seeds, confidence, words):
    said = _said(_results(*seeds), confidence)
    assert said.endswith(words)
    assert ("in brackets" in said) == (seeds != [1])


def test_intervals_stay_where_the_metric_can_be():
    section = settings.build(make_results({("a",): [0.7, 0.99], ("b",): [0.01, 0.3]}), Question())
    bounds = section.rows.select(pl.col("^(final|aulc)_(low|high)$"))
    assert bounds.max_horizontal().to_list() == [1.0, 1.0]
    assert bounds.min_horizontal().to_list() == [0.0, 0.0]


def test_who_is_ahead_of_all_is_marked_as_tied_with_nobody():
    section = settings.build(
        make_results(
            {
                ("first", "far"): [0.90, 0.91, 0.92, 0.91, 0.90],
                ("second", "far"): [0.50, 0.51, 0.53, 0.51, 0.50],
                ("first", "near"): [0.51, 0.55, 0.52, 0.50, 0.56],
                ("second", "near"): [0.52, 0.53, 0.55, 0.49, 0.54],
            }
        ),
        Question(),
    )
    far, near = (block for block in section.blocks if isinstance(block, Table))
    place = [column.name for column in far.columns].index("aulc")
    assert far.frame["best"].to_list() == [True, False]
    assert [row[place].mark for row in write_rows(far)] == ["", ""]
    assert [row[place].mark for row in write_rows(near)] == ["=", "="]


def test_initial_pools_alone_have_no_settings_to_show():
    results = _results(5)
    pools = results.curves.with_columns(cycles=pl.lit(0, pl.Int64)).filter(cycle=0)
    runs = results.runs.with_columns(cycles=pl.lit(0, pl.Int64))
    alone = replace(results, runs=runs, curves=pools.clear(), pools=pools)
    assert _said(alone) == (
        "These runs train on an initial pool alone: the section pool-accuracy has them."
    )
    assert settings.build(alone, Question()).rows.height == 1
