"""From token vectors (batch, tokens, dim) and a mask (batch, tokens) to one vector a text."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

Pooler = Callable[["Tensor", "Tensor"], "Tensor"]


def pool_mean(states: "Tensor", mask: "Tensor") -> "Tensor":
    """Mean over real tokens, summed in single precision: half has no room for a long text."""
    return _sum(states, mask) / _count(mask)


def pool_mean_sqrt(states: "Tensor", mask: "Tensor") -> "Tensor":
    """Sum over real tokens, divided by the square root of their number."""
    return _sum(states, mask) / _count(mask).sqrt()


def pool_weighted_mean(states: "Tensor", mask: "Tensor") -> "Tensor":
    """Mean over real tokens weighted by position, later ones more (Muennighoff 2022)."""
    weights = (mask.cumsum(dim=1) * mask).unsqueeze(-1).float()
    return (_real(states, mask) * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1)


def pool_max(states: "Tensor", mask: "Tensor") -> "Tensor":
    """The largest value over real tokens, dimension by dimension."""
    return states.float().masked_fill(~mask.unsqueeze(-1).bool(), float("-inf")).amax(dim=1)


def pool_cls(states: "Tensor", mask: "Tensor") -> "Tensor":
    """The first real token: where padding is on the left, that is not the first column."""
    return _token_at(states, mask.int().argmax(dim=1))


def pool_eos(states: "Tensor", mask: "Tensor") -> "Tensor":
    """The last real token, with padding on either side."""
    return _token_at(states, mask.shape[1] - 1 - mask.int().flip(1).argmax(dim=1))


def _real(states: "Tensor", mask: "Tensor") -> "Tensor":
    return states.float().masked_fill(~mask.unsqueeze(-1).bool(), 0)  # padding may hold NaN


def _sum(states: "Tensor", mask: "Tensor") -> "Tensor":
    return _real(states, mask).sum(dim=1)


def _count(mask: "Tensor") -> "Tensor":
    return mask.sum(dim=1, keepdim=True).clamp(min=1).float()


def _token_at(states: "Tensor", positions: "Tensor") -> "Tensor":
    import torch

    return states[torch.arange(states.shape[0], device=states.device), positions]


POOLERS: dict[str, Pooler] = {
    "mean": pool_mean,
    "cls": pool_cls,
    "eos": pool_eos,
    "max": pool_max,
    "mean_sqrt_len_tokens": pool_mean_sqrt,
    "weightedmean": pool_weighted_mean,
}
