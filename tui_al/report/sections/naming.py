"""How sections call what they show, and what they say about comparisons that they left out."""

from collections import Counter
from collections.abc import Sequence

import polars as pl

from tui_al.analysis.slices import Metric
from tui_al.report.cells import describe_schedule
from tui_al.report.metrics import METRIC_NAMES as METRIC_NAMES  # noqa: PLC0414  (re-exported)
from tui_al.textsafe import visible


def name_cells(cells: pl.DataFrame, names: Sequence[str]) -> list[str]:
    """A title for each row: its values of `names`, and where others share these, what
    `describe_schedule` says."""
    counts = Counter(cells.select(names).rows())
    titles = []
    for row in cells.iter_rows(named=True):
        key = tuple(row[name] for name in names)
        parts = list(map(str, key))
        if counts[key] > 1:
            parts.append(describe_schedule(row))
        titles.append(visible(", ".join(parts), one_line=True))
    return titles


def with_metric(rows: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    """The rows of a section, the metric they are about in the first column."""
    return rows.select(pl.lit(metric).alias("metric"), pl.all())


def describe_compared(kept: int, left_out: int, choices: int, choice: str) -> list[str]:
    """Sentences about groups of runs that have all choices, or lack one (`choice` in plural)."""
    if not kept:
        return [
            f"Nothing has all {choices} {choice} of this slice with everything else equal: "
            "ask for fewer of them."
        ]
    sentences = []
    if left_out:
        sentences.append(
            f"Left out {left_out} of {kept + left_out} comparisons that lack some of the "
            f"{choices} {choice}."
        )
    return sentences
