"""Datasets, models and strategies as tables, with what of them is on this machine."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tui_al.catalog import datasets, models
from tui_al.corpora.inventory import base_name, known_datasets, read_meta, text_source
from tui_al.embeddings.inventory import list_entries, weights_source
from tui_al.errors import BadInput
from tui_al.learning.strategies import StrategySpec, strategies
from tui_al.learning.strategies.parameters import describe_parameters
from tui_al.paths import Cache
from tui_al.report.output import cell, make_console, make_table, print_json


@dataclass(frozen=True, slots=True)
class DatasetRow:
    """A dataset's facts: of its text on disk where there is one, else the catalog's."""

    name: str
    title: str
    task: str
    train: int | None
    test: int | None
    classes: int | None
    budget: int | None
    text: str
    embedded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model's facts; `source` is its Hub id, package or directory."""

    name: str
    source: str
    parameters: int | None
    dimension: int | None
    pooling: str
    mteb: float | None
    weights: str
    embedded: tuple[str, ...]


def dataset_rows(cache: Cache, data_dir: Path | None) -> list[DatasetRow]:
    """Every known dataset, the catalog's first."""
    embedded = defaultdict(list)
    for entry in list_entries(cache):
        meta = read_meta(cache, base_name(entry.dataset))
        current = meta is not None and meta["fingerprint"] == entry.fingerprint
        if current or entry.dataset != base_name(entry.dataset):
            embedded[entry.dataset].append(entry.model)
    names = [
        *known_datasets(cache, data_dir),
        *(name for name in embedded if name != base_name(name)),
    ]
    return [
        _dataset_row(name, cache, data_dir, tuple(sorted(set(embedded[name])))) for name in names
    ]


def _dataset_row(
    name: str, cache: Cache, data_dir: Path | None, embedded: tuple[str, ...]
) -> DatasetRow:
    base = base_name(name)
    spec, meta = datasets().get(base), read_meta(cache, name)
    facts: dict[str, int | None] = dict.fromkeys(("train", "test", "classes", "budget"))
    if meta is not None:
        facts = {"train": meta["n_train"], "test": meta["n_test"],
                 "classes": len(meta["classes"]), "budget": meta["budget"]}  # fmt: skip
    elif spec is not None and name == base:
        facts = {"train": spec.n_train, "test": spec.n_test,
                 "classes": spec.n_classes, "budget": spec.budget}  # fmt: skip
    return DatasetRow(
        name=name,
        title=spec.title if spec else name,
        task=spec.task if spec else "",
        text=text_source(base, cache, data_dir),
        embedded=embedded,
        **facts,
    )


def model_rows(cache: Cache) -> list[ModelRow]:
    """The catalog's models, best MTEB score first, then others that embedded something."""
    embedded = defaultdict(set)
    for entry in list_entries(cache):
        embedded[entry.model].add(entry.dataset)
    others = sorted(name for name in embedded if name not in models())
    rows = []
    for name in (*models(), *others):
        spec = models().get(name)
        package = spec.package.distribution if spec and spec.package else None
        rows.append(
            ModelRow(
                name=name,
                source=package or (spec.repo if spec and spec.repo else name),
                parameters=spec.parameters if spec else None,
                dimension=spec.dimension if spec else None,
                pooling=spec.pooling if spec else "",
                mteb=spec.mteb if spec else None,
                weights=weights_source(spec) if spec else "yours",
                embedded=tuple(sorted(embedded[name])),
            )
        )
    return rows


def strategy_rows() -> list[dict[str, Any]]:
    """Every strategy, built-in first; one that cannot be loaded has no known parameters."""
    return [
        {
            "name": spec.name,
            "initial_pool": spec.selects_initial,
            "rule": spec.rule,
            "source": spec.source,
            "parameters": _parameters(spec),
        }
        for spec in strategies().values()
    ]


def _parameters(spec: StrategySpec) -> list[dict[str, Any]]:
    try:
        described = describe_parameters(spec.load())
    except BadInput:
        return []
    finite = [asdict(parameter) for parameter in described]
    for parameter in finite:
        if parameter["maximum"] == math.inf:
            parameter["maximum"] = None
    return finite


def print_datasets(rows: Sequence[DatasetRow], *, as_json: bool) -> None:
    """Print datasets as a table or as JSON."""
    if as_json:
        print_json(map(asdict, rows))
        return
    numbers = ("train", "test", "classes", "budget")
    table = make_table("Datasets", ("name", *numbers, "text", "embedded with"), right=numbers)
    for row in rows:
        counts = (_count(row.train), _count(row.test), _count(row.classes), _count(row.budget))
        table.add_row(*map(cell, (row.name, *counts, row.text, ", ".join(row.embedded) or None)))
    make_console().print(table)


def print_models(rows: Sequence[ModelRow], *, as_json: bool) -> None:
    """Print models as a table or as JSON."""
    if as_json:
        print_json(map(asdict, rows))
        return
    numbers = ("parameters", "dim", "MTEB")
    columns = ("name", *numbers, "pooling", "weights", "datasets embedded")
    table = make_table("Embedding models", columns, right=numbers)
    for row in rows:
        mteb = f"{row.mteb:.2f}" if row.mteb is not None else None
        facts = (row.name, _millions(row.parameters), row.dimension, mteb, row.pooling, row.weights)
        table.add_row(*map(cell, (*facts, ", ".join(row.embedded) or None)))
    make_console().print(table)


def print_strategies(rows: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    """Print strategies as a table or as JSON."""
    if as_json:
        print_json(rows)
        return
    columns = ("name", "initial pool", "rule", "parameters", "source")
    table = make_table("Query strategies", columns)
    for row in rows:
        initial = "yes" if row["initial_pool"] else ""
        set_by = ", ".join(f"{p['name']}={p['default']}" for p in row["parameters"]) or None
        table.add_row(*map(cell, (row["name"], initial, row["rule"], set_by, row["source"])))
    make_console().print(table)


def _count(number: int | None) -> str | None:
    return f"{number:,}" if number is not None else None


def _millions(number: int | None) -> str | None:
    if number is None:
        return None
    return f"{number / 1e9:.1f}B" if number >= 1e9 else f"{number / 1e6:.0f}M"
