"""Looking into decoded JSON by wire paths: what stands there, what is declared for it, whether a condition holds.

Nothing is changed here.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from msgspec import UnsetType, inspect

from avatarwire.codecs.core.constraints import Condition
from avatarwire.codecs.core.introspection import declaration
from avatarwire.codecs.core.paths import steps, structs_in
from avatarwire.codecs.core.repairs import is_list, is_object

__all__ = ["annotation_at", "chosen", "counts", "declared_at", "places"]


def chosen(structs: list[inspect.StructType], value: dict[str, Any]) -> inspect.StructType:
    """Of several structs the one that the tag in an object names."""
    return next((each for each in structs if each.tag_field and value.get(each.tag_field) == each.tag), structs[0])


def counts(condition: Condition, value: Any) -> bool:
    """Whether a condition holds in a JSON object."""
    return condition.is_met(holder.get(name) for holder, name in places(value, condition.path))


def places(value: Any, path: str) -> Iterator[tuple[dict[str, Any], str]]:
    """The objects in which the member at the end of a wire path stands, or could."""
    *outer, last = steps(path)
    holders: list[Any] = [value]
    for step in outer:
        inner = [holder.get(step.name) for holder in holders if is_object(holder)]
        holders = [item for each in inner for item in (each if is_list(each) else [each])]
    for holder in holders:
        if is_object(holder):
            yield holder, last.name


@cache
def declared_at(cls: Any, path: str) -> inspect.Type:
    """What is declared for the member at a wire path, as far as it leads through one struct only."""
    info = declaration(cls)
    for step in steps(path):
        struct = next(each for each in structs_in(info) if any(field.encode_name == step.name for field in each.fields))
        info = next(field.type for field in struct.fields if field.encode_name == step.name)
    return info


@cache
def annotation_at(cls: Any, path: str) -> Any:
    """The annotation of the member at a wire path, without "or absent"."""
    *outer, last = steps(path)
    holder: Any = structs_in(declared_at(cls, ".".join(step.name for step in outer)))[0].cls if outer else cls
    names = dict(zip(holder.__struct_encode_fields__, holder.__struct_fields__, strict=True))
    hint = get_type_hints(holder, include_extras=True)[names[last.name]]
    parts = [part for part in get_args(hint) if part is not UnsetType] if get_origin(hint) in (Union, UnionType) else []
    return Union[tuple(parts)] if parts else hint  # noqa: UP007  # parts are values
