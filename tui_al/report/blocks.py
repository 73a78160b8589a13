"""What a report consists of, before anything is said about how it is printed or drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

Kind = Literal["text", "count", "decimal", "signed", "percent", "seconds", "money", "p"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its name in the frame, its title, and how its values are written.

    `spread` names a column with the standard deviation (written "0.912 ±0.004"), `low` and
    `high` those of an interval (written "0.912 [0.904, 0.920]"). Where `tied` names a boolean
    column, true marks a value as one that cannot be told apart from the best ("0.912 =").
    """

    name: str
    title: str
    kind: Kind = "text"
    digits: int = 3
    spread: str | None = None
    low: str | None = None
    high: str | None = None
    tied: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows for people. `best` names a boolean column: rows that are ahead of all others beyond
    the noise, the only ones that may be emphasised. `note` explains marks below the table."""

    title: str
    frame: pl.DataFrame
    columns: Sequence[Column]
    best: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """Curves: one line a value of `series`, with a band from `low` to `high` where given.

    `reference` is a horizontal line (0 for differences). Series keep their order of
    appearance; renderers give them colours and markers by name, the same in every chart.
    """

    title: str
    frame: pl.DataFrame
    x: str
    y: str
    series: str
    x_title: str
    y_title: str
    low: str | None = None
    high: str | None = None
    log_x: bool = False
    reference: float | None = None
    kind: Kind = "decimal"


@dataclass(frozen=True, slots=True)
class Bars:
    """Shares that add up to one: a stacked bar a value of `x`, a part a value of `series`."""

    title: str
    frame: pl.DataFrame
    x: str
    y: str
    series: str
    x_title: str
    y_title: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """A heat map with the value written in each field: `row` beats `column` at a rate `value`.

    `middle` is the neutral value of the diverging colours; `span` the two ends.
    """

    title: str
    frame: pl.DataFrame
    row: str
    column: str
    value: str
    middle: float = 0.5
    span: tuple[float, float] = (0.0, 1.0)
    kind: Kind = "percent"


@dataclass(frozen=True, slots=True)
class RankLine:
    """A critical-difference picture: names on a line of mean ranks (1 is best).

    Names closer than `distance` cannot be told apart; `groups` are the largest sets of such
    names. Without a `distance`, the ranks alone are drawn.
    """

    title: str
    names: Sequence[str]
    ranks: Sequence[float]
    distance: float | None
    groups: Sequence[Sequence[str]]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Prose:
    """Sentences, each a line or a paragraph of its own."""

    sentences: Sequence[str]


Block = Table | Lines | Bars | Matrix | RankLine | Prose
Chart = Lines | Bars | Matrix | RankLine


@dataclass(frozen=True, slots=True)
class Section:
    """One answer: blocks for people, and `rows`, all its figures, for programs (JSON, CSV).

    `source` is the benchmark's figure or table that this repeats ("Fig. 4"), where there is one.
    """

    name: str
    title: str
    blocks: Sequence[Block]
    rows: pl.DataFrame
    source: str = ""
