"""Bad days: what goes wrong together, by name, as data. Each is rules of faults, toxics and tunables of a scenario.

    with FakeAliyun(bad_day="throttled-start") as fake: ...

What a rule says is in `faults/rule.py`. The first rule that matches acts; of two days, the rules apply in the order
given.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.faults.rule import Fault
from avatarwire.fakeserver.scenario.types import nearest
from avatarwire.fakeserver.toxics import Toxic

__all__ = ["BAD_DAYS", "BadDay", "Part", "by_vendor", "day", "parts_of"]


@dataclass(frozen=True, slots=True)
class Part:
    """A bad day of one vendor.

    Attributes:
        faults: rules, in order.
        toxics: of the network.
        settings: tunables of the scenario, by name.
    """

    faults: Sequence[Fault] = ()
    toxics: Sequence[Toxic] = ()
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class BadDay:
    """A bad day.

    Attributes:
        name: such as ``throttled-start``.
        text: what goes wrong, one line.
        advice: what a good client does.
        parts: how, by vendor.
    """

    name: str
    text: str
    advice: str
    parts: Mapping[str, Part]


def _rules(*rules: Fault) -> Part:
    return Part(rules)


def _throttled(message: str, code: str | int, **more: Any) -> Part:
    return _rules(Fault(message=message, do="reject", code=code, reason="too many requests", times=2, **more))


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
            "guiji": _rules(
                Fault(
                    message="SessionState.playlist",
                    where={"params.status": "begin"},
                    do="command",
                    command="destroy",
                    arguments={"cause": "the line has expired"},
                    skip=1,
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
                Fault(message="microphone.takeover_started", do="command", command="close_live", times=1),
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
        "the channel answers FAIL where it should become READY",
        "gives the session up, and starts another one",
        {"aliyun": _rules(Fault(message="channel_ready.response", do="answer", fields={"status": "FAIL"}))},
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
        "the token is no longer valid by the time that the client connects with it",
        "gets another token, by starting again, and does not try the old one for ever",
        {
            "aliyun": _rules(Fault(message="handshake.websocket", do="reject", status=401, times=1)),
            "guiji": _rules(Fault(message="handshake.mqtt", do="reject", code=4, times=1)),
            "sensetime": _rules(Fault(message="handshake.websocket", do="reject", status=401, times=1)),
        },
    ),
    BadDay(
        "token-expired-in-session",
        "access tokens end in the middle of a session",
        "logs in again once, repeats the call, and goes on",
        {
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
            "sensetime": _rules(Fault(message="microphone.takeover_finished", do="drop", times=1)),
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
            "sensetime": _rules(
                Fault(message="CallbackBody", do="remove", fields=["headers.signature", "headers.timestamp"])
            )
        },
    ),
    BadDay(
        "broker-restart",
        "the broker ends all connections as a session begins, and lets nobody in for a while",
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
        "the server restarts in the middle of an answer: connections end with 1012, and nobody is let in for a while",
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
            "sensetime": _throttled("createLive.request", 10001, headers={"retry-after": "2"}),
        },
    ),
    BadDay(
        "bad-gateway",
        "something before the server answers every third call with HTML and status 502",
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
        "every byte comes 300 ms later, more or less",
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


def day(name: str) -> BadDay:
    """A bad day by its name.

    Raises:
        FakeServerError: there is none; names the nearest.
    """
    if name not in BAD_DAYS:
        meant = nearest(name, BAD_DAYS)
        hint = f"did you mean {meant}?" if meant else f"there are: {', '.join(BAD_DAYS)}"
        raise FakeServerError(f"there is no bad day {name}; {hint}")
    return BAD_DAYS[name]


def by_vendor(names: str | Sequence[str], served: Collection[str]) -> dict[str, list[str]]:
    """Which of some bad days each of several vendors has.

    Args:
        names: one, or several.
        served: the vendors.

    Raises:
        FakeServerError: there is no such day, or none of the vendors has it.
    """
    found: dict[str, list[str]] = {vendor: [] for vendor in served}
    for name in [names] if isinstance(names, str) else names:
        known = day(name)
        concerned = [vendor for vendor in served if vendor in known.parts]
        if not concerned:
            raise FakeServerError(f"the bad day {name} is one of {', '.join(known.parts)}, not of {', '.join(served)}")
        for vendor in concerned:
            found[vendor].append(name)
    return found


def parts_of(names: str | Sequence[str], vendor: str) -> list[Part]:
    """What bad days mean to a vendor, in the order given.

    Args:
        names: one, or several.
        vendor: whose.

    Raises:
        FakeServerError: there is no such day, or the vendor has none of that name.
    """
    found: list[Part] = []
    for name in [names] if isinstance(names, str) else names:
        known = day(name)
        if vendor not in known.parts:
            raise FakeServerError(f"the bad day {name} is none of {vendor}, but of {', '.join(known.parts)}")
        found.append(known.parts[vendor])
    return found
