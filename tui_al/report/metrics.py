"""What metrics are called, without the libraries that compute them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui_al.analysis.slices import Metric

METRIC_NAMES: "dict[Metric, str]" = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "macro_f1": "macro-F1",
}
