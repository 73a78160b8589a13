"""`tui-al serve`: textual-serve with a page that needs no network and answers no strangers.

Each connection gets an app of its own. Whoever connects has the rights of who started the
server, so a page of another site, which a browser lets open WebSockets to this machine, is
turned away by its Origin, and a foreign name that points here by its Host.
"""

import json
import shlex
import sys
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from html import escape
from importlib.resources import files
from ipaddress import ip_address
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from aiohttp import WSCloseCode, web
from textual_serve.app_service import AppService
from textual_serve.server import Server

from tui_al.errors import BadInput
from tui_al.paths import Cache

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
    "img-src 'self' data:; connect-src 'self' {socket}; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_GRACE = 5.0  # seconds that open sessions get to stop their workers

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class AppServer(Server):
    """Serves the page, what it loads, and an app for each connection."""

    def __init__(self, command: str, host: str, port: int) -> None:
        super().__init__(command, host=host, port=port, title="tui-al")
        self._sockets: set[web.WebSocketResponse] = set()
        here = files(__package__)
        self._page = Template(here.joinpath("page.html").read_text("utf-8"))
        self._script = here.joinpath("focus.js").read_text("utf-8")

    async def _make_app(self) -> web.Application:
        app = web.Application(middlewares=[self._guard])
        app.add_routes(
            [
                web.get("/", self.show_page),
                web.get("/focus.js", self.show_script),
                web.get("/ws", self.run_session),
                web.get("/download/{key}", self.handle_download),
                web.static("/static", self.statics_path),
            ]
        )
        app.on_shutdown.append(self._hang_up)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Refuse names that are not this server's, and pages of other sites."""
        if not is_own_name(request.host, self.host, self.port):
            raise web.HTTPForbidden(text=f"{request.host} is not the name of this server")
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            raise web.HTTPForbidden(text="pages of other sites have no access")
        return await handler(request)

    async def show_page(self, request: web.Request) -> web.Response:
        """The page with the terminal; it may load and connect to nothing but this server."""
        socket = f"ws://{request.host}/ws"
        return web.Response(
            text=self._page.substitute(socket=escape(socket, quote=True)),
            content_type="text/html",
            headers={
                "Content-Security-Policy": _POLICY.format(socket=socket),
                "Cache-Control": "no-store",
                "X-Content-Type-Options": "nosniff",
                "Referrer-Policy": "no-referrer",
            },
        )

    async def show_script(self, _: web.Request) -> web.Response:
        """What the page does beside showing a terminal."""
        return web.Response(text=self._script, content_type="text/javascript")

    async def run_session(self, request: web.Request) -> web.WebSocketResponse:
        """Start an app, connect it with the browser, and end it with the connection."""
        if "Origin" not in request.headers:
            raise web.HTTPForbidden(text="only a browser that shows this server's page connects")
        socket = web.WebSocketResponse(heartbeat=15)
        await socket.prepare(request)
        service = AppService(
            self.command,
            write_bytes=socket.send_bytes,
            write_str=socket.send_str,
            close=partial(_close, socket),
            download_manager=self.download_manager,
        )
        self._sockets.add(socket)
        try:
            await service.start(_size(request, "width", 80), _size(request, "height", 24))
            await self._process_messages(socket, service)
        finally:
            self._sockets.discard(socket)
            await service.stop()
        return socket

    async def _hang_up(self, _: web.Application) -> None:
        for socket in list(self._sockets):
            await socket.close(code=WSCloseCode.GOING_AWAY)


async def _close(socket: web.WebSocketResponse) -> None:
    await socket.close()


def is_own_name(name: str, host: str, port: int) -> bool:
    """Whether a Host header may name a server on `host` and `port`.

    On this machine alone, only names that cannot be pointed here from elsewhere; else any, as
    nobody knows by which names others reach it.
    """
    if not is_loopback(host):
        return True
    try:
        parts = urlsplit(f"//{name}")
        return (parts.port or 80) == port and parts.hostname in (
            "localhost", "127.0.0.1", "::1", host,
        )  # fmt: skip
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server on that address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def serve(
    given: Mapping[str, str | None],
    cache: Cache,
    data_dir: Path | None,
    *,
    host: str,
    port: int,
    say: Callable[[str], None],
) -> None:
    """Serve apps with these choices and folders until interrupted.

    Raises `BadInput` for an address that cannot be had.
    """
    wishes = json.dumps(
        {
            "given": dict(given),
            "cache": str(cache.root),
            "data_dir": str(data_dir) if data_dir else None,
        }
    )
    command = shlex.join([sys.executable, "-m", "tui_al.tui.web.session", wishes])
    server = AppServer(f"exec {command}", host, port)  # exec: no shell stays between
    shown = f"[{host}]" if ":" in host else host
    try:
        web.run_app(
            server._make_app(),
            host=host,
            port=port,
            shutdown_timeout=_GRACE,
            print=lambda *_: say(f"tui-al at http://{shown}:{port} until Ctrl+C"),
            access_log=None,
        )
    except OSError as error:
        # asyncio's sentence names the address again before it comes to the reason.
        reason = (error.strerror or str(error)).lower().rpartition(": ")[2]
        raise BadInput(
            f"cannot listen on {shown}:{port} ({reason}): choose another --host or --port"
        ) from error


def _size(request: web.Request, name: str, default: int) -> int:
    """A number of columns or rows that the browser asks for."""
    text = request.query.get(name, "")
    return min(max(int(text), 1), 1000) if text.isdecimal() else default
