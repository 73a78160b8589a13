"""Transformers as frozen feature extractors, on the CPU or a GPU."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_al.catalog import ModelSpec
from tui_al.embeddings.encoders.packages import package_folder
from tui_al.embeddings.pooling import POOLERS
from tui_al.errors import BadInput
from tui_al.hub import fetch
from tui_al.progress import ProgressListener

_WINDOW = 4096  # texts tokenised and sorted by length together
_TOKENS = 8192  # of one batch, padding included
_HUB_FILES = ("*.json", "*.txt", "*.model", "*.jinja", "model*.safetensors")


class TransformerEncoder:
    """A transformers model with its tokenizer; texts of like length share a batch."""

    def __init__(self, spec: ModelSpec, model: Any, tokenizer: Any, *, commit: str = "") -> None:
        self.dimension = int(model.config.hidden_size)
        self.commit = commit
        self._model = model
        self._tokenizer = tokenizer
        self._pool = POOLERS[spec.pooling]
        self._prompt = spec.prompt
        self._max_length = _shortest(spec.max_length, tokenizer.model_max_length)

    def batches(
        self, texts: Sequence[str]
    ) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float32]]]:
        for start in range(0, len(texts), _WINDOW):
            window = [self._prompt + text for text in texts[start : start + _WINDOW]]
            encoded = self._tokenizer(
                window, truncation=self._max_length is not None, max_length=self._max_length
            )
            lengths = np.fromiter(map(len, encoded["input_ids"]), dtype=np.intp)
            for rows in batches_by_length(lengths, _TOKENS):
                picked = {name: [values[row] for row in rows] for name, values in encoded.items()}
                yield start + rows, self._forward(picked)

    def _forward(self, encoded: dict[str, list[list[int]]]) -> NDArray[np.float32]:
        import torch

        batch = self._tokenizer.pad(encoded, return_tensors="pt").to(self._model.device)
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


def load_transformer(
    spec: ModelSpec, device: str, listener: ProgressListener
) -> TransformerEncoder:
    """Load weights (safetensors only) and tokenizer from a package, a directory or the Hub."""
    import torch
    from transformers import AutoModel, AutoTokenizer
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    folder, commit = _weights_folder(spec, listener)
    chosen = choose_device(device)
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder)
        model = AutoModel.from_pretrained(
            folder,
            use_safetensors=True,
            dtype=torch.float32 if chosen == "cpu" else "auto",
        )
    except (OSError, ValueError, KeyError) as error:
        reason = str(error).strip().splitlines()[0]
        raise BadInput(f"model {spec.name} cannot be loaded from {folder}: {reason}") from error
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
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
    snapshot = fetch(spec.repo or "", "model", _HUB_FILES, listener)
    return snapshot.folder, snapshot.commit


def _shortest(wanted: int, possible: int) -> int | None:
    """The smaller positive limit; tokenizers without one say so with a huge number."""
    limits = [limit for limit in (wanted, possible) if 0 < limit < 1_000_000]
    return min(limits, default=None)
