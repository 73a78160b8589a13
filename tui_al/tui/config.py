"""The settings file: what a person wants of the app, and which keys do what.

A TOML file in the platform's configuration folder; TUI_AL_CONFIG names another.

    [app]
    theme = "tui-al-light"

    [keys]
    live.run = "r, f9"
"""

import json
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from tui_al.errors import BadInput, UnknownName, first_line
from tui_al.textsafe import visible
from tui_al.tui.choices import DEMO
from tui_al.tui.keys import EVERYWHERE, Key, effective, split_keys

CONFIG_VARIABLE = "TUI_AL_CONFIG"
CONFIG_ADVICE = f"unlock it, or choose another file with {CONFIG_VARIABLE}"


@dataclass(frozen=True, slots=True)
class Preferences:
    """The section [app]; None leaves it to what was chosen last."""

    theme: str | None = None
    dataset: str | None = None
    model: str | None = None
    ips: str | None = None
    strategy: str | None = None


DARK, LIGHT = "tui-al-dark", "tui-al-light"

# What the app opens with at first, and what an entry is about.
_DEFAULTS = {
    "theme": (DARK, f"or {LIGHT}, or another that the command Theme lists"),
    "dataset": (DEMO.dataset, "what is chosen when the app opens; else what was chosen last"),
    "model": (DEMO.model, ""),
    "ips": (DEMO.ips, "the initial pool selection"),
    "strategy": (DEMO.strategy, "the query strategy"),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the file says: preferences, and keys by the name of their action."""

    app: Preferences = Preferences()
    keys: Mapping[str, str] = field(default_factory=dict)


def find_config() -> Path:
    """The file of TUI_AL_CONFIG, else the platform's; it need not exist."""
    chosen = os.environ.get(CONFIG_VARIABLE)
    if chosen:
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_config_path

    return user_config_path("tui-al") / "config.toml"


def read_settings(path: Path, known: Sequence[Key]) -> Settings:
    """Read and check the file; without one, everything is left open.

    Raises `BadInput`, one line that names file and entry, for a file that cannot be read, is
    no TOML, or has entries, actions, keys or values that mean nothing or contradict.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadInput(f"cannot read {path} ({reason}): {CONFIG_ADVICE}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} is not valid TOML: {visible(first_line(error))}") from error
    try:
        return _check(content, known)
    except BadInput as error:
        raise BadInput(f"{path}: {error}") from error


def _check(content: Mapping[str, Any], known: Sequence[Key]) -> Settings:
    for section in content:
        if section not in ("app", "keys"):
            raise UnknownName("section", section, ("app", "keys"))
    names = [field.name for field in fields(Preferences)]
    app = _strings("app", content.get("app", {}))
    for name in app:
        if name not in names:
            raise UnknownName("entry of [app]", name, names)
    keys = _strings("keys", _flat(content.get("keys", {})))
    check_keys(keys, known)
    return Settings(Preferences(**app), keys)


def _strings(section: str, entries: object) -> dict[str, str]:
    if not isinstance(entries, Mapping):
        raise BadInput(f"{section} is one value: write a section [{section}]")
    for name, value in entries.items():
        if not isinstance(value, str) or not value.strip():
            raise BadInput(f'[{section}] {name} must be text in quotes: {name} = "..."')
    return dict(entries)


def _flat(keys: object) -> object:
    """TOML reads `live.run = "r"` as a table in a table; in quotes, as one name."""
    if not isinstance(keys, Mapping):
        return keys
    flat: dict[str, Any] = {}
    for name, value in keys.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}.{inner}": deeper for inner, deeper in value.items()}
        else:
            flat[name] = value
    return flat


def check_keys(chosen: Mapping[str, str], known: Sequence[Key]) -> None:
    """Raise `BadInput` for an unknown action, an unknown key, or a key of two actions."""
    names = {key.name for key in known}
    for name, keys in chosen.items():
        if name not in names:
            raise UnknownName("action", name, names, " ('tui-al config show' lists them)")
        for key in split_keys(keys) or [keys]:
            if not _is_key(key):
                raise BadInput(
                    f"[keys] {name}: there is no key '{key}': write a character, or names such "
                    "as f5, ctrl+s, enter, pagedown"
                )
    owners: dict[str, list[str]] = {}
    for name, keys in effective(known, chosen).items():
        for key in {normal_key(key) for key in split_keys(keys)}:
            owners.setdefault(key, []).append(name)
    for key, sharing in owners.items():
        clash = _clash(sharing)
        if clash and not chosen.keys().isdisjoint(clash):
            one, other = clash
            raise BadInput(f"[keys] {one} and {other} both have the key '{key}': change one")


def _clash(names: Sequence[str]) -> tuple[str, str] | None:
    """Two of these actions that can be meant by one key: of one screen, or of every screen."""
    for number, one in enumerate(names):
        for other in names[:number]:
            places = {one.partition(".")[0], other.partition(".")[0]}
            if len(places) == 1 or places & EVERYWHERE:
                return other, one
    return None


def normal_key(key: str) -> str:
    """Textual's name of a key: "?" is question_mark."""
    from textual.keys import _character_to_key

    return _character_to_key(key) if len(key) == 1 else key


def _is_key(key: str) -> bool:
    from textual.keys import KEY_TO_UNICODE_NAME, Keys, key_to_character

    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    if not all(modifier in ("ctrl", "alt", "shift", "super", "meta") for modifier in modifiers):
        return False
    if len(last) == 1:  # a terminal sends R for shift and r, and ctrl+r for ctrl and R
        return not modifiers or (last == last.lower() and "shift" not in modifiers)
    named = {name.value for name in Keys} | KEY_TO_UNICODE_NAME.keys()
    return last in named or key_to_character(last) is not None


def write_out(settings: Settings, known: Sequence[Key], *, template: bool = False) -> str:
    """Settings as TOML with comments: what holds, the defaults as comments.

    With `template`, everything is a comment: a file to start from.
    """
    lines = ["# Settings of tui-al: 'tui-al config edit' opens this file.", "", "[app]"]
    for entry in fields(Preferences):
        value = getattr(settings.app, entry.name)
        default, about = _DEFAULTS[entry.name]
        text = f"{entry.name} = {_quoted(value or default)}" + (f"  # {about}" if about else "")
        lines.append(text if value and not template else f"# {text}")
    lines += ["", '[keys]  # action = "key, key"']
    place = ""
    for key in {key.name: key for key in known}.values():
        if key.place != place:
            place = key.place
            lines.append("")
        keys = settings.keys.get(key.name, key.keys)
        note = "" if key.name not in settings.keys else f" (default: {key.keys})"
        text = f"{key.name} = {_quoted(keys)}  # {key.help or key.title}{note}"
        lines.append(f"# {text}" if template else text)
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
