"""Bad files of the user: one line that names the place, and nothing written."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui_al.corpora.tables import read_table
from tui_al.corpora.user import add_dataset
from tui_al.errors import BadInput
from tui_al.paths import Cache

Write = Callable[[str, str | bytes], Path]

GOOD = "text,label\n" + "".join(f"text {row},{'AB'[row % 2]}\n" for row in range(20))


def refusal(path: Path, cache: Cache, **options: object) -> str:
    """The one line that refuses a file, after checking that nothing was written."""
    with pytest.raises(BadInput) as raised:
        add_dataset("mine", path, cache, **options)
    message = str(raised.value)
    assert len(message.splitlines()) == 1
    assert not cache.root.exists()
    return message


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", "\n\n", "is empty"),
        ("a.csv", b"\xef\xbb\xbf", "is empty"),
        ("a.csv", "text,label", "holds no rows"),
        ("a.csv", "text,label\n", "holds no rows"),
        ("a.jsonl", "\n\n", "holds no rows"),
        ("a.jsonl", "{}\n{}\n", "holds no rows"),
        ("a.csv", "text,label\na,x\nb,x\n", "every label is 'x'"),
        ("a.csv", 'text,label\na,x\n"",y\nb,x\n', "row 2 has an empty text"),
        ("a.csv", 'text,label\na,x\n" \t",y\n,x\n', "row 2 (and 1 more rows) has an empty text"),
        ("a.csv", 'text,label\na,x\nb,""\n', "row 2 has an empty label"),
        ("a.jsonl", '{"text": "a", "label": 1}\n{"text": null, "label": 2}', "row 2 has an empty"),
        ("a.jsonl", '{"text": "a", "label": 1}\n{"label": 2}', "row 2 has an empty text"),
        ("a.jsonl", '{"text": "a", "label": null}\n', "row 1 has an empty label"),
        ("a.csv", "text,label\na,x\nb,y,z\n", "row 2 (line 3) has 3 instead of 2 fields"),
        ("a.csv", "text,label\na,x\nb\nc,y\n", "row 2 (line 3) has 1 instead of 2 fields"),
        ("a.csv", 'text,label\n"a\nb",x\nb,y,z\n', "row 2 (line 4) has 3 instead of 2 fields"),
        ("a.csv", 'text,label\na,x\n"b,y\nc,x\n', "row 2 (up to line 4) has an unbalanced quot"),
        ("a.tsv", 'text\tlabel\n"a" b\tx\n', "row 1 (up to line 2) has an unbalanced quot"),
        ("a.csv", b"text,label\na,x\ncaf\xe9,y\n", "not UTF-8 (line 3)"),
        ("a.jsonl", b'{"text": "a", "label": 1}\n{"text": "\xff", "label": 2}', "UTF-8 (line 2)"),
        ("a.csv", "text,label\na,x\n".encode("utf-16"), "not UTF-8 (line 1)"),
        ("a.csv", b"text,label\na,x\nb,\xe2\x82", "not UTF-8 (line 3)"),
        ("a.jsonl", '{"text": "a", "label": 1}\n{"text": "b"\n', "line 2 is not valid JSON"),
        ("a.jsonl", '{"text": "a", "label": 1}\n["b", 2]\n', "line 2 is not a JSON object"),
        ("a.jsonl", "[" * 100_000, "line 1 is not valid JSON"),
        ("a.jsonl", '{"text": "\\ud800", "label": 1}', "line 1 holds half a surrogate pair"),
        ("a.parquet", b"PAR1 and nothing else", "not a readable parquet file"),
        ("a.parquet", GOOD, "not a readable parquet file"),
        ("a.xlsx", GOOD, "unknown format '.xlsx'"),
        ("a", GOOD, "unknown format ''"),
    ],
)
def test_a_bad_file_is_named_with_its_place(
    name: str, content: str | bytes, said: str, write: Write, cache: Cache
) -> None:
    path = write(name, content)

    message = refusal(path, cache)

    assert message.startswith(str(path))
    assert said in message


def test_the_line_is_right_far_into_a_file(write: Write, cache: Cache) -> None:
    content = b"text,label\n" + "é,x\n".encode() * 600_000 + b"\xff,y\n"

    assert "(line 600002)" in refusal(write("a.csv", content), cache)


@pytest.mark.parametrize("name", ["missing.csv", "folder.csv", "folder", "pipe.csv"])
def test_what_is_not_a_file_is_refused(name: str, tmp_path: Path, cache: Cache) -> None:
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")

    message = refusal(tmp_path / name, cache)

    assert str(tmp_path / name) in message
    assert "is not a file" in message


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"text": ["body"]}, "no column 'body'"),
        ({"label": "stars"}, "no column 'stars'"),
        ({"text": ["text", "body"]}, "no column 'body'"),
        ({"text": ["label"], "label": "label"}, "'label' cannot be the text and the label"),
    ],
)
def test_a_column_that_will_not_do_is_named(
    options: dict[str, object], said: str, write: Write, cache: Cache
) -> None:
    path = write("a.csv", GOOD)

    message = refusal(path, cache, **options)

    assert message.startswith(str(path))
    assert said in message
    if "no column" in said:
        assert "'text', 'label'" in message


@pytest.mark.parametrize(
    "values",
    [[["a"], ["b"]], [{"x": 1}, {"x": 2}], [b"\xff\xfe", b"b"]],
    ids=["list", "struct", "bytes"],
)
@pytest.mark.parametrize("column", ["text", "label"])
def test_a_column_without_text_is_named(
    column: str, values: list[object], tmp_path: Path, cache: Cache
) -> None:
    frame = pl.DataFrame({"text": ["a", "b"], "label": ["x", "y"], column: values})
    frame.write_parquet(tmp_path / "a.parquet")

    assert f"column '{column}' holds" in refusal(tmp_path / "a.parquet", cache)


def test_a_test_label_never_seen_in_training_is_named_by_row(write: Write, cache: Cache) -> None:
    test = write("test.csv", "text,label\nt,A\nu,C\n")

    message = refusal(write("a.csv", GOOD), cache, test_file=test)

    assert message.startswith(f"{test}: row 2 has the label 'C'")


def test_a_test_file_without_the_column_is_named(write: Write, cache: Cache) -> None:
    test = write("test.csv", "text,other\nt,A\n")

    message = refusal(write("a.csv", GOOD), cache, test_file=test)

    assert message.startswith(f"{test} has no column 'label'")


def test_too_few_rows_for_a_split_ask_for_a_test_file(write: Write, cache: Cache) -> None:
    path = write("a.csv", "text,label\na,x\nb,y\n")

    assert "give a test file" in refusal(path, cache)


def test_a_class_number_beyond_the_names_is_named_by_row(tmp_path: Path, cache: Cache) -> None:
    features = {"info": {"features": {"label": {"names": ["no", "yes"]}}}}
    pl.DataFrame({"text": ["a", "b", "c"], "label": [0, 1, -1]}).write_parquet(
        tmp_path / "a.parquet", metadata={"huggingface": json.dumps(features)}
    )

    assert "row 3 has the label -1" in refusal(tmp_path / "a.parquet", cache)


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../x", "a/b", "/etc", ".hidden", "-x", "a b", "a\n", "x@10", "é", "a" * 65],
)
def test_a_bad_name_is_refused(name: str, write: Write, cache: Cache) -> None:
    with pytest.raises(BadInput, match="cannot name a dataset"):
        add_dataset(name, write("a.csv", GOOD), cache)
    assert not cache.root.exists()


def test_a_hostile_label_is_shown_not_obeyed(write: Write, cache: Cache) -> None:
    path = write("a.csv", "text,label\na,\x1b[31mred\nb,\x1b[31mred\n")

    message = refusal(path, cache)

    assert "\x1b" not in message
    assert "␛[31mred" in message


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=200), suffix=st.sampled_from(["csv", "tsv", "jsonl", "parquet"]))
def test_no_bytes_end_in_another_error(content: bytes, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(content)

    try:
        add_dataset("mine", path, Cache(tmp_path / "cache"), replace=True)
    except BadInput as error:
        assert len(str(error).splitlines()) == 1


def test_a_parquet_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    # Cut, not with bytes flipped: on some of those polars ends the whole process.
    path = tmp_path / "a.parquet"
    pl.DataFrame({"text": ["some text"] * 9, "label": ["x", "y", "z"] * 3}).write_parquet(path)
    content = path.read_bytes()
    for length in range(1, len(content), 7):
        path.write_bytes(content[:length])
        with pytest.raises(BadInput, match=re.escape(str(path))):
            read_table(path)
