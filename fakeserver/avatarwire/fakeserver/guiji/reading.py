"""How a request is read: what is let in, and which rules it breaks nevertheless.

Only what Guiji's rules say about it lives here: the judging is every vendor's (`fakeserver/reading.py`), decoding the
codecs'.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from avatarwire.codecs.core.findings import deviation
from avatarwire.codecs.errors import CodecError, ValidationError
from avatarwire.codecs.guiji.http import GET_PULL_PATH
from avatarwire.codecs.ledger import clauses
from avatarwire.codecs.operation import Operation
from avatarwire.fakeserver.guiji.errors import Refusal
from avatarwire.fakeserver.http.validation import Judged, Judgement, broken, told

__all__ = ["Reading", "read"]

_JUDGEMENT: Final = Judgement(misplaced="GJ-R023", unknown="GJ-R022")


@dataclass(frozen=True, slots=True)
class Reading:
    """A request that can be understood.

    Attributes:
        judged: the request, and what was noticed.
        refused: what is answered instead, if anything.
    """

    judged: Judged
    refused: Refusal | None


def read(operation: Operation[Any, Any], query: str, body: bytes, *, strict: bool) -> Reading:
    """Reads the parameters of a call.

    Raises:
        Refusal: they cannot be understood.
    """
    try:
        from_body = operation is GET_PULL_PATH and body and not query
        judged = _from_body(operation, body) if from_body else _JUDGEMENT.judge(operation, query, body)
    except CodecError as error:
        raise Refusal(told(error), violation=broken(error, "GJ-R023")) from None
    # Requests are validated with the table of their section, also where a codec understands more (GJ-E19).
    ledger = clauses(operation.vendor)
    held = next((item for item in judged.findings if ledger.refuses(item.clause)), None)
    worst = (held or judged.worst) if strict else held
    if worst is None:
        return Reading(judged, None)
    refusal = ValidationError.of([worst], vendor=operation.vendor, message=operation.request.message)
    return Reading(judged, Refusal(told(refusal)))


def _from_body(operation: Operation[Any, Any], body: bytes) -> Judged:
    """The parameters of a GET as the sample has them: JSON in its body (GJ-E45)."""
    found = (deviation("GJ-E45", "", "the parameters are in the body, not in the query", level="warning"),)
    return Judged(operation.request.decode(body).value, found, found)
