"""How the JSON of an entry travels: what is drawn and changed as one JSON object, and the bytes that it goes out as.

An answer in an envelope is changed as that envelope, so every rule and every repair of it begins at the same object.
Drawing, breaking and varying such objects is for the other modules; only the way between them and bytes lives here.
"""

from __future__ import annotations

import string
import types
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Final
from urllib.parse import quote

import msgspec
from hypothesis import strategies as st
from msgspec import UNSET, UnsetType

from avatarwire.codecs import catalogue
from avatarwire.codecs.core.carrier import Frame, HttpRequestPart
from avatarwire.codecs.core.checking import RULES, SENDER
from avatarwire.codecs.core.constraints import Constraint, OneOf
from avatarwire.codecs.core.entry import Entry
from avatarwire.codecs.core.enveloped import EnvelopeCodec
from avatarwire.codecs.core.repairs import is_list
from avatarwire.codecs.core.type_constraints import under

from .valid_values import Draw, made_valid, objects_of

__all__ = ["SERIALS", "Carried", "carried"]

SERIALS: Final = st.text(string.ascii_letters + string.digits, min_size=8, max_size=8).map(str.encode)
"""Serial numbers of frames."""


@dataclass(frozen=True)
class Carried:
    """An entry, as strategies see it.

    Attributes:
        entry: the entry.
        root: the struct whose JSON object is drawn, envelope and all; None for raw speech.
    """

    entry: Entry
    root: Any

    @cached_property
    def rules(self) -> tuple[Constraint, ...]:
        """Every rule of the entry."""
        return self.entry.constraints

    @cached_property
    def further(self) -> tuple[Constraint, ...]:
        """Rules that the root does not declare itself."""
        return tuple(getattr(self.entry.codec, "rules", ()))

    @property
    def is_query(self) -> bool:
        """Whether it travels as a query string, in which all values are texts."""
        carrier = self.entry.carrier
        return isinstance(carrier, HttpRequestPart) and carrier.parameters_in == "query"

    @property
    def header_size(self) -> int:
        """Bytes of the header of its frame; 0 for what has none."""
        carrier = self.entry.carrier
        return carrier.size if isinstance(carrier, Frame) else 0

    @property
    def joined(self) -> tuple[str, ...]:
        """Lists that travel as one text, comma-joined."""
        carrier = self.entry.carrier
        return carrier.joined if isinstance(carrier, HttpRequestPart) else ()

    def values(self) -> st.SearchStrategy[dict[str, Any]]:
        """JSON objects that keep every rule."""
        return _values(self)

    def make_valid(
        self, value: dict[str, Any], draw: Draw, but: Constraint | None = None, *, as_sent: bool = False
    ) -> dict[str, Any]:
        """The object with every rule kept, all but one; `as_sent`: also those that only a sender is held to."""
        made_valid(self.root, value, draw, sets=(RULES, SENDER) if as_sent else (RULES,), more=self.further, but=but)
        for name in self.joined:
            if is_list(value.get(name)):
                # An empty item, or one with a comma, cannot be distinguished from none and from two.
                value[name] = [item.replace(",", "") or "-" for item in value[name]]
        return value

    def bytes_of(self, value: Any, serial: bytes) -> bytes:
        """What travels.

        Args:
            value: JSON, valid or not.
            serial: of a frame.
        """
        if not self.is_query:
            return self.framed(self.payload(value), serial)
        pairs = ((name, _in_query(item)) for name, item in value.items() if item is not None)
        return "&".join(f"{quote(name, safe='')}={quote(text, safe='')}" for name, text in pairs).encode()

    def payload(self, value: Any) -> bytes:
        """JSON as text."""
        return msgspec.json.encode(value, enc_hook=str)

    def framed(self, payload: bytes, serial: bytes) -> bytes:
        """A payload in its frame, where it has one."""
        carrier = self.entry.carrier
        return bytes(carrier.header.values()) + serial + payload if isinstance(carrier, Frame) else payload


@cache
def _values(carried: Carried) -> st.SearchStrategy[dict[str, Any]]:
    @st.composite
    def made(draw: Draw) -> dict[str, Any]:
        return carried.make_valid(draw(objects_of(carried.root)), draw)

    return made()


def _in_query(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(map(str, value)) if is_list(value) else str(value)


@cache
def carried(vendor: str, id_: str) -> Carried:
    """How an entry travels.

    Raises:
        KeyError: no such vendor, or no such entry; the text says which there are.
    """
    # Hypothesis makes its tables of characters when the first text is drawn, which on a busy machine takes so long that
    # its health check fails the test. Checking a strategy makes them before.
    st.text().validate()
    entry = catalogue.vendor(vendor)[id_]
    is_wrapped = isinstance(entry.codec, EnvelopeCodec)
    return Carried(entry, _answer(entry.codec) if is_wrapped else entry.type)


def _answer(codec: EnvelopeCodec[Any]) -> Any:
    """The envelope of a success with the data in it, as one struct that has the rules of both."""
    form = codec.form
    type_: Any = codec.type
    about_data = tuple(under(rule, "data") for rule in (*codec.constraints, *codec.noted))
    # What may be left out to read only is not left out of what is sent.
    is_optional = codec.optional and not codec.written
    namespace: dict[str, Any] = {
        "__annotations__": {"data": type_ | UnsetType if is_optional else type_},
        "constraints": (OneOf("code", (form.success,), clause=form.code_clause), *about_data),
        # The envelope of a failure may always do without.
        "data": UNSET if is_optional else msgspec.field(),
    }
    return types.new_class("Answer", (form.type,), exec_body=lambda body: body.update(namespace))
