"""Where a transformer computes, and in what arithmetic."""

import re
from typing import TYPE_CHECKING

from tui_al.catalog import ModelSpec
from tui_al.errors import BadInput

if TYPE_CHECKING:
    import torch

_GPUS = re.compile(r"cuda(?::(\d+(?:,\d+)*))?")


def check_device(option: str) -> str:
    """The kind of device an option names, or `BadInput` for what names none. Loads no torch."""
    if option not in ("auto", "cpu") and not _GPUS.fullmatch(option):
        raise BadInput(f"--device {option}: write auto, cpu, cuda, or GPUs by number: cuda:0,1")
    return option.partition(":")[0]


def choose_devices(option: str) -> list[str]:
    """The torch devices of `auto`, `cpu`, `cuda` (every GPU) or `cuda:0,1`, best use of all.

    Raises `BadInput` for GPUs that torch does not see.
    """
    import torch

    check_device(option)
    match = _GPUS.fullmatch(option)
    available = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if option == "cpu" or (option == "auto" and not available):
        return ["cpu"]
    if not available:
        raise BadInput(f"--device {option}: torch sees no GPU here; use --device cpu or auto")
    chosen = match.group(1) if match else None
    numbers = sorted(set(map(int, chosen.split(",")))) if chosen else list(range(available))
    if numbers[-1] >= available:
        raise BadInput(f"--device {option}: torch sees {available} GPU(s) here, numbered from 0")
    return [f"cuda:{number}" for number in numbers]


def choose_type(spec: ModelSpec, device: str) -> "torch.dtype | str":
    """The type that weights are loaded in: float32 on a CPU, their own on a GPU, or as set.

    Few CPUs multiply bfloat16 faster than float32 and many far slower, and its numbers
    differ: there it has to be asked for.
    """
    import torch

    if spec.arithmetic:
        wanted: torch.dtype = getattr(torch, spec.arithmetic)
        return wanted
    return torch.float32 if device == "cpu" else "auto"


def has_fast_bfloat16() -> bool:
    """Whether this processor multiplies bfloat16 natively; others are slower than in float32."""
    import torch

    names = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(bool(getattr(torch.cpu, name, lambda: False)()) for name in names)
