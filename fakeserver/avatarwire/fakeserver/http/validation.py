"""How a call's parameters are judged, whatever the vendor: what is let in, and which rules it breaks nevertheless.

Only the judging lives here; decoding itself is the codecs', and what a refused call is answered with is the vendor's
business. Whatever the codecs understand although it is not the ruled form is a violation. Some of it is refused in
either mode, as the ledger says; strict mode refuses whatever is an error and lives with warnings.

What is in good order is decoded once. Only where something is to be said about the text itself it is looked at again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress, islice
from typing import Any, Final, TypeAlias

from avatarwire.codecs.core.findings import clauses_of
from avatarwire.codecs.core.received import Received
from avatarwire.codecs.errors import CodecError, DecodeError, ValidationError, shown
from avatarwire.codecs.ledger import clauses
from avatarwire.codecs.operation import Operation
from avatarwire.fakeserver.effects import HttpCall
from avatarwire.fakeserver.http.exchange import Check, Exchange
from avatarwire.fakeserver.http.other_bodies import AS_JSON, no_json
from avatarwire.fakeserver.http.refusal import Refusal
from avatarwire.fakeserver.journal.entry import Violation

__all__ = ["ABSENT", "EMPTY", "Validation", "at", "by_ledger", "json_content", "steps", "told"]

_SHOWN: Final = 64
"""Findings of one request that the journal tells."""
_UNKNOWN_SHOWN: Final = 8
"""Unknown parameters that are told of one request."""

_JSON: Final = "application/json"

_STEP: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]")

ABSENT: Final = object()
"""What `at` gives for a name that is not there."""
EMPTY: Final[tuple[object, ...]] = (ABSENT, None, "", "[]", [])
"""What a required parameter must not be."""

Decoded: TypeAlias = tuple[Received[Any], Mapping[str, Any]]
"""What was received, and what of it nothing declares, by wire path."""
Refusing: TypeAlias = Callable[[Exchange[Any], CodecError], Refusal]
"""What a call ends in whose parameters are refused."""
Held: TypeAlias = Callable[[Exchange[Any], Violation], bool]
"""Whether something is refused in either mode, although the codecs understand it."""
Inside: TypeAlias = Callable[[Exchange[Any], Received[Any]], tuple[Sequence[Violation], Iterable[str]]]
"""What is found in texts of a request that are JSON themselves, and the paths in them that nothing declares."""
Elsewhere: TypeAlias = Callable[[Operation[Any, Any], HttpCall], Received[Any] | None]
"""Reads parameters that are not where the operation carries them; None where they are."""


def by_ledger(exchange: Exchange[Any], finding: Violation) -> bool:
    """Whether the ledger of the vendor says that a server refuses something in either mode."""
    return clauses(exchange.operation.vendor).refuses(finding.clause)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What a vendor says about parameters.

    Attributes:
        strict: whether all errors are refused.
        misplaced: clause about where parameters travel.
        unknown: clause about parameters that there are not.
        form: clause about the form of calls, for what no other clause is about.
        refuse: makes the refusal.
        held: what is refused in either mode.
        thorough: whether a refusal tells everything that is refused; the worst of it otherwise.
        elsewhere: reads the parameters of an operation, by its id, which may be somewhere else.
        inside: looks into the texts of an operation that are JSON themselves, by its id.
    """

    strict: bool
    misplaced: str
    unknown: str
    form: str
    refuse: Refusing
    held: Held = by_ledger
    thorough: bool = False
    elsewhere: Mapping[str, Elsewhere] = field(default_factory=dict[str, Elsewhere])
    inside: Mapping[str, Inside] = field(default_factory=dict[str, Inside])

    def validate(self, exchange: Exchange[Any]) -> None:
        """Decodes the parameters of a call; what is wrong with them is noted.

        Raises:
            Refusal: they cannot be understood, or break a rule that is held.
        """
        operation = exchange.operation
        exchange.violations += exchange.call.remarks
        try:
            (received, unknown), notes = self._decoded(exchange)
        except CodecError as failure:
            error = self._of_the_body(exchange, failure)
            exchange.violations += self._broken(error)
            raise self.refuse(exchange, error) from None
        exchange.request = received.value
        exchange.session = getattr(received.value, "session_id", "") or ""
        found = received.findings
        notes += self._unknown(unknown, "no such parameter, it is ignored")
        if operation.id in self.inside:
            more, names = self.inside[operation.id](exchange, received)
            found = (*found, *more)
            notes += self._unknown(names, "no such member, it is ignored")
        if found:
            exchange.deviations = clauses_of(found)
            self._judge(exchange, found, notes)
        else:
            exchange.violations += notes

    @staticmethod
    def _of_the_body(exchange: Exchange[Any], error: CodecError) -> CodecError:
        """The error for parameters that cannot be understood; of a body that is no JSON it says what it is."""
        call = exchange.call
        if error.path or exchange.operation.parameters_in == "query" or not call.body or call.undecodable is not None:
            return error
        found = no_json(call.body, exchange.headers.get("content-type", ""))
        if found is None:
            return error
        return DecodeError(found, vendor=error.vendor, message=error.message, expected=AS_JSON, clause=error.clause)

    def _decoded(self, exchange: Exchange[Any]) -> tuple[Decoded, list[Violation]]:
        """The parameters, and what is noted of where they are."""
        operation, call = exchange.operation, exchange.call
        if (wrong := call.undecodable) is not None:
            raise DecodeError(f"{wrong.path}: {wrong.reason}", expected=wrong.expected, clause=wrong.clause)
        read = self.elsewhere.get(operation.id)
        if read is not None and (received := read(operation, call)) is not None:
            return (received, received.unknown_fields()), []
        return operation.examine_request(call.query, call.body), [*self._misplaced(operation, call)]

    def _judge(self, exchange: Exchange[Any], found: Sequence[Violation], notes: Sequence[Violation]) -> None:
        is_held = [self.held(exchange, item) for item in found]
        found = [item.replace(level="error") if held else item for item, held in zip(found, is_held, strict=True)]
        exchange.violations += (*map(self._cited, found[:_SHOWN]), *notes)
        held = [*compress(found, is_held)]
        refusing = [item for item in found if item.level == "error"] if self.strict else held
        if refusing:
            worst = refusing if self.thorough else (held or refusing)[:1]
            about = {"vendor": exchange.operation.vendor, "message": exchange.operation.request.message}
            raise self.refuse(exchange, ValidationError.of(worst, **about))

    def _broken(self, error: CodecError) -> Iterable[Violation]:
        """The rules that parameters break which cannot be understood."""
        if self.thorough and isinstance(error, ValidationError):
            return map(self._cited, error.findings[:_SHOWN])
        return (Violation(error.clause or self.form, error.path, error.reason, error.expected),)

    def _cited(self, finding: Violation) -> Violation:
        return finding if finding.clause else finding.replace(clause=self.form)

    def _misplaced(self, operation: Operation[Any, Any], call: HttpCall) -> Iterator[Violation]:
        """Parameters where this operation does not look for them."""
        place, other = ("query", "body") if operation.parameters_in == "query" else ("body", "query")
        if call.body if other == "body" else call.query:
            reason = f"{operation.id} reads its parameters from the {place}, not from the {other}"
            yield Violation(self.misplaced, "", reason, level="warning")

    def _unknown(self, names: Iterable[str], reason: str) -> list[Violation]:
        return [Violation(self.unknown, name, reason, level="warning") for name in islice(names, _UNKNOWN_SHOWN)]


def json_content(clause: str, refused: Callable[[str], Refusal], *, strict: bool) -> Check[Any]:
    """JSON travels as such: the content type of a POST says so.

    Args:
        clause: that says so.
        refused: makes the refusal of a call that does not.
        strict: whether such calls are refused.
    """

    def check(exchange: Exchange[Any]) -> None:
        given = exchange.headers.get("content-type", "")
        if exchange.call.method != "POST" or given.partition(";")[0].strip().lower() == _JSON:
            return
        reason = f"got {shown(given)}, expected {_JSON}"
        exchange.violations.append(Violation(clause, "content-type", reason))
        if strict:
            raise refused(f"content-type: {reason} [{clause}]")

    return check


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


def told(error: CodecError) -> str:
    """An error as one sentence for the caller: field, what is wrong, what was expected, clause."""
    where = f"{error.path}: " if error.path else ""
    expected = f", expected {error.expected}" if error.expected else ""
    place = f" (byte {error.offset})" if error.offset is not None else ""
    clause = f" [{error.clause}]" if error.clause else ""
    return f"{where}{error.reason}{place}{expected}{clause}"
