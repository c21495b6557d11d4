"""An endpoint of ours: the WebSocket at which a page, or a test, gets the messages that the interactive SDK pushes.

The documents describe the seven messages (004 L152-237), not what carries them. Ours is a WebSocket at `PATH`, with the
query of the microphone socket, ``sessionId=…&Authorization=Bearer <sessionToken>``; clientType is not needed. A wrong
token is refused with HTTP status 401, an unknown live with 404. The server sends the seven messages as text, to every
page of a live. A page sends one message, ``{"text": "…"}``: something typed, which is answered as if it had been
spoken. Speech comes by the microphone socket. What is no such message is answered with asr fail, whose ``error`` says
why, and the connection lives. It is closed with 1000 when the live is over.

Only the conversation on one such connection lives here; what is said is in `conversation.py`.
"""

from __future__ import annotations

from typing import Annotated, Final

from avatarwire.codecs.core.json_codec import JsonCodec
from avatarwire.codecs.errors import CodecError
from avatarwire.codecs.message import Message, doc
from avatarwire.codecs.sensetime.envelope import VENDOR
from avatarwire.codecs.sensetime.messages import interactive
from avatarwire.codecs.sensetime.messages.interactive import SdkMessage
from avatarwire.fakeserver.effects import Close, Effect, Incoming, Send
from avatarwire.fakeserver.journal.entry import Violation
from avatarwire.fakeserver.sensetime.conversation import Dialogue

__all__ = ["PATH", "TYPED", "Page", "Typed"]

PATH: Final = "/avatarwire/interactive"
"""Path of the endpoint; ours."""

CLOSE_NORMAL: Final = 1000
_LONGEST: Final = 4096


class Typed(Message):
    """Something typed on a page; ours."""

    text: Annotated[str, doc("what was typed", "ST-MSG-04", max_length=_LONGEST, example="When do you open?")]


TYPED: Final = JsonCodec(Typed, vendor=VENDOR, message="interactive.typed", form_clause="ST-MSG-01")
"""Reads it."""


class Page:
    """One connection of a page.

    Args:
        dialogue: the talk with the live.
    """

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue: Final = dialogue

    def opened(self) -> list[Effect]:
        """The connection is open; the first page of a live in progress hears the opening line."""
        self._dialogue.open()
        return []

    def closed(self) -> list[Effect]:
        """The connection is gone."""
        return []

    def read(self, data: bytes | str) -> Incoming:
        """Something typed; pages send no binary messages."""
        if isinstance(data, bytes):
            reason = f"a binary message of {len(data)} bytes: speech comes by the microphone socket"
            return Incoming(violations=(Violation("ST-MSG-01", "", reason),))
        try:
            decoded = TYPED.decode(data.encode())
        except CodecError as error:
            reason = f"{error.reason}, expected {error.expected}" if error.expected else error.reason
            violation = Violation(error.clause or "ST-MSG-01", getattr(error, "path", "") or "", reason)
            return Incoming(violations=(violation,))
        return Incoming(TYPED.message, decoded.value, decoded.deviations, decoded.findings)

    def take(self, received: Incoming) -> list[Effect]:
        """What it leads to."""
        if isinstance(received.body, Typed):
            self._dialogue.typed(received.body.text, received)
        else:
            violation = received.violations[0]
            reason = f"{violation.path}: {violation.reason}" if violation.path else violation.reason
            self._dialogue.refused(reason, received)
        return []

    def push(self, message: SdkMessage, cause: Incoming | None = None) -> list[Effect]:
        """Tells the page."""
        return [Send(interactive.encode(message, strict=False), interactive.id_of(message), message, cause)]

    def leave(self, reason: str) -> list[Effect]:
        """Closes."""
        return [Close(CLOSE_NORMAL, reason)]
