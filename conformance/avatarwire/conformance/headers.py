"""What breaks a message as bytes: the code points of a frame's header, and text that is no JSON.

Only what no rule about members says lives here; those are broken in `breaking.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from hypothesis import strategies as st

from avatarwire.codecs.aliyun.wire.header import BizType, DataType, FrameType
from avatarwire.codecs.aliyun.wire.routing import candidates
from avatarwire.codecs.aliyun.wire.table import Sender
from avatarwire.codecs.core.carrier import Frame
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
    if isinstance(known.entry.carrier, Frame):
        yield from _frame(known, known.entry.carrier)
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


def _frame(known: Carried, carrier: Frame) -> Iterator[HeaderBreak]:
    """The frame table of the only vendor that has frames (WS struct 2 to 4)."""
    sender: Sender = "client" if known.entry.sender == "client" else "server"
    frame_type, data_type = carrier.header["frameType"], carrier.header["dataType"]
    never = (FrameType.MESSAGE, FrameType.PONG) if sender == "client" else (FrameType.PING,)
    yield _coded(known, "ALI-R088", "frameType", 0, "a frame type of the other side", never)
    if frame_type not in (FrameType.PING, FrameType.PONG, FrameType.MESSAGE):
        # The others are known by their frame type alone.
        others = [code for code in BizType if not candidates(sender, code)]
        yield _coded(known, "ALI-R093", "bizType", 2, "a business type of the other side", others)
    if not _takes_anything(known):
        other = [code for code in DataType if code != data_type]
        yield _coded(known, "ALI-R091", "dataType", 1, "another data type", other)
    yield HeaderBreak("ALI-R082", "", "a whole header: cut short", partial(_headless, known))


_SHORT = st.integers(0, 10)


def _coded(known: Carried, clause: str, path: str, place: int, label: str, codes: Any) -> HeaderBreak:
    def make(draw: Draw) -> bytes:
        data = _valid(known, draw)
        return data[:place] + bytes((draw(st.sampled_from(list(codes))),)) + data[place + 1 :]

    return HeaderBreak(clause, path, label, make)


def _headless(known: Carried, draw: Draw) -> bytes:
    return _valid(known, draw)[: draw(_SHORT)]


def _valid(known: Carried, draw: Draw) -> bytes:
    if known.root is None:
        return known.framed(draw(st.binary(max_size=32)), draw(SERIALS))
    return known.bytes_of(draw(known.values()), draw(SERIALS))
