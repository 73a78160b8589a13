"""The datasets and embedding models that tui-al knows by name."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tui_al.catalog.specs import DatasetSpec, HubDataset, ModelPackage, ModelSpec
from tui_al.errors import BadInput, UnknownName

__all__ = [
    "LOCAL",
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

    A directory is anything that exists as one; its name must not hide a catalog entry.
    Raises `UnknownName` with the closest catalog names.
    """
    if name in models():
        return models()[name]
    if (directory := _find_directory(name)) is not None:
        return ModelSpec(name=f"{LOCAL}/{directory.name}", directory=str(directory))
    owner, slash, repo = name.partition("/")
    if owner == LOCAL:  # a name of ours for a directory, and nobody's on the Hub
        raise BadInput(f"model {name} is a directory on this machine: give its path instead")
    if slash and owner and repo and "/" not in repo and not name.startswith((".", "~")):
        return ModelSpec(name=name, repo=name)
    raise UnknownName(
        "model", name, models(), hint=" (a Hub id 'owner/model' or a local directory works too)"
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
    return DatasetSpec(name=name, text=tuple(table.pop("text")), hub=hub, **table)


def _model(name: str, table: dict[str, Any]) -> ModelSpec:
    package = ModelPackage(**table.pop("package")) if "package" in table else None
    return ModelSpec(name=name, package=package, **table)
