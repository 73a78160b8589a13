"""Which stored results a command is about, and what to say where there are none."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from tui_al.analysis.slices import Slice
from tui_al.catalog import find_model
from tui_al.corpora.inventory import check_dataset
from tui_al.learning.strategies import check_names
from tui_al.paths import Cache, find_reference
from tui_al.report.narration import tell
from tui_al.results.store import ResultStore

_FIELDS = ("dataset", "model", "ips", "strategy")
_MANY = 12  # names in a sentence


def all_results(cache: Cache) -> ResultStore:
    """What this user ran and what comes with the program, as one store."""
    return ResultStore(cache.runs, find_reference())


def open_results(cache: Cache) -> ResultStore:
    """What this user ran and what comes with the program, as one store; tells what is unusable."""
    store = all_results(cache)
    for path, reason in store.unreadable().items():
        tell(f"passed over {path}: it {reason}")
    return store


def resolve(wanted: Slice, stored: pl.DataFrame, cache: Cache, data_dir: Path | None) -> Slice:
    """The slice in the names of the store. Raises `UnknownName` for names that neither the
    store nor any catalog knows."""
    for name in wanted.dataset:
        if name not in set(stored["dataset"]):
            check_dataset(name, cache, data_dir)
    for strategy in wanted.strategy or ["random"]:
        for ips in wanted.ips or ["random"]:
            check_names(strategy, ips)
    known = set(stored["model"])
    models = [name if name in known else find_model(name).name for name in wanted.model]
    return replace(wanted, model=models)


def select_known(
    wanted: Slice, stored: pl.DataFrame, cache: Cache, data_dir: Path | None
) -> pl.DataFrame:
    """The rows of a slice. Raises `UnknownName` as `resolve` does."""
    return resolve(wanted, stored, cache, data_dir).of(stored)


def tell_missing(wanted: Slice, stored: pl.DataFrame) -> None:
    """Tell what `describe_missing` says."""
    for line in describe_missing(wanted, stored):
        tell(line)


def describe_missing(wanted: Slice, stored: pl.DataFrame) -> Iterator[str]:
    """Lines that say which of the named datasets and models have nothing stored, what is stored
    nearby, and the command that would compute it."""
    for part in _missing(wanted, stored):
        named = _describe(part)
        yield (f"nothing is stored{f' for {named}' if named else ''} yet: "
               f"'{_command(part)}' computes it")  # fmt: skip
        yield from _nearby(part, stored)


def _missing(wanted: Slice, stored: pl.DataFrame) -> Iterator[Slice]:
    """The slice itself where it has nothing, else each dataset and model that has nothing."""
    if wanted.of(stored).is_empty():
        yield wanted
        return
    for datasets in [[name] for name in wanted.dataset] or [[]]:
        for models in [[name] for name in wanted.model] or [[]]:
            part = replace(wanted, dataset=datasets, model=models)
            if part.of(stored).is_empty():
                yield part


def _describe(wanted: Slice) -> str:
    named = [" and ".join(names) for field in _FIELDS if (names := getattr(wanted, field))]
    return " with ".join(named)


def _command(wanted: Slice) -> str:
    """`run` for one setting, else `grid`; of the demo's text where none is named."""
    chosen = replace(
        wanted, dataset=wanted.dataset or ["bbcnews"], model=wanted.model or ["wordllama-256"]
    )
    options = [f"--{field} {name}" for field in _FIELDS for name in getattr(chosen, field)]
    one = all(len(getattr(chosen, field)) <= 1 for field in _FIELDS)
    return " ".join(["tui-al run" if one else "tui-al grid", *options])


def _nearby(wanted: Slice, stored: pl.DataFrame) -> Iterator[str]:
    """What is stored where one of the conditions is dropped."""
    for field in reversed(_FIELDS):
        if not getattr(wanted, field):
            continue
        rest = replace(wanted, **{field: []})
        names = rest.of(stored)[field].unique().sort().to_list()
        if names:
            shown = ", ".join(names[:_MANY]) + (" ..." if len(names) > _MANY else "")
            given = _describe(rest)
            yield f"stored{f' for {given}' if given else ''}: {field} {shown}"
