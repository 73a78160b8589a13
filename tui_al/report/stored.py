"""Stored runs that somebody looks through: the columns of their tables, and files of them."""

from collections.abc import Collection
from dataclasses import replace

from tui_al.analysis.browse import SPREAD, View
from tui_al.report.blocks import Column

_COLUMNS = (
    Column("dataset", "dataset"),
    Column("model", "model"),
    Column("ips", "IPS"),
    Column("strategy", "strategy"),
    Column("seed", "seed", "count"),
    Column("seeds", "seeds", "count"),
    Column("cycle", "cycle", "count"),
    Column("labels", "labels", "count"),
    Column("aulc", "AULC", "decimal"),
    Column("accuracy", "accuracy", "decimal"),
    Column("macro_f1", "macro-F1", "decimal"),
    Column("balanced_accuracy", "balanced", "decimal"),
    Column("seconds", "seconds", "seconds"),
    Column("fit_seconds", "fit", "seconds"),
    Column("query_seconds", "query", "seconds"),
    Column("finished", "finished (UTC)"),
    Column("origin", "origin"),
    Column("budget", "budget", "count"),
    Column("k0", "k0", "count"),
    Column("batch", "batch", "count"),
    Column("cycles", "cycles", "count"),
    Column("oracle", "oracle"),
    Column("setting", "setting"),
    Column("run_id", "run_id"),
)
COLUMNS = {column.name: column for column in _COLUMNS}
"""Every column that a view may have."""

QUIET = frozenset({"balanced_accuracy", "origin", "budget", "k0", "batch", "cycles", "oracle",
                   "setting", "run_id"})  # fmt: skip
"""Columns that are hidden until somebody asks for them."""

_AVERAGED = {"aulc", "accuracy", "macro_f1", "balanced_accuracy"}


def columns_of(view: View, hidden: Collection[str]) -> list[Column]:
    """The columns of a view that are shown; means with their standard deviation."""
    shown = [COLUMNS[name] for name in view.columns if name not in hidden]
    if not view.grouped:
        return shown
    return [
        replace(column, spread=column.name + SPREAD) if column.name in _AVERAGED else column
        for column in shown
    ]
