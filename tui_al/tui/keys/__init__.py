"""What keys do: tables of actions, one module a screen, that settings may give other keys.

Importable without Textual, so that `tui-al config` can list and check them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.binding import BindingType

EVERYWHERE = frozenset({"app", "go", "rows"})
"""First words of names whose keys work on every screen."""


@dataclass(frozen=True, slots=True)
class Key:
    """An action and the keys that start it.

    `name` ("live.run") is what settings call it: the word before the dot says where it works.
    `keys` are Textual's names, separated by commas. `title` is for the footer (where `show`),
    the help and, with `help`, a sentence, for the command palette. `action` is Textual's, by
    default the word after the dot. With `priority`, it is done before the next key is looked at:
    keys that follow, however fast, meet the focus where it then is.
    """

    name: str
    keys: str
    title: str
    help: str = ""
    action: str = ""
    show: bool = True
    priority: bool = False

    @property
    def place(self) -> str:
        return self.name.partition(".")[0]

    @property
    def does(self) -> str:
        """The action as Textual spells it."""
        return self.action or self.name.partition(".")[2]


def split_keys(keys: str) -> list[str]:
    """The keys of a list such as "r, f5"; a lone comma is that key."""
    if keys.strip() == ",":
        return ["comma"]
    return [key.strip() for key in keys.split(",") if key.strip()]


def effective(keys: Iterable[Key], chosen: Mapping[str, str]) -> dict[str, str]:
    """The keys of each action by its name, those that settings chose before the defaults."""
    return {key.name: chosen.get(key.name, key.keys) for key in keys}


def fill_in(text: str, written: Mapping[str, str]) -> str:
    """Replace `{live.run}` by how the first key of that action is written; other braces stay."""
    return re.sub(r"\{([A-Za-z_.]+)\}", lambda match: written.get(match[1], match[0]), text)


def written_keys(app: object) -> Mapping[str, str]:
    """The first key of every action as this app writes it; nothing where widgets are tested in
    an app of their own."""
    written: Mapping[str, str] = getattr(app, "show_keys", dict)()
    return written


def bind(keys: Iterable[Key]) -> "list[BindingType]":
    """These keys as Textual's bindings, whose ids are the names in the settings."""
    from textual.binding import Binding

    return [
        Binding(
            key.keys,
            key.does,
            key.title,
            show=key.show,
            tooltip=key.help,
            priority=key.priority,
            id=key.name,
        )
        for key in keys
    ]
