"""Every place of a message where a form of JSON may stand that no document mentions, read from its declaration.

Only the walk lives here: what is asked of the places, `test_forms.py` says.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final, NamedTuple, TypeGuard

from msgspec import inspect

from avatarwire.codecs.core.entry import Entry
from avatarwire.codecs.core.enveloped import EnvelopeCodec
from avatarwire.codecs.core.paths import bare
from avatarwire.codecs.core.repairs import is_list, is_object
from avatarwire.conformance.valid_values import json_values
from tests.conformance.figures import drawn

__all__ = ["ABSENT", "Place", "at", "changed", "places", "reached"]

Path = tuple[str | int, ...]

ABSENT: Final = object()
"""What `at` gives for what is not there, and `changed` takes for a member that is to be left out."""


class Place(NamedTuple):
    """One place of a message.

    Attributes:
        path: names of members, and places in lists.
        kinds: what the objects and lists on the way are, from the message on; None where it makes no difference.
        info: what is declared of the place.
        may_be_absent: whether it is a member that may be absent, and not null.
    """

    path: Path
    kinds: tuple[inspect.Type | None, ...]
    info: inspect.Type
    may_be_absent: bool = False

    @property
    def name(self) -> str:
        """The path in words, the same for all items of a list."""
        return ".".join("[]" if isinstance(step, int) else step for step in self.path)

    @property
    def is_integer(self) -> bool:
        """Whether an integer is declared, and neither a number with decimals nor a text."""
        kinds = _options(self.info)
        return any(map(_is_integer, kinds)) and not any(isinstance(kind, _OPEN) for kind in kinds)

    @property
    def is_bytes(self) -> bool:
        """Whether Base64 is declared."""
        return any(isinstance(kind, inspect.BytesType) for kind in _options(self.info))

    @property
    def is_filled(self) -> bool:
        """Whether one of the forms is about what stands there."""
        return self.is_integer or self.is_bytes


_OPEN: Final = (inspect.StrType, inspect.FloatType, inspect.AnyType)


def _options(info: inspect.Type) -> list[inspect.Type]:
    """What a declaration is a choice of."""
    info = bare(info)
    return [each for part in info.types for each in _options(part)] if isinstance(info, inspect.UnionType) else [info]


def _is_integer(info: inspect.Type) -> bool:
    if isinstance(info, inspect.EnumType):
        return any(isinstance(member.value, int) for member in info.cls)
    if isinstance(info, inspect.LiteralType):
        return any(isinstance(value, int) for value in info.values)
    return isinstance(info, inspect.IntType)


# --- what is declared ---


def places(entry: Entry) -> list[Place]:
    """Every place that an entry declares; lists have one item, and an object is in itself no second time."""
    info, codec = inspect.type_info(entry.type), entry.codec
    if not is_wrapped(codec):
        return list(_inside(Place((), (), info)))
    data = Place(("data",), (None,), info, may_be_absent=codec.optional)
    return [*_inside(Place((), (), inspect.type_info(codec.form.type))), data, *_inside(data)]


def is_wrapped(codec: object) -> TypeGuard[EnvelopeCodec[Any]]:
    """Whether a message has its data in an envelope."""
    return isinstance(codec, EnvelopeCodec)


def _inside(outer: Place) -> Iterator[Place]:
    """The places in an object or a list, in all that it may be."""
    for kind in _options(outer.info):
        if kind not in outer.kinds:
            for step, info, may_be_absent in _parts(kind):
                place = Place((*outer.path, step), (*outer.kinds, kind), info, may_be_absent)
                yield place
                yield from _inside(place)


def _parts(kind: inspect.Type) -> Iterator[tuple[str | int, inspect.Type, bool]]:
    if isinstance(kind, inspect.StructType):
        for field in kind.fields:
            is_nullable = any(isinstance(each, (inspect.NoneType, inspect.AnyType)) for each in _options(field.type))
            yield field.encode_name, field.type, not field.required and not is_nullable
    elif isinstance(kind, inspect.TupleType):
        yield from ((index, info, False) for index, info in enumerate(kind.item_types))
    elif isinstance(kind, (inspect.ListType, inspect.VarTupleType)):
        yield 0, kind.item_type, False


# --- messages ---


def reached(place: Place, message: Any, *, filled: bool) -> Any:
    """A message in which there is what has the place: a valid one, and what it lacks on the way.

    Args:
        place: the place.
        message: decoded JSON; stays as it is.
        filled: whether there is something at the place itself, too.
    """
    top: dict[Any, Any] = {"": deepcopy(message)}
    here: Any = top
    step: Any = ""
    kinds = (*place.kinds, *((bare(place.info),) if filled else ()))
    for kind, following in zip(kinds, (*place.path, None), strict=False):
        value = at(here, (step,))
        if kind is not None and (value in (ABSENT, None) or not _is_of(kind, value)):
            _put(here, step, drawn(json_values(kind), 1)[0])
        here, step = here[step], following
    return top[""]


def _is_of(kind: inspect.Type, value: Any) -> bool:
    if isinstance(kind, inspect.StructType):
        return is_object(value) and (kind.tag_field is None or value.get(kind.tag_field) == kind.tag)
    return isinstance(value, list) or not isinstance(kind, (inspect.ListType, inspect.VarTupleType, inspect.TupleType))


def _put(holder: Any, step: Any, value: Any) -> None:
    if is_list(holder) and step == len(holder):
        holder.append(value)
    else:
        holder[step] = value


def at(message: Any, path: Path) -> Any:
    """What stands at a path."""
    try:
        for step in path:
            message = message[step]
    except (LookupError, TypeError):
        return ABSENT
    return message


def changed(message: Any, path: Path, value: Any) -> Any:
    """A message with another value at a path whose holder is there."""
    copy = deepcopy(message)
    holder = at(copy, path[:-1])
    if value is ABSENT:
        holder.pop(path[-1], None)
    else:
        holder[path[-1]] = value
    return copy
