"""Hypothesis strategies for the messages of any vendor, on top of those that are read from the declarations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from avatarwire.codecs.message import Message
from avatarwire.conformance.mending import ANY_JSON, json_values

__all__ = ["ANY_JSON", "disturbed", "fields_of", "json_of", "messages_of"]

MessageT = TypeVar("MessageT", bound=Message)

json_of = json_values


def fields_of(cls: type[Message]) -> st.SearchStrategy[dict[str, Any]]:
    """Right JSON objects of a message, the rules between its fields held."""
    return json_values(inspect.type_info(cls))


def messages_of(cls: type[MessageT]) -> st.SearchStrategy[MessageT]:
    """Messages as a caller could make them."""
    return fields_of(cls).map(lambda fields: msgspec.convert(fields, cls))


@st.composite
def disturbed(draw: st.DrawFn, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON object with one member taken away, replaced by anything, or added."""
    changed = dict(fields)
    name = draw(st.sampled_from([*fields, "unheardOf"]))
    if name in changed and draw(st.booleans()):
        del changed[name]
    else:
        changed[name] = draw(ANY_JSON | st.sampled_from(["", "START", "TEXT_STREAM", "startAsrAudio", 1, 2]))
    return changed
