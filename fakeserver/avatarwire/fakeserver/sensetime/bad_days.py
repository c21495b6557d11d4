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
    "force-close-while-speaking": _rules(
        Fault(message="CallbackBody", where={"status": 36}, do="command", command="close_live", times=1),
    ),
    "no-line-free": Part(settings={"outcomes": ("platform_full", "customer_full")}),
    "heartbeats-unanswered": _rules(Fault(message="heartbeat.request", do="reject", status=503)),
    "token-expired-before-connect": _rules(_token_expired("handshake.websocket", 10002)),
    "token-expired-in-session": _rules(
        Fault(message="startLive.response", do="command", command="expire_tokens", times=1)
    ),
    "clock-skew": _rules(
        Fault(message="login.request", do="reject", code=10003, reason="the timestamp is too old", times=3)
    ),
    "answer-cut": _rules(
        Fault(message="microphone.takeover_finished", do="drop", times=1),
        Fault(message="CallbackBody", where={"status": 37}, do="drop", times=1),
    ),
    "callbacks-lost": _rules(Fault(message="CallbackBody", do="drop", toxicity=0.5)),
    "callbacks-doubled": _rules(Fault(message="CallbackBody", do="duplicate", seconds=0.1)),
    "callbacks-swapped": _rules(Fault(message="CallbackBody", do="reorder")),
    "callbacks-unsigned": Part(
        (Fault(message="CallbackBody", do="remove", fields=["headers.signature", "headers.timestamp"]),),
        settings={"callback_carrier": "header"},
    ),
    "slow-download": Part(settings={"default_download_seconds": 15.0}),
    "rtc-token-expiring": Part(settings={"rtc_token_seconds": 60.0, "rtc_warning_seconds": 30.0}),
    "server-restart": _rules(
        Fault(message="microphone.takeover_started", do="close", code=1012, reason="restart", times=1),
        *_RESTARTING,
    ),
    "throttled-start": _throttled("createLive.request", 10007, headers={"retry-after": "2"}),
}
"""By name."""
