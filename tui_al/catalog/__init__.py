"""The datasets and embedding models that tui-al knows by name."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tui_al.catalog.settings import apply_settings, split_settings
from tui_al.catalog.specs import OWN_LENGTH, DatasetSpec, HubDataset, ModelPackage, ModelSpec
from tui_al.errors import UnknownName

__all__ = [
    "LOCAL",
    "OWN_LENGTH",
    "DatasetSpec",
    "HubDataset",
    "ModelPackage",
    "ModelSpec",
    "datasets",
    "find_model",
    "models",
]


LOCAL = "local"


@cache
def datasets() -> Mapping[str, DatasetSpec]:
    """The catalog's datasets by name, in the catalog's order."""
    return MappingProxyType(
        {name: _dataset(name, table) for name, table in _read("datasets.toml").items()}
    )


@cache
def models() -> Mapping[str, ModelSpec]:
    """The catalog's embedding models by name: the benchmark's by MTEB score, then packages."""
    return MappingProxyType(
        {name: _model(name, table) for name, table in _read("models.toml").items()}
    )


def find_model(name: str) -> ModelSpec:
    """The model of a catalog name, a local directory, or a Hub id (`owner/model`).

    Settings may follow, as in `owner/model+pooling=cls` (see `settings`). A directory is
    anything that exists as one; its name must not hide a catalog entry. `local/NAME` is one
    that is not here, of which an embedding may have been imported. Raises `UnknownName`
    with the closest catalog names.
    """
    plain, settings = split_settings(name)
    if plain not in models() and (directory := _find_directory(name)) is not None:
        return _local(directory)  # whatever signs its name holds
    return apply_settings(_find_plain(plain), settings)


def _find_plain(name: str) -> ModelSpec:
    if name in models():
        return models()[name]
    if (directory := _find_directory(name)) is not None:
        return _local(directory)
    owner, slash, repo = name.partition("/")
    if owner == LOCAL and repo:  # a directory of the machine that an embedding came from
        return ModelSpec(name=name, directory=name, max_length=OWN_LENGTH)
    if slash and owner and repo and "/" not in repo and not name.startswith((".", "~")):
        return ModelSpec(name=name, repo=name, max_length=OWN_LENGTH)
    raise UnknownName(
        "model", name, models(), hint=" (a Hub id 'owner/model' or a local directory works too)"
    )


def _local(directory: Path) -> ModelSpec:
    return ModelSpec(
        name=f"{LOCAL}/{directory.name}", directory=str(directory), max_length=OWN_LENGTH
    )


def _find_directory(name: str) -> Path | None:
    try:
        directory = Path(name).expanduser()
        return directory.resolve() if name and directory.is_dir() else None
    except (OSError, RuntimeError):  # longer than a path can be; the home of nobody
        return None


def _read(file: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads(files(__package__).joinpath(file).read_text("utf-8"))


def _dataset(name: str, table: dict[str, Any]) -> DatasetSpec:
    hub = HubDataset(**table.pop("hub")) if "hub" in table else None
    text, train = tuple(table.pop("text")), tuple(table.pop("train", ("train",)))
    return DatasetSpec(name=name, text=text, train=train, hub=hub, **table)


def _model(name: str, table: dict[str, Any]) -> ModelSpec:
    package = ModelPackage(**table.pop("package")) if "package" in table else None
    return ModelSpec(name=name, package=package, **table)
