"""Who computes which run: claims that end with their process, however it ends.

A claim is a lock on one byte of a file that all processes share: the kernel takes it back
when the process is gone, on network file systems too, so that no claim is ever stale and
there is nothing to tidy up.
"""

import errno
import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import blake2b
from pathlib import Path
from threading import Condition

from tui_al.paths import make_folder

_UNSUPPORTED = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)
_TAKEN = (errno.EACCES, errno.EAGAIN)


class Claims:
    """The claims of this process on the runs of one store.

    Take it from `claims_of`: a process must not open the file twice, since closing one of
    its descriptors would end all claims.
    """

    def __init__(self, path: Path) -> None:
        make_folder(path.parent)
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        self._held: set[str] = set()  # the kernel does not tell a process from itself
        self._given_back = Condition()

    @contextmanager
    def hold(self, names: Iterable[str]) -> Iterator[list[str]]:
        """Claim what nobody else has claimed; yield those names and give them back after."""
        mine: list[str] = []
        try:
            mine += (name for name in names if self._take(name))
            yield mine
        finally:
            for name in mine:
                self._give_back(name)

    @contextmanager
    def wait_for(self, name: str) -> Iterator[None]:
        """Claim a name as soon as whoever holds it gives it back, or is gone."""
        with self._given_back:
            while name in self._held:
                self._given_back.wait()
            self._held.add(name)
        try:
            self._lock(name, fcntl.LOCK_EX)
            yield
        finally:
            self._give_back(name)

    def _take(self, name: str) -> bool:
        with self._given_back:
            if name in self._held or not self._lock(name, fcntl.LOCK_EX | fcntl.LOCK_NB):
                return False
            self._held.add(name)
            return True

    def _give_back(self, name: str) -> None:
        with self._given_back:
            self._lock(name, fcntl.LOCK_UN)
            self._held.discard(name)
            self._given_back.notify_all()

    def _lock(self, name: str, how: int) -> bool:
        """Whether the kernel grants it. Where a file system cannot lock, it is granted: a run
        may then be computed twice, but it never counts twice."""
        try:
            fcntl.lockf(self._descriptor, how, 1, _place(name))
        except OSError as error:
            if error.errno in _TAKEN:
                return False
            if error.errno not in _UNSUPPORTED:
                raise
        return True


@cache
def claims_of(folder: Path) -> Claims:
    """The claims of this process on the runs in a folder."""
    return Claims(folder / ".claims")


def _place(name: str) -> int:
    """The byte of the file that stands for a name: no two in practice share one."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest()) >> 2
