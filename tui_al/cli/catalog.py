"""`tui-al datasets`, `models`, `strategies`, and `dataset add`."""

from pathlib import Path
from typing import Annotated

import typer

from tui_al.cli.options import AsJson, CacheDir, DataDir
from tui_al.paths import find_cache, find_data_dir

dataset_app = typer.Typer(help="Add data of your own.", rich_markup_mode=None)


@dataset_app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="What the dataset will be called.")],
    file: Annotated[Path, typer.Argument(help="A csv, tsv, jsonl or parquet file.")],
    test: Annotated[Path | None, typer.Option(help="Test file; else a fifth is set aside.")] = None,
    text: Annotated[list[str] | None, typer.Option(help="Text column; repeat to join.")] = None,
    label: Annotated[str | None, typer.Option(help="Label column.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a dataset.")] = False,
    cache_dir: CacheDir = None,
) -> None:
    """Add a dataset from your own file."""
    from tui_al.corpora.user import add_dataset
    from tui_al.report.narration import describe_corpus, tell

    corpus = add_dataset(
        name,
        file,
        find_cache(cache_dir),
        test_file=test,
        text=text or (),
        label=label,
        replace=replace,
    )
    tell(describe_corpus(corpus))


def datasets(as_json: AsJson = False, cache_dir: CacheDir = None, data_dir: DataDir = None) -> None:
    """List datasets: sizes, classes, budget, and what is on disk."""
    from tui_al.report.catalog import dataset_rows, print_datasets

    print_datasets(dataset_rows(find_cache(cache_dir), find_data_dir(data_dir)), as_json=as_json)


def models(as_json: AsJson = False, cache_dir: CacheDir = None) -> None:
    """List embedding models: size, dimension, MTEB score, and what is on disk."""
    from tui_al.report.catalog import model_rows, print_models

    print_models(model_rows(find_cache(cache_dir)), as_json=as_json)


def strategies(as_json: AsJson = False) -> None:
    """List query strategies and initial pool selections."""
    from tui_al.report.catalog import print_strategies, strategy_rows

    print_strategies(strategy_rows(), as_json=as_json)
