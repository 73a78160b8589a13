"""Two principal components: scikit-learn's, kept beside the embedding, never trusted blindly."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from grid_samples import add_made_up
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from tui_al.embeddings import projection
from tui_al.embeddings.inventory import META, PROJECTION, list_entries, read_meta
from tui_al.embeddings.projection import project, project_embedding
from tui_al.embeddings.store import Entry
from tui_al.paths import Cache
from tui_al.storage.inventory import list_items
from tui_al.storage.prune import Criteria, choose, prune
from tui_al.storage.verify import verify


@pytest.fixture
def entry(cache: Cache) -> Entry:
    add_made_up(cache)
    folder = list_entries(cache)[0].folder
    meta = read_meta(folder)
    assert meta is not None
    return Entry(folder, meta)


def _stretched(n: int, dimension: int, seed: int = 0) -> np.ndarray:
    """Rows far from the origin whose variance differs along every axis."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, dimension)) * np.linspace(3, 1, dimension)
    turned = x @ np.linalg.qr(rng.normal(size=(dimension, dimension)))[0]
    return (turned + 5).astype(np.float32)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize(("n", "dimension"), [(500, 30), (40, 60), (3, 2)])
def test_the_components_are_those_of_scikit_learn(
    n: int, dimension: int, dtype: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projection, "_BYTES", 4 * dimension * 7)  # blocks of seven rows
    x = _stretched(n, dimension).astype(dtype)
    ours, peer = project(x), PCA(2, svd_solver="full").fit(x.astype(np.float64))
    theirs = peer.transform(x.astype(np.float64))
    theirs *= np.sign(peer.components_[[0, 1], np.abs(peer.components_).argmax(axis=1)])
    np.testing.assert_allclose(ours.points, theirs, atol=2e-4 * np.abs(theirs).max())
    np.testing.assert_allclose(ours.shares, peer.explained_variance_ratio_, rtol=1e-4)


def test_the_size_of_blocks_makes_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    x = _stretched(200, 10)
    whole = project(x)
    monkeypatch.setattr(projection, "_BYTES", 1)
    np.testing.assert_allclose(project(x).points, whole.points, atol=1e-4)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 12), st.integers(1, 5), st.integers(0, 50))
def test_any_shape_gives_finite_centred_points(n: int, dimension: int, seed: int) -> None:
    result = project(_stretched(n, dimension, seed))
    assert result.points.shape == (n, 2)
    assert np.isfinite(result.points).all()
    np.testing.assert_allclose(result.points.mean(axis=0), 0, atol=1e-4)
    assert result.shares[0] >= result.shares[1] >= 0
    assert result.shares.sum() <= 1 + 1e-6


def test_rows_that_are_all_alike_lie_on_one_point() -> None:
    result = project(np.ones((5, 4), np.float32))
    assert not result.points.any()
    assert not result.shares.any()


def test_it_is_computed_once(entry: Entry, monkeypatch: pytest.MonkeyPatch) -> None:
    first = project_embedding(entry)
    np.testing.assert_array_equal(first.points, project(entry.open()[0]).points)
    monkeypatch.setattr(projection, "project", lambda _: pytest.fail("computed again"))
    again = project_embedding(entry)
    np.testing.assert_array_equal(again.points, first.points)
    np.testing.assert_array_equal(again.shares, first.shares)


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _short(path: Path) -> None:
    with np.load(path) as kept:
        made_of, shares = kept["made_of"], kept["shares"]
    np.savez(path, made_of=made_of, points=np.zeros((3, 2), np.float32), shares=shares)


@pytest.mark.parametrize("damage", [_flip, _truncate, _empty, _short])
def test_a_damaged_one_is_computed_again(entry: Entry, damage) -> None:
    whole = project_embedding(entry)
    damage(entry.folder / PROJECTION)
    np.testing.assert_array_equal(project_embedding(entry).points, whole.points)
    with np.load(entry.folder / PROJECTION) as kept:
        np.testing.assert_array_equal(kept["points"], whole.points)


def test_that_of_another_embedding_is_not_taken(entry: Entry) -> None:
    project_embedding(entry)
    with np.load(entry.folder / PROJECTION) as kept:
        parts = dict(kept)
    np.savez(entry.folder / PROJECTION, **(parts | {"points": parts["points"] + 1}))
    assert project_embedding(entry).points.mean() == pytest.approx(1, abs=1e-4)  # it is read
    other = replace(entry, meta=entry.meta | {"key": "another"})
    assert project_embedding(other).points.mean() == pytest.approx(0, abs=1e-4)


def test_a_folder_that_cannot_be_written_to_shows_it_all_the_same(entry: Entry) -> None:
    (entry.folder / PROJECTION).mkdir()
    assert len(project_embedding(entry).points) == 120
    assert (entry.folder / PROJECTION).is_dir()


def test_the_cache_knows_the_file(entry: Entry, cache: Cache) -> None:
    def item():
        return next(item for item in list_items(cache) if item.path == entry.folder)

    before = item().n_bytes
    project_embedding(entry)
    assert item().n_bytes == before + (entry.folder / PROJECTION).stat().st_size
    assert list(verify(cache, list_items(cache))) == []
    (entry.folder / META).write_text("{", "utf-8")
    assert item().note.startswith("unreadable")  # ours still, not somebody's folder
    list(prune(choose(list_items(cache), Criteria())))
    assert not entry.folder.exists()
