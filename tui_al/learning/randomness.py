"""One random generator for each purpose, derived from names and never shared."""

from hashlib import blake2b

import numpy as np


def derive_generator(seed: int, cycle: int, *purpose: str) -> np.random.Generator:
    """The generator of (seed, cycle, purpose): equal names give equal numbers, anywhere.

    Nothing else enters, so that a draw depends neither on earlier draws nor on other runs.
    """
    name = blake2b("\x1f".join(purpose).encode(), digest_size=8).digest()
    return np.random.default_rng(
        np.random.SeedSequence([seed, cycle, int.from_bytes(name, "little")])
    )
