"""Whatever can be drawn of an entry becomes text and comes back, and is found among what its bytes may be."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatarwire.codecs import catalogue
from avatarwire.codecs.core.entry import Entry
from avatarwire.codecs.core.json_text import is_text
from avatarwire.codecs.textform import decode_text, encode_text
from avatarwire.conformance import strategies
from tests.codecs.strategies import UNHURRIED

pytestmark = pytest.mark.unmeasured

EVERY = [pytest.param(entry, id=f"{vendor}-{entry.id}") for vendor, entry in catalogue.entries()]


@pytest.mark.parametrize("entry", EVERY)
@settings(max_examples=5, deadline=None, suppress_health_check=UNHURRIED)
@given(data=st.data())
def test_every_message_becomes_text_and_comes_back(entry: Entry, data: st.DataObject) -> None:
    sample = data.draw(strategies.messages(entry.vendor, entry.id))
    known = catalogue.vendor(entry.vendor)
    text = decode_text(known, sample.data, strict=True, as_id=entry.id)
    assert (text.fields["id"], text.fields["deviations"]) == (entry.id, [])
    assert entry.decode(encode_text(known, text.fields), strict=True).value == sample.value
    assert entry.decode(entry.encode(sample.value), strict=True).value == sample.value
    if not sample.data or (entry.type is None and is_text(sample.data)):
        # A query without parameters may be of any call; speech that happens to be text is taken for text.
        return
    named = decode_text(known, sample.data).fields
    if entry.kind != "type" and named["id"] != entry.id:
        assert entry.id in named.get("ids", ()), named
