"""Where files live, and how they are written: to a temporary name, synced, renamed."""

import hashlib
import os
import platform
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from tui_al.errors import BadInput, TuiAlError

CACHE_VARIABLE = "TUI_AL_CACHE"
DATA_VARIABLE = "TUI_AL_DATA"
CACHE_ADVICE = f"free or unlock it, or choose another place with --cache-dir or {CACHE_VARIABLE}"
_CHECKOUT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Cache:
    """The folders of one cache (DESIGN section 6)."""

    root: Path

    @property
    def corpora(self) -> Path:
        return self.root / "corpora"

    @property
    def embeddings(self) -> Path:
        return self.root / "embeddings"

    @property
    def runs(self) -> Path:
        return self.root / "results" / "runs"

    @property
    def failures(self) -> Path:
        return self.root / "results" / "failures"


def find_reference() -> Path:
    """The results that come with the program: in the checkout, else beside its modules."""
    if (_CHECKOUT / "pyproject.toml").is_file():
        return _CHECKOUT / "cache" / "results" / "reference"
    return Path(__file__).resolve().parent / "reference"


def find_cache(override: Path | None = None) -> Cache:
    """The cache of `--cache-dir`, else TUI_AL_CACHE, else the checkout's, else the platform's."""
    chosen = override or os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Cache(_absolute(chosen))
    if (_CHECKOUT / "pyproject.toml").is_file():
        return Cache(_CHECKOUT / "cache")
    from platformdirs import user_cache_path  # 30 ms that a checkout never needs

    return Cache(user_cache_path("tui-al"))


def find_data_dir(override: Path | None = None) -> Path | None:
    """The mirror directory of `--data-dir`, else TUI_AL_DATA, else None."""
    chosen = override or os.environ.get(DATA_VARIABLE)
    if not chosen:
        return None
    folder = _absolute(chosen)
    if not folder.is_dir():
        raise BadInput(f"data directory {folder} does not exist: correct --data-dir or TUI_AL_DATA")
    return folder


def _absolute(chosen: str | Path) -> Path:
    try:
        return Path(chosen).expanduser().absolute()
    except RuntimeError as error:  # ~somebody, whom this machine does not know
        raise BadInput(f"{chosen}: whose home directory is that?") from error


def make_folder(folder: Path, *, advice: str = CACHE_ADVICE) -> None:
    """Create a folder with its parents, or say in one line why that is impossible."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error, advice) from error
    if not os.access(folder, os.W_OK):
        raise unwritable(folder, PermissionError(13, "permission denied"), advice)


@contextmanager
def atomic_write(path: Path, *, advice: str = CACHE_ADVICE) -> Iterator[Path]:
    """Yield a temporary name beside `path`; on success sync it and rename it to `path`.

    On any failure, cancellation included, the temporary file is removed and `path` keeps
    what it had. A file that cannot be written is a `BadInput` that ends with `advice`.
    """
    make_folder(path.parent, advice=advice)
    remove_orphans(path.parent, path.name)
    unique = f"{platform.node()}-{os.getpid()}-{uuid4().hex[:8]}"
    temporary = path.parent / f".{path.name}.{unique}.tmp"
    try:
        yield temporary
        sync(temporary)
        temporary.replace(path)
        sync(path.parent)
    except ConnectionError:
        raise  # of whoever listened meanwhile
    except OSError as error:
        raise unwritable(path, error, advice) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def free_bytes(folder: Path) -> int:
    """Room on the disk of a folder that may not be there yet."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(existing).free


def require_room(folder: Path, needed: int, what: str) -> None:
    """Raise `BadInput` where a disk has no room for so many bytes."""
    free = free_bytes(folder)
    if needed > free:
        raise BadInput(
            f"{what} needs {needed / 1e6:,.1f} MB, and {folder} has room for "
            f"{free / 1e6:,.1f} MB: {CACHE_ADVICE}"
        )


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal. Raises `OSError`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove_orphans(folder: Path, name: str = "") -> None:
    """Delete what killed processes of this machine left of attempts at a file, or at any."""
    mark = f".{platform.node()}-"
    for sibling in folder.iterdir():
        if not sibling.name.startswith(f".{name}") or sibling.suffix != ".tmp":
            continue
        target, _, rest = sibling.name.removeprefix(".").rpartition(mark)
        owner = rest.partition("-")[0]
        ours = target == name if name else bool(target)
        if ours and owner.isdecimal() and not _alive(int(owner)):
            with suppress(OSError):
                sibling.unlink()


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # another user's
        return True
    return True


def sync(path: Path) -> None:
    """Have the system write a file or a folder's list of names to the disk. Raises `OSError`."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def unwritable(path: Path, error: OSError, advice: str = CACHE_ADVICE) -> TuiAlError:
    """What to raise where a file cannot be written: one line that ends with `advice`."""
    reason = (error.strerror or str(error)).lower()
    return BadInput(f"cannot write {path} ({reason}): {advice}")
