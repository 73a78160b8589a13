"""Learning curves: the metric over labels, by cell."""

from collections import Counter
from typing import Any

import polars as pl

from tui_al.analysis.averages import mean_curves
from tui_al.analysis.slices import CELL, TASK, Metric, Results
from tui_al.report.blocks import Lines, Prose, Section
from tui_al.report.question import Question
from tui_al.report.sections.naming import METRIC_NAMES, name_cells, with_metric


def build(results: Results, question: Question) -> Section | None:
    """A chart a cell: means over seeds, with a band of one standard deviation.

    First comes each dataset's best cell of its best model, then the best cells of the other
    models, then the other cells: any number of charts from the front is a good selection.
    """
    if results.curves.is_empty():
        return None
    means = mean_curves(results.curves, question.metric)
    cells = _rank(means)
    rows = {cell[CELL].row(0): cell for cell in means.partition_by(CELL)}
    charts = [
        _draw(rows[cell], title, question.metric)
        for cell, title in zip(cells.rows(), name_cells(cells, TASK), strict=True)
    ]
    notes = [
        "Means over seeds; the band is one standard deviation over seeds to each side.",
        f"Charts of the highest mean {METRIC_NAMES[question.metric]} come first.",
    ]
    return Section(
        "curves",
        "Learning curves",
        [*charts, Prose(notes)],
        with_metric(means, question.metric),
        "Figs. 6, 9, 10",
    )


def _rank(means: pl.DataFrame) -> pl.DataFrame:
    """The cells (`CELL`) in the order of their charts: of cells with equally many strategies,
    the one with the higher metric over all cycles is the better."""
    best = (
        means.group_by(*CELL)
        .agg(pl.col("strategy").n_unique().alias("strategies"), pl.col("mean").mean())
        .sort("strategies", "mean", *CELL, descending=[True, True] + [False] * len(CELL))
    )
    models: dict[str, dict[str, int]] = {}
    earlier: Counter[tuple[str, str]] = Counter()
    places: list[tuple[Any, ...]] = []
    for dataset, model in best.select("dataset", "model").iter_rows():
        known = models.setdefault(dataset, {})
        places.append((earlier[dataset, model], known.setdefault(model, len(known)), dataset))
        earlier[dataset, model] += 1
    order = sorted(range(best.height), key=places.__getitem__)
    return best.select(CELL)[order]


def _draw(cell: pl.DataFrame, title: str, metric: Metric) -> Lines:
    spread = pl.col("sd").fill_null(0)
    final = pl.col("mean").sort_by("cycle").last().over("strategy")
    frame = cell.sort(final, "strategy", "cycle", descending=[True, False, False]).select(
        "n_labeled",
        "strategy",
        "mean",
        (pl.col("mean") - spread).alias("low"),
        (pl.col("mean") + spread).alias("high"),
    )
    banded = cell["sd"].is_not_null().any()
    return Lines(
        title,
        frame,
        x="n_labeled",
        y="mean",
        series="strategy",
        x_title="labels",
        y_title=METRIC_NAMES[metric],
        low="low" if banded else None,
        high="high" if banded else None,
    )
