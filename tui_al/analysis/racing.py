"""Races of strategies over seeds: who may still win, who cannot, and how sure that is.

A race computes a grid of k strategies by N seeds, seed after seed, and stops a strategy that
will not come first in the whole grid. Scores are a two-way layout, strategy + seed + noise, so
that strategies are compared by their differences within seeds. After n seeds the difference of
two means over all N differs from that of the n seeds by noise with the variance
v (1/n - 1/N), v that of a difference within one seed: nothing is left to happen at n = N.

Why the risk is a bound. Let w be who would win the whole grid. Strategy w is dropped after n
seeds only if the leader is further ahead than its quantile of t allows, though w ends ahead of
it; for one given rival that has the probability of the quantile. The risk is split equally over
the rounds that may drop somebody, and within a round over the rivals still in the race (both by
Bonferroni): the sum over rivals and rounds is the risk. This takes exchangeable seeds and normal
noise, as strong in every strategy; that each pair's own noise counts too (`leading.chances`)
makes it hold about as well where it is not. `benchmarks/race.py` measures how often winners are
dropped, and the case in which that is more often than the risk says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui_al.analysis.leading import (
    POOLED_WEIGHT,
    Flags,
    Floats,
    Places,
    best_probabilities,
    chances,
    find_leaders,
    moderate,
    pooled_noise,
    residual_squares,
)
from tui_al.errors import BadInput

FIRST_ROUND = 2
"""Seeds before anybody can be judged: one alone shows no noise."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Of a race: how many seeds the whole grid has, and the greatest probability with which
    its winner may be dropped. Raises `BadInput`."""

    n_seeds: int
    risk: float = 0.05

    def __post_init__(self) -> None:
        if self.n_seeds < FIRST_ROUND:
            raise BadInput(f"a race needs seeds to compare: give --seeds {FIRST_ROUND} or more")
        if not 0 < self.risk <= 0.5:
            raise BadInput(f"--risk {self.risk:g}: above 0 and up to 0.5, such as 0.05")

    @property
    def rounds(self) -> int:
        """How many rounds may drop somebody: all but the last."""
        return max(1, self.n_seeds - FIRST_ROUND)


@dataclass(frozen=True, slots=True)
class Racer:
    """A strategy in a race.

    `mean` is over its `seeds`, corrected by how the seeds that it did not run went for the
    others; `sd` is over its seeds; `behind` the mean lead of the leader over it in the same
    seeds. `best` is the probability that its mean over ever more seeds is the highest; `ahead`
    that it still comes out ahead of the leader in the whole grid (None for the leader, and for
    who did not run this round). `tied`: it cannot be told apart from the leader beyond these
    seeds, at the risk of the race over all its strategies.
    """

    strategy: str
    seeds: int
    mean: float
    sd: float
    behind: float
    best: float
    ahead: float | None
    racing: bool
    tied: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """A race after `seeds` seeds: the best mean of those racing first, then those dropped.

    `dropped` names those whom this round dropped; their `racing` is false already.
    """

    seeds: int
    racers: tuple[Racer, ...]
    dropped: tuple[str, ...]

    @property
    def leader(self) -> Racer:
        """Who has the best mean of those that ran all seeds so far."""
        return self.racers[0]


@dataclass(frozen=True, slots=True)
class Replays:
    """Races over scores that are known in full, one an entry: `runs` computed, the `pick`ed
    strategy, and `loss`, by how much its mean over all seeds is below the best."""

    runs: NDArray[np.int64]
    pick: NDArray[np.int64]
    loss: Floats


def judge(scores: Mapping[str, Sequence[float]], rules: Rules) -> Standing:
    """Where a race stands, and whom to drop.

    `scores` has each strategy's in the order of seeds. Those with the most scores are racing,
    two of them at least; the others were dropped after theirs. The same scores are always
    judged the same.
    """
    names = list(scores)
    counts = np.array([len(scores[name]) for name in names])
    seeds = int(counts.max())
    table = np.full((len(names), seeds), np.nan)
    for row, name in zip(table, names, strict=True):
        row[: len(scores[name])] = scores[name]
    racing = counts == seeds
    leader = find_leaders(table[None], racing[None])
    ahead = chances(table[None], racing[None], leader, rules.n_seeds)[0]
    dropped = _losers(ahead[None], racing[None], leader, rules)[0] & (seeds < rules.n_seeds)
    return _describe(names, table, counts, ahead, dropped, int(leader[0]), rules)


def replay(scores: Floats, rules: Rules) -> Replays:
    """Race over scores (races x strategies x seeds) in the order of their seeds, all at once."""
    n_races, n_strategies, n_seeds = scores.shape
    racing = np.ones((n_races, n_strategies), dtype=bool)
    runs = np.full(n_races, n_strategies * min(FIRST_ROUND, n_seeds))
    for seeds in range(FIRST_ROUND, n_seeds):
        seen = scores[:, :, :seeds]
        leader = find_leaders(seen, racing)
        ahead = chances(seen, racing, leader, n_seeds)
        racing &= ~_losers(ahead, racing, leader, rules)
        left = racing.sum(axis=1)
        runs += np.where(left > 1, left, 0)
    final = scores.mean(axis=2)
    pick = np.where(racing, final, -np.inf).argmax(axis=1)
    loss = final.max(axis=1) - np.take_along_axis(final, pick[:, None], axis=1)[:, 0]
    return Replays(runs, pick, loss)


def _losers(ahead: Floats, racing: Flags, leader: Places, rules: Rules) -> Flags:
    """Whom a round drops: its share of the risk is the same for each rival of the winner."""
    rivals = np.maximum(1, racing.sum(axis=1) - 1)
    losers: Flags = racing & (ahead <= (rules.risk / rules.rounds / rivals)[:, None])
    np.put_along_axis(losers, leader[:, None], False, axis=1)
    return losers


def _describe(
    names: Sequence[str],
    table: Floats,
    counts: NDArray[np.int64],
    ahead: Floats,
    dropped: Flags,
    leader: int,
    rules: Rules,
) -> Standing:
    seeds = table.shape[1]
    racing = counts == seeds
    means = _corrected_means(table, counts)
    errors, tied = _judge_each(table, counts, leader, rules)
    freedom = min((racing.sum() - 1) * (seeds - 1), POOLED_WEIGHT + seeds - 1)
    best = best_probabilities(means, errors, max(1.0, freedom))
    racers = [
        Racer(
            strategy=name,
            seeds=int(counts[row]),
            mean=float(means[row]),
            sd=float(np.nanstd(table[row], ddof=1)),
            behind=float(np.nanmean(table[leader] - table[row])),
            best=float(best[row]),
            ahead=float(ahead[row]) if racing[row] and row != leader else None,
            racing=bool(racing[row] and not dropped[row]),
            tied=bool(tied[row]),
        )
        for row, name in enumerate(names)
    ]
    order = sorted(racers, key=lambda racer: (-racer.seeds, not racer.racing, -racer.mean))
    return Standing(seeds, tuple(order), tuple(_named(names, dropped)))


def _named(names: Sequence[str], flags: Flags) -> list[str]:
    return [name for name, flag in zip(names, flags, strict=True) if flag]


def _corrected_means(table: Floats, counts: NDArray[np.int64]) -> Floats:
    """Means over all seeds; of who left early, by how these went for those who stayed."""
    stayed = table[counts == table.shape[1]].mean(axis=0)
    later = [stayed.mean() - stayed[:count].mean() for count in counts]
    return np.asarray(np.nanmean(table, axis=1) + later, dtype=np.float64)


def _judge_each(
    table: Floats, counts: NDArray[np.int64], leader: int, rules: Rules
) -> tuple[Floats, Flags]:
    """Standard errors of the means, and who may have a higher mean than the leader over ever
    more seeds; each by the seeds that it ran."""
    errors, tied = np.zeros(len(table)), np.zeros(len(table), dtype=bool)
    for count in map(int, np.unique(counts)):
        there, here = (counts >= count)[None], counts == count
        seen = table[None, :, :count]
        rivals = max(1, int(there.sum()) - 1)
        own = residual_squares(seen, there)[0] * (rivals + 1) / rivals / (count - 1)
        noise, _ = pooled_noise(seen, there)
        variance, _ = moderate(noise, own, count)
        errors[here] = np.sqrt(variance / count)[here]
        level = chances(seen, there, np.array([leader]))[0] > rules.risk / max(1, len(table) - 1)
        tied[here] = level[here]
    tied[leader] = False
    return errors, tied
