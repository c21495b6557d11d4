"""The session with Aliyun: its clock, its sockets and its callers; what is said and understood is the sans-IO client's.

It starts the session over HTTP, opens the WebSocket, prepares the channel, sends heartbeats, connects again when the
WebSocket is lost (ALI-E114), and stops the session at the end. The sans-IO client is `client/interaction.py`.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any, ClassVar, Final, TypeAlias
from uuid import uuid4

import websockets

from ...aio.driver import Answer, Driver, Speech, next_piece, pieces
from ...aio.exchange import Exchange
from ...aio.line import Line
from ...aio.place import Place
from ...aio.sockets import CLOSE_PATIENCE, Socket, open_socket
from ...aio.waiting import Call, ended, within
from ...errors import AvatarwireError, ConnectionLostError, HttpError, RemoteProtocolError
from .. import http
from ..client.interaction import InteractionClient
from ..client.states import ClientState
from ..events import (
    AnswerChunk,
    AnswerFinished,
    ChannelFailed,
    ChannelPreparing,
    ChannelReady,
    Event,
    ForceClosed,
    HeartbeatLost,
    Recognised,
    SpeechStarted,
    Unreadable,
)
from ..messages import AskType
from ..options import ClientOptions
from ..wire.table import VENDOR
from .asked import Asked
from .signed import signed

__all__ = ["Answer", "Session", "connect"]

Conversation: TypeAlias = "Line[str | bytes, bytes]"

FIRST_PAUSE: Final = 0.25
"""Seconds before the WebSocket is opened again; each further try waits twice as long as the one before."""
LONGEST_PAUSE: Final = 5.0

_FOR_GOOD: Final = frozenset({1000, 1002, 1003, 1007, 1008, 1009})
"""Close codes after which the same conversation would end in the same way."""
_BAD_REQUEST: Final = range(400, 500)
_THROTTLED: Final = "Throttling"
"""So begin the codes of calls that may be made again later."""


def _paced(timeout: float) -> ClientOptions:
    """Options by which the channel is asked for more than once within `timeout`, which is silence, as all waits are.

    A channel that is never ready but always answers so is given up after the time that a client by itself gives it.
    """
    usual = ClientOptions()
    longest = timeout if usual.ready_timeout is None else max(timeout, usual.ready_timeout)
    return ClientOptions(ready_interval=min(usual.ready_interval, timeout / 2), ready_timeout=longest)


class Session(Driver[Event]):
    """One session; made by `connect`.

    Attributes:
        timeout: seconds of silence after which a call fails.
    """

    vendor: ClassVar[str] = VENDOR

    def __init__(self, place: Place, timeout: float, options: ClientOptions | None) -> None:
        super().__init__(timeout)
        self._place: Final = place
        self._project_id: Final = place.text("project_id")
        self._options: Final = _paced(timeout) if options is None else options
        # Of the session: a repeat with the same id does not start another one (ALI-R023).
        self._request_id: Final = str(uuid4())
        self._may_run = False
        self._session_id = ""
        self._url = ""
        url = place.url("http_url", ("http", "https"))
        self._exchange: Final = Exchange(url, timeout, partial(signed, place), trust=place.trust)
        self._asked: Final = Asked(timeout)
        self._waiting: Final[set[Call[None]]] = set()
        self._client: InteractionClient | None = None
        self._line: Conversation | None = None
        self._socket: Socket | None = None
        self._runner: asyncio.Task[None] | None = None

    @property
    def session_id(self) -> str:
        """Its id at the service; empty before the block is entered."""
        return self._session_id

    # --- what a caller wants ---

    async def say(self, text: str, *, ask: AskType = AskType.ASK) -> Answer:
        """Asks a question (WS 4.3); the answer is what the avatar says to it. While the channel is not ready it waits.

        Args:
            text: what is sent.
            ask: `AskType.BROADCAST` has the avatar speak the text itself, as it stands.

        Raises:
            TimeoutError: nothing came for `timeout` seconds.
            RefusedError: the service refuses it.
            ConnectionLostError: the connection or the session ended before the answer did, or was recovered (ALI-E48).
            ValidationError: the text is blank.
        """
        client = await self._ready()
        return await self._answered(client.send_text(text, ask=ask), "the answer")

    async def opening(self) -> Answer:
        """Asks for the opening remarks (WS 4.1). Raises as `say` does."""
        client = await self._ready()
        return await self._answered(client.open_remarks(), "the opening remarks")

    async def interrupt(self) -> None:
        """Stops what is being spoken and what waits to be (WS 4.2); calls that wait for it return what came so far."""
        client = await self._ready()
        self._told(client.interrupt())
        await self._flushed()

    async def speak(self, pcm: Speech) -> Answer:
        """Asks by speech (WS 4.4 to 4.6). It goes out as fast as the connection takes it.

        Raises:
            LocalProtocolError: another utterance is going on (ALI-E39).
            ValidationError: not PCM of whole samples.
            Exception: whatever `pcm` raises; the utterance is ended then.
        """
        client = await self._ready()
        utterance = client.start_speech()
        call = self._asked.open(utterance.id, "the answer to speech")
        source = pieces(pcm)
        try:
            while (piece := await call.during(next_piece(source))) is not None:
                if await self._may_go_on(call):
                    utterance.send(piece)
                    await self._flushed()
            if await self._may_go_on(call):
                utterance.end()
                await self._flushed()
            return await call.result()
        finally:
            utterance.cut_off()
            self._asked.close(utterance.id)
            self._wake()
            await source.aclose()

    # --- its life ---

    async def _open(self) -> None:
        await self._start()
        socket = await self._connected()
        self._runner = asyncio.create_task(self._run(socket), name=f"avatarwire {VENDOR} {self._session_id}")
        await self._ready()

    async def _start(self) -> None:
        self._may_run = True
        wanted = http.StartAvatarSessionRequest(project_id=self._project_id, request_id=self._request_id)
        try:
            started = await self._exchange.call(http.START_AVATAR_SESSION, wanted, attempts=2)
        except HttpError as error:
            self._may_run = error.status not in _BAD_REQUEST
            raise
        self._session_id, self._url = started.session_id or "", started.web_socket_url or ""
        if not self._session_id or not self._url:
            raise RemoteProtocolError("StartAvatarSession gave no sessionId or no webSocketUrl", clause="ALI-R024")

    async def _stop(self) -> None:
        """The session first, the WebSocket afterwards (ALI-R081)."""
        try:
            if self._may_run and not self._session_id:
                # Nobody knows whether it was started; who asks again with the same id learns which one it is.
                await self._start()
            if self._session_id:
                await self._stop_session()
        finally:
            await self._hang_up()

    async def _stop_session(self) -> None:
        wanted = http.StopAvatarSessionRequest(project_id=self._project_id, session_id=self._session_id)
        try:
            await self._exchange.call(http.STOP_AVATAR_SESSION, wanted, attempts=2)
        except HttpError as error:
            # It is over already: closed by force, for instance (ALI-E49). One that is put off is not over.
            if error.status not in _BAD_REQUEST or error.code.startswith(_THROTTLED):
                raise

    async def _hang_up(self) -> None:
        runner, self._runner = self._runner, None
        if runner is None:
            return
        if self._client is not None:
            self._told(self._client.close())
        if self._line is not None and self._socket is not None:
            await self._socket.close()
            await asyncio.wait({runner}, timeout=CLOSE_PATIENCE)
        await ended(runner)
        if not runner.cancelled():
            runner.result()

    async def _close(self) -> None:
        await self._exchange.close()

    # --- the WebSocket ---

    async def _connected(self) -> Socket:
        """Opens it, by the URL as it came (ALI-E52)."""
        largest, trust = self._options.max_frame, self._place.trust
        return await open_socket(self._url, seconds=self.timeout, largest=largest, trust=trust)

    async def _run(self, socket: Socket) -> None:
        """Talks until the session is over, on one WebSocket after the other (ALI-E114)."""
        try:
            while True:
                code, reason = await self._converse(socket)
                if self._lost is not None or code in _FOR_GOOD:
                    self._over(ConnectionLostError(f"the WebSocket was closed: {reason or 'no reason'}", code=code))
                    return
                socket = await self._connected_again()
        except (AvatarwireError, TimeoutError) as error:
            self._over(ConnectionLostError(f"the WebSocket is lost: {error}"))
        finally:
            self._over(ConnectionLostError("the session has ended"))
            self._feed.end()

    async def _converse(self, socket: Socket) -> tuple[int | None, str]:
        """One WebSocket, from its opening to its end; its close code and reason."""
        now = asyncio.get_running_loop().time
        client = InteractionClient(self._session_id, options=self._options)
        line: Conversation = Line(
            receive=socket.recv,
            send=socket.send,
            outgoing=client.data_to_send,
            take=lambda message: self._take(client, message, now()),
            due=client.next_timeout,
            tick=lambda: self._told(client.handle_timeout(now())),
        )
        self._socket, self._client, self._line = socket, client, line
        client.connected(now())
        try:
            await line.run()
        except (websockets.ConnectionClosed, OSError, _ForceClosed):
            await socket.close()
        finally:
            self._line = None
            self._told(client.disconnected(socket.close_code, socket.close_reason or "", now()))
        return socket.close_code, socket.close_reason or ""

    async def _connected_again(self) -> Socket:
        """Another WebSocket for the same session.

        Raises:
            AvatarwireError, TimeoutError: there is none within `timeout`.
        """
        loop = asyncio.get_running_loop()
        end, pause = loop.time() + self.timeout, FIRST_PAUSE
        while True:
            await asyncio.sleep(pause)
            try:
                return await self._connected()
            except ConnectionLostError:
                if loop.time() >= end:
                    raise
            pause = min(2 * pause, LONGEST_PAUSE)

    def _take(self, client: InteractionClient, message: str | bytes, now: float) -> None:
        try:
            self._told(client.receive_text(message, now) if isinstance(message, str) else client.receive(message, now))
        except RemoteProtocolError as error:
            self._told([Unreadable(error=error)])
        if client.state is ClientState.FORCE_CLOSED:
            raise _ForceClosed

    # --- events and calls ---

    def _told(self, events: list[Event]) -> None:
        self._feed.put(events)
        for event in events:
            match event:
                case AnswerFinished():
                    self._asked.finished(event, self._client)
                case AnswerChunk() | SpeechStarted():
                    self._asked.progress(event.drive_id)
                case Recognised():
                    self._asked.heard(event.drive_id, event.text)
                case ChannelPreparing():
                    for call in self._waiting:
                        call.progress()
                case ChannelReady():
                    self._settle_waiting(None)
                case ChannelFailed(going_on=False):
                    self._settle_waiting(event.error)
                case ForceClosed():
                    self._over(ConnectionLostError("the service has closed the session"))
                case HeartbeatLost(pong_seen=True) if self._socket is not None:
                    self._socket.transport.abort()
                case _:
                    pass

    def _settle_waiting(self, error: Exception | None) -> None:
        """Calls that wait for the channel."""
        for call in self._waiting:
            if error is None:
                call.succeed(None)
            else:
                call.fail(error)

    async def _ready(self) -> InteractionClient:
        """The client of the open WebSocket, once its channel is ready."""
        while True:
            self._check_going()
            client = self._client
            if client is not None and client.state is ClientState.READY:
                return client
            if client is not None and client.state is ClientState.FAILED:
                client.prepare(asyncio.get_running_loop().time())
                self._wake()
            call = Call[None]("the channel", self.timeout)
            self._waiting.add(call)
            try:
                await call.result()
            finally:
                self._waiting.discard(call)

    async def _may_go_on(self, call: Call[Answer]) -> bool:
        """Whether what is asked for still waits for more of its question; pauses while the session is recovered."""
        if not call.done:
            await self._ready()
        return not call.done

    async def _answered(self, drive_id: str, what: str) -> Answer:
        call = self._asked.open(drive_id, what)
        self._wake()
        try:
            return await call.result()
        finally:
            self._asked.close(drive_id)
            self._wake()

    def _over(self, error: ConnectionLostError) -> None:
        super()._over(error)
        self._asked.fail(error)
        self._settle_waiting(error)

    def _wake(self) -> None:
        if self._line is not None:
            self._line.wake()

    async def _flushed(self) -> None:
        """Waits until what there is to say is on its way; no longer than `timeout`."""
        if self._line is not None:
            await within(self.timeout, "sending", self._line.flush())


class _ForceClosed(Exception):
    """The service has ended the session: our side ends the conversation (ALI-E49)."""


def connect(place: object, timeout: float = 30.0, *, options: ClientOptions | None = None, **overrides: Any) -> Session:
    """A session, to be entered: ``async with connect(place) as session``.

    Args:
        place: the vendor's part of the ready file, a fake server, or any mapping or object with ``http_url``,
            ``access_key_id``, ``access_key_secret`` and ``project_id``. ``ca_file`` is a file of certificates (PEM) to
            trust beside those of this machine.
        timeout: seconds of silence after which a call fails.
        options: of the sans-IO client; by default its channel may take `timeout` to become ready.
        overrides: what goes before the place, by the same keys.

    Raises:
        ValidationError: a key is missing or wrong; the error names it. Entering the block raises what else there is:
            `HttpError`, `RefusedError`, `RemoteProtocolError`, `ConnectionLostError`, `TimeoutError`.
    """
    needed = ("http_url", "access_key_id", "access_key_secret", "project_id")
    return Session(Place(VENDOR, place, overrides, needed=needed), timeout, options)
