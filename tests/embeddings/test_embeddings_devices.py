"""Where a transformer computes, with how many cores, and what happens where memory ends."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from embedding_samples import ODD_TEXTS, load_tiny, make_corpus, vectors_of

from tui_al.catalog import find_model
from tui_al.cores import count_cores
from tui_al.embeddings.encoders import EncoderOptions, load_encoder
from tui_al.embeddings.encoders import transformer as transformer_module
from tui_al.embeddings.encoders.devices import choose_devices, choose_type
from tui_al.embeddings.encoders.packed import can_pack, pack_linear_layers
from tui_al.embeddings.encoders.transformer import TransformerEncoder
from tui_al.embeddings.job import embed_corpus
from tui_al.errors import BadInput, TuiAlError
from tui_al.progress import ignore_progress

needs_packing = pytest.mark.skipif(not can_pack(), reason="this torch has no packed products")


@pytest.fixture
def see_gpus(monkeypatch: pytest.MonkeyPatch):
    """Let torch see a number of GPUs."""

    def see(number: int) -> None:
        monkeypatch.setattr(torch.cuda, "is_available", lambda: number > 0)
        monkeypatch.setattr(torch.cuda, "device_count", lambda: number)

    return see


@pytest.mark.parametrize(
    ("option", "gpus", "devices"),
    [
        ("auto", 0, ["cpu"]),
        ("auto", 1, ["cuda:0"]),
        ("auto", 2, ["cuda:0", "cuda:1"]),
        ("cpu", 0, ["cpu"]),
        ("cpu", 2, ["cpu"]),
        ("cuda", 3, ["cuda:0", "cuda:1", "cuda:2"]),
        ("cuda:1", 2, ["cuda:1"]),
        ("cuda:2,0", 3, ["cuda:0", "cuda:2"]),
        ("cuda:1,1,01", 2, ["cuda:1"]),
    ],
)
def test_devices_of_an_option(see_gpus, option, gpus, devices):
    see_gpus(gpus)
    assert choose_devices(option) == devices


@pytest.mark.parametrize(
    ("option", "gpus", "says"),
    [
        ("cuda", 0, "--device cpu"),
        ("cuda:0", 0, "--device cpu"),
        ("cuda:2", 2, "2 GPU"),
        ("cuda:0,7", 2, "2 GPU"),
    ],
)
def test_gpus_that_are_not_there_are_refused(see_gpus, option, gpus, says):
    see_gpus(gpus)
    with pytest.raises(BadInput, match=says):
        choose_devices(option)


NONSENSE = [
    "",
    "gpu",
    "CUDA",
    "cuda:",
    "cuda:a",
    "cuda:-1",
    "cuda:0,",
    "cuda:0 ,1",
    "cuda\n",
    "mps",
]


@pytest.mark.parametrize("option", NONSENSE)
def test_what_is_no_device_is_refused(see_gpus, option):
    see_gpus(2)
    with pytest.raises(BadInput, match="auto, cpu, cuda"):
        choose_devices(option)


def test_a_table_of_word_vectors_needs_no_gpu():
    with pytest.raises(BadInput, match="--device cpu"):
        load_encoder(find_model("glove-50"), EncoderOptions("cuda"), ignore_progress)


@pytest.mark.parametrize(
    ("setting", "cpu", "gpu"),
    [
        ("", torch.float32, "auto"),
        ("+arithmetic=float32", torch.float32, torch.float32),
        ("+arithmetic=float16", torch.float16, torch.float16),
        ("+arithmetic=bfloat16", torch.bfloat16, torch.bfloat16),
    ],
)
def test_single_precision_on_a_cpu_unless_something_else_is_set(setting, cpu, gpu):
    spec = find_model(f"owner/model{setting}")
    assert choose_type(spec, "cpu") == cpu
    assert choose_type(spec, "cuda:0") == gpu


def test_half_precision_is_near_single_precision_and_told(tiny_bert, cache):
    corpus = make_corpus(40, 8)
    entries = [
        embed_corpus(corpus, find_model(f"{tiny_bert}{setting}"), cache)
        for setting in ("", "+arithmetic=bfloat16")
    ]
    single, half = (entry.open()[0] for entry in entries)
    assert 0 < np.abs(single - half).max() < 0.1
    assert [entry.meta["engine"]["arithmetic"] for entry in entries] == ["float32", "bfloat16"]


# Cores


def test_at_least_one_core_is_there():
    assert count_cores() >= 1


def test_vectors_do_not_depend_on_the_number_of_cores(tiny_model, monkeypatch):
    encoder = load_tiny(tiny_model)
    texts = [f"{text} {'the cat ' * (i % 9)}" for i, text in enumerate(ODD_TEXTS * 12)]
    found = []
    for cores in (1, 2, 5):
        monkeypatch.setattr(transformer_module, "count_cores", lambda cores=cores: cores)
        found.append(vectors_of(encoder, texts))
    for other in found[1:]:
        np.testing.assert_array_equal(found[0], other)


def test_a_vector_depends_on_its_window_alone(tiny_model):
    """So that windows can be encoded in several sittings."""
    encoder = load_tiny(tiny_model)
    windows = [make_corpus(n, 1, word=word).train.texts for n, word in ((40, "cat"), (25, "dog"))]
    alone = [vectors_of(encoder, texts) for texts in windows]
    together = [np.empty_like(rows) for rows in alone]
    for batch in encoder.batches([*windows, *windows[:1]]):
        together[batch.window % 2][batch.rows] = batch.vectors
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


# Packed layers


@needs_packing
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("shape", [(1, 1), (16, 24), (24, 16), (384, 96), (7, 131)])
def test_packed_layers_equal_plain_ones(shape, bias):
    generator = torch.Generator().manual_seed(0)
    plain = torch.nn.Sequential(torch.nn.Linear(*shape, bias=bias)).eval()
    packed = torch.nn.Sequential(torch.nn.Linear(*shape, bias=bias)).eval()
    packed.load_state_dict(plain.state_dict())
    pack_linear_layers(packed)
    assert type(packed[0]) is not torch.nn.Linear
    assert (packed[0].in_features, packed[0].out_features) == shape
    assert packed[0].weight.dtype is torch.float32
    for batch in ((1,), (5,), (3, 17)):
        rows = torch.randn(*batch, shape[0], generator=generator)
        with torch.inference_mode():
            torch.testing.assert_close(packed(rows), plain(rows), atol=1e-5, rtol=1e-5)


@needs_packing
def test_packed_layers_in_half_precision_stay_near():
    plain = torch.nn.Sequential(torch.nn.Linear(24, 16, dtype=torch.bfloat16))
    packed = torch.nn.Sequential(torch.nn.Linear(24, 16, dtype=torch.bfloat16))
    packed.load_state_dict(plain.state_dict())
    pack_linear_layers(packed)
    assert packed[0].weight.dtype is torch.bfloat16
    rows = torch.randn(5, 24, generator=torch.Generator().manual_seed(0)).bfloat16()
    with torch.inference_mode():
        torch.testing.assert_close(packed(rows), plain(rows), atol=0.02, rtol=0.02)


@needs_packing
def test_layers_of_other_types_stay_as_they_are():
    class OwnLinear(torch.nn.Linear):
        """A layer that does something else."""

    model = torch.nn.ModuleDict(
        {
            "narrow": torch.nn.Linear(4, 4, dtype=torch.float16),
            "wide": torch.nn.Linear(4, 4, dtype=torch.float64),
            "own": OwnLinear(4, 4),
            "inner": torch.nn.Sequential(torch.nn.Linear(4, 4)),
        }
    )
    before = dict(model.items())
    inner = model["inner"][0]
    pack_linear_layers(model)
    assert dict(model.items()) == before
    assert model["inner"][0] is not inner


# Memory


class SmallMemory:
    """A model on a device that has room for so many tokens at once."""

    def __init__(self, model: object, room: int) -> None:
        self.model, self.room, self.calls = model, room, 0

    def __call__(self, **batch: torch.Tensor) -> object:
        self.calls += 1
        if batch["input_ids"].numel() > self.room:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate much.\nAdvice")
        return self.model(**batch)


def with_room(encoder: TransformerEncoder, room: int) -> tuple[TransformerEncoder, SmallMemory]:
    (replica,) = encoder.replicas
    model = SmallMemory(replica.model, room)
    return replace(encoder, replicas=(replace(replica, model=model),)), model


@pytest.mark.parametrize("room", [64, 100, 500])
def test_batches_that_do_not_fit_are_halved(tiny_model, room):
    encoder = load_tiny(tiny_model)
    small, model = with_room(encoder, room)
    texts = [f"{'the cat ' * (i % 9)}{i}" for i in range(70)]
    expected = vectors_of(encoder, texts)
    np.testing.assert_allclose(vectors_of(small, texts), expected, atol=1e-5)
    assert model.calls > len(list(encoder.batches([texts])))


def test_a_text_that_does_not_fit_by_itself_is_told_in_one_line(tiny_bert):
    small, _ = with_room(load_tiny(tiny_bert), 20)
    assert vectors_of(small, ["the cat", "a dog runs"]).any()
    with pytest.raises(TuiAlError, match=r"a text of 32 tokens.*\+tokens=") as caught:
        vectors_of(small, ["the cat " * 15, "a dog runs"])
    assert "\n" not in str(caught.value)
