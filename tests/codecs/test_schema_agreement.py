"""What the schema says of an entry is what strict reading takes, but for the rules that it says it cannot say.

With ``AVATARWIRE_SCHEMA_EXAMPLES=200`` more of each entry is tried, as `make nightly` does.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any, Final, cast

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import inspect

from avatarwire.codecs import catalogue
from avatarwire.codecs.core.entry import Entry
from avatarwire.codecs.core.enveloped import EnvelopeCodec
from avatarwire.codecs.core.json_codec import JsonCodec
from avatarwire.codecs.errors import CodecError, DecodeError
from avatarwire.conformance.valid_values import json_values

from .strategies import UNHURRIED

pytestmark = pytest.mark.unmeasured

EXAMPLES: Final = int(os.environ.get("AVATARWIRE_SCHEMA_EXAMPLES", "8"))
"""Values that are tried of each entry."""
EACH: Final = 4
"""How many of them are one drawn value, as it is and mutated."""

ENTRIES: Final = [(vendor, entry) for vendor, entry in catalogue.entries() if entry.type is not None]
every = pytest.mark.parametrize(
    ("vendor", "entry"), [pytest.param(*each, id=f"{each[0]}-{each[1].id}") for each in ENTRIES]
)

VALUES: Final[list[Any]] = [
    None, True, False, 0, 1, 200, 1.0, 200.0, -1.0, -0.0, 2.5, 2**63, -(2**63), 2.0**63, 10**30, 1e300, [], {},
    [1], [[]], {"a": 1}, "", "a", "1", "1.0", "START", "[]", "{}", "stopped", "tEXT", "background", " a", "unlisted",
]  # fmt: skip


def codec_of(vendor: str, entry: Entry) -> Any:
    return entry.codec or JsonCodec(entry.type, vendor=vendor, message=entry.id)


@cache
def schema_of(vendor: str, entry_id: str) -> dict[str, Any]:
    return cast("dict[str, Any]", catalogue.vendor(vendor).schema_of(entry_id)["schema"])


@cache
def validator(vendor: str, entry_id: str) -> Any:
    return jsonschema.Draft202012Validator(schema_of(vendor, entry_id))


@cache
def unsaid(vendor: str, entry_id: str) -> list[dict[str, Any]]:
    """The rules that a schema lists because it cannot say them."""
    return [rule for part in parts_of(schema_of(vendor, entry_id)) for rule in part.get("x-constraints", ())]


def items_of(value: Any) -> list[Any]:
    """What stands in a list, or under the names of an object."""
    return [*value.values()] if isinstance(value, dict) else [*value]


def parts_of(value: Any) -> Iterator[dict[str, Any]]:
    """All objects in a schema, but for those of texts: what is in them is judged by the rule of the text."""
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        yield fields
        for name, item in fields.items():
            if name != "contentSchema":
                yield from parts_of(item)
    elif isinstance(value, list):
        for item in items_of(value):
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
    values = json_values(inspect.type_info(entry.type))
    codec: Any = entry.codec
    if not isinstance(codec, EnvelopeCodec):
        return values
    head = dict(codec.form.written)
    whole = values.map(lambda data: {**head, "data": data})
    return whole | st.just(head) if codec.optional else whole


def holders(value: Any) -> Iterator[Any]:
    """Every object and list in a JSON value, itself included."""
    if isinstance(value, (dict, list)):
        yield cast("Any", value)
        for item in items_of(value):
            yield from holders(item)


def mutated(value: Any, names: list[str], random: Random) -> Any:
    """A copy of a JSON value with up to three changes anywhere in it: something gone, replaced, or added."""
    value = copied(value)
    for _ in range(random.randint(1, 3)):
        everywhere = list(holders(value))
        if not everywhere:
            return altered(value, random)
        holder = random.choice(everywhere)
        known = [*names, *(name for each in everywhere for name in names_in(each))]
        places: list[Any] = names_in(holder) if isinstance(holder, dict) else list(range(len(holder)))
        what = random.choice(["remove", "replace", "alter", "alter", "add"]) if places else "add"
        place = random.choice(places) if places else None
        if what == "remove":
            del holder[place]
        elif what == "replace":
            holder[place] = anything(everywhere, random)
        elif what == "alter":
            holder[place] = altered(holder[place], random)
        elif isinstance(holder, dict):
            holder[random.choice(known)] = anything(everywhere, random)
        else:
            holder.append(anything(everywhere, random))
    return value


def names_in(value: Any) -> list[Any]:
    return [*value] if isinstance(value, dict) else []


def anything(everywhere: list[Any], random: Random) -> Any:
    """Any JSON value, or one that stands elsewhere."""
    items = [item for each in everywhere for item in items_of(each)]
    return copied(random.choice([*VALUES, *items]))


def altered(value: Any, random: Random) -> Any:
    """The same value, a little different."""
    options: list[Any] = [None, [value], str(value)]
    match value:
        case bool():
            options = [not value, None, int(value)]
        case int():
            options = [float(value), float(value), value + 1, value - 1, -value, str(value)]
        case float():
            options = [value + 0.5, float(round(value)), -value]
        case str():
            options = [f"{value}a", value[:-1], value.swapcase(), f" {value}", "", value * 40]
        case list():
            items = items_of(value)
            options = [items + items, items[:1], items[1:], [], {}, [None]]
        case _:
            pass
    return copied(random.choice(options))


def copied(value: Any) -> Any:
    return json.loads(json.dumps(value))


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
        or (rule["kind"] == "json" and re.match(rf"{re.escape(rule['paths'][0])}($|[.\[])", path))
        for rule in rules
    )


def disagreement(vendor: str, entry: Entry, value: Any) -> str:
    """In what a schema and strict reading differ about a value; empty where they agree."""
    told = [error.message for error in validator(vendor, entry.id).iter_errors(value)]
    try:
        codec_of(vendor, entry).decode(json.dumps(value).encode(), strict=True)
    except DecodeError as error:
        unlisted = [fault for fault in faults(error) if not is_unsaid(fault, unsaid(vendor, entry.id))]
        return "" if told or not unlisted else f"only strict reading refuses {value!r}: {error}"
    return f"only the schema refuses {value!r}: {told}" if told else ""


@every
@settings(max_examples=-(-EXAMPLES // EACH), deadline=None, suppress_health_check=UNHURRIED)
@given(data=st.data())
def test_the_schema_takes_what_strict_reading_takes(vendor: str, entry: Entry, data: st.DataObject) -> None:
    value = data.draw(bodies(entry))
    random = Random(data.draw(st.integers(0, 2**32)))  # no secret
    others = [mutated(value, other_names(vendor, entry.id), random) for _ in range(EACH - 1)]
    for tried in (copied(value), *others):
        assert not disagreement(vendor, entry, tried)
