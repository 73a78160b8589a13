"""A transformer's weights, tokenizer and own files become an encoder."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any

from tui_al.catalog import OWN_LENGTH, ModelSpec
from tui_al.catalog.specs import DEFAULT_MAX_LENGTH
from tui_al.embeddings.encoders import EncoderOptions
from tui_al.embeddings.encoders.devices import choose_devices, choose_type, has_fast_bfloat16
from tui_al.embeddings.encoders.own_files import (
    OwnFiles,
    load_head,
    read_own_files,
    read_prompts,
    transformer_folder,
)
from tui_al.embeddings.encoders.packages import package_folder
from tui_al.embeddings.encoders.packed import can_pack, pack_linear_layers
from tui_al.embeddings.encoders.transformer import Recipe, Replica, TransformerEncoder
from tui_al.embeddings.pooling import POOLERS
from tui_al.errors import BadInput, first_line
from tui_al.hub import fetch
from tui_al.progress import ProgressListener

if TYPE_CHECKING:
    from torch import Tensor

_TOKENIZER_FILES = ("tokenizer.json", "vocab.*", "*.model")
_OWN_CODE = "it needs Python code of its own: --trust-remote-code runs it, with all your rights"
_SMALL_FILES = ("*.json", "*.txt", "*.model", "*.jinja")
_DEFECTS = (AttributeError, ImportError, KeyError, OSError, RuntimeError, TypeError, ValueError)


def load_transformer(
    spec: ModelSpec, options: EncoderOptions, listener: ProgressListener
) -> TransformerEncoder:
    """Load weights and tokenizer from a package, a directory or the Hub.

    Weights are read from safetensors, and code that comes with a model is not run, unless the
    options permit it. Raises `BadInput` for files that are no model, or only a part of one.
    """
    from safetensors import SafetensorError

    devices = choose_devices(options.device)
    folder, commit = _find_files(spec, options, listener)
    try:
        own = _own_files(spec, folder)
        tokenizer, model = _load(spec, options, folder / own.transformer, devices[0])
        head = load_head(folder, own, allow_pickle=options.allow_pickle)
    except (SafetensorError, *_DEFECTS) as error:
        raise _unusable(spec, folder, _reason(error)) from error
    except UnpicklingError as error:  # torch's words are many, and advise to let it run
        raise _unusable(spec, folder, "its pickled weights hold more than tensors") from error
    return TransformerEncoder(
        dimension=_dimension(model, own),
        recipe=_recipe(spec, own, tokenizer, model),
        commit=commit,
        note=_note(spec, model.config, options, devices[0]),
        engine=_engine(spec, model, devices),
        replicas=_replicate(model, head, own.pooling, devices),
    )


def _find_files(
    spec: ModelSpec, options: EncoderOptions, listener: ProgressListener
) -> tuple[Path, str]:
    """The folder with a model's files, and the commit of those from the Hub."""
    if spec.package is not None:
        return package_folder(spec.package) / spec.package.path, ""
    if spec.directory is not None:
        return Path(spec.directory), ""
    # The small files first: a model that cannot be used is refused before gigabytes come.
    small = (*_SMALL_FILES, "*.py") if options.trust_remote_code else _SMALL_FILES
    snapshot = fetch(spec.repo or "", "model", small, listener, revision=spec.revision)
    if not options.trust_remote_code:
        _require_known_type(spec, snapshot.folder)
    try:
        own = _own_files(spec, snapshot.folder)
    except _DEFECTS as error:
        raise _unusable(spec, snapshot.folder, _reason(error)) from error
    weights = own.weight_files(pickled=options.allow_pickle)
    fetch(spec.repo or "", "model", weights, listener, revision=snapshot.commit)
    return snapshot.folder, snapshot.commit


def _own_files(spec: ModelSpec, folder: Path) -> OwnFiles:
    """How a model is to be used: as its files say where the spec leaves it to them."""
    own = read_own_files(folder) if spec.pooling == "own" else None
    if own is not None:
        return own
    prompts, _ = read_prompts(folder)
    pooling = "mean" if spec.pooling == "own" else spec.pooling
    return OwnFiles(
        transformer=transformer_folder(folder),
        pooling=(pooling,),
        max_tokens=DEFAULT_MAX_LENGTH,
        prompts=prompts,
    )


def _require_known_type(spec: ModelSpec, folder: Path) -> None:
    """Refuse a model that only its own code can run before its weights are downloaded."""
    from transformers import CONFIG_MAPPING

    try:
        path = folder / transformer_folder(folder) / "config.json"
        kind = json.loads(path.read_text("utf-8"))["model_type"]
    except (OSError, ValueError, TypeError, KeyError):
        return  # loading says what is wrong
    if kind not in CONFIG_MAPPING:
        raise _unusable(spec, folder, _OWN_CODE)


def _load(spec: ModelSpec, options: EncoderOptions, folder: Path, device: str) -> tuple[Any, Any]:
    """The tokenizer and the model, whole, in the arithmetic of the device."""
    from transformers import AutoModel, AutoTokenizer
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    trust = options.trust_remote_code
    tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=trust)
    model, loaded = AutoModel.from_pretrained(
        folder,
        use_safetensors=None if options.allow_pickle else True,
        dtype=choose_type(spec, device),
        trust_remote_code=trust,
        output_loading_info=True,
    )
    _require_whole(spec, folder, model.config, loaded["missing_keys"])
    return tokenizer, model.eval()


def _require_whole(spec: ModelSpec, folder: Path, config: Any, missing: Iterable[str]) -> None:
    """Refuse what transformers would make up: random weights, a tokenizer of unknown words."""
    lacking = sorted(name for name in missing if "pooler" not in name)  # pooling is done here
    if lacking:
        raise _unusable(spec, folder, f"its weights lack {lacking[0]} ({len(lacking)} in all)")
    if not any(next(folder.glob(pattern), None) for pattern in _TOKENIZER_FILES):
        raise _unusable(spec, folder, "it holds no tokenizer (tokenizer.json)")
    if config.is_encoder_decoder:
        raise _unusable(spec, folder, "encoder-decoder models have no single sequence to pool")


def _replicate(
    model: Any, head: Sequence[Any], modes: Sequence[str], devices: Sequence[str]
) -> tuple[Replica, ...]:
    """The model once on every device, its layers packed where that makes them faster."""
    from copy import deepcopy

    if devices == ["cpu"] and can_pack():
        pack_linear_layers(model)
    copies = [(model, head), *(deepcopy((model, head)) for _ in devices[1:])]
    return tuple(
        Replica(
            device,
            one.to(device),
            pooling_function([step.eval().to(device) for step in steps], modes),
        )
        for device, (one, steps) in zip(devices, copies, strict=True)
    )


def pooling_function(
    head: "Sequence[Callable[[Tensor], Tensor]]", modes: Sequence[str]
) -> "Callable[[Tensor, Tensor], Tensor]":
    """Poolings side by side, then the steps of the head in turn."""
    import torch

    def pool(states: "Tensor", mask: "Tensor") -> "Tensor":
        rows = torch.cat([POOLERS[mode](states, mask).float() for mode in modes], dim=-1)
        for step in head:
            rows = step(rows)
        return rows

    return pool


def _recipe(spec: ModelSpec, own: OwnFiles, tokenizer: Any, model: Any) -> Recipe:
    wanted = (own.max_tokens or 0) if spec.max_length == OWN_LENGTH else spec.max_length
    prompt = own.prompts.get(spec.prompt, spec.prompt) if spec.prompt else own.default_prompt
    return Recipe(
        tokenizer=tokenizer,
        prompt=prompt,
        max_tokens=_shortest(wanted, tokenizer.model_max_length, _count_positions(model)),
        lower_case=own.lower_case,
        end_token=tokenizer.eos_token_id if spec.append_end else None,
        pooled_from=0 if own.include_prompt else _count_prompt(tokenizer, prompt),
    )


def _count_prompt(tokenizer: Any, prompt: str) -> int:
    """Tokens of the prompt, without the special one that would end it."""
    if not prompt:
        return 0
    ids = tokenizer(prompt)["input_ids"]
    return len(ids) - (ids[-1] in tokenizer.all_special_ids)


def _dimension(model: Any, own: OwnFiles) -> int:
    """Of a finished vector: the last step that changes it decides."""
    projected = [step.config["out_features"] for step in own.head if step.kind == "Dense"]
    return int(projected[-1] if projected else model.config.hidden_size * len(own.pooling))


def _note(spec: ModelSpec, config: Any, options: EncoderOptions, device: str) -> str:
    if spec.arithmetic == "bfloat16" and device == "cpu" and not has_fast_bfloat16():
        return "this processor has no fast bfloat16: float32 would be faster, and more exact"
    own_class = "AutoModel" in (getattr(config, "auto_map", None) or {})
    if not own_class or options.trust_remote_code:
        return ""
    return (
        "the model names Python code of its own, which was not run: transformers' class of the "
        "same type may compute other numbers (--trust-remote-code runs the model's)"
    )


def _engine(spec: ModelSpec, model: Any, devices: Sequence[str]) -> Mapping[str, str]:
    """Software and arithmetic: two that differ here may differ in the last digits."""
    packed = devices == ["cpu"] and can_pack()
    return {
        **{name: version(name) for name in ("torch", "transformers", "tokenizers")},
        "device": devices[0].partition(":")[0],
        "arithmetic": spec.arithmetic or str(model.dtype).removeprefix("torch."),
        "products": "onednn" if packed else "torch",
    }


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
