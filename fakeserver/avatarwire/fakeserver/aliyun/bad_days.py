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


_RESTARTING: Final = (
    Fault(message="handshake.websocket", do="reject", status=503, reason="starting", times=2, skip=1),
)

BAD_DAYS: Final[Mapping[str, Part]] = {
    "line-expired": Part(settings={"line_seconds": 60.0}),
    "force-close-while-speaking": _rules(
        Fault(message="text_drive.response", do="command", command="force_close", times=1),
    ),
    "recovering-then-ready": _rules(Fault(message="text_drive.response", do="command", command="recover", times=1)),
    "channel-fails": _rules(
        Fault(
            message="channel_ready.response",
            where={"status": "READY"},
            do="set",
            fields={"status": "FAIL"},
            times=1,
        )
    ),
    "no-line-free": _throttled("StartAvatarSession.request", "QuotaExceeded.Channels"),
    "heartbeats-unanswered": _rules(Fault(message="heartbeat.pong", do="drop")),
    "token-expired-before-connect": _rules(_token_expired("handshake.websocket", 10001)),
    "token-expired-in-session": _rules(
        Fault(
            message="text_drive.response",
            do="command",
            command="report_error",
            arguments={"error_code": 10001, "reason": "the token has expired"},
            times=1,
        ),
        Fault(message="text_drive.response", do="close", code=1008, reason="insufficient permission", times=1),
        _token_expired("handshake.websocket", 10001, skip=1),
    ),
    "clock-skew": _rules(
        Fault(
            message="*.request",
            transport="http",
            do="reject",
            code="InvalidTimeStamp.Expired",
            reason="Specified time stamp or date value is expired.",
            times=3,
        )
    ),
    "nonce-replayed": _rules(
        Fault(
            message="*.request",
            transport="http",
            do="reject",
            code="SignatureNonceUsed",
            reason="Specified signature nonce was used already.",
            times=1,
        )
    ),
    "answer-cut": _rules(
        Fault(message="text_drive.response", where={"finish": True}, do="drop", times=1),
        Fault(message="asr.drive_reply", where={"finish": True}, do="drop", times=1),
    ),
    "server-restart": _rules(
        Fault(message="text_drive.response", do="close", code=1012, reason="restart", times=1),
        *_RESTARTING,
    ),
    "throttled-start": _throttled(
        "StartAvatarSession.request", "Throttling.User", headers={"x-acs-retry-after": "2000"}
    ),
}
"""By name."""
