"""Curves of some rows of the results, one over the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from rich.cells import cell_len, set_cell_size

from tui_al.analysis.browse import SPREAD, Stored, View
from tui_al.report.palette import STRATEGY_MARKS, Mark, spare_mark
from tui_al.textsafe import visible
from tui_al.tui.series import Metric, Series

_LONGEST_WORD = 24  # cells; the table has the whole name
MOST_CURVES = 40  # a chart with more tells nothing
_TELLING = ("dataset", "model", "ips", "strategy", "seed", "budget", "cycles")


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """Which curves are wanted: of rows of a view by key, with their strategies. `here` is the
    row under the cursor, which is pointed out."""

    stored: Stored
    view: View
    rows: Mapping[str, str]
    here: str | None
    metric: Metric

    def series(self) -> list[Series]:
        """The curves of the first `MOST_CURVES` rows and of `here`, of those that are stored."""
        marks = mark_rows(self.rows)
        keys = [
            key for place, key in enumerate(marks) if place < MOST_CURVES or key == self.here
        ]  # fmt: skip
        table = self.stored.curves(self.view, keys)
        parts = {str(key): part for (key,), part in table.group_by(self.view.key)}
        there = [key for key in keys if key in parts]
        labels = _label([parts[key].row(0, named=True) for key in there], self.view.key)
        return [
            _curve(parts[key], self.metric, label, marks[key], shown=key == self.here)
            for key, label in zip(there, labels, strict=True)
        ]


def mark_rows(strategies: Mapping[str, str]) -> dict[str, Mark]:
    """Marks of the curves of rows by key: the first of each strategy has the strategy's own."""
    marks: dict[str, Mark] = {}
    taken: set[Mark] = set()
    for key, strategy in strategies.items():
        own = STRATEGY_MARKS.get(strategy)
        marks[key] = own if own is not None and own not in taken else spare_mark(taken)
        taken.add(marks[key])
    return marks


def _curve(part: pl.DataFrame, metric: Metric, label: str, mark: Mark, *, shown: bool) -> Series:
    labels = part["labels"].to_list()
    means = metric + SPREAD in part.columns
    return Series(
        label=label,
        mark=mark,
        xs=[float(spent) for spent in labels],
        labels=labels,
        values=part[metric].to_list(),
        spreads=part[metric + SPREAD].fill_null(0.0).to_list() if means else [0.0] * len(labels),
        seeds=part["seeds"].to_list() if means else [1] * len(labels),
        shown=shown,
    )


def _label(rows: Sequence[dict[str, object]], key: str) -> list[str]:
    """What tells the curves from each other, their strategy in any case."""
    telling = [
        name
        for name in _TELLING
        if name == "strategy" or len({row[name] for row in rows if name in row}) > 1
    ]
    labels = [" ".join(_word(name, row[name]) for name in telling if name in row) for row in rows]
    if len(set(labels)) < len(labels):
        labels = [f"{label} {str(row[key])[:6]}" for label, row in zip(labels, rows, strict=True)]
    return labels


def _word(name: str, value: object) -> str:
    text = visible(str(value), one_line=True)
    if cell_len(text) > _LONGEST_WORD:
        text = set_cell_size(text, _LONGEST_WORD - 1).rstrip() + "…"
    return f"{name} {text}" if name in ("seed", "budget", "cycles") else text
