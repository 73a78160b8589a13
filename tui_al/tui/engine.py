"""The app's end of the worker process: start it, talk to it, survive it."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from threading import Thread
from typing import Protocol

from textual.message import Message

from tui_al.grid.messages import Command, Event, Job, WorkerLost

_GRACE = 2.0  # seconds the process gets to tidy up and end


class WorkerReported(Message):
    """An event of the engine, brought to the app's own thread."""

    def __init__(self, event: Event) -> None:
        super().__init__()
        self.event = event


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
        if gone and isinstance(command, Job):
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
        # Not a multiprocessing.Process: that would run the command's own module again in
        # the child, and needs a standard error that Textual has taken away.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tui_al.grid.worker", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        self._connection = ours
        Thread(target=self._read, args=(self._process, ours), daemon=True).start()

    def _read(
        self, process: "subprocess.Popen[bytes]", connection: "Connection[Command, Event]"
    ) -> None:
        while True:
            try:
                event = connection.recv()
            except (EOFError, OSError):
                break
            self._deliver(event)
        if self._process is process:  # not closed by us
            code = process.wait()
            how = f"killed by signal {-code}" if code < 0 else f"ended with code {code}"
            self._deliver(WorkerLost(f"the worker process was {how}: start the run again"))
