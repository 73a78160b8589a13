"""What the catalog says of a dataset and of an embedding model."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Pooling = Literal["own", "cls", "eos", "mean"]
"""`own`: what the model's sentence-transformers files say, else the mean."""
Arithmetic = Literal["", "float32", "float16", "bfloat16"]
"""What a transformer computes in; empty: float32 on a CPU, the weights' own type on a GPU."""
DiskType = Literal["float32", "float16"]
EncoderKind = Literal["transformer", "wordllama", "glove"]

DEFAULT_MAX_LENGTH = 512
OWN_LENGTH = -1


@dataclass(frozen=True, slots=True)
class HubDataset:
    """A dataset on the Hugging Face Hub, read from its parquet branch."""

    repo: str
    config: str


@dataclass(frozen=True, slots=True)
class DatasetSpec:
    """A dataset of the catalog: its facts, its columns, and where its text comes from.

    The train pool is the rows of all `train` splits, in that order.
    """

    name: str
    title: str
    task: str
    n_train: int
    n_test: int
    n_classes: int
    budget: int
    text: tuple[str, ...]
    label: str
    train: tuple[str, ...] = ("train",)
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
    counts tokens; 0 keeps the whole text, `OWN_LENGTH` what the model's own
    files say, else 512. `prompt` goes before every text: the text itself, or
    the name of one of the model's own prompts; `append_end` adds an end token where the tokenizer
    adds none. `arithmetic` and `dtype` (of the stored matrix) change numbers; see `settings`.
    """

    name: str
    kind: EncoderKind = "transformer"
    pooling: Pooling = "own"
    parameters: int | None = None
    dimension: int | None = None
    mteb: float | None = None
    max_length: int = DEFAULT_MAX_LENGTH
    prompt: str = ""
    normalize: bool = True
    append_end: bool = False
    arithmetic: Arithmetic = ""
    dtype: DiskType = "float32"
    revision: str = "main"
    repo: str | None = None
    package: ModelPackage | None = None
    directory: str | None = None
    settings: str = ""
    """The part of the name that says how this differs from the model of the plain name."""

    @property
    def option(self) -> str:
        """What to write after --model to mean this model."""
        return self.directory + self.settings if self.directory else self.name
