"""tui-al: simulate active learning over frozen text embeddings, and decide with it.

The four public names load on first use, so that the command line and the first
frame of the app never wait for numpy, scipy or polars.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tui_al.grid.prepare import load_embedded
    from tui_al.learning.dataset import EmbeddedDataset
    from tui_al.learning.experiment import Experiment
    from tui_al.learning.simulate import simulate

__version__ = "0.1.0"
__all__ = ["EmbeddedDataset", "Experiment", "__version__", "load_embedded", "simulate"]

_HOMES = {
    "EmbeddedDataset": "tui_al.learning.dataset",
    "Experiment": "tui_al.learning.experiment",
    "load_embedded": "tui_al.grid.prepare",
    "simulate": "tui_al.learning.simulate",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
