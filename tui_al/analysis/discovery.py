"""How many labels it takes to see every class, and how recall by class grows."""

import json

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tui_al.analysis.slices import CELL, RUN, Results
from tui_al.analysis.targets import BASELINE, add_interval

SETTING = (*CELL, "strategy")


def read_classes(results: Results) -> pl.DataFrame:
    """The cycles whose labels by class are known, in the order of runs and cycles.

    The columns of `Results.curves`, classes (JSON names) and the lists class_labels and
    class_recall. Runs that were stored before these were are left out.
    """
    known = results.classes.filter(pl.col("class_labels").list.len() > 0).collect()
    names = results.runs.select("run_id", "classes")
    rows = results.curves.join(known, on=["run_id", "cycle"], maintain_order="left")
    return rows.join(names, on="run_id", maintain_order="left")


def find_discoveries(rows: pl.DataFrame) -> pl.DataFrame:
    """When each run of `read_classes` has labels of every class.

    A row a run: `RUN`, run_id, classes, labels (of the first cycle at which all were seen, null
    where they never are), at_start (the initial pool has them all), unseen (classes without a
    label in the end) and end_labels (the list of labels by class in the end).
    """
    complete = pl.col("class_labels").list.min() > 0
    return rows.group_by(*RUN, "run_id", "classes", maintain_order=True).agg(
        pl.col("n_labeled").filter(complete).first().alias("labels"),
        complete.first().alias("at_start"),
        pl.col("class_labels").last().list.eval((pl.element() == 0).cast(pl.Int64)).list.sum()
        .alias("unseen"),
        pl.col("class_labels").last().alias("end_labels"),
    )  # fmt: skip


def summarise_discoveries(found: pl.DataFrame, confidence: float) -> pl.DataFrame:
    """A row a setting of `find_discoveries`, the fewest labels first within a cell.

    `SETTING`, classes (JSON), n_classes, seeds, complete (how many of them see every class),
    at_start, unseen (mean number of classes), and labels (mean) with low and high (Student's
    interval, cut at zero), null unless every seed is complete.
    """
    every = pl.col("labels").null_count() == 0
    settings = found.group_by(SETTING, maintain_order=True).agg(
        pl.col("classes").first(),
        pl.col("end_labels").first().list.len().alias("n_classes"),
        pl.len().alias("seeds"),
        pl.col("labels").count().alias("complete"),
        pl.col("at_start").sum(),
        pl.col("unseen").mean(),
        pl.when(every).then(pl.col("labels").mean()).alias("labels"),
        pl.when(every).then(pl.col("labels").cast(pl.Float64).std()).alias("std"),
    )
    order = [*CELL, "labels", "unseen"]
    settings = add_interval(settings, "labels", "seeds", confidence)
    return settings.with_columns(pl.col("low").clip(lower_bound=0)).sort(
        order, nulls_last=True, maintain_order=True
    )


def find_rarest(found: pl.DataFrame) -> pl.DataFrame:
    """The class with the fewest labels that random drew, or all strategies where it did not run.

    A row a dataset and list of classes: dataset, classes, rarest (its name), rarest_share (of
    the labels counted) and counted ("random" or "all").
    """
    rows = []
    keys = ["dataset", "classes"]
    for (dataset, classes), runs in found.group_by(keys, maintain_order=True):
        of_random = runs.filter(pl.col("strategy") == BASELINE)
        counted = runs if of_random.is_empty() else of_random
        counts = np.sum(counted["end_labels"].to_list(), axis=0)
        names = class_names(classes, len(counts))
        rarest = int(counts.argmin())
        by = "all" if of_random.is_empty() else "random"
        rows.append((dataset, classes, names[rarest], counts[rarest] / counts.sum(), by))
    schema = {"dataset": pl.String, "classes": pl.String, "rarest": pl.String,
              "rarest_share": pl.Float64, "counted": pl.String}  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def class_names(classes: object, n: int) -> list[str]:
    """The names of a run's classes from JSON, or "class 0", ... where they are not known."""
    names = json.loads(classes) if isinstance(classes, str) else []
    return [str(name) for name in names] if len(names) == n else [f"class {i}" for i in range(n)]


def average_recall(rows: pl.DataFrame) -> pl.DataFrame:
    """Recall by class and labels by class as means over seeds, from `read_classes`.

    A row a setting, cycle and class: `SETTING`, cycle, n_labeled, class, recall (of the seeds
    that have one; null for a class without test rows) and class_labels.
    """
    parts = [
        _average_lists(part, class_names(classes, int(str(n))))
        for (classes, n), part in rows.with_columns(n=pl.col("class_labels").list.len()).group_by(
            "classes", "n", maintain_order=True
        )
    ]
    return pl.concat(parts)


def _average_lists(rows: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Of runs with the same classes: arrays (rows, classes), averaged group by group."""
    keys, n = [*SETTING, "cycle"], len(names)
    rows = rows.sort(keys, maintain_order=True)
    groups = rows.group_by(keys, maintain_order=True).agg(
        pl.len().alias("size"), pl.col("n_labeled").first()
    )
    starts = groups["size"].cum_sum().shift(1, fill_value=0).to_numpy()
    unknown = pl.lit([None] * n, dtype=pl.List(pl.Float64))
    recall = pl.when(pl.col("class_recall").list.len() == n).then("class_recall").otherwise(unknown)
    shares = _stack(rows.select(recall).to_series(), n)
    present = np.isfinite(shares)
    totals = np.add.reduceat(np.where(present, shares, 0), starts)
    counts = np.add.reduceat(present.astype(np.int64), starts)
    means = np.divide(totals, counts, out=np.full(totals.shape, np.nan), where=counts > 0)
    labels = np.add.reduceat(_stack(rows["class_labels"], n), starts)
    labels /= groups["size"].to_numpy()[:, None]
    return groups.drop("size")[np.repeat(np.arange(groups.height), n)].with_columns(
        pl.Series("class", names * groups.height, pl.String),
        pl.Series("recall", means.ravel()).fill_nan(None),
        pl.Series("class_labels", labels.ravel()),
    )


def _stack(lists: pl.Series, width: int) -> NDArray[np.float64]:
    """Lists of one width as rows; NaN for null."""
    flat = lists.explode().cast(pl.Float64).fill_null(float("nan"))
    return flat.to_numpy().reshape(len(lists), width)
