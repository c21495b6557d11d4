"""Values drawn from the declarations keep every rule: for each entry of each catalogue, without any filtering here."""

from __future__ import annotations

from typing import Any, cast

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import inspect

from avatarwire.codecs import catalogue
from avatarwire.codecs.core.checking import judge
from avatarwire.codecs.core.entry import Entry
from avatarwire.conformance.valid_values import json_values
from tests.codecs.strategies import UNHURRIED

pytestmark = pytest.mark.unmeasured

DRAWN = [
    pytest.param(entry, id=f"{vendor}-{entry.id}") for vendor, entry in catalogue.entries() if entry.type is not None
]


@pytest.mark.parametrize("entry", DRAWN)
@settings(max_examples=8, deadline=None, suppress_health_check=UNHURRIED)
@given(data=st.data())
def test_what_is_drawn_keeps_every_rule(entry: Entry, data: st.DataObject) -> None:
    value = data.draw(json_values(inspect.type_info(entry.type)))
    message: Any = msgspec.convert(value, entry.type)
    items = cast("tuple[object, ...]", message) if isinstance(message, tuple) else (message,)
    assert [found for item in items for found in judge(item)] == []
