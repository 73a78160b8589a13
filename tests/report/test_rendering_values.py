"""How figures are written."""

import math
import re
from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_al.report.blocks import Column, Section, Table
from tui_al.report.rendering.values import (
    best_rows,
    source_note,
    write_cell,
    write_rows,
    write_ticks,
    write_value,
)

KINDS = ("count", "decimal", "signed", "percent", "seconds", "money", "p")


@pytest.mark.parametrize(
    ("value", "kind", "digits", "written"),
    [
        (0.91249, "decimal", 3, "0.912"),
        (0.91249, "decimal", 4, "0.9125"),
        (-0.0004, "decimal", 3, "0.000"),
        (0.0124, "signed", 3, "+0.012"),
        (-0.0124, "signed", 3, "-0.012"),
        (0.0, "signed", 3, "0.000"),
        (-0.0004, "signed", 3, "0.000"),
        (0.9124, "percent", 3, "91.2%"),
        (0.9124, "percent", 2, "91%"),
        (0.9124, "percent", 0, "91%"),
        (1234, "count", 3, "1,234"),
        (5.0, "count", 3, "5"),
        (4.5, "count", 3, "4.5"),
        (0.0012, "seconds", 3, "1.2 ms"),
        (0.012, "seconds", 3, "12 ms"),
        (0.35, "seconds", 3, "0.35 s"),
        (0.0, "seconds", 3, "0.00 s"),
        (130.0, "seconds", 3, "2 min 10 s"),
        (-130.0, "seconds", 3, "-2 min 10 s"),
        (9.999, "seconds", 3, "10 s"),
        (1234.5, "money", 3, "1,234.50"),
        (0.0004, "p", 3, "<0.001"),
        (0.001, "p", 3, "0.001"),
        (1.0, "p", 3, "1.000"),
        (0.004, "p", 2, "<0.01"),
        (math.inf, "decimal", 3, "∞"),
        (-math.inf, "signed", 3, "-∞"),
        (True, "text", 3, "yes"),
        (["a", "b\x1b"], "text", 3, "a, b␛"),
        (date(2026, 1, 31), "text", 3, "2026-01-31"),
        (datetime(2026, 1, 31, 12, tzinfo=UTC), "text", 3, "2026-01-31T12:00:00+00:00"),
        ("a\nb\x1b[31m\u202e", "text", 3, "a b␛[31m<U+202E>"),
    ],
)
def test_known_values(value: object, kind: str, digits: int, written: str) -> None:
    assert write_value(value, kind, digits) == written  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["text", *KINDS])
@pytest.mark.parametrize("value", [None, math.nan])
def test_missing_is_a_dash(kind: str, value: float | None) -> None:
    assert write_value(value, kind) == "–"  # type: ignore[arg-type]


@given(value=st.floats(allow_nan=False, allow_infinity=False, width=32),
       kind=st.sampled_from(KINDS), digits=st.integers(0, 6))  # fmt: skip
def test_every_finite_number_is_written_without_an_exponent(
    value: float, kind: str, digits: int
) -> None:
    written = write_value(value, kind, digits)  # type: ignore[arg-type]
    assert written
    assert "e" not in written
    assert not re.fullmatch(r"-0?[.0]*( m?s|%)?", written)


@given(st.floats(-1000, 1000), st.integers(1, 6))
def test_decimals_are_read_back_within_their_precision(value: float, digits: int) -> None:
    for kind in ("decimal", "signed"):
        written = write_value(value, kind, digits)  # type: ignore[arg-type]
        assert abs(float(written) - value) <= 0.5 * 10.0**-digits + 1e-9


def cell(row: dict[str, object], **options: object) -> str:
    return write_cell(row, Column("v", "v", **options)).text  # type: ignore[arg-type]


def test_a_spread_and_an_interval_are_written_beside_the_value() -> None:
    row = {"v": 0.9124, "s": 0.0041, "l": 0.9041, "h": 0.9204, "t": True}
    assert cell(row, kind="decimal", spread="s") == "0.912 ±0.004"
    assert cell(row, kind="decimal", low="l", high="h") == "0.912 [0.904, 0.920]"
    assert cell(row, kind="decimal", tied="t") == "0.912 ="
    assert cell(row, kind="decimal", spread="s", tied="t") == "0.912 ±0.004 ="
    assert cell(row, kind="percent", spread="s") == "91.2% ±0.4%"


def test_the_spread_of_a_difference_has_one_sign_and_its_interval_two() -> None:
    row = {"v": 0.01, "s": 0.004, "l": -0.002, "h": 0.022}
    assert cell(row, kind="signed", spread="s") == "+0.010 ±0.004"
    assert cell(row, kind="signed", low="l", high="h") == "+0.010 [-0.002, +0.022]"


@pytest.mark.parametrize("missing", [None, math.nan, math.inf])
def test_a_missing_spread_or_end_is_left_out(missing: float | None) -> None:
    row = {"v": 0.9124, "s": missing, "l": 0.9, "h": missing}
    assert cell(row, kind="decimal", spread="s") == "0.912"
    assert cell(row, kind="decimal", low="l", high="h") == "0.912"


def test_a_missing_value_has_neither_spread_nor_mark() -> None:
    row = {"v": None, "s": 0.1, "t": True}
    assert cell(row, kind="decimal", spread="s", tied="t") == "–"


def test_rows_of_a_table_and_the_best_of_them() -> None:
    frame = pl.DataFrame({"n": ["a", "b"], "v": [0.1, 0.2], "best": [None, True]})
    table = Table("t", frame, (Column("v", "v", "decimal", 1), Column("n", "n")), best="best")
    assert [[each.text for each in row] for row in write_rows(table)] == [
        ["0.1", "a"],
        ["0.2", "b"],
    ]
    assert best_rows(table) == [False, True]
    assert best_rows(Table("t", frame, ())) == [False, False]


@pytest.mark.parametrize(
    ("ticks", "kind", "labels"),
    [
        ([0.5, 0.75, 1.0], "decimal", ["0.50", "0.75", "1.00"]),
        ([-0.02, -0.0, 0.02], "signed", ["-0.02", "0.00", "+0.02"]),
        ([0.0, 0.25], "percent", ["0%", "25%"]),
        ([0.0, 0.125], "percent", ["0.0%", "12.5%"]),
        ([0.0, 1000.0], "count", ["0", "1,000"]),
        ([0.0, 2.5], "seconds", ["0.0 s", "2.5 s"]),
        ([0.0, 90.0], "seconds", ["0", "1 min 30 s"]),
    ],
)
def test_ticks_have_just_the_decimals_that_they_need(
    ticks: list[float], kind: str, labels: list[str]
) -> None:
    assert write_ticks(ticks, kind) == labels  # type: ignore[arg-type]


def test_where_a_section_comes_from() -> None:
    rows = pl.DataFrame()
    assert source_note(Section("a", "A", (), rows, source="Fig. 4")) == "(Fig. 4 of the benchmark)"
    assert source_note(Section("a", "A", (), rows)) == ""
