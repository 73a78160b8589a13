"""What a selected initial pool gains over a random one, over the cycles."""

import polars as pl

from tui_al.analysis.averages import SCHEDULE, keep_complete
from tui_al.analysis.pools import BASELINE, mean_gains, pool_gains
from tui_al.analysis.slices import Results
from tui_al.report.blocks import Block, Lines, Prose, Section
from tui_al.report.phrases import count
from tui_al.report.question import Question
from tui_al.report.sections.naming import METRIC_NAMES, describe_compared, with_metric
from tui_al.textsafe import visible

_SHOWN = "typiclust"  # the benchmark's; others are in the rows
_GROUP = ("ips", "cycles", "strategy", "cycle")
_PAIR = ("dataset", "model", "ips", *SCHEDULE, "seed")


def build(results: Results, question: Question) -> Section | None:
    """TypiClust minus random by strategy, in pairs that are equal in all else.

    Of `rows`, those without a dataset average over tasks and seeds that have all strategies,
    as the chart does; those with a dataset over all pairs of the dataset. None without pairs.
    """
    gains = pool_gains(results.curves, question.metric)
    if gains.is_empty():
        return None
    kept, n_kept, left_out = keep_complete(gains, _PAIR, "strategy")
    overall = mean_gains(kept, question.confidence, _GROUP)
    by_dataset = mean_gains(gains, question.confidence, ("ips", "dataset", *_GROUP[1:]))
    rows = pl.concat([overall.insert_column(1, _no_dataset(overall)), by_dataset])
    blocks: list[Block] = []
    notes = describe_compared(n_kept, left_out, gains["strategy"].n_unique(), "strategies")
    if n_kept:
        ips = _SHOWN if _SHOWN in overall["ips"] else min(overall["ips"])
        shown = overall.filter(ips=ips)
        blocks = [_draw(part, question) for part in shown.partition_by("cycles")]
        notes.insert(0, _explain(shown, question.confidence))
    title = "What a selected initial pool gains over a random one"
    return Section(
        "pool-gain",
        title,
        [*blocks, Prose(notes)],
        with_metric(rows, question.metric),
        "Figs. 3, 8",
    )


def _no_dataset(rows: pl.DataFrame) -> pl.Series:
    return pl.Series("dataset", [None] * rows.height, dtype=pl.String)


def _draw(means: pl.DataFrame, question: Question) -> Lines:
    ips, cycles = means.select("ips", "cycles").row(0)
    overall = pl.col("mean").mean().over("strategy")
    frame = means.sort(overall, "strategy", "cycle", descending=[True, False, False]).select(
        "cycle",
        "strategy",
        "mean",
        pl.col("low").fill_null(pl.col("mean")),
        pl.col("high").fill_null(pl.col("mean")),
    )
    banded = means["low"].is_not_null().any()
    return Lines(
        visible(f"{ips} minus {BASELINE}, over {count(cycles, 'cycle')}", one_line=True),
        frame,
        x="cycle",
        y="mean",
        series="strategy",
        x_title="cycle",
        y_title=f"gain in {METRIC_NAMES[question.metric]}",
        low="low" if banded else None,
        high="high" if banded else None,
        reference=0.0,
        kind="signed",
    )


def _explain(means: pl.DataFrame, confidence: float) -> str:
    most = max(means["tasks"])
    tasks = f"up to {most} tasks (datasets × models × schedules), taken as independent"
    units = "seeds" if most == 1 else tasks
    return (
        "Paired by task, strategy and seed, averaged over seeds and tasks; the band is the "
        f"{100 * confidence:g}% interval of the mean over {units}."
    )
