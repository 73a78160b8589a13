"""The cache's copies: damaged ones are noticed, and read again where that is possible."""

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tui_al.corpora.inventory import known_datasets, text_source
from tui_al.corpora.load import load_corpus
from tui_al.corpora.user import add_dataset
from tui_al.errors import BadInput, DamagedFile
from tui_al.paths import Cache

Damage = Callable[[Path], None]
Write = Callable[[str, str | bytes], Path]


def edit_meta(**changes: object) -> Damage:
    def damage(folder: Path) -> None:
        meta = json.loads((folder / "meta.json").read_text())
        meta.update(changes)
        (folder / "meta.json").write_text(json.dumps(meta))

    return damage


def rewrite(change: Callable[[pl.DataFrame], pl.DataFrame]) -> Damage:
    def damage(folder: Path) -> None:
        path = folder / "train.parquet"
        change(pl.read_parquet(path)).write_parquet(path)

    return damage


def truncate(name: str) -> Damage:
    def damage(folder: Path) -> None:
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[: len(content) // 2])

    return damage


def shorten(folder: Path) -> None:
    (folder / "test.parquet").write_bytes(b"")


def remove(folder: Path) -> None:
    (folder / "test.parquet").unlink()


DAMAGES = {
    "truncated": truncate("train.parquet"),
    "emptied": shorten,
    "missing": remove,
    "text edited": rewrite(lambda frame: frame.with_columns(text=pl.col("text") + "!")),
    "labels swapped": rewrite(lambda frame: frame.with_columns(label=pl.col("label").reverse())),
    "rows lost": rewrite(lambda frame: frame.head(-1)),
    "rows in another order": rewrite(lambda frame: frame.reverse()),
    "a text of null": rewrite(lambda frame: frame.with_columns(text=pl.lit(None, pl.String))),
    "labels of numbers": rewrite(lambda frame: frame.with_columns(label=pl.lit(1))),
    "a column gone": rewrite(lambda frame: frame.drop("label")),
    "another fingerprint": edit_meta(fingerprint="0" * 32),
    "no classes": edit_meta(classes=None),
}

META_DAMAGES = {
    "meta truncated": truncate("meta.json"),
    "meta without origin": edit_meta(origin=None),
    "meta of another format": edit_meta(format=99),
    "meta a list": lambda folder: (folder / "meta.json").write_text("[]") and None,
    "meta not UTF-8": lambda folder: (folder / "meta.json").write_bytes(b"\xff") and None,
}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "mirror" / "mine" / "train.csv"
    path.parent.mkdir(parents=True)
    rows = (f"text {row},{'AAB'[row % 3]}\n" for row in range(30))
    path.write_text("text,label\n" + "".join(rows))
    return path


@pytest.mark.parametrize("damage", (DAMAGES | META_DAMAGES).values(), ids=[*DAMAGES, *META_DAMAGES])
def test_a_damaged_copy_is_read_from_its_source_again(
    damage: Damage, table: Path, cache: Cache
) -> None:
    mirror = table.parents[1]
    first = load_corpus("mine", cache, data_dir=mirror)
    damage(cache.corpora / "mine")

    again = load_corpus("mine", cache, data_dir=mirror)

    assert again.fingerprint == first.fingerprint
    assert again.train.texts == first.train.texts
    assert load_corpus("mine", cache).fingerprint == first.fingerprint  # and mended


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damage_to_the_users_own_data_is_named(damage: Damage, table: Path, cache: Cache) -> None:
    add_dataset("own", table, cache)
    damage(cache.corpora / "own")

    with pytest.raises(DamagedFile) as raised:
        load_corpus("own", cache)

    assert str(cache.corpora / "own") in str(raised.value)
    assert "dataset add" in str(raised.value)
    assert len(str(raised.value).splitlines()) == 1
    added = add_dataset("own", table, cache, replace=True)
    assert load_corpus("own", cache).fingerprint == added.fingerprint


@pytest.mark.parametrize("damage", META_DAMAGES.values(), ids=META_DAMAGES)
def test_users_data_without_a_description_ask_to_be_added_again(
    damage: Damage, table: Path, cache: Cache
) -> None:
    added = add_dataset("own", table, cache)
    damage(cache.corpora / "own")

    with pytest.raises(DamagedFile, match="tui-al dataset add own"):
        load_corpus("own", cache)

    add_dataset("own", table, cache)
    assert load_corpus("own", cache).fingerprint == added.fingerprint


def test_a_damaged_copy_of_the_package_is_mended(cache: Cache) -> None:
    first = load_corpus("bbcnews", cache)
    truncate("train.parquet")(cache.corpora / "bbcnews")

    assert load_corpus("bbcnews", cache).fingerprint == first.fingerprint


def test_what_a_killed_process_left_does_no_harm(table: Path, cache: Cache) -> None:
    added = add_dataset("own", table, cache)
    (cache.corpora / "own" / ".train.parquet.1a2b3c4d.tmp").write_bytes(b"PAR1")
    half = cache.corpora / "half"
    half.mkdir()
    (half / "train.parquet").write_bytes(b"PAR1")

    assert load_corpus("own", cache).fingerprint == added.fingerprint
    assert "half" not in known_datasets(cache)
    assert text_source("half", cache) == "none"


@pytest.mark.parametrize("blocked", ["", "corpora", "corpora/mine"])
def test_a_file_in_the_place_of_a_folder_is_named(blocked: str, table: Path, cache: Cache) -> None:
    path = cache.root / blocked
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("in the way")

    for attempt in (
        lambda: add_dataset("mine", table, cache),
        lambda: load_corpus("mine", cache, data_dir=table.parents[1]),
    ):
        with pytest.raises(BadInput) as raised:
            attempt()
        assert f"cannot write {cache.corpora / 'mine'}" in str(raised.value)
        assert "TUI_AL_CACHE" in str(raised.value)
    assert path.read_text() == "in the way"


def test_a_cache_with_brackets_in_its_path_works(table: Path, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "[work] *?" / "cache")

    added = add_dataset("own", table, cache)

    assert load_corpus("own", cache).fingerprint == added.fingerprint


def test_a_flipped_byte_is_noticed_before_the_file_is_parsed(write: Write, cache: Cache) -> None:
    rows = "".join(f"text {row},{'ab'[row % 2]}\n" for row in range(40))
    add_dataset("mine", write("mine.csv", f"text,label\n{rows}"), cache)
    path = cache.corpora / "mine" / "train.parquet"
    content = path.read_bytes()
    for place in range(0, len(content), 11):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0x40]) + content[place + 1 :])
        with pytest.raises(DamagedFile, match="tui-al dataset add --replace"):
            load_corpus("mine", cache)
