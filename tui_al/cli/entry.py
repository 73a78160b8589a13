"""The app and its commands put together, and the exit codes of both."""

import atexit
import os
import signal
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from tui_al import __version__
from tui_al.cli.caching import cache_app
from tui_al.cli.catalog import dataset_app, datasets, models, strategies
from tui_al.cli.config import config_app
from tui_al.cli.embedding import embed
from tui_al.cli.grid import grid
from tui_al.cli.options import CacheDir, DataDir
from tui_al.cli.race import race
from tui_al.cli.reporting import report
from tui_al.cli.running import run
from tui_al.cli.serve import serve
from tui_al.cli.verifying import verify
from tui_al.errors import BadInput, TuiAlError
from tui_al.paths import find_cache, find_data_dir

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
for command in (embed, run, grid, race, report, verify, datasets, models, strategies, serve):
    app.command()(command)
app.add_typer(dataset_app, name="dataset")
app.add_typer(cache_app, name="cache")
app.add_typer(config_app, name="config")


@app.callback(invoke_without_command=True)
def open_app(
    context: typer.Context,
    dataset: Annotated[str | None, typer.Option(help="Choose a dataset.")] = None,
    model: Annotated[str | None, typer.Option(help="Choose an embedding model.")] = None,
    ips: Annotated[str | None, typer.Option(help="Choose an initial pool selection.")] = None,
    strategy: Annotated[str | None, typer.Option(help="Choose a query strategy.")] = None,
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
    streams = (sys.stdin, sys.stdout, sys.stderr)
    if not all(stream.isatty() for stream in streams):
        raise BadInput("the app needs a terminal: without one, use 'tui-al run --dataset ...'")
    if (term := os.environ.get("TERM", "")) in ("dumb", "unknown"):
        raise BadInput(
            f"the app needs a terminal that can move its cursor, and TERM is '{term}': use "
            "'tui-al run --dataset ...', or set TERM to what your terminal is, such as xterm"
        )
    from tui_al.tui.opening import open_terminal_app

    given = {"dataset": dataset, "model": model, "ips": ips, "strategy": strategy}
    code = open_terminal_app(given, find_cache(cache_dir), find_data_dir(data_dir), start=start)
    raise typer.Exit(code)


def _refuse_options_before(command: str, context: typer.Context) -> None:
    """The app's options mean nothing to a command: say where they belong, do not ignore them."""
    for name in context.params:
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            option = "--" + name.replace("_", "-")
            raise BadInput(f"{option} stands before the command: write it after '{command}'")


def main() -> None:
    """Run the command line and exit: 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    _open_closed_streams()
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
    atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)  # too late to interrupt
    if code == INTERRUPTED:
        _complain("interrupted")
    sys.exit(code)


def _open_closed_streams() -> None:
    """Give standard streams that are closed the null device; else a file of ours takes their
    place among the descriptors, and gets what was meant for them."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  (for good)


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
