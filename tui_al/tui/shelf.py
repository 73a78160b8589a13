"""What of datasets x models is embedded on this machine. Told from small files, without numpy."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tui_al.embeddings.inventory import read_meta
from tui_al.grid.assessment import Quality, read_quality
from tui_al.paths import Cache
from tui_al.report.catalog import DatasetRow, ModelRow, dataset_rows, model_rows
from tui_al.storage.inventory import Item, list_items

Pair = tuple[str, str]
"""The names of a dataset and of a model."""
State = Literal["here", "begun", "stale", "missing"]
"""`begun`: a part is done, by a job that was stopped or by another process; `stale`: of texts
that have changed since, so that nothing uses it."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A dataset and a model: the items of the cache that belong to them, and the quality of
    the embedding where somebody has looked."""

    state: State = "missing"
    items: tuple[Item, ...] = ()
    quality: Quality | None = None

    @property
    def n_bytes(self) -> int:
        """On disk."""
        return sum(item.n_bytes for item in self.items)

    @property
    def share(self) -> float:
        """How much of one that is begun is done, from 0 to 1."""
        begun = next((item for item in self.items if item.kind == "unfinished"), None)
        return (begun.done or 0) / begun.rows if begun is not None and begun.rows else 0.0

    @property
    def busy(self) -> bool:
        """Whether a process is at it now."""
        return any(item.busy for item in self.items)


_MISSING = Slot()


@dataclass(frozen=True, slots=True)
class Shelf:
    """Every known dataset and model with its facts, and the slots that are not empty."""

    datasets: Sequence[DatasetRow] = ()
    models: Sequence[ModelRow] = ()
    slots: Mapping[Pair, Slot] | None = None

    def slot(self, pair: Pair) -> Slot:
        """What there is of a dataset and a model."""
        return (self.slots or {}).get(pair, _MISSING)

    def dataset(self, name: str) -> DatasetRow | None:
        """The facts of a dataset."""
        return next((row for row in self.datasets if row.name == name), None)

    def model(self, name: str) -> ModelRow | None:
        """The facts of a model."""
        return next((row for row in self.models if row.name == name), None)

    @property
    def n_bytes(self) -> int:
        """Of all embeddings."""
        return sum(slot.n_bytes for slot in (self.slots or {}).values())


def read_shelf(cache: Cache, data_dir: Path | None) -> Shelf:
    """Look at the disk. Takes longer than a key may wait."""
    datasets = dataset_rows(cache, data_dir)
    items: dict[Pair, list[Item]] = defaultdict(list)
    for item in list_items(cache):
        if item.kind in ("embedding", "unfinished"):
            items[item.dataset, item.model].append(item)
    current = {(row.name, model) for row in datasets for model in row.embedded}
    slots = {pair: _slot(items.get(pair, ()), here=pair in current)
             for pair in current | items.keys()}  # fmt: skip
    return Shelf(datasets, model_rows(cache), slots)


def _slot(items: Sequence[Item], *, here: bool) -> Slot:
    if here:
        qualities = (_quality(item) for item in items if item.kind == "embedding")
        return Slot("here", tuple(items), next(filter(None, qualities), None))
    begun = any(item.kind == "unfinished" for item in items)
    return Slot("begun" if begun else "stale", tuple(items))


def _quality(item: Item) -> Quality | None:
    meta = read_meta(item.path)
    return read_quality(item.path, meta["key"]) if meta is not None else None
