"""k-means++ seeds are drawn from exactly the D^2 distribution, however few are measured."""

from itertools import permutations

import numpy as np
import pytest
from scipy.stats import chisquare

from tui_al.learning import seeding
from tui_al.learning.seeding import draw_seeds
from tui_al.learning.strategies.badge import GradientSpace


class Points:
    """Plain points that count how often all distances were brought up to date."""

    def __init__(self, x):
        self.x = np.asarray(x, dtype=np.float64)
        self.updates = 0

    def between(self, rows, seeds):
        return ((self.x[rows][:, None] - self.x[seeds]) ** 2).sum(axis=2)

    def lower(self, bounds, seeds):
        self.updates += 1
        np.minimum(bounds, self.between(np.arange(len(self.x)), seeds).min(axis=1), out=bounds)

    def squares_from(self, *seeds):
        return self.between(np.arange(len(self.x)), np.array(seeds)).min(axis=1)


def _sequences(space, first, n):
    """Every sequence of n seeds after the first, with its exact probability."""
    table = {}
    for sequence in permutations([row for row in range(len(space.x)) if row != first], n):
        chance, seeds = 1.0, [first]
        for row in sequence:
            squares = space.squares_from(*seeds)
            chance *= squares[row] / squares.sum()
            seeds.append(row)
        table[sequence] = chance
    return table


# Two tight groups, far apart: once one is in, old distances to it mislead nearly every draw.
GROUPS = [[0.0, 0], [0.5, 0], [0, 1.5], [100, 0], [100.4, 1], [101, 0]]
SPREAD = [[0.0, 0], [1, 0], [0, 2], [-3, 1], [2, 2], [4, -1]]
REGIMES = {  # (draws a round, share kept below which all are updated)
    "as shipped": (64, 0.1),
    "updated after every draw": (1, 1.1),
    "few draws, seldom updated": (1, 0.05),
}


@pytest.mark.parametrize(("least", "in_vain"), REGIMES.values(), ids=list(REGIMES))
@pytest.mark.parametrize("points", [GROUPS, SPREAD], ids=["groups", "spread"])
def test_sequences_have_their_exact_probabilities(points, least, in_vain, monkeypatch):
    """Three seeds in order, so that first, second and third are judged together."""
    monkeypatch.setattr(seeding, "_LEAST_DRAWS", least)
    monkeypatch.setattr(seeding, "_IN_VAIN", in_vain)
    space, n_draws = Points(points), 4000
    expected = _sequences(space, 0, 3)
    counts = dict.fromkeys(expected, 0)
    rng = np.random.default_rng(3)
    for _ in range(n_draws):
        seeds, _ = draw_seeds(space, space.squares_from(0), 3, rng)
        counts[tuple(seeds.tolist())] += 1
    assert _p_value(list(counts.values()), list(expected.values())) > 1e-3


def _p_value(counts, chances):
    """Of a chi-square test, with all rare outcomes as one."""
    order = np.argsort(chances)
    counts, expected = np.array(counts)[order], np.array(chances)[order] * sum(counts)
    rare = max(np.count_nonzero(expected < 5), np.searchsorted(expected.cumsum(), 5) + 1)
    return chisquare(
        np.append(counts[rare:], counts[:rare].sum()),
        np.append(expected[rare:], expected[:rare].sum()),
    ).pvalue


def test_distances_are_updated_when_draws_are_in_vain():
    """The regime that the name promises is reached: with groups, but not without."""
    updates = []
    for points in (GROUPS, SPREAD):
        space = Points(points)
        rng = np.random.default_rng(1)
        for _ in range(50):
            draw_seeds(space, space.squares_from(0), 3, rng)
        updates.append(space.updates)
    assert updates[0] > 20
    assert updates[1] < updates[0]


@pytest.mark.parametrize("seed", range(5))
def test_squares_are_the_distances_when_drawn(seed):
    space = Points(np.random.default_rng(seed).normal(size=(300, 3)))
    bounds = space.squares_from(7)
    seeds, squares = draw_seeds(space, bounds, 80, np.random.default_rng(seed))
    assert len(set(seeds.tolist()) | {7}) == 81
    known = [7]
    for row, square in zip(seeds.tolist(), squares.tolist(), strict=True):
        assert square == pytest.approx(space.squares_from(*known)[row])
        known.append(row)
    assert (bounds >= space.squares_from(*known) - 1e-12).all()


@pytest.mark.parametrize("seed", range(5))
def test_points_at_distance_zero_are_never_drawn(seed):
    """Of each set of equal points one may come; of forbidden ones (bound 0) none."""
    rng = np.random.default_rng(seed)
    distinct = rng.normal(size=(12, 2)) * 10 ** rng.integers(-3, 4, size=(12, 1)).astype(float)
    space = Points(distinct[np.arange(60) % 12])
    bounds = space.squares_from(0)
    forbidden = np.arange(60) % 12 == 5
    bounds[forbidden] = 0
    seeds, squares = draw_seeds(space, bounds, 40, rng)
    assert len(seeds) == len(squares) == 10  # fewer than asked for: the others coincide
    assert len(set((seeds % 12).tolist()) - {0, 5}) == 10
    assert (squares > 0).all()


@pytest.mark.parametrize("n", [0, 3])
def test_nothing_to_draw(n):
    space = Points(np.ones((4, 2)))
    seeds, squares = draw_seeds(space, np.zeros(4), n, np.random.default_rng(0))
    assert seeds.dtype == np.intp
    assert len(seeds) == len(squares) == 0


def test_every_point_can_be_asked_for():
    space = Points(np.random.default_rng(0).normal(size=(50, 2)))
    seeds, _ = draw_seeds(space, space.squares_from(3), 49, np.random.default_rng(0))
    assert set(seeds.tolist()) == set(range(50)) - {3}


@pytest.mark.parametrize("classes", [2, 5])
def test_gradient_distances_without_the_gradients(classes):
    """Against gradients written out, in both precisions that are used."""
    rng = np.random.default_rng(classes)
    x = rng.normal(size=(40, 12)).astype(np.float32)
    factors = rng.dirichlet(np.ones(classes), size=40)
    factors[np.arange(40), factors.argmax(axis=1)] -= 1
    x[20:25], factors[20:25] = x[0], factors[0]
    space = GradientSpace(x, factors, np.einsum("ij,ij->i", x, x))
    plain = Points((factors[:, :, None] * x[:, None].astype(float)).reshape(40, -1))
    np.testing.assert_allclose(space.lengths, (plain.x**2).sum(axis=1), rtol=1e-5)
    rows, seeds = np.arange(40), np.array([0, 7, 39])
    np.testing.assert_allclose(
        space.between(rows, seeds), plain.between(rows, seeds), rtol=1e-4, atol=1e-5
    )
    assert (space.between(np.arange(20, 25), seeds[:1]) == 0).all()
    bounds = np.full(40, np.inf)
    space.lower(bounds, seeds)
    np.testing.assert_allclose(bounds, plain.squares_from(*seeds), rtol=1e-4, atol=1e-5)
    assert (bounds[20:25] == 0).all()
