"""What to simulate, and how a budget becomes an initial pool and equal batches."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tui_al.errors import BadInput

DEFAULT_CYCLES = 20
_SEEDS = 2**63  # stored as signed 64-bit integers
Parameters = Mapping[str, float | int | str | bool]
"""Of a strategy, by name; text is read as a value of the parameter's type."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Labels by cycle: `initial`, then `batch` more in each of `cycles` cycles."""

    initial: int
    batch: int
    cycles: int

    @property
    def budget(self) -> int:
        return self.initial + self.batch * self.cycles


@dataclass(frozen=True, slots=True)
class Experiment:
    """One run, but for the dataset and model (DESIGN section 8).

    `budget` None takes the dataset's; `initial` None takes what equal batches leave over.
    """

    strategy: str = "random"
    ips: str = "random"
    seed: int = 0
    budget: int | None = None
    initial: int | None = None
    cycles: int = DEFAULT_CYCLES
    strategy_params: Parameters = field(default_factory=dict)
    ips_params: Parameters = field(default_factory=dict)

    def schedule(self, n_pool: int, default_budget: int | None = None) -> Schedule:
        """Split the budget B: b = floor(B / (T+1)), k0 = B - T*b, or the k0 that was asked for.

        With a given k0, what equal batches cannot use up is left unspent. Raises `BadInput`
        for a budget beyond the pool, a k0 beyond the budget, or batches of less than one.
        """
        budget = self.budget if self.budget is not None else default_budget
        if budget is None:
            raise BadInput("no budget: give one with --budget")
        if self.cycles < 0 or not 0 <= self.seed < _SEEDS:
            raise BadInput("cycles and seed cannot be negative, and a seed must be below 2^63")
        if not 1 <= budget <= n_pool:
            raise BadInput(
                f"budget {budget} does not fit the train pool of {n_pool} texts: "
                f"give --budget 1 to {n_pool}"
            )
        if self.initial is not None and not 1 <= self.initial <= budget:
            raise BadInput(
                f"initial pool {self.initial} does not fit the budget {budget}: "
                f"give --initial 1 to {budget}"
            )
        if self.cycles == 0:
            return Schedule(self.initial or budget, 0, 0)
        batch = (
            budget // (self.cycles + 1)
            if self.initial is None
            else (budget - self.initial) // self.cycles
        )
        if batch < 1:
            raise BadInput(
                f"budget {budget} leaves no label for each of {self.cycles} cycles: "
                "give a larger --budget, fewer --cycles or a smaller --initial"
            )
        return Schedule(self.initial or budget - self.cycles * batch, batch, self.cycles)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values, the same for equal experiments."""
        return {
            "strategy": self.strategy,
            "ips": self.ips,
            "seed": self.seed,
            "budget": self.budget,
            "initial": self.initial,
            "cycles": self.cycles,
            "strategy_params": dict(sorted(self.strategy_params.items())),
            "ips_params": dict(sorted(self.ips_params.items())),
        }
