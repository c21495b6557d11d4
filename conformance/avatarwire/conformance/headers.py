"""What breaks a message as bytes: the code points of a frame's header, and text that is no JSON.

Only what no rule about members says lives here; those are broken in `breaking.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from hypothesis import strategies as st

from avatarwire.codecs.core.header_rules import HeaderRule
from avatarwire.codecs.core.json_codec import JsonCodec
from avatarwire.codecs.core.repairs import FrameRepair

from .carrying import SERIALS, Carried
from .valid_values import Draw

__all__ = ["HeaderBreak", "header_breaks"]


class HeaderBreak(NamedTuple):
    """One way to break one rule about bytes."""

    clause: str
    path: str
    """The member of the header; empty for the whole message."""
    label: str
    make: Callable[[Draw], bytes]


def header_breaks(known: Carried) -> Iterator[HeaderBreak]:
    """Every such way of an entry."""
    for rule in known.entry.header_rules:
        make = partial(_coded, known, rule) if rule.refused else partial(_headless, known)
        yield HeaderBreak(rule.clause, rule.path, rule.text, make)
    codec = known.entry.codec
    # What an envelope is, is decided by what is in it.
    clause = codec.form_clause if isinstance(codec, JsonCodec) else ""
    if clause and not known.is_query and not _takes_anything(known):
        yield HeaderBreak(clause, "", "a JSON object: cut short", partial(_cut, known))
        yield HeaderBreak(clause, "", "a JSON object: other JSON", partial(_other, known))


def _takes_anything(known: Carried) -> bool:
    found = (repair for repair in known.entry.repairs if isinstance(repair, FrameRepair))
    return any(repair.path == "dataType" for repair in found)


def _cut(known: Carried, draw: Draw) -> bytes:
    payload = known.payload(draw(known.values()))
    return known.framed(payload[: draw(st.integers(1, len(payload) - 1))], draw(SERIALS))


def _other(known: Carried, draw: Draw) -> bytes:
    return known.framed(draw(st.sampled_from((b"[]", b"7", b'"{}"', b"true", b"null"))), draw(SERIALS))


def _coded(known: Carried, rule: HeaderRule, draw: Draw) -> bytes:
    data = _valid(known, draw)
    return data[: rule.offset] + bytes((draw(st.sampled_from(rule.refused)),)) + data[rule.offset + 1 :]


def _headless(known: Carried, draw: Draw) -> bytes:
    data = _valid(known, draw)
    return data[: draw(st.integers(0, known.header_size - 1))]


def _valid(known: Carried, draw: Draw) -> bytes:
    if known.root is None:
        return known.framed(draw(st.binary(max_size=32)), draw(SERIALS))
    return known.bytes_of(draw(known.values()), draw(SERIALS))
