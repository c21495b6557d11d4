"""Checking a message by its rules: each class gets one function, compiled from what it and its parts declare.

A message that breaks nothing is the common case, so the function consists of generated tests that are true for such a
message; only where one is false every rule is asked in turn (`judge`). `binary.py` derives codecs likewise.

A class may have more than one set of rules, each a class attribute: its `constraints`, by which everything is checked,
and `SENDER`, by which only what is sent is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any, Final, NamedTuple, TypeAlias, cast

import msgspec
from msgspec import UNSET, inspect

from ..errors import ValidationError
from .constraints import Condition, Constraint, equals
from .conversion import type_info
from .findings import MAX_FINDINGS, TOO_MANY, Finding, below, refused
from .paths import Shape, bare, shape_of, structs_in

__all__ = ["SENDER", "against", "approver", "broken", "checker", "has_rules", "is_fine", "judge", "rules_of"]

Check: TypeAlias = Callable[[Any], tuple[Finding, ...]]

RULES: Final = "constraints"
SENDER: Final = "sender_constraints"
"""The class attribute with the rules that only a sender is held to (`validation.py`)."""


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
def rules_of(cls: Any, of: str = RULES) -> tuple[Constraint, ...]:
    """The rules that a class declares, those of its bases first.

    Args:
        cls: a message.
        of: the set that is asked for.
    """
    declared = (base.__dict__.get(of, ()) for base in reversed(cls.__mro__))
    return tuple(rule for rules in declared for rule in cast("Sequence[Constraint]", rules))


@cache
def _parts(cls: Any, of: str) -> tuple[_Part, ...]:
    """The fields of a class in which something is checked."""
    info = cast("inspect.StructType", type_info(cls))
    return tuple(part for field in info.fields if (part := _part(field, of)) is not None)


def _part(field: inspect.Field, of: str) -> _Part | None:
    classes = [info.cls for info in structs_in(field.type)]
    if not any(has_rules(each, of) for each in classes):
        return None
    info = bare(field.type)
    options = [bare(part) for part in info.types] if isinstance(info, inspect.UnionType) else [info]
    is_list = any(isinstance(option, (inspect.ListType, inspect.VarTupleType)) for option in options)
    absent = not field.required or len(options) > len(classes)
    return _Part(field.encode_name, field.name, is_list, tuple(classes), absent)


_open: Final[set[Any]] = set()
"""Classes whose parts are being looked through: one that holds itself has just the rules that are found elsewhere."""


@cache
def has_rules(cls: Any, of: str = RULES) -> bool:
    """Whether there is anything to check in messages of a class."""
    if (cls, of) in _open:
        return False
    _open.add((cls, of))
    try:
        return bool(rules_of(cls, of)) or bool(_parts(cls, of))
    finally:
        _open.discard((cls, of))


# --- in turn ---


def judge(message: Any, of: str = RULES) -> list[Finding]:
    """Every rule that a message or a part of it breaks, paths from the message on; `TOO_MANY` behind so many.

    Args:
        message: of any type; only messages have rules.
        of: the set of rules.
    """
    found = [*islice(_judged(message, of), MAX_FINDINGS + 1)]
    told = _understandable(found[:MAX_FINDINGS])
    return told if len(found) <= MAX_FINDINGS else [*told, TOO_MANY]


def _judged(message: Any, of: str) -> Iterator[Finding]:
    if not isinstance(message, msgspec.Struct):
        return
    yield from broken(message, of)
    for part in _parts(type(message), of):
        for path, inner in _each(part, getattr(message, part.attribute)):
            yield from (below(path, item) for item in _judged(inner, of))


def broken(message: Any, of: str = RULES) -> Iterator[Finding]:
    """Every rule of its own class that a message breaks; the rules of its parts apart."""
    yield from against(rules_of(cast("Any", type(message)), of), message)


def against(rules: Sequence[Constraint], message: Any) -> Iterator[Finding]:
    """What some rules find about a message itself."""
    cls = cast("Any", type(message))
    shape = shape_of(cls)
    for rule in rules:
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
    return condition.is_met(value for _, value in shape.values(message, condition.path))


# --- compiled ---


def is_fine(message: Any, of: str = RULES) -> bool:
    """Whether a message breaks no rule at all."""
    return not isinstance(message, msgspec.Struct) or approver(type(message), of)(message)


def approver(cls: Any, of: str = RULES) -> Callable[[Any], bool]:
    """What `is_fine` does for the messages of a class."""
    return cast("Callable[[Any], bool]", _compiled(cls, of)["fine"])


def checker(cls: Any) -> Check:
    """What `Message.check` does for the messages of a class."""
    return cast("Check", _compiled(cls, RULES)["check"])


@cache
def _compiled(cls: Any, of: str) -> dict[str, Any]:
    names: dict[str, Any] = {"UNSET": UNSET, "report": _report}

    def name(value: object) -> str:
        known = f"k{len(names)}"
        names[known] = value
        return known

    lines = list(_lines(cls, "m", of, name, ()))
    source = "\n".join(
        (
            "def fine(m):",
            *(f"    {line}".replace(_BROKEN, "return False") for line in lines),
            "    return True",
            "def check(m):",
            *(f"    {line}".replace(_BROKEN, "return report(m)") for line in lines),
            "    return ()",
        )
    )
    exec(compile(source, f"<{of} of {cls.__name__}>", "exec"), names)  # noqa: S102  # made of declarations alone
    return names


_BROKEN: Final = "broken!"
"""Stands for what is done where a rule is broken."""
_MESSAGE: Final = re.compile(r"(?<![\w.'\"])m(?![\w'\"])")
"""The variable that generated tests are about."""


def _lines(cls: Any, variable: str, of: str, name: Callable[[object], str], outer: tuple[Any, ...]) -> Iterator[str]:
    """The statements that check the message in a variable; those about its parts stand in the midst of them.

    Args:
        cls: of the message.
        variable: its name.
        of: the set of rules.
        name: gives a constant a name.
        outer: the classes of the messages that hold it.
    """
    for test in _rule_tests(cls, name, of):
        yield f"if not ({_MESSAGE.sub(variable, test)}): {_BROKEN}"
    for part in _parts(cls, of):
        yield from _lines_of_part(part, variable, of, name, (*outer, cls))


def _lines_of_part(
    part: _Part, variable: str, of: str, name: Callable[[object], str], outer: tuple[Any, ...]
) -> Iterator[str]:
    inner = f"m{len(outer)}"
    indent = ""
    yield f"{inner} = {variable}.{part.attribute}"
    if part.absent:
        # Neither UNSET nor None, which are no truth, as messages are; nor a list without any.
        yield f"if {inner}:"
        indent += "    "
    if part.is_list:
        yield f"{indent}for {inner} in {inner}:"
        indent += "    "
    [cls, *others] = part.classes
    if others or cls in outer:
        yield f"{indent}if not {name(_looked_up(of))}({inner}): {_BROKEN}"
    else:
        yield from (f"{indent}{line}" for line in _lines(cls, inner, of, name, outer))


def _report(message: Any) -> tuple[Finding, ...]:
    found = judge(message)
    if not all(item.tolerated for item in found):
        raise ValidationError.of(refused(found))
    return tuple(found)


def _rule_tests(cls: Any, name: Callable[[object], str], of: str) -> Iterator[str]:
    shape = shape_of(cls)
    grouped: dict[tuple[str, tuple[Any, ...]] | None, tuple[list[str], list[str]]] = {}
    for rule in rules_of(cls, of):
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


def _looked_up(of: str) -> Callable[[Any], bool]:
    """The test of a part that may be of several classes, of a kind that nobody has listed, or of its holder's class.

    Which one it is, is found out when it is asked for: a class that holds itself has none before it is compiled.
    """
    tests: dict[Any, Callable[[Any], bool]] = {}

    def test(part: Any) -> bool:
        cls = cast("Any", type(part))
        known = tests.get(cls)
        if known is None:
            known = tests[cls] = approver(cls, of) if issubclass(cls, msgspec.Struct) else _nothing_to_judge
        return known(part)

    return test


def _nothing_to_judge(value: object) -> bool:
    del value
    return True
