"""The fields of a heat map and their colours, for terminals, pages and pictures."""

import math
from collections.abc import Sequence

from tui_al.report.blocks import Matrix
from tui_al.report.palette import Rgb, luminance
from tui_al.textsafe import visible

LOW: Rgb = (230, 159, 0)
MIDDLE: Rgb = (244, 244, 240)
HIGH: Rgb = (0, 114, 178)
_ON_DARK: tuple[Rgb, Rgb, Rgb] = ((230, 159, 0), (36, 43, 52), (86, 180, 233))


def matrix_cells(matrix: Matrix) -> tuple[list[str], list[str], list[list[float | None]]]:
    """Names of rows, names of columns, and the values by row; None where there is none."""
    frame = matrix.frame.select(matrix.row, matrix.column, matrix.value)
    values = {(row, column): value for row, column, value in frame.iter_rows()}
    rows = list(dict.fromkeys(row for row, _ in values))
    columns = list(dict.fromkeys(column for _, column in values))
    if set(rows) == set(columns):
        columns = rows  # the diagonal stays one
    cells = [[_number(values.get((row, column))) for column in columns] for row in rows]
    return _names(rows), _names(columns), cells


def heat(value: float | None, matrix: Matrix, *, dark: bool = False) -> Rgb | None:
    """The diverging colour of a value: neutral at the middle, full at the ends of the span.

    On `dark` ground the neutral colour is dark too.
    """
    if value is None:
        return None
    end = matrix.span[1] if value >= matrix.middle else matrix.span[0]
    share = min(1.0, (value - matrix.middle) / (end - matrix.middle)) if end != matrix.middle else 0
    low, middle, high = _ON_DARK if dark else (LOW, MIDDLE, HIGH)
    target = high if value >= matrix.middle else low
    red, green, blue = (
        round(start + share * (stop - start)) for start, stop in zip(middle, target, strict=True)
    )
    return red, green, blue


def contrast(color: Rgb) -> Rgb:
    """Black or white, whichever reads better on a colour."""
    return (0, 0, 0) if luminance(color) > 0.179 else (255, 255, 255)


def css(color: Rgb) -> str:
    """A colour as pages and rich write it: #rrggbb."""
    return "#{:02x}{:02x}{:02x}".format(*color)


def _number(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else value


def _names(names: Sequence[object]) -> list[str]:
    return [visible(str(name), one_line=True) for name in names]
