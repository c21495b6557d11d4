"""The loads of the fake Guiji server: sessions that ask for their playlist, and sessions that answer heartbeats.

Messages are written by hand, as any client might; the same requests go to bare amqtt, which sends them back.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import aiohttp

from avatarwire.benchmarks.mqtt_loads import Client
from avatarwire.fakeserver import FakeGuiji
from avatarwire.fakeserver.transports.mqtt.packets import Connect, Publish, Subscribe, connect, publish, subscribe

__all__ = ["GuijiPeer", "Session", "fake_guiji", "fake_guiji_with_heartbeats", "sessions"]

HEARTBEAT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class GuijiPeer:
    """Where a fake Guiji server is, and who may talk to it."""

    http_url: str
    mqtt_port: int
    app_id: str
    app_secret: str
    user: str
    password: str
    live_id: int
    material_ids: tuple[int, ...]
    pid: int = 0


def fake_guiji(ready: Connection) -> None:
    """The fake Guiji server: nothing is said but answers."""
    _serve(ready, heartbeat_seconds=None)


def fake_guiji_with_heartbeats(ready: Connection) -> None:
    """The fake Guiji server with a heartbeat a second."""
    _serve(ready, heartbeat_seconds=HEARTBEAT_SECONDS)


def _serve(ready: Connection, **changes: Any) -> None:
    async def serve() -> None:
        # What plays goes on for as long as anything is measured.
        changes["audio_seconds"] = changes["shortest_text_seconds"] = 3600.0
        async with FakeGuiji(expiration_seconds=3600, **changes) as fake:
            ready.send(
                GuijiPeer(
                    fake.http_url,
                    fake.mqtt_port,
                    fake.app_id,
                    fake.app_secret,
                    fake.mqtt_user,
                    fake.mqtt_password,
                    fake.live_id,
                    fake.material_ids,
                )
            )
            await asyncio.Event().wait()

    asyncio.run(serve())


class Session(Client):
    """One session: it answers heartbeats, and counts what it hears.

    Attributes:
        heartbeats: how many were heard, and answered.
        ids: of all that the server has said on its own.
        destroyed: whether the server has ended it.
    """

    def __init__(self, opened: dict[str, Any]) -> None:
        super().__init__()
        self.heartbeats = 0
        self.ids: list[int] = []
        self.destroyed = False
        self._id: str = opened["sessionId"]
        self._topic_in: str = opened["topicPub"]
        self.topic_out: str = opened["topicSub"]
        self._last = 0
        self._packet = 0

    def hear(self, packet: Publish) -> bool:
        if b'"method"' not in packet.data:  # not read any further, or the client would be what is measured
            if b'"error"' in packet.data:
                self.fail(json.loads(packet.data)["error"]["message"])
            return True
        message = json.loads(packet.data)
        method = message["method"]
        self.ids.append(message["id"])
        if method == "HeartBeat":
            self.heartbeats += 1
            echoed = {"sessionId": message["params"]["sessionId"], "message": "heartbeat received"}
            self.say(self._message({"id": message["id"], "sessionId": self._id, "result": echoed}, qos=0))
        self.destroyed = self.destroyed or message["params"].get("type") == "Destroy"
        return False

    async def log_in(self, peer: GuijiPeer) -> None:
        """Connects to the broker and subscribes."""
        login = Connect(f"client-{self._id}", True, 0, None, peer.user, peer.password.encode())
        await self.ask(connect(login), 1)
        await self.ask(subscribe(Subscribe(1, ((self.topic_out, 1),))), 1)

    async def create(self, peer: GuijiPeer, token: str) -> None:
        """Starts rendering."""
        human = {
            "type": "dthuman",
            "name": "dthuman",
            "audioDriven": {
                "mode": "livestream",
                "udCodeUsed": "1",
                "templates": [{"sequence": ["http://127.0.0.1/1.mp4"], "udCode": "1", "matting": 0}],
                "quarter": 0,
            },
        }
        whole = {"x": 0, "y": 0, "width": 1080, "height": 1920}
        params = {
            "token": token,
            "mode": "checkheartbeat",
            "rule": "DTHumanLivestreamWithAudioRelay",
            "playlist": list(peer.material_ids),
            "videoSize": {"width": 1080, "height": 1920},
            "resList": [{"type": "center", "resOptions": human, "drawOptions": whole}],
        }
        known = {"liveId": peer.live_id, "livePlatform": 3, "token": token}
        await self.ask(self._request("CreateNewSession", params, qos=1, **known), 2)

    def playlist_request(self, qos: int) -> bytes:
        """The next request for the playlist."""
        return self._request("pushPlayListManager", {"action": "getPlayList"}, qos=qos)

    def _request(self, method: str, params: dict[str, Any], *, qos: int, **more: Any) -> bytes:
        self._last += 1
        known = {"id": self._last, "method": method, "sessionId": self._id, **more}
        return self._message({**known, "params": {"sessionId": self._id, **params}}, qos=qos)

    def _message(self, body: dict[str, Any], *, qos: int) -> bytes:
        self._packet = self._packet % 65_535 + 1
        return publish(self._topic_in, json.dumps({**body, "sender": self.topic_out}).encode(), qos, self._packet)


class Sessions(list[Session]):
    """Sessions that run."""

    async def playlists(self, each: int, qos: int) -> float:
        """Requests for the playlist a second, one in flight in every session."""
        requests = [[session.playlist_request(qos) for _ in range(each)] for session in self]

        async def talk(session: Session, waiting: list[bytes]) -> None:
            for request in waiting:
                await session.ask(request, 1 + qos)

        began = time.perf_counter()
        await asyncio.gather(*map(talk, self, requests))
        return each * len(self) / (time.perf_counter() - began)


@asynccontextmanager
async def sessions(peer: GuijiPeer, count: int) -> AsyncGenerator[Sessions]:
    """So many sessions that run, each with a connection of its own."""
    found = Sessions()
    headers = {"source": "sdk"}
    loop = asyncio.get_running_loop()
    async with aiohttp.ClientSession(f"{peer.http_url}/live-manager/") as client:

        async def call(path: str, **body: object) -> Any:
            async with client.post(path, json=body, headers=headers) as answer:
                return (await answer.json())["data"]

        headers["token"] = (await call("open/accessToken", appId=peer.app_id, appSecret=peer.app_secret))["token"]
        try:
            for number in range(count):
                opened = await call("openApi/live/createLiveSession", liveId=peer.live_id, name=f"load {number}")
                _, session = await loop.create_connection(lambda: Session(opened), "127.0.0.1", peer.mqtt_port)  # noqa: B023 - it is called at once
                found.append(session)
                await session.log_in(peer)
                await session.create(peer, headers["token"])
            yield found
        finally:
            for session in found:
                session.leave()
