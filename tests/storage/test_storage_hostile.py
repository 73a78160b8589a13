"""Files that claim to be exports: each is refused in one line, and nothing is written."""

import hashlib
import json
import pickle
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui_al.embeddings.request import EmbeddingRequest
from tui_al.errors import BadInput
from tui_al.paths import Cache
from tui_al.storage.transfer import import_embedding

MANIFEST, META = "manifest.json", "meta.json"


def read_members(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(path, members, *, sums=True, compression=zipfile.ZIP_STORED):
    """A zip of members whose manifest tells their true checksums, unless it must not."""
    members = dict(members)
    if sums:
        manifest = json.loads(members[MANIFEST])
        manifest["files"] = {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in members.items()
            if name != MANIFEST
        }
        members[MANIFEST] = json.dumps(manifest).encode()
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def npy(array, **options):
    buffer = BytesIO()
    np.save(buffer, array, **options)
    return buffer.getvalue()


def matrix_of(members, name="train.npy"):
    return np.load(BytesIO(members[name]))


def edited(change, name="train.npy"):
    def edit(members):
        members[name] = npy(change(matrix_of(members, name)))

    return edit


def set_to(name, content):
    return lambda members: members.__setitem__(name, content)


def in_corpus(**changes):
    def edit(members):
        manifest = json.loads(members[MANIFEST])
        manifest["corpus"] |= changes
        members[MANIFEST] = json.dumps(manifest).encode()

    return edit


def in_manifest(**changes):
    def edit(members):
        members[MANIFEST] = json.dumps(json.loads(members[MANIFEST]) | changes).encode()

    return edit


def in_request(**changes):
    """Another request with the key that belongs to it."""

    def edit(members):
        meta = json.loads(members[META])
        meta["request"] |= changes
        meta["key"] = EmbeddingRequest(**meta["request"]).key(meta["commit"])
        members[META] = json.dumps(meta).encode()

    return edit


def in_meta(**changes):
    def edit(members):
        members[META] = json.dumps(json.loads(members[META]) | changes).encode()

    return edit


def with_nan(matrix):
    matrix[3, 5] = np.nan
    return matrix


class Bomb:
    def __reduce__(self):
        return (Path("/tmp/never").touch, ())


OBJECTS = npy(np.array([[Bomb()] * 2] * 48, dtype=object), allow_pickle=True)
OUTSIDE = "../../outside.txt"

HOSTILE = {
    "path traversal": (set_to(OUTSIDE, b"x"), f"holds '{OUTSIDE}'"),
    "absolute path": (set_to("/etc/x", b"x"), "holds '/etc/x'"),
    "odd member": (set_to("setup.py", b"x"), "holds 'setup.py'"),
    "escape in a name": (set_to("\x1b[2Jx", b"x"), "holds '␛[2Jx'"),
    "no matrix": (lambda members: members.pop("test.npy"), "lacks test.npy"),
    "no manifest": (lambda members: members.pop(MANIFEST), "lacks manifest.json"),
    "one text file": (set_to("train.parquet", b"x"), "the texts are not what it says"),
    "manifest no JSON": (set_to(MANIFEST, b"{"), "manifest.json is not JSON"),
    "manifest nested": (set_to(MANIFEST, b"[" * 100_000), "manifest.json is not JSON"),
    "manifest a list": (set_to(MANIFEST, b"[]"), "not a JSON object"),
    "another program": (in_manifest(kind="x"), "was not made by"),
    "newer format": (in_manifest(format=99), "is of format 99: this version reads 1"),
    "no files": (in_manifest(files=[]), "does not name its members"),
    "no checksum": (
        in_manifest(files=dict.fromkeys(["train.npy", "test.npy", "train_labels.npy",
                                         "test_labels.npy", META])),
        "has no checksum of",
    ),
    "no corpus": (in_manifest(corpus=None), "says nothing of the corpus"),
    "dataset outside": (in_corpus(name="../x"), "no sound name"),
    "dataset hidden": (in_corpus(name=".x"), "no sound name"),
    "classes twice": (in_corpus(classes=["cat", "cat", "dog"]), "no sound classes"),
    "classes no words": (in_corpus(classes=[1, 2, 3]), "no sound classes"),
    "half a character": (in_corpus(classes=["cat", "dog", "\ud800"]), "no sound classes"),
    "classes too few": (in_corpus(classes=["cat", "dog"]), "labels of no class"),
    "classes unseen": (in_corpus(classes=["cat", "dog", "fish", "x"]), "no training row has"),
    "budget": (in_corpus(budget=-5), "no sound budget"),
    "budget true": (in_corpus(budget=True), "no sound budget"),
    "fingerprint": (in_corpus(fingerprint="../x"), "no sound fingerprint"),
    "another text": (in_corpus(fingerprint="0" * 32), "embeds another text"),
    "origin": (in_corpus(origin="user"), "no sound origin"),
    "two datasets": (in_request(dataset="other"), "mixes two datasets"),
    "sample": (in_request(dataset="pets@../x"), "names a sample that cannot be one"),
    "sample of others": (in_request(dataset="pets@20"), "embeds another text"),
    "model above": (in_request(model=".."), "names a model that cannot be one"),
    "model hidden": (in_request(model=".x.partial"), "names a model that cannot be one"),
    "model of escapes": (in_request(model="\x1b[2J"), "names a model that cannot be one"),
    "type of numbers": (in_request(dtype="object"), "numbers of an unknown type"),
    "other numbers": (in_request(dtype="float16"), "holds float32, not float16"),
    "no request": (in_meta(request=None), "no sound request"),
    "request of numbers": (in_meta(request={"dataset": 5}), "no sound request"),
    "request half": (in_meta(request={"dataset": "pets"}), "no sound request"),
    "request more": (in_meta(request={"evil": "x"}), "no sound request"),
    "wrong key": (in_meta(key="0" * 32), "does not match its key"),
    "no key": (in_meta(key=None), "does not match its key"),
    "pickle": (set_to("train.npy", pickle.dumps(Bomb())), "train.npy is not a plain array"),
    "objects": (set_to("train.npy", OBJECTS), "train.npy is not a plain array"),
    "npz": (set_to("train.npy", b"PK\x03\x04" + bytes(60)), "train.npy is not a plain array"),
    "nothing": (set_to("train.npy", b""), "train.npy is not a plain array"),
    "junk behind": (
        lambda members: members.__setitem__("train.npy", members["train.npy"] + b"x"),
        "train.npy is not a plain array",
    ),
    "columns first": (edited(np.asfortranarray), "train.npy is not a plain array"),
    "deep header": (
        set_to("train.npy", b"\x93NUMPY\x01\x00" + (9000).to_bytes(2, "little") + b"(" * 9000),
        "train.npy is not a plain array",
    ),
    "rows lost": (edited(lambda matrix: matrix[:-1]), "but there are 48 texts"),
    "a vector": (edited(lambda matrix: matrix[:, 0].copy()), "is of shape (48,)"),
    "no columns": (edited(lambda matrix: matrix[:, :0].copy()), "train.npy is"),
    "widths": (edited(lambda matrix: matrix[:, :9].copy()), "different widths"),
    "NaN": (edited(with_nan), "train.npy holds NaN or infinity"),
    "doubles": (edited(lambda matrix: matrix.astype(float)), "holds float64, not float32"),
    "other end": (edited(lambda matrix: matrix.astype(">f4")), "holds >f4, not float32"),
    "labels float": (edited(lambda y: y.astype(float), "train_labels.npy"), "one integer a row"),
    "labels negative": (edited(lambda y: y - 1, "train_labels.npy"), "labels of no class"),
    "labels lost": (edited(lambda y: y[:-1], "test_labels.npy"), "but there are 11 texts"),
    "labels none": (edited(lambda y: y[:0], "test_labels.npy"), "one integer a row"),
}  # fmt: skip


def refuse(tui_al, cache, path, explanation):
    refused = tui_al("cache", "import", path)
    assert refused.code == 2, refused.err
    *_, line = refused.err.splitlines()
    assert line.startswith("tui-al: ")
    assert explanation in line
    assert [file for file in cache.root.rglob("*") if file.is_file()] == []


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused(tui_al, bundle, cache, name):
    edit, explanation = HOSTILE[name]
    members = read_members(bundle)
    edit(members)
    pack(bundle, members, sums=MANIFEST in members and b'"corpus"' in members[MANIFEST]
         and name not in ("no files", "no checksum"))  # fmt: skip
    refuse(tui_al, cache, bundle, explanation)
    assert not (bundle.parent / "outside.txt").exists()
    assert not Path("/tmp/never").exists()


TEXT_DAMAGES = {
    "edited": (lambda frame: frame.with_columns(text=pl.col("text") + "!"), "not those that were"),
    "labels moved": (lambda frame: frame.with_columns(pl.col("label").reverse()), "other labels"),
    "no texts": (lambda frame: frame.drop("text"), "does not hold texts and labels"),
    "emptied": (lambda frame: frame.with_columns(text=pl.lit("")), "every text is empty"),
    "no rows": (lambda frame: frame.head(0), "does not hold texts and labels"),
}


@pytest.mark.parametrize("name", TEXT_DAMAGES)
def test_texts_that_are_others(tui_al, bundle_with_texts, cache, name):
    change, explanation = TEXT_DAMAGES[name]
    members = read_members(bundle_with_texts)
    buffer = BytesIO()
    change(pl.read_parquet(BytesIO(members["train.parquet"]))).write_parquet(buffer)
    members["train.parquet"] = buffer.getvalue()
    pack(bundle_with_texts, members)
    refuse(tui_al, cache, bundle_with_texts, explanation)


def test_compressed_encrypted_and_doubled_members(tui_al, bundle, cache):
    members, whole = read_members(bundle), bundle.read_bytes()
    pack(bundle, members, compression=zipfile.ZIP_DEFLATED)
    refuse(tui_al, cache, bundle, "is packed in another way")
    bundle.write_bytes(whole)
    with zipfile.ZipFile(bundle, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("train.npy", b"another")
    refuse(tui_al, cache, bundle, "holds train.npy twice")
    place = whole.rindex(b"PK\x01\x02") + 8
    bundle.write_bytes(whole[:place] + b"\x01" + whole[place + 1 :])
    refuse(tui_al, cache, bundle, "is packed in another way")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_truncated_or_flipped_file_is_refused_or_whole(bundle, tmp_path, data):
    """A byte that matters is noticed; one that only dates a member changes nothing."""
    whole = bundle.read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    broken = tmp_path / "broken.zip"
    cut = data.draw(st.booleans())
    flipped = bytes([whole[place] ^ data.draw(st.integers(1, 255))])
    broken.write_bytes(whole[:place] if cut else whole[:place] + flipped + whole[place + 1 :])
    cache = Cache(tmp_path / "target")
    try:
        imported = import_embedding(broken, cache, replace_existing=True)
    except BadInput as error:
        assert len(str(error).splitlines()) == 1
    else:
        assert not cut
        matrices = read_members(bundle)
        for name in ("train.npy", "test.npy"):
            assert (imported.entry.folder / name).read_bytes() == matrices[name]
