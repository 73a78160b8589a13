"""Pooling over padded batches equals pooling each text by itself."""

import numpy as np
import pytest
import torch
from embedding_samples import pool_by_hand
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_al.embeddings.pooling import POOLERS


@settings(deadline=None)
@given(
    lengths=st.lists(st.integers(1, 9), min_size=1, max_size=6),
    spare=st.integers(0, 3),
    left=st.booleans(),
    pooling=st.sampled_from(sorted(POOLERS)),
    mask_type=st.sampled_from([torch.int64, torch.int32, torch.bool]),
)
def test_padding_on_either_side_changes_nothing(lengths, spare, left, pooling, mask_type):
    width = max(lengths) + spare
    generator = np.random.default_rng(0)
    states = np.full((len(lengths), width, 5), np.nan, dtype=np.float32)  # padding must not leak
    mask = np.zeros((len(lengths), width))
    expected = []
    for row, length in enumerate(lengths):
        place = slice(width - length, width) if left else slice(0, length)
        states[row, place] = generator.normal(size=(length, 5))
        mask[row, place] = 1
        expected.append(pool_by_hand(states[row, place].astype(np.float64), pooling))
    pooled = POOLERS[pooling](torch.from_numpy(states), torch.from_numpy(mask).to(mask_type))
    np.testing.assert_allclose(pooled.numpy(), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_the_mean_of_a_long_text_in_half_precision_keeps_its_digits(dtype):
    states = (torch.rand(1, 3001, 4, generator=torch.Generator().manual_seed(0)) + 40).to(dtype)
    pooled = POOLERS["mean"](states, torch.ones(1, 3001))
    expected = states.double().mean(dim=1)  # the sum, 120,000, is beyond half precision
    np.testing.assert_allclose(pooled.double().numpy(), expected.numpy(), rtol=1e-5)
