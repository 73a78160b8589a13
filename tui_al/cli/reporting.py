"""`tui-al report`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tui_al.cli.options import CacheDir, DataDir, Metric, MetricName
from tui_al.paths import find_cache, find_data_dir

_SECTION = "What to show, repeat for more: 'tui-al report --section list' names them."
_EVIDENCE = "Write all that is needed to repeat and check the runs as one JSON file instead."
_TARGET = "A value of the metric to reach.  [default: what random reaches with all labels]"
_FIGURES = "Write the charts into this folder as pictures."
_FIGURE_FORMAT = "svg, png or pdf; repeat for more.  [default: svg]"
_SORT = "Order tables by a column: NAME, or NAME:desc for the greatest first."
_FILTER = "Keep such rows of tables: 'seeds >= 5', 'model ~ glove' (contains); repeat for more."
_LABEL_PRICE = "What one label costs."
_HOUR_PRICE = "What an hour of computing costs."


class ReportFormat(StrEnum):
    table = "table"
    json = "json"
    csv = "csv"
    markdown = "markdown"
    latex = "latex"
    html = "html"


class FigureFormat(StrEnum):
    svg = "svg"
    png = "png"
    pdf = "pdf"


def report(
    dataset: Annotated[list[str] | None, typer.Option(help="Only these datasets.")] = None,
    model: Annotated[list[str] | None, typer.Option(help="Only these models.")] = None,
    ips: Annotated[list[str] | None, typer.Option(help="Only these initial pools.")] = None,
    strategy: Annotated[list[str] | None, typer.Option(help="Only these strategies.")] = None,
    section: Annotated[list[str] | None, typer.Option(help=_SECTION)] = None,
    metric: Metric = MetricName.accuracy,
    confidence: Annotated[float, typer.Option(help="Of intervals and verdicts.")] = 0.95,
    target: Annotated[list[float] | None, typer.Option(help=_TARGET)] = None,
    label_price: Annotated[float | None, typer.Option(min=0.0, help=_LABEL_PRICE)] = None,
    hour_price: Annotated[float | None, typer.Option(min=0.0, help=_HOUR_PRICE)] = None,
    format_: Annotated[
        ReportFormat, typer.Option("--format", help="How to print.")
    ] = ReportFormat.table,
    sort: Annotated[list[str] | None, typer.Option(help=_SORT)] = None,
    filter_: Annotated[list[str] | None, typer.Option("--filter", help=_FILTER)] = None,
    columns: Annotated[str | None, typer.Option(help="Columns of tables: a,b,c.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write into a file instead.")] = None,
    figures: Annotated[Path | None, typer.Option(help=_FIGURES)] = None,
    figure_format: Annotated[list[FigureFormat] | None, typer.Option(help=_FIGURE_FORMAT)] = None,
    evidence: Annotated[Path | None, typer.Option(help=_EVIDENCE)] = None,
    cache_dir: CacheDir = None,
    data_dir: DataDir = None,
) -> None:
    """Answer from stored results: which strategy, initial pool and model, and how surely."""
    from tui_al.analysis.slices import Slice
    from tui_al.report.evidence import write_evidence
    from tui_al.report.question import Question
    from tui_al.report.report import Output, list_sections, write_report

    if section and "list" in section:
        list_sections()
        return
    wanted = Slice(dataset or [], model or [], ips or [], strategy or [])
    cache, mirror = find_cache(cache_dir), find_data_dir(data_dir)
    if evidence is not None:
        write_evidence(wanted, cache, mirror, evidence)
        return
    question = Question(
        metric=metric.value,
        confidence=confidence,
        targets=tuple(target or ()),
        label_price=label_price,
        hour_price=hour_price,
    )
    output = Output(
        form=format_.value,
        sections=tuple(section or ()),
        out=out,
        figures=figures,
        figure_formats=tuple(form.value for form in figure_format or ()) or ("svg",),
        sort=tuple(sort or ()),
        filters=tuple(filter_ or ()),
        columns=tuple(name.strip() for name in columns.split(",")) if columns else (),
    )
    write_report(wanted, question, output, cache, mirror)
