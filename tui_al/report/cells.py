"""How cells are named in titles and sentences: what was embedded, with what, from which pool."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from tui_al.analysis.slices import CELL
from tui_al.textsafe import visible

_NAMES = ("dataset", "model", "ips")
_SCHEDULE = ("oracle", "budget", "k0", "batch", "cycles")


def split_cells(
    frame: pl.DataFrame, keys: Sequence[str] = CELL
) -> Iterator[tuple[str, pl.DataFrame]]:
    """The rows of each cell with its title, in the order of appearance.

    `keys` are those columns of `CELL` that make a cell here. A title tells the schedule where
    the same names occur with several.
    """
    names = [name for name in _NAMES if name in keys]
    several = pl.struct(name for name in _SCHEDULE if name in keys).n_unique().over(names) > 1
    marked = frame.with_columns(several.alias("_several"))
    for _, rows in marked.group_by(keys, maintain_order=True):
        first = rows.select(*keys, "_several").row(0, named=True)
        yield name_cell(first, schedule=first["_several"]), rows.drop("_several")


def name_cell(cell: Mapping[str, Any], *, schedule: bool = False) -> str:
    """Such as "trec6 x minilm-l6, random pool", or with its schedule: ", 60+20×47 labels"."""
    shown = " x ".join(
        visible(cell[name], one_line=True) for name in ("dataset", "model") if name in cell
    )
    if "ips" in cell:
        shown += f", {visible(cell['ips'], one_line=True)} pool"
    return f"{shown}, {describe_schedule(cell)}" if schedule else shown


def describe_schedule(cell: Mapping[str, Any]) -> str:
    """Such as "60+20×47 labels", and from whom they are where not from the dataset."""
    said = f"{cell['k0']}+{cell['cycles']}×{cell['batch']} labels"
    if cell["oracle"] == "labels":
        return said
    return f"{said} from {visible(cell['oracle'], one_line=True)}"
