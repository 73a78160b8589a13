"""Transformers as frozen feature extractors, on the CPU or a GPU."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_al.catalog import ModelSpec
from tui_al.embeddings.encoders.packages import package_folder
from tui_al.embeddings.pooling import POOLERS
from tui_al.errors import BadInput, first_line
from tui_al.hub import fetch
from tui_al.progress import ProgressListener

_WINDOW = 4096  # texts tokenised and sorted by length together
_TOKENS = 8192  # of one batch, padding included
_TOKENIZER_FILES = ("tokenizer.json", "vocab.*", "*.model")
_OWN_CODE = "it needs Python code of its own, which tui-al does not run"
_HUB_FILES = ("*.json", "*.txt", "*.model", "*.jinja", "model*.safetensors")


class TransformerEncoder:
    """A transformers model with its tokenizer; texts of like length share a batch.

    A text's vector does not depend on its neighbours in the batch; a text without a single
    token gets the zero vector.
    """

    def __init__(self, spec: ModelSpec, model: Any, tokenizer: Any, *, commit: str = "") -> None:
        self.dimension = int(model.config.hidden_size)
        self.commit = commit
        self._model = model
        self._tokenizer = tokenizer
        self._pool = POOLERS[spec.pooling]
        self._prompt = spec.prompt
        self._pad_id = tokenizer.pad_token_id or 0  # some have none; the mask hides it anyway
        self._max_length = _shortest(
            spec.max_length, tokenizer.model_max_length, _count_positions(model)
        )

    def batches(
        self, texts: Sequence[str]
    ) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float32]]]:
        for start in range(0, len(texts), _WINDOW):
            window = [self._prompt + text for text in texts[start : start + _WINDOW]]
            encoded = self._tokenizer(
                window,
                truncation=self._max_length is not None,
                max_length=self._max_length,
                return_attention_mask=True,
            )
            lengths = np.fromiter(map(len, encoded["input_ids"]), dtype=np.intp)
            empty, filled = np.flatnonzero(lengths == 0), np.flatnonzero(lengths)
            if len(empty):
                yield start + empty, np.zeros((len(empty), self.dimension), dtype=np.float32)
            for batch in batches_by_length(lengths[filled], _TOKENS):
                rows = filled[batch]
                picked = {name: [values[row] for row in rows] for name, values in encoded.items()}
                yield start + rows, self._forward(picked)

    def _forward(self, encoded: dict[str, list[list[int]]]) -> NDArray[np.float32]:
        import torch

        batch = {
            name: torch.from_numpy(
                pad_right(values, self._pad_id if name == "input_ids" else 0)
            ).to(self._model.device)
            for name, values in encoded.items()
        }
        with torch.inference_mode():
            states = self._model(**batch).last_hidden_state
            pooled = self._pool(states, batch["attention_mask"])
        vectors: NDArray[np.float32] = pooled.float().cpu().numpy()
        return vectors


def batches_by_length(lengths: NDArray[np.intp], tokens: int) -> Iterator[NDArray[np.intp]]:
    """Row numbers in batches, longest first, so that memory peaks at once and padding is small.

    A batch's size times its longest length stays within `tokens`, or it is one row.
    """
    order = np.argsort(-lengths, kind="stable")
    start = 0
    while start < len(order):
        size = max(1, tokens // max(1, int(lengths[order[start]])))
        yield order[start : start + size]
        start += size


def pad_right(rows: Sequence[Sequence[int]], value: int) -> NDArray[np.int64]:
    """Rows as a matrix, filled up at their ends.

    Whatever the tokenizer prefers: padding on the left would move the positions of models
    that count them from the first column (BERT, GPT-2).
    """
    matrix = np.full((len(rows), max(map(len, rows))), value, dtype=np.int64)
    for row, values in enumerate(rows):
        matrix[row, : len(values)] = values
    return matrix


def load_transformer(
    spec: ModelSpec, device: str, listener: ProgressListener
) -> TransformerEncoder:
    """Load weights (safetensors only) and tokenizer from a package, a directory or the Hub.

    Code that comes with a model is never run. Raises `BadInput` for files that are no model,
    or only a part of one.
    """
    import torch
    from safetensors import SafetensorError
    from transformers import AutoModel, AutoTokenizer
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    folder, commit = _weights_folder(spec, listener)
    chosen = choose_device(device)
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
        model, loaded = AutoModel.from_pretrained(
            folder,
            use_safetensors=True,
            dtype=torch.float32 if chosen == "cpu" else "auto",
            trust_remote_code=False,
            output_loading_info=True,
        )
    except (
        ImportError,
        KeyError,
        OSError,
        RuntimeError,
        SafetensorError,
        TypeError,
        ValueError,
    ) as error:
        raise _unusable(spec, folder, _reason(error)) from error
    _require_whole(spec, folder, model.config, loaded["missing_keys"])
    return TransformerEncoder(spec, model.eval().to(chosen), tokenizer, commit=commit)


def choose_device(device: str) -> str:
    """The torch device for auto, cpu or cuda."""
    import torch

    available = torch.cuda.is_available()
    if device == "auto":
        return "cuda" if available else "cpu"
    if device.startswith("cuda") and not available:
        raise BadInput("--device cuda: torch sees no GPU here; use --device cpu or auto")
    return device


def _weights_folder(spec: ModelSpec, listener: ProgressListener) -> tuple[Path, str]:
    if spec.package is not None:
        return package_folder(spec.package) / spec.package.path, ""
    if spec.directory is not None:
        return Path(spec.directory), ""
    repo = spec.repo or ""
    _require_known_type(spec, fetch(repo, "model", ("config.json",), listener).folder)
    snapshot = fetch(repo, "model", _HUB_FILES, listener)
    return snapshot.folder, snapshot.commit


def _require_known_type(spec: ModelSpec, folder: Path) -> None:
    """Refuse a model that only its own code can run before its weights are downloaded."""
    from transformers import CONFIG_MAPPING

    try:
        kind = json.loads((folder / "config.json").read_text("utf-8"))["model_type"]
    except (OSError, ValueError, TypeError, KeyError):
        return  # loading says what is wrong
    if kind not in CONFIG_MAPPING:
        raise _unusable(spec, folder, _OWN_CODE)


def _require_whole(spec: ModelSpec, folder: Path, config: Any, missing: Iterable[str]) -> None:
    """Refuse what transformers would make up: random weights, a tokenizer of unknown words."""
    lacking = sorted(name for name in missing if "pooler" not in name)  # pooling is done here
    if lacking:
        raise _unusable(spec, folder, f"its weights lack {lacking[0]} ({len(lacking)} in all)")
    if not any(next(folder.glob(pattern), None) for pattern in _TOKENIZER_FILES):
        raise _unusable(spec, folder, "it holds no tokenizer (tokenizer.json)")
    if config.is_encoder_decoder:
        raise _unusable(spec, folder, "encoder-decoder models have no single sequence to pool")


def _unusable(spec: ModelSpec, folder: Path, reason: str) -> BadInput:
    return BadInput(f"model {spec.name} cannot be loaded from {folder}: {reason}")


def _reason(error: Exception) -> str:
    return _OWN_CODE if "trust_remote_code" in str(error) else first_line(error)


def _count_positions(model: Any) -> int:
    """Tokens the model has positions for; RoBERTa's family counts from after the padding id."""
    positions = int(getattr(model.config, "max_position_embeddings", None) or 0)
    table = getattr(getattr(model, "embeddings", None), "position_embeddings", None)
    padding = getattr(table, "padding_idx", None)
    return positions if padding is None else positions - padding - 1


def _shortest(*limits: int) -> int | None:
    """The smallest positive limit; tokenizers without one say so with a huge number."""
    return min((limit for limit in limits if 0 < limit < 1_000_000), default=None)
