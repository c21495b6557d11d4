"""What the schema says of an entry is what strict reading takes, but for the rules that it says it cannot say.

With ``AVATARWIRE_SCHEMA_EXAMPLES=200`` more of each entry is tried, as `make nightly` does.
"""

from __future__ import annotations

import json
import os
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import inspect

from avatarwire.codecs import catalogue
from avatarwire.codecs.core.entry import Entry
from avatarwire.codecs.core.enveloped import EnvelopeCodec
from avatarwire.conformance.fuzzing.agreement import schema_disagreement
from avatarwire.conformance.fuzzing.codec_inputs import names_to_add
from avatarwire.conformance.fuzzing.json_changes import changed
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


def bodies(entry: Entry) -> st.SearchStrategy[Any]:
    """What an entry may look like, envelope included, the rules of its type kept."""
    values = json_values(inspect.type_info(entry.type))
    codec: Any = entry.codec
    if not isinstance(codec, EnvelopeCodec):
        return values
    head = dict(codec.form.written)
    whole = values.map(lambda data: {**head, "data": data})
    return whole | st.just(head) if codec.optional else whole


@every
@settings(max_examples=-(-EXAMPLES // EACH), deadline=None, suppress_health_check=UNHURRIED)
@given(data=st.data())
def test_the_schema_takes_what_strict_reading_takes(vendor: str, entry: Entry, data: st.DataObject) -> None:
    value = data.draw(bodies(entry))
    random = Random(data.draw(st.integers(0, 2**32)))  # no secret
    others = [changed(value, names_to_add(entry), random) for _ in range(EACH - 1)]
    for tried in (json.loads(json.dumps(value)), *others):
        assert not schema_disagreement(vendor, entry, tried)
