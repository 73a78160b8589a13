"""Reading every byte of something large, with progress."""

import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from tui_al.progress import Progress, ProgressListener

_CHUNK = 1 << 22


class Meter:
    """Reports bytes read of a known total."""

    def __init__(self, stage: str, total: int, listener: ProgressListener) -> None:
        self._stage, self._total, self._listener = stage, total, listener
        self._started, self._done = time.perf_counter(), 0
        self.advance(0)

    def advance(self, n_bytes: int) -> None:
        self._done += n_bytes
        seconds = time.perf_counter() - self._started
        self._listener(Progress(self._stage, self._done, self._total, "B", seconds))

    def pass_on(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Count chunks as they go by."""
        for chunk in chunks:
            yield chunk
            self.advance(len(chunk))


def read_chunks(path: Path) -> Iterator[bytes]:
    """A file's content piece by piece, without its counting as used. Raises `OSError`."""
    with open(path, "rb", opener=_open_unnoticed) as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def digest_of(chunks: Iterable[bytes]) -> str:
    """The SHA-256 of chunks, in hexadecimal."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def _open_unnoticed(path: str, flags: int) -> int:
    """Open a file so that the time of its last use stays: it decides what may be pruned."""
    try:
        return os.open(path, flags | getattr(os, "O_NOATIME", 0))
    except PermissionError:  # another user's file, or one that nobody may read
        return os.open(path, flags)
