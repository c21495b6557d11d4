"""Errors name the clause that the catalogue lists for the same place: that of the document, or that of the type."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import inspect

from avatarwire.codecs.core.constraints import Constraint, Required
from avatarwire.codecs.core.entry import Entry
from avatarwire.codecs.core.enveloped import EnvelopeCodec
from avatarwire.codecs.core.findings import Finding
from avatarwire.codecs.core.type_constraints import Typed
from avatarwire.codecs.errors import ValidationError
from avatarwire.conformance.json_paths import places
from avatarwire.conformance.valid_values import json_values
from tests.codecs.strategies import UNHURRIED
from tests.conformance.test_valid_values import DRAWN


def told(entry: Entry, body: Any) -> tuple[Finding, ...]:
    """What decoding finds wrong with decoded JSON."""
    try:
        entry.codec.decode(msgspec.json.encode(body))
    except ValidationError as error:
        return error.findings
    return ()


def body_of(entry: Entry, value: Any) -> Any:
    """What travels: data of an answer in its envelope."""
    codec = entry.codec
    return {**codec.form.written, "data": value} if isinstance(codec, EnvelopeCodec) else value


def wrong(words: str) -> Any:
    """A value of none of the types that a rule names."""
    if "a list" not in words:
        return []
    return True if "integer" in words or "number" in words else 7


def broken(text: str, rule: Constraint) -> Any:
    """The value of a JSON text with the first place of a rule put wrong; None where it has no such place."""
    value = json.loads(text)
    path = rule.paths[0]
    member = path.rstrip("[]")
    found = next(places(value, member), None) if member else None
    if found is None or found[1] not in found[0]:
        return None
    holder, name = found
    if isinstance(rule, Required):
        del holder[name]
    elif isinstance(rule, Typed) and member == path:
        holder[name] = wrong(rule.type)
    elif isinstance(rule, Typed) and isinstance(holder[name], list) and holder[name]:
        holder[name][0] = wrong(rule.type)
    return value


def place(path: str) -> str:
    """Which item of a list it is makes no difference."""
    return re.sub(r"\[\d+\]", "[]", path)


@pytest.mark.unmeasured
@pytest.mark.parametrize("entry", DRAWN)
@settings(max_examples=2, deadline=None, suppress_health_check=UNHURRIED)
@given(data=st.data())
def test_errors_and_the_catalogue_name_the_same_clause(entry: Entry, data: st.DataObject) -> None:
    text = json.dumps(body_of(entry, data.draw(json_values(inspect.type_info(entry.type)))))
    rules = [rule for rule in entry.constraints if isinstance(rule, (Typed, Required)) and rule.when is None]
    for rule in rules:
        at = rule.paths[0]
        listed = {other.clause for other in rules if type(other) is type(rule) and other.paths[0] == at}
        changed = broken(text, rule)
        for item in () if changed is None else told(entry, changed):
            if place(item.path) == at and (item.reason == "required field is missing") == isinstance(rule, Required):
                assert item.clause in listed


@pytest.mark.parametrize("entry", DRAWN)
def test_what_is_no_such_thing_at_all(entry: Entry) -> None:
    whole = next(rule for rule in entry.constraints if isinstance(rule, Typed))
    assert whole.paths == ("",)
    [found] = told(entry, wrong(whole.type))
    assert (found.path, found.clause) == ("", whole.clause)
