"""What a catalogue is: every operation, message, push and type of one vendor, as data, and the schema read from it.

The vendors fill catalogues (`<vendor>/catalogue.py`); `catalogue.py` gathers them. Nothing vendor-specific lives here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from msgspec import inspect, json

from .message import Message
from .operation import Operation

__all__ = ["Catalogue", "Direction", "Entry", "Kind"]

Kind = Literal["request", "response", "message", "type"]
"""HTTP request parameters, HTTP response body, a message on a socket or broker, an object inside others."""

Direction = Literal["client->server", "server->client", "both"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that travels.

    Attributes:
        id: stable id, such as ``StartAvatarSession.request`` or ``text_drive.request``.
        kind, direction: what it is and who sends it.
        title: one line.
        type: the struct of its JSON, or None when the payload is binary.
        section: where the vendor's document describes it.
        clauses: ids of the rules and errata about it.
        media_type: of a binary payload, such as ``audio/L16;rate=16000;channels=1``.
    """

    id: str
    kind: Kind
    direction: Direction
    title: str
    type: type[Message] | None
    section: str = ""
    clauses: tuple[str, ...] = ()
    media_type: str = ""


@dataclass(frozen=True)
class Catalogue:
    """All entries and operations of one vendor."""

    vendor: str
    entries: Mapping[str, Entry]
    operations: Mapping[str, Operation[Any, Any]] = field(default_factory=dict[str, Operation[Any, Any]])

    @classmethod
    def of(
        cls, vendor: str, *, operations: Iterable[Operation[Any, Any]] = (), entries: Iterable[Entry] = ()
    ) -> Catalogue:
        """Builds a catalogue; an operation adds its two entries.

        Raises:
            ValueError: an id is used twice.
        """
        by_id: dict[str, Entry] = {}
        known = {operation.id: operation for operation in operations}
        for entry in (*(part for operation in known.values() for part in _parts(operation)), *entries):
            if entry.id in by_id:
                raise ValueError(f"{vendor}: {entry.id} is listed twice")
            by_id[entry.id] = entry
        return cls(vendor, by_id, known)

    def __getitem__(self, entry_id: str) -> Entry:
        return self.entries[entry_id]

    def __contains__(self, entry_id: object) -> bool:
        return entry_id in self.entries

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def schema(self) -> dict[str, Any]:
        """JSON Schema 2020-12 of every entry: ``{"vendor", "entries": {id: {...}}, "$defs"}``.

        Each entry has ``kind``, ``direction`` and ``schema``; references point into ``$defs`` of the same document.
        """
        types = _distinct(entry.type for entry in self.entries.values() if entry.type is not None)
        schemas, definitions = _schemas(types)
        entries = {
            entry.id: _described(entry, schemas.get(entry.type) if entry.type else None)
            for entry in self.entries.values()
        }
        return {"vendor": self.vendor, "entries": entries, "$defs": definitions}

    def schema_of(self, entry_id: str) -> dict[str, Any]:
        """One entry of `schema`, its schema complete in itself (it has its own ``$defs``).

        Raises:
            KeyError: no such entry.
        """
        entry = self.entries[entry_id]
        if entry.type is None:
            return _described(entry, None)
        schemas, definitions = _schemas([entry.type])
        described = _described(entry, schemas[entry.type])
        described["schema"]["$defs"] = definitions
        return described


def _parts(operation: Operation[Any, Any]) -> tuple[Entry, Entry]:
    about: dict[str, Any] = {"section": operation.section, "clauses": operation.clauses}
    return (
        Entry(
            f"{operation.id}.request",
            "request",
            "client->server",
            operation.title,
            operation.request.type,
            **about,
        ),
        Entry(
            f"{operation.id}.response",
            "response",
            "server->client",
            operation.title,
            operation.response.type,
            **about,
        ),
    )


def _described(entry: Entry, schema: dict[str, Any] | None) -> dict[str, Any]:
    if schema is None:
        schema = {"type": "string", "contentMediaType": entry.media_type, "format": "binary"}
    schema = {"title": entry.id, "description": entry.title, **schema}
    return {"kind": entry.kind, "direction": entry.direction, "schema": schema}


def _schemas(types: list[type[Message]]) -> tuple[dict[type[Message], dict[str, Any]], dict[str, Any]]:
    """Schemas by type, and the definitions they refer to, with the rules between fields added."""
    schemas, definitions = json.schema_components(types, ref_template="#/$defs/{name}")
    for cls in _structs(types):
        definition = definitions.get(cls.__name__)
        if definition is None:
            continue
        definition.setdefault("description", (cls.__doc__ or "").strip().split("\n\n")[0].replace("\n", " "))
        if rules := cls.schema_rules():
            definition["allOf"] = [dict(rule) for rule in rules]
    return {type_: dict(schema) for type_, schema in zip(types, schemas, strict=True)}, definitions


def _structs(types: Iterable[type[Message]]) -> list[type[Message]]:
    """The types and every struct reachable from them."""
    found: dict[type[Message], None] = {}
    waiting: list[inspect.Type] = list(inspect.multi_type_info(list(types)))
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


def _distinct(types: Iterable[type[Message]]) -> list[type[Message]]:
    return list(dict.fromkeys(types))
