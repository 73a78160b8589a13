"""Sections as JSON and CSV."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
import section_samples as samples
from golden import check_golden
from hypothesis import given
from hypothesis import strategies as st

from tui_al.errors import BadInput
from tui_al.report.blocks import Section
from tui_al.report.rendering.render import FORMATS, render


def section(frame: pl.DataFrame) -> Section:
    return Section("s", "S", (), frame)


def test_golden() -> None:
    check_golden("winners.json", render([samples.winners()], "json"))
    check_golden("winners.csv", render([samples.winners()], "csv"))


def test_one_section_is_an_array_and_several_are_an_object_by_name() -> None:
    alone = json.loads(render([samples.duels()], "json"))
    assert len(alone) == 56
    assert alone[0] == {"strategy": "random", "opponent": "margin", "rate": pytest.approx(0.332)}
    together = json.loads(render([samples.duels(), samples.ranks()], "json"))
    assert list(together) == ["duels", "ranks"]
    assert together["duels"] == alone
    assert json.loads(render([], "json")) == {}
    assert json.loads(render([section(pl.DataFrame())], "json")) == []


def test_what_json_has_no_number_for_is_null_and_dates_are_iso() -> None:
    rows = json.loads(render([samples.ladder()], "json"))
    assert [row["share"] for row in rows] == [None, None, 0.25]
    assert [row["seen"] for row in rows] == ["2026-01-31", None, "2026-02-28"]
    assert [row["classes"] for row in rows] == [["a", "b"], [], None]
    nested = pl.DataFrame(
        {"at": [datetime(2026, 1, 31, 12, tzinfo=UTC)], "took": [timedelta(seconds=90)],
         "of": [{"x": float("nan"), "y": [float("inf"), 1.0]}]}
    )  # fmt: skip
    assert json.loads(render([section(nested)], "json")) == [
        {"at": "2026-01-31T12:00:00+00:00", "took": 90.0, "of": {"x": None, "y": [None, 1.0]}}
    ]


ROWS = st.lists(
    st.tuples(st.none() | st.text(), st.none() | st.floats(), st.none() | st.booleans()), max_size=8
)


@given(ROWS)
def test_json_is_read_back_as_it_was(rows: list[tuple[Any, ...]]) -> None:
    schema = {"a": pl.String, "b": pl.Float64, "c": pl.Boolean}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    finite = pl.when(pl.col("b").is_finite()).then("b").alias("b")
    text = render([section(frame)], "json")
    assert text.isascii()
    assert json.loads(text) == frame.with_columns(finite).to_dicts()
    assert text.count("\n") == len(rows) + 2 if rows else text == "[]\n"


@given(ROWS)
def test_csv_has_every_row_and_no_nan(rows: list[tuple[Any, ...]]) -> None:
    schema = {"a": pl.String, "b": pl.Float64, "c": pl.Boolean}
    text = render([section(pl.DataFrame(rows, schema=schema, orient="row"))], "csv")
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read[0] == ["a", "b", "c"]
    assert len(read) == len(rows) + 1
    for line, (_, number, truth) in zip(read[1:], rows, strict=True):
        assert line[1] == "" if number is None else line[1] != "NaN"
        assert line[2] == {None: "", True: "true", False: "false"}[truth]


def test_csv_joins_lists_and_shows_control_characters() -> None:
    assert render([samples.ladder()], "csv").split("\n")[1:4] == [
        "glove-50,2026-01-31,,a;b",
        'wordllama-256,,,""',
        "minilm-l6,2026-02-28,0.25,",
    ]
    frame = pl.DataFrame({"name": ["\x1b[31m"], "took": [timedelta(seconds=90)]})
    assert render([section(frame)], "csv") == "name,took\n␛[31m,90.0\n"


@pytest.mark.parametrize(
    "frame", [pl.DataFrame({"a": [{"x": 1}]}), pl.DataFrame({"a": [[[1], [2]]]})]
)
def test_csv_refuses_what_it_has_no_place_for(frame: pl.DataFrame) -> None:
    with pytest.raises(BadInput, match=r"the column 'a': use --format json"):
        render([section(frame)], "csv")


def test_csv_holds_one_section() -> None:
    with pytest.raises(BadInput, match=r"choose one of these \(duels, ranks\)"):
        render([samples.duels(), samples.ranks()], "csv")
    with pytest.raises(BadInput, match="one section"):
        render([], "csv")


def test_numbers_are_whole_and_dates_stay() -> None:
    frame = pl.DataFrame({"n": [1], "x": [0.1 + 0.2], "d": [date(2026, 1, 31)]})
    assert render([section(frame)], "csv") == "n,x,d\n1,0.30000000000000004,2026-01-31\n"


def test_an_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(BadInput, match="unknown format 'xml': choose among table, json, csv"):
        render([], "xml")
    assert len(FORMATS) == 6
