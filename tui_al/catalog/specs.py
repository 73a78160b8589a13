"""What the catalog says of a dataset and of an embedding model."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Pooling = Literal["cls", "eos", "mean"]
EncoderKind = Literal["transformer", "wordllama", "glove"]

DEFAULT_MAX_LENGTH = 512


@dataclass(frozen=True, slots=True)
class HubDataset:
    """A dataset on the Hugging Face Hub, read from its parquet branch."""

    repo: str
    config: str


@dataclass(frozen=True, slots=True)
class DatasetSpec:
    """A dataset of the catalog: its facts, its columns, and where its text comes from."""

    name: str
    title: str
    task: str
    n_train: int
    n_test: int
    n_classes: int
    budget: int
    text: tuple[str, ...]
    label: str
    train: str = "train"
    test: str = "test"
    test_sample: int | None = None
    two_files: bool = False
    bundled: str | None = None
    hub: HubDataset | None = None


@dataclass(frozen=True, slots=True)
class ModelPackage:
    """A model that a Python distribution carries: `path` inside `module`, files pinned."""

    distribution: str
    module: str
    path: str = ""
    sha256: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """An embedding model: a catalog entry, or a Hub id or local directory given by the user.

    Exactly one of `repo`, `package` and `directory` says where the weights are.
    `dimension`, `parameters` and `mteb` are None where nobody has stated them. `max_length`
    counts tokens; 0 keeps the whole text.
    """

    name: str
    kind: EncoderKind = "transformer"
    pooling: Pooling = "mean"
    parameters: int | None = None
    dimension: int | None = None
    mteb: float | None = None
    max_length: int = DEFAULT_MAX_LENGTH
    prompt: str = ""
    normalize: bool = True
    repo: str | None = None
    package: ModelPackage | None = None
    directory: str | None = None
