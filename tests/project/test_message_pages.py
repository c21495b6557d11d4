"""The pages with every message, member by member, say what is declared, and their examples are right."""

from __future__ import annotations

import json
import re

import pytest

from avatarwire.codecs import catalogue, registry
from tests.project.message_pages import page, place


@pytest.mark.parametrize("vendor", registry.VENDORS)
def test_a_page_repeats_what_is_declared(vendor: str) -> None:
    """`make docs` writes them anew."""
    assert place(vendor).read_text(encoding="utf-8") == page(vendor)


@pytest.mark.parametrize("vendor", registry.VENDORS)
def test_every_call_and_message_has_an_example_that_is_valid(vendor: str) -> None:
    text = place(vendor).read_text(encoding="utf-8")
    shown = dict(re.findall(r"^## (\S+)\n(?:(?!^## ).*\n)*?```json\n((?:.*\n)*?)```$", text, re.MULTILINE))
    about = catalogue.vendor(vendor)
    assert list(shown) == [entry.id for entry in about.values() if entry.kind != "type" and entry.type is not None]
    for id_, example in shown.items():
        received = about[id_].codec.decode(json.dumps(json.loads(example)).encode(), strict=True)
        assert received.unknown_fields() == {}, id_


def test_members_of_the_data_in_an_envelope_are_there() -> None:
    assert "| `data.rtcAppId` |" in place("sensetime").read_text(encoding="utf-8")
    assert "| `data.robotList[].sceneList[].sceneCode` |" in place("guiji").read_text(encoding="utf-8")
    assert "| `param.sceneList[].digital_role.position.x` |" in place("sensetime").read_text(encoding="utf-8")
