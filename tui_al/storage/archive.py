"""Reading the file of an export that anybody may have made: nothing in it is believed."""

import hashlib
import json
import re
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any, get_args
from zipfile import ZIP_STORED, BadZipFile, ZipFile

from tui_al.catalog.specs import DiskType
from tui_al.corpora.inventory import LIMIT_MARK, base_name, check_name
from tui_al.embeddings.inventory import META
from tui_al.embeddings.request import EmbeddingRequest
from tui_al.errors import BadInput
from tui_al.storage.bundle import FORMAT, KIND, LABELS, MANIFEST, MATRICES, TEXTS
from tui_al.storage.reading import digest_of

_CHUNK = 1 << 22
_LONGEST_JSON = 1 << 24  # class names are most of it
_LONGEST_MODEL = 1000
_FINGERPRINT = re.compile(r"[0-9a-f]{32}")
_LIMIT = re.compile(r"[2-9]|[1-9][0-9]{1,8}")
_ORIGINS = ("user", "mirror", "bundled", "hub")
_UNREADABLE = (
    BadZipFile,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    struct.error,
)  # fmt: skip  (what zipfile raises for files that nobody would write)


@dataclass(frozen=True, slots=True)
class Described:
    """What an export says of itself, checked for form; its arrays are not read yet."""

    name: str
    classes: tuple[str, ...]
    budget: int
    fingerprint: str
    origin: dict[str, Any]
    with_texts: bool
    sizes: dict[str, int]
    request: EmbeddingRequest
    commit: str
    facts: dict[str, Any]


class Export:
    """An open file of `tui-al cache export`. Every fault is a `BadInput` that names the file."""

    def __init__(self, path: Path, archive: ZipFile) -> None:
        self.path, self._archive = path, archive
        self._require_plain()
        manifest = self._json(MANIFEST)
        self._require(manifest.get("kind") == KIND, "was not made by 'tui-al cache export'")
        version = manifest.get("format")
        self._require(version == FORMAT, f"is of format {version}: this version reads {FORMAT}")
        self._checksums = self._files(manifest)
        self.described = self._describe(manifest, self._json(META))

    def fault(self, what: str) -> BadInput:
        return BadInput(f"{self.path} {what}")

    def chunks(self, name: str) -> Iterator[bytes]:
        """A member's content. Raises `BadInput` after the last piece of one that was altered."""
        digest = hashlib.sha256()
        with self._reading(name):
            member = self._archive.open(name)
        with member:
            while True:
                with self._reading(name):
                    chunk = member.read(_CHUNK)
                if not chunk:
                    break
                digest.update(chunk)
                yield chunk
        if digest.hexdigest() != self._checksums[name]:
            raise self.fault(f"is damaged: {name} does not match its checksum: copy it again")

    def _require(self, condition: object, what: str) -> None:
        if not condition:
            raise self.fault(what)

    @contextmanager
    def _reading(self, name: str) -> Iterator[None]:
        try:
            yield
        except _UNREADABLE as error:
            raise self.fault(f"is damaged: {name} cannot be read: copy it again") from error

    def _require_plain(self) -> None:
        """The members of an export, each once and as it is; no other, under no other name."""
        members = self._archive.infolist()
        names = [member.filename for member in members]
        allowed = {MANIFEST, META, *MATRICES, *LABELS, *TEXTS}
        for member in members:
            self._require(member.filename in allowed, f"holds '{member.filename}': not an export")
            self._require(names.count(member.filename) == 1, f"holds {member.filename} twice")
            plain = member.compress_type == ZIP_STORED and not member.flag_bits & 1
            self._require(
                plain and member.file_size == member.compress_size,
                f"is packed in another way ({member.filename}): unpacking could fill the disk",
            )
        for name in (MANIFEST, META, *MATRICES, *LABELS):
            self._require(name in names, f"lacks {name}: it is not a whole export")
        self._require(
            sum(member.file_size for member in members) <= self.path.stat().st_size,
            "holds less than it says: copy it again",
        )

    def _json(self, name: str) -> dict[str, Any]:
        size = self._archive.getinfo(name).file_size
        self._require(size <= _LONGEST_JSON, f"is no export: its {name} has {size} bytes")
        with self._reading(name):
            raw = self._archive.read(name)
        if name != MANIFEST:  # which is what tells the checksums
            self._require(
                digest_of([raw]) == self._checksums[name],
                f"is damaged: {name} does not match its checksum: copy it again",
            )
        try:
            content = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise self.fault(f"is damaged: {name} is not JSON") from error
        self._require(isinstance(content, dict), f"is damaged: {name} is not a JSON object")
        return dict(content)

    def _files(self, manifest: Mapping[str, Any]) -> dict[str, str]:
        files = manifest.get("files")
        names = set(self._archive.namelist()) - {MANIFEST}
        fits = isinstance(files, dict) and set(files) == names
        self._require(fits, f"is damaged: {MANIFEST} does not name its members")
        assert isinstance(files, dict)
        for name, facts in files.items():
            known = isinstance(facts, dict) and isinstance(facts.get("sha256"), str)
            self._require(known, f"is damaged: {MANIFEST} has no checksum of {name}")
        return {name: facts["sha256"] for name, facts in files.items()}

    def _describe(self, manifest: Mapping[str, Any], meta: Mapping[str, Any]) -> Described:
        corpus = manifest.get("corpus")
        if not isinstance(corpus, dict):
            raise self.fault(f"is damaged: {MANIFEST} says nothing of the corpus")
        for what, sound in _CORPUS_FACTS.items():
            self._require(sound(corpus.get(what)), f"is damaged: its corpus has no sound {what}")
        with_texts = manifest.get("texts")
        held = [name for name in TEXTS if name in self._checksums]
        self._require(
            type(with_texts) is bool and held == (list(TEXTS) if with_texts else []),
            "is damaged: the texts are not what it says",
        )
        request, commit = self._request(meta)
        self._require(
            base_name(request.dataset) == corpus["name"], "mixes two datasets: it is no export"
        )
        return Described(
            name=corpus["name"],
            classes=tuple(corpus["classes"]),
            budget=corpus["budget"],
            fingerprint=corpus["fingerprint"],
            origin=corpus["origin"],
            with_texts=bool(held),
            sizes={info.filename: info.file_size for info in self._archive.infolist()},
            request=request,
            commit=commit,
            facts={
                name: meta[name]
                for name, sound in _ENTRY_FACTS.items()
                if name in meta and sound(meta[name])
            },
        )

    def _request(self, meta: Mapping[str, Any]) -> tuple[EmbeddingRequest, str]:
        """The embedding that `meta.json` describes, where its key is of that description."""
        facts, commit = meta.get("request"), meta.get("commit", "")
        kinds = {field.name: field.type for field in fields(EmbeddingRequest)}
        sound = isinstance(facts, dict) and all(
            name in kinds and type(value) is kinds[name] for name, value in facts.items()
        )
        self._require(sound and isinstance(commit, str), f"is damaged: {META} has no sound request")
        assert isinstance(facts, dict)
        try:
            request = EmbeddingRequest(**facts)
            key = request.key(commit)
        except (TypeError, ValueError) as error:  # a field is missing; half a surrogate pair
            raise self.fault(f"is damaged: {META} has no sound request") from error
        same = key == meta.get("key") and request.facts() == facts
        self._require(same, f"is damaged: {META} does not match its key")
        self._require(_names_model(request.model), "names a model that cannot be one")
        self._require(request.dtype in get_args(DiskType), "holds numbers of an unknown type")
        limit = request.dataset.partition(LIMIT_MARK)
        named = not limit[1] or _LIMIT.fullmatch(limit[2])
        self._require(named, "names a sample that cannot be one")
        return request, commit


@contextmanager
def open_export(path: Path) -> Iterator[Export]:
    """Open a file of `tui-al cache export` and check its form."""
    if not path.is_file():
        raise BadInput(f"{path} does not exist or is not a file")
    try:
        archive = ZipFile(path)
    except PermissionError as error:
        raise BadInput(f"cannot read {path}: permission denied") from error
    except _UNREADABLE as error:
        raise BadInput(
            f"{path} is not a whole file of 'tui-al cache export': copy it again"
        ) from error
    with archive:
        yield Export(path, archive)


def _names_model(name: str) -> bool:
    """Names become folders: none may be hidden or lead elsewhere, and people read them."""
    return 0 < len(name) <= _LONGEST_MODEL and name.isprintable() and not name.startswith(".")


def _is_dataset(value: object) -> bool:
    try:
        check_name(value if isinstance(value, str) else "")
    except BadInput:
        return False
    return True


def _are_classes(value: object) -> bool:
    if not isinstance(value, list) or len(value) < 2:
        return False
    words = [name for name in value if isinstance(name, str) and name.strip()]
    try:
        "".join(words).encode()
    except UnicodeEncodeError:  # half a surrogate pair
        return False
    return len(words) == len(value) == len(set(words))


def _is_origin(value: object) -> bool:
    return isinstance(value, dict) and value.get("kind") in _ORIGINS


def _is_date(value: object) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value) is not None
    except ValueError:
        return False


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_Check = Callable[[Any], bool]
_CORPUS_FACTS: Mapping[str, _Check] = {
    "name": _is_dataset,
    "classes": _are_classes,
    "budget": lambda value: type(value) is int and value > 0,
    "fingerprint": lambda value: isinstance(value, str) and bool(_FINGERPRINT.fullmatch(value)),
    "origin": _is_origin,
}
_ENTRY_FACTS: Mapping[str, _Check] = {  # what else is kept of meta.json, where it is in order
    "created_at": _is_date,
    "seconds": _is_number,
    "tokens": _is_number,
    "note": lambda value: isinstance(value, str),
    "engine": lambda value: isinstance(value, dict),
    "norms": lambda value: (
        isinstance(value, dict)
        and set(value) == {"min", "mean", "max"}
        and all(map(_is_number, value.values()))
    ),
}
