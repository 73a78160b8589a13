"""The app's end of the worker process: start it, talk to it, survive it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from tempfile import TemporaryFile
from threading import Thread
from typing import BinaryIO, Protocol

from tui_al.grid.messages import AnyJob, Command, Event, WorkerLost

_GRACE = 2.0  # seconds the process gets to tidy up and end
_LAST_WORDS = 2000  # bytes of what a lost process said: the last line of a traceback


class Engine(Protocol):
    """What the app needs of whoever computes."""

    def listen(self, deliver: Callable[[Event], None]) -> None:
        """Call `deliver` with every event from now on, from another thread."""

    def start(self) -> None:
        """Get ready for jobs; one that comes earlier starts the engine itself."""

    def send(self, command: Command) -> None:
        """Pass a command on."""

    def kill(self) -> None:
        """End what is being done by force; the loss is delivered as an event."""

    def close(self) -> None:
        """Stop whatever is being done and leave no process behind."""


class ProcessEngine:
    """Computes in one worker process, and starts another when that one is lost."""

    def __init__(self) -> None:
        self._deliver: Callable[[Event], None] = lambda _: None
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection[Command, Event] | None = None

    def listen(self, deliver: Callable[[Event], None]) -> None:
        self._deliver = deliver

    def start(self) -> None:
        if self._process is None:
            self._spawn()

    def send(self, command: Command) -> None:
        gone = self._process is None or self._process.poll() is not None
        if gone and isinstance(command, AnyJob):
            self._spawn()
        if self._connection is None:
            return
        with suppress(BrokenPipeError):  # the reading thread reports the loss
            self._connection.send(command)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        process, self._process, self._connection = self._process, None, None
        if process is None:
            return
        process.terminate()  # it tidies up, and its end closes the connection
        try:
            process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _spawn(self) -> None:
        ours, theirs = Pipe()
        said = TemporaryFile()  # noqa: SIM115  (the reading thread closes it)
        # Not a multiprocessing.Process: that would run the command's own module again in
        # the child, and needs a standard error that Textual has taken away.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tui_al.grid.worker", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,
        )
        theirs.close()
        self._connection = ours
        Thread(target=self._read, args=(self._process, ours, said), daemon=True).start()

    def _read(
        self,
        process: "subprocess.Popen[bytes]",
        connection: "Connection[Command, Event]",
        said: BinaryIO,
    ) -> None:
        with said:
            while True:
                try:
                    event = connection.recv()
                except (EOFError, OSError):
                    break
                self._deliver(event)
            if self._process is process:  # not closed by us
                reason = _explain_end(process.wait(), said)
                self._deliver(WorkerLost(f"the worker process {reason}: start it again"))


def _explain_end(code: int, said: BinaryIO) -> str:
    """How a process ended, and the last it said about it."""
    if code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else "unknown"
        how = f"was killed by signal {-code} ({name})"
        return f"{how}, as happens where memory runs out" if code == -signal.SIGKILL else how
    said.seek(max(0, said.seek(0, os.SEEK_END) - _LAST_WORDS))
    lines = said.read().decode(errors="replace").strip().splitlines()
    return f"ended with code {code}" + (f" ({lines[-1].strip()})" if lines else "")
