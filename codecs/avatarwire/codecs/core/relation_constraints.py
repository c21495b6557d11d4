"""Rules between several fields, and the escape hatch that computes. Only those kinds live here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from .constraint import MISSING, Constraint, Scalar, Schema, equals, inside, nested, plain, shown_value, there, where
from .findings import Finding
from .member_constraints import Required
from .paths import Expression, Shape, steps

__all__ = ["Begins", "Computed", "Contains", "Equal", "Needs", "Presence"]


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
        return f"{self.other} is the same as {self.path}{where(self.when)}"

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
        return f"{how} of {', '.join(self.names)} {'has a value' if self.filled else 'is there'}{where(self.when)}"

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
        some = [there(name, shape, filled=self.filled) for name in self.names]
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
        return f"{self.path} is there where any of {', '.join(self.names)} is{unless}{where(self.when)}"

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
        some: Schema = {"anyOf": [there(name, shape, filled=self.filled) for name in self.names]}
        if self.unless:
            others = [there(name, shape, filled=self.filled) for name in self.unless]
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
        return f"{self.path} has {' and '.join(limits)} whose {self.member} is {self.value}{where(self.when)}"

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
        return items.unless_absent(test)

    def schema(self, shape: Shape) -> Schema:
        contained = inside([step.name for step in steps(self.member)], {"const": plain(self.value)})
        counted: Schema = {"contains": contained, "minContains": self.least}
        if self.most is not None:
            counted["maxContains"] = self.most
        return nested(steps(self.path), lambda last: {"properties": {last: counted}})


class Begins(Constraint, frozen=True):
    """In the first item of a list a field has a value; what an empty list begins with, nothing says.

    Attributes:
        path: wire path of the list.
        member: wire path of the field, from the item on.
        value: its value.
    """

    kind: ClassVar[str] = "begins"

    path: str
    member: str
    value: Scalar

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path,)

    @property
    def text(self) -> str:
        return f"the first of {self.path} is one whose {self.member} is {self.value}{where(self.when)}"

    def findings(self, message: Any, shape: Shape) -> Iterator[Finding]:
        for path, items in shape.values(message, self.path):
            if not items:
                continue
            first = f"{path}[0].{self.member}"
            found = dict(shape.values(message, f"{self.path}[].{self.member}")).get(first)
            if found != self.value:
                yield self._found(first, f"got {shown_value(found)}", f"{self.value}, as the first")

    def test(self, shape: Shape, name: Callable[[object], str]) -> str:
        return ""

    def schema(self, shape: Shape) -> Schema:
        first = inside([step.name for step in steps(self.member)], {"const": plain(self.value)})
        return nested(steps(self.path), lambda last: {"properties": {last: {"prefixItems": [first]}}})


class Computed(Constraint, frozen=True):
    """A rule that no other kind can say: it computes.

    Attributes:
        names: the wire paths it is about.
        judge: gives the findings about a message; only it defines what they are.
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
        return f"{self.says}{where(self.when)}"

    def findings(self, message: Any, shape: Shape) -> Iterator[Finding]:
        yield from self.judge(message)

    def test(self, shape: Shape, name: Callable[[object], str]) -> str:
        return "" if self.holds is None else f"{name(self.holds)}(m)"

    def schema(self, shape: Shape) -> Schema | None:
        return None if self.written is None else dict(self.written)
