"""Which strategy is best, by embedding model and by dataset."""

import polars as pl

from tui_al.analysis.averages import keep_complete
from tui_al.analysis.slices import CELL, Results
from tui_al.analysis.wins import best_shares
from tui_al.report.blocks import Bars, Prose, Section
from tui_al.report.question import Question
from tui_al.report.sections.naming import METRIC_NAMES, describe_compared, with_metric

_TITLES = {"model": "embedding model", "dataset": "dataset"}


def build(results: Results, question: Question) -> Section | None:
    """The share of comparisons, over all cycles, in which each strategy is best.

    Of `rows`, `by` says whether `name` is a model or a dataset. None with fewer than two
    strategies.
    """
    strategies = results.curves["strategy"].n_unique()
    if strategies < 2:
        return None
    kept, n_kept, left_out = keep_complete(results.curves, (*CELL, "seed"), "strategy")
    shares = pl.concat(
        best_shares(kept, question.metric, [by])
        .rename({by: "name"})
        .select(pl.lit(by).alias("by"), pl.all())
        for by in _TITLES
    )
    notes = describe_compared(n_kept, left_out, strategies, "strategies")
    if n_kept:
        notes.insert(0, f"Best is the highest {METRIC_NAMES[question.metric]} of all strategies "
                     "on the same dataset, model, initial pool, seed and cycle, the initial "
                     "pool aside; ties count in equal parts.")  # fmt: skip
    charts = [_draw(part) for part in shares.partition_by("by")]
    rows = with_metric(shares, question.metric)
    title = "The best strategy, by embedding model and by dataset"
    return Section("best-share", title, [*charts, Prose(notes)], rows, "Fig. 7")


def _draw(shares: pl.DataFrame) -> Bars:
    overall = pl.col("share").sum().over("strategy")
    title = _TITLES[shares["by"][0]]
    frame = shares.sort("name", overall, "strategy", descending=[False, True, False])
    return Bars(
        f"Share of comparisons in which a strategy is best, by {title}",
        frame.select("name", "strategy", "share"),
        x="name",
        y="share",
        series="strategy",
        x_title=title,
        y_title="share of best",
    )
