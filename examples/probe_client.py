"""A client of SenseTime, an adapter for it of a few lines, and what two deviations of the vendor do to it.

    python examples/probe_client.py

The client repeats a call that gets no answer, as many do. For a question about the state of a live that is right. For
an order to speak it is not: only the answer was lost, and the avatar says the text twice.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from avatarwire.conformance.probing.adapter import Given

LIVES = "/api/2dvh/v1/material/live/channel"
READY = 35


class Client:
    """Lives over HTTP: what a text has become is seen from the queue."""

    def __init__(self, url: str, token: str) -> None:
        self.http = httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=5.0)

    async def call(self, method: str, path: str, **content: Any) -> Any:
        try:
            answer = await self.http.request(method, path, **content)
        except httpx.TransportError:
            answer = await self.http.request(method, path, **content)
        answer.raise_for_status()
        return answer.json()["data"]


class Adapter:
    """What the client is driven by."""

    async def start(self, place: Given) -> None:
        self.client = Client(place.http_url, place.credentials["access_token"])
        created = {"param": place.credentials["param"]}
        live = await self.client.call("POST", "/api/2dvh/v2/material/live/channel/create", json=created)
        self.live = {"sessionId": live["sessionId"]}
        while True:
            live = await self.client.call("GET", f"{LIVES}/stat", params=self.live)
            if live["status"] == READY:
                break
            await asyncio.sleep(1.0)
        await self.client.call("POST", f"{LIVES}/start", json=self.live)

    async def say(self, text: str) -> None:
        param = json.dumps({"tts_query": {"content": text, "ssml": False}})
        order = await self.client.call("POST", f"{LIVES}/command/queue", json={**self.live, "param": param})
        while True:
            queue = await self.client.call("POST", f"{LIVES}/command/queue/list", json=self.live)
            if order["commandTraceId"] not in (queue["commandTraceIds"] or []):
                return
            await asyncio.sleep(0.5)

    async def stop(self) -> None:
        try:
            await self.client.call("POST", f"{LIVES}/close", json=self.live)
        finally:
            await self.client.http.aclose()


def main() -> None:
    """Tries two cells of the table, of which one shows the mistake."""
    here = Path(__file__)
    cells = ("queryStat.response#1:drop", "takeoverQueue.response#1:drop")
    command = [str(Path(sys.executable).with_name("avatarwire")), "probe", "sensetime", "--flow", "text"]
    command += ["--client", f"{here.stem}:Adapter", *(word for cell in cells for word in ("--cell", cell))]
    # The current folder is where the adapter is looked for.
    ran = subprocess.run(command, cwd=here.parent, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
    print(ran.stdout)
    # 1: there is a cell that is neither ok nor reported.
    if ran.returncode != 1 or "said_twice  takeoverQueue.response#1:drop" not in ran.stdout:
        sys.exit("the mistake was not found")


if __name__ == "__main__":
    main()
