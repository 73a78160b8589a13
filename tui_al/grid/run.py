"""One run: simulate, stream the cycles, store the result when it is complete."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from tui_al.embeddings.encoders import EncoderOptions
from tui_al.grid.prepare import Prepared, prepare
from tui_al.learning.experiment import Experiment
from tui_al.learning.records import CycleRecord
from tui_al.learning.simulate import simulate
from tui_al.learning.strategies import check_names, make_strategy
from tui_al.learning.strategies.base import Strategy
from tui_al.paths import Cache, make_folder
from tui_al.progress import ProgressListener, ignore_progress
from tui_al.results.runs import RunIdentity
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
    options: EncoderOptions | None = None,
    listener: ProgressListener = ignore_progress,
) -> StartedRun:
    """From names to a run: check, load, embed what is missing, and get ready to compute."""
    make_both(experiment)  # a wrong name or parameter is refused before anything is embedded
    prepared = prepare(
        dataset,
        model,
        cache,
        experiment=experiment,
        data_dir=data_dir,
        options=options,
        listener=listener,
    )
    make_folder(cache.runs)  # before the work, not after it
    records = run_experiment(prepared, experiment, ResultStore(cache.runs))
    return StartedRun(identify_run(prepared, experiment), prepared, records)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a run's identity takes from an embedded dataset: no texts and no matrices.

    `key` names exactly this embedding of exactly this text.
    """

    dataset: str
    model: str
    n_pool: int
    budget: int | None
    key: str

    @property
    def names(self) -> tuple[str, str]:
        """The dataset's and the model's."""
        return self.dataset, self.model


def identify_run(prepared: Prepared, experiment: Experiment) -> RunIdentity:
    """The identity of a run on prepared data."""
    data = prepared.data
    subject = Subject(data.name, data.model, len(data.train_x), data.budget, prepared.key)
    return identify(subject, experiment)


def identify(subject: Subject, experiment: Experiment) -> RunIdentity:
    """The identity of a run. Its id is a digest of the resolved experiment and the embedding.

    A budget left to the dataset and the same budget spelled out are the same run, and so
    are a strategy parameter left out and the same value spelled out.
    """
    schedule = experiment.schedule(subject.n_pool, subject.budget)
    strategy, selection = make_both(experiment)
    resolved = replace(
        experiment,
        budget=schedule.budget,
        initial=schedule.initial,
        strategy_params=asdict(strategy),
        ips_params=asdict(selection),
    )
    facts = {"experiment": resolved.as_dict(), "embedding": subject.key, "oracle": _ORACLE}
    return RunIdentity(
        run_id=_digest(facts),
        setting=_digest(facts | {"experiment": replace(resolved, seed=0).as_dict()}),
        dataset=subject.dataset,
        model=subject.model,
        ips=experiment.ips,
        strategy=experiment.strategy,
        seed=experiment.seed,
        oracle=_ORACLE,
        k0=schedule.initial,
        batch=schedule.batch,
        budget=schedule.budget,
        experiment=_canonical(facts),
    )


def stored_experiment(text: str) -> Experiment:
    """The experiment that a stored run repeats, from its JSON."""
    return Experiment(**json.loads(text)["experiment"])


def make_both(experiment: Experiment) -> tuple[Strategy, Strategy]:
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
    stopwatch = Stopwatch(simulate(prepared.data, experiment))
    records: list[CycleRecord] = []
    for record in stopwatch:
        records.append(record)
        yield record
    store.save(run, records, stopwatch.seconds, prepared.origin)


class Stopwatch:
    """Passes cycles on and counts the seconds of computing them, not of who takes them."""

    def __init__(self, cycles: Iterator[CycleRecord]) -> None:
        self._cycles = cycles
        self.seconds = 0.0

    def __iter__(self) -> Iterator[CycleRecord]:
        while True:
            started = time.perf_counter()
            record = next(self._cycles, None)
            self.seconds += time.perf_counter() - started
            if record is None:
                return
            yield record
