"""Tiny models with random weights, small corpora, and programs run beside the test."""

import json
import random
import shutil
import string
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tui_al.catalog import find_model
from tui_al.corpora.corpus import Corpus, LabeledTexts, build_corpus
from tui_al.embeddings.encoders import Batch, Encoder, EncoderOptions
from tui_al.progress import ignore_progress

ARCHITECTURES = ("bert", "modernbert", "mistral", "qwen2")
DIMENSION, POSITIONS = 16, 64
WORDS = (
    *("the", "a", "cat", "dog", "sat", "on", "mat", "and", "runs", "fast", "slow", "red"),
    *("blue", "query", "of", ",", ".", "!", "?", ":"),
)

ODD_TEXTS = (
    "the cat sat on the mat",
    "x",
    "?",
    "😀",
    "👩‍👩‍👧 café naïve ﷽ 漢字",
    "\x07 \x1b[31mred\x1b[0m",
    "\u200b",
    "\u2003\u00a0\t",
    "[red]markup[/red]",
    "the cat and the dog " * 200,
    "z" * 3000,
    "a dog runs fast , the red cat runs slow !",
    "cat",
)


def make_corpus(n_train: int = 6, n_test: int = 4, name: str = "toy", word: str = "cat") -> Corpus:
    """Distinct texts of different lengths in two classes."""
    texts = [
        f"{WORDS[i % len(WORDS)]} {word} number {i} " + "dog " * (i % 7) for i in range(n_train)
    ]
    return corpus_of(texts, [f"the {word} of test {i}" for i in range(n_test)], name)


def make_long_corpus(n_texts: int, n_words: int) -> Corpus:
    """Texts of as many words each, an eighth of them in the test set."""
    chance = random.Random(5)
    texts = [" ".join(chance.choices(WORDS, k=n_words)) for _ in range(n_texts)]
    return corpus_of(texts[n_texts // 8 :], texts[: n_texts // 8])


def corpus_of(train: Sequence[str], test: Sequence[str], name: str = "toy") -> Corpus:
    rows = [LabeledTexts(texts, ["no", "yes"] * len(texts), "memory") for texts in (train, test)]
    cut = [LabeledTexts(r.texts, r.labels[: len(r.texts)], r.origin) for r in rows]
    return build_corpus(name, *cut, budget=2)


def vectors_of(encoder: Encoder, texts: Sequence[str]) -> np.ndarray:
    """One row a text, after checking that every row came exactly once."""
    matrix = np.full((len(texts), encoder.dimension), np.nan, dtype=np.float32)
    seen: list[int] = []
    read = 0
    for batch in encoder.batches([texts]):
        assert batch.window == 0
        assert batch.vectors.shape == (len(batch.rows), encoder.dimension)
        assert batch.vectors.dtype == np.float32
        matrix[batch.rows] = batch.vectors
        seen.extend(batch.rows.tolist())
        read += batch.n_tokens
    assert sorted(seen) == list(range(len(texts)))
    assert read == encoder.count_tokens(texts).sum()
    return matrix


class DigestEncoder:
    """Vectors drawn from a text's digest, one batch a window; `encoded` counts texts."""

    commit = ""
    note = ""

    def __init__(self, dimension: int = 4, **engine: str) -> None:
        self.dimension, self.engine, self.encoded = dimension, engine, 0

    def batches(self, windows: Iterable[Sequence[str]]) -> Iterator[Batch]:
        for window, texts in enumerate(windows):
            self.encoded += len(texts)
            seeds = (int.from_bytes(blake2b(text.encode()).digest()[:8]) for text in texts)
            rows = [np.random.default_rng(seed).normal(size=self.dimension) for seed in seeds]
            yield Batch(window, np.arange(len(texts)), np.array(rows, np.float32), 2 * len(texts))

    def count_tokens(self, texts: Sequence[str]) -> np.ndarray:
        return np.full(len(texts), 2)


def load_tiny(folder: Path, *, trust: bool = False, pickled: bool = False, **changes: Any) -> Any:
    """The encoder of a model's directory on the CPU, fields of its spec changed."""
    from tui_al.embeddings.encoders.loading import load_transformer

    spec = replace(find_model(str(folder)), **changes)
    return load_transformer(spec, EncoderOptions("cpu", trust, pickled), ignore_progress)


def pool_by_hand(states: np.ndarray, pooling: str) -> np.ndarray:
    """(tokens, dim) of one text without padding to (dim,)."""
    ranks = np.arange(1, len(states) + 1)
    pooled: dict[str, np.ndarray] = {
        "cls": states[0],
        "eos": states[-1],
        "mean": states.mean(axis=0),
        "max": states.max(axis=0),
        "mean_sqrt_len_tokens": states.sum(axis=0) / np.sqrt(len(states)),
        "weightedmean": np.average(states, axis=0, weights=ranks),
    }
    return pooled[pooling]


def files_under(folder: Path) -> dict[str, bytes]:
    """Every file's content by its path below a folder."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def edit_json(path: Path, **changes: Any) -> None:
    """Set keys of a JSON object; None removes one."""
    content = json.loads(path.read_text("utf-8")) | changes
    kept = {key: value for key, value in content.items() if value is not None}
    path.write_text(json.dumps(kept), "utf-8")


class Trap:
    """Unpickling this creates a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (open, (str(self.path), "w"))


def start_python(
    code: str, *arguments: object, prefix: Sequence[str] = ()
) -> subprocess.Popen[str]:
    """Start a program that can import these samples too."""
    head = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
    command = [*prefix, sys.executable, "-c", head + code, *map(str, arguments)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def run_python(code: str, *arguments: object, prefix: Sequence[str] = ()) -> str:
    """Standard output of a program that must end well."""
    process = start_python(code, *arguments, prefix=prefix)
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return output


def small_disk(folder: Path, size: str) -> list[str]:
    """What to put before a command that shall see a disk of this size in a folder's place."""
    script = f'mount -t tmpfs -o size={size} none "$1" && shift && exec "$@"'
    prefix = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "-"]
    prefix.append(str(folder))
    if not shutil.which("unshare") or subprocess.run([*prefix, "true"], check=False).returncode:
        pytest.skip("no small disk: this system does not let users mount a tmpfs")
    return prefix


def save_tiny_model(architecture: str, folder: Path) -> None:
    """A random model with its tokenizer, as `save_pretrained` writes them."""
    import torch
    import transformers

    tokenizer = _byte_tokenizer() if architecture == "qwen2" else _word_tokenizer(architecture)
    sizes = {
        "vocab_size": len(tokenizer),
        "hidden_size": DIMENSION,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 24,
        "max_position_embeddings": POSITIONS,
        "pad_token_id": tokenizer.pad_token_id,
    }
    special = {"bos_token_id": 2, "eos_token_id": 3, "cls_token_id": 2, "sep_token_id": 3}
    classes = {
        "bert": ("Bert", {}),
        "roberta": ("Roberta", {"pad_token_id": 1, "max_position_embeddings": POSITIONS + 2}),
        "modernbert": ("ModernBert", special),
        "mistral": ("Mistral", {"num_key_value_heads": 1}),
        "qwen2": ("Qwen2", {"num_key_value_heads": 1}),
    }
    name, more = classes[architecture]
    config = getattr(transformers, f"{name}Config")(**(sizes | more))
    with torch.random.fork_rng():
        torch.manual_seed(20)
        model = getattr(transformers, f"{name}Model")(config)
        for parameter in model.parameters():  # unlike the default, texts then differ clearly
            if parameter.ndim == 2:
                torch.nn.init.normal_(parameter, std=0.4)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _word_tokenizer(architecture: str) -> Any:
    """WordPiece over a few words and all letters; EOS alone for decoders, and no padding token."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    decoder = architecture == "mistral"
    special = ["[UNK]", "</s>"] if decoder else ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    letters = [*string.ascii_lowercase, *(f"##{letter}" for letter in string.ascii_lowercase)]
    entries = dict.fromkeys([*special, *WORDS, *letters])
    vocabulary = {entry: number for number, entry in enumerate(entries)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    frame = "$A </s>" if decoder else "[CLS] $A [SEP]"
    tokenizer.post_processor = processors.TemplateProcessing(
        single=frame,
        special_tokens=[(token, vocabulary[token]) for token in special if token in frame],
    )
    names = (
        {"eos_token": "</s>", "padding_side": "left"}
        if decoder
        else {"pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    )
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]", **names)


def _byte_tokenizer() -> Any:
    """Byte-level BPE, as Qwen's is: every byte is a token, a few pairs are merged."""
    from tokenizers import pre_tokenizers
    from transformers import Qwen2Tokenizer

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = [("t", "h"), ("th", "e"), ("c", "a"), ("ca", "t"), ("Ġ", "the")]
    entries = ["<|endoftext|>", *letters, *("".join(pair) for pair in merges)]
    vocabulary = {entry: number for number, entry in enumerate(entries)}
    return Qwen2Tokenizer(vocab=vocabulary, merges=merges, padding_side="left")
