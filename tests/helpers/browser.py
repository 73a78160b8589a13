"""A headless Chromium, driven over its debugging protocol."""

import asyncio
import base64
import contextlib
import itertools
import json
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pyte

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
PATIENCE = 60  # seconds until something expected is seen
_OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--hide-scrollbars", "--window-size=1100,700",
    "--remote-debugging-port=0", "about:blank",
)  # fmt: skip


class Tab:
    """A page: what it asked the network for, and the terminal that it shows."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._news = asyncio.Event()
        self.requested: list[str] = []
        self.blocked: list[str] = []
        self.screen = pyte.Screen(200, 80)
        self._stream = pyte.ByteStream(self.screen)

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display)

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        return await asyncio.wait_for(self._answers[number], PATIENCE)

    async def evaluate(self, script: str) -> Any:
        answer = await self.call("Runtime.evaluate", expression=script, awaitPromise=True)
        return answer["result"].get("value")

    async def press(self, key: str) -> None:
        """Type a character, or press a key of one of these names."""
        named = {"Escape": 27, "Enter": 13}
        code = named.get(key)
        typed = {"windowsVirtualKeyCode": code} if code else {"text": key}
        await self.call("Input.dispatchKeyEvent", type="keyDown", key=key, **typed)
        await self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    async def wait_for(self, seen: Callable[[str], bool]) -> str:
        """Wait until the terminal satisfies `seen`; fail with what it shows."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not seen(self.text):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"never seen; the screen was:\n{self.text}") from None
        return self.text

    async def picture(self) -> bytes:
        """The page as PNG."""
        answer = await self.call("Page.captureScreenshot", format="png")
        return base64.b64decode(answer["data"])

    async def listen(self) -> None:
        async for message in self._socket:
            content = message.json()
            if "id" in content:
                self._answers[content["id"]].set_result(content.get("result", {}))
                continue
            parameters = content.get("params", {})
            match content["method"]:
                case "Network.requestWillBeSent":
                    self.requested.append(parameters["request"]["url"])
                case "Network.webSocketCreated":
                    self.requested.append(parameters["url"])
                case "Log.entryAdded":
                    self.blocked.append(parameters["entry"]["text"])
                case "Network.webSocketFrameReceived" if parameters["response"]["opcode"] == 2:
                    drawn = base64.b64decode(parameters["response"]["payloadData"])
                    # pyte knows no private-mode queries; they draw nothing.
                    self._stream.feed(
                        re.sub(rb"\x1b\[(?:[>=<][0-9;]*[a-zA-Z]|\?[0-9;]*\$p)", b"", drawn)
                    )
                    self._news.set()


@asynccontextmanager
async def open_tab(profile: Path) -> AsyncIterator[Tab]:
    """A page of a browser with a profile of its own."""
    assert CHROMIUM is not None
    process = await asyncio.create_subprocess_exec(
        CHROMIUM,
        f"--user-data-dir={profile}",
        *_OPTIONS,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        port = await asyncio.wait_for(_debugging_port(process), PATIENCE)
        async with aiohttp.ClientSession() as http:
            async with http.get(f"http://127.0.0.1:{port}/json") as answer:
                targets = json.loads(await answer.text())
            page = next(target for target in targets if target["type"] == "page")
            address = page["webSocketDebuggerUrl"]
            async with http.ws_connect(address, max_msg_size=0) as socket:
                tab = Tab(socket)
                listening = asyncio.create_task(tab.listen())
                for domain in ("Page", "Network", "Log"):
                    await tab.call(f"{domain}.enable")
                yield tab
                listening.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await listening
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _debugging_port(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    async for line in process.stderr:
        found = re.search(rb"DevTools listening on ws://127\.0\.0\.1:(\d+)/", line)
        if found:
            return found[1].decode()
    raise AssertionError("the browser did not start")
