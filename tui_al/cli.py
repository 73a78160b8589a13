"""The command line: parse, call, print. Heavy imports happen inside the commands."""

import signal
import sys
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from tui_al import __version__
from tui_al.errors import BadInput, TuiAlError
from tui_al.paths import find_cache, find_data_dir

DEMO_DATASET, DEMO_MODEL = "bbcnews", "wordllama-256"
INTERRUPTED = 130

app = typer.Typer(
    name="tui-al",
    help="Simulate active learning over frozen text embeddings, and decide with it.",
    epilog="Without a command, the interactive app opens.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
dataset_app = typer.Typer(help="Add data of your own.", rich_markup_mode=None)
app.add_typer(dataset_app, name="dataset")


class Device(StrEnum):
    auto = "auto"
    cpu = "cpu"
    cuda = "cuda"


class Format(StrEnum):
    table = "table"
    json = "json"
    csv = "csv"


CacheDir = Annotated[Path | None, typer.Option(help="Where caches go (TUI_AL_CACHE).")]
DataDir = Annotated[Path | None, typer.Option(help="A mirror of datasets (TUI_AL_DATA).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Dataset = Annotated[str, typer.Option(help="A dataset: see 'tui-al datasets'.")]
Model = Annotated[str, typer.Option(help="A model of 'tui-al models', a Hub id or a folder.")]
Ips = Annotated[str, typer.Option(help="Initial pool selection.")]
Strategy = Annotated[str, typer.Option(help="Query strategy: see 'tui-al strategies'.")]
Param = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=VALUE", help="A parameter of the query strategy; repeat for more."),
]
IpsParam = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=VALUE", help="A parameter of the initial pool selection."),
]
DeviceOption = Annotated[Device, typer.Option(help="Where to embed.")]


@app.callback(invoke_without_command=True)
def open_app(
    context: typer.Context,
    dataset: Dataset = DEMO_DATASET,
    model: Model = DEMO_MODEL,
    ips: Ips = "random",
    strategy: Strategy = "badge",
    start: Annotated[bool, typer.Option("--start", help="Start the run at once.")] = False,
    cache_dir: CacheDir = None,
    data_dir: DataDir = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of errors.")] = False,  # noqa: ARG001  (read by `main`)
) -> None:
    """Simulate active learning over frozen text embeddings, and decide with it."""
    if version:
        typer.echo(__version__)
        return
    if context.invoked_subcommand is not None:
        _refuse_options_before(context.invoked_subcommand, context)
        return
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise BadInput("the app needs a terminal: without one, use 'tui-al run --dataset ...'")
    from tui_al.tui.app import open_terminal_app
    from tui_al.tui.choices import Choices

    choices = Choices(dataset, model, ips, strategy)
    code = open_terminal_app(choices, find_cache(cache_dir), find_data_dir(data_dir), start=start)
    raise typer.Exit(code)


def _refuse_options_before(command: str, context: typer.Context) -> None:
    """The app's options mean nothing to a command: say where they belong, do not ignore them."""
    for name in context.params:
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            option = "--" + name.replace("_", "-")
            raise BadInput(f"{option} stands before the command: write it after '{command}'")


@app.command()
def embed(
    dataset: Annotated[list[str], typer.Option(help="A dataset; repeat for more.")],
    model: Annotated[list[str], typer.Option(help="A model; repeat for more.")],
    device: DeviceOption = Device.auto,
    limit: Annotated[int | None, typer.Option(help="Embed a sample of N texts as NAME@N.")] = None,
    cache_dir: CacheDir = None,
    data_dir: DataDir = None,
) -> None:
    """Embed every text of a dataset with a model, once."""
    from tui_al.catalog import find_model
    from tui_al.corpora.inventory import check_dataset
    from tui_al.corpora.load import limited_name, load_corpus
    from tui_al.embeddings.job import embed_corpus
    from tui_al.report.narration import describe_entry, show_progress, tell

    cache, mirror = find_cache(cache_dir), find_data_dir(data_dir)
    models = [find_model(name) for name in model]
    names = [name if limit is None else limited_name(name, limit) for name in dataset]
    for name in names:
        check_dataset(name, cache, mirror)
    for name in names:
        with show_progress() as listener:
            corpus = load_corpus(name, cache, data_dir=mirror, listener=listener)
        for spec in models:
            with show_progress() as listener:
                entry = embed_corpus(corpus, spec, cache, device=device, listener=listener)
            tell(describe_entry(entry))


@app.command()
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
    device: DeviceOption = Device.auto,
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
    with show_progress() as listener:
        started = start_run(
            dataset, model, experiment, cache, data_dir=mirror, device=device, listener=listener
        )
    records = tell_notes(started.records)
    (print_run_as_json if as_json else print_run)(started.identity, records)
    tell(f"stored as {started.identity.run_id}: see 'tui-al report --dataset {dataset}'")


@app.command()
def report(
    dataset: Annotated[list[str] | None, typer.Option(help="Only these datasets.")] = None,
    model: Annotated[list[str] | None, typer.Option(help="Only these models.")] = None,
    ips: Annotated[list[str] | None, typer.Option(help="Only these initial pools.")] = None,
    strategy: Annotated[list[str] | None, typer.Option(help="Only these strategies.")] = None,
    format_: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.table,
    out: Annotated[Path | None, typer.Option(help="Write into a file instead.")] = None,
    cache_dir: CacheDir = None,
    data_dir: DataDir = None,
) -> None:
    """List stored results, averaged over seeds."""
    from tui_al.report.results import Slice, write_report

    wanted = Slice(dataset or [], model or [], ips or [], strategy or [])
    write_report(wanted, find_cache(cache_dir), find_data_dir(data_dir), format_, out)


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


@app.command()
def datasets(as_json: AsJson = False, cache_dir: CacheDir = None, data_dir: DataDir = None) -> None:
    """List datasets: sizes, classes, budget, and what is on disk."""
    from tui_al.report.catalog import dataset_rows, print_datasets

    print_datasets(dataset_rows(find_cache(cache_dir), find_data_dir(data_dir)), as_json=as_json)


@app.command()
def models(as_json: AsJson = False, cache_dir: CacheDir = None) -> None:
    """List embedding models: size, dimension, MTEB score, and what is on disk."""
    from tui_al.report.catalog import model_rows, print_models

    print_models(model_rows(find_cache(cache_dir)), as_json=as_json)


@app.command()
def strategies(as_json: AsJson = False) -> None:
    """List query strategies and initial pool selections."""
    from tui_al.report.catalog import print_strategies, strategy_rows

    print_strategies(strategy_rows(), as_json=as_json)


def main() -> None:
    """Run the command line and exit: 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal that lacks a character shows "?"
            stream.reconfigure(errors="replace")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # unwinds
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    try:
        code = app(args=arguments, prog_name="tui-al", standalone_mode=False)
    except Exception as error:
        if "--debug" in sys.argv[1:]:
            raise
        code = _explain(error)
    if code == INTERRUPTED:
        _complain("interrupted")
    sys.exit(code)


def _explain(error: Exception) -> int:
    """Print one line about an error and return the exit code."""
    from typer.exceptions import TyperException

    if isinstance(error, TuiAlError):
        _complain(str(error))
        return error.exit_code
    if isinstance(error, TyperException):
        _complain(f"{error.format_message().rstrip('.')} (see 'tui-al --help')")
        return BadInput.exit_code
    _complain(f"{type(error).__name__}: {error} (--debug shows where)")
    return TuiAlError.exit_code


def _complain(message: str) -> None:
    from tui_al.textsafe import visible

    typer.echo(f"tui-al: {visible(message, one_line=True)}", err=True)
