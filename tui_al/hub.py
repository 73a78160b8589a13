"""Files of a repository on the Hugging Face Hub, fetched once into the Hub's own cache."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Literal

from tui_al.errors import HubUnavailable
from tui_al.progress import Progress, ProgressListener

RepoKind = Literal["dataset", "model"]


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

    The listener hears bytes. With no network, an earlier download answers. Raises
    `HubUnavailable` with what to do; an exception of the listener stops the download.
    """
    from huggingface_hub.errors import (  # type: ignore[attr-defined]
        GatedRepoError,
        HfHubHTTPError,
        HTTPError,  # of the HTTP library that the installed release uses
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    try:
        return _download(repo, kind, patterns, listener, revision)
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
        status = error.response.status_code if error.response is not None else "no status"
        raise HubUnavailable(
            f"the Hub answered {status} for {kind} {repo}: try again later"
        ) from error
    except (HTTPError, ConnectionError, TimeoutError) as error:
        return _earlier_download(repo, kind, patterns, revision, error)


def _download(
    repo: str, kind: RepoKind, patterns: Sequence[str], listener: ProgressListener, revision: str
) -> Snapshot:
    from huggingface_hub import HfApi, hf_hub_download

    api = HfApi()
    describe = api.dataset_info if kind == "dataset" else api.model_info
    info = describe(repo, revision=revision, files_metadata=True)
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
    return Snapshot(Path(path).parents[name.count("/")], info.sha, tuple(sorted(wanted)))


def _earlier_download(
    repo: str, kind: RepoKind, patterns: Sequence[str], revision: str, reason: Exception
) -> Snapshot:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        folder = Path(
            snapshot_download(
                repo,
                repo_type=kind,
                revision=revision,
                allow_patterns=list(patterns),
                local_files_only=True,
            )
        )
    except (LocalEntryNotFoundError, ValueError) as error:
        raise HubUnavailable(
            f"the Hub is out of reach and {kind} {repo} is not on this disk: connect, "
            "set HF_ENDPOINT to a mirror, or choose what is here (tui-al datasets, tui-al models)"
        ) from (error if isinstance(reason, OSError) else reason)
    names = (str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    kept = sorted(name for name in names if any(fnmatch(name, pattern) for pattern in patterns))
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
