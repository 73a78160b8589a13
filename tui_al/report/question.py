"""What a reader asks of the results, beside which runs."""

import math
from dataclasses import dataclass

from tui_al.analysis.slices import Metric
from tui_al.errors import BadInput


@dataclass(frozen=True, slots=True)
class Question:
    """`confidence` is that of intervals; 1 - `confidence` the risk of comparisons, after
    correction. `targets` are values of the metric to reach (none: what random reaches with all
    its labels). Prices are for one label and for one hour of computing, in any currency.
    """

    metric: Metric = "accuracy"
    confidence: float = 0.95
    targets: tuple[float, ...] = ()
    label_price: float | None = None
    hour_price: float | None = None

    def __post_init__(self) -> None:
        if not 0.5 <= self.confidence < 1:
            raise BadInput(f"--confidence {self.confidence:g}: from 0.5 to below 1, such as 0.95")
        for target in self.targets:
            if not 0 < target <= 1:
                raise BadInput(f"--target {target:g}: a share above 0 and up to 1, such as 0.9")
        prices = {"--label-price": self.label_price, "--hour-price": self.hour_price}
        for option, price in prices.items():
            if price is not None and not (math.isfinite(price) and price >= 0):
                raise BadInput(f"{option} {price:g}: a number from 0 on, such as 0.2")
