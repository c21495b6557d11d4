"""Why a client's message is not carried out: what it is told, and what the journal says of it.

Only the wording lives here, and which code of our own goes with which fault (GJ-E62). What follows is in `mqtt.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final, TypeAlias, cast

from avatarwire.codecs.core.json_text import look
from avatarwire.codecs.errors import CodecError, ValidationError, shown
from avatarwire.codecs.guiji.messages.replies import RpcErrorCode
from avatarwire.codecs.guiji.wire import rpc
from avatarwire.codecs.guiji.wire.table import MESSAGES, VENDOR, Kind
from avatarwire.codecs.ledger import clauses
from avatarwire.fakeserver.journal.entry import Violation

__all__ = ["AnyId", "RpcRefusal", "echo", "envelope", "refused", "unknown_method", "unreadable"]

AnyId: TypeAlias = str | int | float | None
"""The id of a message as it came; None for none, or for one that cannot be said again."""

NO_MESSAGE: Final = "GJ-R124"
"""What bytes break that are no message at all."""


class RpcRefusal(Exception):
    """A request that is answered with an error envelope.

    Attributes:
        code: what is told beside the text.
        violation: what is wrong, for the journal.
    """

    def __init__(
        self,
        code: RpcErrorCode,
        reason: str,
        *,
        clause: str,
        path: str = "",
        expected: str = "",
        found: Violation | None = None,
    ) -> None:
        super().__init__(reason)
        self.code: Final = code
        self.violation: Final = found or Violation(clause, path, reason, expected)

    @classmethod
    def of(cls, code: RpcErrorCode, violation: Violation) -> RpcRefusal:
        """A refusal about something that was found before: the journal has it once."""
        return cls(code, violation.reason, clause=violation.clause, found=violation)

    @property
    def text(self) -> str:
        """The text for the client: field, reason, clause."""
        return str(self.violation)


def unreadable(error: CodecError, head: rpc.Head) -> RpcRefusal:
    """Why a message was not understood: no JSON, no request, a method there is not, or arguments that are wrong.

    Args:
        error: what the codec says.
        head: the envelope as far as it could be read; without an id nothing else counts.
    """
    path = error.path or (f"byte {error.offset}" if error.offset is not None else "")
    code = RpcErrorCode.MALFORMED
    if isinstance(error, ValidationError) and head.method and head.id is not None:
        code = _CODES.get(path, RpcErrorCode.BAD_ARGUMENTS)
    return RpcRefusal(code, error.reason, clause=error.clause or NO_MESSAGE, path=path, expected=error.expected)


_CODES: Final = {
    "id": RpcErrorCode.MALFORMED,
    "method": RpcErrorCode.UNKNOWN_METHOD,
    "token": RpcErrorCode.TOKEN_REJECTED,
    "params.token": RpcErrorCode.TOKEN_REJECTED,
}
"""Codes of faults in members that have one of their own."""


def echo(data: bytes, head: rpc.Head) -> AnyId:
    """The id that an error is told under: that of the message, whatever it is, as far as it can be read (GJ-R080).

    What is no JSON is searched for one.
    """
    if head.id is not None:
        return head.id
    fields = look(data)
    given = cast("dict[str, Any]", fields).get("id") if isinstance(fields, dict) else _searched(data)
    if isinstance(given, str):
        # What is no Unicode could not be answered.
        return given.encode("utf-8", "replace").decode() if len(given) <= _LONGEST_ID else None
    return given if isinstance(given, bool | int | float) else None


_LONGEST_ID: Final = 256
"""Characters."""


def _searched(data: bytes) -> object:
    """The id in what is no JSON; None where there is none."""
    found = _ANY_ID.search(data)
    return None if found is None else look(found[1])


def unknown_method(method: str) -> RpcRefusal:
    """There is no such method; MakeSession is a heading only, and case matters."""
    clause = "GJ-E64" if method == "MakeSession" else "GJ-E78"
    expected = f"one of {', '.join(METHODS)}"
    return RpcRefusal(
        RpcErrorCode.UNKNOWN_METHOD, f"got {shown(method)}", path="method", clause=clause, expected=expected
    )


METHODS: Final = tuple(dict.fromkeys(str(row.body.__struct_config__.tag) for row in MESSAGES if row.kind == "request"))
"""What a client may ask."""


def refused(violations: Iterable[Violation], *, strict: bool) -> Violation | None:
    """The first of them for which a message is not carried out."""
    ledger = clauses(VENDOR)
    return next(
        (item for item in violations if item.level == "error" and (strict or ledger.refuses(item.clause))), None
    )


# --- what cannot be parsed ---

_ANY_ID: Final = re.compile(rb'"id"\s*:\s*("(?:[^"\\]|\\.){0,256}"|-?[0-9][0-9.eE+-]{0,64})\s*[,}\]]')
_ID: Final = re.compile(rb'"id"\s*:\s*(-?[0-9]{1,18})\s*[,}\]]')
_TEXTS: Final = {
    name: re.compile(rb'"' + name.encode() + rb'"\s*:\s*"([^"\\]{1,256})"') for name in ("sessionId", "sender")
}


def envelope(data: bytes) -> rpc.Head:
    """The envelope of a message, as far as it can be read.

    What is no JSON is searched for an id, a session and a sender all the same, so that whoever has left a comma too
    many is told instead of waiting in vain: ours.
    """
    head = rpc.peek(data)
    if head != rpc.Head():
        return head
    found = _ID.search(data)
    session_id, sender = (_text(pattern.search(data)) for pattern in _TEXTS.values())
    kind: Kind | None = "result" if b'"result"' in data else None
    return rpc.Head(id=int(found[1]) if found else None, session_id=session_id, sender=sender, kind=kind)


def _text(found: re.Match[bytes] | None) -> str:
    return found[1].decode("utf-8", "replace") if found else ""
