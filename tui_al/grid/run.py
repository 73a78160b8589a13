"""One run: simulate, stream the cycles, store the result when it is complete."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from tui_al.grid.prepare import Prepared, prepare
from tui_al.learning.experiment import Experiment
from tui_al.learning.records import CycleRecord
from tui_al.learning.simulate import simulate
from tui_al.learning.strategies import check_names, make_strategy
from tui_al.learning.strategies.base import Strategy
from tui_al.paths import Cache, make_folder
from tui_al.progress import ProgressListener, ignore_progress
from tui_al.results.schema import RunIdentity
from tui_al.results.store import ResultStore

_ORACLE = "labels"  # the dataset's own labels answer every query


@dataclass(frozen=True, slots=True)
class StartedRun:
    """A run about to be computed: take its `records`, and it is stored after the last."""

    identity: RunIdentity
    prepared: Prepared
    records: Iterator[CycleRecord]


def start_run(
    dataset: str,
    model: str,
    experiment: Experiment,
    cache: Cache,
    *,
    data_dir: Path | None = None,
    device: str = "auto",
    listener: ProgressListener = ignore_progress,
) -> StartedRun:
    """From names to a run: check, load, embed what is missing, and get ready to compute."""
    _make_both(experiment)  # a wrong name or parameter is refused before anything is embedded
    prepared = prepare(
        dataset,
        model,
        cache,
        experiment=experiment,
        data_dir=data_dir,
        device=device,
        listener=listener,
    )
    make_folder(cache.runs)  # before the work, not after it
    records = run_experiment(prepared, experiment, ResultStore(cache.runs))
    return StartedRun(identify_run(prepared, experiment), prepared, records)


def identify_run(prepared: Prepared, experiment: Experiment) -> RunIdentity:
    """The identity of a run. Its id is a digest of the resolved experiment and the embedding.

    A budget left to the dataset and the same budget spelled out are the same run, and so
    are a strategy parameter left out and the same value spelled out.
    """
    schedule = experiment.schedule(len(prepared.data.train_x), prepared.data.budget)
    strategy, selection = _make_both(experiment)
    resolved = replace(
        experiment,
        budget=schedule.budget,
        initial=schedule.initial,
        strategy_params=asdict(strategy),
        ips_params=asdict(selection),
    )
    facts = {"experiment": resolved.as_dict(), "embedding": prepared.key, "oracle": _ORACLE}
    return RunIdentity(
        run_id=_digest(facts),
        setting=_digest(facts | {"experiment": replace(resolved, seed=0).as_dict()}),
        dataset=prepared.data.name,
        model=prepared.data.model,
        ips=experiment.ips,
        strategy=experiment.strategy,
        seed=experiment.seed,
        oracle=_ORACLE,
        k0=schedule.initial,
        batch=schedule.batch,
        budget=schedule.budget,
        experiment=_canonical(facts),
    )


def _make_both(experiment: Experiment) -> tuple[Strategy, Strategy]:
    """The query strategy and the initial pool selection, or `BadInput`."""
    check_names(experiment.strategy, experiment.ips)
    return (
        make_strategy(experiment.strategy, experiment.strategy_params),
        make_strategy(experiment.ips, experiment.ips_params),
    )


def _canonical(facts: dict[str, Any]) -> str:
    return json.dumps(facts, sort_keys=True, separators=(",", ":"))


def _digest(facts: dict[str, Any]) -> str:
    return blake2b(_canonical(facts).encode(), digest_size=12).hexdigest()


def run_experiment(
    prepared: Prepared, experiment: Experiment, store: ResultStore
) -> Iterator[CycleRecord]:
    """Yield a run's cycles as they are computed; after the last, store the run.

    Abandoning the generator stores nothing. The stored wall seconds are those of computing,
    not of whoever takes the cycles.
    """
    run = identify_run(prepared, experiment)
    cycles = simulate(prepared.data, experiment)
    records: list[CycleRecord] = []
    wall_seconds = 0.0
    while True:
        started = time.perf_counter()
        record = next(cycles, None)
        wall_seconds += time.perf_counter() - started
        if record is None:
            break
        records.append(record)
        yield record
    store.save(run, records, wall_seconds)
