"""The WebSockets of a fake SenseTime server: who may open one, which there are for each live, and who is told what.

Only this lives here. What is said on a microphone socket is in `microphone.py`, on a page's in `pages.py`; the talk
itself is in `conversation.py`.
"""

from __future__ import annotations

import hmac
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from avatarwire.codecs.errors import ValidationError, shown
from avatarwire.codecs.sensetime.http import encode_failure
from avatarwire.codecs.sensetime.messages.interactive import SdkMessage
from avatarwire.codecs.sensetime.wire.microphone import BY_BODY, Begin
from avatarwire.codecs.sensetime.wire.microphone_url import BROWSER, MicrophoneQuery, parse_query
from avatarwire.codecs.sensetime.wire.microphone_url import PATH as MICROPHONE_PATH
from avatarwire.fakeserver.counting import InTurn
from avatarwire.fakeserver.effects import Accept, Effect, HttpAnswer, HttpCall, Incoming, On
from avatarwire.fakeserver.http.exchange import JSON_TYPE
from avatarwire.fakeserver.journal.entry import Violation
from avatarwire.fakeserver.mistake import NO_HEADERS, Mistake
from avatarwire.fakeserver.sensetime.conversation import Dialogue
from avatarwire.fakeserver.sensetime.cors import Origins, not_among
from avatarwire.fakeserver.sensetime.errors import Failure
from avatarwire.fakeserver.sensetime.live import Live, LiveObserver, StatusChanged
from avatarwire.fakeserver.sensetime.live_events import TakeoverEvent
from avatarwire.fakeserver.sensetime.microphone import Microphone, Speech
from avatarwire.fakeserver.sensetime.pages import PATH as PAGE_PATH
from avatarwire.fakeserver.sensetime.pages import Page
from avatarwire.fakeserver.sensetime.scenario import SenseTimeScenario, SpeechOutcome
from avatarwire.fakeserver.sensetime.snapshot import SavedDialogue, SavedState
from avatarwire.fakeserver.sensetime.state import SenseTimeState
from avatarwire.fakeserver.snapshot import Resuming, broken, indexed
from avatarwire.fakeserver.turn import Turn
from avatarwire.fakeserver.user_code import Guard

__all__ = ["Kind", "Peer", "Sockets"]

Kind: TypeAlias = Literal["microphone", "page"]

_FORBIDDEN: Final = 403
_BEGIN: Final = BY_BODY[Begin].id

_STATUSES: Final[Mapping[int, int]] = MappingProxyType(
    {Failure.PARAMETER: 400, Failure.TOKEN: 401, Failure.ORIGIN: 403, Failure.SESSION: 404, Failure.LIMIT: 409}
)
"""HTTP status of a handshake that is refused, by kind of failure; 500 for all others."""


class Peer:
    """Somebody who has a socket; what is received on it goes through here.

    Attributes:
        kind: which socket.
        live: the live; None where there is none.
        session_id: as the URL has it.
        authorized: whether the token is good.
        connection: id of the connection.
        talk: the conversation, once the connection is open.
    """

    def __init__(
        self, sockets: Sockets, kind: Kind, live: Live | None, session_id: str, connection: str, *, authorized: bool
    ) -> None:
        self._sockets: Final = sockets
        self._turn: Final = sockets.turn
        self.kind: Final = kind
        self.live: Final = live
        self.session_id: Final = session_id
        self.connection: Final = connection
        self.authorized: Final = authorized
        self.talk: Microphone | Page | None = None

    def opened(self, now: float) -> Sequence[Effect]:
        """The connection is open."""
        return self._turn.run(now, lambda: self._sockets.enter(self))

    def read(self, data: bytes | str, now: float) -> Incoming:
        """A message."""
        del now
        assert self.talk is not None  # noqa: S101 - the connection is open
        return self.talk.read(data)

    def take(self, received: Incoming, now: float) -> Sequence[Effect]:
        """What it leads to."""
        talk = self.talk
        assert talk is not None  # noqa: S101 - the connection is open
        return self._turn.run(now, lambda: talk.take(received))

    def closed(self, now: float) -> Sequence[Effect]:
        """The connection is gone."""
        return self._turn.run(now, lambda: self._sockets.leave(self))

    def on(self, effects: Iterable[Effect]) -> On:
        """Effects on this connection."""
        return On(self.connection, tuple(effects))


@dataclass(slots=True)
class _Line:
    """The sockets of one live.

    Attributes:
        live: the live.
        microphone: who speaks.
        pages: who listens to the talk.
        dialogue: the talk, from when somebody listens.
        observer: told what happens to the live, as long as there is this.
    """

    live: Live
    microphone: Peer | None = None
    pages: list[Peer] = field(default_factory=list[Peer])
    dialogue: Dialogue | None = None
    observer: LiveObserver | None = None

    @property
    def deserted(self) -> bool:
        """Whether the live is over and nobody is connected: nothing becomes of it any more."""
        return self.live.over and self.microphone is None and not self.pages


class Sockets:
    """All sockets of a server.

    Args:
        state: the lives.
        scenario: how to behave.
        turn: the time, and where effects go.
        rng: where ids come from.
        guard: calls functions of the test.
        origins: whose pages may open one; None for those of the scenario.

    Attributes:
        turn: as given.
        paths: which socket is at which path.
    """

    def __init__(
        self,
        state: SenseTimeState,
        scenario: SenseTimeScenario,
        turn: Turn,
        rng: random.Random,
        guard: Guard,
        origins: Origins | None = None,
    ) -> None:
        self._origins: Final = Origins(scenario.cors_origins, lambda _: True) if origins is None else origins
        self.turn: Final = turn
        self.paths: Final[Mapping[str, Kind]] = MappingProxyType({MICROPHONE_PATH: "microphone", PAGE_PATH: "page"})
        self._state: Final = state
        self._scenario: Final = scenario
        self._rng: Final = rng
        self._guard: Final = guard
        self._lines: Final[dict[str, _Line]] = {}
        self._outcomes: Final[InTurn[SpeechOutcome]] = InTurn(scenario.speech_outcomes)

    # The handshake

    def admit(self, call: HttpCall, received: Incoming, now: float) -> HttpAnswer | Accept:
        """Who talks on a connection, or why the handshake is refused.

        A microphone socket with a wrong token, or for a live there is none of, is opened nevertheless and told so by
        its codes 1 and 6 (ST-MIC-08, ST-E58).
        """
        del now
        if not call.handshake:
            wrong = call.improper or Mistake("this is a WebSocket, and the call is no handshake of one")
            received.note(wrong.finding)
            return self._refusal(wrong.status, Failure.PARAMETER, str(wrong), headers=wrong.headers)
        if (refusal := self.foreign(call, received)) is not None:
            return refusal
        judged = self._judged(self.paths[call.path], call.query, call.connection, received)
        return judged if isinstance(judged, HttpAnswer) else self._accepted(judged)

    def rejected(
        self, call: HttpCall, *, code: int | str | None, status: int | None, reason: str
    ) -> HttpAnswer | Accept:
        """The refusal of a handshake for no fault of its own.

        Args:
            call: the handshake.
            code: of the answer; that of a wrong token opens a microphone socket for its code 1 (ST-MIC-08).
            status: of HTTP; None for the one that goes with the code.
            reason: in words.
        """
        kind = self.paths[call.path]
        failure = Failure.INTERNAL if code is None else int(code) - self._scenario.code_base
        if kind == "microphone" and failure == Failure.TOKEN and status is None:
            return self._accepted(Peer(self, kind, None, "", call.connection, authorized=False))
        known = _STATUSES.get(failure, 500)
        return self._refusal(known if status is None else status, failure, reason)

    def foreign(self, call: HttpCall, received: Incoming) -> HttpAnswer | None:
        """The refusal of a page that may not call: of a WebSocket no browser would keep it back (ST-TOK-09)."""
        headers = {name.lower(): value for name, value in call.headers}
        origin = headers.get("origin", "")
        if not origin or self._origins.allows(origin) or self._origins.is_own(origin, headers.get("host", "")):
            return None
        reason = not_among(origin)
        received.note(Violation("ST-TOK-09", "origin", reason, level="warning"))
        return self._refusal(_FORBIDDEN, Failure.ORIGIN, f"origin: {reason} [ST-TOK-09]")

    def _accepted(self, peer: Peer) -> Accept:
        return Accept(peer, peer.session_id, self._scenario.max_frame_bytes)

    def _judged(self, kind: Kind, query: str, connection: str, received: Incoming) -> Peer | HttpAnswer:
        if kind == "page" and "clientType=" not in query:
            query = f"clientType={BROWSER}&{query}"
        try:
            read = parse_query(query, any_client_type=self._scenario.any_client_type)
        except ValidationError as error:
            if kind == "microphone" and error.path == "Authorization":
                received.note(Violation("ST-MIC-04", error.path, error.reason))
                return Peer(self, kind, None, "", connection, authorized=False)
            return self._refusal(400, Failure.PARAMETER, str(error))
        asked = read.value
        live = self._state.lives.get(asked.session_id)
        authorized = live is None or self._is_good(asked, live)
        peer = Peer(self, kind, live, asked.session_id, connection, authorized=authorized)
        received.deviations = read.deviations
        for erratum in read.deviations:
            reason = "the token does not stand as Bearer, %20 and the sessionToken"
            received.note(Violation(erratum, "Authorization", reason, level="warning"))
        if not authorized:
            received.note(Violation("ST-MIC-04", "Authorization", "not the sessionToken of the live"))
        if kind == "page":
            return self._page_refusal(peer) or peer
        line = self._lines.get(asked.session_id)
        taken = line is not None and line.microphone is not None
        if authorized and taken and self._scenario.second_microphone == "refuse":
            reason = "sessionId: the live has a microphone socket already [ST-E62]"
            return self._refusal(409, Failure.LIMIT, reason, asked.session_id)
        return peer

    def _page_refusal(self, peer: Peer) -> HttpAnswer | None:
        if peer.live is None or peer.live.over:
            reason = "sessionId: no live that goes on has this id [ST-LIVE-11]"
            return self._refusal(404, Failure.SESSION, reason, peer.session_id)
        if not peer.authorized:
            reason = "Authorization: not the sessionToken of the live [ST-E02]"
            return self._refusal(401, Failure.TOKEN, reason, peer.session_id)
        return None

    def _is_good(self, asked: MicrophoneQuery, live: Live) -> bool:
        """Whether a token opens the sockets of a live (ST-E02)."""
        if hmac.compare_digest(asked.token.encode("utf-8", "replace"), live.session_token.encode()):
            return True
        if self._scenario.microphone_token != "either":  # noqa: S105 - a choice
            return False
        return self._state.tokens.account_of(asked.token) is live.account

    def _refusal(
        self, status: int, failure: int, reason: str, session_id: str = "", headers: Mapping[str, str] = NO_HEADERS
    ) -> HttpAnswer:
        """The answer to a handshake, in the envelope of HTTP answers; ours."""
        body = encode_failure(self._scenario.code_base + failure, reason)
        return HttpAnswer(
            status, body, {"content-type": JSON_TYPE, **headers}, session=session_id, notes={"refused": reason}
        )

    # The connection

    def enter(self, peer: Peer) -> list[Effect]:
        """A connection is open; a newer microphone socket takes the place of an older one (ST-E62)."""
        peer.talk = self._page(peer) if peer.kind == "page" else self._microphone(peer)
        if peer.live is not None and peer.authorized:
            line = self._line(peer.live)
            if peer.kind == "page":
                line.pages.append(peer)
            else:
                older, line.microphone = line.microphone, peer
                if older is not None and older.talk is not None:
                    self.turn.do(older.on(older.talk.leave("replaced by a newer connection")))
        return peer.talk.opened()

    def leave(self, peer: Peer) -> list[Effect]:
        """A connection is gone."""
        line = self._lines.get(peer.session_id)
        if line is not None:
            if line.microphone is peer:
                line.microphone = None
            if peer in line.pages:
                line.pages.remove(peer)
            self._forget(line)
        return [] if peer.talk is None else peer.talk.closed()

    # What is told from outside

    def speaker(self, live: Live) -> tuple[Peer, Microphone] | None:
        """Who speaks into a live, if anybody has a socket."""
        line = self._lines.get(live.id)
        peer = None if line is None else line.microphone
        return (peer, peer.talk) if peer is not None and isinstance(peer.talk, Microphone) else None

    def push(self, live: Live, message: SdkMessage, cause: Incoming | None = None) -> bool:
        """Pushes a message to the pages of a live; False where there is none."""
        line = self._lines.get(live.id)
        if line is None or not line.pages:
            return False
        for peer in line.pages:
            if isinstance(peer.talk, Page):
                self.turn.do(peer.on(peer.talk.push(message, cause)))
        return True

    # Snapshots

    def saved(self) -> tuple[int, list[SavedDialogue]]:
        """How many outcomes of speech are used up, and the talks, for a snapshot: sockets are lost."""
        talks = [line.dialogue for line in self._lines.values() if line.dialogue is not None and not line.live.over]
        return self._outcomes.used, [talk.saved() for talk in talks]

    def restored(self, saved: SavedState, again: Resuming) -> None:
        """Goes on with the talks of a snapshot; the lives have been taken already.

        Raises:
            SnapshotError: no such live, or one that is over.
        """
        self._outcomes.used = saved.speech_outcomes
        for path, it in indexed("state.dialogues", saved.dialogues):
            live = self._state.lives.get(it.live)
            if live is None or live.over:
                raise broken(f"{path}.live", f"no live that goes on has the id {shown(it.live)}")
            self._dialogue(live).restored(it, again)

    # Pieces

    def _microphone(self, peer: Peer) -> Microphone:
        return Microphone(
            # Whoever has not the live's token is told so, and has no way to it.
            peer.live if peer.authorized else None,
            self._scenario,
            self.turn,
            outcomes=self._outcomes,
            authorized=peer.authorized,
            begin=lambda: self._about_to_speak(peer.session_id),
            hear=lambda speech: self._hear(peer.session_id, speech),
            accept=lambda: self._state.said.accept(peer.session_id, "", _BEGIN),
        )

    def _page(self, peer: Peer) -> Page:
        live = peer.live
        assert live is not None  # noqa: S101 - it was let in
        return Page(self._dialogue(live))

    def _dialogue(self, live: Live) -> Dialogue:
        line = self._line(live)
        if line.dialogue is None:
            line.dialogue = Dialogue(
                live,
                self._scenario,
                self.turn,
                self._rng,
                push=partial(self.push, live),
                guard=self._guard,
            )
        return line.dialogue

    def _line(self, live: Live) -> _Line:
        line = self._lines.get(live.id)
        if line is None:
            line = self._lines[live.id] = _Line(live)
            line.observer = partial(self._happened, line)
            live.observers.append(line.observer)
        return line

    def _forget(self, line: _Line) -> None:
        """Forgets the sockets of a live that is over, once nobody is connected."""
        if line.deserted and self._lines.pop(line.live.id, None) is not None:
            assert line.observer is not None  # noqa: S101 - it has come with the line
            line.live.observers.remove(line.observer)

    def _happened(self, line: _Line, event: StatusChanged | TakeoverEvent) -> None:
        """Something has become of a live or of a takeover: its sockets are told."""
        peer = line.microphone
        if peer is not None and isinstance(peer.talk, Microphone) and not isinstance(event, StatusChanged):
            self.turn.do(peer.on(peer.talk.notice(event)))
        if line.dialogue is not None:
            line.dialogue.happened(event)
        if line.live.over:
            self._end(line)
            self._forget(line)

    def _end(self, line: _Line) -> None:
        reason = f"the live is over, its status is {int(line.live.status)}"
        for peer in (*([line.microphone] if line.microphone is not None else []), *line.pages):
            if peer.talk is not None:
                self.turn.do(peer.on(peer.talk.leave(reason)))

    def _about_to_speak(self, session_id: str) -> None:
        if (line := self._lines.get(session_id)) is not None and line.dialogue is not None:
            line.dialogue.interrupt()

    def _hear(self, session_id: str, speech: Speech) -> None:
        if (line := self._lines.get(session_id)) is not None and line.dialogue is not None and line.pages:
            line.dialogue.hear(speech)
