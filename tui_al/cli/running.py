"""`tui-al run`."""

from typing import Annotated

import typer

from tui_al.cli.options import (
    AllowPickle,
    AsJson,
    CacheDir,
    DataDir,
    Dataset,
    Device,
    Ips,
    IpsParam,
    Model,
    Param,
    Strategy,
    TrustCode,
    encoder_options,
)
from tui_al.paths import find_cache, find_data_dir


def run(
    dataset: Dataset,
    model: Model,
    ips: Ips = "random",
    strategy: Strategy = "badge",
    param: Param = None,
    ips_param: IpsParam = None,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same initial pool.")] = 0,
    budget: Annotated[int | None, typer.Option(help="Labels to spend in all.")] = None,
    initial: Annotated[int | None, typer.Option(help="Labels of the initial pool (k0).")] = None,
    cycles: Annotated[int, typer.Option(min=0, help="Query cycles after the initial pool.")] = 20,
    device: Device = "auto",
    trust_remote_code: TrustCode = False,
    allow_pickle: AllowPickle = False,
    as_json: AsJson = False,
    cache_dir: CacheDir = None,
    data_dir: DataDir = None,
) -> None:
    """Simulate one run, print a line a cycle, and store the result."""
    from tui_al.grid.run import start_run
    from tui_al.learning.experiment import Experiment
    from tui_al.learning.strategies.parameters import split_assignments
    from tui_al.report.narration import show_progress, tell, tell_notes
    from tui_al.report.run import print_run, print_run_as_json

    experiment = Experiment(
        strategy=strategy,
        ips=ips,
        seed=seed,
        budget=budget,
        initial=initial,
        cycles=cycles,
        strategy_params=split_assignments(param or ()),
        ips_params=split_assignments(ips_param or ()),
    )
    cache, mirror = find_cache(cache_dir), find_data_dir(data_dir)
    options = encoder_options(device, trust_remote_code, allow_pickle)
    with show_progress() as listener:
        started = start_run(
            dataset, model, experiment, cache, data_dir=mirror, options=options, listener=listener
        )
    records = tell_notes(started.records)
    (print_run_as_json if as_json else print_run)(started.identity, records)
    tell(f"stored as {started.identity.run_id}: see 'tui-al report --dataset {dataset}'")
