"""One HTTP call, and everything that is known of it so far: the one record that goes through the pipeline.

Only the record lives here; what is done with it, `pipeline.py` says.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Generic, TypeAlias, TypeVar, cast
from urllib.parse import parse_qsl

import msgspec

from avatarwire.codecs.core.json_codec import JsonCodec
from avatarwire.codecs.core.json_text import look
from avatarwire.codecs.message import Message
from avatarwire.codecs.operation import Operation
from avatarwire.fakeserver.effects import HttpAnswer, HttpCall
from avatarwire.fakeserver.http.refusal import Refusal
from avatarwire.fakeserver.journal.entry import Violation

__all__ = ["JSON_TYPE", "Check", "Deferred", "Exchange", "Pending", "members"]

AccountT = TypeVar("AccountT")

JSON_TYPE: Final = "application/json;charset=utf-8"
"""Content type of every answer."""

_NO_MESSAGE: Final = JsonCodec(Message, vendor="", message="")
_NO_OPERATION: Final[Operation[Any, Any]] = Operation(
    id="", vendor="", title="", method="GET", path="", parameters_in="query", request=_NO_MESSAGE, response=_NO_MESSAGE
)
"""What a call asks for before that is known."""


class Exchange(msgspec.Struct, Generic[AccountT]):
    """One call, and everything that is known of it so far.

    Attributes:
        call: as it came.
        now: when that was, epoch seconds.
        account: who calls, as far as the vendor tells accounts apart; the first one until somebody has said.
        request_id: id of the call, where the vendor has such.
        headers: of the call, by names in lower case; of repeated ones the last.
        operation: what it asks for; one without an id as long as that is not known.
        request: the decoded parameters.
        inside: what a text in them says that is JSON itself, where the vendor has such.
        session: session id concerned, empty for none.
        deviations: clauses by which the parameters differ from the ruled form.
        violations: rules that the call breaks.
        notes: what the journal should say beside it.
        secrets: texts that are secret in the answer, although no name there says so.
        answer_headers: headers that the answer has whatever it says.
        refusal: why it is not carried out, if it is not.
        ready: the answer to a call that asks for no operation.
    """

    call: HttpCall
    now: float
    account: AccountT
    request_id: str = ""
    headers: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    operation: Operation[Any, Any] = _NO_OPERATION
    request: Message | None = None
    inside: Any = None
    session: str = ""
    deviations: tuple[str, ...] = ()
    violations: list[Violation] = msgspec.field(default_factory=list[Violation])
    notes: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    secrets: tuple[str, ...] = ()
    answer_headers: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    refusal: Refusal | None = None
    ready: HttpAnswer | None = None
    _parameters: Mapping[str, Any] | None = None

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The parameters as they came, by wire name; none when they cannot be read. Read when they are asked for."""
        if self._parameters is None:
            is_query = self.operation.parameters_in == "query"
            query = parse_qsl(self.call.query, keep_blank_values=True) if is_query else ()
            self._parameters = dict(query) if is_query else members(self.call.body)
        return self._parameters

    def answer(self, status: int, body: bytes, value: object, headers: Mapping[str, str]) -> HttpAnswer:
        """The answer, with all that the journal should know.

        Args:
            status, body, headers: what to send.
            value: the decoded body.
        """
        return HttpAnswer(
            status=status,
            body=body,
            headers={**headers, **self.answer_headers},
            request_message=self.operation.request.message,
            answer_message=self.operation.response.message,
            session=self.session,
            request=self.request,
            answer=value,
            deviations=self.deviations,
            violations=tuple(self.violations),
            notes=self.notes,
            secrets=self.secrets,
        )


class Deferred(msgspec.Struct, frozen=True):
    """A reply that has to be waited for.

    Attributes:
        awaitable: what to wait for, such as a function of the user.
        finish: makes the reply of what that gives, or of the exception it has raised.
    """

    awaitable: Awaitable[object]
    finish: Callable[[object], Any]


class Pending(msgspec.Struct, frozen=True):
    """An answer that has to be waited for.

    Attributes:
        awaitable: what to wait for.
        answer: makes the answer of what that gives, or of the exception it has raised.
    """

    awaitable: Awaitable[object]
    answer: Callable[[object], HttpAnswer]


Check: TypeAlias = Callable[[Exchange[AccountT]], None]
"""Holds a call to a rule: may say who calls, note a violation, or raise `Refusal`."""


def members(text: bytes) -> Mapping[str, Any]:
    """The members of a JSON object, by wire name; none when it is none."""
    fields = look(text)
    return cast("dict[str, Any]", fields) if isinstance(fields, dict) else {}
