"""Let the large linear maps of a model multiply 8-bit integers on a processor. Knows nothing of files.

The weights are whole numbers and scales already (:mod:`dragoman.surgery.quantization`). What comes in is rounded on
the way, each row with a scale of its own: so what becomes of a sentence does not depend on the others in its batch, as
it would with one scale for all. Whole numbers are summed exactly. Only maps with many weights gain by it: rounding
costs as much for a small map as it saves; so the size of the matrix decides, never that of the batch.

Works where a processor multiplies bytes directly (AVX-512 VNNI and later). torch's own quantised layers
(torch.ao.quantization) are quicker still for a few rows, but round a whole batch with one scale.
"""

import copy

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dragoman.models.protocol import Seq2Seq
from dragoman.surgery.quantization import LARGEST, int8_rows

_LEAST_WEIGHTS = 1 << 17


class IntegerLinear(nn.Linear):
    """A linear map that multiplies integers; its weight stays there for whoever looks at it.

    Args:
        linear: the map; weight and bias are shared with it.
    """

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__(linear.in_features, linear.out_features, bias=linear.bias is not None, device="meta")
        self.weight, self.bias = linear.weight, linear.bias
        codes, scales = int8_rows(linear.weight)
        self.codes: Tensor
        self.scales: Tensor
        self.register_buffer("codes", codes.t(), persistent=False)  # (N, K) → (K, N), as the product wants it
        self.register_buffer("scales", scales, persistent=False)

    def forward(self, inputs: Float[Tensor, "... K"]) -> Float[Tensor, "... N"]:
        """The product, with inputs rounded row by row."""
        rows = inputs.flatten(0, -2)
        scales = rows.abs().amax(1, keepdim=True).div_(LARGEST).clamp_min_(torch.finfo(rows.dtype).tiny)
        products = torch._int_mm((rows / scales).round_().to(torch.int8), self.codes)
        outputs = products.to(rows.dtype).mul_(scales).mul_(self.scales)
        if self.bias is not None:
            outputs += self.bias
        return outputs.view(*inputs.shape[:-1], -1)


def can_multiply_integers() -> bool:
    """Whether this processor, with this torch, gains by it."""
    asked = getattr(torch.cpu, "_is_vnni_supported", None)
    return bool(torch.backends.mkldnn.is_available() and asked is not None and asked())  # type: ignore[no-untyped-call]


@torch.no_grad()
def with_integer_products(model: Seq2Seq) -> Seq2Seq:
    """A copy of ``model`` for inference whose large linear maps multiply integers.

    Args:
        model: on the processor, its matrices on the grid of int8; its parameters are shared with the copy.
    """
    shared: dict[int, object] = {id(parameter): parameter for parameter in model.parameters()}
    changed = copy.deepcopy(model, shared)
    for name, module in list(changed.named_modules()):
        if type(module) is nn.Linear and module.weight.numel() >= _LEAST_WEIGHTS:
            owner, _, last = name.rpartition(".")
            setattr(changed.get_submodule(owner), last, IntegerLinear(module))
    return changed.eval()
