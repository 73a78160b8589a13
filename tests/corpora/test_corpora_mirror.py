"""The mirror directory: real datasets, two-file FNC-1, files that change."""

import csv
import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tui_al.catalog import datasets
from tui_al.corpora.inventory import known_datasets, text_source
from tui_al.corpora.load import load_corpus
from tui_al.errors import BadInput, UnknownName
from tui_al.paths import Cache


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    folder = tmp_path / "mirror"
    folder.mkdir()
    return folder


@pytest.fixture
def put(mirror: Path) -> Callable[..., Path]:
    """Put a table into the mirror: `put("trec6/train.csv", [(text, label), ...])`."""

    def put_table(name: str, rows: list[tuple[str, ...]], header: str = "text,label") -> Path:
        path = mirror / name
        path.parent.mkdir(exist_ok=True)
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header.split(","), *rows])
        return path

    return put_table


def rows_of(*labels: str, start: int = 0) -> list[tuple[str, str]]:
    return [(f"text {start + row}", label) for row, label in enumerate(labels)]


@pytest.mark.parametrize("name", ["trec6", "banking77", "sst2"])
def test_real_datasets_have_the_sizes_of_their_files(
    name: str, real_data: Path, cache: Cache
) -> None:
    test = "validation" if name == "sst2" else "test"
    frames = [pl.read_parquet(real_data / name / f"{part}.parquet") for part in ("train", test)]

    corpus = load_corpus(name, cache, data_dir=real_data)

    for split, frame in zip((corpus.train, corpus.test), frames, strict=True):
        assert list(split.texts) == frame["text"].to_list()
        labels = frame["label"].cast(pl.String).to_list()
        assert [corpus.classes[code] for code in split.labels] == labels
    assert len(corpus.classes) == datasets()[name].n_classes
    assert corpus.budget == datasets()[name].budget


def test_fnc1_joins_headlines_with_bodies(real_data: Path, cache: Cache) -> None:
    def read(what: str) -> list[dict[str, str]]:
        path = real_data / "fnc1" / f"competition_test_{what}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    bodies = {row["Body ID"]: row["articleBody"] for row in read("bodies")}
    pairs = Counter(
        (f"{row['Headline']}\n{bodies[row['Body ID']]}", row["Stance"]) for row in read("stances")
    )

    corpus = load_corpus("fnc1", cache, data_dir=real_data)

    loaded = Counter(
        (text, corpus.classes[code])
        for split in (corpus.train, corpus.test)
        for text, code in zip(split.texts, split.labels, strict=True)
    )
    assert loaded == pairs
    assert corpus.classes == ("agree", "disagree", "discuss", "unrelated")
    shares = [Counter(split.labels.tolist()) for split in (corpus.train, corpus.test)]
    for code in range(4):
        assert shares[1][code] == pytest.approx((shares[0][code] + shares[1][code]) / 10, abs=1)
    assert (
        corpus.fingerprint == "3a99c7d43a1748e193eec17de2368e0b"
    )  # the split is the same on every machine


def test_fnc1_prefers_the_training_half(put: Callable[..., Path], mirror: Path) -> None:
    header = "Headline,Body ID,Stance"
    rows = [(f"head {row}", "7", ("agree", "discuss")[row % 2]) for row in range(30)]
    put("fnc1/competition_test_stances.csv", rows[:4], header)
    put("fnc1/competition_test_bodies.csv", [("7", "wrong half")], "Body ID,articleBody")
    put("fnc1/train_stances.csv", rows, header)
    put("fnc1/train_bodies.csv", [("7", "a\nbody"), ("7", "again")], "Body ID,articleBody")

    corpus = load_corpus("fnc1", Cache(mirror / "cache"), data_dir=mirror)

    assert len(corpus.train) + len(corpus.test) == 30
    assert all(text.endswith("\na\nbody") for text in corpus.train.texts)


def test_a_headline_without_its_body_is_named(
    put: Callable[..., Path], mirror: Path, cache: Cache
) -> None:
    stances = put("fnc1/train_stances.csv", [("h", "1", "a"), ("h", "2", "b")],
                  "Headline,Body ID,Stance")  # fmt: skip
    put("fnc1/train_bodies.csv", [("1", "body")], "Body ID,articleBody")

    with pytest.raises(BadInput) as raised:
        load_corpus("fnc1", cache, data_dir=mirror)

    assert str(raised.value).startswith(f"{stances}: row 2 refers to body 2")
    assert not cache.root.exists()


def test_fnc1_without_files_says_where_they_belong(cache: Cache, mirror: Path) -> None:
    with pytest.raises(BadInput, match="fnc1 is not on this disk: put its files"):
        load_corpus("fnc1", cache, data_dir=mirror)


def test_a_mirror_adds_datasets_of_its_own(
    put: Callable[..., Path], mirror: Path, cache: Cache
) -> None:
    put("tickets/train.csv", rows_of(*"ABAB"))
    put("tickets/test.csv", rows_of("B", "A", start=9))
    (mirror / "README.md").write_text("not a dataset")
    (mirror / "empty").mkdir()

    corpus = load_corpus("tickets", cache, data_dir=mirror)

    assert corpus.train.texts == ("text 0", "text 1", "text 2", "text 3")
    assert corpus.test.texts == ("text 9", "text 10")
    assert corpus.origin["kind"] == "mirror"
    assert known_datasets(Cache(mirror / "none"), mirror) == [*datasets(), "tickets"]
    with pytest.raises(UnknownName, match="did you mean tickets"):
        load_corpus("ticket", cache, data_dir=mirror)


def test_the_validation_file_stands_in_for_a_missing_test_file(
    put: Callable[..., Path], mirror: Path, cache: Cache
) -> None:
    put("mine/train.csv", rows_of(*"ABAB"))
    put("mine/validation.csv", rows_of("A", start=5))
    put("mnli/train.csv", rows_of(*"ABCABC"))
    put("mnli/validation.csv", rows_of("A", start=6))
    put("mnli/test.csv", rows_of("-1", start=7))

    assert load_corpus("mine", cache, data_dir=mirror).test.texts == ("text 5",)
    # MNLI's is validation_matched; the labels of GLUE's test files are hidden.
    assert load_corpus("mnli", cache, data_dir=mirror).test.texts == ("text 6",)


def test_the_catalogs_columns_and_split_are_used_where_they_are(
    put: Callable[..., Path], mirror: Path, cache: Cache
) -> None:
    header = "idx,premise,hypothesis,label"
    put("mnli/train.csv", [("0", "p", "h", "x"), ("1", "q", "i", "y")], header)
    put("mnli/validation_matched.csv", [("0", "r", "j", "y")], header)
    put("mnli/test.csv", [("0", "hidden", "hidden", "-1")], header)

    corpus = load_corpus("mnli", cache, data_dir=mirror)

    assert corpus.train.texts == ("p\nh", "q\ni")
    assert corpus.test.texts == ("r\nj",)


def test_a_train_file_alone_is_split(put: Callable[..., Path], mirror: Path, cache: Cache) -> None:
    put("mine/train.csv", rows_of(*"AB" * 20))

    corpus = load_corpus("mine", cache, data_dir=mirror)

    assert Counter(corpus.test.labels.tolist()) == {0: 4, 1: 4}
    assert Counter(corpus.train.labels.tolist()) == {0: 16, 1: 16}


def test_a_bad_row_of_a_file_to_be_split_keeps_its_number(
    put: Callable[..., Path], mirror: Path, cache: Cache
) -> None:
    path = put("mine/train.csv", [*rows_of(*"AB" * 40), ("", "A"), *rows_of(*"AB" * 5)])

    with pytest.raises(BadInput) as raised:
        load_corpus("mine", cache, data_dir=mirror)

    assert str(raised.value).startswith(f"{path}: row 81 has an empty text")


def test_a_changed_file_is_read_again(put: Callable[..., Path], mirror: Path, cache: Cache) -> None:
    path = put("mine/train.csv", rows_of(*"ABAB"))
    put("mine/test.csv", rows_of("A"))
    before = load_corpus("mine", cache, data_dir=mirror)

    stamp = path.stat()
    path.write_text(path.read_text().replace("text 0", "text X"))
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns + 1))
    after = load_corpus("mine", cache, data_dir=mirror)

    assert after.train.texts[0] == "text X"
    assert after.fingerprint != before.fingerprint
    assert load_corpus("mine", cache).fingerprint == after.fingerprint


def test_an_unchanged_file_is_not_read_again(
    put: Callable[..., Path], mirror: Path, cache: Cache
) -> None:
    path = put("mine/train.csv", rows_of(*"AB" * 10))
    first = load_corpus("mine", cache, data_dir=mirror)

    stamp = path.stat()
    path.write_bytes(b"\xff" * stamp.st_size)  # unreadable, were it read
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))

    assert load_corpus("mine", cache, data_dir=mirror).fingerprint == first.fingerprint


def test_the_cached_copy_answers_without_the_mirror(
    put: Callable[..., Path], mirror: Path, cache: Cache, tmp_path: Path
) -> None:
    put("mine/train.csv", rows_of(*"AB" * 10))
    first = load_corpus("mine", cache, data_dir=mirror)
    other = tmp_path / "other mirror"
    other.mkdir()

    for data_dir in (None, other):
        assert load_corpus("mine", cache, data_dir=data_dir).fingerprint == first.fingerprint
    assert "mine" in known_datasets(cache)


def test_the_mirror_comes_before_the_package_and_its_copy(
    put: Callable[..., Path], mirror: Path, cache: Cache
) -> None:
    bundled = load_corpus("bbcnews", cache)
    put("bbcnews/train.csv", rows_of(*"AB" * 10))

    mirrored = load_corpus("bbcnews", cache, data_dir=mirror)

    assert len(mirrored.train) == 16
    assert mirrored.budget <= 16
    assert mirrored.fingerprint != bundled.fingerprint


@pytest.mark.parametrize("name", ["../mirror/mine", "mine/..", ".", "/", "mine/"])
def test_a_path_is_no_dataset(
    name: str, put: Callable[..., Path], mirror: Path, cache: Cache
) -> None:
    put("mine/train.csv", rows_of(*"AB" * 10))

    with pytest.raises(BadInput):
        load_corpus(name, cache, data_dir=mirror)
    assert not cache.root.exists()


def test_what_a_check_refuses_is_not_written(
    put: Callable[..., Path], mirror: Path, cache: Cache
) -> None:
    put("mine/train.csv", rows_of(*"AB" * 10))

    def refuse(_: object) -> None:
        raise BadInput("too small")

    with pytest.raises(BadInput, match="too small"):
        load_corpus("mine", cache, data_dir=mirror, check=refuse)
    assert not cache.root.exists()


def test_where_text_would_come_from_is_told(
    put: Callable[..., Path], mirror: Path, cache: Cache
) -> None:
    put("agnews/train.csv", rows_of(*"AB" * 10))
    put("mine/train.csv", rows_of(*"AB" * 10))

    assert text_source("bbcnews", cache) == "package"
    assert text_source("agnews", cache) == "hub"
    assert text_source("fnc1", cache) == "none"
    assert text_source("agnews", cache, mirror) == text_source("mine", cache, mirror) == "mirror"
    load_corpus("agnews", cache, data_dir=mirror)
    assert text_source("agnews", cache) == "cached"
    assert json.loads((cache.corpora / "agnews" / "meta.json").read_text())["n_train"] == 16
