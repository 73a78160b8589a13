"""From token vectors to one vector a text. All take (batch, tokens, dim) and a (batch, tokens) mask."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui_al.catalog.specs import Pooling

if TYPE_CHECKING:
    from torch import Tensor


def pool_mean(states: "Tensor", mask: "Tensor") -> "Tensor":
    """Mean over real tokens."""
    weights = mask.unsqueeze(-1).to(states.dtype)
    return (states * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1e-9)


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
