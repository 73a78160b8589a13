"""What a simulation yields. Importable without numpy, so that any process can receive it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CycleRecord:
    """One cycle: the labels just added, and the classifier fitted on all labels so far.

    `selected` are train-pool indices in the order they were chosen, `scores` the
    strategy's reason for each (higher was wanted more; empty where it has none).
    `query_seconds` is the time spent choosing them, `fit_seconds` the fit after them.
    Metrics are shares of 1 on the full test set. `note` says what the strategy left out of
    its choice, where the pool was too large to look at everything. By class, in the order of
    the dataset's classes: `class_recall` on the test set (None without test rows), and
    `class_labels`, how many labels there are so far.
    """

    cycle: int
    n_labeled: int
    accuracy: float
    balanced_accuracy: float
    macro_f1: float
    fit_seconds: float
    query_seconds: float
    selected: tuple[int, ...]
    scores: tuple[float, ...] = ()
    note: str = ""
    class_recall: tuple[float | None, ...] = ()
    class_labels: tuple[int, ...] = ()
