"""Stored runs whose figures follow from their names, without computing any."""

from datetime import UTC, datetime, timedelta

import polars as pl

from tui_al.analysis.browse import Stored, prepare
from tui_al.learning.records import CycleRecord
from tui_al.results.runs import RecordedRun, RunIdentity
from tui_al.results.store import ResultStore

NOW = datetime.now(UTC)


def make_stored(
    datasets=("bbcnews", "trec6"),
    strategies=("badge", "random"),
    seeds=3,
    cycles=3,
    own=(),
    now=NOW,
) -> Stored:
    """Runs named dataset-strategy-seed; accuracy grows with cycle, seed and strategy's place."""
    runs, rows = [], []
    step = min(0.1, 0.4 / cycles)
    for dataset in datasets:
        for place, strategy in enumerate(strategies):
            for seed in range(seeds):
                cell = {
                    "run_id": f"{dataset}-{strategy}-{seed}", "dataset": dataset,
                    "model": "minilm-l6", "ips": "random", "oracle": "labels", "budget": 100,
                    "k0": 20, "batch": 40, "cycles": cycles - 1, "strategy": strategy,
                    "seed": seed,
                }  # fmt: skip
                runs.append(cell | {
                    "setting": f"{dataset}-{strategy}", "finished_at": now - timedelta(days=seed),
                    "classes": "[]", "embedding_seconds": None,
                })  # fmt: skip
                rows += [
                    cell | {
                        "cycle": cycle, "n_labeled": 20 + 40 * cycle,
                        "accuracy": 0.5 + step * cycle + 0.01 * seed + 0.05 * (place % 2),
                        "balanced_accuracy": 0.5, "macro_f1": 0.4,
                        "fit_seconds": 0.1, "query_seconds": 0.2,
                    }
                    for cycle in range(cycles)
                ]  # fmt: skip
    return prepare(pl.DataFrame(runs), pl.DataFrame(rows), own)


def save_runs(folder, *run_ids: str, experiment: str = "{}") -> None:
    """Store runs named dataset-strategy-seed."""
    runs = []
    for run_id in run_ids:
        dataset, strategy, seed = run_id.split("-")
        identity = RunIdentity(
            run_id, f"{dataset}-{strategy}", dataset, "minilm-l6", "random", strategy, int(seed),
            "labels", 20, 40, 100, experiment,
        )  # fmt: skip
        records = [CycleRecord(cycle, 20 + 40 * cycle, 0.5 + 0.1 * cycle, 0.5, 0.4, 0.1, 0.2, ())
                   for cycle in range(3)]  # fmt: skip
        runs.append(RecordedRun(identity, records, 1.0))
    ResultStore(folder).save_batch(runs)


def make_many() -> Stored:
    """10,000 runs of 20 cycles: 200,000 rows."""
    datasets, strategies = (tuple(f"{kind}{n:02}" for n in range(count))
                            for kind, count in (("d", 20), ("s", 100)))  # fmt: skip
    return make_stored(datasets, strategies, cycles=20, seeds=5)
