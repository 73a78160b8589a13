"""Texts and labels of others, shown on a terminal."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_al.textsafe import visible

# Escape and other controls, format and bidirectional characters, surrogates, line separators.
ACTING = {"Cc", "Cf", "Cs", "Zl", "Zp"}
LAYOUT_AND_JOINERS = {"\n", "\t", "\u200c", "\u200d", "\u00ad"}
HOSTILE = st.text(st.characters(categories=sorted(ACTING)) | st.characters())


@given(HOSTILE)
def test_no_character_that_acts_is_left(text: str) -> None:
    for character in visible(text):
        acts = unicodedata.category(character) in ACTING
        assert not acts or character in LAYOUT_AND_JOINERS


@given(HOSTILE)
def test_one_line_is_one_line(text: str) -> None:
    line = visible(text, one_line=True)

    assert len(line.splitlines()) <= 1
    assert "\t" not in line


@given(HOSTILE)
def test_what_is_visible_stays_as_it_is(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@given(st.text(st.characters(exclude_categories=(*ACTING, "Cn", "Co"), include_characters="\n\t")))
def test_plain_text_is_unchanged(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x1b]0;title\x07", "␛[2J␛]0;title␇"),
        ("overwritten\rby this", "overwritten␍by this"),
        ("\x9b31m", "<U+009B>31m"),
        ("admin\u202egnp.exe", "admin<U+202E>gnp.exe"),
        ("\u2066isolated\u2069", "<U+2066>isolated<U+2069>"),
        ("\ufeffmark", "<U+FEFF>mark"),
        ("half \ud800", "half <U+D800>"),
        ("[bold red]markup[/]", "[bold red]markup[/]"),
        ("\x00\x7f", "␀␡"),
        ("👩‍🔬 می‌خواهم", "👩‍🔬 می‌خواهم"),
    ],
)
def test_stand_ins(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_line_breaks_become_single_spaces_in_one_line() -> None:
    assert visible(" a\n\n b\t\u2028c ", one_line=True) == "a b c"
