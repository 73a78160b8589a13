"""Which runs a grid is about: several values of each kind, remembered from sitting to sitting."""

import shlex
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

from tui_al.catalog import LOCAL
from tui_al.learning.strategies import initial_selections, strategies
from tui_al.report.catalog import DatasetRow
from tui_al.tui.choices import Choices
from tui_al.tui.grid_options import GridOptions, opening_options
from tui_al.tui.memory import Memory

_SECTION = "grid"
_SEEDS = (0, 1, 2, 3, 4)
_OFFERED_SEEDS = 20
_STRATEGIES = ("random", "margin", "badge")
_OPTIONS = {"datasets": "--dataset", "models": "--model", "ips": "--ips",
            "strategies": "--strategy", "seeds": "--seed"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slice:
    """Every combination of these is a run; in a sweep, of the initial pool's sizes instead of
    strategies."""

    datasets: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()
    strategies: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()
    options: GridOptions = field(default_factory=GridOptions)

    @property
    def values(self) -> dict[str, tuple[Any, ...]]:
        """What is combined, by name, apart from a sweep's sizes."""
        return {name: getattr(self, name) for name in _OPTIONS
                if not (self.options.sweep and name == "strategies")}  # fmt: skip

    @property
    def entries(self) -> dict[str, Any]:
        """As a plan has them."""
        return {name: list(values) for name, values in self.values.items()} | self.options.entries

    @property
    def runs(self) -> int:
        """How many runs these are, of a sweep for each of its sizes; 0 where something is left
        open."""
        return prod(map(len, self.values.values()))

    @property
    def open(self) -> tuple[str, ...]:
        """What is left open, by name."""
        return tuple(name for name, values in self.values.items() if not values)

    @property
    def command(self) -> str:
        """The same grid in the shell."""
        words = ["tui-al", "grid"]
        for name, values in self.values.items():
            for value in values:
                words += [_OPTIONS[name], str(value)]
        return shlex.join(words + self.options.words)

    def remember(self, memory: Memory) -> None:
        """Keep it for the next sitting."""
        memory.remember(_SECTION, **{name: list(getattr(self, name)) for name in _OPTIONS})
        self.options.remember(memory)


def opening_slice(memory: Memory, choices: Choices, known: Slice) -> Slice:
    """What was chosen last, as far as it is `known`; at first, what the app opens with."""
    first = Slice(
        (choices.dataset,), (choices.model,), (choices.ips,),
        tuple(dict.fromkeys((*_STRATEGIES, choices.strategy))), _SEEDS,
    )  # fmt: skip
    return Slice(
        datasets=_recall(memory, "datasets", first.datasets, known.datasets),
        models=_recall(memory, "models", first.models, known.models),
        ips=_recall(memory, "ips", first.ips, known.ips),
        strategies=_recall(memory, "strategies", first.strategies, known.strategies),
        seeds=_recall(memory, "seeds", first.seeds, known.seeds),
        options=opening_options(memory),
    )


def _recall(memory: Memory, name: str, default: Sequence[Any], known: Sequence[Any]) -> Any:
    kept = memory.recall(_SECTION, name, list(default))
    return tuple(value for value in known if value in kept)


def known_values(rows: Sequence[DatasetRow], models: Sequence[str]) -> Slice:
    """All that can be chosen: of models the given ones, then others that embedded something
    and can be named in a command."""
    found = {name for row in rows for name in row.embedded} - set(models)
    others = sorted(name for name in found if not name.startswith(f"{LOCAL}/"))
    return Slice(
        tuple(row.name for row in rows),
        (*models, *others),
        tuple(initial_selections()),
        tuple(strategies()),
        tuple(range(_OFFERED_SEEDS)),
    )


def away(rows: Sequence[DatasetRow]) -> set[str]:
    """Datasets whose texts are on the Hub alone."""
    return {row.name for row in rows if row.text in ("hub", "none")}


def unembedded(rows: Sequence[DatasetRow], datasets: Collection[str], known: Slice) -> set[str]:
    """Models that have not embedded all of these datasets yet; without datasets, none."""
    embedded = [set(row.embedded) for row in rows if row.name in datasets]
    everywhere = set.intersection(*embedded) if embedded else set(known.models)
    return set(known.models) - everywhere
