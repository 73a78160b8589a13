"""A small store of made-up runs whose figures follow from their names."""

import math
from itertools import product

from tui_al.learning.records import CycleRecord
from tui_al.paths import Cache
from tui_al.results.runs import Origin, RecordedRun, RunIdentity
from tui_al.results.store import ResultStore

DATASETS = {"bbcnews": 0.95, "trec6": 0.85}
MODELS = {"minilm-l6": 0.0, "glove-50": -0.14}
POOLS = {"random": 0.0, "typiclust": 0.04}
STRATEGIES = {"random": 7.0, "margin": 4.6, "coreset": 8.0, "badge": 5.0, "dropquery": 4.4}
HOSTILE = "[bold]mine[/bold]\x1b[31m"
_CYCLES = 10


def make_run(dataset: str, model: str, ips: str, strategy: str, seed: int) -> RecordedRun:
    """A run whose accuracy nears its dataset's and model's the faster, the smaller the number
    of its strategy; seeds wiggle."""
    name = f"{dataset}-{model}-{ips}-{strategy}"
    top, number = DATASETS.get(dataset, 0.8) + MODELS[model], STRATEGIES[strategy]
    records = []
    for cycle in range(_CYCLES + 1):
        wiggle = 0.02 * math.sin(3.7 * seed + (1.9 + number) * cycle + 5 * number + len(dataset))
        reached = 1 - math.exp(-(cycle + 1.5) / number)
        accuracy = top * (0.45 + 0.55 * reached) + POOLS[ips] / (cycle + 1) + wiggle
        recall = (accuracy + 0.02, accuracy, accuracy - 0.02)
        labels = 20 + 20 * cycle
        records.append(
            CycleRecord(cycle, labels, accuracy, accuracy - 0.01, accuracy - 0.02, 0.01,
                        0.004 * number, (), class_recall=recall,
                        class_labels=(labels - 12, 12, 0 if cycle < 3 else 5))
        )  # fmt: skip
    identity = RunIdentity(f"{name}-{seed}", name, dataset, model, ips, strategy, seed, "labels",
                           20, 20, 20 + 20 * _CYCLES, "{}")  # fmt: skip
    return RecordedRun(identity, records, 1.0, Origin(None, ("a", "b", "c"), 30.0))


def store_runs(cache: Cache, **names: object) -> None:
    """Store all combinations of the names above, or of those given, with three seeds."""
    fields = {"dataset": DATASETS, "model": MODELS, "ips": POOLS, "strategy": STRATEGIES,
              "seed": range(3)} | names  # fmt: skip
    runs = [make_run(*each) for each in product(*fields.values())]
    ResultStore(cache.runs).save_batch(runs)
