"""The sections of a report, in its order: each module has one function `build`.

Their names are there without the libraries that build them.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from tui_al.errors import UnknownName

if TYPE_CHECKING:
    from tui_al.analysis.slices import Results
    from tui_al.report.blocks import Section
    from tui_al.report.question import Question

SECTIONS = {
    "verdicts": "what can be said, and what cannot",
    "settings": "every setting, averaged over seeds",
    "curves": "learning curves (Figs. 6, 9, 10)",
    "comparisons": "paired comparisons of strategies, corrected for their number",
    "ranks": "mean ranks with a critical difference",
    "win-rates": "pairwise win rates for each initial pool (Fig. 4)",
    "best-by-cycle": "how often each strategy is best, by cycle (Fig. 5)",
    "best-share": "how often each strategy is best, by model and dataset (Fig. 7)",
    "targets": "labels needed to reach a target, and saved against random",
    "costs": "what reaching the target costs (with --label-price, --hour-price)",
    "embeddings": "what another embedding model changes",
    "discovery": "labels until every class was seen, and recall by class",
    "pool-wins": "the winning initial pool by its size (Fig. 1)",
    "pool-accuracy": "initial pools by their size (Fig. 2)",
    "pool-gain": "what a TypiClust pool gains over a random one (Figs. 3, 8)",
    "times": "run times by strategy and dataset (Table 5)",
}
"""Names and what they show. A module is named like its section."""


def check_sections(names: Sequence[str]) -> tuple[str, ...]:
    """The sections named, `all` being every one. Raises `UnknownName`."""
    for name in names:
        if name not in (*SECTIONS, "all"):
            raise UnknownName("section", name, ("all", *SECTIONS))
    return tuple(SECTIONS) if "all" in names else tuple(dict.fromkeys(names))


def build_sections(
    names: Sequence[str], results: "Results", question: "Question"
) -> "list[Section]":
    """The sections that have something to say about these results."""
    built = (
        import_module(f"{__name__}.{name.replace('-', '_')}").build(results, question)
        for name in names
    )
    return [section for section in built if section is not None]
