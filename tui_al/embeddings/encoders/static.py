"""Static lookup: a text's vector is the mean of its tokens' vectors, whatever their order."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from tui_al.catalog import ModelSpec
from tui_al.embeddings.encoders import Batch
from tui_al.embeddings.encoders.packages import package_folder

# GloVe's vocabulary is lower-case with punctuation and clitics ('s, n't) as tokens of their own.
_GLOVE_TOKEN = re.compile(
    r"n't\b|'(?:s|m|d|ll|re|ve)\b|[^\W_]+(?=n't\b)|[^\W_]+(?:[-.][^\W_]+)*|[^\w\s]"
)

Tokenize = Callable[[Sequence[str]], list[list[int]]]


class StaticEncoder:
    """Mean of table rows; a text with no known token gets the zero vector.

    The table has shape (vocabulary, dimension); `tokenize` gives each text's row numbers.
    """

    commit = ""
    note = ""

    def __init__(
        self, table: NDArray[np.float32], tokenize: Tokenize, engine: Mapping[str, str]
    ) -> None:
        self.dimension = table.shape[1]
        self.engine = engine
        self._table = table
        self._tokenize = tokenize

    def batches(self, windows: Iterable[Sequence[str]]) -> Iterator[Batch]:
        for window, texts in enumerate(windows):
            tokens = self._tokenize(texts)
            read = sum(map(len, tokens))
            yield Batch(window, np.arange(len(tokens)), self._means(tokens), read)

    def count_tokens(self, texts: Sequence[str]) -> NDArray[np.intp]:
        return np.array([len(row) for row in self._tokenize(texts)], dtype=np.intp)

    def _means(self, tokens: list[list[int]]) -> NDArray[np.float32]:
        """Row means as one sparse product: counts (texts x vocabulary) times the table."""
        from scipy.sparse import csr_array

        lengths = np.fromiter(map(len, tokens), dtype=np.int64, count=len(tokens))
        columns = np.fromiter(
            (token for row in tokens for token in row), dtype=np.int64, count=lengths.sum()
        )
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        ones = np.ones(len(columns), dtype=np.float32)
        counts = csr_array((ones, columns, offsets), shape=(len(tokens), len(self._table)))
        counts.sum_duplicates()  # counting is exact; adding a row 10,000 times is not
        sums: NDArray[np.float32] = counts @ self._table
        means: NDArray[np.float32] = np.divide(
            sums, np.maximum(lengths, 1)[:, None], dtype=np.float32
        )
        return means


def load_wordllama(spec: ModelSpec) -> StaticEncoder:
    """WordLlama (Miller 2024): a Llama 2 token table, reduced and retrained, no special tokens."""
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    assert spec.package is not None
    folder = package_folder(spec.package)
    weights = load_file(folder / "weights" / "l2_supercat_256.safetensors")["embedding.weight"]
    tokenizer = Tokenizer.from_file(
        str(folder / "tokenizers" / "l2_supercat_tokenizer_config.json")
    )
    tokenizer.no_padding()
    tokenizer.no_truncation()

    def tokenize(texts: Sequence[str]) -> list[list[int]]:
        encoded = tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [encoding.ids for encoding in encoded]

    return StaticEncoder(
        weights.astype(np.float32), tokenize, {"tokenizers": version("tokenizers")}
    )


def load_glove(spec: ModelSpec) -> StaticEncoder:
    """GloVe 6B, 50 dimensions (Pennington et al. 2014): words it does not know are dropped."""
    import polars as pl

    assert spec.package is not None
    folder = package_folder(spec.package)
    words = pl.read_parquet(folder / "data" / "glove_6B_index.parquet")["index"].to_list()
    vocabulary = {word: row for row, word in enumerate(words)}
    table = np.load(folder / "data" / "glove_6B_50d_emb.npy", mmap_mode="r", allow_pickle=False)

    def tokenize(texts: Sequence[str]) -> list[list[int]]:
        split = (_GLOVE_TOKEN.findall(text.lower()) for text in texts)
        return [[vocabulary[word] for word in row if word in vocabulary] for row in split]

    return StaticEncoder(np.asarray(table), tokenize, {})
