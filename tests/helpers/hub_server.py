"""A loopback server that speaks the Hugging Face Hub's download protocol.

    with HubServer() as hub:
        hub.add("dataset", "fancyzhx/ag_news", folder, revision="refs/convert/parquet")
        subprocess.run([...], env=hub.environment(home))

It answers what `huggingface_hub` asks to download a repository: the description of a
revision with its files, and the files by branch or commit (HEAD and GET, ranges, ETag).
`HF_ENDPOINT` is read when `huggingface_hub` is imported, hence the subprocess. Failures
are switched on by a part of the request's path.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha1, sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import quote, unquote, urlsplit

Kind = Literal["dataset", "model"]
Redirects = Literal["none", "relative", "cdn"]

_REPO = r"(?P<repo>[^/]+(?:/[^/]+)?)"
_DESCRIBE = re.compile(rf"/api/(?P<kind>dataset|model)s/{_REPO}/revision/(?P<revision>[^/]+)")
_RESOLVE = re.compile(
    rf"/(?P<kind>datasets/|)(?P<stored>stored/|){_REPO}/resolve/(?P<revision>[^/]+)/(?P<file>.+)"
)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived; `path` is unquoted and without its query."""

    method: str
    path: str
    range: str | None


@dataclass(slots=True)
class _Failure:
    """What goes wrong with requests whose path contains `part`, `times` times."""

    part: str
    times: int | None
    status: int | None = None
    code: str | None = None
    body: str = ""
    cut_after: int | None = None
    announced: bool = True
    headers: Mapping[str, str | None] | None = None
    hang: bool = False


@dataclass(frozen=True, slots=True)
class _Commit:
    folder: Path
    sha: str
    files: tuple[str, ...]


class HubServer:
    """Serves folders of files as repositories until it is stopped.

    `redirects` says how a file is reached: at once; through a relative redirect, as for
    renamed repositories; or through an absolute one to another origin (the CDN).
    """

    def __init__(self, *, redirects: Redirects = "none") -> None:
        self.redirects = redirects
        self.ignore_range = False
        self.requests: list[Request] = []
        self._branches: dict[tuple[str, str, str], _Commit] = {}
        self._failures: list[_Failure] = []
        self._lock = Lock()
        self._stopped = Event()
        self._hub = _listen(self)
        self._cdn = _listen(self)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return _address(self._hub)

    @property
    def cdn_url(self) -> str:
        return _address(self._cdn)

    def start(self) -> None:
        for server in (self._hub, self._cdn):
            Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Close both ports; requests that hang are let go."""
        self._stopped.set()
        for server in (self._hub, self._cdn):
            server.shutdown()
            server.server_close()

    def environment(self, home: Path) -> dict[str, str]:
        """The environment of a process that downloads from here into folders below `home`."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
        return kept | {
            "HF_ENDPOINT": self.url,
            "NO_PROXY": "127.0.0.1",
            "HF_HOME": str(home / "hub"),
            "TUI_AL_CACHE": str(home / "cache"),
        }

    def add(self, kind: Kind, repo: str, folder: Path, *, revision: str = "main") -> str:
        """Serve a folder as a branch of a repository; returns the commit it got."""
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        files = tuple(path.relative_to(folder).as_posix() for path in paths)
        digest = sha1(usedforsecurity=False)
        for name, path in zip(files, paths, strict=True):
            digest.update(f"{name}:{_etag(path)}\n".encode())
        commit = _Commit(folder, digest.hexdigest(), files)
        for name in (revision, commit.sha):
            self._branches[kind, repo, name] = commit
        return commit.sha

    def fail(
        self,
        part: str,
        status: int,
        *,
        code: str | None = None,
        body: str = "",
        times: int | None = None,
    ) -> None:
        """Answer with a status and the Hub's X-Error-Code, or a body that is not the Hub's."""
        self._failures.append(_Failure(part, times, status=status, code=code, body=body))

    def cut(self, part: str, after: int, *, times: int | None = 1, announced: bool = True) -> None:
        """Close the connection after some bytes of a file; `announced` as the whole file or not."""
        self._failures.append(_Failure(part, times, cut_after=after, announced=announced))

    def drop_header(self, part: str, header: str) -> None:
        """Answer without a header."""
        self._failures.append(_Failure(part, None, headers={header: None}))

    def hang(self, part: str) -> None:
        """Accept requests and never answer."""
        self._failures.append(_Failure(part, None, hang=True))

    def heal(self) -> None:
        """Forget every failure."""
        self._failures.clear()

    def asked(self, method: str, part: str) -> list[Request]:
        """The requests seen with this method, and this in their path."""
        return [seen for seen in self.requests if seen.method == method and part in seen.path]

    def commit(self, kind: Kind, repo: str, revision: str = "main") -> str:
        """The commit that a branch points to."""
        return self._branches[kind, repo, revision].sha

    def find(self, kind: str, repo: str, revision: str) -> _Commit | None:
        return self._branches.get((kind, repo, revision))

    def knows(self, kind: str, repo: str) -> bool:
        return any(key[:2] == (kind, repo) for key in self._branches)

    def note(self, request: Request) -> _Failure | None:
        """Write a request down and say what shall go wrong with it."""
        with self._lock:
            self.requests.append(request)
            for failure in self._failures:
                cuts_body = failure.cut_after is not None
                if failure.part not in request.path or (cuts_body and request.method != "GET"):
                    continue
                if failure.times is None or failure.times > 0:
                    failure.times = None if failure.times is None else failure.times - 1
                    return failure
        return None

    def wait_for_stop(self) -> None:
        self._stopped.wait(60)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: HubServer
    _failure: _Failure | None

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def log_message(self, *args: Any) -> None:
        """The test's output stays clean."""

    def _answer(self) -> None:
        raw = urlsplit(self.path).path
        request = Request(self.command, unquote(raw), self.headers.get("Range"))
        self._failure = failure = self.hub.note(request)
        if failure is not None and failure.hang:
            self.hub.wait_for_stop()
            self.close_connection = True
        elif failure is not None and failure.status is not None:
            self._refuse(failure.status, failure.code, failure.body)
        elif match := _DESCRIBE.fullmatch(raw):
            self._describe(match["kind"], match["repo"], unquote(match["revision"]))
        elif match := _RESOLVE.fullmatch(raw):
            kind = "dataset" if match["kind"] else "model"
            moved = bool(match["stored"]) or self.server is self.hub._cdn
            self._resolve(
                kind, match["repo"], unquote(match["revision"]), unquote(match["file"]), moved=moved
            )
        else:
            self._refuse(404)

    def _describe(self, kind: str, repo: str, revision: str) -> None:
        commit = self._find(kind, repo, revision)
        if commit is None:
            return
        siblings = [
            {
                "rfilename": name,
                "size": (commit.folder / name).stat().st_size,
                "blobId": _etag(commit.folder / name),
            }
            for name in commit.files
        ]
        described = {"id": repo, "sha": commit.sha, "siblings": siblings, "private": False}
        self._send(200, json.dumps(described).encode(), {"Content-Type": "application/json"})

    def _resolve(self, kind: str, repo: str, revision: str, file: str, *, moved: bool) -> None:
        commit = self._find(kind, repo, revision)
        if commit is None:
            return
        path = commit.folder / file
        if file not in commit.files:
            self._refuse(404, "EntryNotFound")
            return
        etag, size = f'"{_etag(path)}"', path.stat().st_size
        repo_header = {"X-Repo-Commit": commit.sha, "Accept-Ranges": "bytes"}
        if self.hub.redirects == "none" or moved:
            self._send_file(path.read_bytes(), {**repo_header, "ETag": etag})
            return
        prefix = "datasets/" if kind == "dataset" else ""
        target = f"{repo}/resolve/{commit.sha}/{quote(file)}"
        if self.hub.redirects == "cdn":
            location = f"{self.hub.cdn_url}/{prefix}{target}"
        else:
            location = f"/{prefix}stored/{target}"
        linked = {"Location": location, "X-Linked-Etag": etag, "X-Linked-Size": str(size)}
        self._send(302, b"", {**repo_header, **linked})

    def _find(self, kind: str, repo: str, revision: str) -> _Commit | None:
        commit = self.hub.find(kind, repo, revision)
        if commit is None:
            known = self.hub.knows(kind, repo)
            self._refuse(404, "RevisionNotFound" if known else "RepoNotFound")
        return commit

    def _send_file(self, content: bytes, headers: Mapping[str, str]) -> None:
        start, status, ranged = 0, 200, {}
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        if asked and not self.hub.ignore_range:
            start = int(asked[1])
            stop = int(asked[2]) + 1 if asked[2] else len(content)
            if start >= len(content):
                self._send(416, b"", {"Content-Range": f"bytes */{len(content)}"})
                return
            status = 206
            ranged = {"Content-Range": f"bytes {start}-{stop - 1}/{len(content)}"}
            content = content[start:stop]
        self._send(status, content, {**headers, **ranged})

    def _refuse(self, status: int, code: str | None = None, body: str = "") -> None:
        headers = {"X-Error-Code": code, "X-Error-Message": code} if code else {}
        self._send(status, body.encode(), headers)

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        failure = self._failure
        if failure is not None and failure.cut_after is not None and not failure.announced:
            body = body[: failure.cut_after]
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            if failure is None or failure.headers is None or name not in failure.headers:
                self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if failure is not None and failure.cut_after is not None:
            body, self.close_connection = body[: failure.cut_after], True
        self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what some tests are about."""


def _listen(hub: HubServer) -> _Server:
    return _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))


def _address(server: _Server) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}"


def _etag(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
