"""What a catalogue is: every operation, message, push and type of one vendor, as data, and the schema read from it.

The vendors fill catalogues (`<vendor>/catalogue.py`); `catalogue.py` gathers them. Nothing vendor-specific lives here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, Protocol, TypeAlias, cast

from ..errors import DecodeError
from ..export.json_schema import described
from ..ledger import Clause, type_clause
from ..ledger import clauses as clauses_of
from ..message import Message
from ..operation import AnswerCodec, Operation, RequestCodec
from .byte_input import as_bytes
from .carrier import Carrier, Frame, HttpRequestPart, HttpResponsePart, Part
from .constraints import Constraint, Required
from .enveloped import EnvelopeCodec
from .error_mapping import unwritable
from .header_rules import HeaderRule
from .json_codec import JsonCodec, Partial, is_json_codec
from .received import Received
from .repairs import FrameRepair, RawRepair, Repair
from .spans import HeaderText
from .type_constraints import declared, under

__all__ = ["DIRECTIONS", "Catalogue", "Direction", "Entry", "Kind", "entries_of", "first_line"]

Kind = Literal["request", "response", "message", "type"]
"""HTTP request parameters, HTTP response body, a message on a socket or broker, an object inside others."""

Direction = Literal["client->server", "server->client", "both"]

DIRECTIONS: Final[Mapping[Literal["client", "server", "both"], Direction]] = MappingProxyType(
    {"client": "client->server", "server": "server->client", "both": "both"}
)
"""Directions by who sends."""


_SENDERS: Final[Mapping[Direction, Literal["client", "server", "both"]]] = MappingProxyType(
    {direction: sender for sender, direction in DIRECTIONS.items()}
)


Sender: TypeAlias = Literal["client", "server"]


class Dispatched(NamedTuple):
    """A message that came over a connection, whichever it is.

    Attributes:
        received: what it says; its id is empty for a message that is not documented.
        sender: who has sent it.
        title: what it is, where it is not documented.
    """

    received: Received[Any]
    sender: Sender
    title: str = ""


Dispatch: TypeAlias = "Callable[[bytes, Sender | None, bool], Dispatched]"
"""Reads a message of whichever kind a connection received: its bytes, who sent it (None: not known), strictness."""


class WireCodec(Protocol):
    """What reads and writes what travels."""

    def decode(self, data: bytes, *, strict: bool = False) -> Received[Any]:
        """What some bytes say."""
        ...

    def encode(self, value: Any, *, strict: bool = True) -> bytes:
        """The bytes that say it."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that travels.

    Attributes:
        id: stable id, such as ``StartAvatarSession.request`` or ``text_drive.request``.
        kind, direction: what it is and who sends it.
        title: one line.
        type: what msgspec reads its JSON as: a `Message`, or a plain type such as ``int``; None for a binary payload.
        section: where the vendor's document describes it.
        clauses: ids of the rules and errata about it.
        media_type: of a binary payload, such as ``audio/pcm;rate=16000``.
        codec: reads and writes its JSON; None for a binary payload.
        carrier: what it travels in.
        wire: reads and writes what travels, where that is more than the JSON: a frame, a query; None where it is not.
        variants: documented variants of the header of its frame.
        header_rules: what that header has to be; of a frame only.
        vendor: whose it is; empty for one that is in no catalogue.
    """

    id: str
    kind: Kind
    direction: Direction
    title: str
    type: Any
    section: str = ""
    clauses: tuple[str, ...] = ()
    media_type: str = ""
    codec: Any = field(default=None, compare=False, repr=False)
    carrier: Carrier = field(default_factory=Part, compare=False)
    wire: WireCodec | None = field(default=None, compare=False, repr=False)
    variants: tuple[FrameRepair, ...] = ()
    header_rules: tuple[HeaderRule, ...] = ()
    vendor: str = ""

    @property
    def sender(self) -> Literal["client", "server", "both"]:
        """Who sends it."""
        return _SENDERS[self.direction]

    @property
    def is_binary(self) -> bool:
        """Whether what travels is not text: a frame, or speech."""
        return self.type is None or isinstance(self.carrier, Frame)

    @property
    def is_query(self) -> bool:
        """Whether what travels is a query, percent-encoded."""
        return isinstance(self.carrier, HttpRequestPart) and self.carrier.parameters_in == "query"

    def decode(self, data: bytes | bytearray | memoryview | str, *, strict: bool = False) -> Received[Any]:
        """Reads what travels: a whole frame, a payload, a body with its envelope, the query of a request without one.

        Args:
            data: the bytes; a text stands for its UTF-8.
            strict: refuse documented variants instead of reporting them.

        Raises:
            DecodeError: it cannot be read, or is neither bytes nor text.
            ValidationError: it can, and is not this message.
            FailureError: it is the answer of a call that failed; the error carries that.
        """
        wire = self.wire or self.codec
        return cast("Received[Any]", wire.decode(self._bytes(data), strict=strict))

    def encode(self, value: Any, *, strict: bool = True) -> bytes:
        """Writes what travels, in the form that strict reading takes.

        Args:
            value: what `decode` gives as `Received.value`, or the same as plain JSON values.
            strict: refuse what only lenient reading takes; otherwise it is written back as it was understood.

        Raises:
            EncodeError: it cannot be written.
            ValidationError: it breaks a rule.
        """
        wire = self.wire or self.codec
        return cast("bytes", wire.encode(self._made(value, strict=strict), strict=strict))

    def _bytes(self, data: object) -> bytes:
        if not isinstance(data, str):
            return as_bytes(data, vendor=self.vendor, message=self.id)
        try:
            return data.encode()
        except UnicodeEncodeError as error:
            raise DecodeError(unwritable(error), vendor=self.vendor, message=self.id, expected="UTF-8") from None

    def _made(self, value: Any, *, strict: bool) -> Any:
        """The message that plain JSON values describe; anything else as it is."""
        codec: object = self.codec
        given: object = value
        if not isinstance(given, Mapping) or not is_json_codec(codec):
            return value
        members = {**codec.type.ruled_members(), **cast("Mapping[str, Any]", given)}
        return codec.convert(members, strict=strict).value

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """Every rule of the message: types, what has to be there, ranges, patterns, values, rules between fields.

        What a plain type says, and no rule of the document does, has an id of its own (`ledger.type_clause`), such
        as ``ALI-T-ListAnchor.response.list[].coverUrl``: errors name the same.
        """
        codec = self.codec
        form_clause: str = getattr(codec, "form_clause", "")
        if isinstance(codec, EnvelopeCodec):
            own = _constraints(self.type, self.id, self.vendor, form_clause, "data")
            about_data = (under(rule, "data") for rule in (*codec.constraints, *codec.noted))
            needed = () if codec.optional else (Required("data", clause=codec.form.data_clause),)
            return (*_envelope(codec.form.type, self.id, self.vendor), *needed, *own, *about_data)
        own = () if self.type is None else _constraints(self.type, self.id, self.vendor, form_clause)
        return (*own, *getattr(codec, "rules", ()))

    @property
    def repairs(self) -> tuple[Repair | RawRepair | FrameRepair | Partial, ...]:
        """Every documented variant that lenient reading understands; each has ``erratum`` and ``path``."""
        codec = self.codec
        partial = getattr(codec, "partial", None)
        own = (*self.variants, *getattr(codec, "raw_repairs", ()), *getattr(codec, "repairs", ()))
        return own if partial is None else (*own, partial)


@cache
def _constraints(
    type_: Any, entry_id: str, vendor: str, form_clause: str = "", place: str = ""
) -> tuple[Constraint, ...]:
    def clause(path: str) -> str:
        return (path == place and form_clause) or type_clause(vendor, entry_id, path)

    return declared(type_, clause, place)


def _envelope(type_: Any, entry_id: str, vendor: str) -> tuple[Constraint, ...]:
    """What the envelope of a success says beside its data."""
    return tuple(rule for rule in _constraints(type_, entry_id, vendor) if rule.paths != ("data",))


@dataclass(frozen=True, eq=False)
class Catalogue(Mapping[str, Entry]):
    """All entries and operations of one vendor, by id."""

    vendor: str
    entries: Mapping[str, Entry]
    operations: Mapping[str, Operation[Any, Any]] = field(default_factory=dict[str, Operation[Any, Any]])
    dispatch: Dispatch | None = None
    """Reads what a socket or a broker delivers, whichever message it is; None for a vendor that has neither."""
    header_text: HeaderText | None = None
    """How the headers of its frames are shown and read; None for a vendor without frames."""

    def dispatched(self, data: bytes, sender: Sender | None = None, *, strict: bool = False) -> Dispatched:
        """Reads what a socket or a broker delivers, whichever message it is.

        Args:
            data: the message.
            sender: who has sent it; None takes that from the message.
            strict: refuse documented variants instead of reporting them.

        Raises:
            DecodeError: it is none, or breaks a rule.
        """
        if self.dispatch is None:
            raise DecodeError("there is no socket and no broker", vendor=self.vendor)
        return self.dispatch(data, sender, strict)

    @classmethod
    def of(
        cls,
        vendor: str,
        *,
        operations: Iterable[Operation[Any, Any]] = (),
        entries: Iterable[Entry] = (),
        dispatch: Dispatch | None = None,
        header_text: HeaderText | None = None,
    ) -> Catalogue:
        """Builds a catalogue; an operation adds its two entries.

        Args:
            vendor: such as ``aliyun``.
            operations, entries: all there are.
            dispatch: reads what a socket or a broker delivers.
            header_text: how headers of frames are shown and read.

        Raises:
            ValueError: an id is used twice.
        """
        known = tuple(operations)
        by_id: dict[str, Entry] = {}
        for entry in (*(part for operation in known for part in entries_of(operation)), *entries):
            if entry.id in by_id:
                raise ValueError(f"{vendor}: {entry.id} is listed twice")
            codec = entry.codec
            if codec is None and isinstance(entry.type, type) and issubclass(entry.type, Message):
                codec = JsonCodec(entry.type, vendor=vendor, message=entry.id)
            by_id[entry.id] = replace(entry, vendor=vendor, codec=codec)
        return cls(vendor, by_id, {operation.id: operation for operation in known}, dispatch, header_text)

    def __getitem__(self, entry_id: str) -> Entry:
        try:
            return self.entries[entry_id]
        except (KeyError, TypeError):
            near = get_close_matches(str(entry_id), list(self.entries), n=3)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise KeyError(f"{self.vendor} has no entry {entry_id!r}{hint}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def is_binary(self) -> bool:
        """Whether messages travel in frames, and so are written in hex for people."""
        return any(isinstance(entry.carrier, Frame) for entry in self.entries.values())

    def decode(self, entry_id: str, data: bytes | bytearray | memoryview | str, strict: bool = False) -> Received[Any]:
        """Reads what travels as one entry: `Entry.decode`.

        Where two entries have the same bytes, as an answer to speech and one to a text, the id says which is meant.

        Raises:
            KeyError: no such entry; the text names those nearest to it.
            DecodeError, ValidationError, FailureError: as for `Entry.decode`.
        """
        return self[entry_id].decode(data, strict=strict)

    def encode(self, entry_id: str, value: Any, strict: bool = True) -> bytes:
        """Writes what travels as one entry: `Entry.encode`.

        Args:
            entry_id: which.
            value: what it says.
            strict: False writes back what lenient reading took, too.

        Raises:
            KeyError: no such entry; the text names those nearest to it.
            EncodeError, ValidationError: as for `Entry.encode`.
        """
        return self[entry_id].encode(value, strict=strict)

    @property
    def clauses(self) -> Mapping[str, Clause]:
        """The ledger: what the vendor's documents and our rulings say, by id. Read when it is first asked for.

        Raises:
            KeyError: a vendor without a ledger.
        """
        return clauses_of(self.vendor)

    def schema(self) -> dict[str, Any]:
        """JSON Schema 2020-12 of every entry: ``{"vendor", "entries": {id: {...}}, "$defs"}``.

        Each entry has ``kind``, ``direction`` and ``schema``; references point into ``$defs`` of the same document.
        """
        entries, definitions = described(self.entries.values())
        return {"vendor": self.vendor, "entries": entries, "$defs": definitions}

    def schema_of(self, entry_id: str) -> dict[str, Any]:
        """One entry of `schema`, its schema complete in itself (it has its own ``$defs``).

        Raises:
            KeyError: no such entry.
        """
        entries, definitions = described([self.entries[entry_id]])
        if definitions:
            entries[entry_id]["schema"]["$defs"] = definitions
        return entries[entry_id]


def entries_of(operation: Operation[Any, Any]) -> tuple[Entry, Entry]:
    """The two entries of an operation: its request, and what it answers."""
    id_, title, section, clauses = operation.id, operation.title, operation.section, operation.clauses
    return (
        Entry(
            f"{id_}.request",
            "request",
            "client->server",
            title,
            operation.request.type,
            section,
            clauses,
            codec=operation.request,
            carrier=HttpRequestPart(
                operation.method,
                operation.path,
                operation.parameters_in,
                operation.auth,
                tuple(sorted(operation.joined)),
            ),
            wire=RequestCodec(operation),
        ),
        Entry(
            f"{id_}.response",
            "response",
            "server->client",
            title,
            operation.response.type,
            section,
            clauses,
            codec=operation.response,
            carrier=HttpResponsePart(operation.method, operation.path, operation.response.envelope),
            wire=AnswerCodec(operation),
        ),
    )


def first_line(type_: type[Message]) -> str:
    """The title of a type: the first line of its docstring."""
    return (type_.__doc__ or type_.__name__).strip().splitlines()[0]
