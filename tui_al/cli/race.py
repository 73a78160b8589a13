"""`tui-al race`: each initial pool has a race of its own, for who wins from one may lose from
another, which a mean over them would hide."""

from contextlib import closing
from enum import StrEnum
from typing import Annotated, Any

import typer

from tui_al.cli.options import (
    AllowPickle,
    AsJson,
    CacheDir,
    DataDir,
    Dataset,
    Device,
    Metric,
    MetricName,
    Model,
    TrustCode,
    encoder_options,
)
from tui_al.paths import find_cache, find_data_dir

_IPS = "Initial pool selection; repeat for more, a race each.  [default: random]"
_STRATEGY = "Who races; repeat for more.  [default: all]"
_RISK = "Of dropping the strategy that would come first in the whole grid."
_SCORE = "aulc: area under the curve; final: after the last cycle."


class ScoreName(StrEnum):
    aulc = "aulc"
    final = "final"


def race(
    dataset: Dataset,
    model: Model,
    ips: Annotated[list[str] | None, typer.Option(help=_IPS)] = None,
    strategy: Annotated[list[str] | None, typer.Option(help=_STRATEGY)] = None,
    seeds: Annotated[int, typer.Option(help="Of the whole grid.")] = 5,
    risk: Annotated[float, typer.Option(help=_RISK)] = 0.05,
    metric: Metric = MetricName.accuracy,
    score: Annotated[ScoreName, typer.Option(help=_SCORE)] = ScoreName.aulc,
    budget: Annotated[int | None, typer.Option(help="Labels to spend in all.")] = None,
    initial: Annotated[int | None, typer.Option(help="Labels of the initial pool (k0).")] = None,
    cycles: Annotated[int, typer.Option(min=1, help="Query cycles after the initial pool.")] = 20,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes.  [default: cores]")] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Compute again what failed before.")
    ] = False,
    device: Device = "auto",
    trust_remote_code: TrustCode = False,
    allow_pickle: AllowPickle = False,
    as_json: AsJson = False,
    cache_dir: CacheDir = None,
    data_dir: DataDir = None,
) -> None:
    """Find the best strategy with fewer runs: drop, seed by seed, who cannot win.

    What is stored is not computed again. Interrupted, the same command goes on.
    """
    from tui_al.analysis.racing import Rules
    from tui_al.analysis.referee import Referee
    from tui_al.grid.local import LocalWorkers, count_cores
    from tui_al.grid.plan import make_plan
    from tui_al.grid.race import Race
    from tui_al.report.narration import show_progress
    from tui_al.report.race import run_race, tell_record
    from tui_al.report.race_board import Board
    from tui_al.report.results import open_results

    cache, mirror = find_cache(cache_dir), find_data_dir(data_dir)
    entries: dict[str, Any] = {
        "datasets": dataset,
        "models": model,
        "strategies": strategy,
        "seeds": seeds,
        "budget": budget,
        "initial": initial,
        "cycles": cycles,
    }
    rules = Rules(seeds, risk)
    plans = [make_plan(entries | {"ips": name}) for name in dict.fromkeys(ips or ["random"])]
    options = encoder_options(device, trust_remote_code, allow_pickle)
    referee = Referee(open_results(cache), rules, metric.value, score.value)
    races = [
        Race(plan, cache, referee, data_dir=mirror, options=options, retry_failed=retry_failed)
        for plan in plans
    ]
    boards = [Board(plan, referee) for plan in plans]
    with closing(LocalWorkers(workers or count_cores(), cache)) as pool:
        for each, board in zip(races, boards, strict=True):
            with show_progress() as listener:
                each.prepare(listener=listener)
            run_race(board, each.run(pool), as_json=as_json)
    tell_record(referee, as_json=as_json)
    if any(board.failed for board in boards):
        raise typer.Exit(1)
