"""Settings in a model's name: `owner/model+pooling=cls+prompt=query` is a model of its own.

A name is how every command, stored result and report refers to a model, so whatever changes
a model's numbers is said there: two settings never answer to one name.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, get_args

from tui_al.catalog.specs import Arithmetic, ModelSpec, Pooling
from tui_al.errors import BadInput

_MARK = "+"


def split_settings(name: str) -> tuple[str, dict[str, str]]:
    """A model's plain name, and the settings that follow it."""
    parts = re.split(rf"\+(?=(?:{'|'.join(_SETTINGS)})=)", name)
    settings: dict[str, str] = {}
    for part in parts[1:]:
        key, _, value = part.partition("=")
        if key in settings:
            raise BadInput(f"model {name}: {key} is set twice")
        settings[key] = value
    return parts[0], settings


def apply_settings(spec: ModelSpec, settings: Mapping[str, str]) -> ModelSpec:
    """The model with its settings, named after those that differ from what it is without.

    Raises `BadInput` for a value that a setting cannot have.
    """
    parsed: dict[str, tuple[str, Any]] = {}
    for key in filter(settings.__contains__, _SETTINGS):
        try:
            parsed[key] = _SETTINGS[key](settings[key])
        except ValueError as error:
            raise BadInput(
                f"model {spec.name}: {key}={settings[key]} is not possible: {error}"
            ) from error
    changed = replace(spec, **dict(parsed.values()))
    _require_possible(changed)
    kept = "".join(
        f"{_MARK}{key}={_write(value)}"
        for key, (field, value) in parsed.items()
        if value != getattr(spec, field)
    )
    return replace(changed, name=spec.name + kept, settings=kept)


def _write(value: Any) -> str:
    """One spelling of a value, so that a setting has one name."""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _require_possible(spec: ModelSpec) -> None:
    settable = spec.pooling != "mean" or spec.max_length or spec.arithmetic or spec.prompt
    if spec.kind != "transformer" and settable:
        raise BadInput(
            f"model {spec.name} is a table of word vectors: it has neither pooling, tokens, "
            "arithmetic nor prompt to set"
        )
    if spec.repo is None and spec.revision != "main":
        raise BadInput(f"model {spec.name} is not on the Hub: it has no revision to choose")


def _one_of(field: str, values: tuple[Any, ...]) -> Callable[[str], tuple[str, Any]]:
    def parse(value: str) -> tuple[str, Any]:
        if value not in values:
            raise ValueError(f"write {', '.join(filter(None, values))}")
        return field, value

    return parse


def _parse_tokens(value: str) -> tuple[str, Any]:
    if not value.isascii() or not value.isdecimal():
        raise ValueError("write a number of tokens, 0 for all")
    return "max_length", int(value)


def _parse_normalize(value: str) -> tuple[str, Any]:
    if value not in ("yes", "no"):
        raise ValueError("write yes or no")
    return "normalize", value == "yes"


def _parse_text(field: str) -> Callable[[str], tuple[str, Any]]:
    def parse(value: str) -> tuple[str, Any]:
        if not value:
            raise ValueError("write something behind the sign")
        return field, value

    return parse


_SETTINGS: Mapping[str, Callable[[str], tuple[str, Any]]] = {
    "revision": _parse_text("revision"),
    "pooling": _one_of("pooling", get_args(Pooling)),
    "tokens": _parse_tokens,
    "prompt": _parse_text("prompt"),
    "normalize": _parse_normalize,
    "arithmetic": _one_of("arithmetic", get_args(Arithmetic)),
    "disk": _one_of("dtype", ("float32", "float16")),
}
