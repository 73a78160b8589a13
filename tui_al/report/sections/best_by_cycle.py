"""Which strategy is best, cycle by cycle."""

import polars as pl

from tui_al.analysis.averages import keep_complete
from tui_al.analysis.slices import CELL, Results
from tui_al.analysis.wins import best_shares
from tui_al.report.blocks import Bars, Prose, Section
from tui_al.report.phrases import count
from tui_al.report.question import Question
from tui_al.report.sections.naming import METRIC_NAMES, describe_compared, with_metric


def build(results: Results, question: Question) -> Section | None:
    """The share of cells x seeds in which each strategy is best, at each cycle; a chart for
    each number of cycles that runs have. None with fewer than two strategies."""
    strategies = results.curves["strategy"].n_unique()
    if strategies < 2:
        return None
    kept, n_kept, left_out = keep_complete(results.curves, (*CELL, "seed"), "strategy")
    shares = best_shares(kept, question.metric, ("cycles", "cycle"))
    notes = describe_compared(n_kept, left_out, strategies, "strategies")
    if n_kept:
        notes.insert(0, f"Best is the highest {METRIC_NAMES[question.metric]} of all strategies "
                     "on the same dataset, model, initial pool and seed; ties count in equal "
                     f"parts. There are {n_kept} such comparisons a cycle.")  # fmt: skip
    charts = [_draw(part) for part in shares.partition_by("cycles")]
    rows = with_metric(shares, question.metric)
    title = "The best strategy, cycle by cycle"
    return Section("best-by-cycle", title, [*charts, Prose(notes)], rows, "Fig. 5")


def _draw(shares: pl.DataFrame) -> Bars:
    overall = pl.col("share").sum().over("strategy")
    frame = shares.sort("cycle", overall, "strategy", descending=[False, True, False])
    cycles = shares["cycles"][0]
    return Bars(
        f"Share of comparisons in which a strategy is best, runs of {count(cycles, 'cycle')}",
        frame.select("cycle", "strategy", "share"),
        x="cycle",
        y="share",
        series="strategy",
        x_title="cycle",
        y_title="share of best",
    )
