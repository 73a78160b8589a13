"""Colours that stay apart for every reader, and names that keep theirs."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_al.learning.strategies import strategies
from tui_al.report.palette import MARKS, STRATEGY_MARKS, Mark, Rgb, name_marks, spare_mark

# Machado, Oliveira & Fernandes (2009), severity 1.0, for linear RGB.
VISION = {
    "all cones": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                   [0.004733, 0.691367, 0.303900]],
}  # fmt: skip
TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
                   [0.0193339, 0.1191920, 0.9503041]])  # fmt: skip
GROUNDS = {True: (18, 22, 28), False: (250, 250, 247)}


def linear(color: Rgb) -> np.ndarray:
    share = np.array(color) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def contrast(one: Rgb, other: Rgb) -> float:
    """WCAG 2: 3 is its least for graphics."""
    low, high = sorted(float(TO_XYZ[1] @ linear(color)) for color in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(light: np.ndarray) -> np.ndarray:
    xyz = TO_XYZ @ light / (0.95047, 1, 1.08883)
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_every_strategy_has_a_colour_and_a_marker_of_its_own() -> None:
    assert set(STRATEGY_MARKS) == set(strategies())
    for part in ("on_dark", "on_light", "marker"):
        assert len({getattr(mark, part) for mark in STRATEGY_MARKS.values()}) == 8


@pytest.mark.parametrize("dark", [True, False])
def test_colours_stand_out_from_the_ground(dark: bool) -> None:
    for mark in MARKS:
        assert contrast(mark.color(dark=dark), GROUNDS[dark]) >= 3


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("vision", VISION)
def test_colours_differ_for_colour_blind_readers(vision: str, dark: bool) -> None:
    """By CIE 1976 at least 12: five times what is just noticeable."""
    matrix = np.array(VISION[vision])
    seen = {
        name: lab(np.clip(matrix @ linear(mark.color(dark=dark)), 0, 1))
        for name, mark in STRATEGY_MARKS.items()
    }
    nearest = min(
        (float(np.linalg.norm(seen[one] - seen[other])), one, other)
        for one, other in itertools.combinations(seen, 2)
    )
    assert nearest[0] >= 12, nearest


@given(st.lists(st.text(max_size=8) | st.sampled_from(sorted(STRATEGY_MARKS)), max_size=40))
def test_names_of_one_chart_never_share_a_mark(names: list[str]) -> None:
    marks = name_marks(names)
    assert list(marks) == list(dict.fromkeys(names))
    assert len(set(marks.values())) == len(marks)
    assert all(marks[name] == STRATEGY_MARKS[name] for name in marks if name in STRATEGY_MARKS)


def test_a_name_keeps_its_mark_in_other_company() -> None:
    alone = name_marks(["acme"])["acme"]
    assert name_marks(["zeta", "badge", "acme"])["acme"] == alone
    assert alone not in STRATEGY_MARKS.values()


def test_more_names_than_marks_still_have_one() -> None:
    assert len(name_marks(map(str, range(100)))) == 100


def test_a_spare_mark_is_new_in_colour_and_marker() -> None:
    taken: list[Mark] = [STRATEGY_MARKS["margin"]]
    for _ in range(3):
        spare = spare_mark(taken)
        assert spare not in STRATEGY_MARKS.values()
        assert spare.on_dark not in {mark.on_dark for mark in taken}
        assert spare.marker not in {mark.marker for mark in taken}
        taken.append(spare)
