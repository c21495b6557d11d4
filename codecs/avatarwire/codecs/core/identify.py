"""Which entries of a catalogue some bytes may be.

Bytes do not say what they are: an answer over HTTP may fit several operations, a result over MQTT several requests.
Only that choice lives here; entries read and check.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

from ..errors import CodecError, DecodeError, FailureError
from .entry import Catalogue, Dispatched, Entry, Sender
from .enveloped import EnvelopeCodec
from .json_text import BOM, is_json_like, is_text, look
from .received import Received
from .repairs import Rename, is_object

__all__ = ["Fit", "Identified", "identify"]

_CONTESTED: Final = ("", "socket")
"""Carriers whose messages may look like others: a code is not only in messages of a socket, but in envelopes too."""
_FAULTLESS: Final = (0, False, False)
"""The rank of a whole message in its ruled form."""
_UNDOCUMENTED: Final = (1, False, False)
"""The rank of a message that is not documented: only what has no unknown members is likelier."""


class Fit(NamedTuple):
    """An entry, and what some bytes say when they are read as it."""

    entry: Entry
    received: Received[Any]


class Identified(NamedTuple):
    """What some bytes may be.

    Attributes:
        fits: the entries that fit best, and equally well; empty for a message that is not documented.
        dispatched: what a connection would read them as; None for what travels over none.
    """

    fits: tuple[Fit, ...]
    dispatched: Dispatched | None


_Rank: TypeAlias = tuple[int, bool, bool]
"""How much has to be overlooked: unknown members, then that it is a part of messages, then that it is a variant."""


class _Ranked(NamedTuple):
    rank: _Rank
    fit: Fit


def identify(known: Catalogue, data: bytes, sender: Sender | None = None, *, strict: bool = False) -> Identified:
    """Finds the entries that fit some bytes best: in the ruled form, with no unknown members, whole messages first.

    What a connection reads them as wins over what fits no better, so that ``{"code":0,"message":"begin"}`` is a message
    of the socket. An answer in an envelope that merely resembles one is not.

    Args:
        known: the vendor's catalogue.
        data: what travels.
        sender: who has sent it; None for either.
        strict: take the ruled form only.

    Raises:
        DecodeError: nothing fits; the error is that of the connection's reader where there is one.
    """
    dispatched, refusal = _dispatched(known, data, sender)
    rank = None if dispatched is None else _rank_of(dispatched)
    kind = "" if dispatched is None else _carried_by(known, dispatched)
    is_certain = rank == _FAULTLESS or kind not in _CONTESTED
    candidates = [entry for entry in known.values() if not is_certain or entry.carrier.kind == kind]
    ranked = sorted(_ranked(candidates, data, sender, strict), key=lambda each: each.rank)
    best = ranked[0].rank if ranked else None
    if dispatched is not None and rank is not None and (is_certain or best is None or best >= rank):
        if strict:
            dispatched = known.dispatched(data, sender, strict=True)
        return Identified(tuple(_alike(ranked, rank, kind, dispatched.sender)), dispatched)
    is_recognised = refusal is not None and refusal.message in known
    if best is None or (is_recognised and best != _FAULTLESS):
        expected = "a message of this vendor; naming one (--as) reports why it is not that"
        raise refusal or DecodeError("nothing that travels reads like this", vendor=known.vendor, expected=expected)
    return Identified(tuple(each.fit for each in ranked if each.rank == best), dispatched)


def _alike(ranked: Iterable[_Ranked], rank: _Rank, kind: str, sender: Sender) -> Iterator[Fit]:
    """What fits no worse than what a connection reads, and travels in the same."""
    for each, fit in ranked:
        if each <= rank and fit.entry.carrier.kind == kind and fit.entry.sender == sender:
            yield fit


def _dispatched(known: Catalogue, data: bytes, sender: Sender | None) -> tuple[Dispatched | None, DecodeError | None]:
    if known.is_binary and data and is_text(data):
        # The first byte of a frame that anybody sends is a control character.
        return None, None
    try:
        return known.dispatched(data, sender), None
    except DecodeError as error:
        return None, error


def _rank_of(dispatched: Dispatched) -> _Rank:
    received = dispatched.received
    if not received.id:
        return _UNDOCUMENTED
    return len(received.unknown_fields()), False, bool(received.findings)


def _carried_by(known: Catalogue, dispatched: Dispatched) -> str:
    id_ = dispatched.received.id
    return known[id_].carrier.kind if id_ else ""


def _ranked(candidates: Iterable[Entry], data: bytes, sender: Sender | None, strict: bool) -> Iterator[_Ranked]:
    members = look(data.removeprefix(BOM)) if is_json_like(data) else None
    for entry in candidates:
        if is_object(members) and not _is_likely(entry, members):
            continue
        if sender in (None, entry.sender) or entry.sender == "both":
            for lenient in (False, True)[: 1 if strict else 2]:
                received = _read(entry, data, strict=not lenient)
                if received is not None:
                    rank = (len(received.unknown_fields()), entry.kind == "type", lenient)
                    yield _Ranked(rank, Fit(entry, received))
                    break


def _read(entry: Entry, data: bytes, *, strict: bool) -> Received[Any] | None:
    if not _is_plausible(entry, data):
        return None
    try:
        received = entry.decode(data, strict=strict)
    except (CodecError, FailureError):
        return None
    given = look(received.text) if entry.is_query else None
    # As with members of JSON: half of the parameters have to be known.
    return None if is_object(given) and 2 * len(received.unknown_fields()) > len(given) else received


def _is_likely(entry: Entry, members: Mapping[str, Any]) -> bool:
    """Whether half of the members are known: a message in which nothing is required can be read from any object."""
    if entry.is_binary:
        return False
    known = _names(entry)
    return 2 * sum(name in known for name in members) >= len(members)


def _names(entry: Entry) -> frozenset[str]:
    """Names of the members of what travels, also those under which documented variants have them."""
    codec = entry.codec
    type_ = codec.form.type if isinstance(codec, EnvelopeCodec) else codec.type
    tag = type_.__struct_config__.tag_field
    others = (repair.other for repair in codec.repairs if isinstance(repair, Rename))
    return frozenset((*type_.__struct_encode_fields__, *others, *([tag] if tag else [])))


def _is_plausible(entry: Entry, data: bytes) -> bool:
    if entry.is_binary:
        return not is_json_like(data) and (entry.carrier.kind == "frame" or not is_text(data))
    if entry.is_query:
        return b"=" in data and not is_json_like(data)
    return is_json_like(data)
