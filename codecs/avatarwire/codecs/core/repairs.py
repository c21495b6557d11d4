"""The documented variants of a message as data: what lenient reading understands, and how it puts each right.

A repair is asked for only once strict reading has failed. It works on decoded JSON, in place, before the strict type is
tried again; a `RawRepair` on the bytes before they are read as JSON. Each knows an example, from which the strategies
make variants of valid messages. `apply` and `apply_raw` are the one engine; only it and the kinds live here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar, Final, TypeGuard

import msgspec

from .constraints import Absent, Condition
from .findings import Finding, Level, joined
from .members import LARGEST, SMALLEST
from .paths import steps

__all__ = [
    "Convert",
    "Copy",
    "Drop",
    "Fill",
    "FrameRepair",
    "RawRepair",
    "Rename",
    "Repair",
    "Reshape",
    "apply",
    "apply_raw",
    "digits",
    "drop",
    "from_digits",
    "is_list",
    "is_object",
    "objects",
]

_DIGITS: Final = re.compile(r"-?[0-9]{1,19}")
NO_EXAMPLE: Final = object()


class _Described(msgspec.Struct, frozen=True, kw_only=True):
    does: str = ""
    expected: str = ""
    level: Level = "error"
    when: Condition | None = None
    about: str | None = None
    example: Any = NO_EXAMPLE
    written: Mapping[str, Any] | None = None


class Repair(_Described, frozen=True):
    """One documented variant of a message, and how it is put right.

    Attributes:
        erratum: id of the erratum or rule that documents it.
        path: wire path of the member that is put right; ``[]`` stands for every item of a list.
        does: what is unlike the ruled form, as one sentence; ``{name}`` is the member's name, ``{path}`` its path.
        expected: the ruled form, where the sentence does not say it.
        level: of the finding.
        when: what has to be so.
        about: wire path of the object of which that has to be so; None for the one that the member stands in.
        example: a value that shows it, where the kind does not say how a variant is made.
        written: for JSON Schema, that it is not there, where the kind does not say so; empty where the types say it.
    """

    kind: ClassVar[str] = ""

    erratum: str
    path: str

    def change(self, holder: dict[str, Any], name: str) -> str | None:
        """Puts the member right, in the object that it stands in.

        Returns:
            The name that the finding is about, None where there is nothing to repair.
        """
        raise NotImplementedError

    def apply(self, fields: dict[str, Any]) -> Finding | None:
        """Puts right every place there is, and says so of the first."""
        where, last = _place(self.path)
        if not where and self.when is None:
            # A member of the message itself, as most are: nothing to look for.
            name = self.change(fields, last)
            return None if name is None else self._finding(name, last)
        first: Finding | None = None
        for path, holder in self._holders(fields, where):
            name = self.change(holder, last)
            if name is not None and first is None:
                first = self._finding(joined(path, name), last)
        return first

    def _holders(self, fields: dict[str, Any], where: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """The objects at a wire path in which the member is put right, with the path of each."""
        about = where if self.about is None else self.about
        inner = where.removeprefix(about).removeprefix(".")
        for path, subject in objects(fields, about):
            if self.when is None or self.when.is_met((subject.get(self.when.path),)):
                yield from objects(subject, inner, path)

    @property
    def text(self) -> str:
        """The variant in one sentence."""
        return self._said(self.path, steps(self.path)[-1].name)

    def _said(self, path: str, name: str) -> str:
        return (self.does or self._sentence()).format(name=name, path=path)

    def _finding(self, path: str, name: str) -> Finding:
        return Finding(self.erratum, path, self._said(path, name), self.expected, self.level, tolerated=True)

    def _sentence(self) -> str:
        return ""


class Rename(Repair, frozen=True):
    """A member under another name than the ruled one, where it is not there under that.

    Attributes:
        other: the other name.
        to: gives the ruled form of what stands there, None where it stands for nothing; None to take it as it is. With
            it, `example` is what stands there.
    """

    kind: ClassVar[str] = "rename"

    other: str = ""
    to: Callable[[Any], Any | None] | None = None

    def change(self, holder: dict[str, Any], name: str) -> str | None:
        given = holder.get(self.other)
        if given is not None and self.to is not None:
            given = self.to(given)
        if given is None or holder.get(name) is not None:
            return None
        del holder[self.other]
        holder[name] = given
        return self.other

    def _sentence(self) -> str:
        return f"{self.other} stands for {{name}}"


class Convert(Repair, frozen=True):
    """A value in another form.

    Attributes:
        to: gives the ruled form of a value, None where there is nothing to repair. It is asked about any JSON value.
    """

    kind: ClassVar[str] = "convert"

    to: Callable[[Any], Any | None] = lambda _: None

    def change(self, holder: dict[str, Any], name: str) -> str | None:
        better = self.to(holder[name]) if name in holder else None
        if better is None:
            return None
        holder[name] = better
        return name


class Fill(Repair, frozen=True):
    """A member that is missing, or null, where a value can stand in for it.

    Attributes:
        value: the value.
        null_only: whether it has to be there, as null.
    """

    kind: ClassVar[str] = "fill"

    value: Any = None
    null_only: bool = False

    def change(self, holder: dict[str, Any], name: str) -> str | None:
        if holder.get(name) is not None or (self.null_only and name not in holder):
            return None
        holder[name] = self.value
        return name

    def _sentence(self) -> str:
        return "{name} is null" if self.null_only else "{name} is missing or null"


class Drop(Repair, frozen=True):
    """A member that has no business where it stands: it is left out, so that not even a wrong value of it counts."""

    kind: ClassVar[str] = "drop"

    def change(self, holder: dict[str, Any], name: str) -> str | None:
        if name not in holder:
            return None
        del holder[name]
        return name

    def _sentence(self) -> str:
        return f"{{name}} is left out when {self.when.text}" if self.when else "there is no member {name}"


class Copy(Repair, frozen=True):
    """A member that is missing in one place and stands in another as well.

    Attributes:
        source: wire path of the other place, without lists.
        to: what becomes of the text on the way.
    """

    kind: ClassVar[str] = "copy"

    source: str = ""
    to: Callable[[str], str] = str

    def apply(self, fields: dict[str, Any]) -> Finding | None:
        where, last = _place(self.path)
        holder = _at(fields, where) if where else fields
        if not is_object(holder) or holder.get(last) is not None:
            return None
        given = _at(fields, self.source)
        if not isinstance(given, str):
            return None
        holder[last] = self.to(given)
        return self._finding(self.path, last)

    def _sentence(self) -> str:
        return f"{{path}} is missing; {self.source} is taken for it"


class Reshape(Repair, frozen=True):
    """A variant that no other kind can say.

    Attributes:
        to: changes the decoded message in place; gives the name and the sentence of the finding, None for no change.
        variant: makes the variant of a valid message, in place.
    """

    kind: ClassVar[str] = "reshape"

    to: Callable[[dict[str, Any]], tuple[str, str] | None] = lambda _: None
    variant: Callable[[dict[str, Any]], None] | None = None

    def apply(self, fields: dict[str, Any]) -> Finding | None:
        done = self.to(fields)
        if done is None:
            return None
        path, reason = done
        return Finding(self.erratum, path, reason, self.expected, self.level, tolerated=True)


class RawRepair(msgspec.Struct, frozen=True):
    """A variant that is seen before the bytes are read as JSON.

    Attributes:
        erratum: id of the erratum or rule that documents it.
        does: what is unlike the ruled form, as one sentence.
        to: gives the ruled form of some bytes, None where there is nothing to repair.
        variant: makes the variant of valid bytes.
        path: wire path that the finding is about; empty for the whole message.
        level: of the finding.
    """

    kind: ClassVar[str] = "raw"

    erratum: str
    does: str
    to: Callable[[bytes], bytes | None]
    variant: Callable[[bytes], bytes]
    path: str = ""
    level: Level = "error"

    @property
    def text(self) -> str:
        """The variant in one sentence."""
        return self.does


class FrameRepair(msgspec.Struct, frozen=True):
    """A variant of the header of a frame, which its reader understands by itself.

    Attributes:
        erratum: id of the erratum or rule that documents it.
        does: what is unlike the ruled form, as one sentence.
        path: wire name of the member of the header.
        variant: makes the variant of a ruled frame.
        level: of the finding.
    """

    kind: ClassVar[str] = "frame"

    erratum: str
    does: str
    path: str
    variant: Callable[[bytes], bytes]
    level: Level = "error"

    @property
    def text(self) -> str:
        """The variant in one sentence."""
        return self.does


def apply(repairs: Sequence[Repair], fields: dict[str, Any]) -> list[Finding]:
    """Puts right, in place, every variant that decoded JSON shows."""
    return [found for repair in repairs if (found := repair.apply(fields)) is not None]


def apply_raw(repairs: Sequence[RawRepair], data: bytes) -> tuple[bytes, list[Finding]]:
    """Puts right every variant that bytes show."""
    found: list[Finding] = []
    for repair in repairs:
        better = repair.to(data)
        if better is not None:
            data = better
            found.append(Finding(repair.erratum, repair.path, repair.does, "", repair.level, tolerated=True))
    return data, found


# --- frequent ones ---


def from_digits(value: Any) -> int | None:
    """The integer of 64 bits that a text of decimal digits stands for, None for anything else: AW-DIGITS."""
    if not (isinstance(value, str) and _DIGITS.fullmatch(value)):
        return None
    number = int(value)
    return number if SMALLEST <= number <= LARGEST else None


def digits(path: str, erratum: str, *, example: str = "7") -> Convert:
    """An integer given as a text of digits, where an erratum of the vendor's is about that; a warning as AW-DIGITS."""
    return Convert(erratum, path, to=from_digits, does="{name} is a text of digits", example=example, level="warning")


def drop(rule: Absent, where: str = "", example: Any = None) -> Drop:
    """The repair of a rule that a member is left out: it is ignored.

    Args:
        rule: the rule.
        where: wire path of the object that the rule is about.
        example: a value of the member.
    """
    return Drop(
        rule.clause,
        f"{where}.{rule.path}" if where else rule.path,
        does=rule.reason,
        expected=rule.expected,
        level=rule.level,
        when=rule.when,
        about=where,
        example=example,
    )


# --- decoded JSON ---


def objects(here: Any, where: str, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object at a wire path such as ``frames[].layers[]``, with the path of each; other shapes are passed by."""
    if not is_object(here):
        return
    if not where:
        yield path, here
        return
    step, _, rest = where.partition(".")
    name = step.removesuffix("[]")
    inner, below = here.get(name), f"{path}.{name}" if path else name
    if name == step:
        yield from objects(inner, rest, below)
    elif is_list(inner):
        for index, item in enumerate(inner):
            yield from objects(item, rest, f"{below}[{index}]")


@cache
def _place(path: str) -> tuple[str, str]:
    """The path of the object that a member stands in, and the name of the member."""
    where, _, name = path.rpartition(".")
    return where, name


def _at(fields: Any, path: str) -> Any:
    here = fields
    for step in steps(path):
        if not is_object(here):
            return None
        here = here.get(step.name)
    return here


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether a decoded JSON value is an object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether a decoded JSON value is a list."""
    return isinstance(value, list)
