"""Query strategies by name: a table of what exists, loaded when first used.

Third parties add theirs through the entry-point group `tui_al.strategies`; an entry
point names a subclass of `tui_al.learning.strategies.base.Strategy`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import TYPE_CHECKING

from tui_al.errors import BadInput, UnknownName
from tui_al.learning.strategies.parameters import checked_parameters

if TYPE_CHECKING:
    from tui_al.learning.experiment import Parameters
    from tui_al.learning.strategies.base import Strategy

ENTRY_POINT_GROUP = "tui_al.strategies"


@dataclass(frozen=True, slots=True)
class StrategySpec:
    """A strategy known by name. `selects_initial`: it can choose with no labels at all."""

    name: str
    rule: str
    source: str
    selects_initial: bool
    target: str

    def load(self) -> "type[Strategy]":
        """Import the strategy's class; `BadInput` names a third party's that cannot be."""
        module, _, name = self.target.partition(":")
        try:
            loaded: type[Strategy] = getattr(import_module(module), name)
            if not issubclass(loaded, import_module(f"{_HERE}.base").Strategy):
                raise TypeError(f"{self.target} is not a subclass of Strategy")
        except (ImportError, AttributeError, TypeError) as error:
            raise BadInput(
                f"strategy {self.name} of {self.source} cannot be loaded ({error}): "
                "repair or uninstall that package"
            ) from error
        return loaded


_HERE = "tui_al.learning.strategies"
_BUILT_IN = (
    StrategySpec("random", "uniform without replacement",
                 "baseline", True, f"{_HERE}.random:Random"),
    StrategySpec("margin", "smallest difference of the two highest class probabilities",
                 "Settles 2009", False, f"{_HERE}.margin:Margin"),
    StrategySpec("entropy", "largest predictive entropy",
                 "Settles 2009", False, f"{_HERE}.entropy:Entropy"),
    StrategySpec("coreset", "k-center greedy: the text farthest from all chosen so far",
                 "Sener & Savarese 2018", True, f"{_HERE}.coreset:Coreset"),
    StrategySpec("typiclust", "most typical text of clusters with the fewest labels",
                 "Hacohen et al. 2022", True, f"{_HERE}.typiclust:TypiClust"),
    StrategySpec("probcover", "the text whose surroundings cover most uncovered texts",
                 "Yehuda et al. 2022", False, f"{_HERE}.probcover:ProbCover"),
    StrategySpec("badge", "k-means++ seeding on gradients of the predicted labels",
                 "Ash et al. 2020", False, f"{_HERE}.badge:Badge"),
    StrategySpec("dropquery", "cluster centres among texts whose prediction flips under dropout",
                 "Gupte et al. 2024", False, f"{_HERE}.dropquery:DropQuery"),
)  # fmt: skip


@cache
def strategies() -> Mapping[str, StrategySpec]:
    """All strategies by name: built-in first, then third parties'."""
    table = {spec.name: spec for spec in _BUILT_IN}
    for point in entry_points(group=ENTRY_POINT_GROUP):
        table.setdefault(point.name, _third_party(point))
    return MappingProxyType(table)


def initial_selections() -> tuple[str, ...]:
    """Names of the strategies that can select an initial pool."""
    return tuple(spec.name for spec in strategies().values() if spec.selects_initial)


def check_names(strategy: str, ips: str) -> None:
    """Raise `UnknownName` for a strategy or initial pool selection that does not exist."""
    if strategy not in strategies():
        raise UnknownName("query strategy", strategy, strategies())
    if ips not in initial_selections():
        raise UnknownName("initial pool selection", ips, initial_selections())


def make_strategy(name: str, parameters: "Parameters") -> "Strategy":
    """The strategy of a known name with its parameters set.

    Raises `BadInput` for a parameter that does not exist or a value it cannot have.
    """
    strategy = strategies()[name].load()
    return strategy(**checked_parameters(name, strategy, parameters))


def _third_party(point: EntryPoint) -> StrategySpec:
    publisher = point.dist.name if point.dist is not None else point.module
    return StrategySpec(point.name, f"from {publisher}", publisher, True, point.value)
