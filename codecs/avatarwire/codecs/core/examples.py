"""Examples of the documented variants of a message, made from the repairs themselves: for whoever explains a clause.

An example has no other members than the variant needs, and ``…`` where any value does. Nothing here reads a message.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, Final, NamedTuple

from .paths import steps
from .repairs import NO_EXAMPLE, Convert, Copy, Drop, Fill, RawRepair, Rename, Repair

__all__ = ["Example", "example_of"]

_ANY: Final = "…"
_OBJECT: Final = b"{}"


class Example(NamedTuple):
    """A variant of a message in its shortest form.

    `str` says it in one line, such as ``{"code": "200"} stands for {"code": 200}``.
    """

    variant: str
    """JSON text; bytes that are none in hex."""
    ruled: str
    """The same in the ruled form."""

    def __str__(self) -> str:
        return f"{self.variant} stands for {self.ruled}"


def example_of(repair: object) -> Example | None:
    """The shortest example of a variant; None for one that only a whole message could show."""
    if isinstance(repair, RawRepair):
        variant = repair.variant(_OBJECT)
        return None if repair.to(variant) is None else Example(_bytes(variant), _OBJECT.decode())
    if not isinstance(repair, Repair):
        return None
    make = _MAKERS.get(type(repair))
    fields = None if make is None else make(repair)
    if fields is None:
        return None
    ruled = deepcopy(fields)
    return Example(_text(fields), _text(ruled)) if repair.apply(ruled) is not None else None


def _bytes(data: bytes) -> str:
    return data.hex(" ") if data else "no payload"


def _text(fields: Mapping[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=False)


def _placed(repair: Repair, members: Mapping[str, Any]) -> dict[str, Any]:
    """Members in the object that a repair is about, and in what holds that."""
    *outer, _ = steps(repair.path)
    about = len(outer) if repair.about is None else len(steps(repair.about)) if repair.about else 0
    when = repair.when
    told = {} if when is None or when.negated or not when.values else {when.path: when.values[0]}
    fields: dict[str, Any] = dict(members)
    for depth in range(len(outer), -1, -1):
        if depth < len(outer):
            step = outer[depth]
            fields = {step.name: [fields] if step.is_list else fields}
        if depth == about:
            fields = {**told, **fields}
    return fields


def _name(repair: Repair) -> str:
    return steps(repair.path)[-1].name


def _given(repair: Repair, name: str) -> dict[str, Any] | None:
    """The member that shows the variant, with the value that the repair knows."""
    return None if repair.example is NO_EXAMPLE else _placed(repair, {name: repair.example})


def _renamed(repair: Rename) -> dict[str, Any] | None:
    return _given(repair, repair.other) if repair.to else _placed(repair, {repair.other: _ANY})


def _filled(repair: Fill) -> dict[str, Any]:
    return _placed(repair, {_name(repair): None} if repair.null_only else {})


def _copied(repair: Copy) -> dict[str, Any]:
    """The text in its other place, and the object that it is missing in."""
    fields = _placed(repair, {})
    here = fields
    *outer, last = steps(repair.source)
    for step in outer:
        here = here.setdefault(step.name, {})
    here[last.name] = _ANY
    return fields


_MAKERS: Final[Mapping[type[Any], Callable[[Any], dict[str, Any] | None]]] = {
    Convert: lambda repair: _given(repair, _name(repair)),
    Drop: lambda repair: _given(repair, _name(repair)),
    Rename: _renamed,
    Fill: _filled,
    Copy: _copied,
}
