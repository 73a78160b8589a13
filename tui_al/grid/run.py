"""One run: simulate, stream the cycles, store the result when it is complete."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from hashlib import blake2b

from threadpoolctl import threadpool_limits

from tui_al.grid.prepare import Prepared
from tui_al.learning.experiment import Experiment
from tui_al.learning.records import CycleRecord
from tui_al.learning.simulate import simulate
from tui_al.learning.strategies import check_names, make_strategy
from tui_al.results.schema import RunIdentity
from tui_al.results.store import ResultStore

_ORACLE = "labels"  # the dataset's own labels answer every query


def identify_run(prepared: Prepared, experiment: Experiment) -> RunIdentity:
    """The identity of a run. Its id is a digest of the resolved experiment and the embedding.

    A budget left to the dataset and the same budget spelled out are the same run, and so
    are a strategy parameter left out and the same value spelled out.
    """
    schedule = experiment.schedule(len(prepared.data.train_x), prepared.data.budget)
    check_names(experiment.strategy, experiment.ips)
    strategy = make_strategy(experiment.strategy, experiment.strategy_params)
    selection = make_strategy(experiment.ips, experiment.ips_params)
    resolved = replace(
        experiment,
        budget=schedule.budget,
        initial=schedule.initial,
        strategy_params=asdict(strategy),
        ips_params=asdict(selection),
    )
    facts = {"experiment": resolved.as_dict(), "embedding": prepared.key, "oracle": _ORACLE}
    canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    return RunIdentity(
        run_id=blake2b(canonical.encode(), digest_size=12).hexdigest(),
        dataset=prepared.data.name,
        model=prepared.data.model,
        ips=experiment.ips,
        strategy=experiment.strategy,
        seed=experiment.seed,
        oracle=_ORACLE,
        k0=schedule.initial,
        batch=schedule.batch,
        budget=schedule.budget,
        experiment=canonical,
    )


def run_experiment(
    prepared: Prepared, experiment: Experiment, store: ResultStore
) -> Iterator[CycleRecord]:
    """Yield a run's cycles as they are computed; after the last, store the run.

    Abandoning the generator stores nothing. One BLAS thread computes: the products are
    small, and results must not depend on thread settings.
    """
    run = identify_run(prepared, experiment)
    started = time.perf_counter()
    records = []
    with threadpool_limits(1, user_api="blas"):
        for record in simulate(prepared.data, experiment):
            records.append(record)
            yield record
    store.save(run, records, time.perf_counter() - started)
