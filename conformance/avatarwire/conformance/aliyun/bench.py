"""What a case about Aliyun works with: signed calls, sessions, and a WebSocket that speaks in frames.

Bodies are plain JSON values and frames are written and read by hand here, so that a case can send anything, and so that
a mistake of the codecs is not shared by the judge.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import urlencode, urlsplit

from avatarwire.codecs import catalogue
from avatarwire.codecs.aliyun import signature
from avatarwire.codecs.errors import CodecError

from ..engine.bench import Bench, expect
from ..engine.case import Differs
from ..engine.http_calls import Reply
from ..engine.web_socket import Closed, WebSocket

__all__ = ["HEADER", "AliyunBench", "Frame", "Session", "Talk", "accepted", "frame", "refused"]

VENDOR: Final = "aliyun"
HEADER: Final = 11
"""Bytes of a frame's header (ALI-R082)."""
_MOST_QUESTIONS: Final = 100


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame that has come.

    Attributes:
        frame_type, data_type, biz_type, serial: of its header.
        payload: the bytes behind it.
    """

    frame_type: int
    data_type: int
    biz_type: int
    serial: bytes
    payload: bytes

    @property
    def fields(self) -> dict[str, Any]:
        """The payload as a JSON object; empty where it is none."""
        try:
            found: object = json.loads(self.payload)
        except ValueError:
            return {}
        return cast("dict[str, Any]", found) if isinstance(found, dict) else {}

    def __str__(self) -> str:
        text = self.payload.decode("utf-8", "backslashreplace")
        return f"a frame {self.frame_type}/{self.data_type}/{self.biz_type} {text[:200]}"


@dataclass(frozen=True, slots=True)
class Session:
    """A session that was started."""

    id: str
    url: str
    fields: Mapping[str, Any]


class AliyunBench(Bench):
    """One case about Aliyun at work."""

    @property
    def project_id(self) -> str:
        """The project that sessions are of."""
        return self.endpoint.text("project_id")

    async def call(
        self,
        operation: str,
        parameters: Any,
        *,
        headers: Mapping[str, str] | None = None,
        secret: str | None = None,
        at: float | None = None,
        nonce: str | None = None,
        body: bytes | None = None,
    ) -> Reply:
        """Makes a signed call.

        Args:
            operation: its id, such as ``StartAvatarSession``.
            parameters: plain JSON values; nothing about them is checked.
            headers: what goes before the headers that are signed.
            secret: of the access key, where not the right one.
            at: when it is signed, in seconds since the epoch.
            nonce: of the signature.
            body: what goes out instead of the JSON of the parameters.

        Raises:
            Differs: no answer comes.
        """
        url, method, signed, data = self.signed(operation, parameters, secret=secret, at=at, nonce=nonce, body=body)
        return await self.exchange(method, url, {**signed, **(headers or {})}, data, operation=operation)

    def signed(
        self,
        operation: str,
        parameters: Any,
        *,
        secret: str | None = None,
        at: float | None = None,
        nonce: str | None = None,
        body: bytes | None = None,
    ) -> tuple[str, str, dict[str, str], bytes]:
        """A request that could be made: its URL, method, headers and body."""
        known = catalogue.vendor(VENDOR).operations[operation]
        data, query = b"", ""
        headers: dict[str, str] = {}
        if known.parameters_in == "query":
            query = urlencode(_texts(parameters))
        else:
            data = self.dumped(parameters) if body is None else body
            headers["content-type"] = "application/json; charset=utf-8"
        url = self.endpoint.url + known.path
        signed = signature.sign(
            known.method,
            known.path,
            query,
            headers,
            data,
            access_key_id=self.endpoint.text("access_key_id"),
            access_key_secret=self.endpoint.text("access_key_secret") if secret is None else secret,
            action=operation,
            host=urlsplit(self.endpoint.url).netloc,
            date=self.run.today() if at is None else at,
            nonce=self.made_up() if nonce is None else nonce,
        )
        return url + (f"?{query}" if query else ""), known.method, dict(signed), data

    async def started(self, **parameters: Any) -> Session:
        """Starts a session, which is stopped when the case is over.

        Raises:
            Differs: it does not start.
        """
        given = {"projectId": self.project_id, "requestId": self.made_up("rq-"), **parameters}
        fields = accepted(await self.call("StartAvatarSession", given))
        session = Session(str(fields.get("sessionId", "")), str(fields.get("webSocketUrl", "")), fields)
        self.at_the_end(lambda: self.stopped(session))
        return session

    async def stopped(self, session: Session) -> Reply:
        """Stops a session."""
        given = {"projectId": self.project_id, "sessionId": session.id}
        return await self.call("StopAvatarSession", given)

    async def connected(self, session: Session) -> Talk:
        """Opens the WebSocket of a session.

        Raises:
            Refused: the handshake is refused.
        """
        return Talk(self, session, await self.web_socket(session.url, id_of=_id_of))

    async def prepared(self) -> Talk:
        """A session of its own, with a WebSocket whose channel is ready (ALI-R076)."""
        talk = await self.connected(await self.started())
        await talk.until_ready()
        return talk


class Talk:
    """The conversation on one WebSocket.

    Args:
        bench: of the case.
        session: that it is of.
        socket: that carries it.
    """

    def __init__(self, bench: AliyunBench, session: Session, socket: WebSocket) -> None:
        self.bench: Final = bench
        self.session: Final = session
        self.socket: Final = socket
        self._count = 0

    def serial(self) -> bytes:
        """Another serial number: eight characters (ALI-R083)."""
        self._count += 1
        return b"%08d" % self._count

    async def send(
        self,
        biz_type: int,
        fields: Any,
        *,
        frame_type: int = 0,
        data_type: int = 1,
        serial: bytes | None = None,
        payload: bytes | None = None,
    ) -> bytes:
        """Sends a frame; its serial number.

        Args:
            biz_type, frame_type, data_type, serial: of its header.
            fields: plain JSON values; ``sessionId`` is added where it is an object without one.
            payload: what goes out instead of that.
        """
        if isinstance(fields, dict):
            fields = {"sessionId": self.session.id, **cast("dict[str, Any]", fields)}
        data = self.bench.dumped(fields) if payload is None else payload
        serial = self.serial() if serial is None else serial
        await self.socket.send(frame(biz_type, data, frame_type=frame_type, data_type=data_type, serial=serial))
        return serial

    async def receive(self, patience: float | None = None) -> Frame | Closed | None:
        """The next frame; None when nothing comes for so many seconds, of the run where none are given."""
        found = await self.socket.receive(self.bench.patience if patience is None else patience)
        if isinstance(found, str):
            raise Differs("binary messages only", f"a text message {found[:100]!r}")
        if found is None or isinstance(found, Closed):
            return found
        expect(len(found) >= HEADER, "a frame of at least 11 bytes", f"{len(found)} bytes")
        return Frame(found[0], found[1], found[2], found[3:HEADER], found[HEADER:])

    async def until(self, expected: str, is_it: Callable[[Frame], bool], patience: float | None = None) -> Frame:
        """The next frame that is the one; others are passed over, as a service may have more to say.

        Args:
            expected: in words, for the report.
            is_it: whether a frame is the one.
            patience: seconds of silence to bear.

        Raises:
            Differs: it does not come.
        """
        passed: list[str] = []
        while True:
            found = await self.receive(patience)
            if isinstance(found, Frame):
                if is_it(found):
                    return found
                passed.append(str(found))
                continue
            end = f"nothing within {patience or self.bench.patience:g} s" if found is None else str(found)
            raise Differs(expected, f"{end}, after {', '.join(passed[-3:])}" if passed else end)

    async def until_ready(self) -> None:
        """Asks until the channel is ready (ALI-R076)."""
        status: object = None
        for _ in range(_MOST_QUESTIONS):
            await self.send(131, {})
            found = await self.until("an answer about the channel", _is_about_channel)
            status = found.fields.get("status")
            if status == "READY":
                return
            await self.bench.pause(0.05)
        raise Differs("a channel that is ready", f"still {status} after {_MOST_QUESTIONS} questions")


def _is_about_channel(found: Frame) -> bool:
    return found.biz_type == 131


def frame(
    biz_type: int, payload: bytes, *, frame_type: int = 0, data_type: int = 1, serial: bytes = b"00000000"
) -> bytes:
    """A frame: three bytes, a serial number of eight, and the payload (ALI-R082, ALI-R083)."""
    return bytes([frame_type, data_type, biz_type]) + serial + payload


def accepted(reply: Reply) -> dict[str, Any]:
    """The fields of an answer, which has to be a success.

    Raises:
        Differs: it is none.
    """
    expect(reply.status == 200 and bool(reply.json), "status 200 and a JSON object", reply)
    return reply.json


def refused(reply: Reply, *codes: str, status: int = 0) -> dict[str, Any]:
    """The fields of an answer, which has to be a refusal in the form of Aliyun: ``Code``, ``Message``, ``RequestId``.

    Args:
        reply: the answer.
        codes: one of which it has to have; any where there are none.
        status: that it has to have; any from 400 to 499 where it is 0.

    Raises:
        Differs: it is none.
    """
    words = f"status {status or '4xx'}, a Code{' of ' + ' or '.join(codes) if codes else ''} and a Message"
    fields = reply.json
    holds = reply.status == status if status else 400 <= reply.status < 500
    holds = holds and isinstance(fields.get("Code"), str) and isinstance(fields.get("Message"), str)
    expect(holds and (not codes or fields["Code"] in codes), words, reply)
    return fields


def _texts(parameters: Any) -> dict[str, str]:
    return {
        str(key): value if isinstance(value, str) else json.dumps(value)
        for key, value in cast("Mapping[str, Any]", parameters).items()
    }


def _id_of(direction: str, data: bytes, is_text: bool) -> str:
    if is_text:
        return ""
    try:
        return catalogue.vendor(VENDOR).dispatched(data, "client" if direction == "out" else "server").received.id
    except CodecError:
        return ""
