"""`tui-al serve`."""

from typing import Annotated

import typer

from tui_al.cli.options import CacheDir, DataDir
from tui_al.errors import BadInput
from tui_al.paths import find_cache, find_data_dir


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8000,
    dataset: Annotated[str | None, typer.Option(help="Choose a dataset.")] = None,
    model: Annotated[str | None, typer.Option(help="Choose an embedding model.")] = None,
    ips: Annotated[str | None, typer.Option(help="Choose an initial pool selection.")] = None,
    strategy: Annotated[str | None, typer.Option(help="Choose a query strategy.")] = None,
    cache_dir: CacheDir = None,
    data_dir: DataDir = None,
) -> None:
    """Offer the app in a browser, on this machine alone unless told otherwise."""
    from tui_al.report.narration import tell
    from tui_al.tui.choices import opening_choices

    try:
        from tui_al.tui.web.server import is_loopback
        from tui_al.tui.web.server import serve as serve_app
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("tui_al"):
            raise
        raise BadInput("the web server is not installed: pip install 'tui-al[serve]'") from error
    given = {"dataset": dataset, "model": model, "ips": ips, "strategy": strategy}
    cache, mirror = find_cache(cache_dir), find_data_dir(data_dir)
    opening_choices(given, {}, cache, mirror)
    if not is_loopback(host):
        tell(
            f"warning: whoever reaches {host}:{port} uses tui-al with all your rights, without a "
            "password and unencrypted"
        )
    serve_app(given, cache, mirror, host=host, port=port, say=tell)
