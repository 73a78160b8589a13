"""`tui-al embed`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from tui_al.cli.options import (
    AllowPickle,
    AsJson,
    CacheDir,
    DataDir,
    Device,
    TrustCode,
    encoder_options,
)
from tui_al.paths import find_cache, find_data_dir

if TYPE_CHECKING:
    from tui_al.grid.embed import EmbeddingJob, JobRunner


def embed(
    dataset: Annotated[list[str], typer.Option(help="A dataset; repeat for more.")],
    model: Annotated[list[str], typer.Option(help="A model; repeat for more.")],
    device: Device = "auto",
    limit: Annotated[int | None, typer.Option(help="Embed a sample of N texts as NAME@N.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would take, and embed nothing.")
    ] = False,
    trust_remote_code: TrustCode = False,
    allow_pickle: AllowPickle = False,
    as_json: AsJson = False,
    cache_dir: CacheDir = None,
    data_dir: DataDir = None,
) -> None:
    """Embed every text of datasets with models, once. An interrupted one is gone on with."""
    from tui_al.catalog import find_model
    from tui_al.corpora.inventory import check_dataset
    from tui_al.corpora.load import limited_name
    from tui_al.grid.embed import JobRunner, plan_jobs

    cache, mirror = find_cache(cache_dir), find_data_dir(data_dir)
    specs = [find_model(name) for name in model]
    names = [name if limit is None else limited_name(name, limit) for name in dataset]
    for name in names:
        check_dataset(name, cache, mirror)
    options = encoder_options(device, trust_remote_code, allow_pickle)
    jobs, runner = plan_jobs(names, specs), JobRunner(cache, mirror, options)
    raise typer.Exit((_estimate if dry_run else _embed)(runner, jobs, as_json))


def _embed(runner: "JobRunner", jobs: "Sequence[EmbeddingJob]", as_json: bool) -> int:
    """Do the jobs, tell what came of them, and return the exit code."""
    from tui_al.grid.embed import Embedded, worst_exit_code
    from tui_al.report.embedding import print_outcome, show_board, tell_qualities

    outcomes = []
    with show_board(jobs) as board:
        for outcome in runner.run(jobs, board.listen):
            board.finish(outcome)
            outcomes.append(outcome)
            if as_json:
                print_outcome(outcome)
    tell_qualities([outcome for outcome in outcomes if isinstance(outcome, Embedded)])
    return worst_exit_code(outcomes)


def _estimate(runner: "JobRunner", jobs: "Sequence[EmbeddingJob]", as_json: bool) -> int:
    """Tell what the jobs would take, and return the exit code: 2 where the disk is too small."""
    from tui_al.report.embedding import print_estimates
    from tui_al.report.narration import show_progress

    with show_progress() as listener:
        estimates = list(runner.estimate(jobs, lambda _, progress: listener(progress)))
    return print_estimates(estimates, runner.cache.embeddings, as_json=as_json)
