"""How a recording reads what passes between clients and SenseTime. Logins and tokens pass as they are.

Only that lives here; what passes it on is every vendor's (`record/`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from avatarwire.codecs.errors import CodecError, TokenError
from avatarwire.codecs.sensetime.http import OPERATIONS, RTC_AUDIENCE_TOKEN
from avatarwire.codecs.sensetime.messages import callbacks, interactive
from avatarwire.codecs.sensetime.tokens import read_bearer
from avatarwire.codecs.sensetime.wire import microphone
from avatarwire.codecs.sensetime.wire.microphone_url import PATH as MICROPHONE_PATH
from avatarwire.fakeserver.http.exchange import Exchange
from avatarwire.fakeserver.journal.entry import Violation
from avatarwire.fakeserver.record.wire import Heard, Sender, Socket, Wire, heard, unread
from avatarwire.fakeserver.sensetime.centre import CENTRE
from avatarwire.fakeserver.sensetime.http import content, validation
from avatarwire.fakeserver.sensetime.pages import PATH as PAGE_PATH
from avatarwire.fakeserver.sensetime.pages import TYPED
from avatarwire.fakeserver.sensetime.scenario import SenseTimeScenario

__all__ = ["recorded"]

_LARGEST: Final = 16 * 1024 * 1024
"""Bytes of a message that are read."""
_ANSWERS: Final = frozenset(
    microphone.BY_BODY[kind].id for kind in (microphone.Ready, microphone.NotReady, microphone.Conflict)
)
"""What answers begin, and `_FAILED` whatever was wrong."""
_BEGIN: Final = microphone.BY_BODY[microphone.Begin].id
_FAILED: Final = microphone.BY_BODY[microphone.SendFailed].id


def recorded(credentials: Mapping[str, Any]) -> Wire:
    """What a recording has to know.

    Args:
        credentials: of the vendor's part of the ready file, or what there is of it.
    """
    del credentials
    scenario = SenseTimeScenario()
    return Wire(
        operations=(*OPERATIONS, *CENTRE),
        validation=validation(scenario),
        checks=(_bearer(scenario.token_header.lower()), content(strict=False)),
        sockets={MICROPHONE_PATH: Socket(lambda: _microphone), PAGE_PATH: Socket(lambda: _page)},
        socket_keys={"ws_url": MICROPHONE_PATH, "interactive_url": PAGE_PATH},
        callback=_callback,
        secret_headers=(scenario.token_header,),
        # A token is all that there is of the data.
        secrets={RTC_AUDIENCE_TOKEN.id: lambda reply: (reply,) if isinstance(reply, str) else ()},
    )


def _bearer(header: str) -> Any:
    """A call has a token, with the word Bearer in front; whether it is good, only the vendor knows."""

    def check(exchange: Exchange[Any]) -> None:
        if exchange.operation in CENTRE:
            return
        try:
            bearer = read_bearer(exchange.headers.get(header, ""))
        except TokenError as error:
            exchange.violations.append(Violation("ST-NET-02", header, error.reason))
            return
        if bearer.deviations:
            reason = "the token comes without the word Bearer, or with it spelled otherwise"
            exchange.violations.append(Violation("ST-E01", header, reason, level="warning"))

    return check


def _microphone(data: bytes | str, sender: Sender) -> Heard:
    if isinstance(data, bytes) and sender == "client":
        return Heard(microphone.AUDIO.id, audio=True, asks=("message",))
    try:
        frame = microphone.decode(data, sender, max_size=_LARGEST)
    except CodecError as error:
        return unread(error, "ST-E68")
    known = heard(frame.message, frame.body, frame.findings)
    if sender == "client":
        known.asks = ("begin", "message") if frame.message == _BEGIN else ("message",)
    elif frame.message in _ANSWERS:
        known.answers = "begin"
    elif frame.message == _FAILED:
        known.answers = "message"
    return known


def _page(data: bytes | str, sender: Sender) -> Heard:
    if isinstance(data, bytes):
        reason = f"a binary message of {len(data)} bytes: speech comes by the microphone socket"
        return Heard(violations=(Violation("ST-MSG-01", "", reason),))
    try:
        if sender == "client":
            typed = TYPED.decode(data.encode())
            return heard(TYPED.message, typed.value, typed.findings)
        pushed = interactive.decode(data.encode())
    except CodecError as error:
        return unread(error, "ST-MSG-01")
    return heard(interactive.id_of(pushed.value), pushed.value, pushed.findings)


def _callback(data: bytes) -> Heard:
    try:
        received = callbacks.decode(data)
    except CodecError as error:
        return unread(error, "ST-CBK-01")
    return heard(callbacks.CALLBACK.message, received.value, received.findings, session=received.value.session_id)
