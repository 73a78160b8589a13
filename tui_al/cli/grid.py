"""`tui-al grid`."""

from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui_al.cli.options import AllowPickle, CacheDir, DataDir, Device, TrustCode, encoder_options
from tui_al.errors import BadInput
from tui_al.paths import Cache, find_cache, find_data_dir

if TYPE_CHECKING:
    from tui_al.grid.execute import Workers

_KINDS = "curves: every strategy; ips: initial pools of many sizes, alone.  [default: curves]"
_INITIAL = "Labels of the initial pool; of a sweep, each size."
_PLAN = "A TOML file with all this; options given here replace its entries."
_FIT = "Keep the seeds that fit a time: 2h, 90m."
_SCHEDULER = "A Dask scheduler's address: tcp://HOST:PORT."
_RETRY = "Compute again what failed before."


class Kind(StrEnum):
    curves = "curves"
    ips = "ips"


def grid(
    dataset: Annotated[list[str] | None, typer.Option(help="A dataset; repeat for more.")] = None,
    model: Annotated[list[str] | None, typer.Option(help="A model; repeat for more.")] = None,
    ips: Annotated[
        list[str] | None, typer.Option(help="Initial pool selection.  [default: all]")
    ] = None,
    strategy: Annotated[
        list[str] | None, typer.Option(help="Query strategy.  [default: all]")
    ] = None,
    seeds: Annotated[int | None, typer.Option(min=1, help="How many seeds.  [default: 5]")] = None,
    seed: Annotated[list[int] | None, typer.Option(min=0, help="Exactly these seeds.")] = None,
    experiment: Annotated[Kind | None, typer.Option(help=_KINDS)] = None,
    budget: Annotated[int | None, typer.Option(help="Labels to spend in all.")] = None,
    initial: Annotated[list[int] | None, typer.Option(help=_INITIAL)] = None,
    cycles: Annotated[int | None, typer.Option(min=0, help="Query cycles.  [default: 20]")] = None,
    plan: Annotated[Path | None, typer.Option(help=_PLAN)] = None,
    fit: Annotated[str | None, typer.Option(help=_FIT)] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes.  [default: cores]")] = None,
    scheduler: Annotated[str | None, typer.Option(help=_SCHEDULER)] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help=_RETRY)] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print plan and cost only.")] = False,
    device: Device = "auto",
    trust_remote_code: TrustCode = False,
    allow_pickle: AllowPickle = False,
    cache_dir: CacheDir = None,
    data_dir: DataDir = None,
) -> None:
    """Compute every combination that is not stored yet.

    First it tells what that costs. Interrupted, the same command goes on.
    """
    from tui_al.grid.durations import parse_duration
    from tui_al.grid.plan import make_plan, read_plan
    from tui_al.grid.preflight import fit_into
    from tui_al.grid.session import GridSession
    from tui_al.report.grid import print_preflight, run_batches
    from tui_al.report.narration import show_progress

    if seeds and seed:
        raise BadInput("give --seeds or --seed, not both: how many, or which")
    options: dict[str, Any] = {
        "datasets": dataset,
        "models": model,
        "ips": ips,
        "strategies": strategy,
        "seeds": seed or seeds,
        "experiment": experiment and experiment.value,
        "budget": budget,
        "initial": initial,
        "cycles": cycles,
    }
    given = {name: value for name, value in options.items() if value not in (None, [])}
    wanted = make_plan((read_plan(plan) if plan else {}) | given)
    seconds = parse_duration(fit) if fit else None
    cache = find_cache(cache_dir)
    session = GridSession(
        wanted,
        cache,
        data_dir=find_data_dir(data_dir),
        options=encoder_options(device, trust_remote_code, allow_pickle),
        retry_failed=retry_failed,
    )
    with closing(_open_workers(workers, scheduler, cache)) as pool:
        with show_progress() as listener:
            preflight = session.preflight(pool.count(), listener=listener)
        if seconds is not None:
            preflight = fit_into(preflight, wanted, seconds)
        print_preflight(wanted, preflight, dry_run=dry_run)
        if dry_run or not preflight.todo:
            return
        with show_progress() as listener:
            batches = session.batches(preflight, listener=listener)
        if run_batches(batches, pool, cache).failed:
            raise typer.Exit(1)


def _open_workers(workers: int | None, scheduler: str | None, cache: Cache) -> "Workers":
    if scheduler is not None:
        if workers is not None:
            raise BadInput("a Dask cluster has its own workers: leave out --workers")
        from tui_al.grid.dask import DaskWorkers

        return DaskWorkers(scheduler, cache)
    from tui_al.grid.local import LocalWorkers, count_cores

    return LocalWorkers(workers or count_cores(), cache)
