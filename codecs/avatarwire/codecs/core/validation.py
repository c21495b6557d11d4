"""Validating a message: every error of a message with its path, not only the first.

For messages that people write by hand, such as scripts: whoever repairs one wants all that is wrong with it at once.
What is right is decoded as fast as ever; only what was refused is walked through again, member by member, against the
same declarations (`survey`), and what is left of it without its errors is checked by the rules between fields. Nothing
vendor-specific lives here.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache, cached_property
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    ClassVar,
    Final,
    NamedTuple,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec
from msgspec import UnsetType, inspect

from ..errors import DecodeError, ValidationError, shown
from ..ledger import with_type_clauses
from ..message import Int64, Message
from .checking import SENDER, approver, judge
from .constraints import Constraint
from .conversion import convert, type_info
from .error_mapping import UNREADABLE, validation_error
from .findings import MAX_FINDINGS, TOO_MANY, Finding, Level, joined, refused
from .introspection import describe, unwrapped
from .json_codec import JsonCodec
from .json_text import check_crowd
from .received import Received
from .undeclared_variants import overlooks

__all__ = ["Validated", "ValidatingCodec", "relaxed", "survey"]

ValidatedT = TypeVar("ValidatedT", bound="Validated")

_GONE: Final = object()
"""Stands for a value that was dropped because of its errors."""


class Validated(Message):
    """A message, or an object inside one, of which every error is reported."""

    sender_constraints: ClassVar[tuple[Constraint, ...]] = ()
    """Rules for what is sent, those of the bases apart; decoding and making take no notice of them."""

    @classmethod
    def refusal(cls, fields: Mapping[str, Any]) -> ValidationError:
        return ValidationError.of(refused(_unexplained(_read(cls, fields)[1])), message=cls.__name__)


class ValidatingCodec(JsonCodec[ValidatedT]):
    """Decodes and encodes one such message; the errors it raises carry every error.

    A value outside limits that are marked as tolerated (`doc`) is read into a subclass of the type, without those
    limits: a message to look at, or to repair by `replace`. `encode` refuses it for as long as it breaks them.
    """

    most_values = 5_000
    """Fewer than of other messages: each is looked at for itself, and people write no more by hand."""

    @cached_property
    def _is_fine(self) -> Callable[[Any], bool]:
        return approver(self.type)

    @cached_property
    def is_sendable(self) -> Callable[[Any], bool]:
        """Whether a message keeps the rules that only a sender is held to. Made once it is needed."""
        return approver(self.type, SENDER)

    @cached_property
    def _overlooks(self) -> Callable[[Any, bytes], bool]:
        return overlooks(self.type, self.repairs)

    @cached_property
    def read_ruled(self) -> Callable[[bytes], Received[ValidatedT] | None]:
        """What `decode` gives for a text in which nothing is to be told; None for any other. Made once it is needed.

        Of a small text, looking up what it takes would cost as much as checking the rules.
        """
        read, is_fine, overlooks, message = self.decode_strict, self._is_fine, self._overlooks, self.message
        most = self.most_values

        def read_ruled(data: bytes) -> Received[ValidatedT] | None:
            try:
                if len(data) > most:
                    check_crowd(data, most)
                value = read(data)
            except UNREADABLE:  # what is wrong comes to light when it is read carefully
                return None
            return Received(value, (), data, message) if is_fine(value) and not overlooks(value, data) else None

        return read_ruled

    def decode(self, data: bytes, *, strict: bool = False, offset: int = 0) -> Received[ValidatedT]:
        if not strict:
            received = self.read_ruled(data)
            if received is not None:
                return received
        return self.decode_carefully(data, strict=strict, offset=offset)

    def is_ruled(self, value: ValidatedT, data: bytes) -> bool:
        return self._is_fine(value) and not self._overlooks(value, data)

    def findings(self, data: bytes) -> tuple[Finding, ...]:
        """Everything by which a JSON text is not as it should be sent; empty when it is.

        Those that lenient decoding understands are marked (`Finding.tolerated`).
        """
        try:
            check_crowd(data, self.most_values)
            value = self.decode_strict(data)
            if self.is_ruled(value, data) and self.is_sendable(value):
                return ()
        except UNREADABLE:
            # As above.
            pass
        try:
            fields, found = self._object(data, 0, strict=True)
        except DecodeError as error:
            return (Finding(error.clause, error.path, error.reason, error.expected),)
        found.extend(self._repaired(fields))
        left, faults = _read(self.type, fields)
        told = _unexplained([*faults, *judge(left, SENDER)])
        return with_type_clauses((*found, *told), self.vendor, self.entry)

    def encode(self, value: ValidatedT, *, strict: bool = True) -> bytes:
        """UTF-8 JSON without white space.

        Args:
            value: the message.
            strict: refuse what only lenient reading takes.

        Raises:
            EncodeError: a message of another type.
            ValidationError: a rule is broken; with `strict` also one that is for senders only.
        """
        if strict and isinstance(value, self.type):
            told = judge(value, SENDER)
            if type(value) is not self.type:
                ruled, faults = _read(self.type, value.to_dict())
                told = [*faults, *told]
                value = cast("ValidatedT", ruled)
            self.refuse(told)
        return super().encode(value, strict=strict)

    def _from_object(
        self, fields: dict[str, Any], found: Sequence[Finding], *, text_values: bool = False
    ) -> tuple[ValidatedT, tuple[Finding, ...]]:
        noticed = [*found, *self._repaired(fields)]
        value, faults = _read(self.type, fields)
        if value is None or not all(fault.tolerated for fault in faults):
            raise self._error([*noticed, *_unexplained(faults)])
        return value, (*noticed, *faults)


def _read(type_: type[ValidatedT], fields: Mapping[str, Any]) -> tuple[ValidatedT | None, list[Finding]]:
    """The message, or what is left of it without its errors (None if nothing can be), and all its errors."""
    faults: list[Finding] = []
    try:
        value = convert(fields, type_)
    except UNREADABLE as error:
        faults, rest = survey(type_, fields)
        faults = faults or [*validation_error(type_, str(error)).findings]
        try:
            value = convert(rest, relaxed(type_))
        except UNREADABLE:
            return None, faults
    return value, [*faults, *judge(value)]


def _unexplained(faults: Sequence[Finding]) -> list[Finding]:
    """The errors without those that only miss what another error has made unreadable."""
    broken = {fault.path for fault in faults if not fault.members}
    return [fault for fault in faults if not any(_within(member, broken) for member in fault.members)]


def _within(path: str, others: Collection[str]) -> bool:
    """Whether a wire path is one of the others or leads through it."""
    return path in others or any(path[: step.start()] in others for step in _STEP.finditer(path))


_STEP: Final = re.compile(r"[.\[]")
"""Where a step of a wire path begins."""


# --- the walk ---


class _Declared(NamedTuple):
    """What is declared at one place."""

    hint: Any
    """The annotation without "or absent"."""
    info: inspect.Type
    """The same in msgspec's view, without its documentation."""
    clause: str
    tolerated: str
    """The clause by which a value outside its limits is understood; empty when it is not."""
    level: Level
    expected: str


class _Field(NamedTuple):
    wire: str
    required: bool
    declared: _Declared


def survey(type_: Any, value: object) -> tuple[list[Finding], Any]:
    """Every error of decoded JSON against a declaration, types and limits alike, in the order of the declaration.

    Lists and objects are walked into; whatever else is declared, msgspec checks as a whole.

    Args:
        type_: what the value should be.
        value: decoded JSON. Messages in it that were made already count as right.

    Returns:
        The errors, and the value without what is wrong: a field with an error is left out, and so is a list of plain
        values with one among them; an object in a list keeps its place, if need be empty. What is tolerated stays.
        Of more than `MAX_FINDINGS` errors the first, and `TOO_MANY`; nothing is left of the value then.
    """
    faults: list[Finding] = []
    try:
        kept = _walk(_declared(type_), value, "", "", faults)
    except _Enough:
        return [*faults[:MAX_FINDINGS], TOO_MANY], None
    return faults, kept


class _Enough(Exception):
    """There are more errors than are told."""


def _walk(declared: _Declared, value: object, path: str, clause: str, faults: list[Finding]) -> Any:
    """What is right of a value; errors are appended. An item of a list is under the clause of the list by default."""
    clause = declared.clause or clause
    match declared.info:
        case inspect.StructType(cls=cls) if isinstance(value, dict):
            return _walk_object(cls, cast("dict[str, object]", value), path, faults)
        case inspect.ListType() | inspect.VarTupleType() | inspect.TupleType() if isinstance(value, (list, tuple)):
            return _walk_list(declared, cast("Sequence[object]", value), path, clause, faults)
        case _:
            return _judged_whole(declared, value, path, clause, faults)


def _walk_object(cls: type, value: Mapping[str, object], path: str, faults: list[Finding]) -> Any:
    kept: dict[str, Any] = {}
    for wire, required, declared in _fields(cls):
        where = joined(path, wire)
        if wire in value:
            item = _walk(declared, value[wire], where, "", faults)
            if item is not _GONE:
                kept[wire] = item
        elif required:
            faults.append(Finding(declared.clause, where, "required field is missing", declared.expected))
    return kept


def _walk_list(declared: _Declared, value: Sequence[object], path: str, clause: str, faults: list[Finding]) -> Any:
    before = len(faults)
    inner, (least, most) = _items(declared)
    items: list[Any] = []
    for index, each in enumerate(value):
        items.append(_walk(inner[min(index, len(inner) - 1)], each, f"{path}[{index}]", clause, faults))
        if len(faults) > MAX_FINDINGS:
            raise _Enough
    is_fitting = least <= len(items) and (most is None or len(items) <= most)
    if not is_fitting:
        faults.insert(before, _outside(declared, f"got {len(items)} items", path, clause))
    if not (is_fitting or declared.tolerated):
        return _GONE
    if isinstance(inner[0].info, inspect.StructType):
        return [{} if each is _GONE else each for each in items]
    return _GONE if _GONE in items else items


def _items(declared: _Declared) -> tuple[tuple[_Declared, ...], tuple[int, int | None]]:
    """What is declared for the items of a list, the last for all that follow, and how many there may be."""
    hints = get_args(_bare(declared.hint))
    match declared.info:
        case inspect.TupleType():
            return tuple(map(_declared, hints)), (len(hints), len(hints))
        case info:
            limits = cast("inspect.ListType", info)
            return (_declared(hints[0]),), (limits.min_length or 0, limits.max_length)


def _judged_whole(declared: _Declared, value: object, path: str, clause: str, faults: list[Finding]) -> Any:
    try:
        convert(value, declared.hint)
    except UNREADABLE as error:
        if declared.tolerated and _fits(value, relaxed(declared.hint)):
            faults.append(_outside(declared, f"got {shown(value)}", path, clause))
            return value
        told = validation_error(declared.hint, str(error), value=value)
        step = "" if not told.path or told.path.startswith("[") else "."
        expected = told.expected if told.path else declared.expected
        named = told.clause if told.path else clause
        faults.append(Finding(named, f"{path}{step}{told.path}", told.reason, expected))
        return _GONE
    return value


def _fits(value: object, hint: Any) -> bool:
    try:
        convert(value, hint)
    except UNREADABLE:
        return False
    return True


def _outside(declared: _Declared, reason: str, path: str, clause: str) -> Finding:
    """The error of a value that has the right type, outside its limits."""
    is_tolerated = bool(declared.tolerated)
    return Finding(declared.tolerated or clause, path, reason, declared.expected, declared.level, is_tolerated)


# --- annotations ---


@cache
def _fields(cls: type) -> tuple[_Field, ...]:
    hints = get_type_hints(cls, include_extras=True)
    info = cast("inspect.StructType", type_info(cls))
    return tuple(_Field(field.encode_name, field.required, _declared(hints[field.name])) for field in info.fields)


@cache
def _declared(hint: Any) -> _Declared:
    hint = _present(hint)
    info, clause = unwrapped(type_info(hint))
    tolerated, level = next(filter(None, map(_tolerance, get_args(hint)[1:])), ("", "error"))
    return _Declared(hint, info, clause, tolerated, level, describe(info))


def _tolerance(part: Any) -> tuple[str, Level] | None:
    """Clause and level by which values outside the limits of a piece of documentation are understood, if they are."""
    extra: dict[str, Any] = (part.extra or {}) if isinstance(part, msgspec.Meta) else {}
    return (extra["tolerated"], extra["level"]) if extra.get("tolerated") else None


def _present(hint: Any) -> Any:
    """An annotation without "or absent"; msgspec takes that for fields only."""
    if get_origin(hint) not in (Union, UnionType):
        return hint
    return Union[tuple(part for part in get_args(hint) if part is not UnsetType)]  # noqa: UP007  # parts are values


def _bare(hint: Any) -> Any:
    """An annotation without its documentation, and without "or absent" and "or null"."""
    while True:
        if get_origin(hint) is Annotated:
            hint = get_args(hint)[0]
            continue
        parts = [part for part in get_args(hint) if part not in (UnsetType, NoneType)]
        if get_origin(hint) not in (Union, UnionType) or len(parts) != 1:
            return hint
        hint = parts[0]


def relaxed(hint: Any) -> Any:
    """An annotation without the limits that are marked as tolerated, in the objects inside it too."""
    parts, origin = get_args(hint), get_origin(hint)
    if isinstance(hint, msgspec.StructMeta):
        return _relaxed_message(cast("type[Message]", hint))
    if origin is Annotated:
        kept = tuple(part for part in parts[1:] if not _tolerance(part))
        if parts[0] is int and not kept:
            # That it has 64 bits is no limit of the document's.
            return Int64
        return Annotated[(relaxed(parts[0]), *kept)] if kept else relaxed(parts[0])
    inside = tuple(relaxed(part) for part in parts)
    if inside == parts:
        return hint
    generic: Any = Union if origin in (Union, UnionType) else origin
    return generic[inside]


@cache
def _relaxed_message(cls: type[Message]) -> type[Message]:
    """A subclass of a message whose fields are relaxed; the message itself, if nothing in it is to be."""
    hints = get_type_hints(cls, include_extras=True)
    annotations: dict[str, Any] = {}
    namespace: dict[str, Any] = {
        "__annotations__": annotations,
        "__module__": cls.__module__,
        "__qualname__": cls.__qualname__,
        "__doc__": cls.__doc__,
    }
    for field in cast("inspect.StructType", type_info(cls)).fields:
        loose = relaxed(hints[field.name])
        if loose != hints[field.name]:
            annotations[field.name] = loose
            # msgspec's view has no default for a field that is absent by default.
            absent = not field.required and field.default is msgspec.NODEFAULT
            namespace[field.name] = msgspec.field(
                default=msgspec.UNSET if absent else field.default, name=field.encode_name
            )
    if not annotations:
        return cls
    made = types.new_class(cls.__name__, (cls,), exec_body=lambda body: body.update(namespace))
    return cast("type[Message]", made)
