"""One file that carries an embedding: an uncompressed zip of arrays and JSON, nothing that runs.

`manifest.json` is written last and names every other member with its size and checksum:

    train.npy, test.npy                 the matrices, as in the cache
    train_labels.npy, test_labels.npy   classes as integers, int64, of the whole dataset
    meta.json                           what is written about the embedding
    train.parquet, test.parquet         texts and labels, where they were wanted

An embedding of a sample (`NAME@N`) travels with the labels of its whole dataset, of which the
sample is then taken again.
"""

import hashlib
import json
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import numpy as np

from tui_al.catalog import ModelSpec
from tui_al.corpora.corpus import Corpus, require_texts
from tui_al.corpora.inventory import base_name
from tui_al.corpora.inventory import read_meta as read_corpus_meta
from tui_al.corpora.load import load_corpus
from tui_al.embeddings.inventory import META
from tui_al.embeddings.job import find_embedding
from tui_al.embeddings.store import Entry
from tui_al.errors import BadInput, DamagedFile
from tui_al.paths import Cache, atomic_write
from tui_al.progress import ProgressListener, ignore_progress
from tui_al.storage.reading import Meter, read_chunks

FORMAT = 1
KIND = "tui-al embedding"
MANIFEST = "manifest.json"
MATRICES = ("train.npy", "test.npy")
LABELS = ("train_labels.npy", "test_labels.npy")
TEXTS = ("train.parquet", "test.parquet")


@dataclass(frozen=True, slots=True)
class Exported:
    """The file that was written."""

    path: Path
    n_bytes: int
    dataset: str
    model: str
    with_texts: bool


def default_file(dataset: str, entry_folder: Path) -> Path:
    """Where an export goes that was not told."""
    return Path(f"{dataset}--{entry_folder.name}.tui-al.zip")


def export_embedding(
    dataset: str,
    spec: ModelSpec,
    cache: Cache,
    *,
    out: Path | None = None,
    with_texts: bool = False,
    data_dir: Path | None = None,
    listener: ProgressListener = ignore_progress,
) -> Exported:
    """Pack a finished embedding into one file, with the labels and, on demand, the texts.

    The same embedding gives the same bytes. Raises `BadInput` where there is no such embedding
    or file to write, `DamagedFile` where the cache is not what was written.
    """
    corpus = load_corpus(dataset, cache, data_dir=data_dir, listener=listener)
    whole = load_corpus(base_name(dataset), cache, data_dir=data_dir, listener=listener)
    if with_texts:
        require_texts(whole)
    entry = find_embedding(corpus, spec, cache)
    if entry is None:
        names = f"--dataset {shlex.quote(dataset)} --model {shlex.quote(spec.option)}"
        raise BadInput(f"{dataset} is not embedded with {spec.name}: run 'tui-al embed {names}'")
    path = (out or default_file(dataset, entry.folder)).absolute()
    if path.is_dir():
        raise BadInput(f"{path} is a folder: name a file with --out")
    with atomic_write(path, advice="choose another file with --out") as temporary:
        texts = _texts(cache, whole) if with_texts else []
        _write(temporary, whole, entry, texts, listener)
    return Exported(path, path.stat().st_size, dataset, spec.name, with_texts)


def _texts(cache: Cache, corpus: Corpus) -> list[tuple[Path, str]]:
    """The cache's copy of the texts, each file with its checksum."""
    folder, meta = cache.corpora / corpus.name, read_corpus_meta(cache, corpus.name)
    if meta is None:
        raise DamagedFile(f"{folder} changed meanwhile: run the command again")
    return [(folder / name, meta["sha256"][Path(name).stem]) for name in TEXTS]


def _write(
    target: Path,
    corpus: Corpus,
    entry: Entry,
    texts: list[tuple[Path, str]],
    listener: ProgressListener,
) -> None:
    sources = [(entry.folder / name, entry.meta["files"][name]["sha256"]) for name in MATRICES]
    sources += texts
    total = sum(path.stat().st_size for path, _ in sources)
    meter = Meter(f"exporting {corpus.name}", total, listener)
    with ZipFile(target, "w", ZIP_STORED) as archive:
        packer = _Packer(archive)
        for path, expected in sources:
            size = path.stat().st_size
            if packer.add(path.name, size, meter.pass_on(read_chunks(path))) != expected:
                raise DamagedFile(f"{path} does not match its checksum: 'tui-al cache verify'")
        for name, labels in zip(LABELS, (corpus.train.labels, corpus.test.labels), strict=True):
            packer.add_bytes(name, _npy(labels))
        packer.add_bytes(META, _json(_portable(entry.meta)))
        packer.add_bytes(MANIFEST, _json(_manifest(corpus, bool(texts), packer.files)))


def _manifest(corpus: Corpus, with_texts: bool, files: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": KIND,
        "format": FORMAT,
        "corpus": {
            "name": corpus.name,
            "classes": corpus.classes,
            "budget": corpus.budget,
            "fingerprint": corpus.fingerprint,
            # Paths say more about this machine than another one has to know.
            "origin": {key: value for key, value in corpus.origin.items() if key != "files"},
        },
        "texts": with_texts,
        "files": dict(files),
    }


def _portable(meta: dict[str, Any]) -> dict[str, Any]:
    """What is written about an entry, without what is of this machine alone."""
    of_this_machine = ("model_option", "stamps")  # a directory's path, inode numbers
    return {key: value for key, value in meta.items() if key not in of_this_machine}


class _Packer:
    """Adds members to a zip, and notes size and checksum of each."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self.files: dict[str, dict[str, Any]] = {}

    def add(self, name: str, size: int, chunks: Iterable[bytes]) -> str:
        """Add a member of a known size; returns its SHA-256."""
        digest = hashlib.sha256()
        info = ZipInfo(name)  # dated 1980: the same content, the same file
        info.file_size = size
        with self._archive.open(info, "w") as member:
            for chunk in chunks:
                digest.update(chunk)
                member.write(chunk)
        self.files[name] = {"bytes": size, "sha256": digest.hexdigest()}
        return digest.hexdigest()

    def add_bytes(self, name: str, content: bytes) -> None:
        self.add(name, len(content), iter((content,)))


def _npy(labels: Any) -> bytes:
    buffer = BytesIO()
    np.save(buffer, labels.astype("<i8"), allow_pickle=False)
    return buffer.getvalue()


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, indent=1, ensure_ascii=True).encode("ascii")
