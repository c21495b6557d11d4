"""What goes wrong on the bad days of this vendor (`bad_days/known.py` has what they are), as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from avatarwire.fakeserver.bad_days.day import Part
from avatarwire.fakeserver.faults.rule import Fault

__all__ = ["BAD_DAYS"]


def _rules(*rules: Fault) -> Part:
    return Part(rules)


def _throttled(message: str, code: str | int, **more: Any) -> Part:
    return _rules(Fault(message=message, do="reject", code=code, reason="too many requests", times=2, **more))


def _token_expired(message: str, code: int, skip: int = 0) -> Fault:
    return Fault(message=message, do="reject", code=code, reason="the token has expired", skip=skip, times=1)


BAD_DAYS: Final[Mapping[str, Part]] = {
    # Heartbeats come each ten seconds, so the sixth is a minute old.
    "line-expired": _rules(
        Fault(
            message="HeartBeat",
            do="command",
            command="destroy",
            arguments={"cause": "the line has expired"},
            skip=5,
            times=1,
        )
    ),
    "force-close-while-speaking": _rules(
        Fault(
            message="SessionState.playlist",
            where={"params.status": "begin"},
            do="command",
            command="destroy",
            times=1,
        )
    ),
    "no-line-free": _rules(
        Fault(message="createLiveSession.request", do="reject", code=500, reason="no channel is free", times=2)
    ),
    "heartbeats-unanswered": _rules(Fault(message="HeartBeat.reply", direction="in", do="drop")),
    "heartbeats-missing": _rules(Fault(message="HeartBeat", do="drop")),
    "token-expired-before-connect": _rules(_token_expired("handshake.mqtt", 4)),
    "token-expired-in-session": _rules(
        Fault(message="createLiveSession.response", do="command", command="expire_tokens", times=1)
    ),
    "answer-cut": _rules(Fault(message="SessionState.playlist", where={"params.status": "end"}, do="drop", times=1)),
    "broker-restart": _rules(
        Fault(message="SessionState.StreamPlay", do="close", times=1),
        Fault(message="handshake.mqtt", do="reject", code=3, skip=1, times=2),
    ),
    "server-restart": _rules(
        Fault(message="SessionState.playlist", do="reset", times=1),
        Fault(message="handshake.mqtt", do="reject", code=3, skip=1, times=2),
    ),
    "throttled-start": _throttled("createLiveSession.request", 500),
}
"""By name."""
