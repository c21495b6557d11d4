"""Which declared fields a set of samples has values for: a field in none of them is declared, but never tried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast

from msgspec import inspect

from avatarwire.codecs.core.introspection import unwrapped

__all__ = ["declared", "present", "unexercised"]


def unexercised(type_: Any, samples: Iterable[Any]) -> set[str]:
    """Wire paths of declared fields that no sample (decoded JSON) has, null aside."""
    known = list(samples)
    return set(declared(type_)) - {path for sample in known for path in present(sample)}


def declared(type_: Any) -> Iterator[str]:
    """Wire paths of every field of a type and of the objects inside it, such as ``result[].status``."""
    yield from _declared(inspect.type_info(type_), "", ())


def _declared(info: inspect.Type, path: str, inside: tuple[type[Any], ...]) -> Iterator[str]:
    here, _ = unwrapped(info)
    if isinstance(here, (inspect.ListType, inspect.VarTupleType)):
        yield from _declared(here.item_type, f"{path}[]", inside)
    elif isinstance(here, inspect.StructType) and here.cls not in inside:
        for field in here.fields:
            name = f"{path}.{field.encode_name}" if path else field.encode_name
            yield name
            yield from _declared(field.type, name, (*inside, here.cls))


def present(value: object, path: str = "") -> Iterator[str]:
    """Wire paths of the members of decoded JSON that are not null."""
    if isinstance(value, list):
        for item in cast("list[object]", value):
            yield from present(item, f"{path}[]")
    elif isinstance(value, dict):
        for name, item in cast("dict[str, object]", value).items():
            inner = f"{path}.{name}" if path else name
            if item is not None:
                yield inner
                yield from present(item, inner)
