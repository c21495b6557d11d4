"""What was received: a message, the bytes it came in, and what they differ by. Only that record lives here."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import msgspec

from .findings import Finding, clauses_of
from .introspection import declaration, undeclared
from .json_text import look

__all__ = ["Received", "unknown_fields"]

ValueT = TypeVar("ValueT")


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

        A number beyond those of Python is `msgspec.Raw`, its text.
        """
        return unknown_fields(type(self.value), self.text or self.raw)


def unknown_fields(type_: Any, raw: bytes) -> dict[str, Any]:
    """Fields present in a JSON text but not declared by `type_`, by wire path; empty when `raw` is no JSON object.

    Decoding skips what it does not know. Bytes in it that are not UTF-8 show as the replacement character, numbers
    beyond those of Python as `msgspec.Raw`.
    """
    return undeclared(declaration(type_), look(raw))
