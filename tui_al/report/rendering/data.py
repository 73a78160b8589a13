"""The figures of sections for programs: JSON and CSV."""

import json
import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl

from tui_al.errors import BadInput
from tui_al.report.blocks import Section
from tui_al.textsafe import visible

_SEPARATOR = ";"


def render_json(sections: Sequence[Section]) -> str:
    """The rows of one section as an array; of several as an object by section name.

    One row a line. What JSON has no number for is null; dates are ISO 8601, durations seconds.
    """
    if len(sections) == 1:
        return _array(sections[0].rows) + "\n"
    arrays = (f"{json.dumps(section.name)}: {_array(section.rows)}" for section in sections)
    return "{" + ",\n".join(arrays) + "}\n"


def render_csv(sections: Sequence[Section]) -> str:
    """The rows of one section; lists are joined with semicolons. Raises `BadInput` for more."""
    if len(sections) != 1:
        names = ", ".join(section.name for section in sections) or "none"
        raise BadInput(f"CSV holds the rows of one section: choose one of these ({names})")
    frame = sections[0].rows
    return frame.select(_plain(column) for column in frame.iter_columns()).write_csv()


def _array(frame: pl.DataFrame) -> str:
    rows = ",\n ".join(
        json.dumps({name: _finite(value) for name, value in row.items()}, allow_nan=False)
        for row in frame.iter_rows(named=True)
    )
    return f"[\n {rows}\n]" if rows else "[]"


def _finite(value: Any) -> Any:
    match value:
        case float():
            return value if math.isfinite(value) else None
        case list() | tuple():
            return [_finite(item) for item in value]
        case dict():
            return {key: _finite(item) for key, item in value.items()}
        case date():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
    return value


def _plain(column: pl.Series) -> pl.Series:
    """A column as CSV can hold it: no NaN, no lists, no characters that act on a terminal."""
    if column.dtype.is_float():
        infinite = column.is_infinite() | column.is_nan()
        return pl.select(pl.when(~infinite).then(column).alias(column.name)).to_series()
    if column.dtype.is_nested():
        texts = [None if value is None else _joined(value, column.name) for value in column]
        return pl.Series(column.name, texts, pl.String)
    if column.dtype == pl.Duration:
        return column.dt.total_microseconds() / 1e6
    if column.dtype in (pl.String, pl.Categorical, pl.Enum):
        texts = [None if text is None else visible(text) for text in column]
        return pl.Series(column.name, texts, pl.String)
    return column


def _joined(values: Any, name: str) -> str:
    if isinstance(values, dict) or any(isinstance(value, dict | pl.Series) for value in values):
        raise BadInput(f"CSV has no place for the column '{name}': use --format json")
    return _SEPARATOR.join("" if value is None else visible(str(value)) for value in values)
