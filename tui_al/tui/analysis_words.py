"""The sentences of the analysis screen."""

from collections.abc import Mapping

from tui_al.report.sections import SECTIONS
from tui_al.textsafe import visible
from tui_al.tui.slicing import Answer, Chosen

ABOUT = {name: about.partition(" (with --")[0] for name, about in SECTIONS.items()}
"""What sections show, without the options of the command line."""


def name_answer(answer: Answer) -> str:
    """What is shown, in a line: the section's name, its title, and what it repeats."""
    name, section = answer.wanted.section, answer.section
    if section is None:
        return f"{name} · {ABOUT[name]}"
    source = f" ({section.source})" if section.source else ""
    return visible(f"{name} · {section.title}{source}", one_line=True)


def explain_nothing(answer: Answer, keys: Mapping[str, str]) -> list[str]:
    """Why there is nothing to show, and what to do; `keys` are those of actions by name."""
    if answer.runs and answer.wanted.section == "costs":
        return [f"Costs need a price: {keys.get('analysis.targets', 't')} sets one."]
    lines = [f"{line[:1].upper()}{line[1:]}" for line in answer.missing]
    if answer.wanted.chosen != Chosen():
        lines += ["", f"{keys.get('analysis.clear', 'c')} shows all runs again."]
    elif not answer.runs:
        live = keys.get("go.live", "1")
        lines += ["", f"Or run something on the Live screen ({live}): every finished run is stored "
                  "and counts here."]  # fmt: skip
    return lines
