"""JSON messages: the base struct, strict and lenient decoding, deviations.

What every vendor's JSON bodies share lives here: how a field is declared, how a message is validated when it is
made, how one is decoded (the strict type first, the documented variants only when that fails) and how a fault is
told (`faults.py` turns msgspec's words into ours). What a particular message looks like lives with its vendor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any, ClassVar, Final, Generic, NamedTuple, Self, TypeVar, cast, dataclass_transform

import msgspec
from msgspec import UNSET

from .core.constraints import Constraint
from .core.fields import Int64, Ruled, doc, integer, ruled
from .core.findings import Finding, clauses_of, deviation, refused
from .core.judging import checker, has_rules
from .core.repairs import RawRepair, Repair, apply, apply_raw
from .core.wholes import whole
from .declarations import declaration, undeclared
from .errors import EncodeError, ValidationError
from .faults import UNREADABLE, UNWRITABLE, kind_of, malformed_json, unwritable, validation_fault
from .jsontext import look, read
from .ledger import type_clause, with_type_clauses

__all__ = [
    "UNREADABLE",
    "Finding",
    "Int64",
    "JsonCodec",
    "Message",
    "MessageT",
    "Partial",
    "Received",
    "doc",
    "integer",
    "ruled",
    "unknown_fields",
]

MessageT = TypeVar("MessageT", bound="Message")
ValueT = TypeVar("ValueT")

_dump: Final = msgspec.json.Encoder().encode

_BYTES: Final = (bytes,)


class MessageMeta(msgspec.StructMeta):
    """Validates a message when a caller makes one, and makes every field of every message keyword-only.

    msgspec validates what it decodes but trusts constructors. Decoding does not pass through here, so only hand-made
    messages pay; as messages are frozen, whatever exists is valid and encoding need not look again.
    """

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> Any:
        # msgspec inherits the other options of a struct, but not this one.
        options.setdefault("kw_only", True)
        # Each class gets its own once it is needed; inherited ones would judge by the rules of the base.
        namespace.setdefault("check", _first_check)
        own = {attribute: value.value for attribute, value in namespace.items() if isinstance(value, Ruled)}
        if own:
            for attribute in own:
                del namespace[attribute]
            inherited = {
                attribute: value for base in reversed(bases) for attribute, value in _ruled_values(base).items()
            }
            namespace["ruled_values"] = MappingProxyType({**inherited, **own})
        return super().__new__(mcls, name, bases, namespace, **options)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        try:
            names = _wire_names(cls, *args)
            given = {**_ruled_values(cls), **kwargs}
            fields = {names[name]: value for name, value in given.items() if value is not UNSET}
        except (KeyError, TypeError):
            # A misspelt argument, or one without a name: msgspec has the words for it.
            return super().__call__(*args, **kwargs)
        return _made(cast("type[Message]", cls), fields)


def _first_check(message: Any) -> tuple[Finding, ...]:
    """Puts the compiled function in its own place, for all later messages of the class."""
    cls = cast("Any", type(message))
    compiled = checker(cls)
    type.__setattr__(cls, "check", compiled)
    return compiled(message)


def _ruled_values(cls: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", getattr(cls, "ruled_values", {}))


@cache
def _wire_names(cls: msgspec.StructMeta) -> Mapping[str, str]:
    return dict(zip(cls.__struct_fields__, cls.__struct_encode_fields__, strict=True))


def _made(cls: type[MessageT], fields: dict[str, Any]) -> MessageT:
    """The message as it would arrive on the other side, every rule held."""
    try:
        # Where bytes are asked for, only bytes will do: msgspec would take a text for Base64 otherwise.
        made = msgspec.convert(fields, cls, builtin_types=_BYTES)
        _dump(made)
    except msgspec.ValidationError as error:
        raise cls.refusal(fields) or validation_fault(cls, str(error), message=cls.__name__) from None
    except UNWRITABLE as error:
        raise ValidationError(unwritable(error), message=cls.__name__) from None
    try:
        found = made.check()
    except ValidationError as error:
        raise error.located(message=cls.__name__) from None
    if barred := refused(found):
        raise cls.refusal(fields) or ValidationError.of(barred, message=cls.__name__)
    return made


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(msgspec.field, ruled))
class Message(msgspec.Struct, frozen=True, rename="camel", gc=False, metaclass=MessageMeta):
    """Base of every JSON message and of the objects inside one.

    Attributes are snake_case, the wire names are camelCase. Making one validates it: types, ranges, enumerations and
    the rules between fields; `ValidationError` names the field and the clause. Messages never change once made.
    """

    constraints: ClassVar[tuple[Constraint, ...]] = ()
    """The rules between fields, those of the bases apart: read by `check`, the schema, the catalogue and strategies."""
    ruled_values: ClassVar[Mapping[str, Any]] = MappingProxyType({})
    """The values of the fields that are `ruled`, by attribute."""

    def check(self) -> tuple[Finding, ...]:
        """Judges the rules between fields, of this message and of the messages in it.

        Returns:
            What can be understood although it is not the ruled form. Strict decoding and making a message refuse it.

        Raises:
            ValidationError: for what cannot be understood; its `findings` are all there are.
        """
        return _first_check(self)

    @classmethod
    def ruled_members(cls) -> dict[str, Any]:
        """The values of the fields that are `ruled`, by wire name."""
        return {_wire_names(cls)[name]: value for name, value in cls.ruled_values.items()}

    @classmethod
    def refusal(cls, fields: Mapping[str, Any]) -> ValidationError | None:
        """A fuller account of why no such message can be made of `fields` than the first fault; None if there is none.

        Asked only once a message has been refused (`thorough.py`).
        """
        return None

    @classmethod
    def trusted(cls, **fields: Any) -> Self:
        """Makes a message without validating it, in a third of the time.

        For a server's hot path, where every value is known to be right: what is made here goes out as it is.
        """
        if cls.ruled_values:
            fields = {**cls.ruled_values, **fields}
        return cast("Self", msgspec.StructMeta.__call__(cls, **fields))

    def replace(self, **changes: Any) -> Self:
        """A copy with some fields changed, validated like a new one."""
        fields = {name: getattr(self, name) for name in self.__struct_fields__}
        return type(self)(**{**fields, **changes})

    def to_dict(self) -> dict[str, Any]:
        """The message as plain JSON values under wire names."""
        return cast("dict[str, Any]", read(_dump(self)))


class Partial(NamedTuple):
    """How to read a message whose one required field may be missing, where no value can stand in for it.

    Such a message is read as a subclass in which the field has a default. The subclass is a message to look at, not
    one to send: encoding refuses it.
    """

    path: str
    """Wire name of the field."""
    type: type[Any]
    """The subclass."""
    erratum: str
    """Id of the erratum or rule that documents it."""

    @property
    def text(self) -> str:
        """The variant in one sentence."""
        return f"{self.path} is missing"


class Received(msgspec.Struct, Generic[ValueT], frozen=True):
    """A message that was received, whatever vendor and transport it is of.

    Attributes:
        value: the typed message, or what an envelope held: a number, a list.
        findings: by what it differs from the ruled form; empty for the ruled form.
        raw: the bytes it was read from; `encode` gives them back unchanged.
        id: catalogue id of what it was read as, such as ``text_drive.request``.
        text: the JSON in `raw`, where that is more than JSON, such as a frame with its header, or is not JSON.
    """

    value: ValueT
    findings: tuple[Finding, ...] = ()
    raw: bytes = b""
    id: str = ""
    text: bytes = b""

    @property
    def deviations(self) -> tuple[str, ...]:
        """Clauses by which it differs from the ruled form, each once; empty for the ruled form."""
        return clauses_of(self.findings)

    def encode(self) -> bytes:
        """The received bytes, exactly: unknown fields, key order and number text survive."""
        return self.raw

    def unknown_fields(self) -> dict[str, Any]:
        """Fields that were received but are not declared, by wire path.

        A number beyond those of Python is told as `msgspec.Raw`, its text.
        """
        return unknown_fields(type(self.value), self.text or self.raw)


class JsonCodec(Generic[MessageT]):
    """Decodes and encodes one message type.

    Attributes:
        type: the struct.
        vendor, message: named in errors.
        entry: catalogue id; empty for what is in no catalogue.
        repairs, raw_repairs: the documented variants that are understood.
        form_clause: clause that bytes break which are no JSON object; named in errors.
        decode_strict: msgspec's decoder of the strict type: the fast path of every caller.
    """

    envelope: str = ""
    """No JSON of one message is wrapped in another."""

    def __init__(
        self,
        type_: type[MessageT],
        *,
        vendor: str,
        message: str,
        repairs: Sequence[Repair] = (),
        raw_repairs: Sequence[RawRepair] = (),
        partial: Partial | None = None,
        form_clause: str = "",
        entry: str | None = None,
    ) -> None:
        """Describes one message.

        Args:
            type_: the struct.
            vendor, message: named in errors.
            repairs, raw_repairs: the documented variants that are understood.
            partial: the one member that may be missing.
            form_clause: clause that bytes break which are no JSON object.
            entry: catalogue id, where errors have another name for it; empty where it is in no catalogue.
        """
        self.type = type_
        self.vendor = vendor
        self.message = message
        self.entry = message if entry is None else entry
        self.repairs = tuple(repairs)
        self.raw_repairs = tuple(raw_repairs)
        self.partial = partial
        self.form_clause = form_clause
        self.decode_strict: Callable[[bytes | memoryview], MessageT] = msgspec.json.Decoder(type_).decode

    @cached_property
    def has_check(self) -> bool:
        """Whether there are rules between fields to judge."""
        return has_rules(self.type)

    def decode(self, data: bytes, *, strict: bool = False, offset: int = 0) -> Received[MessageT]:
        """Reads one JSON text.

        Args:
            data: UTF-8 JSON.
            strict: refuse documented variants instead of reporting them, and texts that are not UTF-8 and numbers
                beyond those of Python even in members that nothing declares: those are skipped otherwise.
            offset: where `data` starts in what the caller received, for error offsets.

        Raises:
            DecodeError: not JSON.
            ValidationError: JSON, but not this message.
        """
        if not strict:
            try:
                value = self.decode_strict(data)
                if not self.has_check or not value.check():
                    return Received(value, (), data, self.message)
            except (*UNREADABLE, ValidationError):
                # Something is different: the careful way below finds out what, or raises the better error.
                pass
        return self.decode_carefully(data, strict=strict, offset=offset)

    def decode_carefully(self, data: bytes, *, strict: bool = False, offset: int = 0) -> Received[MessageT]:
        """As `decode` does, without trying the strict type first."""
        value, found = self.decode_lenient(data, offset=offset, strict=strict)
        if strict:
            self.refuse(found)
        return Received(value, found, data, self.message)

    def convert(
        self, fields: Mapping[str, Any], *, strict: bool = False, text_values: bool = False
    ) -> Received[MessageT]:
        """Reads already decoded JSON, or with `text_values` a mapping whose scalars are text (a query string).

        Raises:
            ValidationError: not this message, or a text holds half a surrogate pair, which JSON cannot.
        """
        try:
            raw = _rewritten(fields)
        except UnicodeError as error:
            raise ValidationError(unwritable(error), vendor=self.vendor, message=self.message) from None
        value, found = self._from_object(dict(fields), (), text_values=text_values)
        if strict:
            self.refuse(found)
        return Received(value, found, raw, self.message)

    def encode(self, value: MessageT) -> bytes:
        """UTF-8 JSON without white space.

        Raises:
            EncodeError: a message of another type, or one that was received incomplete (`Partial`).
            ValidationError: a rule between fields is broken.
        """
        if type(value) is not self.type:
            raise EncodeError(
                f"got {type(value).__name__}", vendor=self.vendor, message=self.message, expected=self.type.__name__
            )
        self.refuse(self.checked(value))
        try:
            return _dump(value)
        except UNWRITABLE as error:
            raise EncodeError(unwritable(error), vendor=self.vendor, message=self.message) from None

    def refuse(self, found: Sequence[Finding]) -> None:
        """Raises what strict reading and writing refuse of `found`, if anything.

        Raises:
            ValidationError: with all of it.
        """
        if barred := refused(found):
            raise self._error(barred)

    def _error(self, found: Iterable[Finding]) -> ValidationError:
        """The error that tells of some findings, each under a clause."""
        named = with_type_clauses(found, self.vendor, self.entry)
        return ValidationError.of(named, vendor=self.vendor, message=self.message)

    def checked(self, value: MessageT) -> tuple[Finding, ...]:
        """`value.check()`, its faults told with vendor and message."""
        try:
            return value.check()
        except ValidationError as error:
            raise self._error(error.findings) from None

    def decode_lenient(
        self, data: bytes, *, offset: int = 0, strict: bool = False
    ) -> tuple[MessageT, tuple[Finding, ...]]:
        """The slow path: repairs documented variants, then reads the strict type.

        Args:
            data, offset: as for `decode`.
            strict: whether what is skipped has to be readable, too.

        Raises:
            DecodeError, ValidationError: nothing documented explains `data`.
        """
        try:
            return self._from_object(*self._object(data, offset, strict=strict))
        except ValidationError:
            # What cannot be read is told first; where nothing is declared it would have been skipped.
            self._object(data, offset, strict=True)
            raise

    def _object(self, data: bytes, offset: int, *, strict: bool) -> tuple[dict[str, Any], list[Finding]]:
        """The JSON object that `data` is, and what had to be repaired before it was one."""
        text, found = apply_raw(self.raw_repairs, data)
        # Only what is in front is ever cut off, so offsets in the rest move by as much.
        offset += max(0, len(data) - len(text))
        data = text
        try:
            decoded = msgspec.json.decode(data) if strict else read(data)
        except UNREADABLE as error:
            about = {"vendor": self.vendor, "message": self.message, "clause": self.form_clause}
            raise malformed_json(error, data, offset=offset, **about) from None
        if not isinstance(decoded, dict):
            raise ValidationError(
                f"got {kind_of(decoded)}",
                vendor=self.vendor,
                message=self.message,
                offset=offset,
                expected="a JSON object",
                clause=self.form_clause or type_clause(self.vendor, self.entry),
            )
        return cast("dict[str, Any]", decoded), found

    def _from_object(
        self, fields: dict[str, Any], found: Sequence[Finding], *, text_values: bool = False
    ) -> tuple[MessageT, tuple[Finding, ...]]:
        noticed = [*found, *self._repaired(fields)]
        type_ = self.type
        if self.partial is not None and self.partial.path not in fields:
            type_ = cast("type[MessageT]", self.partial.type)
            if self.partial.erratum not in clauses_of(noticed):
                noticed.append(deviation(self.partial.erratum, self.partial.path, self.partial.text))
        try:
            value = msgspec.convert(fields, type_, strict=not text_values)
        except UNREADABLE as error:
            raise self._fault(str(error), fields) from None
        return value, (*noticed, *self.checked(value))

    def _fault(self, text: str, fields: Mapping[str, Any]) -> ValidationError:
        """The error for what msgspec says about decoded JSON."""
        return validation_fault(
            self.type, text, vendor=self.vendor, message=self.message, entry=self.entry, value=fields
        )

    def _repaired(self, fields: dict[str, Any]) -> list[Finding]:
        """Repairs, in place, the documented variants that are there; that 1.0 is an integer is none of them."""
        whole(self.type, fields)
        found = apply(self.repairs, fields)
        if found:
            # What has come to its place by now is a number there, too.
            whole(self.type, fields)
        return found


def _rewritten(fields: Mapping[str, Any]) -> bytes:
    """The JSON text of decoded fields, or nothing where they hold what JSON cannot.

    Raises:
        UnicodeError: they hold a text that UTF-8 cannot express.
    """
    try:
        return msgspec.json.encode(fields)
    except UnicodeError:
        raise
    except (TypeError, ValueError, RecursionError):
        return b""


def unknown_fields(type_: Any, raw: bytes) -> dict[str, Any]:
    """Fields present in a JSON text but not declared by `type_`, by wire path; empty when `raw` is no JSON object.

    Decoding skips what it does not know. Bytes in it that are not UTF-8 show as the replacement character, numbers
    beyond those of Python as `msgspec.Raw`.
    """
    return undeclared(declaration(type_), look(raw))
