"""Labels until every class was seen, and how recall of the hardest classes grows."""

import polars as pl

from tui_al.analysis.discovery import (
    SETTING,
    average_recall,
    find_discoveries,
    find_rarest,
    read_classes,
    summarise_discoveries,
)
from tui_al.analysis.slices import CELL, Results, score_runs
from tui_al.analysis.targets import BASELINE
from tui_al.report.blocks import Block, Column, Lines, Prose, Section, Table
from tui_al.report.cells import split_cells
from tui_al.report.question import Question
from tui_al.report.sections.targets import seeds_there
from tui_al.textsafe import visible

_MOST_CLASSES = 6
_READING = (
    "Labels of the first cycle at which every class of the dataset had one: the mean over seeds, "
    "unless a seed never sees them all. At once: in the initial pool. Unseen: classes without a "
    "label in the end, on average."
)


def build(results: Results, question: Question) -> Section | None:
    """A table and a chart a cell."""
    known = read_classes(results)
    if known.is_empty():
        return None
    found = find_discoveries(known)
    settings = (
        summarise_discoveries(found, question.confidence)
        .join(find_rarest(found), on=["dataset", "classes"], how="left", nulls_equal=True,
              maintain_order="left")
        .drop("classes")
    )  # fmt: skip
    recall = average_recall(known)
    charts = _choose_lines(recall, known, question)
    interval = f"Intervals are of Student's t, {100 * question.confidence:g}%."
    blocks: list[Block] = [Prose([_READING, interval])]
    for title, rows in split_cells(settings):
        blocks.append(_show_cell(title, rows))
        lines = charts.join(rows.head(1), on=CELL, how="semi", maintain_order="left")
        if not lines.is_empty():
            blocks.append(_draw_cell(title, lines, rows["n_classes"][0]))
    rows = pl.concat(
        [settings.select(pl.lit("discovery").alias("about"), pl.all()),
         recall.select(pl.lit("recall").alias("about"), pl.all())],
        how="diagonal",
    )  # fmt: skip
    return Section("discovery", "Labels until every class was seen", blocks, rows)


def _choose_lines(recall: pl.DataFrame, known: pl.DataFrame, question: Question) -> pl.DataFrame:
    """The recall of each cell's hardest classes with its best strategy (by mean AULC)."""
    means = (
        score_runs(known, question.metric)
        .group_by(*CELL, "strategy", maintain_order=True)
        .agg(pl.col("aulc").mean())
        .sort("aulc", descending=True, nulls_last=True, maintain_order=True)
    )
    best = means.unique(CELL, keep="first", maintain_order=True)
    lines = recall.drop_nulls("recall").join(best, on=SETTING, how="semi", maintain_order="left")
    hardest = (
        lines.filter(pl.col("cycle") == pl.col("cycles"))
        .sort("recall", maintain_order=True)
        .group_by(CELL, maintain_order=True)
        .agg(pl.col("class").head(_MOST_CLASSES))
        .explode("class")
        .with_row_index("order")
    )
    return lines.join(hardest, on=[*CELL, "class"]).sort("order", "cycle")


def _show_cell(cell: str, rows: pl.DataFrame) -> Table | Prose:
    if (rows["at_start"] == rows["seeds"]).all():
        return Prose([f"{cell}: every initial pool has all {rows['n_classes'][0]} classes."])
    shown = rows.with_columns(
        pl.col("labels", "low", "high").round(), there=seeds_there("seeds", "complete")
    )
    columns = (
        Column("strategy", "strategy"),
        Column("labels", "labels", "count", low="low", high="high"),
        Column("there", "seeds that saw all"),
        Column("unseen", "unseen", "decimal", 1),
    )
    name, share = visible(rows["rarest"][0], one_line=True), rows["rarest_share"][0]
    title = f"{cell}: labels until all {rows['n_classes'][0]} classes were seen"
    drawn = "that random drew" if rows["counted"][0] == BASELINE else "of all strategies"
    note = f"Rarest class: {name}, {100 * share:.2g}% of the labels {drawn}."
    return Table(title, shown, columns, note=note)


def _draw_cell(cell: str, lines: pl.DataFrame, n_classes: int) -> Lines:
    strategy = lines["strategy"][0]
    which = "each class" if n_classes <= _MOST_CLASSES else f"the {_MOST_CLASSES} hardest classes"
    shown = lines.with_columns(
        pl.Series("class", [visible(name, one_line=True) for name in lines["class"]], pl.String)
    )
    return Lines(
        f"{cell}: recall of {which} with {strategy}, the best on average",
        shown, x="n_labeled", y="recall", series="class", x_title="labels", y_title="recall",
    )  # fmt: skip
