"""What text is on this machine, told from names and `meta.json` files alone.

The app's first frame needs this; it must not load numpy or polars.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from tui_al.catalog import DatasetSpec, datasets
from tui_al.errors import BadInput, UnknownName
from tui_al.paths import Cache

META = "meta.json"
FORMAT = 1
LIMIT_MARK = "@"
_META_KEYS = {"name", "classes", "n_train", "n_test", "budget", "fingerprint", "origin"}
SUFFIXES = (".parquet", ".csv", ".tsv", ".jsonl")

TextSource = Literal["user", "mirror", "cached", "package", "labels", "hub", "none"]
"""`labels`: an embedding was imported without the texts it was made from."""


@dataclass(frozen=True, slots=True)
class MirrorFiles:
    """A dataset's files in a mirror directory: `bodies` is FNC-1's second one."""

    train: tuple[Path, ...]
    test: Path | None = None
    bodies: Path | None = None

    @property
    def stamps(self) -> list[dict[str, Any]]:
        return file_stamps(path for path in (*self.train, self.test, self.bodies) if path)


_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def check_name(name: str) -> None:
    """Refuse names that could not be a folder on every system."""
    if not _NAME.fullmatch(name):
        raise BadInput(
            f"'{name}' cannot name a dataset: use up to 64 letters, digits, '.', '_' or '-', "
            "starting with a letter or digit"
        )


def base_name(name: str) -> str:
    """The dataset that a name means, without the `@N` of a sample."""
    return name.partition(LIMIT_MARK)[0]


def check_dataset(name: str, cache: Cache, data_dir: Path | None = None) -> None:
    """Raise `UnknownName`, with the closest names, for a dataset that is nowhere."""
    known = known_datasets(cache, data_dir)
    if base_name(name) not in known:
        raise UnknownName("dataset", base_name(name), known)
    check_name(base_name(name))


def read_meta(cache: Cache, name: str) -> dict[str, Any] | None:
    """What the cache knows of a corpus, or None where it has no complete copy."""
    try:
        meta = json.loads((cache.corpora / name / META).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(meta, dict) or meta.get("format") != FORMAT:
        return None
    if not meta.keys() >= _META_KEYS or not isinstance(meta["origin"], dict):
        return None
    sound = "kind" in meta["origin"] and isinstance(meta["budget"], int) and meta["budget"] > 0
    return meta if sound else None


def has_texts(meta: dict[str, Any]) -> bool:
    """Whether the cache's copy holds texts, not only the labels of an imported embedding."""
    return meta.get("texts") is not False


def known_datasets(cache: Cache, data_dir: Path | None = None) -> list[str]:
    """The catalog's names in its order, then the user's and the mirror's, sorted."""
    stored = [path.parent.name for path in cache.corpora.glob(f"*/{META}")]
    mirrored: list[str] = []
    if data_dir is not None:
        mirrored = [path.name for path in data_dir.iterdir() if mirror_files(data_dir, path.name)]
    return list(dict.fromkeys([*datasets(), *sorted({*stored, *mirrored})]))


def text_source(name: str, cache: Cache, data_dir: Path | None = None) -> TextSource:
    """Where the text of a dataset would come from now."""
    meta = read_meta(cache, name)
    spec = datasets().get(name)
    if meta is not None and meta["origin"]["kind"] == "user":
        return "user" if has_texts(meta) else "labels"
    if data_dir is not None and mirror_files(data_dir, name, spec):
        return "mirror"
    if meta is not None and has_texts(meta):
        return "cached"
    if spec is not None and spec.bundled and bundled_origin(spec.bundled):
        return "package"
    if meta is not None:
        return "labels"
    return "hub" if spec is not None and spec.hub else "none"


def mirror_files(data_dir: Path, name: str, spec: DatasetSpec | None = None) -> MirrorFiles | None:
    """The files of a dataset in a mirror directory, if it has any."""
    folder = data_dir / name
    if spec is not None and spec.two_files and (pair := _stances_and_bodies(folder)):
        return pair
    pools = spec.train if spec else ("train",)
    train = tuple(filter(None, (_split_file(folder, split) for split in pools)))
    if not train or train[0].stem != pools[0]:
        return None
    # MNLI's "validation_matched" may simply be called "validation" in a mirror, and comes
    # before "test": GLUE's own test files hide their labels.
    wanted = spec.test if spec else "test"
    splits = (wanted, wanted.partition("_")[0], "test", "validation")
    found = (_split_file(folder, split) for split in splits if split not in pools)
    return MirrorFiles(train, next(filter(None, found), None))


def file_stamps(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """Path, size and modification time of each file: how it is recognised as unchanged."""
    return [
        {"path": str(path), "size": path.stat().st_size, "mtime_ns": path.stat().st_mtime_ns}
        for path in paths
    ]


def bundled_origin(package: str) -> dict[str, Any] | None:
    """Which release of a package holds the text; None where it is not installed."""
    try:
        return {"kind": "bundled", "package": package, "version": version(package)}
    except PackageNotFoundError:
        return None


def _split_file(folder: Path, split: str) -> Path | None:
    candidates = (folder / f"{split}{suffix}" for suffix in SUFFIXES)
    return next((path for path in candidates if path.is_file()), None)


def _stances_and_bodies(folder: Path) -> MirrorFiles | None:
    """FNC-1's two files, the competition's training half where it is there."""
    for stances in (folder / "train_stances.csv", *sorted(folder.glob("*_stances.csv"))):
        bodies = stances.with_name(stances.name.replace("_stances", "_bodies"))
        if stances.is_file() and bodies.is_file():
            return MirrorFiles((stances,), bodies=bodies)
    return None
