"""A live with the fake SenseTime: HTTP by httpx, the microphone by websockets, the conversation by our clients.

    python examples/sensetime_live.py

The fake runs in this process, in the same event loop. A service does the same with the vendor's address, and takes in
callbacks where this one looks at the state.
"""

from __future__ import annotations

import asyncio
import json
from typing import TypeVar

import httpx
import websockets

from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.sensetime import script
from avatarwire.codecs.sensetime.client.live import LiveClient
from avatarwire.codecs.sensetime.events import (
    Event,
    LiveEnded,
    LiveStarted,
    MicrophoneReady,
    QueueListed,
    TakeoverAnswered,
)
from avatarwire.codecs.sensetime.http import CreateLiveRequest
from avatarwire.codecs.sensetime.script import LiveScript, TakeoverScript
from avatarwire.codecs.sensetime.script_parts import TakeoverQuery
from avatarwire.codecs.sensetime.tokens import authorized
from avatarwire.fakeserver import FakeSenseTime

EventT = TypeVar("EventT", bound=Event)

SCENE = {
    "digital_role": {"id": 7, "name": "Lin", "position": {"x": 0, "y": 0}, "scale": 1.0},
    "tts_config": {"qid": "voice-1", "speed_ratio": 1.0, "volume": 100},
    "tts_query": {"content": "Welcome to our evening, it is good to have you here."},
}


class Live:
    """One live: makes the calls its client asks for, and gives it the answers."""

    def __init__(self, client: LiveClient, http: httpx.AsyncClient, token: str) -> None:
        self.client = client
        self._http = http
        self._token = token
        self._waiting: list[Event] = []

    async def until(self, kind: type[EventT]) -> EventT:
        """Makes calls until something has happened."""
        now = asyncio.get_running_loop().time
        while True:
            while self._waiting:
                event = self._waiting.pop(0)
                if isinstance(event, kind):
                    return event
            for call in self.client.calls_to_make():
                request = authorized(call.request, self._token)
                answer = await self._http.request(
                    request.method, request.target, headers=dict(request.headers), content=request.body
                )
                self._waiting += self.client.receive(call, answer.status_code, answer.content, now())


def live_script() -> LiveScript:
    """What the live shows, read from JSON as a service might have it."""
    wrong = json.dumps({"sceneList": [{**SCENE, "tts_config": {"volume": 900}}], "bit_rate": 70})
    for finding in script.faults_of(wrong, "live"):
        print("a wrong script:", finding)
    return script.decode_live(json.dumps({"version": "0.0.1", "sceneList": [SCENE]})).value


def saying(text: str) -> TakeoverScript:
    """A takeover that says something; at least ten characters, or it cannot be made."""
    try:
        return TakeoverScript(tts_query=TakeoverQuery(content=text))
    except ValidationError as error:
        raise SystemExit(str(error)) from None


async def microphone(live: Live, fake: FakeSenseTime) -> None:
    """One round of speech: half a second of silence."""
    now = asyncio.get_running_loop().time
    client = live.client.open_microphone()
    async with websockets.connect(live.client.microphone_url(fake.http_url), proxy=None) as socket:
        client.connected(now())
        ready = False
        while not ready:
            for message in client.data_to_send():
                await socket.send(message)
            events = client.receive(await socket.recv(), now())
            ready = any(isinstance(event, MicrophoneReady) for event in events)
        client.send(bytes(16_000))
        client.end()
        packets = client.data_to_send()
        for message in packets:
            await socket.send(message)
        print(f"spoken in {len(packets) - 1} packets")
        client.close()


async def main() -> None:
    """A live from its creation to its end."""
    now = asyncio.get_running_loop().time
    async with FakeSenseTime() as fake, httpx.AsyncClient(base_url=fake.http_url, trust_env=False) as http:
        live = Live(LiveClient(CreateLiveRequest.of(live_script(), user_data="evening")), http, fake.access_token)
        live.client.create(now())
        await live.until(LiveStarted)
        print("in progress:", live.client.status)

        await microphone(live, fake)

        live.client.say(saying("Thank you all for coming tonight."))
        live.client.queue(saying("And now the news of this week."))
        for _ in range(2):
            answer = await live.until(TakeoverAnswered)
            print("takeover:", answer.status)
        live.client.list_queue()
        print("in the queue:", len((await live.until(QueueListed)).trace_ids))

        live.client.close(now())
        print("ended:", (await live.until(LiveEnded)).status)
        print("rules broken:", fake.journal.violations(level="error"))


if __name__ == "__main__":
    asyncio.run(main())
