"""The cache's content as tables and JSON, and what was found, removed or moved."""

import json
import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime

from rich.console import Console
from rich.table import Table

from tui_al.paths import Cache
from tui_al.report.amounts import show_bytes
from tui_al.report.narration import describe_corpus, describe_entry, tell
from tui_al.report.output import cell, make_console, make_table
from tui_al.storage.bundle import Exported
from tui_al.storage.inventory import KINDS, Item
from tui_al.storage.prune import Criteria
from tui_al.storage.transfer import Imported
from tui_al.storage.verify import Damage
from tui_al.textsafe import visible

_WIDTH = 80
_TITLES = {
    "texts": "Texts",
    "embedding": "Embeddings",
    "unfinished": "Unfinished embeddings",
    "results": "Results",
    "leftover": "Leftovers",
}
_COLUMNS = {
    "texts": ("dataset", "rows", "from", "size", "created"),
    "embedding": ("dataset", "model", "rows × dim", "type", "size", "created", "last used"),
    "unfinished": ("dataset", "model", "rows done", "size", "last written", "now"),
    "results": ("folder", "parts", "size"),
    "leftover": ("file or folder", "what it is", "size"),
}
_NUMBERS = ("rows", "rows × dim", "rows done", "parts", "size")


def print_items(cache: Cache, items: Sequence[Item], *, as_json: bool) -> None:
    """Print everything in the cache by kind, and the total of each."""
    if as_json:
        _print_json(cache, items)
        return
    console = _narrow_console()
    for kind in KINDS:
        of_kind = [item for item in items if item.kind == kind]
        if of_kind:
            title = f"{_TITLES[kind]}: {show_bytes(_total(of_kind))}"
            table = _make_table(title, _COLUMNS[kind])
            for item in of_kind:
                table.add_row(*map(cell, _cells(cache, item)))
            console.print(table)
            console.print()
    console.print(cell(f"{cache.root}: {show_bytes(_total(items))} in all"), soft_wrap=True)


def print_damages(damages: Sequence[Damage], items: Sequence[Item]) -> None:
    """Print each damaged file with its repair, or tell that all is well."""
    for damage in damages:
        line = f"{damage.path} {damage.how}: {damage.repair}"
        sys.stdout.write(f"{visible(line, one_line=True)}\n")
    checked = [item for item in items if item.kind in ("texts", "embedding", "results")]
    size = show_bytes(_total(checked))
    if damages:
        files = "file is" if len(damages) == 1 else "files are"
        tell(f"{len(damages)} {files} damaged; {size} read")
    else:
        tell(f"all is well: {size} read")


def print_pruning(
    items: Sequence[Item],
    criteria: Criteria,
    chosen: Sequence[Item],
    removal: Iterator[Item] | None,
    command: str,
) -> None:
    """Print what would go, with the command to do it; with a `removal`, do it and print that."""
    for item in items:
        if item.busy and item.kind == "unfinished":
            tell(f"left alone: {item.dataset} x {item.model}, a process is at it now")
    removed = list(removal) if removal is not None else []
    if chosen:
        title = "Would be removed" if removal is None else "Removed"
        table = _make_table(title, ("what", "dataset", "model", "size", "untouched since"))
        for item in chosen if removal is None else removed:
            name = item.path.name if item.kind == "leftover" else item.model or None
            facts = (item.kind, item.dataset or None, name, show_bytes(item.n_bytes))
            table.add_row(*map(cell, (*facts, _day(item.touched))))
        _narrow_console().print(table)
    freed = _total(chosen)
    if not chosen:
        tell("nothing to remove")
    elif removal is None:
        tell(f"{show_bytes(freed)} would be freed by: {command}")
    else:
        tell(f"{show_bytes(freed)} freed")
    if criteria.keep_total is not None and _total(items) - freed > criteria.keep_total:
        tell(f"{show_bytes(_total(items) - freed)} stay: nothing else may go by these criteria")


def describe_export(exported: Exported) -> str:
    """One line about a file that was written."""
    what = "texts and labels" if exported.with_texts else "labels, but no texts"
    return (
        f"{exported.path}: {exported.dataset} x {exported.model} with {what}, "
        f"{show_bytes(exported.n_bytes)}; there: "
        f"'tui-al cache import {shlex.quote(exported.path.name)}'"
    )


def describe_import(imported: Imported) -> Iterator[str]:
    """What was imported, and what can be done with it now."""
    request = imported.entry.meta["request"]
    yield describe_corpus(imported.corpus) + ("" if imported.corpus.has_texts else ", no texts")
    yield describe_entry(imported.entry)
    names = f"--dataset {shlex.quote(request['dataset'])} --model {shlex.quote(request['model'])}"
    yield f"ready: 'tui-al run {names}'"


def _print_json(cache: Cache, items: Sequence[Item]) -> None:
    content = {
        "cache": str(cache.root),
        "bytes": _total(items),
        "totals": {kind: _total([item for item in items if item.kind == kind]) for kind in KINDS},
        "items": [
            {"bytes" if name == "n_bytes" else name: value for name, value in asdict(item).items()}
            for item in items
        ],
    }
    sys.stdout.write(json.dumps(content, indent=1, default=_plain) + "\n")


def _plain(value: object) -> str:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else str(value)


def _cells(cache: Cache, item: Item) -> tuple[object, ...]:
    size = show_bytes(item.n_bytes)
    if item.kind == "texts":
        return (item.dataset, _count(item.rows), item.note, size, _day(item.created))
    if item.kind == "embedding":
        shape = f"{_count(item.rows)} × {item.dimension}"
        dates = (_day(item.created), _day(item.last_used))
        return (item.dataset, item.model, shape, item.dtype, size, *dates)
    if item.kind == "unfinished":
        done = f"{_count(item.done)} of {_count(item.rows)}"
        now = "running" if item.busy else "stopped"
        return (item.dataset, item.model, done, size, _day(item.touched), now)
    where = item.path.relative_to(cache.root)
    if item.kind == "results":
        return (where, _count(item.rows), size)
    return (where, item.note, size)


def _total(items: Sequence[Item]) -> int:
    return sum(item.n_bytes for item in items)


def _make_table(title: str, columns: Sequence[str]) -> Table:
    table = make_table(title, columns, right=_NUMBERS)
    for column in table.columns:
        column.overflow = "fold"  # names are there to be typed again
    return table


def _narrow_console() -> Console:
    console = make_console()
    console.width = min(console.width, _WIDTH)
    return console


def _count(number: int | None) -> str:
    return "?" if number is None else f"{number:,}"


def _day(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone().strftime("%Y-%m-%d")
