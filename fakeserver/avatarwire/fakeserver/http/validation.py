"""How a call's parameters are judged, whatever the vendor: what is let in, and which rules it breaks nevertheless.

Only the judging lives here; decoding itself is the codecs', and what a call that breaks a rule is answered with is the
vendor's business. Whatever the codecs understand although it is not the ruled form is a violation; strict mode refuses
those that are errors and lives with warnings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, cast
from urllib.parse import parse_qsl

from avatarwire.codecs.core.findings import clauses_of
from avatarwire.codecs.core.introspection import declaration, undeclared
from avatarwire.codecs.core.json_text import look
from avatarwire.codecs.errors import CodecError
from avatarwire.codecs.message import Message
from avatarwire.codecs.operation import Operation
from avatarwire.fakeserver.journal.entry import Violation

__all__ = ["ABSENT", "EMPTY", "Judged", "Judgement", "at", "broken", "received", "steps", "told"]

_UNKNOWN_SHOWN: Final = 8
"""Unknown parameters that are told of one request."""

_STEP: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]")

ABSENT: Final = object()
"""What `at` gives for a name that is not there."""
EMPTY: Final[tuple[object, ...]] = (ABSENT, None, "", "[]", [])
"""What a required parameter must not be."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A request that can be understood.

    Attributes:
        value: the request.
        findings: by what it differs from the ruled form.
        violations: the same, and what else is wrong with it.
        worst: the first finding that strict mode refuses, if any.
    """

    value: Message
    findings: tuple[Violation, ...] = ()
    violations: tuple[Violation, ...] = ()
    worst: Violation | None = None

    @property
    def deviations(self) -> tuple[str, ...]:
        """The clauses by which it differs from the ruled form, each once."""
        return clauses_of(self.findings)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Where a vendor's parameters belong.

    Attributes:
        misplaced: clause about where parameters travel.
        unknown: clause about parameters there are not.
    """

    misplaced: str
    unknown: str

    def judge(self, operation: Operation[Any, Any], query: str, body: bytes) -> Judged:
        """Reads the parameters of a call from where the operation carries them.

        Raises:
            CodecError: they cannot be understood.
        """
        decoded = operation.decode_request(query, body)
        fields = received(operation, query, body)
        return Judged(
            decoded.value,
            decoded.findings,
            (*decoded.findings, *self._misplaced(operation, query, body), *self._unknown(operation, fields)),
            next((item for item in decoded.findings if item.level == "error"), None),
        )

    def _misplaced(self, operation: Operation[Any, Any], query: str, body: bytes) -> Iterable[Violation]:
        """Parameters where this operation does not look for them."""
        unread = {"query": body, "body": query}[operation.parameters_in]
        if unread:
            other = "body" if operation.parameters_in == "query" else "query"
            reason = f"{operation.id} reads its parameters from the {operation.parameters_in}, not from the {other}"
            yield Violation(self.misplaced, "", reason, level="warning")

    def _unknown(self, operation: Operation[Any, Any], fields: Mapping[str, Any]) -> Iterable[Violation]:
        for name in islice(undeclared(declaration(cast("Any", operation.request.type)), fields), _UNKNOWN_SHOWN):
            yield Violation(self.unknown, name, "no such parameter, it is ignored", level="warning")


def received(operation: Operation[Any, Any], query: str, body: bytes) -> Mapping[str, Any]:
    """Parameters as they came, by wire name; none when they cannot be read."""
    if operation.parameters_in == "query":
        return dict(parse_qsl(query, keep_blank_values=True))
    fields = look(body)
    return cast("dict[str, Any]", fields) if isinstance(fields, dict) else {}


def steps(path: str) -> list[str]:
    """The names on a wire path, without the places in lists."""
    return [name for name, _ in _STEP.findall(path) if name]


def at(fields: Mapping[str, Any], path: str) -> Any:
    """What stands at a wire path; `ABSENT` when an object lacks the name, the value itself where it has no insides."""
    here: Any = fields
    for name, index in _STEP.findall(path):
        try:
            here = here[name or int(index)]
        except KeyError:
            return ABSENT
        except (TypeError, IndexError):
            break
    return here


def broken(error: CodecError, form: str) -> Violation:
    """The rule that parameters break which cannot be understood.

    Args:
        error: why they cannot.
        form: clause about the form of calls, for what no other clause is about.
    """
    return Violation(error.clause or form, error.path, error.reason, error.expected)


def told(error: CodecError) -> str:
    """An error as one sentence for the caller: field, what is wrong, what was expected, clause."""
    where = f"{error.path}: " if error.path else ""
    expected = f", expected {error.expected}" if error.expected else ""
    place = f" (byte {error.offset})" if error.offset is not None else ""
    clause = f" [{error.clause}]" if error.clause else ""
    return f"{where}{error.reason}{place}{expected}{clause}"
