"""NAME@N: stratified samples as datasets of their own."""

from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_al.corpora.load import limited_name, load_corpus
from tui_al.corpora.splitting import sampled_rows, stratified_rows
from tui_al.errors import BadInput, UnknownName
from tui_al.paths import Cache


def test_a_sample_keeps_classes_and_their_shares(cache: Cache) -> None:
    whole, sample = load_corpus("bbcnews", cache), load_corpus("bbcnews@100", cache)

    assert sample.name == "bbcnews@100"
    assert sample.classes == whole.classes
    for part, of in ((sample.train, whole.train), (sample.test, whole.test)):
        assert len(part) == 100
        shares = Counter(of.labels.tolist())
        for code, count in Counter(part.labels.tolist()).items():
            assert count == pytest.approx(100 * shares[code] / len(of), abs=1)
        labels = dict(zip(of.texts, of.labels.tolist(), strict=True))
        assert all(labels[text] == code for text, code in zip(part.texts, part.labels, strict=True))
    assert 21 <= sample.budget <= 100


def test_samples_are_fixed_and_told_apart(cache: Cache, tmp_path: Path) -> None:
    names = ("bbcnews", "bbcnews@50", "bbcnews@51", "bbcnews@5000")
    corpora = [load_corpus(name, cache) for name in names]
    again = load_corpus("bbcnews@50", Cache(tmp_path / "elsewhere"))

    assert again.train.texts == corpora[1].train.texts
    assert again.fingerprint == corpora[1].fingerprint
    assert len({corpus.fingerprint for corpus in corpora}) == len(names)
    assert corpora[3].train.texts == corpora[0].train.texts


@pytest.mark.parametrize(
    "limit",
    ["", "0", "1", "-5", "+5", "1.5", "1e3", "ten", " 9", "05", "٣٣", "²", "9" * 5000, "9@9"],
)
def test_a_limit_that_is_no_number_is_refused(limit: str, cache: Cache) -> None:
    with pytest.raises(BadInput, match="write a number of texts after '@'"):
        load_corpus(f"bbcnews@{limit}", cache)
    assert not cache.root.exists()


def test_a_sample_too_small_for_the_classes_is_refused(real_data: Path, cache: Cache) -> None:
    with pytest.raises(BadInput, match="'banking77@50' would lose classes: 77 classes"):
        load_corpus("banking77@50", cache, data_dir=real_data)
    assert not cache.root.exists()


def test_a_sample_of_nothing_known_names_what_is_close(cache: Cache) -> None:
    with pytest.raises(UnknownName, match="unknown dataset 'bbcnew': did you mean bbcnews"):
        load_corpus("bbcnew@10", cache)


def test_the_rows_of_dbpedias_test_sample_are_these() -> None:
    rows = sampled_rows(70_000, 5_000)

    assert rows[:5].tolist() == [2, 3, 18, 47, 62]
    assert sha256(rows.astype("<i8").tobytes()).hexdigest()[:16] == "e90f3c914cf836f7"


def test_a_limit_makes_a_name() -> None:
    assert limited_name("bbcnews", 20) == limited_name("bbcnews@5", 20) == "bbcnews@20"
    with pytest.raises(BadInput, match="--limit 1 is too small"):
        limited_name("bbcnews", 1)


@given(labels=st.lists(st.sampled_from("abcde"), min_size=2, max_size=200), data=st.data())
def test_a_choice_keeps_every_share_within_one_row(labels: list[str], data: st.DataObject) -> None:
    n = data.draw(st.integers(0, len(labels)))

    rows = stratified_rows(labels, n).tolist()

    assert rows == sorted(set(rows))
    assert len(rows) <= n
    chosen = Counter(labels[row] for row in rows)
    for label, size in Counter(labels).items():
        exact = size * n / len(labels)
        assert chosen[label] < size
        assert min(exact - 1, size - 1) <= chosen[label] <= exact + 1
