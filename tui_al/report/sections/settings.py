"""Every setting: means over seeds with their intervals, and who leads where."""

from collections.abc import Iterator

import polars as pl

from tui_al.analysis.comparisons import compare
from tui_al.analysis.intervals import can_resample, mean_intervals
from tui_al.analysis.slices import CELL, Results, score_runs
from tui_al.analysis.summary import SETTING, summarise_settings
from tui_al.report.blocks import Block, Column, Prose, Section, Table
from tui_al.report.question import Question

_TITLES = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced",
    "macro_f1": "macro-F1",
}
_TIED = "=: not told apart from the best strategy of the same model and initial pool."


def build(results: Results, question: Question) -> Section | None:
    """All settings of the slice, best mean AULC first within a dataset and model. Intervals are
    cut at 0 and 1, beyond which no metric is."""
    scores = score_runs(pl.concat([results.curves, results.pools]), question.metric)
    if scores.is_empty():
        return None
    settings = summarise_settings(results.runs, scores)
    for score in ("final", "aulc"):
        intervals = mean_intervals(scores, SETTING, score, question.confidence).select(
            *SETTING,
            pl.col("mean").alias(f"{score}_mean"),
            pl.col("low").clip(0, 1).alias(f"{score}_low"),
            pl.col("high").clip(0, 1).alias(f"{score}_high"),
        )
        settings = settings.join(intervals, on=SETTING, maintain_order="left")
    settings = _mark(settings, scores, question).drop("aulc_mean")
    blocks: list[Block] = [*_tables(settings, question), Prose(_notes(settings, question))]
    return Section("settings", "Every setting", blocks, settings)


def _mark(settings: pl.DataFrame, scores: pl.DataFrame, question: Question) -> pl.DataFrame:
    """Add `leader` and `best`: whether a strategy is among the best of its cell, or ahead of all.

    Both are null where there is nothing to compare with.
    """
    curves = scores.filter(pl.col("cycles") > 0)
    several = curves.filter(pl.col("strategy").n_unique().over(CELL) > 1)
    compared = compare(several, by=CELL, confidence=question.confidence).means
    marks = compared.select(*CELL, pl.col("name").alias("strategy"), "leader", "best")
    return settings.join(marks, on=SETTING, how="left", maintain_order="left")


def _tables(settings: pl.DataFrame, question: Question) -> Iterator[Table]:
    """A table a dataset and model: what was spent, what came of it, and how long it took.

    What all of its settings share is said in the title, so that 80 columns have room for the
    intervals.
    """
    spent = pl.format("{}+{}×{}", "k0", "cycles", "batch").alias("spent")
    tied = (pl.col("leader") & ~pl.col("best")).alias("tied")  # who is best is tied with nobody
    curves = settings.filter(pl.col("cycles") > 0).with_columns(spent, tied)
    highest = pl.col("aulc").max().over("dataset", "model")
    best_first = curves.sort("dataset", -highest, maintain_order=True)
    for (dataset, model), rows in best_first.group_by("dataset", "model", maintain_order=True):
        alike = [name for name in ("spent", "seeds") if rows[name].n_unique() == 1]
        said = [_say(name, rows[name][0]) for name in alike]
        columns = (
            Column("ips", "initial pool"),
            Column("strategy", "strategy"),
            Column("spent", "labels"),
            Column("seeds", "seeds", "count"),
            Column("final_mean", _TITLES[question.metric], "decimal", low="final_low",
                   high="final_high"),
            Column("aulc", "AULC", "decimal", low="aulc_low", high="aulc_high", tied="tied"),
            Column("seconds", "time", "seconds"),
        )  # fmt: skip
        several = rows["leader"].is_not_null().any()
        yield Table(
            title=", ".join((f"{dataset} x {model}", *said)),
            frame=rows,
            columns=[column for column in columns if column.name not in alike],
            best="best" if several else None,
        )


def _say(name: str, value: object) -> str:
    if name == "spent":
        return f"{value} labels"
    return "1 seed" if value == 1 else f"{value} seeds"


def _notes(settings: pl.DataFrame, question: Question) -> list[str]:
    seeds = settings.filter(pl.col("cycles") > 0)["seeds"].unique()
    if seeds.is_empty():
        return ["These runs train on an initial pool alone: the section pool-accuracy has them."]
    compared = settings["leader"].is_not_null().any()
    return [_describe_intervals(seeds, question.confidence), *([_TIED] if compared else [])]


def _describe_intervals(seeds: pl.Series, confidence: float) -> str:
    kinds = {can_resample(n, confidence) for n in seeds if n > 1}
    if not kinds:
        return "One seed each: nothing is known of the noise."
    percent = f"{100 * confidence:g}%"
    which = f"{percent} interval of the mean (bootstrap; Student's t for few seeds)"
    if kinds == {True}:
        which = f"{percent} bootstrap interval of the mean"
    elif kinds == {False}:
        which = f"{percent} interval of the mean (Student's t)"
    return f"Means over seeds; in brackets the {which}."
