"""Files of a repository on the Hugging Face Hub, fetched once into the Hub's own cache."""

import logging
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Literal

from tui_al.errors import BadInput, HubUnavailable, TuiAlError
from tui_al.paths import atomic_write
from tui_al.progress import Progress, ProgressListener

RepoKind = Literal["dataset", "model"]

_REFUSED = (401, 403)
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The wanted files of a repository at one commit; `files` are relative to `folder`."""

    folder: Path
    commit: str
    files: tuple[str, ...]


def fetch(
    repo: str,
    kind: RepoKind,
    patterns: Sequence[str],
    listener: ProgressListener,
    *,
    revision: str = "main",
) -> Snapshot:
    """Download the files that match any of the patterns, unless they are on disk already.

    The listener hears bytes. Where the Hub does not answer, an earlier download does.
    Raises `HubUnavailable` with what to do, and `BadInput` for what cannot be a Hub id;
    an exception of the listener stops the download.
    """
    # Over Xet the library counts each file twice and reports from threads of its own, where
    # a listener could not stop it. It reads this when it is first imported.
    os.environ.setdefault("HF_HUB_DISABLE_XET", "1")
    from huggingface_hub.errors import (  # type: ignore[attr-defined]
        GatedRepoError,
        HfHubHTTPError,
        HFValidationError,
        HTTPError,  # of the HTTP library that the installed release uses
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    try:
        with _quiet():
            return _download(repo, kind, patterns, listener, revision)
    except HFValidationError as error:
        raise BadInput(f"'{repo}' is not a Hub id: write owner/name") from error
    except GatedRepoError as error:
        raise HubUnavailable(
            f"{kind} {repo} asks you to accept its terms: do so on its Hub page, then set HF_TOKEN"
        ) from error
    except (RepositoryNotFoundError, RevisionNotFoundError) as error:
        raise HubUnavailable(
            f"the Hub has no {kind} {repo} (revision {revision}), or it is private: "
            "check the name, or set HF_TOKEN"
        ) from error
    except HfHubHTTPError as error:
        status = error.response.status_code
        if status < _SERVER_ERROR:
            hint = "check HF_TOKEN" if status in _REFUSED else "try again later"
            raise HubUnavailable(f"the Hub answered {status} for {kind} {repo}: {hint}") from error
        return _earlier_download(repo, kind, patterns, revision, f"the Hub answered {status}")
    except (HTTPError, LocalEntryNotFoundError, ConnectionError, TimeoutError):
        # LocalEntryNotFoundError: asked for one file, the Hub did not answer as the Hub does.
        return _earlier_download(repo, kind, patterns, revision, "the Hub is out of reach")
    except OSError as error:  # a full disk, or a file of another size than announced
        reason = str(error).partition("\n")[0]
        raise HubUnavailable(f"downloading {kind} {repo} failed ({reason}): try again") from error


def _download(
    repo: str, kind: RepoKind, patterns: Sequence[str], listener: ProgressListener, revision: str
) -> Snapshot:
    from huggingface_hub import hf_hub_download

    info = _describe(repo, kind, revision)
    wanted = {
        file.rfilename: file.size or 0
        for file in info.siblings or ()
        if any(fnmatch(file.rfilename, pattern) for pattern in patterns)
    }
    if not wanted or info.sha is None:
        raise HubUnavailable(f"{kind} {repo} has none of {', '.join(patterns)} at {revision}")
    bar = _listening_bar(repo, sum(wanted.values()), listener)
    for name in sorted(wanted):
        path = hf_hub_download(repo, name, repo_type=kind, revision=info.sha, tqdm_class=bar)
        bar.finish_file(wanted[name])
    folder = Path(path).parents[name.count("/")]
    _remember_commit(folder, revision, info.sha)
    return Snapshot(folder, info.sha, tuple(sorted(wanted)))


def _describe(repo: str, kind: RepoKind, revision: str) -> Any:
    """The repository's commit and files at a revision, sizes included."""
    from huggingface_hub import HfApi
    from huggingface_hub.constants import HF_HUB_ETAG_TIMEOUT
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    api = HfApi()
    describe = api.dataset_info if kind == "dataset" else api.model_info
    try:
        return describe(repo, revision=revision, files_metadata=True, timeout=HF_HUB_ETAG_TIMEOUT)
    except (HfHubHTTPError, HFValidationError):
        raise
    except (ValueError, KeyError, TypeError) as error:
        raise HubUnavailable(
            "something else answers in place of the Hub: check HF_ENDPOINT, and whether this "
            "network asks you to log in"
        ) from error


def _remember_commit(folder: Path, revision: str, commit: str) -> None:
    """Note the commit where the Hub's library looks for it with no network.

    It notes only what was asked for by branch. Files are asked for by commit, so that all
    are of the same one; the note follows the last of them, so that it never points to a part.
    """
    note = folder.parents[1] / "refs" / revision
    with suppress(TuiAlError), atomic_write(note) as temporary:  # the cache may be read-only
        temporary.write_text(commit, "utf-8")


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the library's warnings on stderr: errors become one line, the rest is noise."""
    from huggingface_hub.utils.logging import get_verbosity, set_verbosity

    verbosity = get_verbosity()
    set_verbosity(logging.ERROR)
    try:
        yield
    finally:
        set_verbosity(verbosity)


def _earlier_download(
    repo: str, kind: RepoKind, patterns: Sequence[str], revision: str, problem: str
) -> Snapshot:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    missing = HubUnavailable(
        f"{problem} and {kind} {repo} is not on this disk: connect, set HF_ENDPOINT to a mirror, "
        "or choose what is here (tui-al datasets, tui-al models)"
    )
    try:
        found = snapshot_download(
            repo,
            repo_type=kind,
            revision=revision,
            allow_patterns=list(patterns),
            local_files_only=True,
        )
    except (LocalEntryNotFoundError, ValueError) as error:
        raise missing from error
    folder = Path(found)
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    kept = sorted(name for name in names if any(fnmatch(name, pattern) for pattern in patterns))
    if not kept:
        raise missing
    return Snapshot(folder, folder.name, tuple(kept))


def _listening_bar(repo: str, total: int, listener: ProgressListener) -> Any:
    """A tqdm class for the Hub's downloads that reports to the listener and draws nothing."""
    from tqdm.std import tqdm

    started = time.perf_counter()

    class ListeningBar(tqdm):  # type: ignore[misc]
        finished = 0
        current = 0

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **{**options, "disable": True})
            ListeningBar.current = int(options.get("initial") or 0)

        def update(self, n: float | None = 1) -> None:
            ListeningBar.current += int(n or 0)
            ListeningBar.report()

        @classmethod
        def finish_file(cls, size: int) -> None:
            cls.finished, cls.current = cls.finished + size, 0
            cls.report()

        @classmethod
        def report(cls) -> None:
            done = min(cls.finished + cls.current, total)
            listener(
                Progress(f"downloading {repo}", done, total, "B", time.perf_counter() - started)
            )

    return ListeningBar
