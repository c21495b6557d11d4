"""The WebSockets of a fake SenseTime server: who may open one, which there are for each live, and who is told what.

Only this lives here. What is said on a microphone socket is in `microphone.py`, on a page's in `pages.py`; the talk
itself is in `dialogue.py`. A connection is carried by the transport, of which only `Carrier` is known here.
"""

from __future__ import annotations

import asyncio
import hmac
import random
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any, Final, Protocol, TypeAlias

from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.sensetime.http import encode_failure
from avatarwire.codecs.sensetime.messages.interactive import SdkMessage
from avatarwire.codecs.sensetime.wire.microphone_url import BROWSER, MicrophoneQuery, parse_query
from avatarwire.codecs.sensetime.wire.microphone_url import PATH as MICROPHONE_PATH
from avatarwire.fakeserver.clock import Clock
from avatarwire.fakeserver.effects import Effects, HttpAnswer
from avatarwire.fakeserver.journal import Journal
from avatarwire.fakeserver.journal.entry import Violation
from avatarwire.fakeserver.sensetime.dialogue import Dialogue
from avatarwire.fakeserver.sensetime.errors import Failure
from avatarwire.fakeserver.sensetime.events import TakeoverEvent
from avatarwire.fakeserver.sensetime.lives import Live, StatusChanged
from avatarwire.fakeserver.sensetime.microphone import Microphone, Speech
from avatarwire.fakeserver.sensetime.pages import PATH as PAGE_PATH
from avatarwire.fakeserver.sensetime.pages import Page
from avatarwire.fakeserver.sensetime.scenario import SenseTimeScenario, SpeechOutcome
from avatarwire.fakeserver.sensetime.state import SenseTimeState
from avatarwire.fakeserver.user_code import Guard

__all__ = ["Carrier", "Guest", "Sockets"]

_JSON: Final = "application/json;charset=utf-8"


class Carrier(Protocol):
    """What carries a conversation: a connection."""

    def perform(self, effects: Effects) -> None:
        """Carries out effects that no message of the peer caused."""
        ...


Talk: TypeAlias = Microphone | Page


@dataclass(slots=True, eq=False)
class Guest:
    """Somebody who may open a socket.

    Attributes:
        kind: which socket.
        live: the live; None where there is none.
        session_id: as the URL has it.
        authorized: whether the token is good.
        talk: the conversation, once it begins.
        carrier: what carries it.
    """

    kind: str
    live: Live | None
    session_id: str
    authorized: bool
    talk: Talk | None = None
    carrier: Carrier | None = None

    def perform(self, effects: Effects) -> None:
        """Has effects carried out."""
        if self.carrier is not None:
            self.carrier.perform(effects)


@dataclass(slots=True)
class _Line:
    """The sockets of one live.

    Attributes:
        live: the live.
        microphone: who speaks.
        pages: who listens to the talk.
        dialogue: the talk, from when somebody listens.
    """

    live: Live
    microphone: Guest | None = None
    pages: list[Guest] = field(default_factory=list[Guest])
    dialogue: Dialogue | None = None


class Sockets:
    """All sockets of a server.

    Args:
        state: the lives.
        scenario: how to behave.
        clock: time.
        journal: keeps remarks.
        rng: where ids come from.
        guard: calls functions of the test.
    """

    PATHS: Final[Mapping[str, str]] = MappingProxyType({MICROPHONE_PATH: "microphone", PAGE_PATH: "page"})
    """Which socket is at which path."""

    def __init__(
        self,
        state: SenseTimeState,
        scenario: SenseTimeScenario,
        clock: Clock,
        journal: Journal,
        rng: random.Random,
        guard: Guard,
    ) -> None:
        self._state: Final = state
        self._scenario: Final = scenario
        self._clock: Final = clock
        self._journal: Final = journal
        self._rng: Final = rng
        self._guard: Final = guard
        self._lines: Final[dict[str, _Line]] = {}
        self._outcomes: Final[Iterator[SpeechOutcome]] = iter(scenario.speech_outcomes)
        self._tasks: Final[set[asyncio.Task[None]]] = set()

    # The handshake

    def judge(self, kind: str, query: str) -> Guest | HttpAnswer:
        """Who asks for a socket; or the refusal.

        A microphone socket with a wrong token, or for a live there is none of, is opened nevertheless and told so by
        its codes 1 and 6 (ST-MIC-08, ST-E58).
        """
        if kind == "page" and "clientType=" not in query:
            query = f"clientType={BROWSER}&{query}"
        try:
            read = parse_query(query, any_client_type=self._scenario.any_client_type)
        except ValidationError as error:
            if kind == "microphone" and error.path == "Authorization":
                self._noted("", Violation("ST-MIC-04", error.path, error.reason))
                return Guest(kind, None, "", authorized=False)
            return self._refusal(400, Failure.PARAMETER, str(error))
        asked = read.value
        live = self._state.lives.get(asked.session_id)
        authorized = live is None or self._is_good(asked, live)
        guest = Guest(kind, live, asked.session_id, authorized)
        for erratum in read.deviations:
            reason = "the token does not stand as Bearer, %20 and the sessionToken"
            self._noted(asked.session_id, Violation(erratum, "Authorization", reason, level="warning"))
        if not authorized:
            self._noted(asked.session_id, Violation("ST-MIC-04", "Authorization", "not the sessionToken of the live"))
        if kind == "page":
            return self._page_refusal(guest) or guest
        line = self._lines.get(asked.session_id)
        taken = line is not None and line.microphone is not None
        if authorized and taken and self._scenario.second_microphone == "refuse":
            return self._refusal(409, Failure.LIMIT, "sessionId: the live has a microphone socket already [ST-E62]")
        return guest

    def _noted(self, session_id: str, violation: Violation) -> None:
        self._journal.note("a handshake breaks a rule", session=session_id, violations=(violation,))

    def _page_refusal(self, guest: Guest) -> HttpAnswer | None:
        if guest.live is None or guest.live.over:
            return self._refusal(404, Failure.SESSION, "sessionId: no live that goes on has this id [ST-LIVE-11]")
        if not guest.authorized:
            return self._refusal(401, Failure.TOKEN, "Authorization: not the sessionToken of the live [ST-E02]")
        return None

    def _is_good(self, asked: MicrophoneQuery, live: Live) -> bool:
        """Whether a token opens the sockets of a live (ST-E02)."""
        if hmac.compare_digest(asked.token.encode("utf-8", "replace"), live.session_token.encode()):
            return True
        if self._scenario.microphone_token != "either":  # noqa: S105 - a choice
            return False
        return self._state.tokens.account_of(asked.token) is live.account

    def no_handshake(self) -> HttpAnswer:
        """The answer to a call that is no WebSocket handshake."""
        return self._refusal(400, Failure.PARAMETER, "this is a WebSocket, and the call is no handshake of one")

    def _refusal(self, status: int, failure: Failure, reason: str) -> HttpAnswer:
        """The answer to a handshake, in the envelope of HTTP answers; ours."""
        body = encode_failure(self._scenario.code_base + int(failure), reason)
        return HttpAnswer(status, body, {"content-type": _JSON}, notes={"refused": reason})

    # The connection

    def begin(self, guest: Guest) -> Talk:
        """The conversation for a connection that is about to open."""
        guest.talk = self._page(guest) if guest.kind == "page" else self._microphone(guest)
        return guest.talk

    def enter(self, guest: Guest, carrier: Carrier) -> None:
        """The connection is there; a newer microphone socket takes the place of an older one (ST-E62)."""
        guest.carrier = carrier
        if guest.live is None or not guest.authorized:
            return
        line = self._line(guest.live)
        if guest.kind == "page":
            line.pages.append(guest)
            return
        older, line.microphone = line.microphone, guest
        if older is not None and isinstance(older.talk, Microphone):
            older.perform(older.talk.leave("replaced by a newer connection"))

    def leave(self, guest: Guest) -> None:
        """The connection is gone."""
        line = self._lines.get(guest.session_id)
        if line is None:
            return
        if line.microphone is guest:
            line.microphone = None
        if guest in line.pages:
            line.pages.remove(guest)
        if line.live.over and line.microphone is None and not line.pages:
            del self._lines[guest.session_id]

    def close(self) -> None:
        """Waits for nothing any more."""
        for task in self._tasks:
            task.cancel()

    # Commands

    def speaker(self, live: Live) -> tuple[Guest, Microphone] | None:
        """Who speaks into a live, if anybody has a socket."""
        line = self._lines.get(live.id)
        guest = None if line is None else line.microphone
        return (guest, guest.talk) if guest is not None and isinstance(guest.talk, Microphone) else None

    def push(self, live: Live, message: SdkMessage) -> bool:
        """Pushes a message to the pages of a live; False where there is none."""
        line = self._lines.get(live.id)
        if line is None or not line.pages:
            return False
        for guest in tuple(line.pages):
            if isinstance(guest.talk, Page):
                guest.perform(guest.talk.push(message))
        return True

    # Pieces

    def _microphone(self, guest: Guest) -> Microphone:
        return Microphone(
            # Whoever has not the live's token is told so, and has no way to it.
            guest.live if guest.authorized else None,
            self._scenario,
            self._clock,
            outcomes=self._outcomes,
            authorized=guest.authorized,
            begin=lambda: self._about_to_speak(guest.session_id),
            hear=lambda speech: self._hear(guest.session_id, speech),
            note=partial(self._note, guest.session_id),
        )

    def _page(self, guest: Guest) -> Page:
        live = guest.live
        assert live is not None  # noqa: S101 - it was let in
        line = self._line(live)
        if line.dialogue is None:
            line.dialogue = Dialogue(
                live,
                self._scenario,
                self._clock,
                self._rng,
                push=lambda message: self._push(live, message),
                wait=self._wait,
                note=partial(self._note, live.id),
                guard=self._guard,
            )
        return Page(line.dialogue)

    def _line(self, live: Live) -> _Line:
        line = self._lines.get(live.id)
        if line is None:
            line = self._lines[live.id] = _Line(live)
            live.observers.append(partial(self._happened, line))
        return line

    def _happened(self, line: _Line, event: StatusChanged | TakeoverEvent) -> None:
        """Something has become of a live or of a takeover: its sockets are told."""
        guest = line.microphone
        if guest is not None and isinstance(guest.talk, Microphone) and not isinstance(event, StatusChanged):
            guest.perform(guest.talk.notice(event))
        if line.dialogue is not None:
            line.dialogue.happened(event)
        if line.live.over:
            self._end(line)

    def _end(self, line: _Line) -> None:
        reason = f"the live is over, its status is {int(line.live.status)}"
        for guest in (*([line.microphone] if line.microphone is not None else []), *line.pages):
            if guest.talk is not None:
                guest.perform(guest.talk.leave(reason))

    def _push(self, live: Live, message: SdkMessage) -> None:
        self.push(live, message)

    def _about_to_speak(self, session_id: str) -> None:
        if (line := self._lines.get(session_id)) is not None and line.dialogue is not None:
            line.dialogue.interrupt()

    def _hear(self, session_id: str, speech: Speech) -> None:
        if (line := self._lines.get(session_id)) is not None and line.dialogue is not None and line.pages:
            line.dialogue.hear(speech)

    def _wait(self, awaitable: Awaitable[object], then: Callable[[object], None]) -> None:
        async def wait() -> None:
            then(await awaitable)

        task = asyncio.get_running_loop().create_task(wait())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _note(self, session_id: str, text: str, **about: Any) -> None:
        self._journal.note(text, session=session_id, **about)
