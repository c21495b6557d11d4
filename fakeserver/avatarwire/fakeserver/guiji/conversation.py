"""The conversation about one session: what it has been asked, what it shows and plays, what it says by itself.

What happens in the course of time is decided here: preparing, the stream, heartbeats, playback, the end. What a request
asks for is in `methods.py`, which requests are accepted at all in `mqtt.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import partial
from typing import Final, TypeAlias

from avatarwire.codecs.errors import CodecError
from avatarwire.codecs.guiji.wire import rpc
from avatarwire.fakeserver.effects import Incoming, Publish
from avatarwire.fakeserver.guiji.elements import Element, Elements
from avatarwire.fakeserver.guiji.heartbeats import Heartbeats
from avatarwire.fakeserver.guiji.outgoing import Outgoing
from avatarwire.fakeserver.guiji.playback import Accept, Length, Playback
from avatarwire.fakeserver.guiji.scenario_live import LiveTunables
from avatarwire.fakeserver.guiji.sessions import End, LiveSession, SessionStage
from avatarwire.fakeserver.guiji.snapshot import SavedAnswer, SavedConversation, SavedPending, SavedPublication
from avatarwire.fakeserver.snapshot import Resuming, in_common
from avatarwire.fakeserver.turn import Turn

__all__ = ["Conversation", "Destroy"]

Destroy: TypeAlias = Callable[[LiveSession, str, End], None]

_PREPARATION: Final = "preparation"
_STREAM: Final = "stream"
"""With what the keys of timers begin."""
_ANSWERS_KEPT: Final = 64
"""Requests whose answers can be said again when a client repeats them."""


class Conversation:
    """What is said about one session.

    Args:
        session: which one.
        scenario: how it behaves.
        turn: the time, and where goes what is said and what is to happen later.
        destroy: ends a session with a cause that its client is told, and says what has ended it.
        length: seconds that a material plays.
        accept: keeps that a material is to be played.

    Attributes:
        session: as given.
        outgoing: makes its messages.
        layers: what it shows.
        playback: what it plays.
        heartbeats: whether its client is there.
        pending: a request that is being carried out, for which an answer is due, and its id.
    """

    def __init__(
        self,
        session: LiveSession,
        scenario: LiveTunables,
        turn: Turn,
        *,
        destroy: Destroy,
        length: Length,
        accept: Accept,
    ) -> None:
        self._scenario: Final = scenario
        self._turn: Final = turn
        self._ids: set[int] = set()
        self._answers: dict[int, tuple[bytes, list[Publish]]] = {}
        self._beats: dict[int, Publish] = {}
        self.session: Final = session
        self.pending: tuple[int, Incoming] | None = None
        self.outgoing: Final = Outgoing(session, scenario)
        self._stream_started = self._streaming = False
        self.layers = Elements()
        self.playback: Final = Playback(
            turn,
            f"playback of {session.id}",
            length,
            lambda event: turn.do(self.outgoing.played(event)),
            silent_seconds=scenario.silent_seconds,
            loop=scenario.loop_playlist,
            longest=scenario.max_playlist,
            accept=accept,
        )
        self.heartbeats: Final = Heartbeats(
            turn,
            f"heartbeat of {session.id}",
            every=session.expiration / 3 if scenario.heartbeat_seconds == "third" else scenario.heartbeat_seconds,
            limit=scenario.missed_heartbeats,
            send=self._beat,
            lost=lambda: destroy(session, scenario.heartbeat_cause, End.HEARTBEATS),
        )

    # Requests that were answered (GJ-R079, GJ-E59)

    def used(self, request_id: int) -> bool:
        """Whether a request has had this id, whether it was carried out or refused."""
        return request_id in self._ids

    def answered_before(self, request_id: int, data: bytes) -> list[Publish] | None:
        """The answers to exactly this request, where they are still known."""
        known = self._answers.get(request_id)
        return known[1] if known is not None and known[0] == _digest(data) else None

    def remember(self, request_id: int, data: bytes, answers: list[Publish]) -> None:
        """Remembers a request and the list that its answers are put into."""
        self._ids.add(request_id)
        self._answers[request_id] = _digest(data), answers
        if len(self._answers) > _ANSWERS_KEPT:
            del self._answers[next(iter(self._answers))]

    # Snapshots

    def saved(self) -> SavedConversation:
        """All of it, for a snapshot."""
        elements, numbers = self.layers.saved()
        return SavedConversation(
            session=self.session.id,
            used=sorted(self._ids),
            answers=[
                SavedAnswer(id=id_, digest=digest, answers=[_published(it) for it in answers])
                for id_, (digest, answers) in self._answers.items()
            ],
            pending=None if self.pending is None else SavedPending(**_members(self.pending[1].packet.delivery)),
            last_id=self.outgoing.last_id,
            stream_started=self._stream_started,
            streaming=self._streaming,
            elements=elements,
            numbers=numbers,
            playback=self.playback.saved(),
            heartbeats=self.heartbeats.saved(),
        )

    def restored(self, saved: SavedConversation, again: Resuming, path: str) -> None:
        """Goes on where the conversation of a snapshot was; a request that is pending, `resume` goes on with.

        Raises:
            SnapshotError: it does not fit together.
        """
        self._ids = set(saved.used)
        self._answers = {
            it.id: (it.digest, [self._said_before(answer) for answer in it.answers]) for it in saved.answers
        }
        self.outgoing.last_id = saved.last_id
        self._stream_started, self._streaming = saved.stream_started, saved.streaming
        self.layers = Elements.restored(saved.elements, saved.numbers, f"{path}.elements")
        self.playback.restored(saved.playback, again, f"{path}.playback")
        self.heartbeats.restored(saved.heartbeats, again)
        again.timer(self._key(_STREAM), self._stream)
        again.timer(self._key(_PREPARATION), None)

    def resume(self, again: Resuming, request_id: int, received: Incoming, done: Callable[[], None]) -> None:
        """Goes on with a CreateNewSession that is being carried out; `done` as of `prepare`."""
        self.pending = request_id, received
        again.timer(self._key(_PREPARATION), partial(self._prepared, done))

    def answers_to(self, request_id: int) -> list[Publish]:
        """The list that answers to a request are put into; one that nobody looks at once it is forgotten."""
        known = self._answers.get(request_id)
        return [] if known is None else known[1]

    def _said_before(self, saved: SavedPublication) -> Publish:
        asked = f"{saved.message.removesuffix('.result')}.request" if saved.message.endswith(".result") else ""
        try:
            body: object = rpc.decode(saved.data, "server", answers=asked).body
        except CodecError:
            body = None
        return Publish(self.session.topic_sub, saved.data, saved.qos, saved.message, body, self.session.id)

    # What happens in the course of time

    def prepare(self, done: Callable[[], None]) -> None:
        """CreateNewSession was accepted: heartbeats begin; `done` is called when everything is prepared (GJ-R083)."""
        self.session.stage = SessionStage.PREPARING
        self.heartbeats.start()
        self._after(self._scenario.prepare_seconds, _PREPARATION, partial(self._prepared, done))

    def _prepared(self, done: Callable[[], None]) -> None:
        self.session.stage = SessionStage.RUNNING
        done()
        if self._scenario.stream_start == "create":
            self.start_stream()

    def start_stream(self) -> None:
        """The platform begins to push, once (GJ-E77)."""
        if not self._stream_started:
            self._stream_started = True
            self._after(self._scenario.stream_seconds, _STREAM, self._stream)

    def beat_answered(self, message_id: int) -> int | None:
        """Number of the journal's entry of the heartbeat that an answer is to, 0 if it is not known.

        None when no heartbeat waits for an answer with this id (GJ-R116).
        """
        if not self.heartbeats.answered(message_id):
            return None
        beat = self._beats.get(message_id)
        self._beats = {other: sent for other, sent in self._beats.items() if other > message_id}
        return 0 if beat is None else beat.seq

    def show(self, elements: Iterable[Element]) -> None:
        """Tells of the elements that can be seen (GJ-E89), once there is a stream to see them in."""
        for element in elements:
            if self._streaming and element.displayed:
                self._turn.do(self.outgoing.show(element))

    def switch(self, element: Element, ud_code: str) -> None:
        """The digital human goes to another scene (GJ-R106, GJ-E76)."""
        element.ud_code = ud_code
        self.show([element])

    def close(self) -> None:
        """The session is gone: nothing more happens; only the last answer can be said again."""
        self._turn.cancel(self._key(_STREAM), self._key(_PREPARATION))
        self._beats.clear()
        self.heartbeats.close()
        self.playback.close()
        while len(self._answers) > 1:
            del self._answers[next(iter(self._answers))]

    def _stream(self) -> None:
        """The platform pushes: the stream can be pulled, its elements are seen, the playlist plays (GJ-E52)."""
        self._streaming = True
        self._turn.do(self.outgoing.stream_play())
        self.show(self.layers.elements)
        self.playback.start()

    def _beat(self) -> int | None:
        if self.session.expired(self._turn.now):
            return None
        message_id, publication = self.outgoing.heartbeat()
        self._beats[message_id] = publication
        publication.left = lambda: self.heartbeats.left(message_id)
        self._turn.do(publication)
        return message_id

    def _key(self, purpose: str) -> str:
        return f"{purpose} of {self.session.id}"

    def _after(self, seconds: float, purpose: str, action: Callable[[], None]) -> None:
        """Without a delay at once, so that what belongs together is said together."""
        if seconds:
            self._turn.later(seconds, self._key(purpose), action)
        else:
            action()


def _published(publication: Publish) -> SavedPublication:
    return SavedPublication(data=publication.data, qos=publication.qos, message=publication.message)


_members: Final = in_common(SavedPending)


def _digest(data: bytes) -> bytes:
    """What is kept of a request to know it by: requests may be large."""
    return hashlib.sha256(data, usedforsecurity=False).digest()
