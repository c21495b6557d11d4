"""The HTTP surface of a fake SenseTime server: from a request's bytes to the answer's, whatever comes.

Sans-IO. Only the way of a call lives here: route, origin, token, parameters, and the form of failures. What an
operation does is in `operations.py` and `centre.py`, how its request is judged in `reading.py`, codes in `refusals.py`.

Failures come with HTTP status 200 and a code other than 0 (ST-E05); those of nlpReply are flat, with a text in
error_message (ST-E72). Ours are the statuses 404 for an unknown path, 405 for another method and 413 for a body that is
too large, in the same form.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, cast

from msgspec import UNSET

from avatarwire.codecs.errors import TokenError, shown
from avatarwire.codecs.operation import Operation
from avatarwire.codecs.sensetime.http import (
    BY_ROUTE,
    CONTENT_TYPE,
    NLP_REPLY,
    OPERATIONS,
    RTC_AUDIENCE_TOKEN,
    TAKEOVER_CANCEL,
    TAKEOVER_COMMAND,
    TAKEOVER_REORDER,
    Envelope,
    NlpReplyResponse,
    encode_failure,
)
from avatarwire.codecs.sensetime.tokens import LOGIN, REFRESH, read_bearer
from avatarwire.fakeserver.effects import HttpAnswer, HttpCall
from avatarwire.fakeserver.http.pipeline import Exchange, headers_of
from avatarwire.fakeserver.http.validation import received
from avatarwire.fakeserver.journal.entry import Violation
from avatarwire.fakeserver.journal.failures import whereabouts
from avatarwire.fakeserver.journal.masking import MASK
from avatarwire.fakeserver.sensetime.caller import Caller
from avatarwire.fakeserver.sensetime.centre import CENTRE, WEB_TOKEN, UserCentre
from avatarwire.fakeserver.sensetime.cors import Cors
from avatarwire.fakeserver.sensetime.errors import Failure, Refusal
from avatarwire.fakeserver.sensetime.nlp import failed
from avatarwire.fakeserver.sensetime.operations import Handler, Operations
from avatarwire.fakeserver.sensetime.reading import read
from avatarwire.fakeserver.sensetime.scenario import AccountFixture, SenseTimeScenario
from avatarwire.fakeserver.sensetime.state import SenseTimeState
from avatarwire.fakeserver.user_code import Guard

__all__ = ["SenseTimeHttp"]

_JSON: Final = "application/json;charset=utf-8"
_OK: Final = 200
_NO_CONTENT: Final = 204

_ROUTES: Final[Mapping[tuple[str, str], Operation[Any, Any]]] = MappingProxyType(
    {**BY_ROUTE, **{(operation.method, operation.path): operation for operation in CENTRE}}
)
_BY_PATH: Final[Mapping[str, Operation[Any, Any]]] = MappingProxyType(
    {operation.path: operation for operation in (*OPERATIONS, *CENTRE)}
)
_WITHOUT_TOKEN: Final = frozenset(operation.id for operation in CENTRE)
_TELLING: Final = frozenset({TAKEOVER_COMMAND.id, TAKEOVER_REORDER.id, TAKEOVER_CANCEL.id})
"""Operations whose failures have data with isSuccess (ST-E08)."""


@dataclass(slots=True)
class _Exchange(Exchange[Caller]):
    """One call, and the headers that let a page of another origin have its answer."""

    cors: Mapping[str, str] = field(default_factory=dict[str, str])


class SenseTimeHttp:
    """Answers HTTP calls.

    Args:
        state: what calls read and change.
        scenario: how strict to be, whom to know.
        guard: calls functions of the test.
    """

    def __init__(self, state: SenseTimeState, scenario: SenseTimeScenario, guard: Guard | None = None) -> None:
        self._state: Final = state
        self._scenario: Final = scenario
        self._cors: Final = Cors(scenario)
        centre = UserCentre(state.tokens)
        self._handlers: Final[Mapping[str, Handler]] = {
            **Operations(state, scenario, Guard() if guard is None else guard).handlers,
            LOGIN.id: centre.login,
            REFRESH.id: centre.refresh,
            WEB_TOKEN.id: centre.web_token,
        }
        self._token_header: Final = scenario.token_header.lower()

    def handle(self, call: HttpCall) -> HttpAnswer:
        """Answers one call. Never raises: what goes wrong inside is answered with a code of its own."""
        headers = headers_of(call)
        exchange = _Exchange(call, Caller(self._scenario.accounts[0], headers), headers)
        try:
            return self._carried_out(exchange)
        except Exception as failure:
            return self._failed(exchange, failure)

    def too_large(self, limit: int) -> HttpAnswer:
        """The answer to a call whose body was not read, as it has more than `limit` bytes."""
        exchange = _Exchange(HttpCall("", "", "", ()), Caller(self._scenario.accounts[0]), {})
        reason = f"the body is larger than {limit} bytes [ST-E132]"
        return self._refused(exchange, Refusal(reason, Failure.TOO_LARGE))

    def _carried_out(self, exchange: _Exchange) -> HttpAnswer:
        call, caller = exchange.call, exchange.caller
        if call.method == "OPTIONS" and call.path in _BY_PATH:
            asked = _BY_PATH[call.path]
            told = self._cors.preflight(asked.id, asked.method, caller.headers)
            return HttpAnswer(_NO_CONTENT, b"", told)
        operation = exchange.operation = _route(call)
        exchange.cors = self._cors.headers(operation.id, caller.headers)
        self._cors.check(operation.id, caller)
        if operation.id not in _WITHOUT_TOKEN:
            caller.account = self._authenticated(caller)
        self._compare_content_type(exchange)
        reading = read(operation, call.query, call.body, self._scenario)
        exchange.request, exchange.deviations = reading.value, reading.deviations
        exchange.session = getattr(reading.value, "session_id", "") or ""
        caller.violations += reading.violations
        if reading.refused is not None:
            raise reading.refused
        reply = self._handlers[operation.id](reading.value, caller)
        if inspect.isawaitable(reply):
            pending = self._awaited(exchange, cast("Awaitable[NlpReplyResponse]", reply))
            return HttpAnswer(_OK, b"", pending=pending)
        return _replied(exchange, operation, reply)

    async def _awaited(self, exchange: _Exchange, reply: Awaitable[NlpReplyResponse]) -> HttpAnswer:
        try:
            return _replied(exchange, NLP_REPLY, await reply)
        except Exception as failure:
            return self._failed(exchange, failure)

    def _authenticated(self, caller: Caller) -> AccountFixture:
        """The account that the token is of (ST-NET-02)."""
        try:
            bearer = read_bearer(caller.headers.get(self._token_header, ""))
        except TokenError as error:
            violation = Violation("ST-NET-02", self._token_header, error.reason)
            raise Refusal(f"{self._token_header}: {error}", Failure.TOKEN, violation) from None
        account = self._state.tokens.account_of(bearer.token)
        if account is None:
            raise Refusal("the access token is unknown or no longer valid [ST-TOK-01]", Failure.TOKEN)
        if bearer.deviations:
            reason = "the token comes without the word Bearer, or with it spelled otherwise"
            caller.violations.append(Violation("ST-E01", self._token_header, reason, level="warning"))
        return account

    def _compare_content_type(self, exchange: _Exchange) -> None:
        """JSON travels as such (ST-NET-04); only strict mode refuses what does not say so."""
        given = exchange.caller.headers.get("content-type", "")
        if exchange.call.method != "POST" or given.partition(";")[0].strip().lower() == CONTENT_TYPE:
            return
        violation = Violation("ST-NET-04", "content-type", f"got {shown(given)}, expected {CONTENT_TYPE}")
        if self._scenario.strict:
            raise Refusal(f"content-type: {violation.reason} [ST-NET-04]", Failure.PARAMETER, violation)
        exchange.caller.violations.append(violation)

    # Failures

    def _failed(self, exchange: _Exchange, failure: Exception) -> HttpAnswer:
        if isinstance(failure, Refusal):
            exchange.caller.violations += failure.violations
            return self._refused(exchange, failure)
        exchange.caller.notes["failure"] = whereabouts(failure)
        return self._refused(exchange, Refusal("the fake server failed; its journal says where", Failure.INTERNAL))

    def _refused(self, exchange: _Exchange, refusal: Refusal) -> HttpAnswer:
        # What is no Unicode could not be answered.
        reason = refusal.reason.encode("utf-8", "replace").decode()
        exchange.caller.notes["refused"] = reason
        if refusal.failure is Failure.TOKEN and self._scenario.token_failure == "401":  # noqa: S105 - a choice
            return _answer(exchange, 401, b"", None)
        operation = exchange.operation
        if operation is NLP_REPLY:
            flat = failed(received(NLP_REPLY, exchange.call.query, exchange.call.body), reason)
            return _answer(exchange, refusal.status, NLP_REPLY.encode_response(flat), flat)
        code = self._scenario.code_base + int(refusal.failure)
        data = self._failure_data("" if operation is None else operation.id, reason)
        body = encode_failure(code, reason, data=data)
        return _answer(exchange, refusal.status, body, Envelope.trusted(code=code, message=reason, data=data))

    def _failure_data(self, operation: str, reason: str) -> Any:
        """The data of a failure: isSuccess false where an operation has it (ST-E08), else what the scenario says."""
        if operation in _TELLING:
            return {"isSuccess": False, **({"message": reason} if operation == TAKEOVER_CANCEL.id else {})}
        forms: Mapping[str, Any] = {"omitted": UNSET, "null": None, "empty": {}}
        return forms[self._scenario.failure_data]


def _route(call: HttpCall) -> Operation[Any, Any]:
    operation = _ROUTES.get((call.method, call.path))
    if operation is not None:
        return operation
    if call.path in _BY_PATH:
        reason = f"{shown(call.method)} is not supported here, expected {_BY_PATH[call.path].method} [ST-NET-08]"
        raise Refusal(reason, Failure.METHOD)
    raise Refusal(f"no operation has the path {shown(call.path)} [ST-NET-08]", Failure.PATH)


def _replied(exchange: _Exchange, operation: Operation[Any, Any], reply: Any) -> HttpAnswer:
    exchange.session = getattr(reply, "session_id", "") or exchange.session
    body = operation.encode_response(reply)
    if operation is not RTC_AUDIENCE_TOKEN:
        return _answer(exchange, _OK, body, reply)
    given = _answer(exchange, _OK, body, MASK)
    # The token is all there is of the data, so no name says that it is one.
    given.secrets = (str(reply),)
    return given


def _answer(exchange: _Exchange, status: int, body: bytes, answer: object) -> HttpAnswer:
    return exchange.answer(status, body, answer, {**({"content-type": _JSON} if body else {}), **exchange.cors})
