"""Where the catalogue cites a clause: in entries, and in the members declared in them. Nothing is judged here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, cast

from msgspec import inspect

from .entry import Catalogue

__all__ = ["citing"]

_CITED_IN: Final = ("clause", "tolerated")


def citing(catalogue: Catalogue, clause_id: str) -> Iterator[str]:
    """What cites a clause: ids of entries, and members such as ``text_drive.request askType``; each type once."""
    seen: set[type] = set()
    for entry in catalogue.entries.values():
        if clause_id in entry.clauses:
            yield entry.id
        if entry.type is not None:
            for path in _members(inspect.type_info(entry.type), clause_id, "", seen):
                yield f"{entry.id} {path}".rstrip()


def _members(info: inspect.Type, clause_id: str, path: str, seen: set[type]) -> Iterator[str]:
    """Wire paths, below a declaration, of the members whose documentation names a clause."""
    match info:
        case inspect.Metadata():
            extra = cast("dict[str, Any]", info.extra or {})  # pyright: ignore[reportUnknownMemberType]  # bare dict
            if clause_id in (extra.get(name) for name in _CITED_IN):
                yield path
            yield from _members(info.type, clause_id, path, seen)
        case inspect.UnionType():
            for part in info.types:
                yield from _members(part, clause_id, path, seen)
        case inspect.ListType() | inspect.VarTupleType():
            yield from _members(info.item_type, clause_id, f"{path}[]", seen)
        case inspect.StructType() if info.cls not in seen:
            seen.add(info.cls)
            for field in info.fields:
                name = field.encode_name
                yield from _members(field.type, clause_id, f"{path}.{name}" if path else name, seen)
        case _:
            pass
