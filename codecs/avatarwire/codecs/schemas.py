"""The JSON Schema of catalogue entries: what msgspec writes of the types, with the rules between fields added.

Only putting together lives here; the rules themselves `core/schema.py` translates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import inspect, json

from .core.schema import schema_of_data_rules, schema_of_rules
from .message import Message

if TYPE_CHECKING:
    from .entry import Entry

__all__ = ["described"]


def described(entries: Iterable[Entry]) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
    """What the schema says of some entries.

    Returns:
        ``kind``, ``direction`` and ``schema`` of each, by id, and the definitions that the schemas refer to.
    """
    known = list(entries)
    schemas, definitions = _schemas(entry.type for entry in known)
    return {entry.id: _described(entry, schemas) for entry in known}, definitions


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
