"""A broadcast with the fake Guiji: HTTP by httpx, MQTT by aiomqtt, the conversation by our client.

    python examples/guiji_session.py

The fake runs in this process, in the same event loop, and brings its broker. A service does the same with the vendor's
addresses.
"""

from __future__ import annotations

import asyncio
from typing import TypeVar

import aiomqtt
import httpx

from avatarwire.codecs.guiji import http
from avatarwire.codecs.guiji.client.session import SessionClient
from avatarwire.codecs.guiji.events import Answered, Created, Ended, Event, PlaybackEnded, StreamStarted
from avatarwire.codecs.guiji.http_enums import MaterialType
from avatarwire.codecs.guiji.resources import AudioDriven, DtHuman, Layer, Matting, ResourceElement, Template, VideoSize
from avatarwire.codecs.message import Message
from avatarwire.codecs.operation import Operation
from avatarwire.fakeserver import FakeGuiji

EventT = TypeVar("EventT", bound=Event)
RequestT = TypeVar("RequestT", bound=Message)
ResponseT = TypeVar("ResponseT")

NODELAY = (6, 1, 1)
"""IPPROTO_TCP, TCP_NODELAY: without it every answer waits 40 ms for the next one."""


class Api:
    """The HTTP operations."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.token = ""

    async def call(self, operation: Operation[RequestT, ResponseT], request: RequestT) -> ResponseT:
        """Sends one call. Raises `HttpError` when it fails, under whatever HTTP status."""
        call = operation.encode_request(request)
        headers = {**call.headers, http.TOKEN_HEADER: self.token} if self.token else dict(call.headers)
        answer = await self._client.request(call.method, call.target, content=call.body, headers=headers)
        return operation.decode_response(answer.status_code, answer.content).value


class Broadcast:
    """One session on one MQTT connection."""

    def __init__(self, mqtt: aiomqtt.Client, client: SessionClient) -> None:
        self._mqtt = mqtt
        self._messages = aiter(mqtt.messages)
        self.client = client
        self._waiting: list[Event] = []

    async def until(self, kind: type[EventT]) -> EventT:
        """Says what there is to say and takes in what comes, until something has happened."""
        now = asyncio.get_running_loop().time
        while True:
            for topic, payload in self.client.data_to_send():
                await self._mqtt.publish(topic, payload, qos=1)
            while self._waiting:
                event = self._waiting.pop(0)
                if isinstance(event, kind):
                    return event
            message = await anext(self._messages)
            self._waiting += self.client.receive(str(message.topic), bytes(message.payload), now())


def presenter(robot: http.RobotVO) -> ResourceElement:
    """The digital human, in the first scene of a presenter."""
    scene = next(iter(robot.scene_list or ()))
    template = Template(sequence=(scene.video_cover_url or "",), ud_code=scene.scene_code, matting=Matting.KEEP)
    return ResourceElement(
        type=Layer.CENTER,
        res_options=DtHuman(
            name="dthuman", audio_driven=AudioDriven(ud_code_used=scene.scene_code, templates=(template,))
        ),
    )


async def broadcast(fake: FakeGuiji, api: Api) -> None:
    """Prepares a room, opens a session, plays two materials and ends it."""
    key = http.GetAccessTokenRequest(app_id=fake.app_id, app_secret=fake.app_secret)
    token = await api.call(http.GET_ACCESS_TOKEN, key)
    api.token = token.token

    robots = await api.call(http.LIST_PLATFORM_ROBOTS, http.ListPlatformRobotsRequest())
    room = await api.call(http.CREATE_LIVE, http.CreateLiveRequest(cutin_flag=True, live_name="an evening"))
    sounds = [
        await api.call(
            http.UPLOAD_MATERIAL,
            http.UploadMaterialRequest(
                live_id=room, material_type=MaterialType.AUDIO, material_url=f"https://media.example/{name}.wav"
            ),
        )
        for name in ("welcome", "offer")
    ]
    session = await api.call(http.CREATE_LIVE_SESSION, http.CreateLiveSessionRequest(live_id=room, name="tonight"))

    now = asyncio.get_running_loop().time
    async with aiomqtt.Client(
        fake.mqtt_host,
        fake.mqtt_port,
        username=token.mqtt_user,
        password=token.mqtt_password,
        socket_options=[NODELAY],
    ) as mqtt:
        client = SessionClient(session, token.token)
        await mqtt.subscribe(client.topic_sub, qos=1)
        client.subscribed(now())
        talk = Broadcast(mqtt, client)

        size = VideoSize(width=1080, height=1920)
        client.create(res_list=(presenter(robots[0]),), playlist=sounds[:1], video_size=size, now=now())
        created = await talk.until(Created)
        stream = await talk.until(StreamStarted)
        print(f"{created.text}  pull from {stream.addresses and stream.addresses.rtmp}")

        client.add(sounds[1:], now=now())
        print("the playlist:", (await talk.until(Answered)).playlist)
        for _ in sounds:
            print("played:", (await talk.until(PlaybackEnded)).pcm_id)

        client.destroy(now=now())
        print("ended:", (await talk.until(Ended)).reason.value)

    records = await api.call(http.QUERY_LIVE_RECORDS, http.QueryLiveRecordsRequest())
    print("on record:", [(record.live_name, record.live_status_name) for record in records.records])
    print("rules broken:", fake.journal.violations(level="error"))


async def main() -> None:
    """Everything, against a fake whose materials are short."""
    async with (
        FakeGuiji(audio_seconds=0.2) as fake,
        httpx.AsyncClient(base_url=fake.http_url, trust_env=False) as client,
    ):
        await broadcast(fake, Api(client))


if __name__ == "__main__":
    asyncio.run(main())
