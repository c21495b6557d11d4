"""How documented variants of JSON are told: small functions that each repair exactly one variant, for any vendor.

Only what no vendor owns lives here: where in a message something stands, another name, another type. Which variants
are understood is said in tables beside the vendor's messages, each with its erratum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeGuard

from .core.findings import Finding, deviation
from .message import Leniency

__all__ = ["alias", "digits", "from_digits", "is_list", "is_object", "join", "objects", "repaired"]

_INT64_DIGITS: Final = 19


def objects(here: Any, where: str, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object at a wire path such as ``frames[].layers[]``, with the path of each; other shapes are passed by."""
    if not is_object(here):
        return
    if not where:
        yield path, here
        return
    step, _, rest = where.partition(".")
    name = step.removesuffix("[]")
    inner, below = here.get(name), join(path, name)
    if name == step:
        yield from objects(inner, rest, below)
    elif is_list(inner):
        for index, item in enumerate(inner):
            yield from objects(item, rest, f"{below}[{index}]")


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether a decoded JSON value is an object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether a decoded JSON value is a list."""
    return isinstance(value, list)


def join(path: str, name: str) -> str:
    """The wire path of a member of what stands at `path`."""
    return f"{path}.{name}" if path else name


def repaired(where: str, name: str, erratum: str, told: str, repair: Callable[[Any], Any | None]) -> Leniency:
    """A field, in every object at `where`, whose value `repair` knows a better form of (None: leave it).

    Args:
        where: wire path of the objects, empty for the message itself.
        name: wire name of the field.
        erratum: id of the erratum that documents the variant.
        told: what the value is, after "<name> is".
        repair: gives the ruled form of a value, or None where there is nothing to repair.
    """

    def leniency(fields: dict[str, Any]) -> Finding | None:
        first: Finding | None = None
        for path, holder in objects(fields, where):
            better = repair(holder.get(name))
            if better is not None:
                holder[name] = better
                first = first or deviation(erratum, join(path, name), f"{name} is {told}")
        return first

    return leniency


def from_digits(value: Any) -> int | None:
    """The integer that a text of decimal digits stands for, up to 64 bits; None for anything else."""
    is_digits = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _INT64_DIGITS
    return int(value) if is_digits else None


def digits(where: str, name: str, erratum: str) -> Leniency:
    """An integer given as a text of digits."""
    return repaired(where, name, erratum, "a text of digits", from_digits)


def alias(where: str, name: str, other: str, erratum: str) -> Leniency:
    """A field under another name than it is known to have."""

    def leniency(fields: dict[str, Any]) -> Finding | None:
        first: Finding | None = None
        for path, holder in objects(fields, where):
            if holder.get(name) is None and holder.get(other) is not None:
                holder[name] = holder.pop(other)
                first = first or deviation(erratum, join(path, other), f"{other} stands for {name}")
        return first

    return leniency
