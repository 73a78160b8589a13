"""Bootstrap intervals for means over few seeds, for many groups at once."""

import math
from collections.abc import Sequence
from itertools import combinations_with_replacement

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from tui_al.learning.randomness import derive_generator

Floats = NDArray[np.float64]

_EXACT_UP_TO = 7  # seeds: 1,716 resamples; with 10 there are 92,378
_DRAWS = 10_000
_FIELDS = 4_000_000  # means in memory at once


def mean_intervals(
    rows: pl.DataFrame, by: Sequence[str], value: str, confidence: float
) -> pl.DataFrame:
    """Mean of a column in each group, with its interval (`expanded_interval`).

    One row a group, in the order of appearance: `by`, seeds (values that are not null), mean,
    std (the sample's), low and high. Std and interval are null for fewer than two seeds.
    """
    groups = (
        rows.drop_nulls(value)
        .group_by(by, maintain_order=True)
        .agg(
            pl.len().alias("seeds"),
            pl.col(value).mean().alias("mean"),
            pl.col(value).std().alias("std"),
            pl.col(value).cast(pl.Float64).alias("values"),
        )
    )
    low, high = (np.full(groups.height, np.nan) for _ in range(2))
    seeds = groups["seeds"].to_numpy()
    for n in np.unique(seeds[seeds > 1]):
        chosen = np.flatnonzero(seeds == n)
        values = np.stack(groups["values"].gather(chosen).to_list())
        low[chosen], high[chosen] = expanded_interval(
            values, confidence, derive_generator(int(n), 0, "bootstrap")
        )
    bounds = [
        pl.Series(name, bound).fill_nan(None) for name, bound in (("low", low), ("high", high))
    ]
    return groups.drop("values").with_columns(bounds)


def expanded_level(n: int, confidence: float) -> float:
    """The level of the lower quantile in Hesterberg's expanded percentile interval.

    A percentile interval of n values is too narrow, as if it took Student's t for normal and
    divided by n where n - 1 is due; this level makes up for both (Hesterberg 2015, "What
    Teachers Should Know About the Bootstrap", section 5.3). With n = 5, 0.00095 for 95%.
    """
    t = special.stdtrit(n - 1, (1 - confidence) / 2)
    return float(special.ndtr(np.sqrt(n / (n - 1)) * t))


def can_resample(n: int, confidence: float) -> bool:
    """Whether the rarest resample of n values, n times the least, is rare enough for the level.

    Its probability is n**-n. Where that is above `expanded_level` (four seeds or fewer at 95%,
    five at 99%) the bootstrap would give the range of the values, which covers the mean of two
    far less often than it says.
    """
    return float(n) ** -n <= expanded_level(n, confidence)


def expanded_interval(
    values: Floats, confidence: float, generator: np.random.Generator
) -> tuple[Floats, Floats]:
    """Lower and upper bounds, each (groups,), for the means of values (groups, n), n > 1.

    Hesterberg's expanded percentile interval: the bootstrap distribution of the mean, cut at
    `expanded_level`. Up to 7 values all resamples are enumerated with their probabilities, and
    the generator is not used; beyond that 10,000 are drawn, the same for all groups.

    Where values are too few for that (`can_resample`) the bounds are those of Student's t.
    """
    n = values.shape[1]
    if not can_resample(n, confidence):
        half = special.stdtrit(n - 1, (1 + confidence) / 2) * values.std(1, ddof=1) / np.sqrt(n)
        return values.mean(1) - half, values.mean(1) + half
    level = expanded_level(n, confidence)
    exact = n <= _EXACT_UP_TO
    shares, probabilities = _enumerate(n) if exact else (_draw(n, generator), None)
    low, high = (np.empty(len(values)) for _ in range(2))
    step = max(1, _FIELDS // len(shares))
    for start in range(0, len(values), step):
        part = slice(start, start + step)
        means = values[part] @ shares.T
        low[part] = _lower_quantile(means, probabilities, level)
        high[part] = -_lower_quantile(-means, probabilities, level)
    return low, high


def _enumerate(n: int) -> tuple[Floats, Floats]:
    """All multisets of n out of n: the share of each value (m, n), and probabilities (m,)."""
    chosen = np.array(list(combinations_with_replacement(range(n), n)))
    counts = (chosen[:, :, None] == np.arange(n)).sum(1)
    logarithms = special.gammaln(n + 1) - special.gammaln(counts + 1).sum(1) - n * np.log(n)
    return counts / n, np.exp(logarithms)


def _draw(n: int, generator: np.random.Generator) -> Floats:
    """The share of each value in resamples that are equally likely, (10,000, n)."""
    return generator.multinomial(n, np.full(n, 1 / n), size=_DRAWS) / n


def _lower_quantile(means: Floats, probabilities: Floats | None, level: float) -> Floats:
    """In each row, the least mean that is reached with a probability of `level` or more.

    Without probabilities all are equally likely.
    """
    if probabilities is None:
        place = max(0, math.ceil(level * means.shape[1]) - 1)
        return np.partition(means, place, axis=1)[:, place]
    tail = _tail_length(probabilities, level)
    if tail < means.shape[1]:
        chosen = np.argpartition(means, tail - 1, axis=1)[:, :tail]
        means, weights = np.take_along_axis(means, chosen, 1), probabilities[chosen]
    else:
        weights = np.broadcast_to(probabilities, means.shape)
    order = np.argsort(means, axis=1)
    reached = np.take_along_axis(weights, order, 1).cumsum(1) >= level
    first = np.take_along_axis(order, reached.argmax(1)[:, None], 1)
    return np.take_along_axis(means, first, 1)[:, 0]


def _tail_length(probabilities: Floats, level: float) -> int:
    """How many of the smallest means reach `level` together, whichever they are."""
    return int(np.searchsorted(np.sort(probabilities).cumsum(), level) + 1)
