"""Parts of sentences about who is ahead of whom, and by how much."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from tui_al.analysis.comparisons import Comparison
from tui_al.analysis.slices import Metric

_MOST = 4  # names in a sentence
_METRICS: dict[Metric, str] = {
    "accuracy": "AULC",
    "balanced_accuracy": "AULC of balanced accuracy",
    "macro_f1": "AULC of macro-F1",
}


def name_score(metric: Metric) -> str:
    """What the area under the curve of a metric is called."""
    return _METRICS[metric]


@dataclass(frozen=True, slots=True)
class Difference:
    """How far `name` is above `other`, over so many shared seeds.

    The interval and p (Holm's) are None where nothing is known of the noise; `apart` tells
    whether the difference is beyond it.
    """

    name: str
    other: str
    seeds: int
    difference: float
    low: float | None
    high: float | None
    p: float | None
    apart: bool

    @property
    def ahead(self) -> bool:
        return self.apart and self.difference > 0

    @property
    def behind(self) -> bool:
        return self.apart and self.difference < 0

    def turned(self) -> "Difference":
        """The same seen from the other name."""
        low = -self.high if self.high is not None else None
        high = -self.low if self.low is not None else None
        return replace(
            self, name=self.other, other=self.name, difference=-self.difference, low=low, high=high
        )

    def __str__(self) -> str:
        """ "0.012 AULC [0.004, 0.020]", with more digits where three would hide a value."""
        known = [self.difference, *(bound for bound in (self.low, self.high) if bound is not None)]
        smallest = min((abs(value) for value in known if value), default=1.0)
        digits = next((number for number in (3, 4) if smallest >= 0.5 * 10**-number), 5)
        shown = f"{self.difference:.{digits}f} AULC"
        if self.low is None or self.high is None:
            return shown
        return f"{shown} [{self.low:.{digits}f}, {self.high:.{digits}f}]"


def differences(pairs: pl.DataFrame) -> list[Difference]:
    """Those of `Comparison.pairs` that share a seed, in their order."""
    return [
        Difference(row["first"], row["second"], row["seeds"], row["difference"], row["low"],
                   row["high"], row["p_holm"], row["apart"])
        for row in pairs.filter(pl.col("seeds") > 0).to_dicts()
    ]  # fmt: skip


def differences_from(pairs: pl.DataFrame, name: str) -> list[Difference]:
    """All that are known between one name and another, seen from that one."""
    known = differences(pairs.filter((pl.col("first") == name) | (pl.col("second") == name)))
    return [each if each.name == name else each.turned() for each in known]


def join_names(names: Sequence[str]) -> str:
    """Names as in a sentence; of many, the first and how many more."""
    names = list(names)
    if len(names) > _MOST:
        names = [*names[: _MOST - 1], f"{len(names) - _MOST + 1} more"]
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def show_seeds(known: Sequence[Difference]) -> str:
    """Over how many seeds differences were taken: "5 seeds", "3 to 5 seeds"."""
    numbers = sorted({each.seeds for each in known})
    if len(numbers) > 1:
        return f"{numbers[0]} to {numbers[-1]} seeds"
    return count(numbers[0], "seed")


def describe_leaders(comparison: Comparison, score: str, what: str) -> str:
    """Which of two names or more are ahead of the others, beyond the noise.

    `what` names them in the plural, `score` the mean by which they are compared.
    """
    first, means = comparison.leader, comparison.means.filter("judged")
    mean = comparison.means.filter(name=first)["score"][0]
    best = f"{first} has the highest mean {score} ({mean:.3f})"
    if means.is_empty():
        return f"{best}, which may be chance"
    known = differences_from(comparison.pairs, first)
    behind = [each for each in known if each.ahead]
    same = [name for name in means.filter("leader")["name"] if name != first]
    if not same:
        return _describe_winner(first, behind, what)
    seeds = show_seeds([each for each in known if each.p is not None])
    told = f"{join_names(same)} cannot be told apart from it with {seeds}"
    if len(same) > _MOST and not behind:
        told = f"none of the {len(same)} other {what} can be told apart from it with {seeds}"
    if not behind:
        return f"{best}; {told}"
    names = [each.other for each in behind]
    others = f"{len(names)} {what}" if len(names) > 2 else join_names(names)
    return f"{best}; {told}; {others} {'is' if len(names) == 1 else 'are'} behind it"


def _describe_winner(name: str, behind: Sequence[Difference], what: str) -> str:
    nearest = min(behind, key=lambda each: each.difference)
    if len(behind) == 1:
        return f"{name} is ahead of {nearest.other} by {nearest}"
    others = f"the {len(behind)} other {what}"
    return f"{name} is ahead of {others}: of {nearest.other}, the nearest, by {nearest}"
