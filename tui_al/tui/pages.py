"""The app's screens by name: what there is, loaded when first shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from tui_al.tui.keys import Key
from tui_al.tui.keys.common import APP_KEYS, COPY_KEYS, ROW_KEYS

if TYPE_CHECKING:
    from tui_al.tui.screens.base import AppScreen
    from tui_al.tui.services import Services


@dataclass(frozen=True, slots=True)
class Page:
    """A screen of the app: `target` is its class, `keys` the table of its keys, `about` half
    a sentence on what it shows."""

    name: str
    title: str
    about: str
    key: str
    function_key: str
    target: str
    keys: str

    def load(self, services: "Services") -> "AppScreen":
        """Import the screen and make it."""
        screen: AppScreen = _find(self.target)(services)
        return screen

    def load_keys(self) -> Sequence[Key]:
        """The screen's own keys."""
        keys: Sequence[Key] = _find(self.keys)
        return keys

    @property
    def exists(self) -> bool:
        return find_spec(self.target.partition(":")[0]) is not None

    @property
    def going(self) -> Key:
        """The keys that show the screen. Digits work in every terminal, function keys also
        where digits are typed into a field."""
        return Key(
            f"go.{self.name}",
            f"{self.key},{self.function_key}",
            self.title,
            f"Go to {self.about}",
            action=f"app.show_page('{self.name}')",
            show=False,
        )


def _page(number: int, title: str, about: str) -> Page:
    name = title.lower()
    target = f"tui_al.tui.screens.{name}:{title}Screen"
    keys = f"tui_al.tui.keys.{name}:KEYS"
    return Page(name, title, about, f"{number}", f"f{number + 1}", target, keys)


_PAGES = (
    _page(1, "Live", "runs as they are computed"),
    _page(2, "Explorer", "the texts that were chosen, cycle by cycle"),
    _page(3, "Results", "the stored runs"),
    _page(4, "Analysis", "what wins where"),
    _page(5, "Embeddings", "datasets and models, and what is embedded"),
    _page(6, "Grid", "many runs at once"),
)


def pages() -> tuple[Page, ...]:
    """The screens that exist; the others are not mentioned anywhere."""
    return tuple(page for page in _PAGES if page.exists)


def known_keys() -> tuple[Key, ...]:
    """Every action that settings may give other keys."""
    there = pages()
    own = (key for page in there for key in page.load_keys())
    return (*APP_KEYS, *COPY_KEYS, *(page.going for page in there), *ROW_KEYS, *own)


def _find(target: str) -> Any:
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)
