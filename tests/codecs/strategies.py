"""Hypothesis strategies for what is wrong anywhere, on top of those that are read from the declarations."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

from hypothesis import HealthCheck
from hypothesis import strategies as st

from avatarwire.codecs.core.repairs import is_list, is_object
from avatarwire.conformance.valid_values import ANY_JSON

__all__ = ["ANY_JSON", "UNHURRIED", "disturbed"]

UNHURRIED: Final = [
    HealthCheck.too_slow,
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
    HealthCheck.large_base_example,
]
"""Whole projects, with scenes and layers, are much to draw, and it is one message at a time that is asked for."""

_OTHERS: Final = ["", "START", "TEXT_STREAM", "startAsrAudio", "center", "rtmp", "begin", 1, 2, -1, 1.5]


@st.composite
def disturbed(draw: st.DrawFn, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON object with one member anywhere in it taken away, replaced by anything, or added."""
    changed: dict[str, Any] = deepcopy(dict(fields))
    here: Any = changed
    while inner := _inner(here):
        if draw(st.booleans()):
            break
        here = draw(st.sampled_from(inner))
    place = draw(st.sampled_from([*(place for place, _ in _items(here)), None]))
    if place is not None and draw(st.booleans()):
        del here[place]
        return changed
    other = draw(ANY_JSON | st.sampled_from(_OTHERS))
    if place is not None:
        here[place] = other
    elif is_object(here):
        here["unheardOf"] = other
    else:
        here.append(other)
    return changed


def _inner(holder: Any) -> list[Any]:
    """The objects and lists in one, but for empty ones."""
    return [item for _, item in _items(holder) if item and (is_object(item) or is_list(item))]


def _items(holder: Any) -> list[tuple[Any, Any]]:
    if is_object(holder):
        return list(holder.items())
    return list(enumerate(holder)) if is_list(holder) else []
