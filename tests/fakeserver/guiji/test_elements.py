"""What a session shows: elements by layer and name, which of them are seen, which take another's place."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from avatarwire.codecs.guiji.resources import DrawOptions, Layer, ResourceElement
from avatarwire.fakeserver.guiji.elements import Element, Elements
from tests.fakeserver.guiji.talk import PICTURE, RTMP, VIDEO, VOICE, background, dthuman, element


def read(*elements: dict[str, Any]) -> list[ResourceElement]:
    """Elements as they arrive."""
    return msgspec.convert(list(elements), list[ResourceElement])


def test_names_are_numbered_and_the_last_of_a_name_is_meant() -> None:
    layers = Elements()
    first, second = layers.add(read(PICTURE, PICTURE))
    assert [item.id for item in layers.elements] == ["image#1", "image#2"]
    assert layers.named("image") is second
    assert layers.named("nobody") is None
    assert (first.layer, first.name, first.kind) == ("fore", "image", "image")
    assert layers.remove("fore", "image")
    assert not layers.remove("fore", "image")
    (third,) = layers.add(read(PICTURE))
    assert third.id == "image#3"


def test_the_same_name_in_another_layer_stays() -> None:
    layers = Elements()
    layers.add(read(element("fore", "image", "background", url="u"), background(), background()))
    assert [(item.layer, item.id) for item in layers.elements] == [("fore", "background#1"), ("back", "background#3")]


@pytest.mark.parametrize(
    ("made", "kind", "displayed"),
    [
        (RTMP, "rtmp", False),
        (VOICE, "aivoicedistort", False),
        (dthuman(), "dthuman", True),
        (PICTURE, "image", True),
        (VIDEO, "player", True),
    ],
)
def test_what_is_seen(made: dict[str, Any], kind: str, displayed: bool) -> None:
    (found,) = Elements().add(read(made))
    assert (found.kind, found.displayed) == (kind, displayed)


@pytest.mark.parametrize("drawn", [False, True])
def test_what_is_not_documented_is_seen_where_it_is_drawn(drawn: bool) -> None:
    options = {"type": "clock", "name": "clock"}
    resource = (
        ResourceElement.unlisted(Layer.FORE, options, DrawOptions(x=1))
        if drawn
        else ResourceElement.unlisted(Layer.FORE, options)
    )
    found = Element("clock#1", resource)
    assert (found.kind, found.displayed, found.replaces, found.human, found.ud_code) == (
        "clock",
        drawn,
        False,
        None,
        "",
    )


def test_a_copy_can_be_changed_without_the_original() -> None:
    layers = Elements()
    layers.add(read(dthuman()))
    other = layers.copy()
    other.remove("center", "dthuman")
    assert other.human is None
    assert layers.human is layers.elements[0]
    assert layers.elements[0].ud_code == "810001"
