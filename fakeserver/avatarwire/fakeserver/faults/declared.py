"""What a vendor's catalogue says of a message, for whoever writes a rule about it: transport, sender, members.

Nothing is read or changed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final, Literal, TypeAlias

import msgspec
from msgspec import inspect

from avatarwire.codecs.core.carrier import Frame
from avatarwire.codecs.core.entry import Catalogue, Entry
from avatarwire.codecs.core.enveloped import EnvelopeCodec
from avatarwire.codecs.core.introspection import at_path, declaration, unwrapped
from avatarwire.codecs.core.json_string import JsonString
from avatarwire.fakeserver.faults.rule import MQTT_HANDSHAKE, WEBSOCKET_HANDSHAKE, Transport
from avatarwire.fakeserver.journal.query import Way
from avatarwire.fakeserver.wire_paths import Path

__all__ = ["HTTP_ERROR", "Side", "header_names", "is_declared", "pair", "sides", "transport_of", "ways_of"]

HTTP_ERROR: Final = "http.error"
"""What answers any call that fails."""

Side: TypeAlias = Literal["in", "out"]

_HANDSHAKES: Final[Mapping[str, Transport]] = {WEBSOCKET_HANDSHAKE: "ws", MQTT_HANDSHAKE: "mqtt"}
_ANSWERS: Final = (".response", ".result")
_ANYTHING: Final = (inspect.AnyType, inspect.RawType, inspect.DictType)


def transport_of(known: Catalogue, id_: str) -> Transport | None:
    """What a message travels on; None for a part of others."""
    return _HANDSHAKES.get(id_) or known[id_].carrier.transport


def sides(known: Catalogue, id_: str) -> tuple[Side, ...]:
    """Which way a message goes, as the vendor sees it."""
    if id_ in _HANDSHAKES:
        return ("in",)
    direction = known[id_].direction
    return ("in", "out") if direction == "both" else ("in",) if direction == "client->server" else ("out",)


def ways_of(known: Catalogue) -> Mapping[str, Way | None]:
    """The messages that entries of a journal may be, and how each travels, for searches; None where that is not fixed.

    A part of others is no message, and the answer of a call that failed is called after the call.
    """
    return {id_: _way_of(known, id_) for id_, it in known.items() if it.kind != "type" and id_ != HTTP_ERROR}


def _way_of(known: Catalogue, id_: str) -> Way | None:
    transport = transport_of(known, id_)
    type_ = known[id_].type
    if transport is None:
        return None
    body = type_ if isinstance(type_, type) else None
    return Way(transport, sides(known, id_), body, partial(is_declared, known, id_))


def pair(known: Catalogue, id_: str) -> tuple[str, str]:
    """The request and the answer that a message is one of; empty for each that there is not."""
    stem, dot, last = id_.rpartition(".")
    if dot + last == ".request":
        answer = next((stem + ending for ending in _ANSWERS if stem + ending in known.entries), "")
        return (id_, answer) if answer else ("", "")
    if dot + last in _ANSWERS and f"{stem}.request" in known.entries:
        return f"{stem}.request", id_
    return "", ""


def header_names(known: Catalogue) -> Mapping[str, tuple[int, int]]:
    """Where the members of a frame's header stand, by name; none for a vendor without frames."""
    if known.header_text is None:
        return {}
    size = next(entry.carrier.size for entry in known.entries.values() if isinstance(entry.carrier, Frame))
    return {span.name: (span.start, span.end) for span in known.header_text.spans(bytes(size)) if span.start < size}


def is_declared(known: Catalogue, id_: str, path: Path) -> bool:
    """Whether a message may have a member at a path of its JSON, or the answer of a call that failed may.

    What a failure may have in its data is not declared. But the data of an operation is, and there its type counts.
    """
    entry = known[id_]
    if _has(entry, path):
        return True
    failure = known.entries.get(HTTP_ERROR)
    return entry.kind == "response" and failure is not None and _leads(failure.type, path, {}, is_open=False)


def _has(entry: Entry, path: Path) -> bool:
    codec: Any = entry.codec
    if entry.type is None or codec is None:
        return False
    inner, below = path, ""
    if isinstance(codec, EnvelopeCodec):
        if path[0] != "data":
            return _leads(codec.form.type, path, {})
        inner, below = path[1:], "data"
    info, _ = unwrapped(declaration(entry.type))
    if isinstance(info, inspect.StructType) and _is_open(info.cls):
        return not inner  # a message that has no members; only inside of others such a type stands for any object
    return _leads(entry.type, inner, _texts(entry, below))


def _texts(entry: Entry, below: str) -> Mapping[str, Any]:
    """The types of texts that are JSON, by path within the body or what the envelope holds."""
    found = {rule.path: rule.codec.type for rule in entry.constraints if isinstance(rule, JsonString)}
    front = f"{below}." if below else ""
    return {path.removeprefix(front): type_ for path, type_ in found.items() if path.startswith(front)}


def _leads(type_: Any, path: Path, texts: Mapping[str, Any], *, is_open: bool = True) -> bool:
    """Whether a path leads somewhere in what a type declares.

    Args:
        type_: where the path begins.
        path: where it leads.
        texts: types of texts that are JSON.
        is_open: whether anything may be where nothing is declared.
    """
    info = declaration(type_)
    taken = ""
    for index, step in enumerate(path):
        here, _ = at_path(info, taken)
        if here is not None and _is_anything(here):
            return is_open
        inside = texts.get(taken.removeprefix("."))
        if inside is not None:
            return _leads(inside, path[index:], {})
        taken += f"[{step}]" if isinstance(step, int) else f".{step}"
        if at_path(info, taken)[0] is None:
            return False
    return True


def _is_anything(info: inspect.Type) -> bool:
    plain, _ = unwrapped(info)
    if isinstance(plain, inspect.UnionType):
        return any(isinstance(unwrapped(part)[0], _ANYTHING) for part in plain.types)
    if isinstance(plain, inspect.CustomType):
        return True
    return isinstance(plain, _ANYTHING) or (isinstance(plain, inspect.StructType) and _is_open(plain.cls))


def _is_open(cls: type[msgspec.Struct]) -> bool:
    """Whether a struct stands for an object of which nothing is declared."""
    return not cls.__struct_fields__ and cls.__struct_config__.tag is None
