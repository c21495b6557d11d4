"""The bad days there are, as data. What a rule says is in `faults/rule.py`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from avatarwire.fakeserver.bad_days.day import BadDay, Part
from avatarwire.fakeserver.faults.rule import Fault
from avatarwire.fakeserver.toxics import Toxic

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

_ALL: Final = (
    BadDay(
        "line-expired",
        "the line of a session ends after a minute, announced by session.force_close or SessionState Destroy",
        "takes what ends a session at any time as its end, and starts another one",
        {
            "aliyun": Part(settings={"line_seconds": 60.0}),
            # Heartbeats come each ten seconds, so the sixth is a minute old.
            "guiji": _rules(
                Fault(
                    message="HeartBeat",
                    do="command",
                    command="destroy",
                    arguments={"cause": "the line has expired"},
                    skip=5,
                    times=1,
                )
            ),
        },
    ),
    BadDay(
        "force-close-while-speaking",
        "a session is ended by force at the first words of an answer",
        "ends the answer as lost, does not stop the session once more, and starts another one",
        {
            "aliyun": _rules(
                Fault(message="text_drive.response", do="command", command="force_close", times=1),
            ),
            "guiji": _rules(
                Fault(
                    message="SessionState.playlist",
                    where={"params.status": "begin"},
                    do="command",
                    command="destroy",
                    times=1,
                )
            ),
            "sensetime": _rules(
                Fault(message="CallbackBody", where={"status": 36}, do="command", command="close_live", times=1),
            ),
        },
    ),
    BadDay(
        "recovering-then-ready",
        "the line of a session breaks in the middle of an answer, and comes back",
        "ends the answer as lost, asks whether the channel is ready until it is, and asks again",
        {"aliyun": _rules(Fault(message="text_drive.response", do="command", command="recover", times=1))},
    ),
    BadDay(
        "channel-fails",
        "the channel of the first session answers FAIL where it should become READY",
        "gives the session up, and starts another one",
        {
            "aliyun": _rules(
                Fault(
                    message="channel_ready.response",
                    where={"status": "READY"},
                    do="set",
                    fields={"status": "FAIL"},
                    times=1,
                )
            )
        },
    ),
    BadDay(
        "no-line-free",
        "there is no line for one more session: a refusal, or a live that ends with 97 and then with 98",
        "waits and tries again, each time for longer, and tells its own user meanwhile",
        {
            "aliyun": _throttled("StartAvatarSession.request", "QuotaExceeded.Channels"),
            "guiji": _rules(
                Fault(message="createLiveSession.request", do="reject", code=500, reason="no channel is free", times=2)
            ),
            "sensetime": Part(settings={"outcomes": ("platform_full", "customer_full")}),
        },
    ),
    BadDay(
        "heartbeats-unanswered",
        "what a client sends to show that it lives is lost, or its answer is",
        "notices the silence in time, closes, and begins anew",
        {
            "aliyun": _rules(Fault(message="heartbeat.pong", do="drop")),
            "guiji": _rules(Fault(message="HeartBeat.reply", direction="in", do="drop")),
            "sensetime": _rules(Fault(message="heartbeat.request", do="reject", status=503)),
        },
    ),
    BadDay(
        "heartbeats-missing",
        "the server sends no heartbeats any more",
        "does not wait for them in order to act, and notices that they are overdue",
        {"guiji": _rules(Fault(message="HeartBeat", do="drop"))},
    ),
    BadDay(
        "token-expired-before-connect",
        "the token is no longer valid by the time that the client connects with it for the first time",
        "gets another token, by starting again, and does not try the old one for ever",
        {
            "aliyun": _rules(_token_expired("handshake.websocket", 10001)),
            "guiji": _rules(_token_expired("handshake.mqtt", 4)),
            "sensetime": _rules(_token_expired("handshake.websocket", 10002)),
        },
    ),
    BadDay(
        "token-expired-in-session",
        "tokens end in the middle of a session: the next call, or the connection, is refused",
        "gets another token once, repeats what was refused, and goes on",
        {
            "aliyun": _rules(
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
            "guiji": _rules(
                Fault(message="createLiveSession.response", do="command", command="expire_tokens", times=1)
            ),
            "sensetime": _rules(Fault(message="startLive.response", do="command", command="expire_tokens", times=1)),
        },
    ),
    BadDay(
        "clock-skew",
        "the server takes the client's clock for wrong, three times",
        "sets its clock by the Date of the answer or tells whoever can, and does not hammer",
        {
            "aliyun": _rules(
                Fault(
                    message="*.request",
                    transport="http",
                    do="reject",
                    code="InvalidTimeStamp.Expired",
                    reason="Specified time stamp or date value is expired.",
                    times=3,
                )
            ),
            "sensetime": _rules(
                Fault(message="login.request", do="reject", code=10003, reason="the timestamp is too old", times=3)
            ),
        },
    ),
    BadDay(
        "nonce-replayed",
        "the server says that a nonce was used already, as after a proxy has repeated a call",
        "makes a new nonce and signs again",
        {
            "aliyun": _rules(
                Fault(
                    message="*.request",
                    transport="http",
                    do="reject",
                    code="SignatureNonceUsed",
                    reason="Specified signature nonce was used already.",
                    times=1,
                )
            )
        },
    ),
    BadDay(
        "answer-cut",
        "the end of an answer never comes",
        "ends the answer by itself after a time of silence",
        {
            "aliyun": _rules(
                Fault(message="text_drive.response", where={"finish": True}, do="drop", times=1),
                Fault(message="asr.drive_reply", where={"finish": True}, do="drop", times=1),
            ),
            "guiji": _rules(Fault(message="SessionState.playlist", where={"params.status": "end"}, do="drop", times=1)),
            "sensetime": _rules(
                Fault(message="microphone.takeover_finished", do="drop", times=1),
                Fault(message="CallbackBody", where={"status": 37}, do="drop", times=1),
            ),
        },
    ),
    BadDay(
        "callbacks-lost",
        "half of the callbacks are lost",
        "asks for the state of a live instead of waiting for callbacks alone",
        {
            "sensetime": _rules(Fault(message="CallbackBody", do="drop", toxicity=0.5)),
        },
    ),
    BadDay(
        "callbacks-doubled",
        "every callback comes twice",
        "takes one that it has had for what it is, and acknowledges it",
        {"sensetime": _rules(Fault(message="CallbackBody", do="duplicate", seconds=0.1))},
    ),
    BadDay(
        "callbacks-swapped",
        "of two callbacks the later one comes first",
        "goes by the state that a callback names, and not by the order",
        {"sensetime": _rules(Fault(message="CallbackBody", do="reorder"))},
    ),
    BadDay(
        "callbacks-unsigned",
        "callbacks come without their signature",
        "refuses them, and asks for the state of the live",
        {
            "sensetime": Part(
                (Fault(message="CallbackBody", do="remove", fields=["headers.signature", "headers.timestamp"]),),
                settings={"callback_carrier": "header"},
            )
        },
    ),
    BadDay(
        "broker-restart",
        "the broker ends the connection as a stream begins, and lets nobody in twice",
        "connects again, each time later, subscribes again, and goes on with its session",
        {
            "guiji": _rules(
                Fault(message="SessionState.StreamPlay", do="close", times=1),
                Fault(message="handshake.mqtt", do="reject", code=3, skip=1, times=2),
            )
        },
    ),
    BadDay(
        "slow-download",
        "files that are to be spoken take long to be fetched: 33, and 34 in the end",
        "waits for 34 or 39 instead of a time of its own",
        {"sensetime": Part(settings={"default_download_seconds": 15.0})},
    ),
    BadDay(
        "rtc-token-expiring",
        "tokens of the RTC channel live for a minute",
        "gets another token before the end",
        {"sensetime": Part(settings={"rtc_token_seconds": 60.0, "rtc_warning_seconds": 30.0})},
    ),
    BadDay(
        "server-restart",
        "the server restarts in the middle of an answer: the connection ends, and nobody is let in twice",
        "connects again, each time later, and ends what was under way as lost",
        {
            "aliyun": _rules(
                Fault(message="text_drive.response", do="close", code=1012, reason="restart", times=1),
                *_RESTARTING,
            ),
            "sensetime": _rules(
                Fault(message="microphone.takeover_started", do="close", code=1012, reason="restart", times=1),
                *_RESTARTING,
            ),
            "guiji": _rules(
                Fault(message="SessionState.playlist", do="reset", times=1),
                Fault(message="handshake.mqtt", do="reject", code=3, skip=1, times=2),
            ),
        },
    ),
    BadDay(
        "throttled-start",
        "starting a session is throttled twice",
        "waits as long as it is told, or each time for longer, before it tries again",
        {
            "aliyun": _throttled(
                "StartAvatarSession.request", "Throttling.User", headers={"x-acs-retry-after": "2000"}
            ),
            "guiji": _throttled("createLiveSession.request", 500),
            "sensetime": _throttled("createLive.request", 10007, headers={"retry-after": "2"}),
        },
    ),
    BadDay(
        "bad-gateway",
        "something before the server answers a third of the calls, by chance, with HTML and status 502",
        "does not take for JSON what is none, and tries again what can be repeated",
        {
            vendor: _rules(
                Fault(
                    message="*.request",
                    transport="http",
                    do="reject",
                    status=502,
                    body="<html><head><title>502 Bad Gateway</title></head></html>",
                    headers={"content-type": "text/html"},
                    toxicity=0.33,
                )
            )
            for vendor in ("aliyun", "guiji", "sensetime")
        },
    ),
    BadDay(
        "slow-network",
        "whatever the server sends comes 300 ms later, 100 more or less",
        "has time limits that stand it",
        {
            vendor: Part(toxics=(Toxic(type="latency", attributes={"latency": 300, "jitter": 100}),))
            for vendor in ("aliyun", "guiji", "sensetime")
        },
    ),
    BadDay(
        "network-outage",
        "connections are cut after 64 KiB, in the middle of whatever is sent",
        "connects again, and ends what was under way as lost",
        {
            vendor: Part(toxics=(Toxic(type="limit_data", attributes={"bytes": 65536}),))
            for vendor in ("aliyun", "guiji", "sensetime")
        },
    ),
)

BAD_DAYS: Final[Mapping[str, BadDay]] = MappingProxyType({each.name: each for each in _ALL})
"""All of them, by name."""
