"""What strategies cost in seconds, by dataset."""

import json

import polars as pl

from tui_al.analysis.averages import SCHEDULE
from tui_al.analysis.slices import Results
from tui_al.analysis.times import mean_seconds, run_seconds
from tui_al.report.blocks import Block, Column, Prose, Section, Table
from tui_al.report.question import Question
from tui_al.report.sections.naming import name_cells
from tui_al.textsafe import visible

_SHOWN = {
    "query_seconds": "Seconds of queries in a run",
    "seconds": "Seconds of a run: initial pool, queries and fits",
}
_COLUMNS = 5  # of seconds with their deviation, beside the names, on a line of 80


def build(results: Results, _question: Question) -> Section | None:
    """Tables of strategies by datasets, the fastest first, several models averaged."""
    if results.curves.is_empty():
        return None
    means = mean_seconds(run_seconds(results.curves))
    keys = ["dataset", *SCHEDULE]
    cells = means.select(keys).unique().sort(keys)
    titles = name_cells(cells, ["dataset"])
    wide = means.join(cells.with_row_index("place"), on=keys).pivot(
        "place",
        index="strategy",
        values=[name + end for name in _SHOWN for end in ("", "_sd")],
    )
    blocks: list[Block] = [
        _tabulate(wide, name, titles[first : first + _COLUMNS], first)
        for name in _SHOWN
        for first in range(0, len(titles), _COLUMNS)
    ]
    notes = [
        "Means over models, initial pools and seeds, ± the standard deviation over seeds of the "
        "same model and initial pool.",
        *_tell_uneven(means),
        _tell_where(results),
    ]
    title = "What strategies cost in seconds"
    return Section("times", title, [*blocks, Prose(notes)], means, "Table 5")


def _tabulate(wide: pl.DataFrame, name: str, titles: list[str], first: int) -> Table:
    places = range(first, first + len(titles))
    columns = [f"{name}_{place}" for place in places]
    spreads = [f"{name}_sd_{place}" for place in places]
    frame = (
        wide.filter(pl.any_horizontal(pl.col(columns).is_not_null()))
        .sort(pl.mean_horizontal(columns), "strategy")
        .select("strategy", *columns, *spreads)
    )
    shown = zip(columns, titles, spreads, strict=True)
    return Table(
        _SHOWN[name],
        frame,
        [
            Column("strategy", "strategy"),
            *(Column(column, title, "seconds", spread=spread) for column, title, spread in shown),
        ],
    )


def _tell_uneven(means: pl.DataFrame) -> list[str]:
    """Whether some means are over fewer models or initial pools than their neighbours."""
    most = pl.col("cells").max().over("dataset", *SCHEDULE)
    fewer = means.filter(pl.col("cells") < most)["strategy"].unique().sort()
    if fewer.is_empty():
        return []
    names = visible(", ".join(fewer), one_line=True)
    return [f"Not over the same models and initial pools as the others in a column: {names}."]


def _tell_where(results: Results) -> str:
    """Where the seconds were measured."""
    runs = results.runs.filter(pl.col("cycles") > 0)
    machines = {_describe(machine) for machine in runs["machine"].unique()}
    where = "; ".join(sorted(machines))
    beside = "one thread a run (in a grid, others beside it)"
    return f"Measured as the runs were computed, {beside}, on {where}."


def _describe(machine: str | None) -> str:
    try:
        facts = json.loads(machine or "")
        cores, architecture = facts["cores"], facts["architecture"]
    except (ValueError, TypeError, KeyError):
        return "an unknown machine"
    return visible(f"a machine with {cores} {architecture} cores", one_line=True)
