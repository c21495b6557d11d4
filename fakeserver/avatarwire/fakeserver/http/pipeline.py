"""One HTTP call on its way through a vendor's behaviour: what is found out about it, for its answer and the journal.

Only that lives here. Which operation a call is, who may make it and what it does is each vendor's (`<vendor>/http.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from avatarwire.codecs.message import Message
from avatarwire.codecs.operation import Operation
from avatarwire.fakeserver.effects import HttpAnswer, HttpCall
from avatarwire.fakeserver.journal.entry import Violation

__all__ = ["Exchange", "Noticing", "headers_of"]


class Noticing(Protocol):
    """Who calls, as far as an exchange needs to know.

    Attributes:
        violations: rules that the call breaks.
        notes: what the journal should say beside it.
    """

    violations: list[Violation]
    notes: dict[str, str]


CallerT = TypeVar("CallerT", bound=Noticing)


@dataclass(slots=True)
class Exchange(Generic[CallerT]):
    """One call, and what was found out about it so far.

    Attributes:
        call: as it came.
        caller: who calls.
        headers: of the call, by names in lower case; of repeated ones the last.
        operation: what it asks for; None before that is known.
        session: session id concerned, empty for none.
        request: the decoded parameters.
        deviations: errata by which they differ from the ruled form.
    """

    call: HttpCall
    caller: CallerT
    headers: Mapping[str, str]
    operation: Operation[Any, Any] | None = None
    session: str = ""
    request: Message | None = None
    deviations: tuple[str, ...] = ()

    def answer(self, status: int, body: bytes, value: object, headers: Mapping[str, str]) -> HttpAnswer:
        """The answer, with all that the journal should know.

        Args:
            status, body, headers: what to send.
            value: the decoded body.
        """
        operation, caller = self.operation, self.caller
        return HttpAnswer(
            status=status,
            body=body,
            headers=headers,
            request_message=operation.request.message if operation is not None else "",
            answer_message=operation.response.message if operation is not None else "",
            session=self.session,
            request=self.request,
            answer=value,
            deviations=self.deviations,
            violations=tuple(caller.violations),
            notes=caller.notes,
        )


def headers_of(call: HttpCall) -> dict[str, str]:
    """The headers of a call by names in lower case; of repeated ones the last."""
    return {name.lower(): value for name, value in call.headers}
