"""What is being explored: one or two runs, at one cycle. No widgets."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from tui_al.embeddings.store import Entry
from tui_al.grid.explore import (
    Choice,
    CycleView,
    Overlap,
    Predictions,
    compare_choices,
    view_cycle,
)
from tui_al.grid.messages import QueriedText
from tui_al.grid.pools import Pool
from tui_al.report.palette import Mark, name_marks, spare_mark
from tui_al.results.runs import RecordedRun, RunIdentity
from tui_al.tui.session import RunState


@dataclass(slots=True, eq=False)
class Side:
    """A run, what is here of the texts that it chose from, and the predictions so far.

    `state` is there for runs of this session: what is being computed goes on there.
    """

    run: RecordedRun
    pool: Pool
    mark: Mark
    state: RunState | None = None
    predictions: dict[int, Predictions] = field(default_factory=dict)

    def catch_up(self) -> bool:
        """Take over the cycles that the run has had since; whether there were any."""
        recorded = self.state.recorded if self.state is not None else None
        if recorded is None or len(recorded.records) <= len(self.run.records):
            return False
        self.run = recorded
        return True

    @property
    def unfinished(self) -> str:
        """Running, stopped or failed; empty for a run with all its cycles."""
        return "" if self.state is None or self.state.status == "finished" else self.state.status

    @property
    def name(self) -> str:
        return self.run.identity.strategy

    @property
    def last(self) -> int:
        """Its last cycle."""
        return len(self.run.records) - 1

    def view(self, cycle: int) -> CycleView:
        """What it did in a cycle, or in its last one."""
        return view_cycle(self.run, self.pool, cycle, self.predictions.get(min(cycle, self.last)))

    def chosen_before(self, cycle: int) -> list[int]:
        """Train-pool indices that were labeled before a cycle, as far as it has cycles."""
        records = self.run.records[: min(cycle, self.last)]
        return [index for record in records for index in record.selected]


@dataclass(slots=True)
class Exploration:
    """One or two sides, and the cycle that is shown of both."""

    sides: list[Side] = field(default_factory=list)
    cycle: int = 0

    @property
    def last(self) -> int:
        """The last cycle that any side has."""
        return max((side.last for side in self.sides), default=0)

    @property
    def labels(self) -> list[int]:
        """Labels by cycle of the side with the most cycles."""
        longest = max(self.sides, key=lambda side: side.last, default=None)
        return [record.n_labeled for record in longest.run.records] if longest else []

    @property
    def subject(self) -> str:
        """The dataset, and the model or models."""
        runs = [side.run.identity for side in self.sides]
        models = " and ".join(dict.fromkeys(run.model for run in runs))
        return f"{runs[0].dataset} × {models}" if runs else ""

    @property
    def entry(self) -> Entry | None:
        """The embedding that the map shows: the first side's."""
        return self.sides[0].pool.entry if self.sides else None

    def go(self, cycle: int) -> None:
        self.cycle = max(0, min(cycle, self.last))

    def overlap(self) -> Overlap | None:
        """What both chose; None for one side."""
        if len(self.sides) < 2:
            return None
        one, other = self.sides
        return compare_choices(one.run, other.run, self.cycle)

    def catch_up(self) -> bool:
        """Take over new cycles of running runs; who looks at the last goes on to the newest."""
        ends = [side.last for side in self.sides]
        grown = [side for side in self.sides if side.catch_up()]
        followed = [side.last for side in grown if self.cycle == ends[self.sides.index(side)]]
        self.cycle = max(followed, default=self.cycle)
        return bool(grown)

    def take(self, sides: Sequence[Side]) -> None:
        """Explore other runs; the cycle stays, as far as they have it. One that is running is
        shown where it is."""
        new = [side for side in sides if side not in self.sides]
        self.cycle = max((s.last for s in new if s.unfinished == "running"), default=self.cycle)
        self.sides = list(sides)
        if len(self.sides) == 2 and self.sides[0].mark.marker == self.sides[1].mark.marker:
            self.sides[1].mark = spare_mark([self.sides[0].mark])
        self.go(self.cycle)


def mark_of(run: RunIdentity) -> Mark:
    """The mark of a run's strategy."""
    return name_marks([run.strategy])[run.strategy]


def pool_text(side: Side, index: int) -> Choice:
    """A text of the pool that nobody chose."""
    pool = side.pool
    return Choice(
        index,
        label=pool.classes[pool.labels[index]] if pool.labels is not None else None,
        text=pool.texts[index] if pool.texts is not None else None,
    )


def in_full(choice: Choice) -> QueriedText:
    """A text to be read, with what is known of it beside its label."""
    label = "label unknown" if choice.label is None else choice.label
    if choice.predicted is not None and choice.confidence is not None:
        label += f", predicted {choice.predicted} ({choice.confidence:.0%})"
    missing = "The text is not on this machine."
    return QueriedText(choice.index, label, missing if choice.text is None else choice.text)


def counterparts(run: RunIdentity, runs: Sequence[RunIdentity]) -> list[RunIdentity]:
    """Runs that may stand beside a run: on the same dataset; those that differ by their
    strategy alone come first."""
    others = [other for other in runs if other.dataset == run.dataset and other is not run]
    others = [other for other in others if other.run_id != run.run_id]
    names = ("model", "ips", "budget", "k0", "batch", "seed")
    return sorted(
        others, key=lambda other: sum(getattr(other, n) != getattr(run, n) for n in names)
    )


def opening_runs(
    runs: Sequence[RunIdentity],
    remembered: Sequence[object],
    texts: Set[str],
    embedded: Set[tuple[str, str]],
    chosen: tuple[str, str] = ("", ""),
) -> list[RunIdentity]:
    """What to explore at first: the runs of last time while they are stored, else the newest
    whose dataset is embedded here, or whose texts are, beside one of another strategy. Of
    these, runs of the dataset and model that are `chosen` on the Live screen come first."""
    known = {run.run_id: run for run in runs}
    kept = [known[name] for name in remembered if isinstance(name, str) and name in known]
    if kept and len({run.dataset for run in kept}) == 1:
        return kept[:2]
    ranked = sorted(
        runs,
        key=lambda run: (
            (run.dataset, run.model) not in embedded,
            run.dataset not in texts,
            (run.dataset, run.model) != chosen,
        ),
    )
    if not ranked:
        return []
    first = ranked[0]
    beside = (run for run in counterparts(first, runs) if run.strategy != first.strategy)
    second = next(beside, None)
    return [first] if second is None else [first, second]
