"""Made-up curves and results, as the analyses read them."""

import json
from datetime import UTC, datetime, timedelta

import polars as pl

from tui_al.analysis.slices import CELL, RUN, Results

CELL_OF = {"dataset": "d", "model": "m", "ips": "i", "oracle": "labels", "budget": 99}
FIT, QUERY = 0.25, 0.75  # seconds a cycle


def make_curves(values, labels=(10, 20, 30), **cell):
    """Curves of one cell: `values` maps strategy to the accuracies of each seed (a list of
    lists, None for a seed that did not run)."""
    base = CELL_OF | {"k0": labels[0], "batch": 10, "cycles": len(labels) - 1} | cell
    rows = [
        base | {
            "strategy": strategy, "seed": seed, "cycle": cycle, "n_labeled": n,
            "run_id": "-".join(str(part) for part in (*base.values(), strategy, seed)),
            "accuracy": float(value), "balanced_accuracy": value / 2, "macro_f1": value / 3,
            "fit_seconds": FIT, "query_seconds": QUERY,
        }
        for strategy, seeds in values.items()
        for seed, curve in enumerate(seeds)
        if curve is not None
        for cycle, (n, value) in enumerate(zip(labels, curve, strict=True))
    ]  # fmt: skip
    return pl.DataFrame(rows)


def make_results(*curves, classes=None, names=None, embedding_seconds=None):
    """Results of such curves. `classes` maps run_id to (recalls, labels), lists a cycle."""
    rows = pl.concat(curves)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    runs = rows.select("run_id", *RUN).unique(maintain_order=True).with_row_index("n")
    runs = runs.with_columns(
        pl.lit("s").alias("setting"),
        (pl.lit(start) + pl.col("n") * timedelta(hours=1)).alias("finished_at"),
        pl.lit(None if names is None else json.dumps(names), pl.String).alias("classes"),
        pl.lit(embedding_seconds, pl.Float64).alias("embedding_seconds"),
    ).drop("n")
    by_cycle = [
        (run, cycle, *((classes or {}).get(run) or _unknown(rows, run))[cycle])
        for run, cycle in rows.select("run_id", "cycle").iter_rows()
    ]
    schema = {"run_id": pl.String, "cycle": pl.Int64, "class_recall": pl.List(pl.Float64),
              "class_labels": pl.List(pl.Int64)}  # fmt: skip
    frame = pl.DataFrame(by_cycle, schema=schema, orient="row")
    return Results(runs, rows, rows.clear(), frame.lazy(), runs.clear())


def _unknown(rows, run):
    return [(None, None)] * rows.filter(pl.col("run_id") == run).height


def cell_of(frame):
    """The frame without the columns of its cell."""
    return frame.drop(CELL)
