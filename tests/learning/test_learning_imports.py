"""The science loads numpy, scipy and scikit-learn, and nothing of the rooms around it."""

import json
import pkgutil
import subprocess
import sys

import tui_al.learning
from tui_al.learning.strategies import strategies

FOREIGN = [
    "polars", "torch", "transformers", "rich", "textual", "typer", "click", "plotext",
    "huggingface_hub", "tokenizers", "tui_al.corpora", "tui_al.embeddings", "tui_al.catalog",
    "tui_al.results", "tui_al.grid", "tui_al.cli", "tui_al.tui", "tui_al.report",
]  # fmt: skip
_SIMULATE = """
import importlib, json, sys
modules, foreign = json.loads(sys.argv[1])
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name in foreign:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
for name in modules:
    importlib.import_module(name)
from tui_al import EmbeddedDataset, Experiment, simulate
from tui_al.learning.strategies import strategies
x = [[0, 1], [1, 0], [2, 2], [3, 1]]
data = EmbeddedDataset.from_arrays(x, [0, 1, 0, 1], x, [0, 1, 0, 1])
for name in strategies():
    *_, last = simulate(data, Experiment(strategy=name, ips="coreset", budget=4, cycles=2))
    print(name, last.n_labeled)
"""


def _run(code, *arguments):
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True)


def test_simulating_needs_no_foreign_library_and_says_nothing():
    """They are made absent, not looked for in sys.modules: scikit-learn itself tries rich."""
    modules = [
        module.name
        for module in pkgutil.walk_packages(tui_al.learning.__path__, "tui_al.learning.")
    ]
    run = _run(_SIMULATE, json.dumps([modules, FOREIGN]))
    assert run.stdout.splitlines() == [f"{name} 4" for name in strategies()]
    assert run.stderr == ""


def test_records_and_names_need_no_numpy():
    """Any process can receive records, and list strategies, without the libraries that compute."""
    run = _run(
        "import sys, tui_al.learning.records, tui_al.learning.strategies as s;"
        "s.check_names('margin', 'random');"
        "print({'numpy', 'scipy', 'sklearn'} & set(sys.modules))"
    )
    assert run.stdout.strip() == "set()"
