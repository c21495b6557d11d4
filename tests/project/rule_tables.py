"""The tables of `docs/rules.md`: every rule between fields and every variant that is understood, as declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import inspect

from avatarwire.codecs.catalogue import Catalogue
from avatarwire.codecs.core.constraints import Constraint
from avatarwire.codecs.core.paths import structs_in

__all__ = ["rules", "variants"]

_MARKS = {True: "understood", False: "refused"}


def rules(catalogue: Catalogue) -> tuple[tuple[str, ...], ...]:
    """Rows of object, rule, clause and what becomes of a message that breaks it."""
    found: dict[Any, None] = {}
    for entry in catalogue.entries.values():
        if entry.type is not None:
            found.update(dict.fromkeys(_classes(inspect.type_info(entry.type), set())))
    return tuple(
        (f"`{cls.__name__}`", _text(rule), rule.clause, _MARKS[rule.tolerated])
        for cls in sorted(found, key=lambda cls: str(cls.__name__))
        for rule in _own(cls)
    )


def variants(catalogue: Catalogue) -> tuple[tuple[str, ...], ...]:
    """Rows of message, member, variant and clause."""
    return tuple(
        (f"`{entry.id}`", f"`{repair.path}`" if repair.path else "", repair.text, repair.erratum)
        for entry in catalogue.entries.values()
        for repair in entry.repairs
    )


def _own(cls: Any) -> tuple[Constraint, ...]:
    declared: tuple[Constraint, ...] = cls.__dict__.get("constraints", ())
    return declared


def _text(rule: Constraint) -> str:
    return rule.text.replace("\n", " ")


def _classes(info: inspect.Type, seen: set[Any]) -> Iterator[Any]:
    """Every struct in a declaration, and the bases that it has its rules from."""
    for struct in structs_in(info):
        if struct.cls in seen:
            continue
        seen.add(struct.cls)
        yield from struct.cls.__mro__
        for field in struct.fields:
            yield from _classes(field.type, seen)
