"""What a message that is pushed has to have beside what a test says: the session's id, an id of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, cast, get_args, get_origin

import msgspec

from avatarwire.codecs.core.entry import Entry

__all__ = ["filled"]

_INSIDE: Final = "params"
"""Member of a JSON-RPC message that may name the session."""
_ID: Final = "id"
"""Of a message, and in its parameters of something else."""


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
    there = _members(known.get(_INSIDE))
    said = dict(cast("Mapping[str, Any]", given))
    inside = said.get(_INSIDE, dict[str, Any]() if there else None)
    for name, value in members.items():
        if name in there and name != _ID:
            # It need not stand twice, and where it does, both have to be the same.
            if isinstance(inside, Mapping):
                said[_INSIDE] = inside = {name: value, **cast("Mapping[str, Any]", inside)}
        elif name in known:
            said.setdefault(name, value)
    return said


def _members(type_: object) -> Mapping[str, object]:
    """The members of a struct by wire name, with their types; none for anything else."""
    if get_origin(type_) is Annotated:
        type_ = get_args(type_)[0]
    if not (isinstance(type_, type) and issubclass(type_, msgspec.Struct)):
        return {}
    return {field.encode_name: field.type for field in msgspec.structs.fields(type_)}
