"""From token vectors (batch, tokens, dim) and a mask (batch, tokens) to one vector a text."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui_al.catalog.specs import Pooling

if TYPE_CHECKING:
    from torch import Tensor


def pool_mean(states: "Tensor", mask: "Tensor") -> "Tensor":
    """Mean over real tokens, summed in single precision: half has no room for a long text."""
    real = mask.unsqueeze(-1).bool()
    sums = states.float().masked_fill(~real, 0).sum(dim=1)  # padding may hold NaN
    return sums / real.sum(dim=1).clamp(min=1)


def pool_cls(states: "Tensor", mask: "Tensor") -> "Tensor":
    """The first real token: where padding is on the left, that is not the first column."""
    return _token_at(states, mask.int().argmax(dim=1))


def pool_eos(states: "Tensor", mask: "Tensor") -> "Tensor":
    """The last real token, with padding on either side."""
    return _token_at(states, mask.shape[1] - 1 - mask.int().flip(1).argmax(dim=1))


def _token_at(states: "Tensor", positions: "Tensor") -> "Tensor":
    import torch

    return states[torch.arange(states.shape[0], device=states.device), positions]


POOLERS: dict[Pooling, Callable[["Tensor", "Tensor"], "Tensor"]] = {
    "mean": pool_mean,
    "cls": pool_cls,
    "eos": pool_eos,
}
