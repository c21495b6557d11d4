"""Decoding and encoding one JSON message: the strict type first, documented variants only where that fails.

Only the codec lives here. What a message is, `message.py` says; what one that was received is, `received.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, Generic, NamedTuple, TypeGuard, cast

import msgspec

from ..errors import EncodeError, ValidationError
from ..ledger import type_clause, with_type_clauses
from ..message import MessageT
from .checking import has_rules
from .conversion import convert, decoder
from .error_mapping import UNREADABLE, UNWRITABLE, kind_of, malformed_json, unwritable, validation_error
from .findings import Finding, clauses_of, deviation, refused
from .introspection import declaration, plain_members, undeclared
from .json_forms import BOM_REPAIR, Spared, settle, settle_texts, spared_by, whole
from .json_text import MAX_VALUES, check_crowd, read
from .received import Received
from .repairs import RawRepair, Repair, apply, apply_raw

__all__ = ["JsonCodec", "Partial", "is_json_codec"]

_dump: Final = msgspec.json.Encoder().encode

_CHANGED: Final = (TypeError, AttributeError, ValueError, ArithmeticError, RecursionError)
"""What rules raise about a message that was changed behind the back of its class, as by `msgspec.structs.replace`."""


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


class JsonCodec(Generic[MessageT]):
    """Decodes and encodes one message type.

    Attributes:
        type: the struct.
        vendor, message: named in errors.
        entry: catalogue id; empty for what is in no catalogue.
        repairs, raw_repairs: the documented variants that are understood.
        form_clause: clause that bytes break which are no JSON object; named in errors.
    """

    envelope: str = ""
    """No JSON of one message is wrapped in another."""

    most_values: int = MAX_VALUES
    """Values that a text may have."""

    not_digits: Sequence[str] = ()
    """Wire paths of integers for which a text of digits does not stand."""

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

    @cached_property
    def decode_strict(self) -> Callable[[bytes | memoryview], MessageT]:
        """msgspec's decoder of the strict type: the fast path of every caller. Made once it is needed."""
        return decoder(self.type)

    @cached_property
    def _spared(self) -> Spared:
        return spared_by(self.repairs, not_digits=self.not_digits)

    @cached_property
    def has_check(self) -> bool:
        """Whether there are rules between fields to check."""
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
                check_crowd(data, self.most_values)
                value = self.decode_strict(data)
                if not self.has_check or not value.check():
                    return Received(value, (), data, self.message)
            except (*UNREADABLE, ValidationError):
                # Something is different: the careful way below finds out what, or raises the better error.
                pass
        return self.decode_carefully(data, strict=strict, offset=offset)

    def examine(self, data: bytes) -> tuple[Received[MessageT], dict[str, Any]]:
        """As `decode` does, and the members that nothing declares, by wire path: one text is parsed once for both.

        Raises:
            DecodeError, ValidationError: as for `decode`.
        """
        try:
            fields = read(data, strict=True, most=self.most_values)
            value = convert(fields, self.type)
            if self.is_ruled(value, data):
                is_plain = fields.keys() <= plain_members(self.type)
                unknown = {} if is_plain else undeclared(declaration(self.type), fields)
                return Received(value, (), data, self.message), unknown
        except (*UNREADABLE, ValidationError):
            # As above.
            pass
        received = self.decode(data)
        return received, received.unknown_fields()

    def is_ruled(self, value: MessageT, data: bytes) -> bool:
        """Whether there is nothing to be said about a message that the strict type was read as.

        Args:
            value: the message.
            data: what it was read from.

        Raises:
            ValidationError: a rule is broken.
        """
        del data
        return not (self.has_check and value.check())

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
        members = dict(fields)
        forms = settle_texts(self.type, members) if text_values else self.settle(members, strict=strict)
        value, found = self._from_object(members, forms, text_values=text_values)
        if strict:
            self.refuse(found)
        return Received(value, found, raw, self.message)

    def encode(self, value: MessageT, *, strict: bool = True) -> bytes:
        """UTF-8 JSON without white space.

        Args:
            value: the message.
            strict: refuse what only lenient reading takes, as a message that was received may have it.

        Raises:
            EncodeError: a message of another type, or one that was received incomplete (`Partial`).
            ValidationError: a rule between fields is broken.
        """
        if type(value) is not self.type and (strict or not isinstance(value, self.type)):
            raise EncodeError(
                f"got {type(value).__name__}", vendor=self.vendor, message=self.message, expected=self.type.__name__
            )
        self.check_sendable(value, strict=strict)
        try:
            return _dump(value if type(value) is self.type else self._without_stand_in(value))
        except UNWRITABLE as error:
            raise EncodeError(unwritable(error), vendor=self.vendor, message=self.message) from None

    def _without_stand_in(self, value: MessageT) -> Any:
        """A message that was received incomplete, as it came; any other as it is."""
        if self.partial is None or not isinstance(value, self.partial.type):
            return value
        fields = value.to_dict()
        del fields[self.partial.path]
        return fields

    def refuse(self, found: Sequence[Finding]) -> None:
        """Raises what strict reading and writing refuse of `found`, if anything.

        Raises:
            ValidationError: with all of it.
        """
        if refused(found):
            raise self._error(found)

    def _error(self, found: Iterable[Finding]) -> ValidationError:
        """The error that reports some findings, each under a clause; notes are none of it."""
        named = with_type_clauses(refused([*found]), self.vendor, self.entry)
        return ValidationError.of(named, vendor=self.vendor, message=self.message)

    def check_sendable(self, value: MessageT, *, strict: bool = True) -> None:
        """Refuses a message that is not in the ruled form, as one that was received may be.

        Args:
            value: the message.
            strict: whether what lenient reading takes is refused, too.

        Raises:
            ValidationError: a rule between fields is broken.
            EncodeError: it was changed behind the back of its class.
        """
        try:
            found = self.checked(value)
        except _CHANGED as error:
            reason = f"it holds what no such message can: {error}"
            raise EncodeError(reason, vendor=self.vendor, message=self.message) from None
        if strict:
            self.refuse(found)

    def checked(self, value: MessageT) -> tuple[Finding, ...]:
        """`value.check()`, its errors with vendor and message."""
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
            strict: whether what is skipped has to be readable, too; forms of JSON that are refused then are refused
                as what the type of their member does not take.

        Raises:
            DecodeError, ValidationError: nothing documented explains `data`.
        """
        try:
            return self._from_object(*self._object(data, offset, strict=strict, ruled=strict))
        except ValidationError:
            # What cannot be read is reported first; where nothing is declared it would have been skipped.
            self._object(data, offset, strict=True)
            raise

    def _object(
        self, data: bytes, offset: int, *, strict: bool, ruled: bool = False
    ) -> tuple[dict[str, Any], list[Finding]]:
        """The JSON object that `data` is, and what had to be repaired before it was one.

        Args:
            data, offset: as for `decode`.
            strict: whether all of it has to be readable.
            ruled: whether it is left in forms of JSON that strict reading refuses.
        """
        text, found = apply_raw((*self.raw_repairs, BOM_REPAIR), data)
        # Only what is in front is ever cut off, so offsets in the rest move by as much.
        offset += max(0, len(data) - len(text))
        data = text
        try:
            decoded = read(data, strict=strict, most=self.most_values)
        except UNREADABLE as error:
            clause = self.form_clause or type_clause(self.vendor, self.entry)
            about = {"vendor": self.vendor, "message": self.message, "clause": clause}
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
        fields = cast("dict[str, Any]", decoded)
        return fields, [*found, *self.settle(fields, data, strict=ruled)]

    def settle(self, fields: dict[str, Any], text: bytes | None = None, *, strict: bool = False) -> list[Finding]:
        """Puts decoded JSON into the forms that the type declares (`json_forms.py`), and says what was not in them.

        Args:
            fields: the JSON, changed in place.
            text: what it was decoded from.
            strict: whether only what strict reading takes is put right.
        """
        return settle(self.type, fields, text=text, strict=strict, spared=self._spared)[1]

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
            value = convert(fields, type_, strict=not text_values)
        except UNREADABLE as error:
            raise self._mapped(str(error), fields) from None
        return value, (*noticed, *self.checked(value))

    def _mapped(self, text: str, fields: Mapping[str, Any]) -> ValidationError:
        """The error for what msgspec says about decoded JSON."""
        return validation_error(
            self.type, text, vendor=self.vendor, message=self.message, entry=self.entry, value=fields
        )

    def _repaired(self, fields: dict[str, Any]) -> list[Finding]:
        """Repairs, in place, the documented variants that are there; that 1.0 is an integer is none of them."""
        found = apply(self.repairs, fields)
        if found:
            # What has come to its place by now is a number there, too.
            whole(self.type, fields)
        return found


def is_json_codec(codec: object) -> TypeGuard[JsonCodec[Any]]:
    """Whether a codec reads and writes the JSON of one message, without an envelope."""
    return isinstance(codec, JsonCodec)


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
