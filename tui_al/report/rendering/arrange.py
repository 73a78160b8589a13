"""Which rows and columns of a report's tables are shown, and in which order."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, cast

import polars as pl

from tui_al.errors import BadInput, UnknownName
from tui_al.report.blocks import Block, Column, Kind, Section, Table

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "~"]
_FILTER = re.compile(r"\s*(.+?)\s*(!=|<=|>=|==?|<|>|~)\s*(.*?)\s*", re.DOTALL)
_TRUTH = {"true": True, "yes": True, "false": False, "no": False}

_COMPARED: Mapping[Operator, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "=": pl.Expr.eq,
    "!=": pl.Expr.ne_missing,
    "<": pl.Expr.lt,
    "<=": pl.Expr.le,
    ">": pl.Expr.gt,
    ">=": pl.Expr.ge,
}


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on a column."""

    column: str
    operator: Operator
    value: str


@dataclass(frozen=True, slots=True)
class Order:
    """A column to sort by."""

    column: str
    descending: bool = False


def parse_filter(text: str) -> Filter:
    """A condition like `accuracy >= 0.9`, `strategy != random` or `model ~ glove`.

    `~` is "contains", whatever the case. Raises `BadInput`.
    """
    found = _FILTER.fullmatch(text)
    if found is None:
        raise BadInput(f"--filter '{text}': write COLUMN OP VALUE, OP one of = != < <= > >= ~")
    return Filter(found[1], cast(Operator, found[2].replace("==", "=")), found[3])


def parse_order(text: str) -> Order:
    """`COLUMN`, smallest first, or `COLUMN:desc`, largest first. Raises `BadInput`."""
    column, colon, direction = text.strip().rpartition(":")
    if not colon:
        return Order(direction)
    if direction not in ("asc", "desc"):
        raise BadInput(f"--sort '{text}': write COLUMN or COLUMN:desc")
    return Order(column, direction == "desc")


def arrange(
    section: Section,
    *,
    filters: Sequence[Filter] = (),
    orders: Sequence[Order] = (),
    columns: Sequence[str] = (),
) -> Section:
    """The section with the rows that meet all filters, sorted, and the columns named.

    Columns go by their names in the data (`rows`, JSON and CSV); a table without a column
    that is named stays as it is, and one that has none of `columns` is left out. Charts and
    prose stay. Missing values meet no condition but `!=`, and come last. Raises `UnknownName`
    for a column that nothing in the section has, `BadInput` for a value of another type.
    """
    named = (*(each.column for each in filters), *(each.column for each in orders), *columns)
    require_columns(named, [section])
    rows = _sort(_filter(section.rows, filters), orders)
    if columns:
        rows = rows.select(name for name in columns if name in rows.columns)
    blocks: list[Block] = []
    for block in section.blocks:
        if not isinstance(block, Table):
            blocks.append(block)
            continue
        frame = _sort(_filter(block.frame, filters), orders)
        if shown := _choose(block, columns):
            blocks.append(replace(block, frame=frame, columns=shown))
    return replace(section, rows=rows, blocks=tuple(blocks))


def columns_of(sections: Sequence[Section]) -> list[str]:
    """The columns of sections' rows and tables, which can be sorted by, filtered and chosen."""
    tables = [block for section in sections for block in section.blocks if isinstance(block, Table)]
    frames = [*(section.rows for section in sections), *(table.frame for table in tables)]
    return list(dict.fromkeys(name for frame in frames for name in frame.columns))


def require_columns(named: Iterable[str], sections: Sequence[Section]) -> None:
    """Raise `UnknownName`, with the closest names, for a column that no section has."""
    known = columns_of(sections)
    for name in named:
        if name not in known:
            raise UnknownName("column", name, known)


def _choose(table: Table, columns: Sequence[str]) -> Sequence[Column]:
    if not columns:
        return table.columns
    shown = {column.name: column for column in table.columns}
    return [
        shown.get(name) or Column(name, name, _kind(table.frame.schema[name]))
        for name in columns
        if name in table.frame.columns
    ]


def _kind(dtype: pl.DataType) -> Kind:
    if dtype.is_integer():
        return "count"
    return "decimal" if dtype.is_float() else "text"


def _sort(frame: pl.DataFrame, orders: Sequence[Order]) -> pl.DataFrame:
    present = [order for order in orders if order.column in frame.columns]
    for order in present:
        if frame.schema[order.column].is_nested():
            raise BadInput(f"--sort {order.column}: that column holds lists, which have no order")
    if not present:
        return frame
    return frame.sort(
        [_comparable(frame, order.column) for order in present],
        descending=[order.descending for order in present],
        nulls_last=True,
        maintain_order=True,
    )


def _filter(frame: pl.DataFrame, filters: Sequence[Filter]) -> pl.DataFrame:
    for wanted in filters:
        if wanted.column in frame.columns:
            frame = frame.filter(_condition(frame, wanted))
    return frame


def _condition(frame: pl.DataFrame, wanted: Filter) -> pl.Expr:
    dtype = frame.schema[wanted.column]
    column = _comparable(frame, wanted.column)
    if dtype.is_nested():
        raise BadInput(f"--filter {wanted.column}: that column holds lists: use --format json")
    if wanted.operator == "~":
        text = pl.col(wanted.column).cast(pl.String).str.to_lowercase()
        return text.str.contains(wanted.value.lower(), literal=True)
    value = pl.lit(_parse_value(wanted, dtype))
    return _COMPARED[wanted.operator](column, value)


def _comparable(frame: pl.DataFrame, name: str) -> pl.Expr:
    """A column whose missing values are null; NaN would be larger than every number."""
    column = pl.col(name)
    dtype = frame.schema[name]
    if dtype.is_float():
        return column.fill_nan(None)
    return column.cast(pl.String) if dtype in (pl.Categorical, pl.Enum) else column


def _parse_value(wanted: Filter, dtype: pl.DataType) -> Any:
    """The value that a column of this type is compared with; `62%` is 0.62."""
    text = wanted.value
    try:
        if dtype.is_numeric():
            return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        if dtype == pl.Boolean:
            return _TRUTH[text.lower()]
        if dtype.is_temporal():
            return _parse_moment(text, dtype)
    except (ValueError, KeyError) as error:
        needed = "a date like 2026-01-31" if dtype.is_temporal() else (
            "true or false" if dtype == pl.Boolean else "a number")  # fmt: skip
        raise BadInput(f"--filter {wanted.column} {wanted.operator} '{text}': that column "
                       f"needs {needed}") from error  # fmt: skip
    return text


def _parse_moment(text: str, dtype: pl.DataType) -> Any:
    moment = datetime.fromisoformat(text)
    if isinstance(dtype, pl.Datetime):
        if dtype.time_zone is None:
            return moment.replace(tzinfo=None)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.date()
