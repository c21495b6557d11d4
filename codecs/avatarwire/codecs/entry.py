"""What a catalogue is: every operation, message, push and type of one vendor, as data, and the schema read from it.

The vendors fill catalogues (`<vendor>/catalogue.py`); `catalogue.py` gathers them. Nothing vendor-specific lives here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType
from typing import Any, Final, Literal

from msgspec import inspect, json

from .core.constraints import Constraint
from .core.declared import declared
from .core.repairs import RawRepair, Repair
from .core.schema import schema_of_data_rules, schema_of_rules
from .ledger import Clause
from .ledger import clauses as clauses_of
from .message import Message, Partial
from .operation import Operation

__all__ = ["DIRECTIONS", "Catalogue", "Direction", "Entry", "Kind", "entries_of", "first_line"]

Kind = Literal["request", "response", "message", "type"]
"""HTTP request parameters, HTTP response body, a message on a socket or broker, an object inside others."""

Direction = Literal["client->server", "server->client", "both"]

DIRECTIONS: Final[Mapping[str, Direction]] = MappingProxyType(
    {"client": "client->server", "server": "server->client", "both": "both"}
)
"""Directions by who sends."""


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
        codec: reads and writes it; None for an object inside others that has none of its own.
        prefix: what the vendor's clauses begin with, such as ``ALI``.
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
    prefix: str = ""

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """Every rule of the message: types, what has to be there, ranges, patterns, values, rules between fields.

        What a plain type says, and no rule of the document does, has an id of the form ``ALI-T-<id>.<member>``.
        """
        own = () if self.type is None else _constraints(self.type, self.id, self.prefix)
        further = (getattr(self.codec, name, ()) for name in ("constraints", "noted", "rules"))
        return (*own, *(rule for rules in further for rule in rules))

    @property
    def repairs(self) -> tuple[Repair | RawRepair | Partial, ...]:
        """Every documented variant that lenient reading understands; each has ``erratum`` and ``path``."""
        codec = self.codec
        partial = getattr(codec, "partial", None)
        own = (*getattr(codec, "raw_repairs", ()), *getattr(codec, "repairs", ()))
        return own if partial is None else (*own, partial)


@cache
def _constraints(type_: Any, entry_id: str, prefix: str) -> tuple[Constraint, ...]:
    def clause(path: str) -> str:
        return f"{prefix}-T-{entry_id}.{path}" if path else f"{prefix}-T-{entry_id}"

    return declared(type_, clause)


@dataclass(frozen=True)
class Catalogue:
    """All entries and operations of one vendor."""

    vendor: str
    entries: Mapping[str, Entry]
    operations: Mapping[str, Operation[Any, Any]] = field(default_factory=dict[str, Operation[Any, Any]])

    @classmethod
    def of(
        cls,
        vendor: str,
        prefix: str = "",
        *,
        operations: Iterable[Operation[Any, Any]] = (),
        entries: Iterable[Entry] = (),
    ) -> Catalogue:
        """Builds a catalogue; an operation adds its two entries.

        Args:
            vendor: such as ``aliyun``.
            prefix: what its clauses begin with, such as ``ALI``.
            operations, entries: all there are.

        Raises:
            ValueError: an id is used twice.
        """
        known = tuple(operations)
        by_id: dict[str, Entry] = {}
        for entry in (*(part for operation in known for part in entries_of(operation)), *entries):
            if entry.id in by_id:
                raise ValueError(f"{vendor}: {entry.id} is listed twice")
            by_id[entry.id] = replace(entry, prefix=prefix) if prefix else entry
        return cls(vendor, by_id, {operation.id: operation for operation in known})

    def __getitem__(self, entry_id: str) -> Entry:
        return self.entries[entry_id]

    def __contains__(self, entry_id: object) -> bool:
        return entry_id in self.entries

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

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
        schemas, definitions = _schemas(entry.type for entry in self.entries.values())
        entries = {entry.id: _described(entry, schemas) for entry in self.entries.values()}
        return {"vendor": self.vendor, "entries": entries, "$defs": definitions}

    def schema_of(self, entry_id: str) -> dict[str, Any]:
        """One entry of `schema`, its schema complete in itself (it has its own ``$defs``).

        Raises:
            KeyError: no such entry.
        """
        entry = self.entries[entry_id]
        schemas, definitions = _schemas([entry.type])
        described = _described(entry, schemas)
        if definitions:
            described["schema"]["$defs"] = definitions
        return described


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
        ),
    )


def first_line(type_: type[Message]) -> str:
    """The title of a type: the first line of its docstring."""
    return (type_.__doc__ or type_.__name__).strip().splitlines()[0]


def _described(entry: Entry, schemas: Mapping[Any, Mapping[str, Any]]) -> dict[str, Any]:
    payload: Mapping[str, Any] = (
        {"type": "string", "contentMediaType": entry.media_type, "format": "binary"}
        if entry.type is None
        else schemas[entry.type]
    )
    rules = schema_of_data_rules(entry.codec.holder) if getattr(entry.codec, "constraints", ()) else {}
    if getattr(entry.codec, "rules", ()):
        rules = schema_of_rules(entry.type, entry.codec.rules)
    schema = {"title": entry.id, "description": entry.title, **payload, **rules}
    return {"kind": entry.kind, "direction": entry.direction, "schema": schema}


def _schemas(
    entry_types: Iterable[Any],
) -> tuple[dict[Any, dict[str, Any]], dict[str, dict[str, Any]]]:
    """Schemas by type, and the definitions they refer to, with the rules between fields added."""
    types = list(dict.fromkeys(type_ for type_ in entry_types if type_ is not None))
    # msgspec leaves defaults as Python values, such as tuples.
    schemas, definitions = json.decode(json.encode(json.schema_components(types, ref_template="#/$defs/{name}")))
    for cls in _structs(types):
        definition = definitions[cls.__name__]
        # msgspec would take the whole docstring, indented as in the source.
        if cls.__doc__:
            definition["description"] = " ".join(cls.__doc__.split("\n\n")[0].split())
        definition.update(schema_of_rules(cls))
    return dict(zip(types, schemas, strict=True)), definitions


def _structs(types: Iterable[Any]) -> list[type[Message]]:
    """The types and every struct reachable from them."""
    found: dict[type[Message], None] = {}
    waiting = list(inspect.multi_type_info(types))
    while waiting:
        info = waiting.pop()
        match info:
            case inspect.Metadata():
                waiting.append(info.type)
            case inspect.UnionType():
                waiting.extend(info.types)
            case inspect.ListType() | inspect.VarTupleType():
                waiting.append(info.item_type)
            case inspect.StructType() if issubclass(info.cls, Message) and info.cls not in found:
                found[info.cls] = None
                waiting.extend(member.type for member in info.fields)
            case _:
                pass
    return list(found)
