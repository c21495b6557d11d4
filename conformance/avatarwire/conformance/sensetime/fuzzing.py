"""What is special about fuzzing SenseTime's fake: calls, lives, sockets, the receiver of callbacks, situations."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, Final, cast

from ..engine.bench import expect
from ..engine.http_calls import Reply
from ..engine.web_socket import Refused
from ..fuzzing.ground import Canary, Ground, was_cut
from ..fuzzing.known import target
from ..fuzzing.listening import Receiver
from ..fuzzing.player import Player
from ..fuzzing.steps import Step
from ..fuzzing.wires import Held, of_socket
from .bench import BRIEF, Live, SenseTimeBench
from .calling import operation_of
from .talking import Talk
from .verifying import accepted, is_refused, members, succeeded

__all__ = ["GROUND"]

_KEYS: Final = (
    {"app_id": "fuzz-app-1", "app_key": "fuzz-app-key-1", "channels": 2},
    {"app_id": "fuzz-app-2", "app_key": "fuzz-app-key-2", "channels": 4, "callback_url": ""},
)
_SILENCE: Final = 180.0
_BEAT: Final = 60.0
_FULL: Final = (97, 98)
_CLOSED: Final = 50
_EXTRA: Final = ("login", "refresh")
_MOMENT: Final = 1e-3


class _Player(Player[SenseTimeBench]):
    receiver: Receiver

    async def begin(self, step: Step) -> None:
        bench = self.bench
        reply = await bench.call("createLive", {"param": bench.param})
        given = members(accepted(reply))
        self.learn("createLive", reply)
        if not given.get("sessionId"):
            return
        live = Live(str(given["sessionId"]), str(given.get("sessionToken", "")), given)
        self.bench.secrets.add(live.token)
        self.known.learn(given)
        self.hold(live.id, {"sessionId": live.id}, live)
        if step.how != "created" and live.status not in _FULL:
            accepted(await bench.of_live("startLive", live))

    async def connect(self, step: Step, session: Held) -> None:
        live = cast("Live", session.own)
        is_page = step.how in ("page", "wrong_page")
        token = "wrong" if step.how.startswith("wrong") else None
        is_second = any(wire.sort == "ws" for wire in self.opened(session))
        over = any(each["session"] == session.id and each["over"] for each in self.server.sessions())
        try:
            if is_page:
                talk = await self.bench.knocked_page(live, token=token)
            else:
                query = {"clientType": "ROBOT"} if step.how == "robot" else {}
                talk = await self.bench.knocked(live, token=token, **query)
        except Refused:
            if over:
                self.reached.add("socket_of_ended_live")
            raise
        if is_second and not is_page:
            self.reached.add("two_microphones")
        await self.keep(
            of_socket(
                talk.socket,
                session,
                sort="page" if is_page else "ws",
                own=talk,
                is_text=lambda message: message != "microphone.audio",
            )
        )
        if step.how == "speaking":
            await talk.begin()
            await talk.speech()

    async def request(self, operation: str, data: bytes, step: Step) -> Reply:
        bench, how = self.bench, step.how
        known = operation_of(operation)
        authorization: str | None = None
        if how == "unsigned" or operation == "login":
            authorization = ""
        elif how == "wrong_token":
            authorization = "Bearer 0123456789abcdef"
        elif how == "known_token" or operation == "refresh":
            name = "refreshToken" if operation == "refresh" else "accessToken"
            authorization = f"Bearer {self.known.get(name, max(step.fill, 1))}"
        if authorization is None:
            authorization = f"Bearer {await bench.access_token()}"
        headers = {"Content-Type": "text/plain" if how == "plain" else "application/json"}
        if authorization:
            headers["Authorization"] = authorization
            bench.secrets.add(authorization)
        method = known.method if how != "other_method" else {"GET": "POST", "POST": "GET"}[known.method]
        url, body = bench.endpoint.url + known.path + ("/x" if how == "other_path" else ""), data
        if known.method == "GET":
            url, body = f"{url}?{target(data)}", b""
        seen = "" if how in ("other_method", "other_path") else operation
        reply = await self.exchange(method, url, headers, body, seen, step)
        if not how and is_refused(reply) and self._lost_token(reply):
            self.reached.add("token_expired")
            bench.run.kept.pop("checked", None)
            bench.run.kept.pop("access_token", None)
        return reply

    def _lost_token(self, reply: Reply) -> bool:
        return reply.status == 401 or "token" in str(reply.json.get("message", "")).lower()

    def is_extra(self, operation: str) -> bool:
        return operation in _EXTRA

    def learn(self, operation: str, reply: Reply) -> None:
        if operation == "createLive" and members(reply.json.get("data")).get("status") in _FULL:
            self.reached.add("quota_full")

    def arguments(self, name: str, session: str, given: Mapping[str, Any]) -> Mapping[str, Any] | None:
        if name == "expire_tokens":
            self.bench.run.kept.pop("checked", None)
            return {"app_id": _KEYS[0]["app_id"]}
        return {"session": session, **given}

    async def receive(self, step: Step) -> None:
        self.receiver.how = step.how


class _Canary(Canary[SenseTimeBench]):
    _live: Live
    _talk: Talk

    async def begin(self) -> Collection[str | int]:
        self._live = await self.bench.started()
        self._talk = await self.bench.microphone(self._live)
        return (self._live.id, self._live.token)

    async def live(self) -> None:
        while True:
            await asyncio.sleep(_BEAT)
            async with self.busy:
                reply = await self._asked("heartbeat")
            expect(not is_refused(reply), "a heartbeat that is taken", reply)

    async def _asked(self, operation: str, **parameters: Any) -> Reply:
        reply = await self.bench.of_live(operation, self._live, **parameters)
        if is_refused(reply):  # its token may have come to its end
            self.bench.run.kept.pop("checked", None)
            reply = await self.bench.of_live(operation, self._live, **parameters)
        return reply

    async def talk(self) -> None:
        expect(not is_refused(await self._asked("heartbeat")), "a live that goes on", "a refusal")
        trace_id = await self.bench.command(self._live, BRIEF)
        await self._talk.notice(18, trace_id)
        await self._talk.begin()
        await self._talk.speech()
        await self._talk.eof()
        await self._talk.answers()
        succeeded(await self.bench.close(self._live))

    async def resume(self) -> None:
        self._talk = await self.bench.microphone(self._live)

    async def once_more(self) -> None:
        live = await self.bench.started()
        succeeded(await self.bench.close(live))


class _Ground(Ground):
    vendor = "sensetime"
    tunables: ClassVar[Mapping[str, Any]] = MappingProxyType(
        {
            "accounts": _KEYS,
            "heartbeat_seconds": _SILENCE,
            "characters_per_second": 1.0,
            "queue_limit": 20,
            "callback_retries": (1.0, 5.0),
        }
    )
    other: ClassVar[Mapping[str, Any]] = MappingProxyType(
        {"app_id": _KEYS[1]["app_id"], "app_key": _KEYS[1]["app_key"], "access_token": ""}
    )
    statuses: ClassVar[frozenset[int]] = frozenset({200, 400, 401, 404, 405, 413})
    player: ClassVar[type[Player[Any]]] = _Player
    canary: ClassVar[type[Canary[Any]]] = _Canary
    ways: ClassVar[Mapping[str, Sequence[str]]] = MappingProxyType(
        {
            "start": ("", "", "", "created"),
            "connect": ("", "", "speaking", "speaking", "page", "page", "wrong", "wrong_page", "robot"),
            "call": (
                "", "", "", "", "", "", "", "unsigned", "wrong_token", "known_token", "other_method", "plain",
                "other_path",
            ),
            "receive": ("", "500", "garbage", "late", "closed", "endless", "redirect", "trickle"),
        }
    )  # fmt: skip
    commands: ClassVar[Mapping[str, Sequence[Mapping[str, Any]]]] = MappingProxyType(
        {
            "close_live": ({}, {"status": 50}, {"status": 9}, {"status": 99}, {"status": 97}),
            "fail_live": ({},),
            "stop_speech": ({},),
            "fail_speech": ({},),
            "drop": ({}, {"code": 1000}, {"code": 1012}),
            "expire_tokens": ({},),
        }
    )
    settings: ClassVar[Mapping[str, Sequence[Any]]] = MappingProxyType(
        {
            "any_client_type": (True,),
            "before_start": ("refuse",),
            "callback_delay": (1.0,),
            "cancelled_status": (39,),
            "close_ended": ("code",),
            "command_during_takeover": ("wait",),
            "default_download_seconds": (2.0,),
            "early_refresh": ("repeat",),
            "ended_kept": (0, 1),
            "initialising_seconds": (1.0,),
            "max_body_bytes": (4096,),
            "max_frame_bytes": (1024,),
            "microphone_ready": ("open",),
            "microphone_token": ("either",),
            "page_size_limit": (1,),
            "queue_limit": (1,),
            "rotate_refresh_tokens": (True,),
            "second_microphone": ("refuse",),
            "short_speech": ("accept",),
            "takeover_during_speech": ("accept",),
            "token_seconds": (600.0,),
        }
    )
    often: ClassVar[Mapping[str, int]] = MappingProxyType(
        {
            "takeoverCommand.request": 4,
            "takeoverQueue.request": 6,
            "takeoverCancel.request": 3,
            "takeoverReorder.request": 3,
            "takeoverQueueList.request": 2,
            "heartbeat.request": 2,
            "startLive.request": 2,
            "closeLive.request": 2,
        }
    )
    situations: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "takeover_while_another_speaks": "A takeover was commanded while another was being spoken.",
            "closed_with_open_microphone": "A live ended while somebody was speaking into its microphone.",
            "callback_refused": "The customer's receiver refused a callback, or did not answer it.",
            "token_expired": "A call was made with an access token that was none any more.",
            "two_microphones": "A second microphone socket was opened for one live.",
            "ended_by_silence": "A live was closed as nobody had sent a heartbeat.",
            "quota_full": "There was no channel left for another live.",
            "takeover_before_start": "A takeover came before its live was started.",
            "cancelled_while_speaking": "A takeover was cancelled while it was being spoken.",
            "queued_behind": "A takeover waited in the queue behind another.",
            "call_about_ended_live": "A call was about a live that was over.",
            "socket_of_ended_live": "A socket of a live that was over was asked for.",
            "closed_while_speaking": "A live ended while a takeover was being spoken.",
            "speech_stopped": "Somebody who spoke into the microphone was told to stop.",
        }
    )

    def __init__(self) -> None:
        self._speaking: set[str] = set()
        self._receiver: Final = Receiver()

    async def open(self, tunables: dict[str, Any]) -> Callable[[], Awaitable[object]]:
        await self._receiver.open()
        tunables["accounts"] = ({**_KEYS[0], "callback_url": self._receiver.url}, _KEYS[1])
        return self._receiver.close

    def ready(self, player: Player[Any]) -> None:
        cast("_Player", player).receiver = self._receiver
        self._receiver.heard = lambda body: player.bench.timeline.add(
            "callback-1", "callback", "in", body, message="CallbackBody"
        )
        self._receiver.refused = lambda: player.reached.add("callback_refused")

    def seen(self, entry: Any, player: Player[Any], sessions: Mapping[str, Mapping[str, Any]], said: Any) -> None:
        session, reached = entry.session, player.reached
        known = sessions.get(session)
        if entry.direction == "in":
            self._in(entry, known, reached, said)
        elif entry.message in ("microphone.stop", "microphone.send_failed"):
            reached.add("speech_stopped")
        states = {each.state for each in said if each.session == session}
        if states >= {"waiting", "speaking"}:
            reached.add("queued_behind")
        if known is not None and known["over"]:
            self._over(session, known, reached, said)

    def _in(self, entry: Any, known: Mapping[str, Any] | None, reached: set[str], said: Any) -> None:
        session, message = entry.session, entry.message
        if message == "microphone.audio":
            self._speaking.add(session)
        elif message == "microphone.eof":
            self._speaking.discard(session)
        if message in _CUTTING and was_cut(said, session, entry.time):
            reached.add(_CUTTING[message])
        if known is None:
            return
        if message.startswith("takeover") and known["started_at"] is None:
            reached.add("takeover_before_start")
        if entry.transport == "http" and known["over"] and entry.time > known["ended_at"]:
            reached.add("call_about_ended_live")

    def _over(self, session: str, known: Mapping[str, Any], reached: set[str], said: Any) -> None:
        if session in self._speaking:
            self._speaking.discard(session)
            reached.add("closed_with_open_microphone")
        if was_cut(said, session, known["ended_at"]):
            reached.add("closed_while_speaking")
        if known["status"] == _CLOSED and known["ended_at"] - known["last_heartbeat"] >= _SILENCE - _MOMENT:
            reached.add("ended_by_silence")


_CUTTING: Final[Mapping[str, str]] = {
    "takeoverCommand.request": "takeover_while_another_speaks",
    "takeoverCommandV1.request": "takeover_while_another_speaks",
    "takeoverCancel.request": "cancelled_while_speaking",
}

GROUND: Final = _Ground
