"""Drawing no more often than eyes can follow, nor than leaves the keys their time."""

from collections.abc import Callable
from time import monotonic, thread_time

from textual.message_pump import MessagePump

_LEAST = 1 / 20  # seconds between two drawings: fluid
_REST = 3.0  # and this many times what the last one took: keys have three quarters of the time


class Frames:
    """Calls a function soon after it was asked to, once for all that ask meanwhile."""

    def __init__(self, owner: MessagePump, draw: Callable[[], None]) -> None:
        self._owner = owner
        self._draw = draw
        self._asked = False
        self._due = 0.0

    def ask(self) -> None:
        """Draw: at once after a rest, else when the time for the next drawing has come."""
        if self._asked:
            return
        wait = self._due - monotonic()
        if wait <= 0:
            self.now()
        else:
            self._asked = True
            self._owner.set_timer(wait, self.now)

    def now(self) -> None:
        """Draw, whatever the time."""
        self._asked = False
        self._due = monotonic() + _LEAST
        started = thread_time()
        self._draw()
        self._owner.call_after_refresh(self._drawn, started)

    def _drawn(self, started: float) -> None:
        """It has been painted."""
        self._due = max(self._due, monotonic() + _REST * (thread_time() - started))
