"""What a message that is pushed has to have beside what a test says: the session's id, an id of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

import msgspec

from avatarwire.codecs.core.entry import Entry

__all__ = ["filled"]

_INSIDE: Final = "params"
"""Member of a JSON-RPC message that may name the session as well."""


def filled(entry: Entry, body: object, members: Mapping[str, object]) -> object:
    """A body with members that are missing in it.

    Args:
        entry: what it is of.
        body: JSON values, or a message, which stays as it is; None for an empty one.
        members: by wire name; only those that the message declares are filled in.
    """
    given: object = dict[str, Any]() if body is None else body
    if not isinstance(given, Mapping):
        return given
    known = _members(entry.type)
    said = {**{name: value for name, value in members.items() if name in known}, **cast("Mapping[str, Any]", given)}
    inside = said.get(_INSIDE)
    if isinstance(inside, Mapping):
        there = _members(known.get(_INSIDE))
        said[_INSIDE] = {
            **{name: value for name, value in members.items() if name in there and name != "id"},
            **cast("Mapping[str, Any]", inside),
        }
    return said


def _members(type_: object) -> Mapping[str, object]:
    """The members of a struct by wire name, with their types; none for anything else."""
    if not (isinstance(type_, type) and issubclass(type_, msgspec.Struct)):
        return {}
    return {field.encode_name: field.type for field in msgspec.structs.fields(type_)}
