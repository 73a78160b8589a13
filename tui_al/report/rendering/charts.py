"""Charts as Vega-Lite specifications; `draw` makes pictures of them.

Fields have names of their own: Vega would read dots and brackets in a column's name as paths.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from tui_al.report.blocks import Bars, Chart, Kind, Lines, Matrix, RankLine
from tui_al.report.chart import log_ticks
from tui_al.report.rendering.drawing import import_altair
from tui_al.report.rendering.heat import contrast, css, heat, matrix_cells
from tui_al.report.rendering.looks import Looks, drawable, series_of
from tui_al.report.rendering.rank_chart import rank_layers
from tui_al.report.rendering.values import write_value
from tui_al.textsafe import visible

_WIDTH, _HEIGHT = 620, 320
_ROW, _FIELD = 30, (64, 30)
_LEGEND = 44  # pixels of an entry without its name
_LEAST_LABELED = 0.06  # of a bar: a smaller part has no room for its share
_SHAPES: Mapping[str, str] = {
    "●": "circle",
    "▲": "triangle-up",
    "■": "square",
    "◆": "diamond",
    "✚": "cross",
    "★": "M0,-1.2L.35,-.4L1.14,-.37L.53,.15L.71,.97L0,.5L-.71,.97L-.53,.15L-1.14,-.37L-.35,-.4Z",
    "▼": "triangle-down",
    "×": "M-1,-.7L-.7,-1L0,-.3L.7,-1L1,-.7L.3,0L1,.7L.7,1L0,.3L-.7,1L-1,.7L-.3,0Z",
}
_ABOVE: Mapping[str, Any] = {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end",
                             "titleY": -10, "titleBaseline": "bottom"}  # fmt: skip
_FORMATS: Mapping[Kind, str] = {"percent": "%", "signed": "+,f", "count": ",f", "money": ",f"}


def chart_spec(
    chart: Chart, looks: Looks, *, ink: str, background: str, titled: bool
) -> dict[str, Any] | None:
    """The Vega-Lite specification of a chart; None where it has nothing to draw.

    `ink` is the colour of text and axes; `titled` draws the chart's title into the picture.
    Raises `BadInput` without the packages of the extra `export`.
    """
    drawn = _DRAWERS[type(chart)](chart, looks)
    if drawn is None:
        return None
    if titled:
        drawn = drawn.properties(title=visible(chart.title, one_line=True))
    return {**drawn.to_dict(), "config": _config(ink, background)}


def _lines(lines: Lines, looks: Looks) -> Any:
    points = drawable(lines)
    if points.is_empty():
        return None
    alt = import_altair()
    columns = {"x": lines.x, "y": lines.y, "series": lines.series, "low": lines.low,
               "high": lines.high}  # fmt: skip
    values = _values(points, {name: column for name, column in columns.items() if column})
    last = points.group_by(lines.series, maintain_order=True).last()
    ends = last.sort(lines.y, descending=True, maintain_order=True)[lines.series]
    color, shape = _encodings([str(name) for name in ends], looks)
    base = alt.Chart(values).encode(x=_x_axis(lines, points), y=_y_axis(lines), color=color)
    layers = [
        base.mark_line(strokeWidth=2),
        base.mark_point(filled=True, size=50, opacity=1).encode(shape),
    ]
    if lines.low and lines.high:
        ends_of_band = {"y": alt.Y("low:Q"), "y2": alt.Y2("high")}
        layers.insert(0, base.mark_area(opacity=0.14).encode(**ends_of_band))
    if lines.reference is not None:
        level = alt.Chart(alt.InlineData([{"y": lines.reference}])).encode(y="y:Q")
        layers.insert(0, level.mark_rule(strokeDash=[4, 4], strokeWidth=1.5, opacity=0.6))
    return alt.layer(*layers).properties(width=_WIDTH, height=_HEIGHT)


def _x_axis(lines: Lines, points: pl.DataFrame) -> Any:
    alt = import_altair()
    title = visible(lines.x_title, one_line=True)
    if not points[lines.x].dtype.is_numeric():
        return alt.X("x:N", sort=None, title=title, axis=alt.Axis(labelAngle=0, labelLimit=140),
                     scale=alt.Scale(type="point", padding=0.5))  # fmt: skip
    scale = alt.Scale(type="log" if lines.log_x else "linear", zero=False, nice=False)
    axis = alt.Axis(format=",~f", tickCount=8)
    if lines.log_x:
        axis.values = log_ticks(points[lines.x])
    return alt.X("x:Q", title=title, scale=scale, axis=axis)


def _y_axis(lines: Lines) -> Any:
    """The vertical axis, its title above it, to be read without turning the head."""
    alt = import_altair()
    axis = alt.Axis(**_ABOVE, titleX=0, tickCount=6,
                    format=_FORMATS.get(lines.kind, alt.Undefined))  # fmt: skip
    if lines.kind == "seconds":
        axis.labelExpr = "datum.label + ' s'"
    if lines.kind == "signed":
        axis.labelExpr = "datum.value == 0 ? '0' : datum.label"
    title = visible(lines.y_title, one_line=True)
    return alt.Y("y:Q", title=title, scale=alt.Scale(zero=False), axis=axis)


def _bars(bars: Bars, looks: Looks) -> Any:
    if bars.frame.is_empty():
        return None
    alt = import_altair()
    order = {name: place for place, name in enumerate(series_of(bars))}
    rows = []
    for (x,), part in bars.frame.group_by(bars.x, maintain_order=True):
        begin = 0.0
        shares = [(str(name), share or 0.0) for name, share in
                  part.select(bars.series, bars.y).iter_rows()]  # fmt: skip
        for name, share in sorted(shares, key=lambda pair: order[pair[0]]):
            rows.append(
                {"x": write_value(x), "series": visible(name, one_line=True), "begin": begin,
                 "end": begin + share, "middle": begin + share / 2,
                 "said": write_value(share, "percent", 2) if share >= _LEAST_LABELED else "",
                 "ink": css(contrast(looks[name].color))}
            )  # fmt: skip
            begin += share
    color, _ = _encodings(list(order), looks, "square")
    y = alt.Y("x:N", sort=None, title=visible(bars.x_title, one_line=True),
              axis=_named_axis(alt, labelLimit=220, titleX=0, **_ABOVE))  # fmt: skip
    base = alt.Chart(alt.InlineData(rows)).encode(y=y)
    x_axis = alt.X("begin:Q", title=visible(bars.y_title, one_line=True),
                   scale=alt.Scale(domain=[0, 1]), axis=_shares_axis(alt))  # fmt: skip
    parts = base.mark_bar().encode(x_axis, x2="end", color=color)
    said = base.mark_text(fontSize=11).encode(
        x="middle:Q", text="said:N", color=alt.Color("ink:N", scale=None)
    )
    return alt.layer(parts, said).properties(width=_WIDTH, height={"step": _ROW})


def _matrix(matrix: Matrix, looks: Looks) -> Any:
    del looks  # its colours are of values
    rows, columns, cells = matrix_cells(matrix)
    if not rows:
        return None
    alt = import_altair()
    digits = 2 if matrix.kind == "percent" else 3
    values = [
        {"row": row, "column": column, "said": write_value(value, matrix.kind, digits),
         "fill": css(color), "ink": css(contrast(color))}
        for row, of_row in zip(rows, cells, strict=True)
        for column, value in zip(columns, of_row, strict=True)
        if (color := heat(value, matrix)) is not None
    ]  # fmt: skip
    angle = 0 if max(map(len, columns)) <= 10 else -35
    base = alt.Chart(alt.InlineData(values)).encode(
        x=alt.X("column:N", sort=None, title=None, scale=alt.Scale(domain=columns),
                axis=_named_axis(alt, orient="top", labelAngle=angle, labelLimit=120)),
        y=alt.Y("row:N", sort=None, title=None, scale=alt.Scale(domain=rows),
                axis=_named_axis(alt, labelLimit=200)),
    )  # fmt: skip
    fields = base.mark_rect().encode(color=alt.Color("fill:N", scale=None))
    said = base.mark_text(fontSize=12).encode(text="said:N", color=alt.Color("ink:N", scale=None))
    return alt.layer(fields, said).properties(width={"step": _FIELD[0]}, height={"step": _FIELD[1]})


def _ranks(line: RankLine, looks: Looks) -> Any:
    del looks  # names stand beside their lines
    return rank_layers(line, _WIDTH) if line.names else None


def _shares_axis(alt: Any) -> Any:
    return alt.Axis(format="~%", grid=False, tickCount=5, labelFlush=False)


def _named_axis(alt: Any, **options: Any) -> Any:
    return alt.Axis(ticks=False, domain=False, grid=False, labelPadding=6, **options)


def _values(points: pl.DataFrame, columns: Mapping[str, str]) -> Any:
    alt = import_altair()
    frame = points.select(pl.col(column).alias(name) for name, column in columns.items())
    rows = frame.to_dicts()
    for row in rows:
        row["series"] = visible(str(row["series"]), one_line=True)
        if not isinstance(row["x"], int | float):
            row["x"] = write_value(row["x"])
    return alt.InlineData(rows)


def _encodings(names: Sequence[str], looks: Looks, symbol: str = "circle") -> tuple[Any, Any]:
    """Colours and shapes by name with one legend, in the order given."""
    alt = import_altair()
    shown = [visible(name, one_line=True) for name in names]
    columns = max(1, _WIDTH // (_LEGEND + 7 * min(24, max(map(len, shown)))))
    legend = alt.Legend(title=None, symbolOpacity=1, labelLimit=180, symbolType=symbol,
                        orient="bottom", columns=columns, columnPadding=16)  # fmt: skip
    colors = alt.Scale(domain=shown, range=[css(looks[name].color) for name in names])
    shapes = alt.Scale(domain=shown, range=[_SHAPES[looks[name].marker] for name in names])
    return (
        alt.Color("series:N", scale=colors, legend=legend),
        alt.Shape("series:N", scale=shapes, legend=legend),
    )


def _config(ink: str, background: str) -> dict[str, Any]:
    """Text and axes in one ink, a faint grid, no frame."""
    labels = {"labelColor": ink, "titleColor": ink, "labelFontSize": 12, "titleFontSize": 12}
    return {
        "aria": False,
        "background": background,
        "font": "sans-serif",
        "view": {"stroke": None},
        "axis": {**labels, "titleFontWeight": "normal", "domainColor": ink, "domainOpacity": 0.4,
                 "tickColor": ink, "tickOpacity": 0.4, "gridColor": ink, "gridOpacity": 0.12},
        "legend": {**labels, "symbolSize": 90},
        "rule": {"color": ink},
        "text": {"color": ink},
        "title": {"color": ink, "anchor": "start", "fontSize": 14, "offset": 16, "limit": 800},
    }  # fmt: skip


_DRAWERS: Mapping[type, Any] = {Lines: _lines, Bars: _bars, Matrix: _matrix, RankLine: _ranks}
