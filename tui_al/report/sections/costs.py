"""What reaching a target costs with each strategy, and for which label prices one pays."""

import math

import polars as pl

from tui_al.analysis.costs import (
    Prices,
    compare_costs,
    find_embedding_seconds,
    summarise_costs,
)
from tui_al.analysis.slices import Results
from tui_al.analysis.targets import GOAL, choose_targets, reach_targets
from tui_al.grid.durations import format_duration
from tui_al.report.blocks import Block, Column, Prose, Section, Table
from tui_al.report.cells import split_cells
from tui_al.report.question import Question
from tui_al.report.sections.targets import begin_table, seeds_there

_LEAST_PRICE = 1e-6


def build(results: Results, question: Question) -> Section | None:
    """A table a cell; nothing without a price."""
    prices = Prices(question.label_price, question.hour_price)
    if results.curves.is_empty() or prices == Prices(None, None):
        return None
    targets = choose_targets(results.curves, question.metric, question.targets)
    if targets.is_empty():
        return None
    reached = reach_targets(results.curves, targets, question.metric)
    embedding = find_embedding_seconds(results.runs)
    costs = summarise_costs(reached, embedding, prices, question.confidence)
    savings = compare_costs(reached, prices, question.confidence).rename(
        {"low": "saved_low", "high": "saved_high"}
    )
    rows = costs.join(savings, on=[*GOAL, "strategy"], how="left", maintain_order="left")
    blocks: list[Block] = [Prose(_reading(question))]
    blocks += [_cell_table(title, cell, question) for title, cell in split_cells(rows)]
    return Section("costs", "What reaching the target costs", blocks, rows)


def _reading(question: Question) -> list[str]:
    label, hour = question.label_price, question.hour_price
    priced = [
        f"{name} {'without a price' if price is None else f'at {write_price(price)}'}"
        for name, price in (("labels", label), ("hours of computing", hour))
    ]
    sentences = [
        f"Costs are of {' and '.join(priced)}, up to the first crossing of the target: the mean "
        "over seeds, unless a seed never gets there. Computing is queries, fits and embedding.",
        "What is saved is paired by seed. Where random does not get there it counts with all "
        "that it spent, and the saving is that or more. "
        f"Intervals are of Student's t, {100 * question.confidence:g}%, each on its own.",
    ]
    if hour is not None:
        sentences.append(
            "The last column: the prices of a label at which the strategy is cheaper than "
            "random. Unclear: the interval of the labels that it saves includes zero."
        )
    return sentences


def _cell_table(cell: str, rows: pl.DataFrame, question: Question) -> Table:
    title, columns = begin_table(f"{cell}: the cost of", rows, question)
    columns += [
        Column("cost", "cost", "money", low="low", high="high"),
        Column("labels", "labels", "count"),
        Column("computing", "computing", "seconds"),
        Column("seeds_there", "seeds there"),
    ]
    if rows["cost_saved"].count():
        columns.append(Column("cost_saved", "saved", "money", low="saved_low", high="saved_high"))
        if question.hour_price is not None:
            columns.append(Column("cheaper_at", "cheaper at"))
    embedding = rows["embedding_seconds"][0]
    shown = rows.with_columns(
        pl.col("labels").round(),
        (pl.col("seconds") + pl.col("embedding_seconds").fill_null(0.0)).alias("computing"),
        pl.Series("cheaper_at", map(_cheaper_at, rows.iter_rows(named=True)), pl.String),
        seeds_there=seeds_there(),
    )
    note = (
        f"Embedding took {format_duration(embedding)}."
        if embedding is not None
        else "How long embedding took is not known: it is left out."
    )
    return Table(title, shown, columns, note=note)


def _cheaper_at(row: dict[str, object]) -> str | None:
    low, high, cheaper = row["labels_low"], row["labels_high"], row["cheaper"]
    if isinstance(low, float) and isinstance(high, float) and low <= 0 <= high:
        return "unclear"
    price = row["break_even"]
    if isinstance(price, float):
        return f"{cheaper} {write_price(price)}"
    return {"always": "any price", "never": "no price", None: None}[cheaper]  # type: ignore[index]


def write_price(price: float) -> str:
    """Two decimals, or two digits where that would be less; never an exponent."""
    if price == 0 or price >= 0.995:
        return f"{price:,.2f}"
    if price < _LEAST_PRICE:
        return f"{_LEAST_PRICE:f}"
    return f"{price:.{1 - math.floor(math.log10(price))}f}"
