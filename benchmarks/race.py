"""Races over scores that are known in full: runs saved, winners dropped, score lost.

    .venv/bin/python benchmarks/race.py [--json FILE]

The reference table races over every dataset x model x initial pool of the shipped results, in
every order of the five seeds. The synthetic one draws scores from known true means and noise:
"like the reference" takes each cell's means and each strategy's own noise from the shipped
results; the others are hard on the rule, in units of the noise. "saved" is the share of runs
left out, "dropped" the share of races in which the winner of the whole grid was dropped, "loss"
by how much the pick is below that winner in its mean over the whole grid. The last table judges
races like the reference to their end: what the probability of being best says, and what is true.
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
from machine import describe

from tui_al.analysis.leading import Floats
from tui_al.analysis.racing import FIRST_ROUND, Rules, Standing, judge, replay
from tui_al.analysis.referee import known_scores, race_again
from tui_al.analysis.slices import load_results
from tui_al.paths import find_reference
from tui_al.results.store import ResultStore

RISKS = (0.01, 0.05, 0.1, 0.2)
SEEDS = (5, 10, 20)
RACES = 7_200
JUDGED = 1_080
SPREAD = np.array([0.0, 0, -8, -8, -8, -8, -8, -8])
NOISY = np.array([0.3, 0.3, 0.5, 0.5, 1, 1, 2, 3])

LOUD = np.array([10.0, 1, 1, 1, 1, 1, 1, 1])


def draw_like(scores: Floats, seeds: int, races: int, rng: np.random.Generator) -> tuple:
    """Scores of so many races and their true means, by the means and noise of known cells."""
    cells, strategies, _ = scores.shape
    centred = scores - scores.mean(axis=2, keepdims=True)
    noise = (centred - centred.mean(axis=1, keepdims=True)).std(axis=2, ddof=1)
    noise *= np.sqrt(strategies / (strategies - 1))
    cell = np.arange(races) % cells
    means = scores.mean(axis=2)[cell]
    drawn = rng.normal(size=(races, strategies, seeds)) * noise[cell][:, :, None]
    return means[:, :, None] + drawn, means


def draw_scenarios(scores: Floats, seeds: int) -> dict[str, Floats]:
    """Scores by the name of how they were drawn."""
    rng = np.random.default_rng(seeds)
    shape = (RACES, 8, seeds)
    like, _ = draw_like(scores, seeds, RACES, rng)
    return {
        "like the reference": like,
        "all equal": rng.normal(size=shape),
        "two equal, six 8 behind": SPREAD[:, None] + rng.normal(size=shape),
        "means as wide as the noise": rng.normal(size=(RACES, 8, 1)) + rng.normal(size=shape),
        "all equal, noise 0.3 to 3": NOISY[:, None] * rng.normal(size=shape),
        "all equal, one of 10 times the noise": LOUD[:, None] * rng.normal(size=shape),
        "all equal, t of 3 degrees": rng.standard_t(3, size=shape),
    }


def race_reference(scores: Floats) -> list[dict]:
    """A row a risk."""
    rows = [asdict(race_again(scores, risk)) for risk in RISKS]
    print("| risk | races | saved | dropped | loss | largest loss |")
    print("|---" * 6 + "|")
    for row in rows:
        print(f"| {row['risk']:g} | {row['races']:,} | {row['saved']:.1%} | {row['dropped']:.2%} "
              f"| {row['loss']:.6f} | {row['worst']:.4f} |")  # fmt: skip
    return rows


def race_synthetic(scores: Floats) -> list[dict]:
    """A row a scenario and number of seeds, with all risks in it."""
    print("| scores | seeds |" + "".join(f" risk {risk:g} |" for risk in RISKS))
    print("|---" * (2 + len(RISKS)) + "|")
    rows = []
    for seeds in SEEDS:
        for name, drawn in draw_scenarios(scores, seeds).items():
            cells = []
            for risk in RISKS:
                races = replay(drawn, Rules(seeds, risk))
                saved = float(1 - races.runs.mean() / (8 * seeds))
                dropped = float((races.loss > 0).mean())
                cells.append(f"{saved:.0%} / {dropped:.1%}")
                rows.append({"scores": name, "seeds": seeds, "risk": risk, "saved": saved,
                             "dropped": dropped, "loss": float(races.loss.mean())})  # fmt: skip
            print(f"| {name} | {seeds} | {' | '.join(cells)} |")
    return rows


def race_to_end(scores: Floats, rules: Rules) -> Standing:
    """The last standing of one race over known scores (strategies x seeds)."""
    taken = {str(place): list(row[:FIRST_ROUND]) for place, row in enumerate(scores)}
    while True:
        standing = judge(taken, rules)
        left = [racer.strategy for racer in standing.racers if racer.racing]
        if standing.seeds == rules.n_seeds or len(left) < 2:
            return standing
        for name in left:
            taken[name].append(scores[int(name), standing.seeds])


def check_certainty(scores: Floats) -> list[dict]:
    """A row a number of seeds: what was said of the first, and of those told apart from it."""
    print("| seeds | said to be best | is best | a better one said to be behind |")
    print("|---" * 4 + "|")
    rows = []
    for seeds in SEEDS[:2]:
        drawn, means = draw_like(scores, seeds, JUDGED, np.random.default_rng(seeds))
        said, best, wrong = [], [], []
        for race, truth in zip(drawn, means, strict=True):
            standing = race_to_end(race, Rules(seeds))
            first = truth[int(standing.leader.strategy)]
            apart = [truth[int(r.strategy)] for r in standing.racers[1:] if not r.tied]
            said.append(standing.leader.best)
            best.append(first == truth.max())
            wrong.append(any(mean > first for mean in apart))
        rows.append({"seeds": seeds, "said": float(np.mean(said)), "best": float(np.mean(best)),
                     "wrong": float(np.mean(wrong))})  # fmt: skip
        print(f"| {seeds} | {rows[-1]['said']:.1%} | {rows[-1]['best']:.1%} "
              f"| {rows[-1]['wrong']:.1%} |")  # fmt: skip
    return rows


def main() -> None:
    """Print the tables and write the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path, help="write all figures here")
    options = parser.parse_args()
    results = load_results(ResultStore(find_reference()))
    scores = known_scores(results.curves, "accuracy", "aulc")
    reference = race_reference(scores)
    print()
    synthetic = race_synthetic(scores)
    print()
    certainty = check_certainty(scores)
    if options.json:
        figures = {"machine": describe(), "reference": reference, "synthetic": synthetic,
                   "certainty": certainty}  # fmt: skip
        options.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
