"""Sorting, filtering and choosing columns of sections."""

import math
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
import section_samples as samples
from hypothesis import given
from hypothesis import strategies as st

from tui_al.errors import BadInput, UnknownName
from tui_al.report.blocks import Column, Lines, Section, Table
from tui_al.report.rendering.arrange import (
    Filter,
    Order,
    arrange,
    columns_of,
    parse_filter,
    parse_order,
    require_columns,
)

ROWS = pl.DataFrame(
    {
        "name": ["badge", "margin", "Random", None],
        "n": [10, 9, 100, None],
        "x": [0.5, math.nan, 0.25, None],
        "on": [True, False, None, True],
        "day": [date(2026, 1, 31), date(2026, 2, 1), None, date(2025, 12, 31)],
        "at": [datetime(2026, 1, 31, 12, tzinfo=UTC), None, None, None],
        "list": [["a"], ["b"], None, []],
    }
)


def section(frame: pl.DataFrame = ROWS) -> Section:
    table = Table("T", frame, (Column("name", "a name"), Column("n", "N", "count")))
    other = Table("U", pl.DataFrame({"other": [1]}), (Column("other", "o"),))
    return Section("s", "S", (table, other), frame)


def kept(condition: str) -> list[Any]:
    return arrange(section(), filters=[parse_filter(condition)]).rows["name"].to_list()


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("accuracy >= 0.9", Filter("accuracy", ">=", "0.9")),
        ("accuracy<0.9", Filter("accuracy", "<", "0.9")),
        ("name=a = b", Filter("name", "=", "a = b")),
        ("name == a", Filter("name", "=", "a")),
        ("name != ", Filter("name", "!=", "")),
        ("a column ~ x<y", Filter("a column", "~", "x<y")),
        (" n<=3 ", Filter("n", "<=", "3")),
    ],
)
def test_filters_are_read(text: str, parsed: Filter) -> None:
    assert parse_filter(text) == parsed


@pytest.mark.parametrize("text", ["", "accuracy", "= 3", "accuracy 0.9"])
def test_what_is_no_filter_says_how_one_looks(text: str) -> None:
    with pytest.raises(BadInput, match="write COLUMN OP VALUE"):
        parse_filter(text)


def test_orders_are_read() -> None:
    assert parse_order("aulc") == Order("aulc")
    assert parse_order("aulc:desc") == Order("aulc", descending=True)
    assert parse_order("a:b:asc") == Order("a:b")
    with pytest.raises(BadInput, match="write COLUMN or COLUMN:desc"):
        parse_order("aulc:down")


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("n < 20", ["badge", "margin"]),
        ("n > 9", ["badge", "Random"]),  # as text, "100" would be less
        ("n = 9.0", ["margin"]),
        ("n != 9", ["badge", "Random", None]),
        ("x > 0", ["badge", "Random"]),  # NaN is missing, not large
        ("x >= 50%", ["badge"]),
        ("name = margin", ["margin"]),
        ("name != margin", ["badge", "Random", None]),
        ("name ~ AD", ["badge"]),
        ("name ~ .", []),  # not a pattern
        ("name > c", ["margin"]),
        ("n ~ 0", ["badge", "Random"]),
        ("on = yes", ["badge", None]),
        ("on = FALSE", ["margin"]),
        ("day >= 2026-02-01", ["margin"]),
        ("at > 2026-01-31T11:00", ["badge"]),
    ],
)
def test_values_compare_by_their_type(condition: str, names: list[str | None]) -> None:
    assert kept(condition) == names


def test_all_filters_must_hold() -> None:
    filters = [parse_filter("n >= 10"), parse_filter("name ~ r")]
    assert arrange(section(), filters=filters).rows["name"].to_list() == ["Random"]


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ("n > many", "needs a number"),
        ("on = perhaps", "needs true or false"),
        ("day > tomorrow", "needs a date like 2026-01-31"),
        ("list = a", "holds lists"),
    ],
)
def test_a_value_of_another_type_is_refused(condition: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        kept(condition)


def test_rows_are_sorted_with_missing_ones_last() -> None:
    def order(*texts: str) -> list[Any]:
        orders = [parse_order(text) for text in texts]
        return arrange(section(), orders=orders).rows["name"].to_list()

    assert order("n") == ["margin", "badge", "Random", None]
    assert order("n:desc") == ["Random", "badge", "margin", None]
    assert order("x:desc") == ["badge", "Random", "margin", None]
    assert order("on:desc", "n") == ["badge", None, "margin", "Random"]
    with pytest.raises(BadInput, match="no order"):
        order("list")


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(allow_nan=False)), max_size=20))
def test_sorting_is_stable_and_loses_nothing(pairs: list[tuple[int, float]]) -> None:
    frame = pl.DataFrame(
        [(key, value, place) for place, (key, value) in enumerate(pairs)],
        schema={"name": pl.Int64, "n": pl.Float64, "place": pl.Int64},
        orient="row",
    )
    rows = arrange(section(frame), orders=[Order("name")]).rows
    assert rows["place"].to_list() == sorted(range(len(pairs)), key=lambda place: pairs[place][0])


def test_tables_and_rows_change_together_and_charts_stay() -> None:
    whole = samples.winners()
    part = arrange(
        whole,
        filters=[parse_filter("aulc > 0.85")],
        orders=[Order("seconds")],
        columns=["strategy", "aulc", "std"],
    )
    table = part.blocks[0]
    assert isinstance(table, Table)
    names = ["margin", "entropy", "typiclust", "badge", "dropquery"]
    assert part.rows["strategy"].to_list() == table.frame["strategy"].to_list() == names
    assert part.rows.columns == ["strategy", "aulc", "std"]
    assert [column.name for column in table.columns] == ["strategy", "aulc", "std"]
    assert table.columns[1] is whole.blocks[0].columns[4]  # type: ignore[union-attr]
    assert table.columns[2] == Column("std", "std", "decimal")
    assert part.blocks[1] is whole.blocks[1]
    curves = arrange(samples.curves(), filters=[parse_filter("strategy = badge")])
    assert set(curves.rows["strategy"]) == {"badge"}
    for block in curves.blocks:
        assert isinstance(block, Lines)
        assert set(block.frame["strategy"]) == set(samples.STRATEGIES)


def test_a_table_without_the_column_stays_and_one_without_any_column_goes() -> None:
    filtered = arrange(section(), filters=[Filter("n", "=", "9")], orders=[Order("n")])
    assert [block.frame.height for block in filtered.blocks] == [1, 1]  # type: ignore[union-attr]
    chosen = arrange(section(), columns=["n", "name"])
    assert [block.title for block in chosen.blocks] == ["T"]  # type: ignore[union-attr]
    assert chosen.rows.columns == ["n", "name"]


def test_unknown_columns_are_refused_with_the_close_ones() -> None:
    for options in (
        {"filters": [Filter("strateg", "=", "badge")]},
        {"orders": [Order("strateg")]},
        {"columns": ["aulc", "strateg"]},
    ):
        with pytest.raises(UnknownName, match=r"unknown column 'strateg': did you mean strategy"):
            arrange(samples.winners(), **options)  # type: ignore[arg-type]
    require_columns(["rate", "aulc"], [samples.winners(), samples.duels()])
    assert columns_of([samples.duels(), samples.ranks()]) == [
        "strategy",
        "opponent",
        "rate",
        "rank",
    ]
    with pytest.raises(UnknownName):
        require_columns(["rate"], [samples.winners()])


def test_nothing_asked_for_changes_nothing() -> None:
    whole = samples.winners()
    same = arrange(whole)
    assert same.rows.equals(whole.rows)
    assert same.blocks[0].columns == whole.blocks[0].columns  # type: ignore[union-attr]
