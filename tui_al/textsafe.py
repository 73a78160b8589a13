"""Texts and labels come from anywhere: make every character visible, none effective."""

import unicodedata

_SUBSTITUTES = {codepoint: chr(0x2400 + codepoint) for codepoint in range(0x20)} | {0x7F: "\u2421"}
# Line breaks and tabs are layout; the two joiners and the soft hyphen belong to words.
_KEPT = {"\n", "\t", "\u200c", "\u200d", "\u00ad"}


def visible(text: str, *, one_line: bool = False) -> str:
    """Replace control and direction-changing characters by visible stand-ins.

    Escape sequences, carriage returns and bidirectional overrides would otherwise act
    on the reader's terminal. Line breaks and tabs stay, or become single spaces with
    `one_line`. Markup is not this function's business: hand the result to a widget
    or console as plain text, never as a markup string.
    """
    if one_line:
        text = " ".join(text.split())
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_visible_character, text))


def _visible_character(character: str) -> str:
    if character in _KEPT:
        return character
    codepoint = ord(character)
    if codepoint in _SUBSTITUTES:
        return _SUBSTITUTES[codepoint]
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return f"<U+{codepoint:04X}>"
    return character
