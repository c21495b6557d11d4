"""Members of replies that a caller cannot do without, although the documents promise none of them.

Only asking for one lives here: replies are read as they are, so that what is missing is the caller's to judge.
"""

from __future__ import annotations

from typing import TypeVar

from msgspec import UNSET, UnsetType

from .errors import ValidationError

__all__ = ["present"]

ValueT = TypeVar("ValueT")


def present(value: ValueT | UnsetType | None, path: str, clause: str = "") -> ValueT:
    """A member of a reply that has to be there, with a type that says so.

        session_id = present(reply.value.session_id, "sessionId")

    Args:
        value: the member, which may be missing: None or unset.
        path: its name on the wire, for the error.
        clause: id of the rule that it should be there, if there is one.

    Raises:
        ValidationError: it is missing; the error names it.
    """
    if value is None or value is UNSET:
        raise ValidationError("the reply lacks this member", path=path, expected="a value", clause=clause)
    return value
