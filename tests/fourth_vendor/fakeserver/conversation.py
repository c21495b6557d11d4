"""What is said on the socket of a talk, and who may open one."""

from __future__ import annotations

import json
from typing import Final
from urllib.parse import parse_qs

from avatarwire.codecs.core.entry import Dispatched
from avatarwire.codecs.core.findings import Finding
from avatarwire.codecs.errors import DecodeError, ValidationError
from avatarwire.fakeserver.effects import Accept, Close, Effect, HttpAnswer, HttpCall, Incoming, Later, On, Send
from tests.fourth_vendor.codecs import messages
from tests.fourth_vendor.codecs.wire import BY_TYPE, PATH, dispatch, encode
from tests.fourth_vendor.fakeserver.scenario import ToyScenario
from tests.fourth_vendor.fakeserver.state import Talk, ToyState

__all__ = ["Conversation", "Sockets", "ending"]


def _send(message: messages.TalkMessage, cause: Incoming | None = None) -> Send:
    return Send(encode(message), BY_TYPE[type(message)].message, message, cause)


def ending(talk: Talk, reason: str) -> list[Effect]:
    """The end of a talk and of its socket."""
    talk.state = "ENDED"
    return [On(talk.connection, (_send(messages.Ended(reason=reason)), Close(1000, reason)))] if talk.connection else []


class Conversation:
    """One connection."""

    def __init__(self, talk: Talk, connection: str, scenario: ToyScenario) -> None:
        self._talk: Final = talk
        self._connection: Final = connection
        self._scenario: Final = scenario
        self._busy = 0.0

    def opened(self, now: float) -> list[Effect]:
        self._talk.connection = self._connection
        return []

    def closed(self, now: float) -> list[Effect]:
        self._talk.connection = ""
        return []

    def read(self, data: bytes | str, now: float) -> Incoming:
        """A message, with what is wrong with it."""
        raw = data.encode() if isinstance(data, str) else data
        try:
            found: Dispatched = dispatch(raw, "client", self._scenario.strict)
        except DecodeError as error:
            path = error.path if isinstance(error, ValidationError) else ""
            return Incoming(violations=(Finding(error.clause, path, error.reason),), packet=error.reason)
        received = found.received
        return Incoming(received.id, received.value, received.deviations, received.findings)

    def take(self, received: Incoming, now: float) -> list[Effect]:
        """What it leads to."""
        match received.body:
            case messages.Say() as say:
                wait = max(self._busy - now, 0.0)
                self._busy = now + wait + self._scenario.sentence_seconds
                begun = _send(messages.Begun(number=say.number), received)
                said = _send(messages.Said(number=say.number, text=say.text), received)
                return [
                    Later(wait, lambda now: [begun]) if wait else begun,
                    Later(self._busy - now, lambda now: [said]),
                ]
            case messages.Pause() as pause:
                self._busy = max(self._busy, now) + pause.seconds
                return []
            case _:
                return [_send(messages.Failed(reason=str(received.packet)), received)]


class Sockets:
    """Who may open a socket."""

    def __init__(self, state: ToyState, scenario: ToyScenario) -> None:
        self.paths: Final = (PATH,)
        self._state: Final = state
        self._scenario: Final = scenario

    def admit(self, call: HttpCall, received: Incoming, now: float) -> HttpAnswer | Accept:
        """Who talks on a connection; 404 where there is no such talk."""
        (session_id,) = parse_qs(call.query).get("sessionId", [""])
        talk = self._state.talks.get(session_id)
        if talk is None or not call.handshake:
            return _refusal(404, "NoTalk", "no such talk")
        return Accept(Conversation(talk, call.connection, self._scenario), session_id, 4096)

    def rejected(
        self, call: HttpCall, *, code: int | str | None, status: int | None, reason: str
    ) -> HttpAnswer | Accept:
        """The refusal that a rule of the test asks for."""
        del call
        return _refusal(status or 500, str(code or "Failed"), reason)


def _refusal(status: int, code: str, message: str) -> HttpAnswer:
    body = {"code": code, "message": message}
    return HttpAnswer(status, json.dumps(body).encode(), {"content-type": "application/json"}, answer=body)
