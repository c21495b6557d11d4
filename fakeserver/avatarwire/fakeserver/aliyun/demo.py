"""The demonstration of Aliyun: the ten documented steps of a session, by real sockets, with the codecs' own client.

The conversation and its steps live here. How steps are carried out and told is in `demonstration.py`, how it looks in
`timeline_view.py`. httpx and websockets carry it, as any client might; they are imported when it runs.

Source: "WebSocket flow" (WS flow 1 to 10).
"""

from __future__ import annotations

import asyncio
import math
import struct
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlsplit

from avatarwire.codecs.aliyun import http, signature
from avatarwire.codecs.aliyun.catalogue import CATALOGUE
from avatarwire.codecs.aliyun.client.interaction import InteractionClient
from avatarwire.codecs.aliyun.events import (
    AnswerChunk,
    AnswerFinished,
    ChannelFailed,
    ChannelReady,
    Disconnected,
    Event,
    ForceClosed,
    HeartbeatAnswered,
    Outcome,
    Recognised,
    ServerError,
    SpeechStarted,
)
from avatarwire.codecs.aliyun.messages import PCM_RATE, AskType
from avatarwire.codecs.aliyun.options import ClientOptions
from avatarwire.codecs.aliyun.tokens import decode_channel_token
from avatarwire.codecs.message import Message
from avatarwire.codecs.operation import Operation
from avatarwire.codecs.textform import decode_text
from avatarwire.fakeserver.aliyun.server import FakeAliyun
from avatarwire.fakeserver.clock import Clock, RealClock
from avatarwire.fakeserver.demonstration import DemonstrationFault, Narrator, Step, Summary, Tell, carry_out

if TYPE_CHECKING:
    import httpx
    from websockets.asyncio.client import ClientConnection

__all__ = ["STEPS", "Talk", "demonstrate"]

T = TypeVar("T")
EventT = TypeVar("EventT", bound=Event)
RequestT = TypeVar("RequestT", bound=Message)
ResponseT = TypeVar("ResponseT", bound=Message)

VENDOR: Final = "aliyun"

OPTIONS: Final = ClientOptions(ready_interval=0.05)
"""Asks for the channel more often than a service would, for nobody likes to wait for a demonstration."""

QUESTION: Final = "When does the museum open?"
LONG_QUESTION: Final = "Please tell me everything about the history of this house, from the first stone to the last."
ANNOUNCEMENT: Final = "Welcome to the reception desk."
FRAGMENTS: Final = ("The lift ", "is on your ", "left.")

_MISFORTUNES: Final = (ServerError, ChannelFailed, ForceClosed, Disconnected)
"""What does not happen in a conversation that goes as documented."""


def tone(seconds: float) -> bytes:
    """A quiet 440 Hz tone: PCM, 16 kHz, 16-bit little-endian, mono (ALI-R115)."""
    count = round(seconds * PCM_RATE)
    return struct.pack(f"<{count}h", *(round(4000 * math.sin(math.tau * 440 * n / PCM_RATE)) for n in range(count)))


class Talk:
    """A client service in small: HTTP calls, one WebSocket, and the sans-IO client in between."""

    def __init__(self, fake: FakeAliyun, narrator: Narrator, calls: httpx.AsyncClient) -> None:
        self.fake = fake
        self.narrator = narrator
        self._calls = calls
        self._session: http.StartAvatarSessionResponse | None = None
        self._client: InteractionClient | None = None
        self._socket: ClientConnection | None = None

    # What the steps have brought so far

    @property
    def session(self) -> http.StartAvatarSessionResponse:
        """The session that was started."""
        return _there(self._session, "no session has been started")

    @property
    def client(self) -> InteractionClient:
        """The client of the open WebSocket."""
        return _there(self._client, "no WebSocket is open")

    @property
    def socket(self) -> ClientConnection:
        """The open WebSocket."""
        return _there(self._socket, "no WebSocket is open")

    # HTTP

    async def call(self, operation: Operation[RequestT, ResponseT], parameters: RequestT) -> ResponseT:
        """Makes one signed call and tells of it."""
        request = operation.encode_request(parameters)
        since = self.narrator.now()
        headers = signature.sign(
            request.method,
            request.path,
            request.query,
            request.headers,
            request.body,
            access_key_id=self.fake.access_key_id,
            access_key_secret=self.fake.access_key_secret,
            action=operation.id,
            host=urlsplit(self.fake.http_url).netloc,
            date=since,
            nonce=uuid.uuid4().hex,
        )
        answer = await self._calls.request(
            request.method, self.fake.http_url + request.target, headers=headers, content=request.body
        )
        self.narrator.http(
            operation.id,
            request.method,
            request.target,
            parameters.to_dict(),
            answer.status_code,
            answer.json() if "json" in answer.headers.get("content-type", "") else answer.text,
            since=since,
        )
        return operation.decode_response(answer.status_code, answer.content).value

    async def start(self) -> None:
        """Starts the session."""
        parameters = http.StartAvatarSessionRequest(project_id=self.fake.project_id, request_id=str(uuid.uuid4()))
        self._session = await self.call(http.START_AVATAR_SESSION, parameters)

    # The WebSocket

    async def connect(self) -> None:
        """Opens the WebSocket by the URL that came with the session, unchanged (ALI-R074)."""
        from websockets.asyncio.client import connect

        url = _there(self.session.web_socket_url, "no webSocketUrl")
        self._client = InteractionClient(_there(self.session.session_id, "no sessionId"), options=OPTIONS)
        self._socket = await connect(url, proxy=None)

    async def hear(self) -> list[Event]:
        """Sends what there is to send, then waits for one message or until the client has something to do."""
        from websockets.exceptions import ConnectionClosed

        await self.flush()
        due = self.client.next_timeout()
        try:
            async with asyncio.timeout(None if due is None else max(0.0, due - self.narrator.now())):
                message = await self.socket.recv()
        except TimeoutError:
            return self.client.handle_timeout(self.narrator.now())
        except ConnectionClosed:
            return self.lost()
        if isinstance(message, str):
            return self.client.receive_text(message, self.narrator.now())
        self.narrator.frame("in", decode_text(CATALOGUE, message, "server"))
        return self.client.receive(message, self.narrator.now())

    async def flush(self) -> None:
        """Sends what there is to send."""
        for frame in self.client.data_to_send():
            self.narrator.frame("out", decode_text(CATALOGUE, frame, "client"))
            await self.socket.send(frame)

    async def until(self, kind: type[EventT], is_it: Callable[[EventT], bool] = lambda _: True) -> EventT:
        """The first event of a kind; errors that the server reports meanwhile end the demonstration."""
        while True:
            events = await self.hear()
            for event in events:
                if isinstance(event, _MISFORTUNES):
                    raise DemonstrationFault(f"instead of {kind.__name__} came {event}")
            for event in events:
                if isinstance(event, kind) and is_it(event):
                    return event

    async def answer(self, drive_id: str) -> AnswerFinished:
        """Waits for the end of an answer, which has to be complete."""
        finished = await self.until(AnswerFinished, lambda event: event.drive_id == drive_id)
        _check(finished.outcome is Outcome.COMPLETE, f"the answer ended {finished.outcome.value}")
        return finished

    def lost(self) -> list[Event]:
        """The WebSocket is gone."""
        code, reason = self.socket.close_code, self.socket.close_reason
        return self.client.disconnected(code, reason or "", self.narrator.now())

    async def leave(self) -> None:
        """Leaves nothing open, whatever has happened."""
        if self._socket is not None:
            await self._socket.close()


def _there(value: T | None, reason: str) -> T:
    if value is None:
        raise DemonstrationFault(reason)
    return value


def _check(holds: bool, reason: str) -> None:
    if not holds:
        raise DemonstrationFault(reason)


# --- the steps ---


async def _start(talk: Talk) -> None:
    await talk.start()
    _check(bool(talk.session.channel_token), "no channelToken")


async def _connect(talk: Talk) -> None:
    await talk.connect()
    talk.narrator.note("the token in the URL is the whole authentication; the URL is used as it came")


async def _prepare(talk: Talk) -> None:
    talk.client.connected(talk.narrator.now())
    await talk.until(ChannelReady)


async def _join(talk: Talk) -> None:
    token = decode_channel_token(_there(talk.session.channel_token, "no channelToken")).value
    talk.narrator.note("not done: the video travels by RTC, and no media is rendered here")
    talk.narrator.note(
        f"a client would join channel {token.channel_id} as user {token.user_id} of application {token.app_id}, "
        f"within {token.expire_time} s, with the token in channelToken"
    )


async def _opening(talk: Talk) -> None:
    finished = await talk.answer(talk.client.open_remarks())
    _check(bool(finished.text), "the opening remarks are empty")
    talk.narrator.note(f'the avatar says "{finished.text}"')


async def _text(talk: Talk) -> None:
    finished = await talk.answer(talk.client.send_text(QUESTION))
    _check(bool(finished.text), "the answer is empty")
    talk.narrator.note(f'asked "{QUESTION}", answered "{finished.text}"')
    finished = await talk.answer(talk.client.send_text(ANNOUNCEMENT, ask=AskType.BROADCAST))
    _check(finished.text == ANNOUNCEMENT, "something else is spoken than was sent")
    talk.narrator.note("broadcast: spoken as it stands")
    stream = talk.client.start_text_stream()
    for fragment in FRAGMENTS[:-1]:
        stream.send(fragment)
    stream.end(FRAGMENTS[-1])
    finished = await talk.answer(stream.message_id)
    _check(finished.text == "".join(FRAGMENTS), "something else is spoken than was sent")
    talk.narrator.note("streamed: START, CONTENT and END under one message id are one text")


async def _speech(talk: Talk) -> None:
    speech = talk.client.start_speech()
    started = await talk.until(SpeechStarted)
    _check(started.success, "the server refuses to listen")
    speech.send(tone(0.128))
    speech.end()
    heard = await talk.until(Recognised)
    _check(bool(heard.success and heard.text), "nothing was recognised")
    finished = await talk.answer(speech.id)
    talk.narrator.note(f'recognised "{heard.text}", answered "{finished.text}"')


async def _audio(talk: Talk) -> None:
    talk.client.send_audio(tone(0.3))
    await _heartbeat(talk)
    drive_id = talk.client.send_text(LONG_QUESTION)
    await talk.until(AnswerChunk, lambda event: event.drive_id == drive_id)
    (interrupted,) = talk.client.interrupt()
    await talk.flush()
    _check(isinstance(interrupted, AnswerFinished) and interrupted.interrupted, "the answer is not interrupted")
    talk.narrator.note("interrupted in the middle of its answer; what still comes of it is dropped")
    await _heartbeat(talk)


async def _heartbeat(talk: Talk) -> None:
    """Whatever the server had to say to what was sent before has come when the pong comes."""
    talk.client.ping(talk.narrator.now())
    await talk.until(HeartbeatAnswered)


async def _stop(talk: Talk) -> None:
    stopped = await talk.call(
        http.STOP_AVATAR_SESSION,
        http.StopAvatarSessionRequest(
            project_id=talk.fake.project_id, session_id=_there(talk.session.session_id, "no sessionId")
        ),
    )
    _check(stopped.status == "Stopped", f"the status is {stopped.status}")


async def _close(talk: Talk) -> None:
    talk.client.close()
    await talk.flush()
    await talk.leave()
    gone = talk.lost()[-1]
    if not (isinstance(gone, Disconnected) and gone.clean and gone.announced):
        raise DemonstrationFault(f"the WebSocket did not close cleanly: {gone}")
    talk.narrator.note(f"close code {gone.code} {gone.reason}".rstrip())


STEPS: Final[tuple[Step[Talk], ...]] = (
    Step("Start a session", "A signed HTTP call gives the session id, the WebSocket URL and the RTC token.", _start),
    Step("Open the WebSocket", "One connection carries the whole conversation, one frame in each message.", _connect),
    Step("Prepare the channel", "Ask until the answer is READY; nothing may be driven before.", _prepare),
    Step("Join the RTC channel", "That is where the avatar is seen and heard.", _join),
    Step("Opening remarks", "The avatar introduces itself; the text comes in packets, the last one says so.", _opening),
    Step("Drive with text", "Ask, let speak as it stands, and let speak while it is being written.", _text),
    Step("Drive with speech", "A start packet, raw PCM, an end packet: recognised, then answered.", _speech),
    Step("Drive with audio", "Audio is spoken as it is, unanswered; then a heartbeat, and an interruption.", _audio),
    Step("Stop the session", "By HTTP, before the WebSocket is closed.", _stop),
    Step("Close the WebSocket", "With code 1000, from both sides.", _close),
)
"""The ten of the document."""


async def demonstrate(tell: Tell, *, host: str = "127.0.0.1", clock: Clock | None = None, **changes: Any) -> Summary:
    """Starts a fake, goes through the steps with it, and tells of everything that crosses the wire.

    Args:
        tell: takes the events.
        host: address for the fake to listen on, at a free port.
        clock: where times come from; real time by default.
        changes: tunables of the fake's scenario, such as ``chunk_characters=5``.

    Raises:
        FakeServerError: the fake cannot be started.
        ScenarioError: a change is wrong.
    """
    import httpx

    async with FakeAliyun(host=host, **changes) as fake, httpx.AsyncClient(trust_env=False) as calls:
        narrator = Narrator(VENDOR, tell, RealClock() if clock is None else clock)
        narrator.note(f"the fake {VENDOR} server listens on {fake.http_url}")
        talk = Talk(fake, narrator, calls)
        try:
            return await carry_out(STEPS, talk, narrator, broken_rules=lambda: fake.journal.violations(level="error"))
        finally:
            await talk.leave()
