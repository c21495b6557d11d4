"""Judging a message by its rules: each class gets one function, compiled from what it and its parts declare.

A message that breaks nothing is the common case, so the function begins with one generated expression that is true for
such a message; only where it is false every rule is asked in turn (`judge`). `binary.py` derives codecs likewise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, Final, NamedTuple, TypeAlias, cast

import msgspec
from msgspec import UNSET, inspect

from ..errors import ValidationError
from .constraints import Condition, Constraint, equals
from .findings import Finding, below
from .paths import Shape, bare, shape_of, structs_in

__all__ = ["broken", "checker", "has_rules", "is_fine", "judge", "rules_of"]

Check: TypeAlias = Callable[[Any], tuple[Finding, ...]]


class _Part(NamedTuple):
    """A field that holds messages."""

    name: str
    """Wire name."""
    attribute: str
    is_list: bool
    classes: tuple[Any, ...]
    """The classes that they are of."""
    absent: bool
    """Whether it may be absent or null."""


@cache
def rules_of(cls: Any) -> tuple[Constraint, ...]:
    """The rules that a class declares, those of its bases first."""
    declared = (base.__dict__.get("constraints", ()) for base in reversed(cls.__mro__))
    return tuple(rule for rules in declared for rule in cast("Sequence[Constraint]", rules))


@cache
def _parts(cls: Any) -> tuple[_Part, ...]:
    """The fields of a class in which something is judged."""
    info = cast("inspect.StructType", inspect.type_info(cls))
    return tuple(part for field in info.fields if (part := _part(field)) is not None)


def _part(field: inspect.Field) -> _Part | None:
    classes = [info.cls for info in structs_in(field.type)]
    if not any(has_rules(each) for each in classes):
        return None
    info = bare(field.type)
    options = [bare(part) for part in info.types] if isinstance(info, inspect.UnionType) else [info]
    is_list = any(isinstance(option, (inspect.ListType, inspect.VarTupleType)) for option in options)
    absent = not field.required or len(options) > len(classes)
    return _Part(field.encode_name, field.name, is_list, tuple(classes), absent)


_open: Final[set[Any]] = set()
"""Classes whose parts are being looked through: one that holds itself has just the rules that are found elsewhere."""


@cache
def has_rules(cls: Any) -> bool:
    """Whether there is anything to judge in messages of a class."""
    if cls in _open:
        return False
    _open.add(cls)
    try:
        return bool(rules_of(cls)) or bool(_parts(cls))
    finally:
        _open.discard(cls)


# --- in turn ---


def judge(message: Any) -> list[Finding]:
    """Every rule that a message or a part of it breaks, paths from the message on."""
    if not isinstance(message, msgspec.Struct):
        return []
    found = list(broken(message))
    for part in _parts(type(message)):
        value = getattr(message, part.attribute)
        for path, inner in _each(part, value):
            found.extend(below(path, item) for item in judge(inner))
    return _understandable(found)


def broken(message: Any) -> Iterator[Finding]:
    """Every rule of its own class that a message breaks; the rules of its parts apart."""
    cls = cast("Any", type(message))
    shape = shape_of(cls)
    for rule in rules_of(cls):
        if rule.when is None or _counts(rule.when, message, shape):
            yield from rule.findings(message, shape)


def _understandable(found: list[Finding]) -> list[Finding]:
    """Without what could be tolerated about a field that cannot be understood anyway."""
    broken = {item.path for item in found if not item.tolerated}
    return [item for item in found if not item.tolerated or item.path not in broken] if broken else found


def _each(part: _Part, value: Any) -> Iterator[tuple[str, Any]]:
    if value is UNSET or value is None:
        return
    if isinstance(value, (list, tuple)):
        for index, item in enumerate(cast("Sequence[Any]", value)):
            yield f"{part.name}[{index}]", item
    else:
        yield part.name, value


def _counts(condition: Condition, message: Any, shape: Shape) -> bool:
    values = [value for _, value in shape.values(message, condition.path)]
    is_so = any(value in condition.values if condition.values else value is not None for value in values)
    return is_so is not condition.negated


# --- compiled ---


def is_fine(message: Any) -> bool:
    """Whether a message breaks no rule at all."""
    return not isinstance(message, msgspec.Struct) or _fine(type(message))(message)


def _fine(cls: Any) -> Callable[[Any], bool]:
    return cast("Callable[[Any], bool]", _compiled(cls)["fine"])


def checker(cls: Any) -> Check:
    """What `Message.check` does for the messages of a class."""
    return cast("Check", _compiled(cls)["check"])


@cache
def _compiled(cls: Any) -> dict[str, Any]:
    names: dict[str, Any] = {"UNSET": UNSET, "report": _report}

    def name(value: object) -> str:
        known = f"k{len(names)}"
        names[known] = value
        return known

    test = " and ".join([*_rule_tests(cls, name), *(_part_test(part, name) for part in _parts(cls))]) or "True"
    source = f"def fine(m):\n    return {test}\ndef check(m):\n    return () if {test} else report(m)\n"
    exec(compile(source, f"<rules of {cls.__name__}>", "exec"), names)  # noqa: S102  # made of declarations alone
    return names


def _report(message: Any) -> tuple[Finding, ...]:
    found = judge(message)
    if not all(item.tolerated for item in found):
        raise ValidationError.of(found)
    return tuple(found)


def _rule_tests(cls: Any, name: Callable[[object], str]) -> Iterator[str]:
    shape = shape_of(cls)
    grouped: dict[tuple[str, tuple[Any, ...]] | None, tuple[list[str], list[str]]] = {}
    for rule in rules_of(cls):
        test = rule.test(shape, name) or f"{name(_asked(rule, shape))}(m)"
        condition = rule.when
        case: tuple[str, tuple[Any, ...]] | None = None if condition is None else (condition.path, condition.values)
        grouped.setdefault(case, ([], []))[condition is not None and condition.negated].append(test)
    read: dict[str, str] = {}
    for case, (tests, others) in grouped.items():
        so, otherwise = " and ".join(tests) or "True", " and ".join(others) or "True"
        if case is None:
            yield so
        else:
            yield f"(({so}) if {_condition_test(*case, shape, name, read)} else ({otherwise}))"


def _asked(rule: Constraint, shape: Shape) -> Callable[[Any], bool]:
    """Whether a message keeps a rule that has no quick test, whatever its condition."""
    return lambda message: next(iter(rule.findings(message, shape)), None) is None


def _counted(condition: Condition, shape: Shape) -> Callable[[Any], bool]:
    return lambda message: _counts(condition, message, shape)


def _condition_test(
    path: str, values: tuple[Any, ...], shape: Shape, name: Callable[[object], str], read: dict[str, str]
) -> str:
    """A test of one value, which is read from the message once: `read` has the variable that keeps it, by path."""
    value = shape.expression(path) or (shape.tag(path) if values else None)
    if value is None:
        return f"{name(_counted(Condition(path, values), shape))}(m)"
    if not values:
        return f"not {value.absent}" if value.absent else "True"
    if path in read:
        return equals(value._replace(source=read[path]), values, name)
    read[path] = f"c{len(read)}"
    return equals(value._replace(source=f"({read[path]} := {value.source})"), values, name)


def _part_test(part: _Part, name: Callable[[object], str]) -> str:
    value = f"m.{part.attribute}"
    fine = name(_later(part.classes[0]) if len(part.classes) == 1 else _choice(part.classes))
    test = f"all(map({fine}, {value}))" if part.is_list else f"{fine}({value})"
    return f"({value} is UNSET or {value} is None or {test})" if part.absent else test


def _later(cls: Any) -> Callable[[Any], bool]:
    """The test of a part; one that holds itself is looked up when it is asked."""
    return is_fine if cls in _compiling else _compile_part(cls)


def _choice(classes: Sequence[Any]) -> Callable[[Any], bool]:
    """The test of a part that is of one class among several, or of a kind that nobody has listed."""
    tests = {cls: _later(cls) for cls in classes}
    return lambda part: tests.get(type(part), is_fine)(part)


_compiling: Final[set[Any]] = set()


def _compile_part(cls: Any) -> Callable[[Any], bool]:
    _compiling.add(cls)
    try:
        return _fine(cls)
    finally:
        _compiling.discard(cls)
