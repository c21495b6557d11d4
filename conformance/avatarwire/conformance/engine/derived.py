"""Cases that the declaration gives: each member that has to be there left out, each range left, each other value.

A rule is broken in a sample that is right in everything else, and only where two judges agree that the result is wrong:
the rule, and reading, which refuses it even where documented variants are understood. What a broken message has to lead
to is a vendor's to say.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, TypeVar, cast

from avatarwire.codecs import catalogue
from avatarwire.codecs.core.constraint import plain
from avatarwire.codecs.core.constraints import Absent, Constraint, Excluded, Limits, Matches, OneOf, Required
from avatarwire.codecs.core.type_constraints import Typed
from avatarwire.codecs.errors import CodecError
from avatarwire.codecs.ledger import STANDARD_ID

from .case import Case, Need
from .result import LEVELS, Level

__all__ = ["Breakage", "breakages", "cases_of", "level_of"]

BenchT = TypeVar("BenchT")

Change: TypeAlias = Callable[[Any], Any]
"""From the value of a member to another."""

_STEP: Final = re.compile(r"([^.\[\]]+)((?:\[\])*)")
_ITEM: Final = re.compile(r"\[\]\Z")
"""The end of a path that is about the items of a list."""
_NOT_IN_IDS: Final = re.compile(r"[^A-Za-z0-9]+")
_LONG: Final = 100_000
"""Characters or items beyond which a message is too large for other reasons."""
_GONE: Final = object()

_OTHER_TYPES: Final[dict[str, Any]] = {"text": ["no", "text"], "a list": "no list", "an object": "no object"}
"""Values of another type that no documented variant makes one of."""


@dataclass(frozen=True, slots=True)
class Breakage:
    """One rule, and what breaks it.

    Attributes:
        kind: how, such as ``missing``.
        path: wire path of the member; empty for the whole.
        clause: the rule.
        level: how binding it is.
        text: in words.
        change: makes a right sample a wrong one; the sample itself stays as it is.
    """

    kind: str
    path: str
    clause: str
    level: Level
    text: str
    change: Change


def breakages(vendor: str, entry_id: str, sample: Any, encode: Callable[[Any], bytes]) -> list[Breakage]:
    """What breaks the rules of a message, one at a time.

    Args:
        vendor, entry_id: which message.
        sample: plain JSON values that keep every rule; only members that it has are broken.
        encode: what travels, from plain JSON values.

    Raises:
        ValueError: the sample is wrong itself.
    """
    entry = catalogue.vendor(vendor)[entry_id]
    try:
        entry.decode(encode(sample))
    except CodecError as error:
        raise ValueError(f"{vendor} {entry_id}: the sample is wrong: {error}") from None
    found: dict[tuple[str, str], Breakage] = {}
    for rule in entry.constraints:
        level = level_of(vendor, rule.clause)
        if level is None or rule.tolerated or rule.level != "error":
            continue
        for kind, text, change in _ways(rule, sample):
            path = rule.paths[0]
            if (kind, path) in found or not _is_refused(vendor, entry_id, encode, change, sample):
                continue
            found[kind, path] = Breakage(kind, path, rule.clause, level, text, change)
    return list(found.values())


def cases_of(
    vendor: str,
    place: str,
    entry_id: str,
    sample: Any,
    encode: Callable[[Any], bytes],
    run: Callable[[BenchT, Breakage], Awaitable[None]],
    *,
    title: str,
    needs: frozenset[Need] = frozenset({"invalid"}),
) -> list[Case[BenchT]]:
    """A case for each rule that can be broken.

    Args:
        vendor, entry_id, sample, encode: as for `breakages`.
        place: of the ids, such as ``aliyun.http.StartAvatarSession``.
        run: sends a broken message and judges what comes of it.
        title: of each case, with ``{text}`` for what is wrong, such as ``StartAvatarSession with {text} is refused.``
        needs: what the cases cannot do without.
    """

    def case(broken: Breakage) -> Case[BenchT]:
        async def tried(bench: BenchT) -> None:
            await run(bench, broken)

        name = _NOT_IN_IDS.sub("_", _ITEM.sub("[].item", broken.path)).strip("_") or "whole"
        clauses = (broken.clause,)
        id_ = f"{place}.{broken.kind}.{name}"
        return Case(id_, title.format(text=broken.text), clauses, tried, broken.level, needs=needs)

    return [case(broken) for broken in breakages(vendor, entry_id, sample, encode)]


def level_of(vendor: str, clause_id: str) -> Level | None:
    """How binding a clause is; None for what a document merely allows, of which there is no case.

    What another standard states is a must, what only a plain type says, and whatever else is in no ledger, a should.
    """
    ledger = catalogue.vendor(vendor).clauses
    if clause_id not in ledger:
        return "must" if STANDARD_ID.fullmatch(clause_id) else "should"
    level = ledger[clause_id].level
    return level if level in LEVELS else None


def _is_refused(vendor: str, entry_id: str, encode: Callable[[Any], bytes], change: Change, sample: Any) -> bool:
    """Whether reading refuses it, documented variants understood."""
    try:
        catalogue.vendor(vendor).decode(entry_id, encode(change(sample)))
    except CodecError:
        return True
    except (TypeError, ValueError, KeyError):
        return False
    return False


def _ways(rule: Constraint, sample: Any) -> Iterator[tuple[str, str, Change]]:
    """The ways to break a rule: kind, in words, change of the sample."""
    path = rule.paths[0] if rule.paths else ""
    if len(rule.paths) != 1 or (rule.when is not None and not _applies(rule, sample)):
        return
    if isinstance(rule, Absent):
        if not _has(sample, path) and _has(sample, path.rpartition(".")[0]):
            yield "extra", f"a {path} that has no place there", _set(path, "extra")
    elif _has(sample, path):
        yield from _of_member(rule, path)


def _of_member(rule: Constraint, path: str) -> Iterator[tuple[str, str, Change]]:
    """The ways to break a rule about a member that is there."""
    match rule:
        case Required():
            yield "missing", f"no {path}", _set(path, _GONE)
        case Typed():
            other = _OTHER_TYPES.get(rule.type, {"no": "such type"})
            yield "wrong_type", f"a {path or 'body'} that is not {rule.type}", _set(path, other)
        case OneOf():
            yield "not_one_of", f"a {path} of none of the values", _set(path, _another(rule.values))
        case Excluded():
            value = plain(rule.values[0])
            yield "excluded", f"{path} {value!r}", _set(path, value)
        case Matches():
            for wrong in ("", " ", "!", "no such form"):
                if not rule.holds(wrong):
                    yield "wrong_form", f"a {path} of the wrong form", _set(path, wrong)
                    break
        case Limits():
            yield from _beyond(rule, path)
        case _:
            pass


def _beyond(rule: Limits, path: str) -> Iterator[tuple[str, str, Change]]:
    """Values on the other side of each limit."""
    if rule.is_size:
        if rule.min_length:
            size = rule.min_length - 1
            text = f"an empty {path}" if not size else f"a {path} of {size}"
            yield "too_short", text, _changed(path, lambda value: value[:size])
        if rule.max_length is not None and rule.max_length < _LONG:
            more = rule.max_length + 1
            yield "too_long", f"a {path} of {more}", _changed(path, lambda value: _grown(value, more))
        return
    if rule.ge is not None:
        low = _number(rule.ge - 1)
        yield "too_small", f"{path} {low}", _set(path, low)
    if rule.le is not None:
        high = _number(rule.le + 1)
        yield "too_large", f"{path} {high}", _set(path, high)


def _number(value: float) -> float:
    return int(value) if value == int(value) else value


def _grown(value: Any, size: int) -> Any:
    if isinstance(value, list):
        return (cast("list[object]", value) * size)[:size]
    return (str(value) or "x").ljust(size, "x")[:size]


def _another(values: tuple[Any, ...]) -> Any:
    given = [plain(value) for value in values]
    if all(isinstance(value, str) for value in given):
        return "none of them"
    return max((value for value in given if isinstance(value, int)), default=0) + 77


def _applies(rule: Constraint, sample: Any) -> bool:
    condition = rule.when
    return condition is None or condition.is_met([_get(sample, condition.path)])


# --- places in a sample ---


def _steps(path: str) -> list[str | int]:
    """The way to a member; of a list the first item."""
    found: list[str | int] = []
    for name, lists in _STEP.findall(path):
        found += [name, *([0] * (len(lists) // 2))]
    return found


def _get(sample: Any, path: str) -> Any:
    for step in _steps(path):
        try:
            sample = sample[step]
        except (KeyError, IndexError, TypeError):
            return None
    return sample


def _has(sample: Any, path: str) -> bool:
    return _get(sample, path) is not None


def _set(path: str, value: Any) -> Change:
    """Gives one member of a sample another value; `_GONE` takes it out."""
    return _changed(path, lambda _: value)


def _changed(path: str, change: Change) -> Change:
    """Changes one member of a sample."""

    def changed(sample: Any) -> Any:
        steps = _steps(path)
        if not steps:
            return change(sample)
        whole = here = deepcopy(sample)
        for step in steps[:-1]:
            here = here[step]
        last = steps[-1]
        value = change(here[last] if isinstance(last, int) or last in here else None)
        if value is _GONE:
            del here[last]
        else:
            here[last] = value
        return whole

    return changed
