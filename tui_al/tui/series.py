"""What a chart of runs shows: each run by itself, or means over seeds with their spread."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from math import sqrt
from typing import Literal, get_args

from tui_al.learning.records import CycleRecord
from tui_al.report.palette import Mark
from tui_al.tui.session import RunState, Session

Metric = Literal["accuracy", "balanced_accuracy", "macro_f1"]
Axis = Literal["labels", "seconds"]
METRIC_NAMES: dict[Metric, str] = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "macro_f1": "macro-F1",
}
_METRICS: tuple[Metric, ...] = get_args(Metric)


@dataclass(frozen=True, slots=True)
class View:
    """What is drawn over what; with `mean`, runs that differ by their seeds alone are one."""

    metric: Metric = "accuracy"
    axis: Axis = "labels"
    mean: bool = False

    @property
    def title(self) -> str:
        seeds = ", mean ± sd over seeds" if self.mean else ""
        return f"{METRIC_NAMES[self.metric]} over {self.axis}{seeds}"

    def at(self, cycle: int, labels: int) -> str:
        """The title of what is read at a cycle."""
        return f"{METRIC_NAMES[self.metric]} at cycle {cycle}, {labels:,} labels"

    def next_metric(self) -> "View":
        place = _METRICS.index(self.metric) + 1
        return replace(self, metric=_METRICS[place % len(_METRICS)])

    def other_axis(self) -> "View":
        return replace(self, axis="seconds" if self.axis == "labels" else "labels")


@dataclass(frozen=True, slots=True)
class Series:
    """A curve by cycle: where on the axis, the value, its standard deviation over seeds (0 for
    one seed), and how many seeds have come that far. `shown` is the one pointed out."""

    label: str
    mark: Mark
    xs: Sequence[float]
    labels: Sequence[int]
    values: Sequence[float]
    spreads: Sequence[float]
    seeds: Sequence[int]
    shown: bool

    @property
    def banded(self) -> bool:
        return any(self.spreads)

    def last(self, cycle: int | None = None) -> int:
        """The newest cycle, at most the one asked for."""
        newest = len(self.values) - 1
        return newest if cycle is None else min(cycle, newest)


def draw_from(session: Session, view: View) -> list[Series]:
    """The curves of a session, the oldest first."""
    runs = session.comparable()
    if view.mean:
        groups = [[run for run in runs if run.choices == one] for one in _kinds(runs)]
    else:
        groups = [[run] for run in runs]
    return [_curve(session, group, view) for group in groups]


def _kinds(runs: Sequence[RunState]) -> list[object]:
    return list(dict.fromkeys(run.choices for run in runs))


def _curve(session: Session, runs: Sequence[RunState], view: View) -> Series:
    axes = [_axis(run.records, view.axis) for run in runs]
    columns = range(max(len(run.records) for run in runs))
    there = [[at for at, run in enumerate(runs) if len(run.records) > t] for t in columns]
    values = [
        [float(getattr(runs[at].records[t], view.metric)) for at in there[t]] for t in columns
    ]
    return Series(
        label=session.label(runs[0], seed=not view.mean),
        mark=session.mark(runs[0].choices) if view.mean else runs[0].mark,
        xs=[_mean([axes[at][t] for at in there[t]]) for t in columns],
        labels=[runs[there[t][0]].records[t].n_labeled for t in columns],
        values=[_mean(row) for row in values],
        spreads=[_deviation(row) for row in values],
        seeds=[len(row) for row in values],
        shown=session.shown in runs,
    )


def _axis(records: Sequence[CycleRecord], axis: Axis) -> list[float]:
    if axis == "labels":
        return [float(record.n_labeled) for record in records]
    return list(accumulate(record.query_seconds + record.fit_seconds for record in records))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _deviation(values: Sequence[float]) -> float:
    """The sample's standard deviation; 0 where there is nothing to deviate from."""
    if len(values) < 2:
        return 0.0
    mean = _mean(values)
    return sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))
