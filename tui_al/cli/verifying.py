"""`tui-al verify`."""

from typing import Annotated

import typer

from tui_al.cli.options import CacheDir, DataDir
from tui_al.paths import find_cache, find_data_dir

_TOLERANCE = (
    "How far a figure may differ.  [default: nothing where the same libraries and instruction "
    "set computed it, else 0.005]"
)


def verify(
    dataset: Annotated[list[str] | None, typer.Option(help="Only these datasets.")] = None,
    model: Annotated[list[str] | None, typer.Option(help="Only these models.")] = None,
    ips: Annotated[list[str] | None, typer.Option(help="Only these initial pools.")] = None,
    strategy: Annotated[list[str] | None, typer.Option(help="Only these strategies.")] = None,
    percent: Annotated[
        float, typer.Option(min=0.0, max=100.0, help="Of the runs, but at least 5.")
    ] = 1.0,
    seed: Annotated[int | None, typer.Option(min=0, help="Draw a certain sample.")] = None,
    tolerance: Annotated[float | None, typer.Option(min=0.0, help=_TOLERANCE)] = None,
    cache_dir: CacheDir = None,
    data_dir: DataDir = None,
) -> None:
    """Compute some stored runs again and compare every cycle."""
    import secrets

    import numpy as np

    from tui_al.analysis.slices import Slice
    from tui_al.grid.verify import verify as compute_again
    from tui_al.report.narration import show_progress
    from tui_al.report.results import open_results, select_known, tell_missing
    from tui_al.report.verify import print_verification

    cache, mirror = find_cache(cache_dir), find_data_dir(data_dir)
    store = open_results(cache)
    wanted = Slice(dataset or [], model or [], ips or [], strategy or [])
    stored = store.runs().collect()
    runs = select_known(wanted, stored, cache, mirror)
    if runs.is_empty():
        tell_missing(wanted, stored)
        raise typer.Exit(1)
    drawn = secrets.randbelow(10**6) if seed is None else seed
    with show_progress() as listener:
        results = list(
            compute_again(
                store,
                runs["run_id"].to_list(),
                cache,
                np.random.default_rng(drawn),
                percent=percent,
                tolerance=tolerance,
                data_dir=mirror,
                listener=listener,
            )
        )
    if not print_verification(results, drawn):
        raise typer.Exit(1)
