"""What killed processes left behind, and removing things so that a kill leaves nothing half."""

import os
import platform
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from uuid import uuid4

from tui_al.embeddings.lock import hold_lock, is_locked
from tui_al.errors import BadInput, TuiAlError
from tui_al.paths import Cache

IMPORT = ".import"
_REMOVED = ".old"
_ASIDE = re.compile(rf"\.(?:.*\.)?[0-9a-f]{{8}}{re.escape(_REMOVED)}")
_TEMPORARY = re.compile(r"\..*\.(?P<node>[^/]*)-(?P<process>\d{1,9})-[0-9a-f]{8}\.tmp")


@dataclass(frozen=True, slots=True)
class Leftover:
    """A file or folder that no process will ever come back to."""

    path: Path
    dataset: str
    why: str


def find_leftovers(cache: Cache) -> Iterator[Leftover]:
    """Temporary files of processes that are gone, half-removed folders, abandoned locks."""
    for folder in (cache.corpora, cache.embeddings, cache.runs):
        for path in sorted(folder.rglob(".*.tmp")):
            if _orphaned(path.name):
                yield Leftover(path, _dataset_of(cache, path), "temporary file of a killed process")
    for folder in (cache.corpora, cache.embeddings):
        for path in sorted(folder.rglob(f".*{_REMOVED}")):
            busy = any(map(is_locked, path.parent.glob(".*.lock")))  # it might be put back yet
            if _ASIDE.fullmatch(path.name) and not busy:
                yield Leftover(path, _dataset_of(cache, path), "half removed")
    for path in sorted(cache.embeddings.glob(f"*/.*{IMPORT}")):
        if not is_locked(path.with_suffix(".lock")):
            yield Leftover(path, path.parent.name, "import of a killed process")
    for path in sorted(cache.embeddings.glob("*/.*.lock")):
        beside = (path.with_suffix(suffix) for suffix in (".partial", IMPORT))
        if not is_locked(path) and not any(other.exists() for other in beside):
            yield Leftover(path, path.parent.name, "lock of a killed process")


def remove(path: Path) -> None:
    """Remove a file or folder of the cache.

    A folder first moves into a hidden one, where nothing looks for entries: whatever kills
    the removal, no half of it is ever taken for the whole. What a process might be writing is
    locked meanwhile. Raises `BadInput` where such a process lives or the disk refuses.
    """
    kind = path.suffix if path.name.startswith(".") else ""  # a model may be called so, too
    try:
        if kind == ".lock":
            with hold_lock(path, _refuse):
                pass  # it goes with the lock
        elif kind in (".partial", IMPORT):
            with hold_lock(path.with_suffix(".lock"), _refuse):
                _remove(path)
        else:
            _remove(path)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise TuiAlError(f"cannot remove {path} ({reason}): remove it yourself") from error


def _remove(path: Path) -> None:
    if not path.is_dir() or path.is_symlink():
        path.unlink(missing_ok=True)
    elif path.name.startswith(".") and path.suffix == _REMOVED:
        shutil.rmtree(path)
    else:
        aside = path.with_name(f".{uuid4().hex[:8]}{_REMOVED}")
        aside.mkdir()
        path.rename(aside / path.name)
        shutil.rmtree(aside)
    with suppress(OSError):  # of a dataset that has other embeddings still
        path.parent.rmdir()


def _refuse(process: int | None) -> NoReturn:
    who = "another process" if process is None else f"process {process}"
    raise BadInput(f"{who} is writing there now: wait until it is done")


def _orphaned(name: str) -> bool:
    """Whether a temporary name is of a process of this machine that is gone."""
    found = _TEMPORARY.fullmatch(name)
    if found is None or found["node"] != platform.node():
        return False
    try:
        os.kill(int(found["process"]), 0)
    except ProcessLookupError:
        return True
    except OSError:  # another user's
        return False
    return False


def _dataset_of(cache: Cache, path: Path) -> str:
    for folder in (cache.corpora, cache.embeddings):
        if path.is_relative_to(folder):
            return path.relative_to(folder).parts[0] if path.parent != folder else ""
    return ""
