"""Which number type the matrix products of training are made in. Knows nothing of what is multiplied.

fp32 everywhere; tf32, fp32 numbers rounded to 10 bits of mantissa inside the multipliers of NVIDIA GPUs since
2020; bf16, 7 bits of mantissa and the exponents of fp32, in half the memory and at many times the rate.
"""

import torch

from dragoman.base.errors import ConfigError
from dragoman.base.log import warn

_AMPERE = (8, 0)  # the first GPUs that multiply tf32 and bf16


def choose_precision(wanted: str, device: torch.device) -> torch.dtype:
    """The type of the products for ``wanted`` (auto, fp32, tf32, bf16) on ``device``; tf32 is switched on here.

    Raises:
        ConfigError: the device does not have it.
    """
    is_new = device.type == "cuda" and torch.cuda.get_device_capability(device) >= _AMPERE
    if wanted == "auto":
        return torch.bfloat16 if is_new else torch.float32
    if (wanted == "tf32" and not is_new) or (wanted == "bf16" and not (is_new or device.type == "cpu")):
        raise ConfigError(
            f"compute.precision = {wanted!r}: {_name(device)} does not have it",
            hint="set compute.precision to auto or fp32",
        )
    if wanted == "tf32":
        torch.set_float32_matmul_precision("high")
    if wanted == "bf16" and device.type == "cpu" and not torch.ops.mkldnn._is_mkldnn_bf16_supported():
        warn("this processor has no bf16 instructions: compute.precision = 'bf16' will be slower than fp32")
    return torch.bfloat16 if wanted == "bf16" else torch.float32


def _name(device: torch.device) -> str:
    if device.type != "cuda":
        return f"the device {device.type!r}"
    major, minor = torch.cuda.get_device_capability(device)
    return f"{torch.cuda.get_device_name(device)} (compute capability {major}.{minor}, 8.0 is needed)"
