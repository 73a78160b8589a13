"""Options that several commands share."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tui_al.embeddings.encoders import EncoderOptions


class MetricName(StrEnum):
    accuracy = "accuracy"
    balanced_accuracy = "balanced_accuracy"
    macro_f1 = "macro_f1"


CacheDir = Annotated[Path | None, typer.Option(help="Where caches go (TUI_AL_CACHE).")]
DataDir = Annotated[Path | None, typer.Option(help="A mirror of datasets (TUI_AL_DATA).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Dataset = Annotated[str, typer.Option(help="A dataset: see 'tui-al datasets'.")]
Model = Annotated[str, typer.Option(help="A model of 'tui-al models', a Hub id or a folder.")]
Ips = Annotated[str, typer.Option(help="Initial pool selection.")]
Strategy = Annotated[str, typer.Option(help="Query strategy: see 'tui-al strategies'.")]
Metric = Annotated[MetricName, typer.Option(help="Of the curves.")]
Param = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=VALUE", help="A parameter of the query strategy; repeat for more."),
]
IpsParam = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=VALUE", help="A parameter of the initial pool selection."),
]
Device = Annotated[str, typer.Option(help="Where to embed: auto, cpu, cuda, cuda:0,1.")]
TrustCode = Annotated[
    bool, typer.Option("--trust-remote-code", help="Run Python code that comes with the model.")
]
AllowPickle = Annotated[
    bool, typer.Option("--allow-pickle", help="Read weights that are not safetensors.")
]


def encoder_options(device: str, trust_remote_code: bool, allow_pickle: bool) -> "EncoderOptions":
    """The encoder's options, after a warning for each that lets a model's files run code."""
    from tui_al.embeddings.encoders import EncoderOptions
    from tui_al.report.narration import tell

    if trust_remote_code:
        tell("warning: --trust-remote-code runs Python code of the model with all your rights")
    if allow_pickle:
        tell("warning: --allow-pickle reads weights in a format that can carry code")
    return EncoderOptions(device, trust_remote_code, allow_pickle)
