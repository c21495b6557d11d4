"""Answers to nlpReply: from the scenario's libraries, or from a function. There is no link to lives (ST-E73).

Only the finding of answers lives here.
"""

from __future__ import annotations

import inspect
from functools import partial
from typing import Any, Final, cast

from avatarwire.codecs.sensetime.http import NlpReplyRequest, NlpReplyResponse
from avatarwire.fakeserver.http.exchange import Deferred
from avatarwire.fakeserver.journal.failures import whereabouts
from avatarwire.fakeserver.sensetime.scenario import NlpFunction, NlpQuestion, SenseTimeScenario
from avatarwire.fakeserver.user_code import Guard

__all__ = ["Nlp", "failed"]

_ECHOED: Final = ("query", "session", "trace")


class Nlp:
    """Looks questions up.

    Args:
        scenario: the libraries, and the function that goes before them.
        guard: calls the function.
    """

    def __init__(self, scenario: SenseTimeScenario, guard: Guard) -> None:
        self._guard: Final = guard
        self._libraries: Final = scenario.libraries
        self._ask: Final = cast("NlpFunction | None", scenario.nlp_answer)

    def reply(self, request: NlpReplyRequest) -> NlpReplyResponse | Deferred:
        """The answer: empty for a miss, with an error_message where there is no such library (ST-E70, ST-E72).

        It has to be waited for where the function is asynchronous, or runs in a thread.
        """
        if self._ask is None:
            library = self._libraries.get(request.app_id)
            if library is None:
                return _said(request, "", f"appId: no library {request.app_id} [ST-E70]")
            return _said(request, library.get(request.query.strip(), ""))
        question = NlpQuestion(request.query, request.app_id, request.session, request.trace, str(request.device))
        given: Any = self._guard.call("nlp_answer", self._ask, question)
        if inspect.isawaitable(given):
            return Deferred(given, partial(_checked, request))
        return _checked(request, given)


def failed(fields: dict[str, Any] | Any, reason: str) -> NlpReplyResponse:
    """The answer to a question that cannot be looked up: flat like any other (ST-NET-07, ST-E72).

    Args:
        fields: the question as it came; what is text of it is told again.
        reason: one sentence.
    """
    echoed = {name: _text(fields.get(name)) for name in _ECHOED}
    return NlpReplyResponse(
        answer="", device_id=_text(fields.get("device")), language="zh", error_message=reason, **echoed
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _checked(request: NlpReplyRequest, given: object) -> NlpReplyResponse:
    if isinstance(given, BaseException):
        return _said(request, "", f"the function that answers failed: {whereabouts(given)}")
    if given is not None and not isinstance(given, str):
        return _said(request, "", f"the function that answers gave {type(given).__name__}, expected a text or None")
    return _said(request, given or "")


def _said(request: NlpReplyRequest, answer: str, error: str = "") -> NlpReplyResponse:
    return NlpReplyResponse.trusted(
        answer=answer,
        device_id=str(request.device),
        language=request.language,
        query=request.query,
        session=request.session,
        trace=request.trace,
        error_message=error,
    )
