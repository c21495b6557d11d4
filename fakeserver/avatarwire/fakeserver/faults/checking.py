"""Whether a rule can act at all: every mistake is found when the rule is given, and named by its key.

Nothing acts here. The types of a rule's members are checked where it is read (`scenario/table.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final, cast

from msgspec.structs import replace

from avatarwire.codecs import catalogue
from avatarwire.codecs.core.entry import Catalogue
from avatarwire.fakeserver.close_codes import SENDABLE, may_be_sent
from avatarwire.fakeserver.faults.declared import Side, header_names, is_declared, pair, sides, transport_of
from avatarwire.fakeserver.faults.rule import ACTIONS, HANDSHAKES, WEBSOCKET_HANDSHAKE, Do, Fault, Transport
from avatarwire.fakeserver.scenario import ScenarioError
from avatarwire.fakeserver.scenario.types import nearest
from avatarwire.fakeserver.wire_paths import PathError, parse

__all__ = ["Means", "check", "chosen", "side_of"]

_ON_REQUESTS: Final = ("reject", "answer")
"""Actions for which it does not matter whether the request or its answer is named."""
_ON_HANDSHAKES: Final[frozenset[Do]] = frozenset(("reject", "drop", "delay", "hang", "close", "reset"))
_ON_CONNECTIONS: Final[frozenset[Do]] = frozenset(("close", "reset", "hang"))

_SIDES: Final[tuple[Side, ...]] = ("in", "out")
_FRAMELESS: Final[tuple[Transport, ...]] = ("http", "mqtt", "callback")

_UNSUPPORTED: Final[Mapping[tuple[Transport, Side, Do], str]] = {
    ("http", "out", "duplicate"): "a call has one answer",
    **{("http", side, "reorder"): "calls are answered one by one" for side in _SIDES},
    **{("ws", side, "reject"): "nothing on a WebSocket but its handshake is rejected" for side in _SIDES},
    ("callback", "out", "reject"): "a callback is no request to the fake",
    ("ws", "in", "frame"): "the client makes the frames of what it sends",
    **{(it, side, "frame"): "only a WebSocket has frames" for it in _FRAMELESS for side in _SIDES},
}
"""Why an action is not to be had, by transport and direction."""


class Means:
    """What a fake can do and knows, as far as rules depend on it.

    Args:
        vendor: its name.
        known: the vendor's catalogue.
        commands: names of the commands of the fake.
        text_codes: whether the vendor's codes of failures are texts.
        cuts_mqtt: whether connections of MQTT clients are the fake's, so that it can close them.
    """

    def __init__(
        self,
        vendor: str,
        known: Catalogue,
        *,
        commands: Collection[str] = (),
        text_codes: bool = False,
        cuts_mqtt: bool = True,
    ) -> None:
        self.vendor: Final = vendor
        self.known: Final = known
        self.commands: Final = tuple(commands)
        self.text_codes: Final = text_codes
        self.cuts_mqtt: Final = cuts_mqtt
        handshakes = {"ws": HANDSHAKES[0], "mqtt": HANDSHAKES[1]}
        self.travelling: Final[Mapping[str, Transport]] = {
            id_: transport
            for id_ in (*known.entries, *handshakes.values())
            if (transport := transport_of(known, id_)) is not None
        }
        spoken = {transport for id_, transport in self.travelling.items() if id_ not in HANDSHAKES}
        self.handshakes: Final = tuple(
            id_ for transport, id_ in handshakes.items() if transport in spoken and (transport != "mqtt" or cuts_mqtt)
        )
        self.header: Final = header_names(known)


def side_of(rule: Fault) -> Side:
    """The direction in which a rule looks for messages."""
    if rule.direction is not None:
        return rule.direction
    return "in" if rule.do in _ON_REQUESTS or rule.message in HANDSHAKES else "out"


def check(rule: Fault, means: Means, file: str, path: str) -> None:
    """Holds a rule against what there is.

    Args:
        rule: its types are right.
        means: of the fake.
        file, path: where the rule stands, for the error.

    Raises:
        ScenarioError: it can never act as it stands; the path names the key.
    """
    found = next(_mistakes(rule, means), None)
    if found is not None:
        key, reason, suggestion = found
        raise ScenarioError(file, f"{path}.{key}", reason, suggestion)


def chosen(rule: Fault, means: Means, id_: str, side: Side, transport: Transport, path: str) -> Fault:
    """What is done to one message: a rule without its own idea of which messages it is for, and how often it acts.

    Args:
        rule: its types are right.
        means: of the fake.
        id_, side, transport: of the message.
        path: where the rule stands, for the error.

    Raises:
        ScenarioError: it cannot act there; the path names the key.
    """
    is_known = id_ in means.travelling
    rule = replace(
        rule,
        message=id_ if is_known else "*",
        direction=side,
        transport=None if is_known else transport,
        session=None,
        where={},
        skip=0,
        times=None,
        toxicity=1.0,
        after=None,
        until=None,
    )
    reason = "" if id_ in HANDSHAKES else _UNSUPPORTED.get((transport, side, rule.do), "")
    if rule.do == "reject" and side == "out" and not reason:
        reason = "it is no request, which would be rejected before it is carried out"
    if reason:
        raise ScenarioError("", f"{path}.do", f"{rule.do} is nothing for {id_ or 'a message'}: {reason}")
    check(rule, means, "", path)
    return rule


_Mistake = tuple[str, str, str]
"""The key, what is wrong with it, and what was probably meant."""


def _mistakes(rule: Fault, means: Means) -> Iterator[_Mistake]:
    yield from _keys(rule)
    candidates = [id_ for id_ in (*means.travelling,) if fnmatchcase(id_, rule.message)]
    candidates = [id_ for id_ in candidates if id_ not in HANDSHAKES or id_ in means.handshakes]
    if not candidates:
        names = [id_ for id_ in means.travelling if id_ not in HANDSHAKES or id_ in means.handshakes]
        others = [name for name, known in catalogue.VENDORS.items() if rule.message in known.entries]
        whose = f"; it is a message of {others[0]}" if others else ""
        reason = f"no message of {means.vendor} is or matches {rule.message}{whose}"
        yield "message", reason, "" if others else nearest(rule.message, names)
        return
    if rule.message not in HANDSHAKES and rule.do != "reject":
        candidates = [id_ for id_ in candidates if id_ not in HANDSHAKES] or candidates
    on = [id_ for id_ in candidates if rule.transport is None or _travels(id_, means, rule.transport)]
    if not on:
        yield "transport", f"{rule.message} travels on {means.travelling[candidates[0]]}, not on {rule.transport}", ""
        return
    going: list[tuple[str, Side]] = [(id_, side) for id_ in on for side in _sides(rule, id_, means)]
    # An action that none of them takes whichever way it goes is refused for that, and not for a direction left out.
    tried = going or [(id_, side) for id_ in on for side in sides(means.known, id_)]
    reasons = [(_why_not(rule, id_, side, means), id_) for id_, side in tried]
    if (going or rule.direction is None) and all(reason for reason, _ in reasons):
        reason, id_ = reasons[0]
        yield "do", f"{rule.do} is nothing for {id_}: {reason}", ""
        return
    if not going:
        one = sides(means.known, on[0])[0]
        sender = "client" if one == "in" else "fake"
        yield "direction", f'{on[0]} is sent by the {sender}: expected direction = "{one}"', ""
        return
    fitting = [id_ for reason, id_ in reasons if not reason]
    yield from _paths(rule, fitting, means)
    yield from _values(rule, fitting, means)


def _travels(id_: str, means: Means, transport: Transport) -> bool:
    return transport in (("ws", "http") if id_ == WEBSOCKET_HANDSHAKE else (means.travelling[id_],))


def _sides(rule: Fault, id_: str, means: Means) -> tuple[Side, ...]:
    """The directions in which a rule looks for a message, of those in which it goes."""
    if rule.do in _ON_REQUESTS and (pair(means.known, id_)[0] or rule.direction is None):
        return ("in",) if pair(means.known, id_)[0] or id_ in HANDSHAKES else sides(means.known, id_)
    wanted = rule.direction or ("in" if id_ in HANDSHAKES else "out")
    return tuple(side for side in sides(means.known, id_) if side == wanted)


def _why_not(rule: Fault, id_: str, side: Side, means: Means) -> str:
    if id_ in HANDSHAKES:
        return "" if rule.do in _ON_HANDSHAKES else f"a handshake takes {', '.join(sorted(_ON_HANDSHAKES))}"
    transport = means.travelling[id_]
    if rule.do in _ON_REQUESTS and not pair(means.known, id_)[0]:
        if rule.do == "reject":
            return _UNSUPPORTED.get((transport, side, "reject"), "it is no request, and answers none")
        return "" if side == "out" else "it has no answer"
    if transport == "mqtt" and rule.do in _ON_CONNECTIONS and not means.cuts_mqtt:
        return "the connections of MQTT clients are another broker's"
    return _UNSUPPORTED.get((transport, side, rule.do), "")


# --- keys ---


def _keys(rule: Fault) -> Iterator[_Mistake]:
    action = ACTIONS[rule.do]
    every = dict.fromkeys(key for it in ACTIONS.values() for key in it.keys)
    said = rule.said()
    given = [key for key in every if key in said]
    for key in given:
        if key not in action.keys:
            known = ", ".join(action.keys) or "none"
            yield key, f"{rule.do} has no such key; its own are: {known}", ""
    for needed in action.needed:
        if not any(key in given for key in needed.split("|")):
            first, *others = needed.split("|")
            yield first, f"{rule.do} needs {' or '.join([first, *others])}", ""
    if rule.after is not None and rule.until is not None and rule.until <= rule.after:
        yield "until", f"expected more than after, which is {rule.after:g}, got {rule.until:g}", ""


# --- paths ---


def _paths(rule: Fault, ids: Collection[str], means: Means) -> Iterator[_Mistake]:
    for path in rule.where:
        yield from _path(f"where.{path}", path, _named_by_where(rule, ids, means), rule, means, declared=True)
    fields: Iterable[str] = ()
    if rule.do in ("set", "answer") and rule.fields is not None:
        if not isinstance(rule.fields, dict) or not rule.fields:
            yield "fields", f"{rule.do} expects a table of wire path and value", ""
            return
        fields = rule.fields
    elif rule.do == "remove":
        if not isinstance(rule.fields, list) or not rule.fields:
            yield "fields", "remove expects a list of wire paths", ""
            return
        fields = rule.fields
    for path in fields:
        key = "fields" if rule.do == "remove" else f"fields.{path}"
        yield from _path(key, path, ids, rule, means, declared=rule.do == "remove")


def _named_by_where(rule: Fault, ids: Collection[str], means: Means) -> Collection[str]:
    """The messages that conditions are about: where requests are answered, those."""
    if rule.do not in _ON_REQUESTS:
        return ids
    return [pair(means.known, id_)[0] or id_ for id_ in ids]


def _path(
    key: str, path: str, ids: Collection[str], rule: Fault, means: Means, *, declared: bool
) -> Iterator[_Mistake]:
    transports = {means.travelling[id_] for id_ in ids}
    first, _, rest = path.partition(".")
    if path == "topic":
        if "mqtt" not in transports:
            yield key, "only what travels on mqtt has a topic", ""
        return
    if first == "headers" and rest:
        if not transports & {"http", "callback"} and not any(id_ in HANDSHAKES for id_ in ids):
            yield key, "only what travels on http or callback has headers", ""
        return
    if first == "header" and rest and means.header:
        if rest not in means.header:
            yield key, f"unknown member of the header, known are {', '.join(means.header)}", nearest(rest, means.header)
        elif declared and rule.do == "remove" and key == "fields":
            yield key, "a frame has all of its header", ""
        return
    try:
        steps = parse(path)
    except PathError as error:
        yield key, str(error), ""
        return
    plain = [id_ for id_ in ids if id_ not in HANDSHAKES]
    if declared and not any(is_declared(means.known, id_, steps) for id_ in plain):
        named = plain[0] if len(plain) == 1 else rule.message
        yield key, f"{named} has no member {path}", ""


# --- values ---


def _values(rule: Fault, ids: Collection[str], means: Means) -> Iterator[_Mistake]:
    if rule.do == "close" and rule.code is not None and (not isinstance(rule.code, int) or not may_be_sent(rule.code)):
        yield "code", f"expected {SENDABLE}, got {rule.code}", ""
    if rule.do == "close" and rule.reason is not None and len(rule.reason.encode()) > _REASON_BYTES:
        yield "reason", f"expected at most {_REASON_BYTES} bytes", ""
    if rule.do == "reject" and rule.code is not None:
        yield from _reject_code(rule.code, ids, means)
    if rule.do == "frame" and rule.frames is not None and rule.form != "fragmented":
        yield "frames", f"a message that is {rule.form} has one frame; several are fragmented", ""
    if rule.do == "command" and rule.command not in means.commands:
        known = ", ".join(means.commands)
        yield "command", f"unknown command, known are {known}", nearest(str(rule.command), means.commands)
    if rule.do == "replace" and not _is_hex(rule.data or ""):
        yield "data", "expected pairs of hex digits", ""
    if rule.do == "set":
        yield from _set_values(rule, means)


def _is_hex(text: str) -> bool:
    try:
        bytes.fromhex(text)
    except ValueError:
        return False
    return True


_REASON_BYTES: Final = 123
"""Of a close frame (RFC 6455, 5.5)."""
_RETURN_CODES: Final = range(1, 6)
"""Of a CONNACK that refuses."""


def _reject_code(code: int | str, ids: Collection[str], means: Means) -> Iterator[_Mistake]:
    transports = {"handshake" if id_ in HANDSHAKES else means.travelling[id_] for id_ in ids}
    if all(id_ == HANDSHAKES[1] for id_ in ids) and code not in _RETURN_CODES:
        yield "code", f"expected a return code of CONNACK from 1 to 5, got {code}", ""
    elif all(id_ == WEBSOCKET_HANDSHAKE for id_ in ids) and not isinstance(code, int):
        yield "code", f"codes of refused handshakes are integers, got {code}", ""
    elif "http" in transports and isinstance(code, str) is not means.text_codes:
        yield "code", f"codes of {means.vendor} are {'texts' if means.text_codes else 'integers'}", ""
    elif transports == {"mqtt"} and not isinstance(code, int):
        yield "code", "codes of error envelopes are integers", ""


def _set_values(rule: Fault, means: Means) -> Iterator[_Mistake]:
    for path, value in cast("dict[str, Any]", rule.fields).items():
        first, _, rest = path.partition(".")
        if path == "topic" and not (isinstance(value, str) and value and not set("+#\0") & set(value)):
            yield f"fields.{path}", "expected a topic without wildcards", ""
        elif first == "headers" and rest and not isinstance(value, str):
            yield f"fields.{path}", "expected a text", ""
        elif first == "header" and rest in means.header:
            start, end = means.header[rest]
            if header_bytes(value, end - start) is None:
                yield f"fields.{path}", _expected(end - start), ""


def header_bytes(value: object, size: int) -> bytes | None:
    """The bytes of a member of a frame's header; None where the value does not fit."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value.to_bytes(size, "big") if 0 <= value < 256**size else None
    if not isinstance(value, str):
        return None
    try:
        data = bytes.fromhex(value) if len(value) == 2 * size else value.encode()
    except ValueError:
        return None
    return data if len(data) == size else None


def _expected(size: int) -> str:
    return f"expected 0 to {256**size - 1}" if size == 1 else f"expected {2 * size} hex digits or {size} characters"
