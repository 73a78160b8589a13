"""Arrays as data: what is taken as it is, what is converted, what is refused and how."""

import numpy as np
import pytest
from learning_samples import clusters

from tui_al import EmbeddedDataset, Experiment, simulate
from tui_al.errors import BadInput


def _bind(**replaced):
    x, y = clusters(30, dimension=4)
    arguments = {"train_x": x[:20], "train_y": y[:20], "test_x": x[20:], "test_y": y[20:]}
    return EmbeddedDataset.from_arrays(**(arguments | replaced))


def _with(value, row=7):
    x = clusters(20, dimension=4)[0].copy()
    x[row, 2] = value
    return x


LABELS = np.arange(20) % 3


@pytest.mark.parametrize(
    ("replaced", "words"),
    [
        ({"train_x": _with(np.nan)}, "train_x: row 7 holds NaN"),
        ({"train_x": _with(-np.inf, 19)}, "train_x: row 19 holds NaN or infinity"),
        ({"test_x": _with(np.nan, 0)[:10]}, "test_x: row 0 holds NaN"),
        ({"train_x": _with(np.nan).astype(np.float16)}, "train_x: row 7 holds NaN"),
        ({"train_x": _with(1.0).astype(float) * 1e300}, "train_x: row 0 holds NaN or infinity"),
        ({"train_x": _with(1e30)}, "train_x: row 7 holds numbers too large"),
        ({"train_x": [[1.0, 2.0], [3.0]]}, "train_x is ragged"),
        ({"train_y": [[1], [2, 3]]}, "train_y is ragged"),
        ({"train_x": np.zeros(20)}, "train_x must be a matrix"),
        ({"train_x": np.zeros((0, 4))}, "train_x must be a matrix with rows"),
        ({"test_x": np.zeros((10, 0))}, "test_x must be a matrix with rows and columns"),
        ({"train_x": None}, "train_x must be a matrix"),
        ({"train_x": [["1", "2", "3", "4"]] * 20}, "train_x must hold numbers"),
        ({"train_x": [[None] * 4] * 20}, "train_x must hold numbers"),
        ({"train_x": np.ones((20, 4), complex)}, "train_x must hold numbers"),
        ({"test_x": np.ones((10, 5))}, "train_x has 4 columns but test_x has 5"),
        ({"train_y": LABELS[:19]}, "train_y must hold one label for each of the 20 rows"),
        ({"train_y": LABELS[:, None]}, "train_y must hold one label"),
        ({"test_y": LABELS}, "test_y must hold one label for each of the 10 rows"),
        ({"train_y": LABELS - 1}, "train_y holds labels outside 0..2"),
        ({"train_y": LABELS, "classes": "ab"}, "train_y holds labels outside 0..1"),
        ({"test_y": [9] * 10, "classes": "abc"}, "test_y holds labels outside 0..2"),
        ({"train_y": LABELS * 1.0}, "train_y must hold integers"),
        ({"train_y": LABELS.astype(str)}, "train_y must hold integers"),
        ({"train_y": LABELS > 0}, "train_y must hold integers"),
        ({"train_y": [0] * 20, "test_y": [0] * 10}, "one class"),
        ({"train_y": [1] * 20}, "train_y holds one class"),
        ({"train_y": [0] * 20, "test_y": [0] * 10, "classes": "a"}, "one class"),
        ({"train_y": LABELS + 10**9}, "labels up to 1000000002"),
        ({"train_y": np.full(20, 2**63, np.uint64)}, "train_y"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refused_with_the_array_and_row(replaced, words):
    with pytest.raises(BadInput, match=words) as caught:
        _bind(**replaced)
    assert "\n" not in str(caught.value)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [np.nan, 1e30, 1e300])
def test_refusal_is_the_only_word_said(value):
    with pytest.raises(BadInput), np.errstate(all="warn"):
        _bind(train_x=clusters(20, dimension=4)[0].astype(float) * value)


def test_faulty_row_is_named_in_a_large_matrix():
    x = np.zeros((20_000, 4), np.float32)
    x[17_000, 3] = np.inf
    with pytest.raises(BadInput, match="row 17000 "):
        _bind(train_x=x, train_y=np.arange(20_000) % 3)


@pytest.mark.parametrize("dtype", [np.float64, np.int8, np.uint16, bool, ">f4"])
def test_other_numbers_become_float32(dtype):
    x = np.arange(80).reshape(20, 4).astype(dtype)
    data = _bind(train_x=x)
    assert data.train_x.dtype == np.float32
    np.testing.assert_array_equal(data.train_x, x.astype(float))


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_floats_of_a_memory_map_stay_on_disk(dtype, tmp_path):
    np.save(tmp_path / "x.npy", clusters(20, dimension=4)[0].astype(dtype))
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    data = _bind(train_x=mapped)
    assert np.shares_memory(data.train_x, mapped)
    assert data.train_x.dtype == dtype


def test_lists_and_small_integers_will_do():
    data = _bind(
        train_x=[[0, 1], [1, 0], [1, 1]],
        train_y=np.array([0, 1, 0], np.uint8),
        test_x=[[0, 1]],
        test_y=[1],
    )
    assert data.train_y.dtype == data.test_y.dtype == np.int64
    assert [r.n_labeled for r in simulate(data, Experiment(budget=3, cycles=2))] == [1, 2, 3]


@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_matrix_class_becomes_a_plain_array():
    """Rows of numpy.matrix never have one dimension, which every product relies on."""
    data = _bind(train_x=np.matrix(clusters(20, dimension=4)[0]))
    assert type(data.train_x) is np.ndarray


def test_classes_by_name_or_counted():
    assert _bind().classes == ("0", "1", "2")
    named = _bind(classes=["a", "b", "c", "never seen"])
    assert named.classes == ("a", "b", "c", "never seen")
    assert named.n_classes == 4


def test_caller_keeps_arrays_unchanged():
    x, y = clusters(20, dimension=4)
    x, before = x.astype(float), (x.astype(float), y.copy())
    list(simulate(_bind(train_x=x, train_y=y), Experiment(strategy="coreset", budget=20, cycles=3)))
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(y, before[1])
