"""The classifier's fits over a run, beside scikit-learn's LogisticRegression.

    TUI_AL_DATA=../shared/data .venv/bin/python benchmarks/fitting.py [--json FILE] [PAIR ...]

21 fits on random labels, k0 and b as the experiment has them; one BLAS thread; both sides in
this process and on the same float32 rows. "gap" is the objective over the optimum's, minus 1,
at its worst; "astray" the share of test rows, over all fits, whose class is not the one that
the optimum predicts. The optimum is scikit-learn's in double precision at tol = 1e-8.
"""

import argparse
import json
import time
import warnings
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from machine import describe
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from tui_al import EmbeddedDataset, Experiment
from tui_al.grid.prepare import prepare
from tui_al.learning.learner import Learner
from tui_al.paths import find_cache, find_data_dir

PAIRS = ("trec6/minilm-l6", "trec6/wordllama-256", "trec6/glove-50", "banking77/minilm-l6",
         "sst2/minilm-l6", "bbcnews/minilm-l6")  # fmt: skip


@dataclass
class Side:
    """One implementation's figures."""

    seconds: float = 0.0
    gap: float = -1.0
    astray: list[float] = field(default_factory=list)


def measure(data: EmbeddedDataset) -> tuple[Side, Side]:
    """Ours and scikit-learn's over one run."""
    schedule = Experiment().schedule(len(data.train_x), data.budget)
    order = np.random.default_rng(0).permutation(len(data.train_x))
    train, test = (x.astype(np.float32) for x in (data.train_x, data.test_x))
    ours, theirs, learner, known = Side(), Side(), Learner(data.n_classes), 0
    for cycle in range(schedule.cycles + 1):
        n = schedule.initial + cycle * schedule.batch
        new, x, y = order[known:n], train[order[:n]], data.train_y[order[:n]]
        started = time.perf_counter()
        fitted = learner.fit(train[new], data.train_y[new])
        ours.seconds += time.perf_counter() - started
        started = time.perf_counter()
        peer = LogisticRegression(max_iter=1000).fit(x, y)
        theirs.seconds += time.perf_counter() - started
        optimum = LogisticRegression(max_iter=100_000, tol=1e-8).fit(x.astype(np.float64), y)
        least, expected = _objective(*_columns(optimum), x, y), optimum.predict(test)
        for side, solution, predicted in (
            (ours, (fitted.weights, fitted.bias), fitted.predict(test)),
            (theirs, _columns(peer), peer.predict(test)),
        ):
            side.gap = max(side.gap, _objective(*solution, x, y) / least - 1)
            side.astray.append(float((predicted != expected).mean()))
        known = n
    return ours, theirs


def _columns(model: LogisticRegression) -> tuple[np.ndarray, np.ndarray]:
    """A weight vector a class, (D, K), and intercepts; two classes as (0, w)."""
    weights, bias = model.coef_.T, model.intercept_
    if weights.shape[1] == 1:
        weights, bias = np.hstack([np.zeros_like(weights), weights]), np.append(0.0, bias)
    return weights, bias


def _objective(weights: np.ndarray, bias: np.ndarray, x: np.ndarray, y: np.ndarray) -> float:
    scores = x.astype(np.float64) @ weights.astype(np.float64) + bias
    own = scores[np.arange(len(y)), np.searchsorted(np.unique(y), y)]
    return float((logsumexp(scores, axis=1) - own).sum() + 0.5 * (weights.astype(float) ** 2).sum())


def main() -> None:
    """Print the table and write the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("pairs", nargs="*", default=PAIRS)
    parser.add_argument("--json", type=Path, help="write all figures here")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    print(f"{describe()}, one BLAS thread\n")
    print("| dataset x model | ours, s | scikit-learn, s | ratio | gap | its gap | astray | its |")
    print("|---" * 8 + "|")
    rows = []
    for pair in options.pairs:
        dataset, _, model = pair.partition("/")
        data = prepare(dataset, model, find_cache(None), data_dir=find_data_dir(None)).data
        with threadpool_limits(1, user_api="blas"):
            ours, theirs = measure(data)
        rows.append({"pair": pair, "ours": asdict(ours), "scikit_learn": asdict(theirs)})
        print(f"| {dataset} x {model} | {ours.seconds:.3f} | {theirs.seconds:.3f} "
              f"| {theirs.seconds / ours.seconds:.1f}x | {ours.gap:.0e} | {theirs.gap:.0e} "
              f"| {np.mean(ours.astray):.2%} | {np.mean(theirs.astray):.2%} |")  # fmt: skip
    if options.json:
        figures = {"machine": describe(), "rows": rows}
        options.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
