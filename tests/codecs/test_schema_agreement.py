"""What the schema says of an entry is what strict reading takes, but for the rules that it says it cannot say.

``AVATARWIRE_SCHEMA_EXAMPLES=200 pytest tests/codecs/test_schema_agreement.py`` tries more of each entry.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final, cast

import jsonschema
import msgspec
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from msgspec import inspect

from avatarwire.codecs import catalogue
from avatarwire.codecs.entry import Entry
from avatarwire.codecs.envelope import EnvelopeCodec
from avatarwire.codecs.errors import CodecError, DecodeError
from avatarwire.codecs.message import JsonCodec

from .strategies import ANY_JSON, json_of

EXAMPLES: Final = int(os.environ.get("AVATARWIRE_SCHEMA_EXAMPLES", "15"))

ENTRIES: Final = [(vendor, entry) for vendor, entry in catalogue.entries() if entry.type is not None]
every = pytest.mark.parametrize(
    ("vendor", "entry"), [pytest.param(*each, id=f"{each[0]}-{each[1].id}") for each in ENTRIES]
)

WORDS: Final = ["", "1", "1.0", "START", "[]", "{}", "stopped", "tEXT", "background", " a", "unlisted"]


def codec_of(vendor: str, entry: Entry) -> Any:
    return entry.codec or JsonCodec(entry.type, vendor=vendor, message=entry.id)


@cache
def schema_of(vendor: str, entry_id: str) -> dict[str, Any]:
    return catalogue.vendor(vendor).schema_of(entry_id)["schema"]


@cache
def validator(vendor: str, entry_id: str) -> Any:
    return jsonschema.Draft202012Validator(schema_of(vendor, entry_id))


@cache
def unsaid(vendor: str, entry_id: str) -> list[dict[str, Any]]:
    """The rules that a schema lists because it cannot say them."""
    return [rule for part in parts_of(schema_of(vendor, entry_id)) for rule in part.get("x-constraints", ())]


def parts_of(value: Any) -> Iterator[dict[str, Any]]:
    """All objects in a schema, but for those of texts: what is in them is judged by the rule of the text."""
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        yield fields
        for name, item in fields.items():
            if name != "contentSchema":
                yield from parts_of(item)
    elif isinstance(value, list):
        for item in cast("list[Any]", value):
            yield from parts_of(item)


@cache
def other_names(vendor: str, entry_id: str) -> list[str]:
    """Names that a repair of an entry knows, and one that nothing does."""
    repairs = catalogue.vendor(vendor)[entry_id].repairs
    known = [name for repair in repairs for name in (getattr(repair, "other", ""), repair.path.rpartition(".")[2])]
    return [*dict.fromkeys(name for name in known if name), "unheardOf"]


# --- values ---


def bodies(entry: Entry) -> st.SearchStrategy[Any]:
    """What an entry may look like, envelope included, the rules of its type kept."""
    values = json_of(inspect.type_info(entry.type))
    if not isinstance(entry.codec, EnvelopeCodec):
        return values
    head = dict(entry.codec.form.written)
    whole = values.map(lambda data: {**head, "data": data})
    return whole | st.just(head) if entry.codec.optional else whole


def holders(value: Any) -> Iterator[Any]:
    """Every object and list in a JSON value, itself included."""
    if isinstance(value, (dict, list)):
        items = cast("dict[str, Any] | list[Any]", value)
        yield items
        for item in items.values() if isinstance(items, dict) else items:
            yield from holders(item)


@st.composite
def mutated(draw: st.DrawFn, value: Any, names: list[str]) -> Any:
    """A JSON value with up to three changes anywhere in it: something gone, replaced, or added."""
    value = msgspec.json.decode(msgspec.json.encode(value))
    for _ in range(draw(st.integers(0, 3))):
        everywhere = list(holders(value))
        if not everywhere:
            break
        holder = draw(st.sampled_from(everywhere))
        present: list[Any] = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        known = [*dict.fromkeys(name for each in everywhere if isinstance(each, dict) for name in each)]
        what = draw(st.sampled_from(["remove", "replace", "alter", "add"]))
        if what == "add" or not present:
            if isinstance(holder, dict):
                holder[draw(st.sampled_from([*names, *known]))] = draw(anything(everywhere))
            else:
                holder.append(draw(anything(everywhere)))
            continue
        place = draw(st.sampled_from(present))
        if what == "remove":
            del holder[place]
        else:
            holder[place] = draw(anything(everywhere)) if what == "replace" else altered(draw, holder[place])
    return value


def anything(everywhere: list[Any]) -> st.SearchStrategy[Any]:
    copies = [msgspec.json.decode(msgspec.json.encode(each)) for each in everywhere]
    numbers = [0, 1, 1.0, 2.5, -1.0, 2**63, -(2**63), 2.0**63, 200, 200.0, 10**30, -0.0]
    return ANY_JSON | st.sampled_from([*WORDS, *numbers, True, False, None, [], {}]) | st.sampled_from(copies)


def altered(draw: st.DrawFn, value: Any) -> Any:
    """The same value, a little different."""
    match value:
        case bool() | None:
            return draw(st.sampled_from([True, False, None, 0, 1]))
        case int():
            return draw(st.sampled_from([float(value), value + 1, value - 1, -value, str(value)]))
        case float():
            return draw(st.sampled_from([value + 0.5, float(round(value)) if abs(value) < 1e300 else 0.0, -value]))
        case str():
            return draw(st.sampled_from([f"{value}a", value[:-1], value.swapcase(), f" {value}", "", value * 40]))
        case list():
            items = cast("list[Any]", value)
            return draw(st.sampled_from([items + items, items[:1], items[1:], [], {}, [None]]))
        case _:
            return draw(st.sampled_from([[value], {}, None, msgspec.json.encode(value).decode()]))


# --- agreement ---


def faults(error: CodecError) -> list[tuple[str, str]]:
    """Path and clause of everything that an error tells."""
    told = getattr(error, "findings", ()) or (error,)
    return [(re.sub(r"\[\d+\]", "[]", each.path), each.clause) for each in told]


def is_unsaid(fault: tuple[str, str], rules: list[dict[str, Any]]) -> bool:
    """Whether a fault is of a rule that a schema lists as one that it cannot say."""
    path, clause = fault
    return any(
        clause == rule["clause"]
        or (rule["kind"] == "embedded" and re.match(rf"{re.escape(rule['paths'][0])}($|[.\[])", path))
        for rule in rules
    )


@every
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_schema_takes_what_strict_reading_takes(vendor: str, entry: Entry, data: st.DataObject) -> None:
    value = data.draw(mutated(data.draw(bodies(entry)), other_names(vendor, entry.id)), label="value")
    told = [error.message for error in validator(vendor, entry.id).iter_errors(value)]
    note(f"{value!r}: by the schema {told}")
    try:
        codec_of(vendor, entry).decode(msgspec.json.encode(value), strict=True)
    except DecodeError as error:
        note(f"by strict reading {error}")
        assert told or all(is_unsaid(fault, unsaid(vendor, entry.id)) for fault in faults(error))
    else:
        assert not told
