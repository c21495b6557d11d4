"""The broadcast with Guiji: its clock, its broker and its callers; what is said and understood is the sans-IO client's.

It gets a token, opens a session, subscribes, has rendering begin, answers heartbeats, connects to the broker again when
that is lost, and destroys the session at the end. A text is uploaded as a material and cuts in; the notification of its
end tells that it was spoken. HTTP is in `studio.py`, the broker in `broker.py`, the sans-IO client in `client/`.
"""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar, Final

import aiomqtt

from ...aio.driver import Answer, Driver
from ...aio.line import Line
from ...aio.place import Place
from ...aio.waiting import Call, Calls, ended
from ...errors import AvatarwireError, ConnectionLostError, RefusedError, RemoteProtocolError
from ..client.session import SessionClient
from ..client.states import ClientState
from ..envelope import VENDOR
from ..events import (
    Answered,
    Conclusion,
    Created,
    Ended,
    EndReason,
    Event,
    Lost,
    PlaybackBegan,
    PlaybackEnded,
    Refused,
    Unanswered,
    Unreadable,
)
from ..http import SessionVo
from ..options import ClientOptions
from ..resources import VideoSize
from .broker import connected, disconnected
from .studio import Studio

__all__ = ["Answer", "Session", "connect"]

LOOKS: Final = 3
"""How often within `timeout` the playlist is asked for while something is spoken, which is silent in itself."""
FIRST_PAUSE: Final = 0.25
"""Seconds before the broker is tried again; each further try waits twice as long as the one before."""
LONGEST_PAUSE: Final = 5.0
SIZE: Final = VideoSize(width=1080, height=1920)

_DESTROY: Final = "DestroySession.request"


class _Said:
    """A text that is waited for.

    Attributes:
        pcm_id: its material.
        outcome: what becomes of it.
        begun: whether it has begun to be spoken.
        missing: how often the playlist did not have it any more.
        cut_in: whether it is to cut in, or else to be appended.
    """

    def __init__(self, pcm_id: int, outcome: Call[Answer]) -> None:
        self.pcm_id: Final = pcm_id
        self.outcome: Final = outcome
        self.begun = False
        self.missing = 0
        self.cut_in = True


class _Over(Exception):
    """The session has ended."""


class Session(Driver[Event]):
    """One session; made by `connect`.

    Attributes:
        timeout: seconds of silence after which a call fails.
    """

    vendor: ClassVar[str] = VENDOR

    def __init__(self, place: Place, timeout: float, options: ClientOptions | None) -> None:
        super().__init__(timeout)
        self._place: Final = place
        self._mqtt_url: Final = place.url("mqtt_url", ("mqtt", "mqtts"))
        self._options: Final = ClientOptions(create_timeout=timeout) if options is None else options
        self._studio: Final = Studio(place, timeout)
        self._opened: SessionVo | None = None
        self._client: SessionClient | None = None
        self._line: Line[aiomqtt.Message, tuple[str, bytes]] | None = None
        self._runner: asyncio.Task[None] | None = None
        self._starting: Call[None] | None = None
        self._ending: Call[None] | None = None
        self._calls: Final = Calls[Answer](timeout)
        self._said: Final[dict[int, _Said]] = {}
        # The broker is lost, and nobody knows whether the session has ended there.
        self._unsure = False
        # What asked for what: texts, and looks at the playlist with the texts that it should have.
        self._asked: Final[dict[int, _Said]] = {}
        self._looks: Final[dict[int, tuple[_Said, ...]]] = {}

    @property
    def session_id(self) -> str:
        """Its id at the service; empty before the block is entered."""
        return "" if self._client is None else self._client.session_id

    # --- what a caller wants ---

    async def say(self, text: str) -> Answer:
        """Has a text spoken at the next silent point of what plays, and waits for its end (3.6, 4.2.7, GJ-R121).

        Raises:
            TimeoutError: nothing came for `timeout` seconds.
            RefusedError, HttpError: the service does not do it.
            ConnectionLostError: the session ended before.
            ValidationError: the text is empty.
        """
        self._check_going()
        pcm_id = await self._studio.text(text)
        self._check_going()
        said = self._said[pcm_id] = _Said(pcm_id, self._calls.open(pcm_id, "the end of the text"))
        try:
            self._ask(said)
            event = await said.outcome.result()
        finally:
            self._calls.close(pcm_id)
            del self._said[pcm_id]
        return Answer(text=text, event=event.event)

    # --- its life ---

    async def _open(self) -> None:
        await self._studio.log_in()
        presenter, playlist = await self._studio.presenter(), await self._studio.playlist()
        self._opened = await self._studio.open()
        client = await self._subscribed(self._opened)
        self._starting = Call[None]("the creation of the session", self.timeout)
        client.create(res_list=(presenter,), playlist=playlist, video_size=SIZE, now=self._now())
        self._wake()
        await self._starting.result()

    async def _subscribed(self, opened: SessionVo, first_id: int = 1) -> SessionClient:
        """A client of the session, on a broker."""
        client = self._client = SessionClient(
            opened, self._studio.token, live_id=self._studio.live_id, options=self._options, first_id=first_id
        )
        self._starting = Call[None]("the start of the session", self.timeout)
        self._runner = asyncio.create_task(self._run(client), name=f"avatarwire {VENDOR} {client.session_id}")
        await self._starting.result()
        return client

    async def _stop(self) -> None:
        client = self._client
        if client is not None and self._opened is not None and self._unsure:
            client = await self._subscribed(self._opened, client.next_id)
            self._unsure = False
        if client is None or client.state in (ClientState.OFFLINE, ClientState.ENDED):
            return
        self._ending = Call[None]("the end of the session", self.timeout)
        client.destroy(now=self._now())
        self._wake()
        await self._ending.result()

    async def _close(self) -> None:
        try:
            if self._runner is not None:
                await ended(self._runner)
        finally:
            await self._studio.close()

    def _over(self, error: ConnectionLostError) -> None:
        super()._over(error)
        if self._starting is not None:
            self._starting.fail(error)
        self._calls.fail(error)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _wake(self) -> None:
        if self._line is not None:
            self._line.wake()

    # --- the broker ---

    async def _run(self, client: SessionClient) -> None:
        """Talks until the session is over, on one connection after the other."""
        looking = asyncio.create_task(self._look(client), name=f"avatarwire {VENDOR} playlist")
        try:
            while client.state is not ClientState.ENDED:
                await self._converse(client, await self._connected(client))
        except (AvatarwireError, TimeoutError) as error:
            if self._starting is not None:
                self._starting.fail(error)
            self._over(ConnectionLostError(f"the broker is lost: {error}"))
        finally:
            looking.cancel()
            self._told(client.disconnected(self._now()))
            self._over(ConnectionLostError("the session has ended"))
            self._feed.end()

    async def _connected(self, client: SessionClient) -> aiomqtt.Client:
        """A connection that has subscribed to topicSub; a lost one is replaced within `timeout`."""
        user = self._place.text("mqtt_user") or self._studio.mqtt_user
        password = self._place.text("mqtt_password") or self._studio.mqtt_password
        end, pause = self._now() + self.timeout, FIRST_PAUSE
        while True:
            try:
                return await connected(
                    self._mqtt_url, user, password, client.topic_sub, self.timeout, trust=self._place.trust
                )
            except ConnectionLostError:
                if client.state is ClientState.OFFLINE or self._now() >= end:
                    raise
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _converse(self, client: SessionClient, mqtt: aiomqtt.Client) -> None:
        """One connection, from its subscription to its end."""
        messages = aiter(mqtt.messages)

        async def receive() -> aiomqtt.Message:
            return await anext(messages)

        async def send(message: tuple[str, bytes]) -> None:
            await mqtt.publish(*message, qos=1)

        def take(message: aiomqtt.Message) -> None:
            try:
                self._told(client.receive(str(message.topic), message.payload, self._now()))
            except RemoteProtocolError as error:
                self._told([Unreadable(error=error)])
            if client.state is ClientState.ENDED:
                raise _Over

        def tick() -> None:
            self._told(client.handle_timeout(self._now()))
            if client.state is ClientState.ENDED:
                raise _Over

        line = Line(
            receive=receive,
            send=send,
            outgoing=client.data_to_send,
            take=take,
            due=client.next_timeout,
            tick=tick,
        )
        self._line = line
        if client.state is ClientState.OFFLINE:
            client.subscribed(self._now())
            if self._starting is not None:
                self._starting.succeed(None)
        try:
            await line.run()
        except (_Over, aiomqtt.MqttError):
            pass
        finally:
            self._line = None
            await disconnected(mqtt)

    # --- texts ---

    def _ask(self, said: _Said) -> None:
        """Has a text cut in, or appended where nothing may cut in."""
        assert self._client is not None  # noqa: S101 - the session runs
        play = self._client.cut_in if said.cut_in else self._client.add
        self._asked[play((said.pcm_id,), now=self._now())] = said
        self._wake()

    async def _look(self, client: SessionClient) -> None:
        """Asks from time to time whether what is waited for is still to be spoken."""
        while True:
            await asyncio.sleep(self.timeout / LOOKS)
            if self._said and client.state is ClientState.RUNNING:
                self._looks[client.get_playlist(now=self._now())] = tuple(self._said.values())
                self._wake()

    # --- events ---

    def _told(self, events: list[Event]) -> None:
        self._feed.put(events)
        for event in events:
            match event:
                case Created() if self._starting is not None:
                    self._starting.succeed(None)
                case Conclusion():
                    self._concluded(event)
                case PlaybackBegan() | PlaybackEnded():
                    self._played(event)
                case Ended():
                    over = ConnectionLostError(f"the session has ended: {event.cause or event.reason}")
                    self._unsure = event.reason is EndReason.LOST
                    if self._ending is not None and self._unsure:
                        self._ending.fail(ConnectionLostError("the broker was lost before the session was ended"))
                    elif self._ending is not None:
                        self._ending.succeed(None)
                    self._over(over)
                case _:
                    pass

    def _concluded(self, event: Conclusion) -> None:
        """What has become of a request."""
        if event.request == _DESTROY:
            self._not_destroyed(event)
            return
        if self._starting is not None and isinstance(event, Refused | Unanswered):
            self._starting.fail(_error(event))
        listed = self._looks.pop(event.request_id, ())
        if isinstance(event, Answered) and event.playlist is not None:
            for text in listed:
                self._listed(text, text.pcm_id in event.playlist)
        if event.request_id not in self._asked:
            return
        said = self._asked.pop(event.request_id)
        if isinstance(event, Refused) and said.cut_in:
            said.cut_in = False
            self._ask(said)
        elif isinstance(event, Refused):
            said.outcome.fail(_error(event))
        elif isinstance(event, Answered):
            said.outcome.progress()

    def _not_destroyed(self, event: Conclusion) -> None:
        if self._ending is None or isinstance(event, Answered | Lost):
            return
        if isinstance(event, Refused):
            # There is no such session any more.
            self._ending.succeed(None)
        elif self._client is not None and self._client.is_live:
            self._client.destroy(now=self._now())
            self._wake()

    def _listed(self, said: _Said, is_there: bool) -> None:
        if is_there:
            said.missing = 0
            said.outcome.progress()
            return
        said.missing += 1
        # A list may be made a little later than what it is about.
        if said.missing > 1:
            if said.begun:
                said.outcome.succeed(Answer())
            else:
                said.outcome.fail(ConnectionLostError("the text is gone, and nobody has said what became of it"))

    def _played(self, event: PlaybackBegan | PlaybackEnded) -> None:
        for other in self._said.values():
            other.outcome.progress()
        said = self._said.get(event.pcm_id)
        if said is None:
            return
        if isinstance(event, PlaybackBegan):
            said.begun = True
        else:
            said.outcome.succeed(Answer(event=event))


def _error(event: Conclusion) -> Exception:
    if isinstance(event, Refused):
        code = "" if event.code is None else f" ({event.code})"
        return RefusedError(f"{event.request} was refused: {event.text}{code}", clause="GJ-R080")
    return TimeoutError(f"{event.request} was not answered")


def connect(place: object, timeout: float = 30.0, *, options: ClientOptions | None = None, **overrides: Any) -> Session:
    """A broadcast, to be entered: ``async with connect(place) as session``.

    Args:
        place: the vendor's part of the ready file, a fake server, or any mapping or object with ``http_url``,
            ``mqtt_url``, ``app_id``, ``app_secret`` and ``live_id``. It may have ``scene_code`` and ``sequence`` (the
            template videos of that scene; without them the platform's first scene is taken), ``material_ids`` to begin
            with, ``tts_source`` and ``tts_speaker`` (without them the platform's first voice), and ``mqtt_user`` and
            ``mqtt_password``, which otherwise come with the token. ``ca_file`` is a file of certificates (PEM) to trust
            beside those of this machine, by https and mqtts.
        timeout: seconds of silence after which a call fails.
        options: of the sans-IO client.
        overrides: what goes before the place, by the same keys.

    Raises:
        ValidationError: a key is missing or wrong; the error names it. Entering the block raises what else there is:
            `HttpError`, `RefusedError`, `ConnectionLostError`, `TimeoutError`.
    """
    needed = ("http_url", "mqtt_url", "app_id", "app_secret", "live_id")
    optional = ("scene_code", "sequence", "material_ids", "tts_source", "tts_speaker", "mqtt_user", "mqtt_password")
    return Session(Place(VENDOR, place, overrides, needed=needed, optional=optional), timeout, options)
