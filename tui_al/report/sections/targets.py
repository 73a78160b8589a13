"""Labels that strategies need to reach a target, and what they save against random."""

import polars as pl

from tui_al.analysis.slices import Results
from tui_al.analysis.targets import (
    BASELINE,
    GOAL,
    choose_targets,
    pair_with_random,
    reach_targets,
    summarise_needs,
    summarise_savings,
)
from tui_al.report.blocks import Block, Column, Prose, Section, Table
from tui_al.report.cells import split_cells
from tui_al.report.question import Question

METRICS = {"accuracy": "accuracy", "balanced_accuracy": "balanced accuracy",
           "macro_f1": "macro-F1"}  # fmt: skip
BASES = {
    "random": "what random reaches with all its labels, on average",
    "best": "95% of what the best strategy reaches",
    "given": "",
}
_READING = (
    "Labels are those of the first crossing, interpolated between cycles: the mean over seeds, "
    "unless a seed never gets there. At once: the initial pool is enough, less might be.",
    "What is saved is paired by seed. Where random does not get there it counts with all its "
    "labels, and the saving is that or more.",
)


def build(results: Results, question: Question) -> Section | None:
    """A table a cell, and with several cells how each strategy does over them."""
    if results.curves.is_empty():
        return None
    targets = choose_targets(results.curves, question.metric, question.targets)
    if targets.is_empty():
        return None
    reached = reach_targets(results.curves, targets, question.metric)
    needs = summarise_needs(reached, question.confidence)
    savings = summarise_savings(pair_with_random(reached), question.confidence)
    rows = _join(needs, savings)
    blocks: list[Block] = [_cell_table(title, cell, question) for title, cell in split_cells(rows)]
    if len(blocks) > 1 and not savings.is_empty():
        blocks.insert(0, _overview(savings))
    sentences = [
        *_READING,
        f"Intervals are of Student's t, {100 * question.confidence:g}%, each on its own.",
    ]
    blocks.insert(0, Prose(sentences))
    return Section("targets", "Labels needed to reach a target", blocks, rows)


def _join(needs: pl.DataFrame, savings: pl.DataFrame) -> pl.DataFrame:
    renamed = savings.rename({"low": "saved_low", "high": "saved_high", "share": "saved_share"})
    return needs.join(renamed, on=[*GOAL, "strategy"], how="left", maintain_order="left")


def _cell_table(cell: str, rows: pl.DataFrame, question: Question) -> Table:
    title, columns = begin_table(f"{cell}: labels to reach", rows, question)
    columns += [
        Column("labels", "labels", "count", low="low", high="high"),
        Column("seeds_there", "seeds there"),
    ]
    if rows["saved"].count():
        columns += [
            Column("saved", "saved against random", "signed", 0, low="saved_low",
                   high="saved_high"),
            Column("saved_share", "share saved", "percent", 2),
        ]  # fmt: skip
    shown = rows.with_columns(pl.col("labels", "low", "high").round(), seeds_there=seeds_there())
    return Table(title, shown, columns)


def begin_table(begun: str, rows: pl.DataFrame, question: Question) -> tuple[str, list[Column]]:
    """The title and first columns of a table of one cell: they tell the target."""
    title, columns = f"{begun} {METRICS[question.metric]}", [Column("strategy", "strategy")]
    if rows["target"].n_unique() > 1:
        return title, [Column("target", "target", "decimal"), *columns]
    said = BASES[rows["basis"][0]]
    return f"{title} {rows['target'][0]:.3f}{said and f', {said}'}", columns


def seeds_there(seeds: str = "seeds", reached: str = "reached") -> pl.Expr:
    """How many of a column's seeds get there, in words: "3 of 5", "5 of 5, 2 at once"."""
    at_once = pl.when(pl.col("at_start") > 0).then(pl.format(", {} at once", "at_start"))
    return pl.format("{} of {}{}", reached, seeds, at_once.otherwise(pl.lit("")))


def _overview(savings: pl.DataFrame) -> Table:
    """In how many cells a strategy needs fewer or more labels than random, beyond the noise."""
    frame = (
        savings.group_by("strategy")
        .agg(
            pl.len().alias("cells"),
            (pl.col("low") > 0).sum().alias("fewer"),
            (pl.col("high") < 0).sum().alias("more"),
            pl.col("saved").null_count().alias("not_always"),
            pl.col("share").median(),
        )
        .sort("fewer", "more", "strategy", descending=[True, False, False])
    )
    columns = (
        Column("strategy", "strategy"),
        Column("cells", "cells", "count"),
        Column("fewer", "fewer labels", "count"),
        Column("more", "more labels", "count"),
        Column("not_always", "not every seed there", "count"),
        Column("share", "share saved, median", "percent", 2),
    )
    note = (
        f"Fewer, more: the interval of the labels saved against {BASELINE} lies beyond zero, each "
        "cell on its own. The median is over cells where every seed gets there."
    )
    return Table(f"Against {BASELINE}, cell by cell", frame, columns, note=note)
