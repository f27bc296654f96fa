"""What auto means where, and asking for what is not there."""

import pytest
import torch

from dragoman.base.errors import ConfigError
from dragoman.compute.precision import choose_precision

CPU, GPU = torch.device("cpu"), torch.device("cuda", 0)


@pytest.fixture
def gpu(monkeypatch):
    """A GPU of a given compute capability, as far as it is asked about itself."""

    def of(capability):
        monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: capability)
        monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "Some GPU")

    return of


@pytest.fixture
def told(monkeypatch):
    messages = []
    monkeypatch.setattr("dragoman.compute.precision.warn", messages.append)
    return messages


def test_auto_is_fp32_on_a_processor():
    assert choose_precision("auto", CPU) == choose_precision("fp32", CPU) == torch.float32


@pytest.mark.parametrize(
    ("capability", "expected"), [((7, 5), torch.float32), ((8, 0), torch.bfloat16), ((9, 0), torch.bfloat16)]
)
def test_auto_is_bf16_on_a_gpu_that_has_it(gpu, capability, expected):
    gpu(capability)
    assert choose_precision("auto", GPU) == expected
    assert choose_precision("fp32", GPU) == torch.float32


@pytest.mark.parametrize("wanted", ["bf16", "tf32"])
def test_an_old_gpu(gpu, wanted):
    gpu((7, 5))
    with pytest.raises(ConfigError, match=rf"'{wanted}': Some GPU \(compute capability 7\.5, 8\.0") as caught:
        choose_precision(wanted, GPU)
    assert caught.value.hint == "set compute.precision to auto or fp32"


@pytest.mark.parametrize(("wanted", "device"), [("tf32", "cpu"), ("tf32", "mps"), ("bf16", "mps")])
def test_other_devices(wanted, device):
    with pytest.raises(ConfigError, match=f"'{wanted}': the device '{device}' does not have it"):
        choose_precision(wanted, torch.device(device))


def test_tf32_is_switched_on(gpu):
    gpu((8, 6))
    before = torch.get_float32_matmul_precision()
    try:
        assert choose_precision("fp32", GPU) == torch.float32
        assert torch.get_float32_matmul_precision() == before
        assert choose_precision("tf32", GPU) == torch.float32
        assert torch.get_float32_matmul_precision() == "high"
    finally:
        torch.set_float32_matmul_precision(before)


@pytest.mark.parametrize("has_it", [True, False])
def test_a_processor_may_be_slow_at_bf16_and_that_is_told(monkeypatch, told, has_it):
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: has_it, raising=False)
    assert choose_precision("bf16", CPU) == torch.bfloat16
    assert len(told) == (0 if has_it else 1)
