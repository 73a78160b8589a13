"""Stored results as a list of settings, averaged over seeds."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import polars as pl

from tui_al.analysis.summary import latest_settings, summarise_runs, summarise_settings
from tui_al.catalog import find_model
from tui_al.corpora.inventory import check_dataset
from tui_al.learning.strategies import check_names
from tui_al.paths import Cache, atomic_write
from tui_al.report.narration import tell
from tui_al.report.output import cell, make_console, make_table
from tui_al.results.store import ResultStore

_COLUMNS = (
    "model",
    "ips",
    "strategy",
    "labels",
    "seeds",
    "accuracy",
    "macro-F1",
    "AULC",
    "seconds",
)
_NUMBERS = _COLUMNS[3:]


@dataclass(frozen=True, slots=True)
class Slice:
    """Which settings are wanted; an empty list wants all."""

    dataset: Sequence[str]
    model: Sequence[str]
    ips: Sequence[str]
    strategy: Sequence[str]

    def of(self, table: pl.DataFrame) -> pl.DataFrame:
        for field in fields(self):
            wanted = getattr(self, field.name)
            if wanted:
                table = table.filter(pl.col(field.name).is_in(wanted))
        return table


def write_report(
    wanted: Slice, cache: Cache, data_dir: Path | None, form: str, out: Path | None
) -> None:
    """Print the stored settings of a slice, or write them to a file.

    Where nothing is stored, standard error names the command that would compute it.
    Raises `UnknownName` for names that neither the store nor any catalog knows.
    """
    store = ResultStore(cache.runs, cache.reference)
    for path in store.unreadable():
        tell(f"passed over {path}: it is not a stored result of this version")
    everything = _summarise(store)
    _require_known(wanted, everything, cache, data_dir)
    known = set(everything["model"])
    models = [name if name in known else find_model(name).name for name in wanted.model]
    found = replace(wanted, model=models).of(everything)
    if found.is_empty():
        tell(_nothing_stored(wanted))
    text = _render(found, form, plain=out is not None)
    if out is None:
        sys.stdout.write(text)
        return
    with atomic_write(out.absolute(), advice="choose another file with --out") as temporary:
        temporary.write_text(text, "utf-8")


def _summarise(store: ResultStore) -> pl.DataFrame:
    """All settings of the store, without the parts whose content turns out to be damaged."""
    try:
        return summarise_settings(summarise_runs(store.cycles(), store.runs())).collect()
    except pl.exceptions.PolarsError:
        damaged = store.pass_over_damaged()
        if not damaged:
            raise
        for path in damaged:
            tell(f"passed over {path}: it is damaged")
        return _summarise(store)


def _require_known(
    wanted: Slice, stored: pl.DataFrame, cache: Cache, data_dir: Path | None
) -> None:
    for name in wanted.dataset:
        if name not in set(stored["dataset"]):
            check_dataset(name, cache, data_dir)
    for strategy in wanted.strategy or ["random"]:
        for ips in wanted.ips or ["random"]:
            check_names(strategy, ips)


def _nothing_stored(wanted: Slice) -> str:
    dataset = next(iter(wanted.dataset), "bbcnews")
    model = next(iter(wanted.model), "wordllama-256")
    options = [f"--ips {name}" for name in wanted.ips[:1]]
    options += [f"--strategy {name}" for name in wanted.strategy[:1]]
    command = " ".join(["tui-al run", f"--dataset {dataset}", f"--model {model}", *options])
    return f"nothing is stored for this yet: '{command}' computes a run"


def _render(found: pl.DataFrame, form: str, *, plain: bool) -> str:
    if form == "json":
        return found.write_json() + "\n"
    if form == "csv":
        return found.write_csv()
    current = latest_settings(found)
    if older := found.height - current.height:
        rows = "row" if older == 1 else "rows"
        tell(f"left out {older} {rows} of earlier texts or embeddings: --format json shows all")
    console = make_console(plain=plain)
    with console.capture() as capture:
        for (dataset,), settings in current.group_by("dataset", maintain_order=True):
            table = make_table(
                f"{dataset}: means over seeds, ± standard deviation", _COLUMNS, right=_NUMBERS
            )
            for row in settings.iter_rows(named=True):
                table.add_row(*map(cell, _cells(row)))
            console.print(table)
    return capture.get()


def _cells(row: dict[str, object]) -> tuple[object, ...]:
    return (
        row["model"],
        row["ips"],
        row["strategy"],
        f"{row['k0']}+{row['cycles']}×{row['batch']}",
        row["seeds"],
        _spread(row["accuracy"], row["accuracy_std"]),
        f"{row['macro_f1']:.4f}",
        _spread(row["aulc"], row["aulc_std"]),
        f"{row['seconds']:.2f}",
    )


def _spread(mean: object, deviation: object) -> str:
    return f"{mean:.4f}" + (f" ±{deviation:.4f}" if deviation is not None else "")
