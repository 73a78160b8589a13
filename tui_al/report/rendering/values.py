"""How the figures of a report are written: the same in a terminal, a paper and a page."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tui_al.grid.durations import format_duration
from tui_al.report.blocks import Column, Kind, Section, Table
from tui_al.textsafe import visible

MISSING = "–"
TIED = "="
BEST = "ahead of all others by more than the noise"
"""What the emphasis of a row means."""


@dataclass(frozen=True, slots=True)
class Written:
    """A value, what surrounds it ("±0.004", "[0.904, 0.920]") and its mark ("=")."""

    main: str
    around: str = ""
    mark: str = ""

    @property
    def text(self) -> str:
        return " ".join(part for part in (self.main, self.around, self.mark) if part)


def write_value(value: object, kind: Kind = "text", digits: int = 3) -> str:
    """One value. `digits` are decimals of the stored number: 0.9124 is 91.2% with three.

    Null and NaN are a dash. Text is made visible and stays on one line.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return MISSING
    if kind == "text" or not isinstance(value, int | float) or isinstance(value, bool):
        return _write_text(value)
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    return _WRITERS[kind](value, digits)


def write_cell(row: Mapping[str, Any], column: Column) -> Written:
    """The value of a column in a row of its frame, with its spread, interval and mark."""
    main = write_value(row[column.name], column.kind, column.digits)
    if main == MISSING:
        return Written(MISSING)
    mark = TIED if column.tied and row[column.tied] else ""
    return Written(main, _write_around(row, column), mark)


def write_rows(table: Table) -> list[list[Written]]:
    """All cells of a table that are shown."""
    return [
        [write_cell(row, column) for column in table.columns]
        for row in table.frame.iter_rows(named=True)
    ]


def source_note(section: Section) -> str:
    """Which part of the benchmark a section repeats; empty where there is none."""
    return f"({visible(section.source, one_line=True)} of the benchmark)" if section.source else ""


def write_notes(table: Table) -> list[str]:
    """What stands below a table whose best rows are bold."""
    return [*([table.note] if table.note else []),
            *([f"Bold: {BEST}."] if any(best_rows(table)) else [])]  # fmt: skip


def best_rows(table: Table) -> list[bool]:
    """Which rows may be emphasised."""
    if table.best is None:
        return [False] * table.frame.height
    return [bool(best) for best in table.frame[table.best]]


def write_ticks(ticks: Sequence[float], kind: Kind) -> list[str]:
    """Labels for evenly spaced ticks of an axis, with as many decimals as tell them apart."""
    if kind == "seconds" and max(map(abs, ticks)) >= 60:
        return [format_duration(tick) if tick else "0" for tick in ticks]
    factor = 100 if kind == "percent" else 1
    decimals = max(len(f"{factor * tick:.10g}".partition(".")[2]) for tick in ticks)
    sign = "+" if kind == "signed" else ""
    unit = {"percent": "%", "seconds": " s"}.get(kind, "")
    return [
        f"{factor * tick + 0.0:{sign if tick else ''},.{decimals}f}{unit}"  # + 0.0: no -0
        for tick in ticks
    ]


def _write_text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(_write_text, value))
    if isinstance(value, date):
        return value.isoformat()
    return visible(str(value), one_line=True)


def _write_around(row: Mapping[str, Any], column: Column) -> str:
    kind: Kind = "decimal" if column.kind == "signed" else column.kind
    if column.spread and _is_finite(row[column.spread]):
        return "±" + write_value(row[column.spread], kind, column.digits)
    if column.low and column.high and _is_finite(row[column.low]) and _is_finite(row[column.high]):
        ends = (write_value(row[end], column.kind, column.digits) for end in
                (column.low, column.high))  # fmt: skip
        return "[" + ", ".join(ends) + "]"
    return ""


def _is_finite(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _decimal(value: float, digits: int) -> str:
    return _unsigned_zero(f"{value:.{digits}f}")


def _signed(value: float, digits: int) -> str:
    return _unsigned_zero(f"{value:+.{digits}f}")


def _count(value: float, _digits: int) -> str:
    return _unsigned_zero(f"{value:,.{0 if float(value).is_integer() else 1}f}")


def _percent(value: float, digits: int) -> str:
    return _decimal(100 * value, max(0, digits - 2)) + "%"


def _seconds(value: float, _digits: int) -> str:
    if abs(value) >= 9.995:
        return format_duration(value) if value > 0 else f"-{format_duration(-value)}"
    if 0 < abs(value) < 0.0995:
        return _decimal(1000 * value, 1 if abs(value) < 0.00995 else 0) + " ms"
    return _decimal(value, 2) + " s"


def _money(value: float, _digits: int) -> str:
    return _unsigned_zero(f"{value:,.2f}")


def _unsigned_zero(written: str) -> str:
    return written if written.strip("+-0.,") else written.lstrip("+-")


def _p(value: float, digits: int) -> str:
    least = 10.0**-digits
    return f"<{least:.{digits}f}" if value < least else f"{value:.{digits}f}"


_WRITERS: Mapping[Kind, Callable[[float, int], str]] = {
    "count": _count,
    "decimal": _decimal,
    "signed": _signed,
    "percent": _percent,
    "seconds": _seconds,
    "money": _money,
    "p": _p,
}
