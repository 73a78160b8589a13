"""A cache with a small embedded dataset."""

import pytest
from grid_samples import add_made_up

from tui_al.paths import Cache


@pytest.fixture
def made(cache: Cache) -> Cache:
    """The test's cache with the dataset "made", embedded with two models."""
    add_made_up(cache)
    return cache
