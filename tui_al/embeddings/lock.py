"""One process at a time works on an embedding; the others know who does."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tui_al.paths import unwritable


@contextmanager
def hold_lock(path: Path, wait: Callable[[int | None], None]) -> Iterator[None]:
    """Hold the lock that a file stands for, until the context closes or the process ends.

    While another process has it, `wait` is called again and again with that process's number,
    None where it cannot be told; it should sleep a little, and may raise to give up.
    """
    while (descriptor := _try_lock(path)) is None:
        wait(_owner(path))
    try:
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        with suppress(OSError):
            path.unlink()  # while it is held: whoever waits will see another file, or none
        os.close(descriptor)


def is_locked(path: Path) -> bool:
    """Whether a living process holds the lock now."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        return not _flock(descriptor)
    finally:
        os.close(descriptor)


def _try_lock(path: Path) -> int | None:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise unwritable(path, error) from error
    if _flock(descriptor) and _is_same(descriptor, path):
        return descriptor
    os.close(descriptor)
    return None


def _flock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_same(descriptor: int, path: Path) -> bool:
    """Whether the path still names the file that was locked: its last holder removed it."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False


def _owner(path: Path) -> int | None:
    try:
        content = path.read_text("ascii")
    except (OSError, ValueError):
        return None
    return int(content) if content.isdecimal() else None
