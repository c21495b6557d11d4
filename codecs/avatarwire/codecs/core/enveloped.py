"""Replies whose payload travels in member ``data`` of an envelope, beside a code and a text, for any vendor.

Only what such envelopes have in common lives here: success is one code, failures travel under HTTP status 200 too, and
``data`` is typed by the operation. Which names and types a vendor's envelope has, and which variants of it are
understood, is said in the vendor's ``enveloped.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, Generic, TypeVar, cast

import msgspec

from ..errors import EncodeError, HttpError, ValidationError
from ..ledger import type_clause, with_type_clauses
from ..message import Message
from ..operation import decode_http_error
from .checking import broken, checker
from .constraints import Constraint
from .conversion import convert
from .error_mapping import UNREADABLE, UNWRITABLE, kind_of, malformed_json, unwritable, validation_error
from .findings import MAX_FINDINGS, Finding, joined, refused
from .introspection import declaration, undeclared
from .json_forms import BOM_REPAIR, Spared, null_member, settle, spared_by, whole
from .json_text import look, read
from .received import Received
from .repairs import RawRepair, Repair, apply, apply_raw
from .type_constraints import under

__all__ = ["EnvelopeCodec", "EnvelopeForm", "Opened", "holder_of"]

DataT = TypeVar("DataT")


@dataclass(frozen=True, slots=True)
class EnvelopeForm:
    """What a vendor's envelope looks like.

    Attributes:
        vendor: such as ``guiji``.
        type: the struct of everything but ``data``; its fields ``code`` and the text are read from it. It stands in
            the catalogue under its name.
        text: wire name of the text.
        success: the code that means success.
        code_clause: rule about codes, named where one is not `success`.
        data_clause: rule about ``data``, named where it is missing, or not at all what the operation returns.
        repairs: variants of the envelope that are understood.
        written: the envelope of a success, without its data, as it is written.
    """

    vendor: str
    type: type[Message]
    text: str
    success: int
    code_clause: str
    data_clause: str
    repairs: tuple[Repair, ...]
    written: Mapping[str, Any]

    def failure(self, status: int, body: bytes) -> HttpError | None:
        """The failure that a status and a body report; None for a success, and for a body that is no envelope.

        A failure has a status other than 2xx, or a code other than `success` under any status.
        """
        fields = _object(body)
        if fields is not None:
            settle(self.type, fields, spared=spared_by(self.repairs))
            apply(self.repairs, fields)
            code = fields.get("code")
            if type(code) is int and (code != self.success or not 200 <= status < 300):
                text = fields.get(self.text)
                return HttpError(status, str(code), text if isinstance(text, str) else "", body=body)
        return None if 200 <= status < 300 else decode_http_error(status, body)


class Opened(Received[DataT], Generic[DataT], frozen=True):
    """What an envelope held, and the envelope.

    Attributes:
        envelope: everything but the data, or None before it is known.
        type: what the data was read as.
        repairs: variants that are understood; what they know is not unknown.
    """

    envelope: Any = None
    type: Any = None
    repairs: tuple[Repair, ...] = ()

    def unknown_fields(self) -> dict[str, Any]:
        """Members that were received but are not declared, in the envelope and in its data, by wire path."""
        fields = _object(self.raw) or {}
        apply(self.repairs, fields)
        data = fields.pop("data", None)
        found = undeclared(declaration(cast("Any", type(self.envelope))), fields)
        return {**found, **undeclared(declaration(self.type), data, "data")}


class EnvelopeCodec(Generic[DataT]):
    """Decodes and encodes the data of one operation's answers, in and out of their envelope.

    Attributes:
        type: of the data.
        form: the vendor's envelope.
        vendor, message: named in errors; the message is a catalogue id.
        envelope: name of the type that the data is wrapped in.
        form_clause: clause that data break which are not of the type as a whole.
        constraints: what the operation asks of the data beyond what its type says; paths begin at the data.
        noted: the same, but reported of what is read only.
    """

    def __init__(
        self,
        type_: Any,
        form: EnvelopeForm,
        *,
        message: str,
        repairs: Sequence[Repair] = (),
        raw_repairs: Sequence[RawRepair] = (),
        constraints: Sequence[Constraint] = (),
        noted: Sequence[Constraint] = (),
        optional: bool = False,
        nothing: Any = None,
        written: bool = False,
    ) -> None:
        """Describes the answers of one operation.

        Args:
            type_: of the data: a message, or any type msgspec knows.
            form: the vendor's envelope.
            message: catalogue id.
            repairs: variants of this operation's answers; they are given the whole envelope, after its own.
            raw_repairs: variants that are no JSON.
            constraints: what the operation asks of the data, beyond what its type says. Paths begin at the data, or at
                an item such as ``[].id``; none has a condition.
            noted: the same, but reported of what is read only: the document's own sample has it so.
            optional: whether a success may have no data.
            nothing: the value then.
            written: whether a success has its data nevertheless when it is written; None cannot be encoded then.
        """
        self.type = type_
        self.form = form
        self.vendor = form.vendor
        self.message = message
        self.envelope = form.type.__name__
        self.form_clause = form.data_clause
        self.repairs = (*form.repairs, *repairs)
        self.raw_repairs = tuple(raw_repairs)
        self.optional = optional
        self.nothing = nothing
        self.written = written
        self.constraints = tuple(constraints)
        self.noted = tuple(noted)

    @property
    def members(self) -> tuple[str, ...]:
        """Wire names of the members of an answer."""
        return self.form.type.__struct_encode_fields__

    @cached_property
    def holder(self) -> type[msgspec.Struct]:
        """A struct whose member ``data`` is of the type, with the rules about it: data is checked in its place."""
        return holder_of(self.type, self.constraints)

    @cached_property
    def _spared(self) -> Spared:
        return spared_by(self.repairs)

    @cached_property
    def _noting(self) -> type[msgspec.Struct]:
        return holder_of(self.type, self.noted)

    def encode(self, value: DataT, *, strict: bool = True) -> bytes:
        """A successful answer: UTF-8 JSON without white space.

        Args:
            value: the data.
            strict: refuse what only lenient reading takes.

        Raises:
            ValidationError: the data is not what the operation returns.
            EncodeError: JSON cannot hold it.
        """
        if value is None and self.optional and not (self.written and strict):
            return msgspec.json.encode(dict(self.form.written))
        try:
            plain = msgspec.to_builtins(value)
            read: Any = convert(plain, self.type)
        except UNREADABLE as error:
            raise self._mapped(str(error), value) from None
        except UNWRITABLE as error:
            raise self._unwritable(error) from None
        found = self._checked(read)
        if strict:
            self._refuse(found)
        try:
            return msgspec.json.encode({**self.form.written, "data": plain})
        except UNWRITABLE as error:
            raise self._unwritable(error) from None

    def _unwritable(self, error: Exception) -> EncodeError:
        return EncodeError(unwritable(error), vendor=self.vendor, message=self.message, path="data")

    def decode(self, data: bytes, *, strict: bool = False, offset: int = 0) -> Opened[DataT]:
        """Reads a successful answer.

        Args:
            data: UTF-8 JSON.
            strict: refuse documented variants instead of reporting them, and what cannot be read in members that are
                skipped otherwise.
            offset: where `data` starts in what the caller received, for error offsets.

        Raises:
            DecodeError: not JSON.
            ValidationError: JSON, but no such answer; the code of a failure is a wrong code.
        """
        try:
            return self._opened(*self._object(data, offset, strict=strict, ruled=strict), data, strict=strict)
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
        try:
            fields = read(text, strict=strict)
        except UNREADABLE as error:
            clause = type_clause(self.vendor, self.message)
            raise malformed_json(
                error, text, vendor=self.vendor, message=self.message, offset=offset, clause=clause
            ) from None
        if not isinstance(fields, dict):
            raise ValidationError(
                f"got {kind_of(fields)}",
                vendor=self.vendor,
                message=self.message,
                expected="a JSON object",
                clause=type_clause(self.vendor, self.message),
            )
        members = cast("dict[str, Any]", fields)
        return members, [*found, *self._settle(members, text, strict=ruled)]

    def _opened(self, fields: dict[str, Any], found: list[Finding], raw: bytes, *, strict: bool) -> Opened[DataT]:
        found += self._repaired(fields)
        if self.optional and "data" in fields and fields["data"] is None:
            del fields["data"]
            found.append(null_member("data"))
        head = {name: value for name, value in fields.items() if name != "data"}
        try:
            envelope: Any = convert(head, self.form.type)
        except UNREADABLE as error:
            raise validation_error(
                self.form.type, str(error), vendor=self.vendor, message=self.message, entry=self.message
            ) from None
        if envelope.code != self.form.success:
            raise ValidationError(
                f"got {envelope.code}",
                vendor=self.vendor,
                message=self.message,
                path="code",
                expected=f"{self.form.success}, the code of a success",
                clause=self.form.code_clause,
            )
        value: Any = self._data(fields)
        told = () if value is None else (*self._checked(value), *self._noticed(value))
        noticed = (*found, *envelope.check(), *told)
        if strict:
            self._refuse(noticed)
        return Opened(
            value=cast("DataT", value),
            findings=noticed,
            raw=raw,
            id=self.message,
            envelope=envelope,
            type=self.type,
            repairs=self.repairs,
        )

    def _repaired(self, fields: dict[str, Any]) -> list[Finding]:
        found = apply(self.repairs, fields)
        if found:
            # What has come to its place by now is a number there, too.
            whole(self.form.type, fields)
            if "data" in fields:
                fields["data"] = whole(self.type, fields["data"])
        return found

    def _settle(self, fields: dict[str, Any], text: bytes, *, strict: bool) -> list[Finding]:
        """Puts the envelope and its data into the forms that their types declare (`json_forms.py`)."""
        about: dict[str, Any] = {"text": text, "strict": strict, "spared": self._spared}
        _, found = settle(self.form.type, fields, **about)
        if "data" not in fields:
            return found
        fields["data"], inside = settle(self.type, fields["data"], path="data", **about)
        return [*found, *inside]

    def _data(self, fields: Mapping[str, Any]) -> Any:
        if fields.get("data") is None:
            if self.optional:
                return self.nothing
            raise ValidationError(
                "required field is missing" if "data" not in fields else "got null",
                vendor=self.vendor,
                message=self.message,
                path="data",
                expected="the data of a success",
                clause=self.form.data_clause,
            )
        try:
            return convert(fields["data"], self.type)
        except UNREADABLE as error:
            raise self._mapped(str(error), fields["data"]) from None

    def _mapped(self, text: str, data: object) -> ValidationError:
        """msgspec's words about the data; the path begins at the envelope."""
        error = validation_error(self.type, text, value=data)
        path = joined("data", error.path)
        named = type_clause(self.vendor, self.message, path) if error.path else self.form.data_clause
        return ValidationError(
            error.reason,
            vendor=self.vendor,
            message=self.message,
            path=path,
            expected=error.expected,
            clause=error.clause or named,
        )

    def _checked(self, value: object) -> tuple[Finding, ...]:
        try:
            return checker(self.holder)(self.holder(data=value))
        except ValidationError as error:
            raise self._error(error.findings) from None

    def _noticed(self, value: object) -> tuple[Finding, ...]:
        return tuple(islice(broken(self._noting(data=value)), MAX_FINDINGS)) if self.noted else ()

    def _refuse(self, found: Sequence[Finding]) -> None:
        if barred := refused(found):
            raise self._error(barred)

    def _error(self, found: Sequence[Finding]) -> ValidationError:
        """The error that reports some findings, each under a clause."""
        named = with_type_clauses(found, self.vendor, self.message)
        return ValidationError.of(named, vendor=self.vendor, message=self.message)


def holder_of(type_: Any, constraints: Sequence[Constraint]) -> type[msgspec.Struct]:
    """A struct whose member ``data`` is of a type, with rules about that; their paths begin at the data."""
    rules = tuple(under(rule, "data") for rule in constraints)
    return msgspec.defstruct("Holder", [("data", type_)], namespace={"constraints": rules})


def _object(body: bytes) -> dict[str, Any] | None:
    decoded = look(body)
    return cast("dict[str, Any]", decoded) if isinstance(decoded, dict) else None
