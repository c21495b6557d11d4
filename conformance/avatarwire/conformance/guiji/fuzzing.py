"""What is special about fuzzing Guiji's fake: calls with a token, sessions, connections to the broker, situations."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Any, ClassVar, Final, cast

from avatarwire.codecs import catalogue

from ..engine.bench import expect
from ..engine.case import Differs
from ..engine.http_calls import Reply
from ..engine.json_object import json_object
from ..engine.mqtt_link import MqttLink
from ..fuzzing.ground import Canary, Ground, was_cut
from ..fuzzing.known import filled, target
from ..fuzzing.player import Player
from ..fuzzing.steps import Step
from ..fuzzing.wires import Held, Wire
from .bench import Account, GuijiBench, code_of
from .heard import Session, begin_of_id, key_of
from .talk import PREFIX, Talk

__all__ = ["GROUND"]

_KEYS: Final = tuple(
    {
        "app_id": f"fuzz-app-{number}",
        "app_secret": f"fuzz-app-secret-{number}",
        "number": f"1000{number}",
        "mqtt_user": f"fuzz-user-{number}",
        "mqtt_password": f"fuzz-password-{number}",
    }
    for number in (1, 2, 3)
)
_ROOM: Final = 100001
_NO_TOKEN: Final = (100501, 100502)
_OPERATIONS: Final = {"createLive": "liveId", "uploadMaterial": "materialId"}
_MOMENT: Final = 1e-3
_FOREVER: Final = 1e6
_LONG: Final = 600
"""Seconds of silence that the other client asks for, so that it need not answer so many heartbeats."""


class _Player(Player[GuijiBench]):
    another: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "pcmId": "materialId",
            "materialIds": "materialId",
            "playlist": "materialId",
            "pcmIds": "materialId",
            "nowPcmId": "materialId",
            "sender": "topicSub",
        }
    )

    async def begin(self, step: Step) -> None:
        bench = self.bench
        if step.how == "other_account":
            account = await bench.log_in(_KEYS[2]["app_id"], _KEYS[2]["app_secret"])
            session = await bench.opened(await self._room_of(account), account)
            ids = {"sessionId": session.id, "liveId": session.live_id, "sender": session.topic_sub}
            self.hold(session.id, ids, session)
            self.reached.add("other_accounts_session")
            return
        try:
            session = await bench.opened()
        except Differs:
            bench._account = None  # pyright: ignore[reportPrivateUsage] # its token has come to its end
            bench.run.kept.pop("account", None)
            self.reached.add("token_replaced")
            session = await bench.opened()
        self.known.add("token", session.token)
        self.known.learn(dict(session.fields))
        ids = {"sessionId": session.id, "liveId": session.live_id, "sender": session.topic_sub, "token": session.token}
        self.hold(session.id, ids, session)

    async def _room_of(self, account: Account) -> int:
        reply = await self.bench.call("createLive", {"cutinFlag": True, "liveName": "a room"}, token=account.token)
        return int(reply.json.get("data") or 0)

    async def connect(self, step: Step, session: Held) -> None:
        bench, own = self.bench, cast("Session", session.own)
        account = await bench.account()
        if step.how == "wrong_password":
            account = Account(account.token, account.mqtt_user, "wrong", account.fields)
        if self.opened(session):
            self.reached.add("two_connections")
        talk = await bench.connected(account)
        talk.session = own
        wire = _wire(talk, session)
        await self.keep(wire)
        if step.how != "deaf":
            await talk.link.subscribe(own.topic_sub, 1)
        if step.how in ("playing", "mute"):
            fields = await talk.creation([await bench.any_material(), await bench.any_material()])
            talk.asked[key_of(fields.get("id"))] = begin_of_id(fields)
            await talk.send_bytes(bench.dumped(fields))
        if step.how != "mute":
            self.background(wire, _heard(talk))

    async def request(self, operation: str, data: bytes, step: Step) -> Reply:
        bench, how = self.bench, step.how
        known = catalogue.vendor("guiji").operations[operation]
        token: str | None = None
        if how == "unsigned" or operation == "getAccessToken":
            token = None
        elif how == "wrong_token":
            token = "0123456789abcdef"  # noqa: S105 - a wrong one
        elif how == "known_token":
            token = str(self.known.get("token", max(step.fill, 1)))
        else:
            token = await bench.token()
        given: dict[str, str] = {"content-type": "text/plain" if how == "plain" else "application/json"}
        if token is not None:
            given["token"] = token
            bench.secrets.add(token)
        if how != "no_source":
            given["source"] = "sdk"
        url, body = bench.endpoint.url + known.path + ("/x" if how == "other_path" else ""), data
        if known.parameters_in == "query":
            url, body = f"{url}?{target(data)}", b""
        method = known.method if how != "other_method" else {"GET": "POST", "POST": "GET"}[known.method]
        seen = "" if how in ("other_method", "other_path") else operation
        reply = await self.exchange(method, url, given, body, seen, step)
        if not how and code_of(reply) in _NO_TOKEN:
            self.reached.add("token_replaced")
            bench._account = None  # pyright: ignore[reportPrivateUsage]
            bench.run.kept.pop("account", None)
        return reply

    def learn(self, operation: str, reply: Reply) -> None:
        data = reply.json.get("data")
        if (name := _OPERATIONS.get(operation)) is not None:
            self.known.add(name, data)

    def fill(self, message: str, data: bytes, get: Callable[[str], Any]) -> bytes:
        fields = json_object(data)
        if message == "HeartBeat.reply":
            beat = self.known.get("beat_id", 1)
            return filled(data, lambda name: beat if name == "id" else self._prefixed(get, name))
        new = filled(data, lambda name: None if name == "id" else get(name))
        if fields and "method" in fields:
            self._asked(json_object(new))
        return new

    def _prefixed(self, get: Callable[[str], Any], name: str) -> Any:
        value = get(name)
        return f"{PREFIX}{value}" if name == "sessionId" and value is not None else value

    def _asked(self, fields: dict[str, Any]) -> None:
        for wire in self.wires:
            if isinstance(wire.own, Talk):
                wire.own.asked[key_of(fields.get("id"))] = begin_of_id(fields)

    def arguments(self, name: str, session: str, given: Mapping[str, Any]) -> Mapping[str, Any] | None:
        if name == "expire_tokens":
            return {"app_id": _KEYS[0]["app_id"]}
        if name == "play":
            known = self.known.get("materialId", 1)
            return {"session": session, "material_ids": [known or 1], **given}
        return {"session": session, **given}


async def _heard(talk: Talk) -> None:
    """Answers heartbeats as long as the connection is open."""
    await talk.until("the end", lambda _: False, _FOREVER)


def _wire(talk: Talk, session: Held) -> Wire:
    link: MqttLink = talk.link

    async def send(message: str, data: bytes) -> None:
        del message
        await link.publish_unasked(talk.session.topic_pub, data)

    async def leave(politely: bool) -> None:
        if politely:
            await link.leave()
        else:
            link.drop()
            await link.leave()

    return Wire("mqtt", session, send, link.send_raw, leave, lambda: link.over, talk)


class _Canary(Canary[GuijiBench]):
    _talk: Talk

    async def begin(self) -> Collection[str | int]:
        bench = self.bench
        await bench.account()
        room = await bench.room()
        material = await bench.material(room)
        self._room, self._material = room, material
        self._talk = await bench.joined(await bench.opened(room, expirationTime=_LONG))
        await self._talk.create([material])
        session = self._talk.session
        return (session.id, room, material, session.topic_sub, session.token, PREFIX + session.id)

    async def live(self) -> None:
        found = None
        with suppress(Differs):
            found = await self._talk.until("the end", lambda heard: heard.is_state(state="Destroy"), _FOREVER)
        raise Differs("a session that goes on", str(found or "the connection has ended"))

    async def talk(self) -> None:
        talk = self._talk
        while talk.take(lambda heard: heard.fields.get("method") == "SessionState") is not None:
            continue
        found = await talk.manage("addPlayList", pcmIds=[self._material])
        expect(self._material in found, f"a playlist with {self._material}", found)
        await talk.played("begin", self._material)
        await talk.played("end", self._material)
        await talk.destroy()

    async def resume(self) -> None:
        before = self._talk
        self._talk = await self.bench.joined(before.session)
        self._talk.follow(before)

    async def once_more(self) -> None:
        bench = self.bench
        account = await bench.log_in(bench.endpoint.text("app_id"), bench.endpoint.text("app_secret"))
        bench._account = account  # pyright: ignore[reportPrivateUsage]
        talk = await bench.joined(await bench.opened(self._room, account), account)
        await talk.create([self._material])
        await talk.destroy()


class _Ground(Ground):
    vendor = "guiji"
    has_broker = True
    tunables: ClassVar[Mapping[str, Any]] = MappingProxyType(
        {
            "accounts": _KEYS,
            "token_seconds": 900.0,
            "expiration_seconds": 60,
            "audio_seconds": 20.0,
            "max_rooms": 1000,
            "max_materials": 1000,
        }
    )
    other: ClassVar[Mapping[str, Any]] = MappingProxyType(
        {name: _KEYS[1][name] for name in ("app_id", "app_secret", "mqtt_user", "mqtt_password")} | {"live_id": ""}
    )
    statuses: ClassVar[frozenset[int]] = frozenset({200, 401, 404, 405, 413})
    player: ClassVar[type[Player[Any]]] = _Player
    canary: ClassVar[type[Canary[Any]]] = _Canary
    ways: ClassVar[Mapping[str, Sequence[str]]] = MappingProxyType(
        {
            "start": ("", "", "", "", "other_account"),
            "connect": (
                "playing", "playing", "playing", "playing", "", "mute", "deaf", "wrong_password",
            ),
            "call": (
                "", "", "", "", "", "", "", "unsigned", "wrong_token", "known_token", "other_method", "plain",
                "no_source", "other_path",
            ),
        }
    )  # fmt: skip
    commands: ClassVar[Mapping[str, Sequence[Mapping[str, Any]]]] = MappingProxyType(
        {
            "destroy": ({},),
            "play": ({}, {"cut_in": True}),
            "withhold_heartbeats": ({}, {"on": False}),
            "expire_tokens": ({},),
        }
    )
    settings: ClassVar[Mapping[str, Sequence[Any]]] = MappingProxyType(
        {
            "allow_unknown_commands": (True,),
            "bearer": (False,),
            "interaction": ("heartbeats",),
            "loop_playlist": (True,),
            "max_body_bytes": (1024,),
            "max_elements": (1,),
            "max_materials": (2,),
            "max_message_bytes": (4096,),
            "max_playlist": (2,),
            "max_rooms": (2,),
            "missed_heartbeats": (2,),
            "notification_qos": (0, 2),
            "prepare_seconds": (5.0,),
            "records_kept": (1,),
            "sessions_kept": (0, 1),
            "silent_seconds": (0.0, 5.0),
            "stream_seconds": (3.0,),
            "token_error_status": (401,),
            "token_seconds": (60.0,),
            "unknown_materials": ("play",),
        }
    )
    often: ClassVar[Mapping[str, int]] = MappingProxyType(
        {
            "pushPlayListManager.request": 5,
            "CreateNewSession.request": 2,
            "HeartBeat.reply": 2,
            "createLiveSession.request": 3,
            "uploadMaterial.request": 3,
            "getPullPath.request": 2,
        }
    )
    situations: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "destroyed_while_playing": "A session was destroyed while a material was being played.",
            "other_accounts_session": "A request was about a session or a room of another account.",
            "token_replaced": "A call was made with a token that was none any more.",
            "two_connections": "A second connection was made for one session.",
            "ended_by_silence": "A session was destroyed because its client had been silent.",
            "request_before_creation": "A request came before CreateNewSession.",
            "created_twice": "CreateNewSession came again for a session that ran.",
            "request_after_destroy": "A request was about a session that was over.",
            "cut_in_while_playing": "A material cut in while another was being played.",
            "heartbeat_unanswered": "A heartbeat was not answered before the next one.",
            "same_id_twice": "Two requests had one id.",
            "rpc_error": "A request was answered by an error.",
        }
    )

    def is_no_message(self, data: bytes) -> bool:
        # A request whose id is none is answered under that (GJ-E62).
        fields = json_object(data)
        return "error" in fields and type(fields.get("id")) is not int

    def __init__(self) -> None:
        self._asked: dict[str, set[str]] = {}
        self._beats: dict[str, int] = {}

    def seen(self, entry: Any, player: Player[Any], sessions: Mapping[str, Mapping[str, Any]], said: Any) -> None:
        session, reached, message = entry.session, player.reached, entry.message
        known = sessions.get(session)
        if entry.direction == "in" and entry.transport == "mqtt":
            self._in(entry, known, reached)
        elif entry.direction == "out" and message == "HeartBeat":
            self._beats[session] = self._beats.get(session, 0) + 1
            if self._beats[session] > 1:
                reached.add("heartbeat_unanswered")
            fields = json_object(entry.raw or b"")
            if session not in player.known.not_ours:
                player.known.add("beat_id", fields.get("id"))
        elif entry.direction == "out" and message == "SessionState.playlist":
            if b'"insertlis' in (entry.raw or b""):
                reached.add("cut_in_while_playing")
        elif entry.direction == "out" and message == "error":
            reached.add("rpc_error")
        elif entry.direction == "out" and message == "SessionState.Destroy":
            if known is not None and known["ended_by"] == "silence":
                reached.add("ended_by_silence")
            if was_cut(said, session, entry.time):
                reached.add("destroyed_while_playing")

    def _in(self, entry: Any, known: Mapping[str, Any] | None, reached: set[str]) -> None:
        session, message = entry.session, entry.message
        if message == "HeartBeat.reply":
            self._beats[session] = 0
            return
        ids = self._asked.setdefault(session, set())
        id_ = json.dumps(json_object(entry.raw or b"").get("id"))
        if id_ in ids:
            reached.add("same_id_twice")
        ids.add(id_)
        if known is None:
            return
        if known["over"]:
            reached.add("request_after_destroy")
        elif message == "CreateNewSession.request":
            if f"{session} created" in ids:
                reached.add("created_twice")
            ids.add(f"{session} created")
        elif f"{session} created" not in ids:
            reached.add("request_before_creation")


GROUND: Final = _Ground
