"""Drawing no more often than eyes can follow."""

from collections.abc import Callable
from time import monotonic

from textual.message_pump import MessagePump

_LEAST = 1 / 20  # seconds between two drawings: fluid, and it leaves the keys their time


class Frames:
    """Calls a function soon after it was asked to, once for all that ask meanwhile."""

    def __init__(self, owner: MessagePump, draw: Callable[[], None]) -> None:
        self._owner = owner
        self._draw = draw
        self._asked = False
        self._drawn = 0.0

    def ask(self) -> None:
        """Draw: at once after a rest, else when the time for the next drawing has come."""
        if self._asked:
            return
        wait = self._drawn + _LEAST - monotonic()
        if wait <= 0:
            self.now()
        else:
            self._asked = True
            self._owner.set_timer(wait, self.now)

    def now(self) -> None:
        """Draw, whatever the time."""
        self._asked = False
        self._draw()
        self._drawn = monotonic()
