"""What is special about fuzzing Aliyun's fake: signed calls, sessions and their sockets, situations."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, Final, cast

from avatarwire.codecs import catalogue

from ..engine.bench import expect
from ..engine.http_calls import Reply
from ..engine.json_object import json_object
from ..engine.web_socket import Refused
from ..fuzzing.ground import Canary, Ground, was_cut
from ..fuzzing.known import target
from ..fuzzing.player import Player
from ..fuzzing.steps import Step
from ..fuzzing.wires import Held, of_socket
from .bench import AliyunBench, Session, Signed
from .talk import HEADER, Talk
from .verifiers import accepted

__all__ = ["GROUND"]

_PROJECT: Final = "510020003000400001"
_OTHER_PROJECT: Final = "510020003000400002"
_MAIN: Final = "1602000000000001"
_OTHER_MAIN: Final = "1602000000000002"
_KEYS: Final = (
    {"access_key_id": "LTAI5tFuzzAccessKeyId01", "access_key_secret": "fuzz-access-key-secret-01", "main_id": _MAIN},
    {
        "access_key_id": "LTAI5tFuzzAccessKeyId02",
        "access_key_secret": "fuzz-access-key-secret-02",
        "main_id": _OTHER_MAIN,
    },
)
_TOKEN_SECONDS: Final = 300.0
_IDLE: Final = 120.0
_BEAT: Final = 40.0
_RACE: Final = 0.2
"""Seconds between an interrupt and the last packet that make a race of them."""
_MOMENT: Final = 1e-3


class _Player(Player[AliyunBench]):
    head: ClassVar[int] = HEADER
    _nonce: str = ""

    async def begin(self, step: Step) -> None:
        bench = self.bench
        more = {"requestId": "fuzz-same"} if step.how == "same_request" else {}
        given = {"projectId": bench.project_id, "requestId": bench.made_up("rq-"), **more}
        reply = await bench.call("StartAvatarSession", given)
        self.learn("StartAvatarSession", reply)
        fields = accepted(reply)
        session = Session(
            str(fields.get("sessionId", "")), str(fields.get("webSocketUrl", "")), fields, bench.project_id
        )
        if any(held.id == session.id for held in self.sessions):
            self.reached.add("same_request_id")
        self.known.learn(fields)
        self.hold(session.id, {"sessionId": session.id, "projectId": bench.project_id}, session)

    async def connect(self, step: Step, session: Held) -> None:
        own = cast("Session", session.own)
        url = own.url
        if step.how == "wrong_token":
            url = own.url_with(token=own.query.get("token", "x")[:-2] + "xx")
        elif step.how == "no_token":
            url = own.url_with(token=None)
        elif step.how == "other_token" and len(self.sessions) > 1:
            url = own.url_with(token=cast("Session", self.sessions[0].own).query.get("token"))
        is_second = bool(self.opened(session))
        late = asyncio.get_running_loop().time() - session.began > _TOKEN_SECONDS
        try:
            talk = await self.bench.connected(own, url)
        except Refused:
            if late and not step.how:
                self.reached.add("token_expired_before_connect")
            raise
        if is_second:
            self.reached.add("two_sockets")
        await self.keep(of_socket(talk.socket, session, sort="ws", own=talk, is_text=lambda _: step.how == "text"))
        if step.how == "ready":
            await self._prepare(talk)

    async def _prepare(self, talk: Talk) -> None:
        for _ in range(3):
            await talk.send(131, {})

    async def request(self, operation: str, data: bytes, step: Step) -> Reply:
        bench, how = self.bench, step.how
        known = catalogue.vendor("aliyun").operations[operation]
        is_query = known.parameters_in == "query"
        method = {"GET": "POST", "POST": "GET"}[known.method] if how == "other_method" else ""
        given: Signed = bench.signed(
            operation,
            {},
            query=target(data) if is_query else None,
            body=None if is_query else data,
            method=method,
            late=1000.0 if how == "late" else 0.0,
            secret="another-secret" if how == "wrong_key" else "",
            nonce=self._nonce if how == "replayed" else "",
            headers={"content-type": "text/plain"} if how == "plain" and not is_query else None,
            path=f"{known.path}/x" if how == "other_path" else "",
        )
        if how == "unsigned":
            given.headers.pop("Authorization", None)
            given.headers.pop("authorization", None)
        self._nonce = next((value for name, value in given.headers.items() if "nonce" in name.lower()), "")
        operation_seen = "" if how in ("other_method", "other_path") else operation
        return await self.exchange(given.method, given.url, given.headers, given.body, operation_seen, step)

    def learn(self, operation: str, reply: Reply) -> None:
        if reply.json.get("code") == "QuotaExceeded.Channels" or reply.json.get("Code") == "QuotaExceeded.Channels":
            self.reached.add("quota_full")
        if operation == "StopAvatarSession" and reply.status == 200 and any(
            each.own is not None and each.session is not None and each.session.id in self._stopped(reply)
            for each in self.wires
        ):  # fmt: skip
            self.reached.add("stopped_while_connected")

    def _stopped(self, reply: Reply) -> Collection[str]:
        over = {it["session"] for it in self.server.sessions() if it["over"]}
        return over if reply.status == 200 else ()


class _Canary(Canary[AliyunBench]):
    _talk: Talk

    async def begin(self) -> Collection[str | int]:
        self._talk = await self.bench.prepared()
        return (self._talk.session.id, self.bench.project_id)

    async def live(self) -> None:
        while True:
            await asyncio.sleep(_BEAT)
            # Only what is said keeps a session from being taken for a silent one.
            async with self.busy:
                await self._said("Is anybody here")

    async def _said(self, text: str) -> None:
        message_id = await self._talk.ask(text)
        reply = await self._talk.replied((128,), message_id)
        expect(text in reply.text, f"an answer to {text!r}", reply)

    async def talk(self) -> None:
        await self._talk.works()
        await self._said("How are you")
        session = self._talk.session
        fields = accepted(await self.bench.stopped(session))
        expect(fields.get("status") == "Stopped", "status Stopped", fields)
        await self._talk.ended()

    async def resume(self) -> None:
        self._talk = await self.bench.prepared(self._talk.session)

    async def once_more(self) -> None:
        self._talk = await self.bench.prepared()
        await self._said("Good morning")
        await self.bench.stopped(self._talk.session)


class _Ground(Ground):
    vendor = "aliyun"
    tunables: ClassVar[Mapping[str, Any]] = MappingProxyType(
        {
            "accounts": _KEYS,
            "projects": tuple(
                {"id": id_, "main_id": main_id, "channels": channels}
                for id_, main_id, channels in ((_PROJECT, _MAIN, 2), (_OTHER_PROJECT, _OTHER_MAIN, 4))
            ),
            "channel_quota": True,
            "token_seconds": _TOKEN_SECONDS,
            "idle_seconds": _IDLE,
            "heartbeat_seconds": 200.0,
            "first_chunk_seconds": 0.2,
            "chunk_seconds": 0.3,
        }
    )
    other: ClassVar[Mapping[str, Any]] = MappingProxyType(
        {
            "access_key_id": _KEYS[1]["access_key_id"],
            "access_key_secret": _KEYS[1]["access_key_secret"],
            "project_id": _OTHER_PROJECT,
        }
    )
    statuses: ClassVar[frozenset[int]] = frozenset({200, 400, 404, 413})
    player: ClassVar[type[Player[Any]]] = _Player
    canary: ClassVar[type[Canary[Any]]] = _Canary
    ways: ClassVar[Mapping[str, Sequence[str]]] = MappingProxyType(
        {
            "start": ("", "", "same_request"),
            "connect": ("ready", "ready", "ready", "", "wrong_token", "no_token", "other_token", "text"),
            "call": (
                "", "", "", "", "", "", "unsigned", "wrong_key", "late", "replayed", "other_method", "plain",
                "other_path",
            ),
        }
    )  # fmt: skip
    commands: ClassVar[Mapping[str, Sequence[Mapping[str, Any]]]] = MappingProxyType(
        {
            "force_close": ({},),
            "recover": ({},),
            "drop": ({}, {"code": 1000}, {"code": 1012}),
            "report_error": ({}, {"error_code": 10001}, {"error_code": -(2**63)}),
        }
    )
    settings: ClassVar[Mapping[str, Sequence[Any]]] = MappingProxyType(
        {
            "before_ready": ("queue", "ignore"),
            "broadcast_reply": ("none",),
            "channel_token_epoch": (True,),
            "chunk_characters": (0, 1),
            "close_on_bad_frame": (True,),
            "data_outside_speech": ("refuse",),
            "force_close_seconds": (5.0,),
            "http_text_on_socket": (True,),
            "interrupt_reply": ("none",),
            "max_body_bytes": (1024,),
            "max_frame_bytes": (1024,),
            "max_queue": (1,),
            "overlap": ("replace", "reject"),
            "polls_until_ready": (0, 7),
            "recovery_reply": ("finish",),
            "second_connection": ("force_close", "refuse"),
            "separate_finish": (True,),
            "socket_refusal": ("frame",),
            "stop_unknown": ("error",),
            "stopped_kept": (0, 1),
            "without_agent": ("refuse",),
        }
    )
    often: ClassVar[Mapping[str, int]] = MappingProxyType(
        {
            "text_drive.request": 8,
            "interrupt.request": 3,
            "asr.start.request": 2,
            "channel_ready.request": 2,
            "StopAvatarSession.request": 3,
            "CheckSession.request": 2,
            "SendTextMsg.request": 3,
        }
    )
    situations: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "force_closed_while_speaking": "A session was closed by force while an answer was being given.",
            "recovering_while_answering": "The line broke while an answer was being given.",
            "interrupt_raced_last_packet": "An interrupt and the last packet of an answer crossed.",
            "token_expired_before_connect": "The token of a session had run out when its socket was opened.",
            "two_sockets": "A second socket was opened for one session.",
            "ended_by_silence": "A session was closed by force because nobody had said anything.",
            "quota_full": "There was no line left for another session.",
            "drive_before_ready": "A text came before the channel was ready.",
            "stopped_while_connected": "A session was stopped while its socket was open.",
            "stopped_twice": "A session was stopped that was over.",
            "same_request_id": "A start was asked for again by the same requestId.",
            "project_gone": "A project was deleted or taken offline while a session of it went on.",
            "text_during_speech": "A text came while somebody was speaking.",
            "drive_during_answer": "A second text came while the first was being answered.",
        }
    )

    def __init__(self) -> None:
        self._ready: set[str] = set()
        self._open: set[str] = set()
        self._speech: set[str] = set()
        self._last_packet: dict[str, float] = {}
        self._interrupted: dict[str, float] = {}
        self._stopped: set[str] = set()

    def seen(self, entry: Any, player: Player[Any], sessions: Mapping[str, Mapping[str, Any]], said: Any) -> None:
        it, session, reached = _ENTRIES.get((entry.direction, entry.message)), entry.session, player.reached
        if it is not None:
            it(self, entry, session, reached)
        if entry.direction == "out" and entry.message == "session.force_close":
            if was_cut(said, session, entry.time):
                reached.add("force_closed_while_speaking")
            last = sessions.get(session, {}).get("silent_since", entry.time)
            if entry.time - last >= _IDLE - _MOMENT:
                reached.add("ended_by_silence")
        elif entry.direction == "out" and entry.message == "session.recovering":
            self._ready.discard(session)
            self._open.discard(session)
            if was_cut(said, session, entry.time):
                reached.add("recovering_while_answering")
        elif entry.direction == "in" and entry.message == "OperateAvatarProject.request":
            kind = json_object(entry.raw or b"").get("operateType")
            if kind in ("DELETE", "OFFLINE") and any(
                not each["over"] and each["project_id"] == _PROJECT for each in sessions.values()
            ):
                reached.add("project_gone")

    def _in_text(self, entry: Any, session: str, reached: set[str]) -> None:
        if session not in self._ready:
            reached.add("drive_before_ready")
        else:
            if session in self._open:
                reached.add("drive_during_answer")
            self._open.add(session)
        if session in self._speech:
            reached.add("text_during_speech")

    def _out_status(self, entry: Any, session: str, reached: set[str]) -> None:
        del reached
        if b"READY" in (entry.raw or b""):
            self._ready.add(session)

    def _out_text(self, entry: Any, session: str, reached: set[str]) -> None:
        fields = json_object((entry.raw or b"")[HEADER:])
        if fields.get("finish") is True:
            self._open.discard(session)
            self._last_packet[session] = entry.time
            if entry.time - self._interrupted.get(session, 0.0) < _RACE:
                reached.add("interrupt_raced_last_packet")

    def _in_interrupt(self, entry: Any, session: str, reached: set[str]) -> None:
        self._interrupted[session] = entry.time
        if entry.time - self._last_packet.get(session, 0.0) < _RACE:
            reached.add("interrupt_raced_last_packet")

    def _in_stop(self, entry: Any, session: str, reached: set[str]) -> None:
        session = str(json_object(entry.raw or b"").get("sessionId"))
        if session in self._stopped:
            reached.add("stopped_twice")
        self._stopped.add(session)

    def _in_speech(self, entry: Any, session: str, reached: set[str]) -> None:
        del entry, reached
        self._speech.add(session)

    def _in_speech_end(self, entry: Any, session: str, reached: set[str]) -> None:
        del entry, reached
        self._speech.discard(session)


_ENTRIES: Final[Mapping[tuple[str, str], Callable[[Any, Any, str, set[str]], None]]] = {
    ("in", "text_drive.request"): _Ground._in_text,  # pyright: ignore[reportPrivateUsage]
    ("out", "channel_ready.response"): _Ground._out_status,  # pyright: ignore[reportPrivateUsage]
    ("out", "text_drive.response"): _Ground._out_text,  # pyright: ignore[reportPrivateUsage]
    ("in", "interrupt.request"): _Ground._in_interrupt,  # pyright: ignore[reportPrivateUsage]
    ("in", "StopAvatarSession.request"): _Ground._in_stop,  # pyright: ignore[reportPrivateUsage]
    ("in", "asr.start.request"): _Ground._in_speech,  # pyright: ignore[reportPrivateUsage]
    ("in", "asr.end.request"): _Ground._in_speech_end,  # pyright: ignore[reportPrivateUsage]
}

GROUND: Final = _Ground
