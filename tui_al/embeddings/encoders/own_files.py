"""What a model's own sentence-transformers files say: pooling, head, length, prompts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui_al.embeddings.pooling import POOLERS

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

MODULES = "modules.json"
_WEIGHTS, _PICKLED = "model.safetensors", "pytorch_model.bin"
_LEGACY_MODES = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}
_OUR_NAMES = {"lasttoken": "eos"}
_WEIGHTED = ("Dense", "LayerNorm")


@dataclass(frozen=True, slots=True)
class HeadStep:
    """A step after pooling: `Dense`, `LayerNorm`, `Normalize` or `Dropout`, and its settings."""

    kind: str
    path: str
    config: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """How the authors use their model; several poolings are concatenated.

    `max_tokens` is None where they do not say, `transformer` is the subfolder of the weights.
    """

    transformer: str = ""
    pooling: tuple[str, ...] = ("mean",)
    include_prompt: bool = True
    head: tuple[HeadStep, ...] = ()
    max_tokens: int | None = None
    lower_case: bool = False
    prompts: Mapping[str, str] = field(default_factory=dict)
    default_prompt: str = ""

    def weight_files(self, *, pickled: bool) -> list[str]:
        """Patterns of the files with weights, relative to the model's folder."""
        prefix = f"{self.transformer}/" if self.transformer else ""
        patterns = [f"{prefix}model*.safetensors"]
        patterns += [f"{step.path}/{_WEIGHTS}" for step in self.head if step.kind in _WEIGHTED]
        if pickled:
            patterns += [f"{prefix}pytorch_model*.bin"]
            patterns += [f"{step.path}/{_PICKLED}" for step in self.head if step.kind in _WEIGHTED]
        return patterns


def read_prompts(folder: Path) -> tuple[dict[str, str], str]:
    """The model's prompts by name, and the one that goes before every text by default."""
    config = _read(folder / "config_sentence_transformers.json")
    prompts = {str(name): str(text) for name, text in (config.get("prompts") or {}).items()}
    return prompts, prompts.get(config.get("default_prompt_name") or "", "")


def transformer_folder(folder: Path) -> str:
    """The subfolder with the transformer's own files, mostly none."""
    if not (folder / MODULES).is_file():
        return ""
    return next(
        (
            str(module.get("path", ""))
            for module in _read_list(folder / MODULES)
            if str(module.get("type")).endswith(".Transformer")
        ),
        "",
    )


def read_own_files(folder: Path) -> OwnFiles | None:
    """What the files of a model's folder say, or None where there are none.

    Raises `ValueError` for a step that is not known here.
    """
    if not (folder / MODULES).is_file():
        return None
    modules = _read_list(folder / MODULES)
    kinds = [_kind(str(module["type"])) for module in modules]
    if kinds[:2] != ["Transformer", "Pooling"]:
        raise ValueError(f"{MODULES} begins with {' and '.join(kinds[:2]) or 'nothing'}, "
                         "where a Transformer and a Pooling are known")  # fmt: skip
    paths = [str(module.get("path", "")) for module in modules]
    settings = _read(folder / paths[0] / "sentence_bert_config.json")
    pooling = _read(folder / paths[1] / "config.json")
    steps = zip(kinds[2:], paths[2:], strict=True)
    prompts, default_prompt = read_prompts(folder)
    modes, include_prompt = _pooling_modes(pooling), bool(pooling.get("include_prompt", True))
    if "weightedmean" in modes and not include_prompt:
        raise ValueError("a mean weighted by position that leaves out the prompt is not known here")
    return OwnFiles(
        transformer=paths[0],
        pooling=modes,
        include_prompt=include_prompt,
        head=tuple(_head_step(folder, kind, path) for kind, path in steps),
        max_tokens=settings.get("max_seq_length"),
        lower_case=bool(settings.get("do_lower_case", False)),
        prompts=prompts,
        default_prompt=default_prompt,
    )


def load_head(folder: Path, own: OwnFiles, *, allow_pickle: bool) -> "list[Module]":
    """The steps after pooling as torch modules with their weights."""
    return [_load_step(folder, step, allow_pickle) for step in own.head]


def _kind(name: str) -> str:
    """The class of a module of sentence-transformers; others are code of the model's own."""
    package, _, kind = name.rpartition(".")
    if package.partition(".")[0] != "sentence_transformers":
        raise ValueError(f"its module '{name}' is code of its own (+pooling=mean goes without)")
    return kind


def _pooling_modes(config: Mapping[str, Any]) -> tuple[str, ...]:
    said = config.get("pooling_mode")
    if said is None:
        said = [mode for key, mode in _LEGACY_MODES.items() if config.get(key)] or ["mean"]
    modes = [said] if isinstance(said, str) else list(said)
    ours = tuple(_OUR_NAMES.get(mode, mode) for mode in modes)
    for mode in ours:
        if mode not in POOLERS:
            raise ValueError(f"its pooling '{mode}' is not known here")
    return ours


def _head_step(folder: Path, kind: str, path: str) -> HeadStep:
    if kind not in (*_WEIGHTED, "Normalize", "Dropout"):
        raise ValueError(f"its step '{kind}' after pooling is not known here")
    config = _read(folder / path / "config.json")
    elsewhere = config.get("module_input_name", "sentence_embedding") != "sentence_embedding"
    if elsewhere or config.get("use_residual"):
        raise ValueError(f"its step '{kind}' after pooling works in a way not known here")
    return HeadStep(kind, path, config)


def _load_step(folder: Path, step: HeadStep, allow_pickle: bool) -> "Module":
    from torch import nn

    config = step.config
    match step.kind:
        case "Dense":
            linear = nn.Linear(
                config["in_features"], config["out_features"], bias=config.get("bias", True)
            )
            _fill(linear, folder / step.path, "linear.", allow_pickle)
            name = config.get("activation_function", "torch.nn.modules.activation.Tanh")
            return nn.Sequential(linear, _activation(name))
        case "LayerNorm":
            norm = nn.LayerNorm(config["dimension"])
            _fill(norm, folder / step.path, "norm.", allow_pickle)
            return norm
        case "Normalize":
            return _unit_rows()
        case _:  # dropout does nothing outside training
            return nn.Identity()


def _activation(name: str) -> "Module":
    """An activation of torch.nn by its full name; no other code is ever imported."""
    from torch import nn

    kind = getattr(nn, name.rpartition(".")[2], None)
    known = isinstance(kind, type) and issubclass(kind, nn.Module)
    if not name.startswith("torch.nn.") or kind is None or not known:
        raise ValueError(f"its activation '{name}' is not known here")
    activation: Module = kind()
    return activation


def _unit_rows() -> "Module":
    from torch import nn

    class UnitRows(nn.Module):
        def forward(self, rows: "Tensor") -> "Tensor":
            return nn.functional.normalize(rows, dim=-1)

    return UnitRows()


def _fill(module: "Module", folder: Path, prefix: str, allow_pickle: bool) -> None:
    if (folder / _WEIGHTS).is_file():
        from safetensors.torch import load_file

        tensors = load_file(folder / _WEIGHTS)
    elif not allow_pickle:
        raise ValueError(f"{folder.name} has no {_WEIGHTS} (--allow-pickle reads {_PICKLED})")
    else:
        import torch

        tensors = torch.load(folder / _PICKLED, map_location="cpu", weights_only=True)
    module.load_state_dict({name.removeprefix(prefix): value for name, value in tensors.items()})


def _read(path: Path) -> dict[str, Any]:
    """A JSON object, empty where there is no file."""
    if not path.is_file():
        return {}
    content = json.loads(path.read_text("utf-8"))
    if not isinstance(content, dict):
        raise ValueError(f"{path.name} is not a JSON object")
    return content


def _read_list(path: Path) -> list[dict[str, Any]]:
    content = json.loads(path.read_text("utf-8"))
    if not isinstance(content, list) or not all(isinstance(one, dict) for one in content):
        raise ValueError(f"{path.name} is not a list of JSON objects")
    return sorted(content, key=lambda module: int(module.get("idx", 0)))
