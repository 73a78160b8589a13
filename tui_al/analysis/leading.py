"""Who leads after some seeds, and the probability that somebody else comes ahead.

Scores are a two-way layout, strategy + seed + noise: strategies are compared by their
differences within seeds. Pure functions of arrays, for many races at once where they can.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]

POOLED_WEIGHT = 4.0
"""Degrees of freedom that the noise of all strategies counts beside a strategy's own."""
_GRID = np.linspace(-8.0, 8.0, 161)  # standard deviations around a mean
_SCALES = 64  # values of the noise to average over
_TAIL = 1e-9
_MANY = 1e4  # degrees of freedom, from which the noise is as good as known


def find_leaders(scores: Floats, racing: Flags) -> Places:
    """Who has the best mean (races x strategies x seeds) of those racing, in each race."""
    return np.asarray(np.where(racing, scores.mean(axis=2), -np.inf).argmax(axis=1))


def chances(scores: Floats, racing: Flags, leader: Places, n_seeds: float = np.inf) -> Floats:
    """The probability of each strategy (races x strategies) to end ahead of the leader.

    `scores` are races x strategies x seeds so far (at least two); `n_seeds` those of the whole
    grid, infinite for the means themselves. Student's t of the mean difference; its variance is
    that of the pair's own differences and of the noise pooled over all that are racing, which
    counts as `POOLED_WEIGHT` degrees of freedom: few seeds borrow from the others, and a
    strategy much noisier than the others is not judged by theirs. One half is left to who is
    exactly level, and to the leader; zero to those not racing.
    """
    seeds = scores.shape[2]
    lead = np.take_along_axis(scores, leader[:, None, None], axis=1) - scores
    gap = lead.mean(axis=2)
    noise, freedom = pooled_noise(scores, racing)
    variance, most = moderate(2 * noise[:, None], lead.var(axis=2, ddof=1), seeds)
    spread = np.sqrt(variance * (1 / seeds - 1 / n_seeds))
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(gap == 0, 0.0, gap / spread)
    below: Floats = special.stdtr(np.minimum(freedom, most)[:, None], -t)
    return np.where(racing, below, 0.0)


def best_probabilities(means: Floats, errors: Floats, freedom: float) -> Floats:
    """The probability of each to be the highest of independent normal means.

    `errors` are standard errors, known up to a common factor with `freedom` degrees of freedom
    (infinite: known). By quadrature over the mean of the highest and over the factor, to about
    1e-5; where nothing is uncertain, the highest share the probability equally.
    """
    if not errors.any():
        highest = np.where(means == means.max(), 1.0, 0.0)
        return np.asarray(highest / highest.sum())
    errors = np.maximum(errors, 1e-6 * errors.max())
    factors, weights = _factors(freedom)
    scaled = factors[:, None] * errors  # factors x strategies
    mine = means[:, None] + scaled[:, :, None] * _GRID  # factors x strategies x grid
    below = special.ndtr(
        (mine[:, :, None, :] - means[:, None]) / scaled[:, None, :, None]
    )  # factors x strategies x rivals x grid
    itself = np.eye(len(means), dtype=bool)
    below[:, itself] = 1.0
    density = np.exp(-(_GRID**2) / 2)
    shares = np.einsum("f,fsg,g->s", weights, below.prod(axis=2), density)
    return np.asarray(shares / shares.sum(), dtype=np.float64)


def pooled_noise(scores: Floats, racing: Flags) -> tuple[Floats, NDArray[np.int64]]:
    """Variance of the noise in each race and its degrees of freedom, (k - 1)(n - 1)."""
    freedom = np.maximum(1, (racing.sum(axis=1) - 1) * (scores.shape[2] - 1))
    return residual_squares(scores, racing).sum(axis=1) / freedom, freedom


def residual_squares(scores: Floats, racing: Flags) -> Floats:
    """Of each strategy, summed over seeds, around strategy + seed; 0 for those not racing."""
    kept = racing[:, :, None]
    centred = np.where(kept, scores - scores.mean(axis=2, keepdims=True), 0.0)
    by_seed = centred.sum(axis=1, keepdims=True) / kept.sum(axis=1, keepdims=True)
    squares = np.where(kept, centred - by_seed, 0.0) ** 2
    return np.asarray(squares.sum(axis=2), dtype=np.float64)


def moderate(pooled: Floats, own: Floats, seeds: int) -> tuple[Floats, float]:
    """A variance between that of all and that of a few seeds alone, and its freedom."""
    freedom = POOLED_WEIGHT + seeds - 1
    return (POOLED_WEIGHT * pooled + (seeds - 1) * own) / freedom, freedom


def _factors(freedom: float) -> tuple[Floats, Floats]:
    """Values of a standard deviation over its estimate, and their probabilities: the square
    root of freedom / chi-squared, at even steps of its logarithm."""
    if freedom > _MANY:
        return np.ones(1), np.ones(1)
    half = freedom / 2
    least, most = np.log(special.gammaincinv(half, [_TAIL, 1 - _TAIL]))
    log_u = np.linspace(least, most, _SCALES)
    weights = np.exp(half * log_u - np.exp(log_u) - special.gammaln(half))
    return np.sqrt(half / np.exp(log_u)), weights / weights.sum()
