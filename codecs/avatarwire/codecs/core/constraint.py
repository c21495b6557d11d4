"""What every rule of a message has in common, its condition, and the words and schemas that the kinds are written in.

The kinds are in `member_constraints.py` and `relation_constraints.py`; `constraints.py` has all of them under one name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, ClassVar, Final, TypeAlias

import msgspec
from msgspec import structs

from .findings import Finding, Level
from .paths import Expression, Shape, Step, steps

__all__ = [
    "MISSING",
    "Condition",
    "Constraint",
    "Scalar",
    "Schema",
    "enumerated",
    "equals",
    "inside",
    "nested",
    "one_of",
    "plain",
    "shown_value",
    "there",
    "when",
    "where",
]

Scalar: TypeAlias = "str | int | float | bool | None"
Schema: TypeAlias = dict[str, Any]

MISSING: Final = "required field is missing"


class Condition(msgspec.Struct, frozen=True):
    """What has to be so for a rule to count.

    Attributes:
        path: wire path of the deciding field.
        values: the values that decide so; none of them given means any value at all, that it is there.
        negated: whether it is the other way round.
    """

    path: str
    values: tuple[Scalar, ...] = ()
    negated: bool = False

    @property
    def text(self) -> str:
        """In words, such as ``type is TEXT_STREAM``."""
        if not self.values:
            return f"{self.path} is {'absent' if self.negated else 'there'}"
        return f"{self.path} is {'not ' if self.negated else ''}{one_of(self.values)}"

    def is_met(self, found: Iterable[Any]) -> bool:
        """Whether it is so, where `found` is all that stands at its path; None is what is absent or null."""
        is_so = any(value in self.values if self.values else value is not None for value in found)
        return is_so is not self.negated

    def schema(self) -> Schema:
        """As JSON Schema."""
        *outer, last = (step.name for step in steps(self.path))
        inner: Schema = {"required": [last]}
        if self.values:
            inner["properties"] = {last: enumerated(self.values)}
        inner = inside(outer, inner)
        return {"not": inner} if self.negated else inner


class Constraint(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of a message.

    Attributes:
        clause: the rule or erratum that says so.
        level: how binding it is (`Finding.level`).
        tolerated: whether lenient reading understands what breaks it.
        reason, expected: sentences of the finding, where the kind's own will not do.
        when: the condition under which it counts; None for always.
    """

    kind: ClassVar[str] = ""

    clause: str
    level: Level = "error"
    tolerated: bool = False
    reason: str = ""
    expected: str = ""
    when: Condition | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """The wire paths it is about."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """The rule in one sentence."""
        raise NotImplementedError

    def findings(self, message: Any, shape: Shape) -> Iterator[Finding]:
        """What in `message` breaks it, whatever `when` says."""
        raise NotImplementedError

    def test(self, shape: Shape, name: Callable[[object], str]) -> str:
        """A Python expression about ``m`` that is true where nothing breaks it; empty where there is no quick one.

        Args:
            shape: of the message.
            name: gives a constant a name that the expression may use.
        """
        raise NotImplementedError

    def schema(self, shape: Shape) -> Schema | None:
        """The same for JSON Schema, without its condition; None where JSON Schema cannot say it."""
        raise NotImplementedError

    def _found(self, path: str, reason: str, expected: str = "", members: tuple[str, ...] = ()) -> Finding:
        return Finding(
            self.clause,
            path,
            self.reason or reason,
            self.expected or ("" if self.reason else expected),
            self.level,
            self.tolerated,
            members,
        )


def when(path: str, values: Scalar | tuple[Scalar, ...], *rules: Constraint, negated: bool = False) -> tuple[Any, ...]:
    """Rules that count only where a field has one of some values; an empty tuple of values: where it is there."""
    given = values if isinstance(values, tuple) else (values,)
    condition = Condition(path, given, negated)
    return tuple(structs.replace(rule, when=condition) for rule in rules)


# --- words and schemas ---


def equals(value: Expression, values: Sequence[Any], name: Callable[[object], str]) -> str:
    """A Python expression that is true where a value is one of some others."""
    if value.classes is not None:
        values = [value.classes[each] for each in values if each in value.classes]
        if len(values) == 1:
            return f"({value.source} is {name(values[0])})"
    if value.enum is not None:
        # What is decoded, and what is made, are members; they are compared in half the time.
        values = [value.enum(each) for each in values]
        if len(values) == 1:
            return f"({value.source} is {name(values[0])})"
    if len(values) == 1:
        return f"({value.source} == {name(values[0])})"
    return f"({value.source} in {name(frozenset(values))})"


def where(condition: Condition | None) -> str:
    """A condition as the end of a sentence."""
    return f" where {condition.text}" if condition else ""


def plain(value: Scalar) -> Any:
    """A value as JSON has it; members of enumerations are what they stand for."""
    return getattr(value, "value", value)


def shown_value(value: Any) -> str:
    """A short rendering of a value."""
    text = repr(plain(value))
    return text if len(text) <= 80 else f"{text[:79]}…"


def one_of(values: Sequence[Scalar]) -> str:
    """Values in words: ``1, 2 or 3``."""
    words = [_word(plain(value)) for value in values]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _word(value: Any) -> str:
    return {"True": "true", "False": "false", "None": "null"}.get(repr(value), str(value))


def enumerated(values: Sequence[Scalar]) -> Schema:
    """One of some values, as JSON Schema."""
    given = [plain(value) for value in values]
    return {"const": given[0]} if len(given) == 1 else {"enum": given}


def there(path: str, shape: Shape, *, filled: bool) -> Schema:
    """That a member is there, all objects on the way too."""
    *outer, last = (step.name for step in steps(path))
    nothing: list[Any] = ([None] if shape.is_nullable(path) else []) + (["", []] if filled else [])
    inner: Schema = {"required": [last]}
    if nothing:
        inner["properties"] = {last: {"not": {"enum": nothing}}}
    return inside(outer, inner)


def inside(outer: Sequence[str], inner: Schema) -> Schema:
    """A schema of what is inside some objects, as one of the outermost, all of which have to be there."""
    if not outer:
        return inner
    return {"properties": {outer[0]: inside(outer[1:], inner)}, "required": [outer[0]]}


def nested(way: Sequence[Step], leaf: Callable[[str], Schema]) -> Schema:
    """A schema about what stands at the end of a way, for the object that it begins at."""
    step, *rest = way
    if not rest:
        return {"properties": {step.name: {"items": leaf("")}}} if step.is_list else leaf(step.name)
    inner = nested(rest, leaf)
    return {"properties": {step.name: {"items": inner} if step.is_list else inner}}
