"""A grid of experiments: any product of datasets, models, initial pools, strategies, seeds."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import product
from pathlib import Path
from typing import Any, Literal

from tui_al.catalog import find_model
from tui_al.errors import BadInput
from tui_al.grid.run import Subject, identify
from tui_al.learning.experiment import DEFAULT_CYCLES, Experiment
from tui_al.learning.strategies import check_names, initial_selections, strategies
from tui_al.results.runs import RunIdentity

Kind = Literal["curves", "ips"]
KINDS: tuple[Kind, ...] = ("curves", "ips")
SWEEP_SIZES = (20, 50, 100, 250, 300, 500, 1000, 2500, 5000)
"""Initial pools of the benchmark's sweep, as far as a train pool allows."""
DEFAULT_SEEDS = 5


@dataclass(frozen=True, slots=True)
class GridPlan:
    """Which experiments are wanted.

    "curves" runs every strategy from every initial pool; "ips" trains on initial pools of
    every size in `initial` alone, so that it has no strategies and no cycles. `budget` and
    the single `initial` of "curves" are by the rules of `Experiment` when left out.
    """

    datasets: tuple[str, ...]
    models: tuple[str, ...]
    ips: tuple[str, ...]
    strategies: tuple[str, ...]
    seeds: tuple[int, ...]
    experiment: Kind = "curves"
    initial: tuple[int, ...] = ()
    budget: int | None = None
    cycles: int = DEFAULT_CYCLES


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """One run of a grid."""

    identity: RunIdentity
    experiment: Experiment


def read_plan(path: Path) -> dict[str, Any]:
    """The entries of a TOML plan. Raises `BadInput` naming the file, and the line or entry."""
    try:
        entries = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadInput(f"cannot read the plan {path}: {reason}") from error
    except ValueError as error:  # of TOML, or of UTF-8
        raise BadInput(f"{path} is not a plan in TOML: {error}") from error
    known = [field.name for field in fields(GridPlan)]
    for name in entries:
        if name not in known:
            raise BadInput(f"{path} has an entry '{name}': a plan has {', '.join(known)}")
    return entries


def make_plan(entries: Mapping[str, Any]) -> GridPlan:
    """A plan from entries by name; what is left out is the benchmark's choice.

    `seeds` is how many (0, 1, ...) or a list. Raises `BadInput` for an entry of another kind
    and `UnknownName` for a model, initial pool or strategy that does not exist.
    """
    kind = entries.get("experiment", "curves")
    if kind not in KINDS:
        raise BadInput(f"experiment '{kind}' does not exist: give {' or '.join(KINDS)}")
    if kind == "ips" and (given := [name for name in ("strategies", "budget", "cycles")
                                    if entries.get(name) is not None]):  # fmt: skip
        raise BadInput(f"the sweep of initial pools has no {given[0]}: leave it out")
    plan = GridPlan(
        datasets=_names(entries, "datasets", None),
        models=_names(entries, "models", None),
        ips=_names(entries, "ips", initial_selections()),
        strategies=_names(entries, "strategies", tuple(strategies())) if kind == "curves" else (),
        seeds=_seeds(entries.get("seeds", DEFAULT_SEEDS)),
        experiment=kind,
        initial=_sizes(entries.get("initial"), kind),
        budget=_number("budget", entries.get("budget")),
        cycles=_number("cycles", entries.get("cycles", DEFAULT_CYCLES)) or 0,
    )
    for model in plan.models:
        find_model(model)
    for strategy in plan.strategies or ("random",):
        for ips in plan.ips:
            check_names(strategy, ips)
    return plan


def expand(plan: GridPlan, subjects: Sequence[Subject]) -> list[PlannedRun]:
    """Every run of a plan on its subjects, seed by seed, so that each seed is a whole grid.

    Raises `BadInput` for an experiment that a subject's size rules out.
    """
    runs: dict[str, PlannedRun] = {}
    for seed, subject in product(plan.seeds, subjects):
        for experiment in _experiments(plan, subject.n_pool, seed):
            try:
                identity = identify(subject, experiment)
            except BadInput as error:
                raise BadInput(f"{subject.dataset}: {error}") from error
            runs.setdefault(identity.run_id, PlannedRun(identity, experiment))
    return list(runs.values())


def left_out_by_dataset(plan: GridPlan, subjects: Iterable[Subject]) -> dict[str, tuple[int, ...]]:
    """Initial pools of a sweep that train pools cannot fill, of each dataset that has such."""
    if not _sweeps(plan):
        return {}
    sizes = {
        subject.dataset: tuple(size for size in plan.initial if size > subject.n_pool)
        for subject in subjects
    }
    return {dataset: too_large for dataset, too_large in sizes.items() if too_large}


def _experiments(plan: GridPlan, n_pool: int, seed: int) -> Iterator[Experiment]:
    if _sweeps(plan):
        for ips, size in product(plan.ips, plan.initial):
            if size <= n_pool:
                yield Experiment(ips=ips, seed=seed, budget=size, initial=size, cycles=0)
        return
    initial = plan.initial[0] if plan.initial else None
    for ips, strategy in product(plan.ips, plan.strategies):
        yield Experiment(strategy, ips, seed, plan.budget, initial, plan.cycles)


def _sweeps(plan: GridPlan) -> bool:
    return plan.experiment == "ips"


def _names(
    entries: Mapping[str, Any], name: str, default: tuple[str, ...] | None
) -> tuple[str, ...]:
    given = entries.get(name)
    if not given:
        if default is None:
            raise BadInput(f"a grid needs {name}: give --{name.rstrip('s')}, once for each")
        return default
    values = [given] if isinstance(given, str) else given
    if not isinstance(values, list | tuple) or not all(isinstance(v, str) for v in values):
        raise BadInput(f"{name} must be a list of names, not {given!r}")
    return tuple(dict.fromkeys(values))


def _seeds(given: Any) -> tuple[int, ...]:
    if isinstance(given, list | tuple):
        seeds = tuple(dict.fromkeys(_number("seeds", seed) or 0 for seed in given))
    else:
        seeds = tuple(range(_number("seeds", given) or 0))
    if not seeds or min(seeds) < 0:
        raise BadInput("seeds must be a number of at least 1, or a list of seeds from 0 on")
    return seeds


def _sizes(given: Any, kind: Kind) -> tuple[int, ...]:
    if given is None or given == ():
        return SWEEP_SIZES if kind == "ips" else ()
    values = given if isinstance(given, list | tuple) else [given]
    sizes = tuple(dict.fromkeys(_number("initial", size) or 0 for size in values))
    if kind == "curves" and len(sizes) > 1:
        raise BadInput("several initial pools are a sweep: give --experiment ips, or one --initial")
    if min(sizes, default=0) < 1:
        raise BadInput("initial must be sizes of at least 1")
    return sizes


def _number(name: str, given: Any) -> int | None:
    if given is None or (isinstance(given, int) and not isinstance(given, bool)):
        return given
    raise BadInput(f"{name} must be a whole number, not {given!r}")
