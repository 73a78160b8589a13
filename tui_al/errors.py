"""What can go wrong, as types. Every message is one line that says what to do."""

from collections.abc import Iterable
from difflib import get_close_matches


def first_line(error: BaseException) -> str:
    """The first line of an error's message, or its type where it says nothing."""
    message = str(error).strip()
    return message.splitlines()[0] if message else type(error).__name__


class TuiAlError(Exception):
    """Work failed for a reason outside the user's words: the command exits with 1."""

    exit_code = 1


class BadInput(TuiAlError):
    """An option, a name or a file is wrong: the command exits with 2, nothing written."""

    exit_code = 2


class UnknownName(BadInput):
    """A name that no catalog, cache or registry knows, with the closest names that they do."""

    def __init__(self, kind: str, name: str, known: Iterable[str], hint: str = "") -> None:
        known = sorted(known)
        folded = {candidate.casefold(): candidate for candidate in known}
        close = get_close_matches(name.casefold(), folded, n=3, cutoff=0.5)
        if close:
            advice = "did you mean " + " or ".join(folded[match] for match in close) + "?"
        else:
            advice = "known: " + ", ".join(known)
        super().__init__(f"unknown {kind} '{name}': {advice}{hint}")


class DamagedFile(BadInput):
    """A file of the cache is truncated or altered; the message names it and its repair."""


class PoolExhausted(BadInput):
    """A strategy was asked for more texts than are left unlabeled."""


class HubUnavailable(TuiAlError):
    """The Hub could not be reached, or does not have what was asked for."""


class Cancelled(TuiAlError):
    """The user stopped the work; nothing half-written is left."""

    exit_code = 130
