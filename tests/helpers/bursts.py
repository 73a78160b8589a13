"""Keys faster than any answer, as a paste or a script sends them."""

from textual import events
from textual.app import App

_NAMES = {"/": "slash", "\r": "enter", " ": "space"}


def burst(app: App[None], keys: str) -> None:
    """Send keys all at once, before the first of them is answered."""
    for key in keys:
        name = _NAMES.get(key, key)
        app.post_message(events.Key(name, key if key.isprintable() else None))
