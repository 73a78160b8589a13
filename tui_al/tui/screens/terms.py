"""Targets and prices, which some sections of a report are about."""

import math

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button, Input, Label, Static

from tui_al.errors import BadInput
from tui_al.textsafe import visible
from tui_al.tui.screens.dialogs import Dialog, DialogBox
from tui_al.tui.slicing import Terms


class TermsScreen(Dialog[Terms]):
    """Three fields, any of which may stay empty; the answer is what they say."""

    def __init__(self, terms: Terms) -> None:
        super().__init__()
        self._terms = terms

    def compose(self) -> ComposeResult:
        terms = self._terms
        with DialogBox("Targets and prices", hint="Enter: use these   Esc closes") as box:
            box.add_class("terms")
            box.can_focus = False
            yield Label("Targets: values of the metric to reach")
            targets = " ".join(f"{target:g}" for target in terms.targets)
            usual = "what random reaches with all labels"
            yield Input(targets, id="targets", placeholder=usual, compact=True)
            yield Label("Price of a label, in any currency")
            yield Input(_write(terms.label_price), id="label", placeholder="none", compact=True)
            yield Label("Price of an hour of computing")
            yield Input(_write(terms.hour_price), id="hour", placeholder="none", compact=True)
            yield Static(id="reason", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Use these", variant="primary", id="use")

    @on(Input.Submitted)
    @on(Button.Pressed)
    def _submitted(self) -> None:
        typed = {field.id: field.value for field in self.query(Input)}
        try:
            terms = Terms(
                parse_targets(typed["targets"]), parse_price(typed["label"]),
                parse_price(typed["hour"]),
            )  # fmt: skip
        except BadInput as error:
            self.query_one("#reason", Static).update(visible(str(error), one_line=True))
            return
        self.dismiss(terms)


def parse_targets(text: str) -> tuple[float, ...]:
    """Shares such as "0.9 95%". Raises `BadInput`."""
    targets = []
    for word in text.replace(",", " ").split():
        value = _number(word.removesuffix("%")) / (100 if word.endswith("%") else 1)
        if not 0 < value <= 1:
            raise BadInput(f"'{word}' is no target: a share above 0 and up to 1, such as 0.9")
        targets.append(value)
    return tuple(dict.fromkeys(targets))


def parse_price(text: str) -> float | None:
    """A price from 0 on, or None for nothing. Raises `BadInput`."""
    if not text.strip():
        return None
    price = _number(text.strip())
    if price < 0:
        raise BadInput(f"'{text.strip()}' is no price: 0 or more, such as 0.10")
    return price


def _number(word: str) -> float:
    try:
        number = float(word)
    except ValueError as error:
        raise BadInput(f"'{word}' is no number: write one such as 0.9") from error
    if not math.isfinite(number):
        raise BadInput(f"'{word}' is no number: write one such as 0.9")
    return number


def _write(price: float | None) -> str:
    return "" if price is None else f"{price:g}"
