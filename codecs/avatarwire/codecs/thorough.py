"""Judging thoroughly: every fault of a message with its path, not only the first.

For messages that people write by hand, such as scripts: whoever repairs one wants all that is wrong with it at once.
What is right is decoded as fast as ever; only what was refused is walked through again, member by member, against the
same declarations (`survey`). Rules between fields are written once, in `Thorough.judge`, and serve decoding, making,
encoding and the full account. Nothing vendor-specific lives here.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, NamedTuple, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import msgspec
from msgspec import UnsetType, inspect

from .core.findings import Finding, below
from .declarations import describe, unwrapped
from .errors import DecodeError, ValidationError, shown
from .faults import UNREADABLE, validation_fault
from .leniencies import join
from .message import Decoded, JsonCodec, Message

__all__ = ["Thorough", "ThoroughCodec", "beneath", "beneath_each", "relaxed", "survey", "told_by"]

PartT = TypeVar("PartT")
ThoroughT = TypeVar("ThoroughT", bound="Thorough")

_GONE: Final = object()
"""Stands for a value that was dropped because of its faults."""


class Thorough(Message):
    """A message, or an object inside one, of which every fault is told."""

    def judge(self) -> Sequence[Finding]:
        """The broken rules between fields, of this object and of those inside it; paths begin at this object."""
        return ()

    def is_plain(self) -> bool:
        """Whether it is so plainly right that neither `judge` nor the names of its fields need a look.

        False says nothing. No field may be absent that is known under another name (`ThoroughCodec.other_names`).
        """
        return False

    def unsendable(self) -> Sequence[Finding]:
        """What nothing that is sent may have or lack, though decoding and making take no notice of it."""
        return ()

    def check(self) -> tuple[Finding, ...]:
        found = self.judge()
        if not all(fault.tolerated for fault in found):
            raise ValidationError.of(found)
        return tuple(found)

    @classmethod
    def refusal(cls, fields: Mapping[str, Any]) -> ValidationError:
        return ValidationError.of(_unexplained(_read(cls, fields)[1]), message=cls.__name__)


class ThoroughCodec(JsonCodec[ThoroughT]):
    """Decodes and encodes one such message; the errors it raises carry every fault.

    A value outside limits that are marked as tolerated (`doc`) is read into a subclass of the type, without those
    limits: a message to look at, or to repair by `replace`. `encode` refuses it for as long as it breaks them.

    Attributes:
        other_names: other names under which fields are understood, where these are optional: the strict type passes
            over a name that it does not know.
    """

    def __init__(self, type_: type[ThoroughT], *, other_names: Sequence[str] = (), **about: Any) -> None:
        super().__init__(type_, **about)
        self.other_names = tuple(other_names)
        self._quoted = tuple(f'"{name}"'.encode() for name in other_names)

    def decode(self, data: bytes, *, strict: bool = False, offset: int = 0) -> Decoded[ThoroughT]:
        if not strict:
            try:
                value = self.decode_strict(data)
            except UNREADABLE:
                pass
            else:
                if value.is_plain() or self._is_right(value, data):
                    return Decoded(value, (), data)
        value, found = self.decode_lenient(data, offset=offset, strict=strict)
        if strict:
            self.refuse(found)
        return Decoded(value, found, data)

    def findings(self, data: bytes) -> tuple[Finding, ...]:
        """Everything by which a JSON text is not as it should be sent; empty when it is.

        Those that lenient decoding understands are marked (`Finding.tolerated`).
        """
        try:
            value = self.decode_strict(data)
            if (value.is_plain() or self._is_right(value, data)) and not value.unsendable():
                return ()
        except UNREADABLE:
            # What is wrong comes to light below.
            pass
        try:
            fields, found = self._object(data, 0, strict=True)
        except DecodeError as error:
            return (Finding(error.clause, error.path, error.reason, error.expected),)
        found.extend(self._repaired(fields))
        left, faults = _read(self.type, fields)
        barred = () if left is None else left.unsendable()
        return (*found, *_unexplained([*faults, *barred]))

    def encode(self, value: ThoroughT) -> bytes:
        """UTF-8 JSON without white space.

        Raises:
            EncodeError: a message of another type.
            ValidationError: a rule is broken, also one that is for senders only.
        """
        if isinstance(value, self.type):
            told = [*value.unsendable()]
            if type(value) is not self.type:
                ruled, faults = _read(self.type, value.to_dict())
                told = [*faults, *told]
                value = cast("ThoroughT", ruled)
            if told:
                raise ValidationError.of(told, vendor=self.vendor, message=self.message)
        return super().encode(value)

    def _is_right(self, value: ThoroughT, data: bytes) -> bool:
        return not any(name in data for name in self._quoted) and not value.judge()

    def refuse(self, found: Sequence[Finding]) -> None:
        if found:
            raise ValidationError.of(found, vendor=self.vendor, message=self.message)

    def _from_object(
        self, fields: dict[str, Any], found: Sequence[Finding], *, text_values: bool = False
    ) -> tuple[ThoroughT, tuple[Finding, ...]]:
        noticed = [*found, *self._repaired(fields)]
        value, faults = _read(self.type, fields)
        if value is None or not all(fault.tolerated for fault in faults):
            told = [*noticed, *_unexplained(faults)]
            raise ValidationError.of(told, vendor=self.vendor, message=self.message)
        return value, (*noticed, *faults)


def beneath(path: str, findings: Sequence[Finding]) -> list[Finding]:
    """Findings about an object, as seen from the object that holds it."""
    return [below(path, item) for item in findings]


def beneath_each(path: str, parts: Sequence[PartT], rules: Callable[[PartT], Sequence[Finding]]) -> list[Finding]:
    """Faults of the objects in a list, by some of their rules, likewise."""
    found: list[Finding] = []
    for index, part in enumerate(parts):
        if faults := rules(part):
            found += beneath(f"{path}[{index}]", faults)
    return found


def told_by(check: Callable[[], Sequence[Finding]]) -> list[Finding]:
    """What a check that stops at its first error tells, as faults."""
    try:
        return [*check()]
    except ValidationError as error:
        return [*error.findings]


def _read(type_: type[ThoroughT], fields: Mapping[str, Any]) -> tuple[ThoroughT | None, list[Finding]]:
    """The message, or what is left of it without its faults (None if nothing can be), and all its faults."""
    faults: list[Finding] = []
    try:
        value = msgspec.convert(fields, type_)
    except UNREADABLE as error:
        faults, rest = survey(type_, fields)
        faults = faults or [*validation_fault(type_, str(error)).findings]
        try:
            value = msgspec.convert(rest, relaxed(type_))
        except UNREADABLE:
            return None, faults
    return value, [*faults, *value.judge()]


def _unexplained(faults: Sequence[Finding]) -> list[Finding]:
    """The faults without those that only miss what another fault has made unreadable."""
    broken = tuple(fault.path for fault in faults if not fault.members)
    return [fault for fault in faults if not any(_within(member, broken) for member in fault.members)]


def _within(path: str, others: Sequence[str]) -> bool:
    """Whether a wire path is one of the others or leads through it."""
    return any(path.startswith(other) and path[len(other) : len(other) + 1] in ("", ".", "[") for other in others)


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
    expected: str


class _Field(NamedTuple):
    wire: str
    required: bool
    declared: _Declared


def survey(type_: Any, value: object) -> tuple[list[Finding], Any]:
    """Every fault of decoded JSON against a declaration, types and limits alike, in the order of the declaration.

    Lists and objects are walked into; whatever else is declared, msgspec judges as a whole.

    Args:
        type_: what the value should be.
        value: decoded JSON. Messages in it that were made already count as right.

    Returns:
        The faults, and the value without what is wrong: a field with a fault is left out, and so is a list of plain
        values with one among them; an object in a list keeps its place, if need be empty. What is tolerated stays.
    """
    faults: list[Finding] = []
    kept = _walk(_declared(type_), value, "", "", faults)
    return faults, kept


def _walk(declared: _Declared, value: object, path: str, clause: str, faults: list[Finding]) -> Any:
    """What is right of a value; faults are appended, under the nearest clause."""
    clause = declared.clause or clause
    match declared.info:
        case inspect.StructType(cls=cls) if isinstance(value, dict):
            return _walk_object(cls, cast("dict[str, object]", value), path, clause, faults)
        case inspect.ListType() | inspect.VarTupleType() | inspect.TupleType() if isinstance(value, (list, tuple)):
            return _walk_list(declared, cast("Sequence[object]", value), path, clause, faults)
        case _:
            return _judged_whole(declared, value, path, clause, faults)


def _walk_object(cls: type, value: Mapping[str, object], path: str, clause: str, faults: list[Finding]) -> Any:
    kept: dict[str, Any] = {}
    for wire, required, declared in _fields(cls):
        where = join(path, wire)
        if wire in value:
            item = _walk(declared, value[wire], where, clause, faults)
            if item is not _GONE:
                kept[wire] = item
        elif required:
            faults.append(Finding(declared.clause or clause, where, "required field is missing", declared.expected))
    return kept


def _walk_list(declared: _Declared, value: Sequence[object], path: str, clause: str, faults: list[Finding]) -> Any:
    before = len(faults)
    inner, (least, most) = _items(declared)
    items = [
        _walk(inner[min(index, len(inner) - 1)], each, f"{path}[{index}]", clause, faults)
        for index, each in enumerate(value)
    ]
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
        msgspec.convert(value, declared.hint)
    except UNREADABLE as error:
        if declared.tolerated and _fits(value, relaxed(declared.hint)):
            faults.append(_outside(declared, f"got {shown(value)}", path, clause))
            return value
        told = validation_fault(declared.hint, str(error))
        step = "" if not told.path or told.path.startswith("[") else "."
        expected = told.expected if told.path else declared.expected
        faults.append(Finding(told.clause or clause, f"{path}{step}{told.path}", told.reason, expected))
        return _GONE
    return value


def _fits(value: object, hint: Any) -> bool:
    try:
        msgspec.convert(value, hint)
    except UNREADABLE:
        return False
    return True


def _outside(declared: _Declared, reason: str, path: str, clause: str) -> Finding:
    """The fault of a value that has the right type, outside its limits."""
    return Finding(declared.tolerated or clause, path, reason, declared.expected, tolerated=bool(declared.tolerated))


# --- annotations ---


@cache
def _fields(cls: type) -> tuple[_Field, ...]:
    hints = get_type_hints(cls, include_extras=True)
    info = cast("inspect.StructType", inspect.type_info(cls))
    return tuple(_Field(field.encode_name, field.required, _declared(hints[field.name])) for field in info.fields)


@cache
def _declared(hint: Any) -> _Declared:
    hint = _present(hint)
    info, clause = unwrapped(inspect.type_info(hint))
    clauses = [found for part in get_args(hint)[1:] if (found := _tolerance(part))]
    return _Declared(hint, info, clause, clauses[0] if clauses else "", describe(info))


def _tolerance(part: Any) -> str:
    """The clause by which values outside the limits of a piece of documentation are understood, if this is one."""
    return cast("dict[str, str]", part.extra or {}).get("tolerated", "") if isinstance(part, msgspec.Meta) else ""


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
    for field in cast("inspect.StructType", inspect.type_info(cls)).fields:
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
