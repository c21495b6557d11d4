"""Wire paths into the JSON of a message, such as ``data.list[0].name``: what stands there, putting it there, taking it.

A text that is JSON itself is entered like an object, and written again as it was: compact.
"""

from __future__ import annotations

import re
from typing import Any, Final, TypeAlias, cast

import msgspec

__all__ = ["ABSENT", "Path", "PathError", "find", "parse", "put", "take"]

Path: TypeAlias = tuple[str | int, ...]
"""Names of members and indices of items, from the outside in."""

_STEP: Final = re.compile(r"(?:\A|\.)([^.\[\]]+)|\[(0|[1-9][0-9]{0,8})\]")


class _Absent:
    """What stands where nothing does."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()


class PathError(ValueError):
    """A path that is none, or leads nowhere."""


def parse(text: str) -> Path:
    """The steps of a path.

    Raises:
        PathError: it is none.
    """
    found, end = list[str | int](), 0
    for step in _STEP.finditer(text):
        if step.start() != end:
            break
        found.append(step[1] if step[1] is not None else int(step[2]))
        end = step.end()
    if not found or end != len(text) or text[0] == ".":
        raise PathError("expected a wire path such as data.list[0].name")
    return tuple(found)


def find(value: object, path: Path) -> object:
    """What stands at a path; `ABSENT` where nothing does."""
    for step in path:
        value = _inside(value, step)
        if value is ABSENT:
            return ABSENT
    return value


def put(value: object, path: Path, new: object) -> object:
    """The same JSON with something else at a path; objects that lack on the way are made.

    Raises:
        PathError: a list on the way is too short, or what is there has no members.
    """
    if not path:
        return new
    step, rest = path[0], path[1:]
    opened = _opened(value)
    if isinstance(step, int):
        if not isinstance(opened, list):
            raise PathError(f"there is no list to have an item [{step}]")
        items = list(cast("list[object]", opened))
        if step > len(items):
            raise PathError(f"there is no item [{step}] in a list of {len(items)}")
        changed = put(items[step] if step < len(items) else ABSENT, rest, new)
        items[step : step + 1] = [changed]
        return _like(value, items)
    if opened is not ABSENT and not isinstance(opened, dict):
        raise PathError(f"there is no object to have a member {step}")
    members = {} if opened is ABSENT else dict(cast("dict[str, object]", opened))
    members[step] = put(members.get(step, ABSENT), rest, new)
    return _like(value, members)


def take(value: object, path: Path) -> object:
    """The same JSON without what stands at a path.

    Raises:
        PathError: nothing stands there.
    """
    step, rest = path[0], path[1:]
    inner = _inside(value, step)
    if inner is ABSENT:
        raise PathError(f"there is no {_named(step)}")
    opened = _opened(value)
    if isinstance(step, int):
        items = list(cast("list[object]", opened))
        items[step : step + 1] = [take(inner, rest)] if rest else []
        return _like(value, items)
    members = dict(cast("dict[str, object]", opened))
    if rest:
        members[step] = take(inner, rest)
    else:
        del members[step]
    return _like(value, members)


def _named(step: str | int) -> str:
    return f"[{step}]" if isinstance(step, int) else step


def _inside(value: object, step: str | int) -> object:
    opened = _opened(value)
    if isinstance(step, str):
        return cast("dict[str, object]", opened).get(step, ABSENT) if isinstance(opened, dict) else ABSENT
    items: list[object] = cast("list[object]", opened) if isinstance(opened, list) else []
    return items[step] if step < len(items) else ABSENT


def _opened(value: object) -> Any:
    """A text that is JSON, read; anything else as it is."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return msgspec.json.decode(value)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return value
    return value


def _like(value: object, new: object) -> object:
    """As text again where it was one."""
    return msgspec.json.encode(new).decode() if isinstance(value, str) else new
