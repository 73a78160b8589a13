"""Building sections from hand-made runs, and what every renderer may rely on."""

import importlib
from collections.abc import Iterator

import pytest
from figure_samples import Made

from tui_al.analysis.slices import Results
from tui_al.report.blocks import Bars, Block, Lines, Matrix, Prose, Section, Table
from tui_al.report.question import Question

STRATEGIES = ("random", "margin", "badge")


def build(name: str, results: Results, **question: object) -> Section | None:
    module = importlib.import_module(f"tui_al.report.sections.{name}")
    return module.build(results, Question(**question))


def charts(section: Section, kind: type) -> list[Block]:
    return [block for block in section.blocks if isinstance(block, kind)]


def prose(section: Section) -> str:
    return " ".join(sentence for block in charts(section, Prose) for sentence in block.sentences)


def grid(**more: object) -> Iterator[Made]:
    """Three strategies, two IPS, two seeds; badge is best with typiclust, margin with random."""
    for strategy in STRATEGIES:
        for ips in ("random", "typiclust"):
            for seed in (0, 1):
                best = strategy == ("badge" if ips == "typiclust" else "margin")
                end = 0.75 if best else 0.5
                yield Made([0.25, end, end], strategy, seed, ips=ips, **more)


def sweep(**more: object) -> Iterator[Made]:
    for k0, score in ((10, 0.25), (100, 0.5)):
        for seed in (0, 1):
            yield Made([score], seed=seed, k0=k0, batch=0, **more)
            yield Made([score + 0.25], seed=seed, k0=k0, batch=0, ips="typiclust", **more)


def check_blocks(section: Section) -> None:
    """What every renderer may rely on."""
    assert section.blocks
    for block in section.blocks:
        if isinstance(block, Prose):
            assert all(block.sentences)
            continue
        assert block.title.isprintable()
        assert not block.frame.is_empty()
        if isinstance(block, Table):
            assert len({column.title for column in block.columns}) == len(block.columns)
            for column in block.columns:
                named = {column.name, column.spread, column.low, column.high} - {None}
                assert named <= set(block.frame.columns)
        elif isinstance(block, Lines):
            x, y = block.frame[block.x], block.frame[block.y]
            assert not x.has_nulls() and not y.has_nulls()
            assert block.frame.select(block.series, block.x).is_duplicated().sum() == 0
            assert (block.low is None) == (block.high is None)
            if block.low and block.high:
                assert (block.frame[block.low] <= y).all() and (y <= block.frame[block.high]).all()
        elif isinstance(block, Bars):
            for part in block.frame.partition_by(block.x):
                assert part[block.y].sum() == pytest.approx(1)
                assert part[block.series].is_unique().all()
        elif isinstance(block, Matrix):
            names = block.frame[block.row].unique(maintain_order=True)
            assert block.frame.height == len(names) ** 2
            assert block.frame[block.column].to_list() == names.to_list() * len(names)
