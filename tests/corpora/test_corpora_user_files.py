"""Data that the user brings: formats, columns, labels, splits."""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui_al.corpora.load import load_corpus
from tui_al.corpora.tables import read_table
from tui_al.corpora.user import add_dataset
from tui_al.errors import BadInput, TuiAlError
from tui_al.paths import Cache

Write = Callable[[str, str | bytes], Path]

TEXTS = [
    'He said "no", twice',
    "two\nlines",
    "tab\there",
    "naïve 日本 🎉",
    " spaced ",
    "'",
    "a,b;c",
]
ROWS = [(text, label) for label in ("spam", "ham") for text in TEXTS]


def as_csv(rows: list[tuple[str, str]], delimiter: str = ",", end: str = "\n") -> str:
    content = io.StringIO()
    # The writer of Python 3.11 quotes a carriage return only where it quotes everything.
    quoting = csv.QUOTE_ALL if any("\r" in value for row in rows for value in row) else 0
    writer = csv.writer(content, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows([("text", "label"), *rows])
    return content.getvalue()


def as_jsonl(rows: list[tuple[str, str]]) -> str:
    return "".join(json.dumps({"text": text, "label": label}) + "\n" for text, label in rows)


def as_parquet(rows: list[tuple[str, str]]) -> bytes:
    content = io.BytesIO()
    pl.DataFrame(rows, schema=["text", "label"], orient="row").write_parquet(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("data.csv", as_csv(ROWS)),
        ("data.CSV", as_csv(ROWS)),
        ("crlf.csv", as_csv(ROWS, end="\r\n")),
        ("bom.csv", b"\xef\xbb\xbf" + as_csv(ROWS).encode()),
        ("blank lines.csv", as_csv(ROWS).replace("a,b;c", "a,b;c") + "\n\n"),
        ("data.tsv", as_csv(ROWS, delimiter="\t")),
        ("data.jsonl", as_jsonl(ROWS)),
        ("bom.jsonl", b"\xef\xbb\xbf" + as_jsonl(ROWS).encode()),
        ("crlf.jsonl", as_jsonl(ROWS).replace("\n", "\r\n")),
        ("data.parquet", as_parquet(ROWS)),
        ("data [1].parquet", as_parquet(ROWS)),
        ("data [1].csv", as_csv(ROWS)),
    ],
    ids=lambda value: value if isinstance(value, str) and "\n" not in value else "",
)
def test_every_format_holds_the_same_corpus(
    name: str, content: str | bytes, write: Write, cache: Cache
) -> None:
    reference = add_dataset("reference", write("plain.jsonl", as_jsonl(ROWS)), cache)

    corpus = add_dataset("mine", write(name, content), cache)

    assert corpus.fingerprint == reference.fingerprint
    assert sorted((*corpus.train.texts, *corpus.test.texts)) == sorted(text for text, _ in ROWS)
    assert corpus.classes == ("ham", "spam")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=st.lists(
        st.tuples(*[st.text(st.characters(codec="utf-8"), min_size=1)] * 2), min_size=1, max_size=8
    ),
    delimiter=st.sampled_from([",", "\t"]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_what_the_csv_module_writes_is_read_back(
    rows: list[tuple[str, str]], delimiter: str, end: str, tmp_path: Path
) -> None:
    path = tmp_path / ("data.csv" if delimiter == "," else "data.tsv")
    path.write_bytes(as_csv(rows, delimiter, end).encode())

    assert read_table(path).rows() == rows


def test_a_long_article_fits(write: Write, cache: Cache) -> None:
    article = "long " * 100_000

    corpus = add_dataset("mine", write("a.csv", as_csv([*ROWS, (article, "spam")])), cache)

    assert article in (*corpus.train.texts, *corpus.test.texts)


@pytest.mark.parametrize(
    ("header", "text", "label"),
    [
        ("text,label", "first", "second"),
        ("label,text", "second", "first"),
        ("Sentence,Category", "first", "second"),
        ("id,text,label", "second", "third"),
        ("title,text,label", "second", "third"),
        (" Review ,stars,class", "first", "third"),
        ("label,anything", "second", "first"),
    ],
)
def test_obvious_columns_are_found(
    header: str, text: str, label: str, write: Write, cache: Cache
) -> None:
    places = ["first", "second", "third"][: header.count(",") + 1]
    rows = [",".join(f"{place}{row % 2}" for place in places) for row in range(10)]

    corpus = add_dataset("mine", write("data.csv", "\n".join([header, *rows])), cache)

    assert set(corpus.train.texts) == {f"{text}0", f"{text}1"}
    assert corpus.classes == (f"{label}0", f"{label}1")


@pytest.mark.parametrize(
    ("header", "option", "columns"),
    [
        ("text,a,b", "--label", ["'a'", "'b'"]),
        ("a,b,label", "--text", ["'a'", "'b'"]),
        ("title,body,label", "--text", ["'title'", "'body'"]),
        ("text,class,category", "--label", ["'class'", "'category'"]),
        ("Text,text,label", "--text", ["'Text'", "'text'"]),
    ],
)
def test_what_is_not_obvious_is_asked_for_by_name(
    header: str, option: str, columns: list[str], write: Write, cache: Cache
) -> None:
    path = write("data.csv", f"{header}\nx,y,z\n")

    with pytest.raises(BadInput) as raised:
        add_dataset("mine", path, cache)

    assert str(path) in str(raised.value)
    assert option in str(raised.value)
    assert all(column in str(raised.value) for column in columns)


def test_named_columns_win_and_several_texts_join(write: Write, cache: Cache) -> None:
    rows = "".join(f"t{row},b{row},x{row},{'AB'[row % 2]},l{row}\n" for row in range(10))
    path = write("data.csv", "title,body,text,kind,label\n" + rows)

    corpus = add_dataset("mine", path, cache, text=["body", "title"], label="kind")

    assert sorted((*corpus.train.texts, *corpus.test.texts)) == [f"b{n}\nt{n}" for n in range(10)]
    assert corpus.classes == ("A", "B")


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        ([10, 9, 2], ("2", "9", "10")),
        ([True, False], ("false", "true")),
        (["10", "9", "b", "a"], ("9", "10", "a", "b")),
        (["-1", "1.5", "nan", "b", "inf", "0"], ("-1", "0", "1.5", "b", "inf", "nan")),
        (["é", "z", "A"], ("A", "z", "é")),
    ],
)
def test_classes_are_in_natural_order(
    labels: list[object], classes: tuple[str, ...], write: Write, cache: Cache
) -> None:
    rows = [{"text": f"text {row}", "label": labels[row % len(labels)]} for row in range(20)]
    jsonl = write("data.jsonl", "\n".join(map(json.dumps, rows)))
    parquet = jsonl.with_suffix(".parquet")
    pl.DataFrame(rows).write_parquet(parquet)

    assert add_dataset("lines", jsonl, cache).classes == classes
    assert add_dataset("columns", parquet, cache).classes == classes


def test_class_names_in_parquet_metadata_are_used(cache: Cache, tmp_path: Path) -> None:
    features = {"info": {"features": {"label": {"names": ["worse", "better", "unused"]}}}}
    pl.DataFrame({"text": list("abcdefghij"), "label": [1, 0] * 5}).write_parquet(
        tmp_path / "data.parquet", metadata={"huggingface": json.dumps(features)}
    )

    corpus = add_dataset("mine", tmp_path / "data.parquet", cache)

    assert corpus.classes == ("worse", "better")


@pytest.mark.parametrize(
    "metadata",
    ["", "not json", "[]", '{"info": null}', '{"info": {"features": {"label": {"names": null}}}}'],
)
def test_other_parquet_metadata_is_ignored(metadata: str, cache: Cache, tmp_path: Path) -> None:
    pl.DataFrame({"text": list("abcdefghij"), "label": [1, 0] * 5}).write_parquet(
        tmp_path / "data.parquet", metadata={"huggingface": metadata}
    )

    assert add_dataset("mine", tmp_path / "data.parquet", cache).classes == ("0", "1")


def test_the_split_is_fixed_and_keeps_the_shares_of_classes(write: Write, cache: Cache) -> None:
    labels = ["many"] * 60 + ["some"] * 30 + ["few"] * 10
    path = write("data.csv", as_csv([(f"text {row}", label) for row, label in enumerate(labels)]))

    first, again = add_dataset("first", path, cache), add_dataset("again", path, cache)

    names = [first.classes[code] for code in first.test.labels]
    assert Counter(names) == {"many": 12, "some": 6, "few": 2}
    assert len(first.train) == 80
    assert not {*first.train.texts} & {*first.test.texts}
    assert first.test.texts == again.test.texts
    assert first.fingerprint == again.fingerprint


@given(labels=st.lists(st.integers(0, 5), min_size=10, max_size=80).filter(lambda y: len({*y}) > 1))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)
def test_a_split_never_tests_on_a_class_it_does_not_train_on(
    labels: list[int], tmp_path: Path
) -> None:
    path = tmp_path / "data.csv"
    path.write_text(as_csv([(f"text {row}", str(label)) for row, label in enumerate(labels)]))

    try:
        corpus = add_dataset("mine", path, Cache(tmp_path / "cache"), replace=True)
    except BadInput as error:
        assert "too small" in str(error)  # only where every class has one row or so
        assert max(Counter(labels).values()) <= 2 or len(labels) < 12
    else:
        assert {*corpus.train.labels} == set(range(len({*labels})))
        assert 0 < len(corpus.test) <= round(len(labels) / 5)
        assert len(corpus.train) + len(corpus.test) == len(labels)


def test_a_test_file_is_the_test_set(write: Write, cache: Cache) -> None:
    train, test = write("a.csv", as_csv(ROWS)), write("b.jsonl", as_jsonl([("t", "ham")] * 3))

    corpus = add_dataset("mine", train, cache, test_file=test)

    assert corpus.train.texts == tuple(text for text, _ in ROWS)
    assert corpus.test.texts == ("t",) * 3
    assert corpus.test.labels.tolist() == [0, 0, 0]


def test_the_added_copy_outlives_its_file(write: Write, cache: Cache) -> None:
    path = write("data.csv", as_csv(ROWS))
    added = add_dataset("mine", path, cache)
    path.unlink()

    loaded = load_corpus("mine", cache)

    assert loaded.fingerprint == added.fingerprint
    assert loaded.classes == added.classes
    assert loaded.train.texts == added.train.texts
    assert loaded.test.labels.tolist() == added.test.labels.tolist()


def test_the_users_data_come_before_the_catalogs(write: Write, cache: Cache) -> None:
    added = add_dataset("bbcnews", write("data.csv", as_csv(ROWS)), cache, replace=True)

    assert load_corpus("bbcnews", cache).fingerprint == added.fingerprint


def test_replacing_is_asked_for(write: Write, cache: Cache) -> None:
    first = add_dataset("mine", write("a.csv", as_csv(ROWS)), cache)
    other = write("b.csv", as_csv([*ROWS, ("one more", "ham")]))

    with pytest.raises(BadInput, match="'mine' exists"):
        add_dataset("mine", other, cache)
    assert load_corpus("mine", cache).fingerprint == first.fingerprint

    replaced = add_dataset("mine", other, cache, replace=True)
    assert load_corpus("mine", cache).fingerprint == replaced.fingerprint != first.fingerprint


def test_a_failed_replacement_keeps_what_was_there(
    write: Write, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = add_dataset("mine", write("a.csv", as_csv(ROWS)), cache)
    other = write("b.csv", as_csv([*ROWS, ("one more", "ham")]))

    def full(*_: object, **__: object) -> None:
        raise pl.exceptions.ComputeError("underlying IO error: No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(pl.DataFrame, "write_parquet", full)
        with pytest.raises(TuiAlError, match="no space left"):
            add_dataset("mine", other, cache, replace=True)

    assert load_corpus("mine", cache).fingerprint == first.fingerprint
    assert {path.name for path in (cache.corpora / "mine").iterdir()} == {
        "meta.json",
        "test.parquet",
        "train.parquet",
    }
