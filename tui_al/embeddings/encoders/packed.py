"""Linear layers whose weights are laid out for the processor beforehand.

torch hands a float32 product to MKL, which on many processors does not use all that they
have; oneDNN, which comes with torch too, does, and with weights packed once it wastes no time
on them. The numbers keep their type (benchmarks/README.md, "Embedding").
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module


def can_pack() -> bool:
    """Whether this build of torch has oneDNN's packed products."""
    import torch

    available = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    return bool(available) and all(
        hasattr(torch.ops.mkldnn, name) for name in ("_reorder_linear_weight", "_linear_pointwise")
    )


def pack_linear_layers(model: "Module") -> None:
    """Replace every `nn.Linear` of a model in float32 or bfloat16 by its packed form."""
    import torch

    class PackedLinear(torch.nn.Module):
        def __init__(self, linear: torch.nn.Linear) -> None:
            super().__init__()
            self.in_features, self.out_features = linear.in_features, linear.out_features
            self.packed = torch.ops.mkldnn._reorder_linear_weight(linear.weight.detach(), None)
            self.bias = None if linear.bias is None else linear.bias.detach()
            # Some models ask for a layer's type or device: this tells, and takes no memory.
            self.weight = torch.empty_like(linear.weight, device="meta", requires_grad=False)

        def forward(self, rows: "Tensor") -> "Tensor":
            product: Tensor = torch.ops.mkldnn._linear_pointwise(
                rows, self.packed, self.bias, "none", [], ""
            )
            return product

    packable = (torch.float32, torch.bfloat16)

    def pack(parent: Any) -> None:
        for name, child in parent.named_children():
            if type(child) is torch.nn.Linear and child.weight.dtype in packable:
                setattr(parent, name, PackedLinear(child))
            else:
                pack(child)

    with torch.inference_mode():
        pack(model)
