"""The app as a child process of the web server: `python -m tui_al.tui.web.session WISHES`.

Speaks the server's protocol on standard input and output instead of drawing on a terminal.
"""

import json
import sys
from pathlib import Path

from textual import messages
from textual.drivers.web_driver import WebDriver

from tui_al.paths import Cache
from tui_al.tui.opening import open_terminal_app


class ServedDriver(WebDriver):
    """Ends the app also when the server is gone and says nothing any more."""

    def run_input_thread(self) -> None:
        super().run_input_thread()
        self._app.post_message(messages.ExitApp())


def main() -> None:
    """Run the app with the choices and folders that the server was started with."""
    wishes = json.loads(sys.argv[1])
    data_dir = Path(wishes["data_dir"]) if wishes["data_dir"] else None
    cache = Cache(Path(wishes["cache"]))
    sys.exit(
        open_terminal_app(wishes["given"], cache, data_dir, start=False, driver_class=ServedDriver)
    )


if __name__ == "__main__":
    main()
