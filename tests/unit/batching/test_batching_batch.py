"""From ids to tensors."""

import pytest
import torch

from dragoman.base.symbols import BOS, EOS, PAD
from dragoman.batching.batch import Example, collate, pad


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
