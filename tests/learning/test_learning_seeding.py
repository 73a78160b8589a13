"""Seeds drawn by rejection have exactly the distribution of k-means++."""

from collections import Counter

import numpy as np
import pytest
from scipy.stats import chisquare

from tui_al.learning.seeding import draw_seeds

POINTS = np.array([0.0, 0.1, 1.0, 1.5, 4.0, 4.2])
FIRST = 4


class Line:
    """Points on a line, which counts how often all distances were brought up to date."""

    def __init__(self, points):
        self.points, self.lowered = points, 0

    def between(self, rows, seeds):
        return (self.points[rows][:, None] - self.points[seeds]) ** 2

    def lower(self, bounds, seeds):
        self.lowered += 1
        everything = np.arange(len(self.points))
        np.minimum(bounds, self.between(everything, seeds).min(axis=1), out=bounds)


def _draw(n, rng, points=POINTS, first=FIRST):
    space = Line(points)
    bounds = space.between(np.arange(len(points)), np.array([first]))[:, 0]
    seeds, squares = draw_seeds(space, bounds, n, rng)
    return tuple(seeds.tolist()), squares, space


def _exact(n):
    """The probability of every sequence of n further seeds, by the definition."""
    table = {(): 1.0}
    for _ in range(n):
        longer = {}
        for seeds, probability in table.items():
            squares = ((POINTS[:, None] - POINTS[[FIRST, *seeds]]) ** 2).min(axis=1)
            for point, share in enumerate(squares / squares.sum()):
                if share:
                    longer[*seeds, point] = probability * share
        table = longer
    return table


@pytest.mark.parametrize("n", [1, 2, 3])
def test_every_sequence_has_its_probability(n):
    rng = np.random.default_rng(n)
    counts = Counter(_draw(n, rng)[0] for _ in range(6000))
    exact = _exact(n)
    assert counts.keys() <= exact.keys()
    expected = np.array(list(exact.values())) * 6000
    observed = np.array([counts[seeds] for seeds in exact])
    common = expected >= 5
    rest = expected[~common].sum(), observed[~common].sum()
    expected, observed = np.append(expected[common], rest[0]), np.append(observed[common], rest[1])
    if not expected[-1]:
        expected, observed = expected[:-1], observed[:-1]
    assert chisquare(observed, expected).pvalue > 0.001


def test_all_distances_are_renewed_when_draws_are_in_vain():
    """Most points lie where the first seeds do: from then on the old bounds mislead."""
    points = np.concatenate([np.full(5000, 10.0), np.arange(40) * 0.01 + 20])
    seeds, squares, space = _draw(12, np.random.default_rng(0), points, first=5000)
    assert len(set(seeds)) == 12
    assert (squares > 0).all()
    assert 1 <= space.lowered <= 6
    assert sum(points[list(seeds)] == 10) == 1  # its equals are at distance 0 from then on


def test_the_square_is_the_distance_to_the_nearest_seed_before():
    seeds, squares, _ = _draw(5, np.random.default_rng(3))
    for place, (seed, square) in enumerate(zip(seeds, squares, strict=True)):
        before = POINTS[[FIRST, *seeds[:place]]]
        assert square == pytest.approx(((POINTS[seed] - before) ** 2).min())


def test_fewer_come_back_when_all_others_coincide_with_seeds():
    points = np.array([1.0, 1.0, 2.0, 2.0, 3.0])
    seeds, squares, _ = _draw(4, np.random.default_rng(0), points, first=0)
    assert sorted(points[list(seeds)]) == [2.0, 3.0]
    assert len(squares) == 2
