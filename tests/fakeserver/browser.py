"""A headless Chromium for tests: opens a page and runs JavaScript in it, over the DevTools protocol.

Only what drives the browser lives here. It is found on the machine (`chromium`, `chromium-browser`, `google-chrome`);
where there is none a test is skipped, and fails under ``CI=true`` (see `chromium_path`).
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import urllib.request
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import pytest
from websockets.sync.client import connect

from avatarwire.fakeserver.clock import patience

__all__ = ["Browser", "chromium_path"]

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
PATIENCE: Final = 30.0
"""Real seconds for the browser to start, and for a page's promise to settle."""
MOMENT: Final = 0.02
FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--remote-debugging-port=0",
)


def chromium_path() -> str:
    """Where the browser is; skips the test where there is none, and fails it in CI."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no browser is installed: CI needs chromium")
        pytest.skip("no browser: install chromium to run this test")
    return found


class Browser:
    """One browser with an empty profile and one page.

    Args:
        folder: an empty folder for its profile.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ids = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._page: Any = None
        self._events: list[str] = []

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(  # noqa: S603 - the browser of this machine
            [chromium_path(), *FLAGS, f"--user-data-dir={self._folder}", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            self._page = connect(self._page_url(), max_size=None, open_timeout=PATIENCE)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._page is not None:
            self._page.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait(PATIENCE)

    def open(self, url: str) -> None:
        """Goes to a page and waits until it is loaded."""
        self._call("Page.enable")
        self._events.clear()
        self._call("Page.navigate", url=url)
        self._until("Page.loadEventFired")

    def run(self, script: str) -> Any:
        """What the body of an async function returns, as plain JSON values.

        Raises:
            AssertionError: it threw.
        """
        answer = self._call(
            "Runtime.evaluate", expression=f"(async () => {{{script}}})()", awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._ids)
        self._page.send(json.dumps({"id": number, "method": method, "params": parameters}))
        left = patience(PATIENCE)
        while (message := self._next(left())).get("id") != number:
            self._events.append(str(message.get("method")))
        assert "error" not in message, message
        result: dict[str, Any] = message["result"]
        return result

    def _until(self, event: str) -> None:
        left = patience(PATIENCE)
        while event not in self._events:
            self._events.append(str(self._next(left()).get("method")))

    def _next(self, seconds: float) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._page.recv(timeout=seconds))
        return message

    def _page_url(self) -> str:
        """Address of the page's debugger, once the browser has written where it listens."""
        assert self._process is not None
        written, left = self._folder / "DevToolsActivePort", patience(PATIENCE)
        while not (lines := written.read_text().splitlines() if written.exists() else []):
            assert left() > 0, "the browser did not start"
            # Waiting for its end is how to wait a moment for its start.
            with suppress(subprocess.TimeoutExpired):
                pytest.fail(f"the browser ended at once, with {self._process.wait(MOMENT)}")
        with urllib.request.urlopen(f"http://127.0.0.1:{lines[0]}/json/list", timeout=PATIENCE) as answer:
            targets: list[dict[str, Any]] = json.load(answer)
        return str(next(target["webSocketDebuggerUrl"] for target in targets if target["type"] == "page"))
