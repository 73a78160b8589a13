"""What is asked of the stored results on a screen, and what comes back, in light types.

Importable without the libraries that answer: those load in the thread that uses them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.strip import Strip

    from tui_al.analysis.slices import Metric
    from tui_al.report.blocks import Section

FIELDS = {"dataset": "dataset", "model": "model", "ips": "initial pool", "strategy": "strategy"}
"""By what a slice is cut, and how that is called."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Names of which runs are wanted; of a field without names, all."""

    dataset: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()
    strategy: tuple[str, ...] = ()

    def names(self, field: str) -> tuple[str, ...]:
        """The names of a field."""
        names: tuple[str, ...] = getattr(self, field)
        return names

    def toggled(self, field: str, name: str) -> "Chosen":
        """With a name more, or less."""
        names = self.names(field)
        kept = tuple(other for other in names if other != name)
        return replace(self, **{field: kept if name in names else (*names, name)})

    def without(self, field: str) -> "Chosen":
        """With all of a field."""
        return replace(self, **{field: ()})


@dataclass(frozen=True, slots=True)
class Count:
    """A name, and how many stored runs have it among those that the other fields leave."""

    name: str
    runs: int


@dataclass(frozen=True, slots=True)
class Terms:
    """Values of the metric to reach (none: what random reaches with all its labels), and the
    prices of one label and of one hour of computing, in any currency."""

    targets: tuple[float, ...] = ()
    label_price: float | None = None
    hour_price: float | None = None


Facets = Mapping[str, Sequence[Count]]
"""The stored names of each of `FIELDS`."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A section of a slice, drawn in so many columns.

    The first `enough` lines are worth showing before the others are drawn. `color` is False
    for text alone. With another `visit` than before, the store is looked at again.
    """

    section: str
    metric: "Metric"
    terms: Terms
    chosen: Chosen
    width: int
    enough: int
    dark: bool
    color: bool
    visit: int

    def looks_like(self, other: "Wanted") -> bool:
        """Whether the same results would be drawn the same."""
        return replace(self, enough=0, visit=0) == replace(other, enough=0, visit=0)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is there to show for what was wanted, of results of which `version`.

    `section` is None where there is nothing, and `missing` says in lines why. `complete` tells
    whether these are all lines. `runs` are those of the slice, `earlier` those left out of it,
    of an earlier text, embedding or parameter; `unusable` are lines about files passed over.
    """

    wanted: Wanted
    version: int
    section: "Section | None" = field(repr=False)  # Textual writes out what workers are given
    lines: "Sequence[Strip]" = field(repr=False)
    missing: Sequence[str]
    complete: bool
    facets: Facets
    runs: int
    earlier: int
    unusable: Sequence[str]
