"""Rules about one field: whether it is there, and what its value may be. Only those kinds live here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Final

from .constraint import MISSING, Constraint, Scalar, Schema, enumerated, equals, nested, one_of, shown_value, where
from .findings import Finding
from .paths import Expression, Shape, steps

__all__ = ["Absent", "Excluded", "Limits", "Matches", "OneOf", "Required"]


class _OfField(Constraint, frozen=True):
    path: str

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path,)

    def findings(self, message: Any, shape: Shape) -> Iterator[Finding]:
        for path, value in shape.values(message, self.path):
            if value is not None and not self.holds(value):
                reason, expected = self._words(path, value)
                yield self._found(path, reason, expected)

    def test(self, shape: Shape, name: Callable[[object], str]) -> str:
        value = self._value(shape)
        return "" if value is None else value.unless_absent(self._quick(value, name))

    def _value(self, shape: Shape) -> Expression | None:
        return shape.expression(self.path)

    def holds(self, value: Any) -> bool:
        """Whether a value that is there keeps it."""
        raise NotImplementedError

    def _words(self, path: str, value: Any) -> tuple[str, str]:
        """Reason and expectation of the finding."""
        raise NotImplementedError

    def _quick(self, value: Expression, name: Callable[[object], str]) -> str:
        raise NotImplementedError

    def schema(self, shape: Shape) -> Schema | None:
        member = self._member()
        if shape.is_nullable(self.path):
            member = {"anyOf": [{"type": "null"}, member]}
        return nested(steps(self.path), lambda last: {"properties": {last: member}})

    def _member(self) -> Schema:
        raise NotImplementedError


class Required(_OfField, frozen=True):
    """A field has to be there; null counts as absent."""

    kind: ClassVar[str] = "required"

    @property
    def text(self) -> str:
        return f"{self.path} is there{where(self.when)}"

    def findings(self, message: Any, shape: Shape) -> Iterator[Finding]:
        expected = f"a value, as {self.when.text}" if self.when else ""
        for path, value in shape.values(message, self.path):
            if value is None:
                yield self._found(path, MISSING, expected, (path,))

    def test(self, shape: Shape, name: Callable[[object], str]) -> str:
        value = shape.expression(self.path)
        return "" if value is None else f"not {value.absent}" if value.absent else "True"

    def schema(self, shape: Shape) -> Schema:
        is_nullable = shape.is_nullable(self.path)

        def member(last: str) -> Schema:
            some: Schema = {"properties": {last: {"not": {"type": "null"}}}} if is_nullable else {}
            return {"required": [last], **some}

        return nested(steps(self.path), member)


class Absent(_OfField, frozen=True):
    """A field has to be left out; null counts as absent."""

    kind: ClassVar[str] = "absent"

    @property
    def text(self) -> str:
        return f"{self.path} is left out{where(self.when)}"

    def findings(self, message: Any, shape: Shape) -> Iterator[Finding]:
        reason = f"{self.path} is left out when {self.when.text}" if self.when else f"there is no member {self.path}"
        for path, value in shape.values(message, self.path):
            if value is not None:
                yield self._found(path, reason)

    def test(self, shape: Shape, name: Callable[[object], str]) -> str:
        value = shape.expression(self.path)
        return "" if value is None else value.absent or "False"

    def schema(self, shape: Shape) -> Schema:
        is_nullable = shape.is_nullable(self.path)

        def member(last: str) -> Schema:
            return {"properties": {last: {"type": "null"}}} if is_nullable else {"not": {"required": [last]}}

        return nested(steps(self.path), member)


class OneOf(_OfField, frozen=True):
    """A field has one of some values, if it is there."""

    kind: ClassVar[str] = "enum"

    values: tuple[Scalar, ...]

    @property
    def text(self) -> str:
        return f"{self.path} is {one_of(self.values)}{where(self.when)}"

    def _value(self, shape: Shape) -> Expression | None:
        return shape.expression(self.path) or shape.tag(self.path)

    def holds(self, value: Any) -> bool:
        return value in self.values

    def _words(self, path: str, value: Any) -> tuple[str, str]:
        return f"got {shown_value(value)}", one_of(self.values)

    def _quick(self, value: Expression, name: Callable[[object], str]) -> str:
        return equals(value, self.values, name)

    def _member(self) -> Schema:
        return enumerated(self.values)


class Excluded(_OfField, frozen=True):
    """A field has none of some values."""

    kind: ClassVar[str] = "excluded"

    values: tuple[Scalar, ...]

    @property
    def text(self) -> str:
        return f"{self.path} is not {one_of(self.values)}{where(self.when)}"

    def holds(self, value: Any) -> bool:
        return value not in self.values

    def _words(self, path: str, value: Any) -> tuple[str, str]:
        return f"got {shown_value(value)}", ""

    def _quick(self, value: Expression, name: Callable[[object], str]) -> str:
        return f"not {equals(value, self.values, name)}"

    def _member(self) -> Schema:
        return {"not": enumerated(self.values)}


_BEGINNING: Final = re.compile(r"\^([A-Za-z:/-]*)(?:([A-Za-z])\?)?([A-Za-z:/-]*)")
"""Patterns that ask for nothing but how a text begins, such as ``^https?://``; one letter of it may be optional."""


class Matches(_OfField, frozen=True):
    """A text matches a regular expression (searched, so anchor it); `expected` says in words what that asks for."""

    kind: ClassVar[str] = "pattern"

    pattern: str

    @property
    def text(self) -> str:
        said = f"is {self.expected}" if self.expected else f"matches {self.pattern}"
        return f"{self.path} {said}{where(self.when)}"

    def holds(self, value: Any) -> bool:
        return re.search(self.pattern, value) is not None

    def _words(self, path: str, value: Any) -> tuple[str, str]:
        return "wrong form", f"text matching {self.pattern}"

    def _quick(self, value: Expression, name: Callable[[object], str]) -> str:
        beginning = _BEGINNING.fullmatch(self.pattern)
        if beginning is not None:
            # As most patterns are; no expression is searched, and no match made, to see how a text begins.
            first, perhaps, rest = beginning.groups("")
            return f"{value.source}.startswith({(first + rest, first + perhaps + rest)!r})"
        return f"{name(re.compile(self.pattern).search)}({value.source}) is not None"

    def _member(self) -> Schema:
        return {"pattern": self.pattern}


class Limits(_OfField, frozen=True):
    """A number lies in a range, or a text or a list has so many characters or items."""

    kind: ClassVar[str] = "limits"

    ge: float | None = None
    le: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    is_list: bool = False

    @property
    def is_size(self) -> bool:
        """Whether it is characters or items that are limited, and not a number."""
        return self.min_length is not None or self.max_length is not None

    @property
    def text(self) -> str:
        return f"{self.path} is {self._range()}{where(self.when)}"

    def _range(self) -> str:
        if self.is_size:
            noun, unit = ("a list", " items") if self.is_list else ("text", " characters")
            return _between(noun, self.min_length, self.max_length, unit)
        return _between("a number", self.ge, self.le)

    def holds(self, value: Any) -> bool:
        if self.is_size:
            size = len(value)
            return (self.min_length or 0) <= size and (self.max_length is None or size <= self.max_length)
        return (self.ge is None or value >= self.ge) and (self.le is None or value <= self.le)

    def _words(self, path: str, value: Any) -> tuple[str, str]:
        got = f"{len(value)} {'items' if self.is_list else 'characters'}" if self.is_size else shown_value(value)
        return f"got {got}", self._range()

    def _quick(self, value: Expression, name: Callable[[object], str]) -> str:
        if self.min_length == 1 and self.max_length is None:
            return value.source  # a text or a list is true unless it is empty, in half the time of its length
        measured = f"len({value.source})" if self.is_size else value.source
        low = self.ge if self.min_length is None else self.min_length
        high = self.le if self.max_length is None else self.max_length
        return f"{'' if low is None else f'{low!r} <= '}{measured}{'' if high is None else f' <= {high!r}'}"

    def _member(self) -> Schema:
        size = "Items" if self.is_list else "Length"
        limits = {
            "minimum": self.ge,
            "maximum": self.le,
            f"min{size}": self.min_length,
            f"max{size}": self.max_length,
        }
        return {name: limit for name, limit in limits.items() if limit is not None}


def _between(noun: str, low: float | None, high: float | None, unit: str = "") -> str:
    if low is not None and high is not None:
        return f"{noun} of {low} to {high}{unit}"
    return f"{noun} of at least {low}{unit}" if low is not None else f"{noun} of at most {high}{unit}"
