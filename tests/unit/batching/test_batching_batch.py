"""From ids to tensors."""

import pytest
import torch

from dragoman.base.symbols import BOS, EOS, PAD
from dragoman.batching.batch import collate, pad
from dragoman.batching.example import Example


def test_pads_at_the_right():
    assert pad([[5], [6, 7, 8], []]).tolist() == [[5, PAD, PAD], [6, 7, 8], [PAD, PAD, PAD]]


@pytest.mark.parametrize(("rows", "shape"), [([], (0, 0)), ([[]], (1, 0)), ([[], []], (2, 0))])
def test_nothing_to_pad_keeps_its_shape(rows, shape):
    padded = pad(rows)
    assert tuple(padded.shape) == shape
    assert padded.dtype == torch.long


def test_collates_with_masks_and_the_target_shifted_behind_bos():
    batch = collate([Example([5, 6, EOS], [7, EOS]), Example([8, EOS], [9, 10, 11, EOS])])
    assert batch.source.tolist() == [[5, 6, EOS], [8, EOS, PAD]]
    assert batch.source_mask.tolist() == [[True, True, True], [True, True, False]]
    assert batch.target_input.tolist() == [[BOS, 7, PAD, PAD], [BOS, 9, 10, 11]]
    assert batch.target_output.tolist() == [[7, EOS, PAD, PAD], [9, 10, 11, EOS]]
    assert batch.target_tokens == 6


def test_sources_alone():
    batch = collate([Example([5, EOS], []), Example([6, 7, EOS], [])])
    assert batch.source.shape == (2, 3)
    assert batch.target_input.shape == batch.target_output.shape == (2, 0)
    assert batch.target_tokens == 0


def test_moves_every_tensor():
    batch = collate([Example([5, EOS], [7, EOS])]).to("meta")
    tensors = (batch.source, batch.source_mask, batch.target_input, batch.target_output)
    assert {tensor.device.type for tensor in tensors} == {"meta"}
    assert batch.target_tokens == 2


@pytest.mark.parametrize(("limit", "widths"), [(None, (8, 8)), (6, (6, 6)), (5, (5, 5)), (3, (3, 5))])
def test_wider_by_padding_that_changes_nothing(limit, widths):
    batch = collate([Example([5, 6, EOS], [7, EOS]), Example([8, EOS], [9, 10, 11, 12, EOS])])
    wide = batch.widen(8, limit=limit)
    assert (wide.source.size(1), wide.target_input.size(1)) == widths
    assert wide.target_output.shape == wide.target_input.shape
    assert wide.source_mask.dtype == torch.bool
    assert torch.equal(wide.source_mask, wide.source != PAD)
    assert torch.equal(wide.source[:, :3], batch.source)
    assert torch.equal(wide.target_input[:, :5], batch.target_input)
    assert torch.equal(wide.target_output[:, :5], batch.target_output)
    assert int((wide.target_output != PAD).sum()) == wide.target_tokens == batch.target_tokens


def test_a_processor_is_fed_the_batch_as_it_is():
    batch = collate([Example([5, EOS], [7, EOS])])
    assert batch.feed(torch.device("cpu")).source.data_ptr() == batch.source.data_ptr()


def test_a_gpu_is_fed_a_wide_batch_in_pinned_memory_without_waiting(monkeypatch):
    seen = []
    monkeypatch.setattr(torch.Tensor, "pin_memory", lambda tensor: seen.append(("pin", tuple(tensor.shape))) or tensor)
    monkeypatch.setattr(
        torch.Tensor, "to", lambda tensor, device, non_blocking: seen.append((device.type, non_blocking)) or tensor
    )
    collate([Example([5, 6, EOS], [7, EOS])]).feed(torch.device("cuda"), limit=500)
    assert seen == [("pin", (1, 8))] * 4 + [("cuda", True)] * 4
