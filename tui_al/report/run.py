"""One run on standard output: a line a cycle as it comes, then the curve; or JSON lines."""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict

from tui_al.learning.records import CycleRecord
from tui_al.report.chart import draw_accuracy
from tui_al.report.output import make_console
from tui_al.report.palette import name_marks
from tui_al.results.runs import RunIdentity

_HEADER = "cycle  labels  accuracy  balanced  macro-F1   query s     fit s"
_CHART_WIDTHS = (40, 100)


def print_run_as_json(run: RunIdentity, records: Iterable[CycleRecord]) -> None:
    """One JSON object a line and cycle (DESIGN section 7), each as soon as it is known."""
    for record in records:
        fields = asdict(record)
        for name in ("scores", "class_recall", "class_labels"):
            del fields[name]
        if not record.note:  # said only where something was left out
            del fields["note"]
        sys.stdout.write(json.dumps({"run_id": run.run_id, **fields}) + "\n")
        sys.stdout.flush()


def print_run(run: RunIdentity, records: Iterable[CycleRecord]) -> None:
    """A line a cycle as soon as it is known, then the accuracy curve."""
    console = make_console()
    title = f"{run.dataset} x {run.model}, {run.strategy} from {run.ips}, seed {run.seed}"
    sys.stdout.write(f"{title}, budget {run.budget}\n{_HEADER}\n")
    shown = []
    for record in records:
        shown.append(record)
        sys.stdout.write(
            f"{record.cycle:5d}  {record.n_labeled:6d}  {record.accuracy:8.4f}  "
            f"{record.balanced_accuracy:8.4f}  {record.macro_f1:8.4f}  "
            f"{record.query_seconds:8.3f}  {record.fit_seconds:8.3f}\n"
        )
        sys.stdout.flush()
    width = min(max(console.width, _CHART_WIDTHS[0]), _CHART_WIDTHS[1])
    color = console.is_terminal and not console.no_color
    mark = name_marks([run.strategy])[run.strategy]
    sys.stdout.write("\n" + draw_accuracy(shown, mark, width, color=color) + "\n")
