"""The bad days there are: what goes wrong on each, and what a good client does, as data.

How it goes wrong with one vendor is in `bad_days.py` of its folder; what goes wrong with any is here. What a rule says
is in `faults/rule.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Final, cast

from avatarwire.fakeserver import vendors
from avatarwire.fakeserver.bad_days.day import BadDay, Part
from avatarwire.fakeserver.faults.rule import Fault
from avatarwire.fakeserver.toxics import Toxic

__all__ = ["BAD_DAYS"]

_DAYS: Final = (
    (
        "line-expired",
        "the line of a session ends after a minute, announced by session.force_close or SessionState Destroy",
        "takes what ends a session at any time as its end, and starts another one",
    ),
    (
        "force-close-while-speaking",
        "a session is ended by force at the first words of an answer",
        "ends the answer as lost, does not stop the session once more, and starts another one",
    ),
    (
        "recovering-then-ready",
        "the line of a session breaks in the middle of an answer, and comes back",
        "ends the answer as lost, asks whether the channel is ready until it is, and asks again",
    ),
    (
        "channel-fails",
        "the channel of the first session answers FAIL where it should become READY",
        "gives the session up, and starts another one",
    ),
    (
        "no-line-free",
        "there is no line for one more session: a refusal, or a live that ends with 97 and then with 98",
        "waits and tries again, each time for longer, and tells its own user meanwhile",
    ),
    (
        "heartbeats-unanswered",
        "what a client sends to show that it lives is lost, or its answer is",
        "notices the silence in time, closes, and begins anew",
    ),
    (
        "heartbeats-missing",
        "the server sends no heartbeats any more",
        "does not wait for them in order to act, and notices that they are overdue",
    ),
    (
        "token-expired-before-connect",
        "the token is no longer valid by the time that the client connects with it for the first time",
        "gets another token, by starting again, and does not try the old one for ever",
    ),
    (
        "token-expired-in-session",
        "tokens end in the middle of a session: the next call, or the connection, is refused",
        "gets another token once, repeats what was refused, and goes on",
    ),
    (
        "clock-skew",
        "the server takes the client's clock for wrong, three times",
        "sets its clock by the Date of the answer or tells whoever can, and does not hammer",
    ),
    (
        "nonce-replayed",
        "the server says that a nonce was used already, as after a proxy has repeated a call",
        "makes a new nonce and signs again",
    ),
    ("answer-cut", "the end of an answer never comes", "ends the answer by itself after a time of silence"),
    (
        "callbacks-lost",
        "half of the callbacks are lost",
        "asks for the state of a live instead of waiting for callbacks alone",
    ),
    (
        "callbacks-doubled",
        "every callback comes twice",
        "takes one that it has had for what it is, and acknowledges it",
    ),
    (
        "callbacks-swapped",
        "of two callbacks the later one comes first",
        "goes by the state that a callback names, and not by the order",
    ),
    (
        "callbacks-unsigned",
        "callbacks come without their signature",
        "refuses them, and asks for the state of the live",
    ),
    (
        "broker-restart",
        "the broker ends the connection as a stream begins, and lets nobody in twice",
        "connects again, each time later, subscribes again, and goes on with its session",
    ),
    (
        "slow-download",
        "files that are to be spoken take long to be fetched: 33, and 34 in the end",
        "waits for 34 or 39 instead of a time of its own",
    ),
    ("rtc-token-expiring", "tokens of the RTC channel live for a minute", "gets another token before the end"),
    (
        "server-restart",
        "the server restarts in the middle of an answer: the connection ends, and nobody is let in twice",
        "connects again, each time later, and ends what was under way as lost",
    ),
    (
        "throttled-start",
        "starting a session is throttled twice",
        "waits as long as it is told, or each time for longer, before it tries again",
    ),
    (
        "bad-gateway",
        "something before the server answers a third of the calls, by chance, with HTML and status 502",
        "does not take for JSON what is none, and tries again what can be repeated",
    ),
    ("slow-network", "whatever the server sends comes 300 ms later, 100 more or less", "has time limits that stand it"),
    (
        "network-outage",
        "connections are cut after 64 KiB, in the middle of whatever is sent",
        "connects again, and ends what was under way as lost",
    ),
)
"""Name, what goes wrong, and what a good client does."""

_WITH_ANY: Final[Mapping[str, Part]] = {
    "bad-gateway": Part(
        (
            Fault(
                message="*.request",
                transport="http",
                do="reject",
                status=502,
                body="<html><head><title>502 Bad Gateway</title></head></html>",
                headers={"content-type": "text/html"},
                toxicity=0.33,
            ),
        )
    ),
    "slow-network": Part(toxics=(Toxic(type="latency", attributes={"latency": 300, "jitter": 100}),)),
    "network-outage": Part(toxics=(Toxic(type="limit_data", attributes={"bytes": 65536}),)),
}
"""What goes wrong with every vendor alike, by name."""


class _BadDays(Mapping[str, BadDay]):
    """The days by name; what a vendor has is imported when a day is first asked for."""

    def __getitem__(self, name: str) -> BadDay:
        _, text, advice = next((day for day in _DAYS if day[0] == name), ("", "", ""))
        if not text:
            raise KeyError(name)
        return BadDay(name, text, advice, dict(_parts(name)))

    def __iter__(self) -> Iterator[str]:
        return (name for name, _, _ in _DAYS)

    def __len__(self) -> int:
        return len(_DAYS)


def _parts(name: str) -> Iterator[tuple[str, Part]]:
    for vendor in vendors.VENDORS.values():
        own: Mapping[str, Part] = {}
        if find_spec(f"{vendor.package}.bad_days") is not None:
            own = cast("Mapping[str, Part]", import_module(f"{vendor.package}.bad_days").BAD_DAYS)
        part = own.get(name) or _WITH_ANY.get(name)
        if part is not None:
            yield vendor.name, part


BAD_DAYS: Final[Mapping[str, BadDay]] = _BadDays()
"""All of them, by name."""
