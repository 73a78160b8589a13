"""Looking for garbage while nobody waits.

Whatever opens and closes leaves objects that refer to each other, which Python finds only by
looking through everything there is: 30 ms and more, and it would do that in the middle of drawing.
"""

import gc
from time import monotonic

_NEW, _YOUNG = 700, 10  # Python looks through young objects itself, in a millisecond or two,
_OLD = 500  # and through the old ones only where keys never rest
_ENOUGH = 2  # rounds of young objects since the last look that make another one worth it
_REST, _LONG_REST = 0.4, 4.0  # seconds without a key
_THOROUGH = 60.0  # seconds between two looks through everything


class Tidier:
    """After a short rest it looks through what is new since the last time, and after a long one,
    now and then, through all. What was found alive is left alone (`gc.freeze`) until then."""

    def __init__(self) -> None:
        gc.set_threshold(_NEW, _YOUNG, _OLD)
        self._touched = self._thorough = monotonic()

    def touched(self) -> None:
        """Somebody presses keys."""
        self._touched = monotonic()

    def tidy(self) -> None:
        """Look, if now is the time; to be called several times a second."""
        now = monotonic()
        rest = now - self._touched
        if rest < _REST or gc.get_count()[2] < _ENOUGH:
            return
        if rest >= _LONG_REST and now - self._thorough >= _THOROUGH:
            self._thorough = now
            gc.unfreeze()
        gc.collect()
        gc.freeze()
