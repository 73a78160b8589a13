"""The app in a browser: one page, no network, no strangers, nothing left behind."""

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from browser import CHROMIUM, PATIENCE, open_tab
from processes import wait_until

from tui_al.paths import Cache
from tui_al.tui.config import find_config
from tui_al.tui.memory import Memory, memory_path
from tui_al.tui.web.server import is_loopback, is_own_name

PROGRAM = str(Path(sys.executable).with_name("tui-al"))


@asynccontextmanager
async def serve(*options: str) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """Start `tui-al serve` on a free port; its address and process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        PROGRAM, "serve", "--port", str(port), *options, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    try:
        said = b""
        while b"until Ctrl+C" not in said:
            line = await asyncio.wait_for(process.stderr.readline(), PATIENCE)
            assert line, said.decode()
            said += line
        yield f"http://127.0.0.1:{port}", process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await asyncio.wait_for(process.wait(), PATIENCE)


@pytest.fixture
def greeted() -> None:
    memory = Memory(memory_path(find_config()))
    memory.remember("app", greeted=True)
    memory.save()


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
@pytest.mark.usefixtures("greeted")
async def test_the_app_in_a_browser(tmp_path: Path, cache: Cache) -> None:
    async with serve() as (address, process), open_tab(tmp_path) as tab:
        await tab.call("Page.navigate", url=address)
        await tab.wait_for(lambda text: "Press r to run badge on bbcnews" in text)
        await tab.press("?")
        await tab.wait_for(lambda text: "Esc closes" in text)
        await tab.press("Escape")
        await tab.evaluate("document.fonts.ready.then(() => 0)")
        fonts = await tab.evaluate("document.fonts.check('16px \"Roboto Mono\"')")
        picture = await tab.picture()
        (tmp_path / "served.png").write_bytes(picture)
        assert fonts
        assert len(picture) > 20_000  # of an empty page: 5,000
        assert {url.split("/")[2] for url in tab.requested} == {address.split("/")[2]}
        assert not [entry for entry in tab.blocked if "Content Security Policy" in entry]
        assert await wait_until(cache, there=True)
        process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 0
    assert await wait_until(cache, there=False)


async def connect(http: aiohttp.ClientSession, address: str) -> aiohttp.ClientWebSocketResponse:
    """What the page's script does: an app of its own, drawn through a WebSocket."""
    socket = await http.ws_connect(f"{address}/ws?width=80&height=24", origin=address)
    drawn = b""
    while b"Live" not in drawn:
        message = await asyncio.wait_for(socket.receive(), PATIENCE)
        assert message.type == aiohttp.WSMsgType.BINARY
        drawn += message.data
    return socket


@pytest.mark.parametrize("way", ["the browser leaves", "the server is killed"])
async def test_no_app_and_no_worker_is_left_behind(cache: Cache, way: str) -> None:
    async with serve() as (address, process), aiohttp.ClientSession() as http:
        socket = await connect(http, address)
        assert await wait_until(cache, there=True)
        if way == "the browser leaves":
            await socket.close()
        else:
            process.kill()
        assert await wait_until(cache, there=False)


@pytest.mark.usefixtures("greeted")
async def test_who_leaves_ends_nobody_elses_app(cache: Cache) -> None:
    async with serve() as (address, _), aiohttp.ClientSession() as http:
        one, other = await connect(http, address), await connect(http, address)
        assert await wait_until(cache, there=True, number=2)
        await one.close()
        assert await wait_until(cache, there=True, number=1)
        await other.send_json(["stdin", "?"])
        drawn = b""
        while b"Esc closes" not in drawn:
            drawn += (await asyncio.wait_for(other.receive(), PATIENCE)).data
        await other.close()
        assert await wait_until(cache, there=False)


async def test_strangers_are_turned_away() -> None:
    async with serve() as (address, _), aiohttp.ClientSession() as http:
        for headers, path in (
            ({"Host": "attacker.example"}, "/"),  # a name that someone pointed here
            ({"Origin": "http://attacker.example"}, "/ws"),  # a page of another site
            ({"Origin": "null"}, "/ws"),
            ({}, "/ws"),  # no browser, or one that does not say
        ):
            async with http.get(f"{address}{path}", headers=headers) as answer:
                assert answer.status == 403, headers
        async with http.get(address) as answer:
            page = await answer.text()
            assert answer.status == 200
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "https://" not in page
        assert "http://" not in page


@pytest.mark.parametrize(
    ("name", "host", "own"),
    [
        ("127.0.0.1:8000", "127.0.0.1", True),
        ("localhost:8000", "127.0.0.1", True),
        ("[::1]:8000", "::1", True),
        ("127.0.0.1:8001", "127.0.0.1", False),
        ("attacker.example:8000", "127.0.0.1", False),
        ("localhost.attacker.example:8000", "localhost", False),
        ("127.0.0.1:x", "127.0.0.1", False),
        ("", "127.0.0.1", False),
        ("machine.lan:8000", "0.0.0.0", True),
    ],
)
def test_names_of_the_server(name: str, host: str, own: bool) -> None:
    assert is_own_name(name, host, 8000) == own


def test_only_this_machine_reaches_loopback() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "::1", "localhost", "127.8.8.8")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.168.1.5", "machine.lan", "")))


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_taken_port_is_one_line_and_a_warning_comes_first(
    tui_al: Callable[..., Any], host: str
) -> None:
    with socket.socket() as taken:
        taken.bind((host, 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = tui_al("serve", "--host", host, "--port", port)
    assert refused.code == 2
    *warning, error = refused.err.splitlines()
    assert f"cannot listen on {host}:{port} (address already in use)" in error
    assert "choose another --host or --port" in error
    warned = [f"warning: whoever reaches {host}:{port} uses tui-al with all your rights, "
              "without a password and unencrypted"]  # fmt: skip
    assert warning == (warned if host == "0.0.0.0" else [])


def test_without_the_library(tui_al: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "tui_al.tui.web.server", raising=False)
    monkeypatch.setitem(sys.modules, "textual_serve.server", None)
    monkeypatch.setitem(sys.modules, "textual_serve", None)
    refused = tui_al("serve")
    assert refused.code == 2
    assert "pip install 'tui-al[serve]'" in refused.err


def test_a_name_that_does_not_exist_never_serves(tui_al: Callable[..., Any]) -> None:
    refused = tui_al("serve", "--dataset", "bbcnew")
    assert refused.code == 2
    assert "did you mean bbcnews" in refused.err
