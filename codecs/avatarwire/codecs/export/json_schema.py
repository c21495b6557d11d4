"""The JSON Schema of catalogue entries: what msgspec writes of the types, with what strict reading asks beyond them.

Only putting together lives here; the rules themselves `export/constraint_schema.py` translates.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeGuard, cast

from msgspec import inspect, json

from ..core.checking import SENDER, rules_of
from ..core.constraints import Constraint
from ..core.conversion import type_info
from ..core.enveloped import EnvelopeCodec, holder_of
from ..core.json_string import JsonString
from ..core.paths import Shape, shape_of
from ..message import Message
from .constraint_schema import joined_rules, schema_of_data_rules, schema_of_repairs, schema_of_rules

if TYPE_CHECKING:
    from ..core.entry import Entry

__all__ = ["described"]

_BASE64: Final = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$(?!\\n)"


def described(entries: Iterable[Entry]) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
    """What the schema says of some entries.

    The data of an answer that has an envelope is a definition of its own: that of its type, or one that is named after
    the operation, such as ``closeLiveSessionData``, where it is no struct or the operation asks for more.

    Returns:
        ``kind``, ``direction``, what it travels in and ``schema`` of each, by id, and the definitions that the schemas
        refer to.
    """
    known = list(entries)
    given = [type_ for entry in known for type_ in _types_of(entry)]
    schemas, definitions = _schemas(given)
    found = {
        entry.id: {
            "kind": entry.kind,
            "direction": entry.direction,
            **entry.carrier.members,
            "schema": _schema(entry, schemas, definitions),
        }
        for entry in known
    }
    return found, definitions


def _types_of(entry: Entry) -> tuple[Any, ...]:
    if entry.type is None:
        return ()
    return (entry.type, entry.codec.form.type) if _is_enveloped(entry.codec) else (entry.type,)


def _is_enveloped(codec: object) -> TypeGuard[EnvelopeCodec[Any]]:
    return isinstance(codec, EnvelopeCodec)


def _schema(entry: Entry, schemas: Mapping[Any, dict[str, Any]], definitions: dict[str, Any]) -> dict[str, Any]:
    about = {"title": entry.id, "description": entry.title}
    if entry.type is None:
        return {**about, "type": "string", "contentMediaType": entry.media_type, "format": "binary"}
    codec = entry.codec
    if _is_enveloped(codec):
        data = schemas[codec.type]
        rules = (*codec.constraints, *codec.noted)
        if rules or "$ref" not in data:
            name = f"{entry.id.removesuffix('.response')}Data"
            added = schema_of_data_rules(holder_of(codec.type, rules), rules)
            definitions[name] = {"description": f"the data of: {entry.title}", **data, **added}
            data = {"$ref": f"#/$defs/{name}"}
        return {**about, **_enveloped(codec, schemas[codec.form.type], data)}
    return {**about, **schemas[entry.type], **_added(entry.type, codec, getattr(codec, "rules", ()))}


def _added(type_: Any, codec: Any, rules: Sequence[Constraint]) -> dict[str, Any]:
    """What rules and a codec ask of a message beyond what its type does."""
    repairs = getattr(codec, "repairs", ())
    if not rules and not repairs:
        return {}
    return joined_rules(schema_of_rules(type_, rules), schema_of_repairs(repairs, shape_of(type_)))


# --- envelopes ---


def _enveloped(codec: EnvelopeCodec[Any], envelope: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {"properties": {"code": {"const": codec.form.success}, "data": data}}
    if not codec.optional:
        body["required"] = ["data"]
    return {**envelope, **body, **schema_of_repairs(codec.repairs, _body_shape(codec))}


def _body_shape(codec: EnvelopeCodec[Any]) -> Shape:
    """The shape of an envelope with its data in it."""
    hint: Any = codec.type | None if codec.optional else codec.type
    namespace: dict[str, Any] = {"__annotations__": {"data": hint}, "__module__": __name__}
    if codec.optional:
        namespace["data"] = None
    body = types.new_class("Body", (codec.form.type,), exec_body=lambda made: made.update(namespace))
    return Shape(cast("Any", body))


# --- types ---


def _schemas(given: Sequence[Any]) -> tuple[dict[Any, dict[str, Any]], dict[str, dict[str, Any]]]:
    """Schemas by type, and the definitions they refer to, with the rules between fields added."""
    known, structs = _reachable(given)
    # msgspec leaves defaults as Python values, such as tuples.
    schemas, definitions = json.decode(json.encode(json.schema_components(known, ref_template="#/$defs/{name}")))
    by_type: dict[Any, dict[str, Any]] = dict(zip(known, schemas, strict=True))
    for cls in structs:
        definition = definitions[cls.__name__]
        # msgspec would take the whole docstring, indented as in the source.
        if cls.__doc__:
            definition["description"] = " ".join(cls.__doc__.split("\n\n")[0].split())
        definition.update(schema_of_rules(cls))
        for name, also in _further(cls):
            definition["properties"][name]["anyOf"] += also
        for member in definition["properties"].values():
            if member.get("contentEncoding") == "base64":
                member["pattern"] = _BASE64
        for name, type_, rule in _texts(cls):
            said = {**by_type[type_], **_added(type_, rule.codec, _rules_in(rule))} if rule else by_type[type_]
            definition["properties"][name] |= {"contentMediaType": "application/json", "contentSchema": said}
    return by_type, definitions


def _reachable(given: Sequence[Any]) -> tuple[list[Any], list[type[Message]]]:
    """The types, with those that travel inside them as JSON text, and every struct in any of them."""
    known: dict[Any, None] = {}
    structs: dict[type[Message], None] = {}
    waiting = list(given)
    while waiting:
        type_ = waiting.pop(0)
        known[type_] = None
        new = [cls for cls in _structs([type_]) if cls not in structs]
        structs.update(dict.fromkeys(new))
        waiting.extend(inner for cls in new for _, inner, _ in _texts(cls) if inner not in known)
    return list(known), list(structs)


def _texts(cls: type[Message]) -> Iterator[tuple[str, Any, JsonString | None]]:
    """The members of a struct that are JSON as text: wire name, type of that JSON, and the rule that checks it."""
    for rule in rules_of(cls):
        if isinstance(rule, JsonString):
            yield rule.path, rule.codec.type, rule
    yield from ((name, extra["text_of"], None) for name, extra in _documentation(cls) if extra.get("text_of"))


def _further(cls: type[Message]) -> Iterator[tuple[str, Sequence[Any]]]:
    """The members of a struct of which more is read than the choices of their type: wire name, and those schemas."""
    yield from ((name, extra["also"]) for name, extra in _documentation(cls) if extra.get("also"))


def _documentation(cls: type[Message]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is documented of the members of a struct, by wire name (`message.doc`)."""
    for member in cast("inspect.StructType", type_info(cls)).fields:
        for part in (member.type, *getattr(member.type, "types", ())):
            if isinstance(part, inspect.Metadata):
                extra = cast("dict[str, Any]", part.extra or {})  # pyright: ignore[reportUnknownMemberType]  # bare dict
                yield member.encode_name, extra


def _rules_in(rule: JsonString) -> tuple[Constraint, ...]:
    return (*rules_of(rule.codec.type, SENDER), *rule.rules) if rule.as_sent else rule.rules


def _structs(types_: Iterable[Any]) -> list[type[Message]]:
    """The types and every struct reachable from them."""
    found: dict[type[Message], None] = {}
    waiting = [type_info(type_) for type_ in types_]
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
