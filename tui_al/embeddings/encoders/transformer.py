"""Transformers as frozen feature extractors, on the CPU or on GPUs."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tui_al.cores import count_cores
from tui_al.embeddings.encoders import Batch
from tui_al.embeddings.encoders.batching import batches_by_length, pad_right
from tui_al.embeddings.encoders.pipeline import run_pipeline
from tui_al.errors import TuiAlError

if TYPE_CHECKING:
    from torch import Tensor

# Tokens of one batch, padding included: as many as stay in a core's cache, or keep a GPU busy.
_CPU_TOKENS, _GPU_TOKENS = 1024, 32768
_GPU_WORKERS = 2  # one lays out the next batch while the other's is computed


@dataclass(frozen=True, slots=True)
class Recipe:
    """From texts to the tokens that a model reads. `max_tokens` None keeps all of a text."""

    tokenizer: Any
    prompt: str = ""
    max_tokens: int | None = None
    lower_case: bool = False
    end_token: int | None = None
    """Ends every text, where the tokenizer does not end it so."""
    pooled_from: int = 0
    """Leading tokens, the prompt's, that pooling passes over."""


@dataclass(frozen=True, slots=True)
class Replica:
    """A model on a device, from token ids and mask to one vector a text."""

    device: str
    model: Any
    pool: "Callable[[Tensor, Tensor], Tensor]"


@dataclass(frozen=True, slots=True)
class _Tokens:
    """Some texts of a window as padded token numbers; `lengths` has shape (b,)."""

    window: int
    rows: NDArray[np.intp]
    lengths: NDArray[np.intp]
    ids: NDArray[np.int64]
    types: NDArray[np.int64] | None = None

    def halves(self) -> "tuple[_Tokens, _Tokens]":
        """The same texts as two batches."""
        middle = (len(self.rows) + 1) // 2
        first, second = (
            _Tokens(
                self.window,
                self.rows[part],
                self.lengths[part],
                self.ids[part],
                None if self.types is None else self.types[part],
            )
            for part in (slice(middle), slice(middle, None))
        )
        return first, second


@dataclass(frozen=True, slots=True)
class TransformerEncoder:
    """A model with its tokenizer; texts of like length share a batch.

    On a CPU every core computes batches of its own, one thread each: small products gain
    nothing from sharing, and a vector does not depend on the number of cores. A text without
    a single token gets the zero vector.
    """

    dimension: int
    recipe: Recipe
    replicas: tuple[Replica, ...]
    commit: str = ""
    note: str = ""
    engine: Mapping[str, str] = field(default_factory=dict)

    def batches(self, windows: Iterable[Sequence[str]]) -> Iterator[Batch]:
        on_cpu = self.replicas[0].device == "cpu"
        each = count_cores() if on_cpu else _GPU_WORKERS
        free: SimpleQueue[Replica] = SimpleQueue()
        for replica in self.replicas * each:
            free.put(replica)

        def compute(tokens: _Tokens) -> Batch:
            replica = free.get()
            try:
                return _encode(replica, tokens, self.recipe.pooled_from, self.dimension)
            finally:
                free.put(replica)

        yield from run_pipeline(
            enumerate(windows),
            self._tokenize,
            compute,
            workers=len(self.replicas) * each,
            start_worker=_use_one_thread if on_cpu else _do_nothing,
        )

    def count_tokens(self, texts: Sequence[str]) -> NDArray[np.intp]:
        """Tokens that the model would read of each text, shape (n,)."""
        return _lengths(self._encode_ids(texts)["input_ids"])

    def _encode_ids(self, texts: Sequence[str]) -> dict[str, list[list[int]]]:
        recipe = self.recipe
        whole = (recipe.prompt + text for text in texts)
        encoded = recipe.tokenizer(
            [text.lower() for text in whole] if recipe.lower_case else list(whole),
            truncation=recipe.max_tokens is not None,
            max_length=recipe.max_tokens,
            return_attention_mask=False,
        )
        if recipe.end_token is not None:
            last = None if recipe.max_tokens is None else recipe.max_tokens - 1
            encoded["input_ids"] = [
                ids if ids and ids[-1] == recipe.end_token else [*ids[:last], recipe.end_token]
                for ids in encoded["input_ids"]
            ]
        return dict(encoded)

    def _tokenize(self, numbered: tuple[int, Sequence[str]]) -> list[_Tokens]:
        window, texts = numbered
        encoded = self._encode_ids(texts)
        ids = encoded["input_ids"]
        types = encoded.get("token_type_ids")
        if types is not None and not any(map(any, types)):
            types = None  # all zero, which is what models assume
        lengths = _lengths(ids)
        # Some tokenizers have no padding token; the mask hides the padding anyway.
        pad = self.recipe.tokenizer.pad_token_id or 0
        budget = _CPU_TOKENS if self.replicas[0].device == "cpu" else _GPU_TOKENS
        empty, filled = np.flatnonzero(lengths == 0), np.flatnonzero(lengths)
        batches = (filled[batch] for batch in batches_by_length(lengths[filled], budget))
        tokens = [
            _Tokens(
                window,
                rows,
                lengths[rows],
                pad_right([ids[row] for row in rows], pad),
                None if types is None else pad_right([types[row] for row in rows], 0),
            )
            for rows in batches
        ]
        if len(empty):
            nothing = np.zeros((len(empty), 0), dtype=np.int64)
            tokens.append(_Tokens(window, empty, lengths[empty], nothing))
        return tokens


def _encode(replica: Replica, tokens: _Tokens, pooled_from: int, dimension: int) -> Batch:
    if not tokens.ids.size:
        zeros = np.zeros((len(tokens.rows), dimension), dtype=np.float32)
        return Batch(tokens.window, tokens.rows, zeros, 0)
    vectors = _forward(replica, tokens, pooled_from)
    return Batch(tokens.window, tokens.rows, vectors, int(tokens.lengths.sum()))


def _forward(replica: Replica, tokens: _Tokens, pooled_from: int) -> NDArray[np.float32]:
    """Vectors of a batch, in halves where it does not fit into a GPU's memory."""
    import torch

    try:
        return _forward_at_once(replica, tokens, pooled_from)
    except torch.OutOfMemoryError as error:
        if len(tokens.rows) == 1:
            raise TuiAlError(
                f"{replica.device} has no memory for a text of {tokens.lengths[0]} tokens: keep "
                "fewer of them (--model NAME+tokens=512), or use --device cpu"
            ) from error
    torch.cuda.empty_cache()
    halves = tokens.halves()
    return np.concatenate([_forward(replica, half, pooled_from) for half in halves])


def _forward_at_once(replica: Replica, tokens: _Tokens, pooled_from: int) -> NDArray[np.float32]:
    import torch

    width = tokens.ids.shape[1]
    positions = np.arange(width)
    mask = _move(positions < tokens.lengths[:, None], replica.device)
    batch = {"input_ids": _move(tokens.ids, replica.device)}
    if tokens.types is not None:
        batch["token_type_ids"] = _move(tokens.types, replica.device)
    if tokens.lengths[-1] < width:  # sorted: the last is the shortest. Whole rows need no mask.
        batch["attention_mask"] = mask.long()
    with torch.inference_mode():
        states = _token_vectors(replica.model(**batch))
        if pooled_from:
            # A text cut within its prompt still has its last token to pool.
            kept = np.minimum(pooled_from, tokens.lengths - 1)[:, None]
            mask = mask & _move(positions >= kept, replica.device)
        # Some models' own code pools by itself.
        pooled = states if states.ndim == 2 else replica.pool(states, mask)
    vectors: NDArray[np.float32] = pooled.float().cpu().numpy()
    return vectors


def _token_vectors(output: Any) -> "Tensor":
    """Vectors of shape (b, tokens, dim), or (b, dim) of models that pool by themselves."""
    for name in ("last_hidden_state", "sentence_embeddings"):
        if name in output:
            states: Tensor = output[name]
            return states
    raise TuiAlError(
        f"the model gives {', '.join(map(str, output))}, but no last_hidden_state to pool"
    )


def _move(array: NDArray[Any], device: str) -> "Tensor":
    import torch

    tensor = torch.from_numpy(np.ascontiguousarray(array))
    if device == "cpu":
        return tensor
    return tensor.pin_memory().to(device, non_blocking=True)


def _lengths(ids: list[list[int]]) -> NDArray[np.intp]:
    return np.fromiter(map(len, ids), dtype=np.intp, count=len(ids))


def _use_one_thread() -> None:
    import torch

    torch.set_num_threads(1)


def _do_nothing() -> None:
    """GPU workers need no preparation."""
