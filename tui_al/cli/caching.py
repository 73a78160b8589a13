"""`tui-al cache info`, `verify`, `prune`, `export` and `import`."""

import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from tui_al.cli.options import AsJson, CacheDir, DataDir, Dataset, Model
from tui_al.paths import find_cache, find_data_dir

cache_app = typer.Typer(
    help="What the cache holds: sizes, checks, cleaning, moving.", rich_markup_mode=None
)

Datasets = Annotated[list[str] | None, typer.Option("--dataset", help="Only these datasets.")]
Models = Annotated[list[str] | None, typer.Option("--model", help="Only these models.")]


@cache_app.command()
def info(as_json: AsJson = False, cache_dir: CacheDir = None) -> None:
    """List everything in the cache with its size."""
    from tui_al.report.storage import print_items
    from tui_al.storage.inventory import list_items

    cache = find_cache(cache_dir)
    print_items(cache, list_items(cache), as_json=as_json)


@cache_app.command()
def verify(dataset: Datasets = None, model: Models = None, cache_dir: CacheDir = None) -> None:
    """Read every byte and name the files that are damaged."""
    from tui_al.report.narration import show_progress
    from tui_al.report.storage import print_damages
    from tui_al.storage.inventory import list_items, of_names
    from tui_al.storage.verify import verify as check

    cache = find_cache(cache_dir)
    items = of_names(list_items(cache), dataset or (), model or ())
    with show_progress() as listener:
        damages = list(check(cache, items, listener))
    print_damages(damages, items)
    raise typer.Exit(1 if damages else 0)


@cache_app.command()
def prune(
    older_than: Annotated[
        str | None, typer.Option(metavar="AGE", help="Not used for 12h, 30d, 8w, or since a date.")
    ] = None,
    larger_than: Annotated[
        str | None, typer.Option(metavar="SIZE", help="Larger than 500MB, 1.5GB, 2GiB.")
    ] = None,
    keep_total: Annotated[
        str | None,
        typer.Option(metavar="SIZE", help="Only until the cache is this small, oldest first."),
    ] = None,
    dataset: Datasets = None,
    model: Models = None,
    unfinished: Annotated[
        bool, typer.Option("--unfinished", help="Embeddings that were never finished.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Remove it; without, only show it.")] = False,
    cache_dir: CacheDir = None,
) -> None:
    """Show, and with --yes remove, what meets all criteria; without any, leftovers.

    Results and data that you added stay, and so does what a process is writing.
    """
    from tui_al.report.storage import print_pruning
    from tui_al.storage.inventory import list_items, require_names
    from tui_al.storage.prune import Criteria, choose
    from tui_al.storage.prune import prune as remove
    from tui_al.storage.units import parse_age, parse_size

    now = datetime.now(UTC)
    since = None if older_than is None else parse_age(older_than, "--older-than", now)
    larger = None if larger_than is None else parse_size(larger_than, "--larger-than")
    total = None if keep_total is None else parse_size(keep_total, "--keep-total")
    items = list_items(find_cache(cache_dir))
    datasets, models = require_names(items, dataset or (), model or ())
    criteria = Criteria(datasets, models, since, larger, total, unfinished)
    chosen = choose(items, criteria)
    command = shlex.join(["tui-al", *sys.argv[1:], "--yes"])
    print_pruning(items, criteria, chosen, remove(chosen) if yes else None, command)


@cache_app.command("export")
def export_(
    dataset: Dataset,
    model: Model,
    with_texts: Annotated[
        bool, typer.Option("--with-texts", help="The texts too, not only their labels.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="The file to write.")] = None,
    cache_dir: CacheDir = None,
    data_dir: DataDir = None,
) -> None:
    """Pack an embedding and its labels into one file, to move to another machine."""
    from tui_al.catalog import find_model
    from tui_al.report.narration import show_progress, tell
    from tui_al.report.storage import describe_export
    from tui_al.storage.bundle import export_embedding

    cache, mirror = find_cache(cache_dir), find_data_dir(data_dir)
    with show_progress() as listener:
        exported = export_embedding(
            dataset,
            find_model(model),
            cache,
            out=out,
            with_texts=with_texts,
            data_dir=mirror,
            listener=listener,
        )
    tell(describe_export(exported))


@cache_app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A file of 'tui-al cache export'.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace what is there already.")
    ] = False,
    cache_dir: CacheDir = None,
) -> None:
    """Check a file of 'tui-al cache export' and take it into the cache."""
    from tui_al.report.narration import show_progress, tell
    from tui_al.report.storage import describe_import
    from tui_al.storage.transfer import import_embedding

    cache = find_cache(cache_dir)
    with show_progress() as listener:
        imported = import_embedding(file, cache, replace_existing=replace, listener=listener)
    for line in describe_import(imported):
        tell(line)
