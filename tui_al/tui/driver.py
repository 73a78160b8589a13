"""The terminal, with one thread that reads it, and none that waits for it once it is gone."""

from contextlib import suppress
from typing import Any

from textual.drivers.linux_driver import LinuxDriver


class TerminalDriver(LinuxDriver):
    """Textual's, but for terminals that are closed.

    Who closes a terminal also continues what runs in it (SIGCONT), suspended or not. Textual
    would start reading once more; two threads read then, only one of which is ever ended. And
    its thread that writes would end at the first failure, while others wait for it for ever.
    Either way the program would stay behind without a terminal.
    """

    _reading = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._file: Any = _Forgiving(self._file)

    def start_application_mode(self) -> None:
        if not self._app.is_running:
            return  # continued while it is being left
        if self._reading:
            self._app.refresh(layout=True)  # others may have written meanwhile
            return
        self._reading = True
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual's own

    def stop_application_mode(self) -> None:
        self._reading = False
        super().stop_application_mode()


class _Forgiving:
    """A file to which nothing is written any more once that fails."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, text: str) -> None:
        with suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._file.flush()
