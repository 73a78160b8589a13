"""What came of computing stored runs again."""

import math
from collections.abc import Iterable

from tui_al.grid.verify import Checked, Unchecked
from tui_al.report.narration import tell
from tui_al.report.output import cell, make_console, make_table

_COLUMNS = ("dataset", "model", "ips", "strategy", "labels", "seed", "agreement")


def print_verification(results: Iterable[Checked | Unchecked], seed: int) -> bool:
    """Print a line a run and the verdict; return whether runs were compared and all agree."""
    checked: list[Checked] = []
    table = make_table("Stored runs computed again", _COLUMNS, right=("labels", "seed"))
    for result in results:
        if isinstance(result, Unchecked):
            tell(f"passed over {result.dataset} x {result.model}: {result.reason}")
            continue
        checked.append(result)
        run = result.run
        strategy = run["strategy"] if run["batch"] else None  # of an initial pool alone
        names = (run["dataset"], run["model"], run["ips"], strategy)
        table.add_row(*map(cell, (*names, run["budget"], run["seed"], _agreement(result))))
    console = make_console()
    if checked:
        console.print(table)
    console.print(cell(_verdict(checked, seed)))
    return bool(checked) and all(result.agrees for result in checked)


def _agreement(result: Checked) -> str:
    if result.exact:
        return "exact"
    if math.isinf(result.difference):
        return "DIFFERS: not the same experiment"
    said = "same figures"
    if result.difference:
        said = f"{result.difference:.4f} apart (cycle {result.cycle})"
    if result.queries_differ:
        said = f"other queries, {said}"
    return said if result.agrees else f"DIFFERS: {said}"


def _verdict(checked: list[Checked], seed: int) -> str:
    if not checked:
        return "nothing was compared: no stored run could be computed again here"
    exact = sum(result.exact for result in checked)
    wrong = sum(not result.agrees for result in checked)
    parts = [f"{exact:,} of {len(checked):,} runs agree exactly in every cycle"]
    if close := len(checked) - exact - wrong:
        allowed = max(result.tolerance for result in checked)
        parts.append(f"{close:,} within {allowed:g} when fitted to the stored queries")
    parts.append(f"{wrong:,} do not agree")
    return f"{'; '.join(parts)} (--seed {seed} draws the same sample)"
