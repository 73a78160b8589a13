"""Stopping work that looks at no connection while it computes."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

from tui_al.errors import Cancelled
from tui_al.grid.messages import Stop

_LOOK_EVERY = 0.05  # seconds that the end of a piece of work may wait for its listener


class StopListener:
    """Raises `Cancelled` in the main thread when a `Stop` comes, or when the interface is gone.

    A signal does it, as an interrupt from the keyboard would: it reaches the main thread in
    whatever it waits for, and is raised once at most.
    """

    def __init__(self, connection: "Connection[Any, Any]") -> None:
        self._connection = connection
        self._armed = self._held = self._late = False

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Listen while the block runs; other commands than `Stop` are passed over."""
        over = threading.Event()
        main = threading.get_ident()
        signal.signal(signal.SIGUSR1, self._interrupt)
        thread = threading.Thread(target=self._listen, args=(over, main), daemon=True)
        self._armed, self._late = True, False
        thread.start()
        try:
            try:
                yield
            finally:
                self._armed = False
        finally:
            over.set()
            thread.join()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Put a stop off to the end of the block: a message is sent whole or not at all."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._late:
            self._late = False
            self._interrupt()

    def _interrupt(self, *_: object) -> None:
        if not self._armed:
            return
        if self._held:
            self._late = True
            return
        self._armed = False
        raise Cancelled("stopped")

    def _listen(self, over: threading.Event, main: int) -> None:
        while not over.is_set():
            if self._connection.poll(_LOOK_EVERY) and self._is_stop():
                signal.pthread_kill(main, signal.SIGUSR1)
                return

    def _is_stop(self) -> bool:
        try:
            return isinstance(self._connection.recv(), Stop)
        except (EOFError, OSError):  # whoever would read the result is gone
            return True
