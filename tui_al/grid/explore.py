"""What stored runs did, cycle by cycle: the texts that they chose, and what these were like."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from threadpoolctl import ThreadpoolController

from tui_al.grid.pools import Pool
from tui_al.learning.learner import Learner
from tui_al.learning.records import CycleRecord
from tui_al.results.runs import RecordedRun


@dataclass(frozen=True, slots=True)
class Predictions:
    """What the classifier that was fitted before a batch made of it.

    In the order of the cycle's `selected`: the most probable class, and its probability.
    """

    cycle: int
    classes: tuple[int, ...]
    confidences: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A text that a strategy chose, at `index` of the train pool; None is what is unknown.

    `predicted` and `confidence` (a share of 1) are of the classifier before the text was
    chosen, `score` is the strategy's own reason.
    """

    index: int
    label: str | None = None
    text: str | None = None
    predicted: str | None = None
    confidence: float | None = None
    score: float | None = None

    @property
    def wrong(self) -> bool:
        """Whether the prediction was another than the label turned out to be."""
        return None not in (self.label, self.predicted) and self.label != self.predicted


@dataclass(frozen=True, slots=True)
class ClassCount:
    """How many texts of a class are in the batch, labeled so far, and in the train pool."""

    name: str
    batch: int
    so_far: int
    pool: int | None


@dataclass(frozen=True, slots=True)
class CycleView:
    """A cycle of a run. `classes` is empty where nobody knows the labels."""

    record: CycleRecord
    chosen: tuple[Choice, ...]
    classes: tuple[ClassCount, ...]

    @property
    def unseen(self) -> tuple[str, ...]:
        """Classes without a label so far."""
        return tuple(count.name for count in self.classes if not count.so_far)

    @property
    def wrong(self) -> int | None:
        """How many were predicted wrong; None without predictions."""
        known = any(choice.predicted is not None for choice in self.chosen)
        return sum(choice.wrong for choice in self.chosen) if known else None


@dataclass(frozen=True, slots=True)
class Overlap:
    """Indices of texts that both runs chose: in this cycle, so far, and as initial pools."""

    batch: frozenset[int]
    so_far: frozenset[int]
    initial: frozenset[int]


@dataclass(frozen=True, slots=True)
class Hit:
    """A text that was found, and the cycle in which each run chose it (None: in none)."""

    index: int
    cycles: tuple[int | None, ...]


def predict_batches(
    run: RecordedRun, pool: Pool, known: Container[int] = ()
) -> Iterator[Predictions]:
    """Fit the classifier of every cycle again, to the stored selections and the corpus's
    labels, and yield what it says of the next cycle's batch: the run's own predictions.

    Nothing is yielded without labels and features, nor after a cycle whose texts were not
    stored. Each is computed when it is asked for; cycles that are `known` are passed over.
    """
    if pool.labels is None or pool.features is None:
        return
    learner, blas = Learner(len(pool.classes)), ThreadpoolController()
    new: list[int] = []  # labeled since the last fit
    for last, record in pairwise(run.records):
        if not (last.selected and record.selected):
            return
        new += last.selected
        if record.cycle in known:
            continue
        with blas.limit(limits=1, user_api="blas"):
            batch = list(record.selected)
            classifier = learner.fit(pool.features[new], pool.labels[new])
            new = []
            shares = classifier.probabilities(pool.features[batch])
        classes = shares.argmax(axis=1)
        yield Predictions(
            record.cycle,
            tuple(classes.tolist()),
            tuple(shares[np.arange(len(batch)), classes].tolist()),
        )


def view_cycle(
    run: RecordedRun, pool: Pool, cycle: int, predictions: Predictions | None = None
) -> CycleView:
    """What a run did in a cycle; beyond its last, what it did in that."""
    place = min(cycle, len(run.records) - 1)
    record = run.records[place]
    if predictions is not None and predictions.cycle != record.cycle:
        predictions = None
    chosen = tuple(
        _view_choice(record, number, pool, predictions) for number in range(len(record.selected))
    )
    return CycleView(record, chosen, _count_classes(run, pool, place))


def _view_choice(
    record: CycleRecord, number: int, pool: Pool, predictions: Predictions | None
) -> Choice:
    index = record.selected[number]
    return Choice(
        index=index,
        label=pool.classes[pool.labels[index]] if pool.labels is not None else None,
        text=pool.texts[index] if pool.texts is not None else None,
        predicted=pool.classes[predictions.classes[number]] if predictions else None,
        confidence=predictions.confidences[number] if predictions else None,
        score=record.scores[number] if record.scores else None,
    )


def _count_classes(run: RecordedRun, pool: Pool, place: int) -> tuple[ClassCount, ...]:
    so_far = _labels_so_far(run, pool, place)
    before = _labels_so_far(run, pool, place - 1) if place else [0] * len(so_far)
    if not so_far:
        return ()
    counts = pool.counts or (None,) * len(so_far)
    return tuple(
        ClassCount(name, now - then, now, count)
        for name, now, then, count in zip(pool.classes, so_far, before, counts, strict=True)
    )


def _labels_so_far(run: RecordedRun, pool: Pool, place: int) -> Sequence[int]:
    """Labels by class after a cycle, as stored; older runs leave it to the corpus."""
    stored = run.records[place].class_labels
    if stored or pool.labels is None:
        return stored
    chosen = [index for record in run.records[: place + 1] for index in record.selected]
    counts: list[int] = np.bincount(pool.labels[chosen], minlength=len(pool.classes)).tolist()
    return counts


def compare_choices(one: RecordedRun, other: RecordedRun, cycle: int) -> Overlap:
    """Which texts two runs on the same pool both chose, up to a cycle."""
    batches = [_selected(run, cycle, cycle) for run in (one, other)]
    so_far = [_selected(run, 0, cycle) for run in (one, other)]
    initial = [_selected(run, 0, 0) for run in (one, other)]
    return Overlap(*(first & second for first, second in (batches, so_far, initial)))


def _selected(run: RecordedRun, first: int, last: int) -> frozenset[int]:
    records = run.records[first : last + 1]
    return frozenset(index for record in records for index in record.selected)


def find_texts(
    words: str, pool: Pool, runs: Sequence[RecordedRun], *, everywhere: bool = False
) -> list[Hit]:
    """Texts with these words in them, whatever their case, in the order they were chosen.

    Those of the pool that no run chose come last, and only with `everywhere`.
    """
    wanted = words.strip().casefold()
    if pool.texts is None or not wanted:
        return []
    cycles: list[dict[int, int]] = [
        {index: record.cycle for record in run.records for index in record.selected} for run in runs
    ]
    chosen = {index for when in cycles for index in when}
    hits = [
        Hit(index, tuple(when.get(index) for when in cycles))
        for index in (range(len(pool.texts)) if everywhere else chosen)
        if wanted in pool.texts[index].casefold()
    ]
    never = max((len(run.records) for run in runs), default=0)
    return sorted(hits, key=lambda hit: (min((c for c in hit.cycles if c is not None),
                                             default=never), hit.index))  # fmt: skip
