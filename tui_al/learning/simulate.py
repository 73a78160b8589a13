"""The simulation loop of pool-based active learning, as a generator of records."""

import time
from collections.abc import Callable, Iterator

import numpy as np
from threadpoolctl import ThreadpoolController

from tui_al.errors import BadInput
from tui_al.learning.classifier import Classifier
from tui_al.learning.dataset import EmbeddedDataset, Labels
from tui_al.learning.experiment import Experiment, Schedule
from tui_al.learning.learner import Learner
from tui_al.learning.metrics import evaluate
from tui_al.learning.randomness import derive_generator
from tui_al.learning.records import CycleRecord
from tui_al.learning.strategies import check_names, make_strategy
from tui_al.learning.strategies.base import CycleCache, Indices, PoolView, Query, Strategy

Oracle = Callable[[Indices], Labels]
"""Answers train-pool indices (n,) with their classes (n,)."""


def simulate(
    data: EmbeddedDataset, experiment: Experiment, oracle: Oracle | None = None
) -> Iterator[CycleRecord]:
    """Run an experiment cycle by cycle: query, ask, fit, evaluate (DESIGN section 4).

    Everything is checked before the first cycle is asked for. Without an oracle the
    dataset's own labels answer. Raises `BadInput` for an impossible experiment.
    """
    schedule = experiment.schedule(len(data.train_x), data.budget)
    check_names(experiment.strategy, experiment.ips)
    select_initial = make_strategy(experiment.ips, experiment.ips_params)
    strategy = make_strategy(experiment.strategy, experiment.strategy_params)
    ask = oracle if oracle is not None else data.train_y.__getitem__
    return _on_one_thread(_cycles(data, experiment, schedule, select_initial, strategy, ask))


def _on_one_thread(cycles: Iterator[CycleRecord]) -> Iterator[CycleRecord]:
    """Compute each cycle with one BLAS thread, whatever the process allows.

    The products are small, and their last digits must not depend on how many threads share
    them. Between cycles the process has its own setting back.
    """
    blas = ThreadpoolController()
    while True:
        with blas.limit(limits=1, user_api="blas"):
            record = next(cycles, None)
        if record is None:
            return
        yield record


def _cycles(
    data: EmbeddedDataset,
    experiment: Experiment,
    schedule: Schedule,
    select_initial: Strategy,
    strategy: Strategy,
    ask: Oracle,
) -> Iterator[CycleRecord]:
    labeled = np.empty(0, dtype=np.intp)
    labels = np.empty(0, dtype=np.int64)
    classifier: Classifier | None = None
    learner = Learner(data.n_classes)
    cache = CycleCache()
    for cycle in range(schedule.cycles + 1):
        chooser, n = (strategy, schedule.batch) if cycle else (select_initial, schedule.initial)
        # The initial pool depends on the seed and the IPS alone: runs are paired by seed.
        purpose = ("query", experiment.strategy) if cycle else ("initial", experiment.ips)
        view = _view(data, labeled, labels, classifier, cache if cycle else CycleCache())
        started = time.perf_counter()
        query = chooser.query(view, n, derive_generator(experiment.seed, cycle, *purpose))
        query_seconds = time.perf_counter() - started
        labeled = np.concatenate([labeled, query.indices])
        answers = _answers(ask, query.indices, data.n_classes)
        labels = np.concatenate([labels, answers])
        started = time.perf_counter()
        classifier = learner.fit(data.train_x[query.indices], answers)
        fit_seconds = time.perf_counter() - started
        yield _record(data, cycle, labels, classifier, query, fit_seconds, query_seconds)


def _answers(ask: Oracle, indices: Indices, n_classes: int) -> Labels:
    answers = np.asarray(ask(indices))
    if answers.shape != indices.shape or answers.dtype.kind not in "iu":
        raise BadInput(f"the oracle must answer {len(indices)} texts with one integer each")
    if answers.min() < 0 or answers.max() >= n_classes:
        raise BadInput(f"the oracle answered with a class outside 0..{n_classes - 1}")
    return answers.astype(np.int64)


def _view(
    data: EmbeddedDataset,
    labeled: Indices,
    labels: Labels,
    classifier: Classifier | None,
    cache: CycleCache,
) -> PoolView:
    unlabeled = np.ones(len(data.train_x), dtype=bool)
    unlabeled[labeled] = False
    return PoolView(
        features=data.train_x,
        labeled=labeled,
        labels=labels,
        unlabeled=np.flatnonzero(unlabeled),
        n_classes=data.n_classes,
        classifier=classifier,
        cache=cache,
    )


def _record(
    data: EmbeddedDataset,
    cycle: int,
    labels: Labels,
    classifier: Classifier,
    query: Query,
    fit_seconds: float,
    query_seconds: float,
) -> CycleRecord:
    metrics = evaluate(data.test_y, classifier.predict(data.test_x), data.n_classes)
    return CycleRecord(
        cycle=cycle,
        n_labeled=len(labels),
        accuracy=metrics.accuracy,
        balanced_accuracy=metrics.balanced_accuracy,
        macro_f1=metrics.macro_f1,
        fit_seconds=fit_seconds,
        query_seconds=query_seconds,
        selected=tuple(query.indices.tolist()),
        scores=tuple(query.scores.tolist()),
        note=query.note,
        class_recall=metrics.class_recall,
        class_labels=tuple(np.bincount(labels, minlength=data.n_classes).tolist()),
    )
