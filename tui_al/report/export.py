"""Rows of stored runs, and their curves, as files for other programs and for papers."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Literal, Protocol, get_args

import polars as pl

from tui_al.analysis.browse import SPREAD, View
from tui_al.analysis.slices import Metric
from tui_al.errors import BadInput
from tui_al.paths import atomic_write
from tui_al.report.blocks import Lines, Section, Table
from tui_al.report.metrics import METRIC_NAMES
from tui_al.report.palette import Mark
from tui_al.report.stored import columns_of

ExportFormat = Literal["csv", "json", "markdown", "svg"]
FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)
SUFFIXES: dict[ExportFormat, str] = {
    "csv": ".csv", "json": ".json", "markdown": ".md", "svg": ".svg",
}  # fmt: skip
_TITLE = "Stored runs"
_ADVICE = "choose another file"


def write_rows(
    path: Path, form: ExportFormat, frame: pl.DataFrame, view: View, hidden: Collection[str]
) -> None:
    """Write the columns of rows that are shown; means with their standard deviations.

    Raises `BadInput` where the file cannot be written.
    """
    from tui_al.report.rendering.render import render

    columns = columns_of(view, hidden)
    names = [name for column in columns for name in (column.name, column.name + SPREAD)
             if name in frame.columns]  # fmt: skip
    rows = frame.select(pl.col(name).cast(pl.String) if isinstance(frame.schema[name], pl.Enum)
                        else pl.col(name) for name in names)  # fmt: skip
    table = Table("", frame, columns)
    _write(path, render([Section("rows", _TITLE, [table], rows)], form).encode())


class NamedCurve(Protocol):
    """A metric over labels, with its standard deviation over seeds (0 for one seed)."""

    @property
    def label(self) -> str: ...
    @property
    def mark(self) -> Mark: ...
    @property
    def labels(self) -> Sequence[int]: ...
    @property
    def values(self) -> Sequence[float]: ...
    @property
    def spreads(self) -> Sequence[float]: ...


def write_curves(path: Path, curves: Sequence[NamedCurve], metric: Metric) -> None:
    """Draw curves over labels as SVG, in their colours on white, with a band of one standard
    deviation where there is one.

    Raises `BadInput` for nothing to draw, without the extra `export`, and where the file
    cannot be written.
    """
    from tui_al.report.rendering.charts import chart_spec
    from tui_al.report.rendering.drawing import draw
    from tui_al.report.rendering.looks import Look

    points = pl.DataFrame(
        [(one.label, labels, value, value - spread, value + spread) for one in curves
         for labels, value, spread in zip(one.labels, one.values, one.spreads, strict=True)],
        schema={"name": pl.String, "labels": pl.Int64, "value": pl.Float64, "low": pl.Float64,
                "high": pl.Float64}, orient="row",
    )  # fmt: skip
    band = ("low", "high") if any(any(one.spreads) for one in curves) else (None, None)
    lines = Lines("", points, "labels", "value", "name", "labels", METRIC_NAMES[metric], *band)
    looks = {one.label: Look(one.mark.on_light, one.mark.marker) for one in curves}
    spec = chart_spec(lines, looks, ink="#1c1e21", background="white", titled=False)
    if spec is None:
        raise BadInput("there is no curve to draw: select rows first")
    _write(path, draw(spec, "svg"))


def _write(path: Path, content: bytes) -> None:
    if path.is_dir():
        raise BadInput(f"{path} is a folder: {_ADVICE}")
    with atomic_write(path, advice=_ADVICE) as temporary:
        temporary.write_bytes(content)
