"""The rules of a message as data: what each kind of rule says, of one field or between several.

    >>> class Drive(Message):
    ...     constraints = (
    ...         *when("type", "TEXT_STREAM", Required("dataFlag", clause="ALI-R101")),
    ...         Equal("sessionId", "params.sessionId", clause="GJ-E57", tolerated=True),
    ...     )

Paths are wire paths from the message that declares the rule, ``[]`` standing for every item of a list. Judging a
message by its rules is compiled in `judging.py`; JSON Schema is written from them by `schema` here, and errors, the
catalogue, the documentation and the strategies read them as they stand. Only the kinds live here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final, TypeAlias

import msgspec
from msgspec import structs

from .findings import Finding, Level
from .paths import Expression, Shape, Step, steps

__all__ = [
    "Absent",
    "Computed",
    "Condition",
    "Constraint",
    "Contains",
    "Equal",
    "Excluded",
    "Limits",
    "Matches",
    "Needs",
    "OneOf",
    "Presence",
    "Required",
    "equals",
    "when",
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
        return f"{self.path} is {'not ' if self.negated else ''}{_one_of(self.values)}"

    def schema(self) -> Schema:
        """As JSON Schema."""
        *outer, last = (step.name for step in steps(self.path))
        inner: Schema = {"required": [last]}
        if self.values:
            inner["properties"] = {last: _enumerated(self.values)}
        for name in reversed(outer):
            inner = {"properties": {name: inner}, "required": [name]}
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
        del shape, name
        return ""

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


# --- one field ---


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
        if value is None:
            return ""
        test = self._quick(value, name)
        return f"({value.absent} or {test})" if value.absent else test

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
        if member is None:
            return None
        if shape.is_nullable(self.path):
            member = {"anyOf": [{"type": "null"}, member]}
        return _nested(steps(self.path), lambda last: {"properties": {last: member}})

    def _member(self) -> Schema | None:
        raise NotImplementedError


class Required(_OfField, frozen=True):
    """A field has to be there; null counts as absent."""

    kind: ClassVar[str] = "required"

    @property
    def text(self) -> str:
        return f"{self.path} is there{_as(self.when)}"

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

        return _nested(steps(self.path), member)


class Absent(_OfField, frozen=True):
    """A field has to be left out; null counts as absent."""

    kind: ClassVar[str] = "absent"

    @property
    def text(self) -> str:
        return f"{self.path} is left out{_as(self.when)}"

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

        return _nested(steps(self.path), member)


class OneOf(_OfField, frozen=True):
    """A field has one of some values, if it is there."""

    kind: ClassVar[str] = "enum"

    values: tuple[Scalar, ...]

    @property
    def text(self) -> str:
        return f"{self.path} is {_one_of(self.values)}{_as(self.when)}"

    def _value(self, shape: Shape) -> Expression | None:
        return shape.expression(self.path) or shape.tag(self.path)

    def holds(self, value: Any) -> bool:
        return value in self.values

    def _words(self, path: str, value: Any) -> tuple[str, str]:
        return f"got {_shown(value)}", _one_of(self.values)

    def _quick(self, value: Expression, name: Callable[[object], str]) -> str:
        return equals(value, self.values, name)

    def _member(self) -> Schema:
        return _enumerated(self.values)


class Excluded(_OfField, frozen=True):
    """A field has none of some values."""

    kind: ClassVar[str] = "excluded"

    values: tuple[Scalar, ...]

    @property
    def text(self) -> str:
        return f"{self.path} is not {_one_of(self.values)}{_as(self.when)}"

    def holds(self, value: Any) -> bool:
        return value not in self.values

    def _words(self, path: str, value: Any) -> tuple[str, str]:
        return f"got {_shown(value)}", ""

    def _quick(self, value: Expression, name: Callable[[object], str]) -> str:
        return f"not {equals(value, self.values, name)}"

    def _member(self) -> Schema:
        return {"not": _enumerated(self.values)}


class Matches(_OfField, frozen=True):
    """A text matches a regular expression (searched, so anchor it); `expected` says in words what that asks for."""

    kind: ClassVar[str] = "pattern"

    pattern: str

    @property
    def text(self) -> str:
        said = f"is {self.expected}" if self.expected else f"matches {self.pattern}"
        return f"{self.path} {said}{_as(self.when)}"

    def holds(self, value: Any) -> bool:
        return re.search(self.pattern, value) is not None

    def _words(self, path: str, value: Any) -> tuple[str, str]:
        return "wrong form", f"text matching {self.pattern}"

    def _quick(self, value: Expression, name: Callable[[object], str]) -> str:
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
    def text(self) -> str:
        return f"{self.path} is {self._range()}{_as(self.when)}"

    def _range(self) -> str:
        if self.min_length is not None or self.max_length is not None:
            noun, unit = ("a list", " items") if self.is_list else ("text", " characters")
            return _between(noun, self.min_length, self.max_length, unit)
        return _between("a number", self.ge, self.le)

    def holds(self, value: Any) -> bool:
        if self.min_length is not None or self.max_length is not None:
            size = len(value)
            return (self.min_length or 0) <= size and (self.max_length is None or size <= self.max_length)
        return (self.ge is None or value >= self.ge) and (self.le is None or value <= self.le)

    def _words(self, path: str, value: Any) -> tuple[str, str]:
        is_size = self.min_length is not None or self.max_length is not None
        got = f"{len(value)} {'items' if self.is_list else 'characters'}" if is_size else _shown(value)
        return f"got {got}", self._range()

    def _quick(self, value: Expression, name: Callable[[object], str]) -> str:
        is_size = self.min_length is not None or self.max_length is not None
        measured = f"len({value.source})" if is_size else value.source
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


# --- several fields ---


class Equal(Constraint, frozen=True):
    """Two fields have the same value, where both are there.

    Attributes:
        path, other: the fields; it is the second that is reported.
        prefix: text that either may begin with, which does not count.
    """

    kind: ClassVar[str] = "equal"

    path: str
    other: str
    prefix: str = ""

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path, self.other)

    @property
    def text(self) -> str:
        return f"{self.other} is the same as {self.path}{_as(self.when)}"

    def findings(self, message: Any, shape: Shape) -> Iterator[Finding]:
        for (_, one), (path, two) in zip(
            shape.values(message, self.path), shape.values(message, self.other), strict=True
        ):
            if one is not None and two is not None and self._bare(one) != self._bare(two):
                yield self._found(path, f"{self.other} is not the {self.path} beside it")

    def _bare(self, value: Any) -> Any:
        return value.removeprefix(self.prefix) if self.prefix else value

    def test(self, shape: Shape, name: Callable[[object], str]) -> str:
        one, two = shape.expression(self.path), shape.expression(self.other)
        if one is None or two is None:
            return ""
        tests = [part for part in (one.absent, two.absent) if part]
        bare = f".removeprefix({self.prefix!r})" if self.prefix else ""
        return f"({' or '.join([*tests, f'{one.source}{bare} == {two.source}{bare}'])})"

    def schema(self, shape: Shape) -> None:
        return None


class Presence(Constraint, frozen=True):
    """At least, or at most, so many of some fields are there.

    Attributes:
        names: their wire paths.
        least, most: how many.
        filled: whether an empty text or list counts as absent.
    """

    kind: ClassVar[str] = "presence"

    names: tuple[str, ...]
    least: int = 0
    most: int | None = None
    filled: bool = False

    @property
    def paths(self) -> tuple[str, ...]:
        return self.names

    @property
    def text(self) -> str:
        how = f"at least {self.least}" if self.least else f"at most {self.most}"
        return f"{how} of {', '.join(self.names)} {'has a value' if self.filled else 'is there'}{_as(self.when)}"

    def findings(self, message: Any, shape: Shape) -> Iterator[Finding]:
        values = [value for path in self.names for _, value in shape.values(message, path)]
        count = sum(bool(value) if self.filled else value is not None for value in values)
        if count < self.least:
            yield self._found("", f"none of {', '.join(self.names)} is there", "one of them", self.names)
        elif self.most is not None and count > self.most:
            yield self._found(self.names[-1], f"{' and '.join(self.names)} are both there", "one of them")

    def test(self, shape: Shape, name: Callable[[object], str]) -> str:
        values = [shape.expression(path) for path in self.names]
        if self.most is not None or self.least != 1 or None in values:
            return ""
        if self.filled:
            return f"bool({' or '.join(value.source for value in values if value)})"
        return f"({' or '.join(f'not {value.absent}' if value.absent else 'True' for value in values if value)})"

    def schema(self, shape: Shape) -> Schema:
        some = [_there(name, shape, filled=self.filled) for name in self.names]
        if self.least:
            return {"anyOf": some}
        return {"not": {"allOf": some}}


class Needs(Constraint, frozen=True):
    """Where one of some fields is there, so is another.

    Attributes:
        names: wire paths of those fields.
        path: wire path of the other.
        unless: wire paths of fields with any of which it may be absent.
        filled: whether an empty text or list counts as absent, among `names` and `unless`.
    """

    kind: ClassVar[str] = "needs"

    names: tuple[str, ...]
    path: str
    unless: tuple[str, ...] = ()
    filled: bool = False

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path, *self.names, *self.unless)

    @property
    def text(self) -> str:
        unless = f", unless {' or '.join(self.unless)} is" if self.unless else ""
        return f"{self.path} is there where any of {', '.join(self.names)} is{unless}{_as(self.when)}"

    def findings(self, message: Any, shape: Shape) -> Iterator[Finding]:
        if self._any(self.names, message, shape) and not self._any(self.unless, message, shape):
            for path, value in shape.values(message, self.path):
                if value is None:
                    expected = f"a value, as {' or '.join(self.names)} is there"
                    yield self._found(path, MISSING, expected, (path, *self.unless))

    def _any(self, names: Sequence[str], message: Any, shape: Shape) -> bool:
        values = (value for path in names for _, value in shape.values(message, path))
        return any(bool(value) if self.filled else value is not None for value in values)

    def test(self, shape: Shape, name: Callable[[object], str]) -> str:
        value = shape.expression(self.path)
        names = [shape.expression(path) for path in self.names]
        unless = [shape.expression(path) for path in self.unless]
        if value is None or None in names or None in unless:
            return ""
        needless = " and ".join(f"not {self._is_there(each)}" for each in names if each)
        tests = [f"({needless})", *(self._is_there(each) for each in unless if each)]
        return f"({f'not {value.absent} or ' if value.absent else 'True or '}{' or '.join(tests)})"

    def _is_there(self, value: Expression) -> str:
        if self.filled:
            return f"bool({value.source})"
        return f"(not {value.absent})" if value.absent else "True"

    def schema(self, shape: Shape) -> Schema:
        some: Schema = {"anyOf": [_there(name, shape, filled=self.filled) for name in self.names]}
        if self.unless:
            others = [_there(name, shape, filled=self.filled) for name in self.unless]
            some = {"allOf": [some, {"not": {"anyOf": others}}]}
        return {"if": some, "then": Required(self.path, clause=self.clause).schema(shape)}


class Contains(Constraint, frozen=True):
    """A list has at least, or at most, so many items in which a field has a value.

    Attributes:
        path: wire path of the list.
        member: wire path of the field, from an item on.
        value: its value.
        least, most: how many.
    """

    kind: ClassVar[str] = "contains"

    path: str
    member: str
    value: Scalar
    least: int = 0
    most: int | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path,)

    @property
    def text(self) -> str:
        limits = [f"at least {self.least}"] if self.least else []
        limits += [] if self.most is None else [f"at most {self.most}"]
        return f"{self.path} has {' and '.join(limits)} whose {self.member} is {self.value}{_as(self.when)}"

    def findings(self, message: Any, shape: Shape) -> Iterator[Finding]:
        for path, items in shape.values(message, self.path):
            if items is None:
                continue
            inner = f"{self.path}[].{self.member}"
            count = sum(value == self.value for where, value in shape.values(message, inner) if where.startswith(path))
            if count < self.least or (self.most is not None and count > self.most):
                yield self._found(path, f"{count} items whose {self.member} is {self.value}", self.text)

    def test(self, shape: Shape, name: Callable[[object], str]) -> str:
        items, inner = shape.expression(self.path), shape.items(self.path)
        value = inner and (inner.expression(self.member) or inner.tag(self.member))
        if items is None or not value:
            return ""
        # Inside, m is an item: it is only the list that is looked up outside.
        counted = f"({equals(value, (self.value,), name)} for m in {items.source})"
        if self.least == 1 and self.most is None:
            test = f"any{counted}"
        else:
            test = f"{self.least} <= sum{counted}{'' if self.most is None else f' <= {self.most}'}"
        return f"({items.absent} or {test})" if items.absent else test

    def schema(self, shape: Shape) -> Schema:
        contained: Schema = {"const": _plain(self.value)}
        for step in reversed(steps(self.member)):
            contained = {"properties": {step.name: contained}, "required": [step.name]}
        counted: Schema = {"contains": contained, "minContains": self.least}
        if self.most is not None:
            counted["maxContains"] = self.most
        return _nested(steps(self.path), lambda last: {"properties": {last: counted}})


class Computed(Constraint, frozen=True):
    """A rule that no other kind can say: it computes.

    Attributes:
        names: the wire paths it is about.
        judge: gives the findings about a message; it alone says what they are.
        says: the rule in one sentence.
        breaks: a message that breaks it, as JSON values: changes to a valid one, by wire path.
        mend: changes a JSON object that breaks it so that it does not; for strategies.
        holds: a quick way to know that nothing breaks it; False says nothing.
        written: the same for JSON Schema, where that can say it.
    """

    kind: ClassVar[str] = "computed"

    names: tuple[str, ...]
    judge: Callable[[Any], Iterable[Finding]]
    says: str
    breaks: Mapping[str, Any]
    mend: Callable[[dict[str, Any]], None]
    holds: Callable[[Any], bool] | None = None
    written: Mapping[str, Any] | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        return self.names

    @property
    def text(self) -> str:
        return f"{self.says}{_as(self.when)}"

    def findings(self, message: Any, shape: Shape) -> Iterator[Finding]:
        yield from self.judge(message)

    def test(self, shape: Shape, name: Callable[[object], str]) -> str:
        return "" if self.holds is None else f"{name(self.holds)}(m)"

    def schema(self, shape: Shape) -> Schema | None:
        return None if self.written is None else dict(self.written)


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


def _as(condition: Condition | None) -> str:
    return f" where {condition.text}" if condition else ""


def _plain(value: Scalar) -> Any:
    """A value as JSON has it; members of enumerations are what they stand for."""
    return getattr(value, "value", value)


def _shown(value: Any) -> str:
    text = repr(_plain(value))
    return text if len(text) <= 80 else f"{text[:79]}…"


def _one_of(values: Sequence[Scalar]) -> str:
    words = [_word(_plain(value)) for value in values]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _word(value: Any) -> str:
    return {"True": "true", "False": "false", "None": "null"}.get(repr(value), str(value))


def _between(noun: str, low: float | None, high: float | None, unit: str = "") -> str:
    if low is not None and high is not None:
        return f"{noun} of {low} to {high}{unit}"
    return f"{noun} of at least {low}{unit}" if low is not None else f"{noun} of at most {high}{unit}"


def _enumerated(values: Sequence[Scalar]) -> Schema:
    plain = [_plain(value) for value in values]
    return {"const": plain[0]} if len(plain) == 1 else {"enum": plain}


def _there(path: str, shape: Shape, *, filled: bool) -> Schema:
    """That a member is there, all objects on the way too."""
    *outer, last = (step.name for step in steps(path))
    nothing: list[Any] = ([None] if shape.is_nullable(path) else []) + (["", []] if filled else [])
    inner: Schema = {"required": [last]}
    if nothing:
        inner["properties"] = {last: {"not": {"enum": nothing}}}
    return _inside(outer, inner)


def _inside(outer: Sequence[str], inner: Schema) -> Schema:
    """A schema of what is inside some objects, as one of the outermost, all of which have to be there."""
    if not outer:
        return inner
    return {"properties": {outer[0]: _inside(outer[1:], inner)}, "required": [outer[0]]}


def _nested(way: Sequence[Step], leaf: Callable[[str], Schema]) -> Schema:
    """A schema about what stands at the end of a way, for the object that it begins at."""
    step, *rest = way
    if not rest:
        return {"properties": {step.name: {"items": leaf("")}}} if step.is_list else leaf(step.name)
    inner = _nested(rest, leaf)
    return {"properties": {step.name: {"items": inner} if step.is_list else inner}}
