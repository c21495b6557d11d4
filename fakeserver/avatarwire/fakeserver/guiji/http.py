"""The HTTP surface of a fake Guiji server: from a request's bytes to the answer's, whatever comes.

Sans-IO. Only the way of a call lives here: route, token, source, parameters, and the form of failures. What an
operation does is in `operations.py`, how its request is judged in `reading.py`, who a token is of in `tokens.py`, other
forms of answers in `forms.py`.

Failures come with HTTP status 200, a code and a text, and without data (GJ-E09). Ours are the statuses 404 for an
unknown path, 405 for another method and 413 for a body that is too large, all in the same form (GJ-E10).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from avatarwire.codecs.errors import shown
from avatarwire.codecs.guiji.http import (
    BY_ROUTE,
    CREATE_LIVE_SESSION,
    GET_ACCESS_TOKEN,
    GET_PULL_PATH,
    OPERATIONS,
    SOURCE,
    SOURCE_HEADER,
    Envelope,
    ErrorCode,
    encode_failure,
)
from avatarwire.codecs.operation import Operation
from avatarwire.fakeserver.effects import HttpAnswer, HttpCall, Turn
from avatarwire.fakeserver.guiji.errors import Refusal
from avatarwire.fakeserver.guiji.forms import Forms
from avatarwire.fakeserver.guiji.operations import Caller, Operations
from avatarwire.fakeserver.guiji.reading import read
from avatarwire.fakeserver.guiji.scenario import AccountFixture, GuijiScenario
from avatarwire.fakeserver.guiji.state import GuijiState
from avatarwire.fakeserver.http.pipeline import Exchange, headers_of
from avatarwire.fakeserver.journal.entry import Violation
from avatarwire.fakeserver.journal.failures import whereabouts

__all__ = ["CONTENT_TYPE", "GuijiHttp"]

CONTENT_TYPE: Final = "application/json;charset=utf-8"

_OK: Final = 200
_HEADERS: Final[Mapping[str, str]] = MappingProxyType({"content-type": CONTENT_TYPE})
_TOKEN_ERRORS: Final = frozenset({ErrorCode.TOKEN_MISSING, ErrorCode.TOKEN_INVALID})
_BEARER: Final = "bearer "
_SILENT: Final = frozenset({GET_PULL_PATH.id, CREATE_LIVE_SESSION.id})
"""Operations whose tables do not list the header source, which they need all the same (GJ-R005)."""

_METHODS: Final[Mapping[str, str]] = MappingProxyType({operation.path: operation.method for operation in OPERATIONS})
"""The method of each path."""


class GuijiHttp:
    """Answers HTTP calls.

    Args:
        state: what calls read and change.
        scenario: how strict to be, whom to know.
        turn: the time.
    """

    def __init__(self, state: GuijiState, scenario: GuijiScenario, turn: Turn) -> None:
        self._state: Final = state
        self._scenario: Final = scenario
        self._operations: Final = Operations(state, scenario, turn)
        self._forms: Final = Forms(scenario)
        self._token_headers: Final = tuple(name.lower() for name in scenario.token_headers)

    def handle(self, call: HttpCall) -> HttpAnswer:
        """Answers one call. Never raises: what goes wrong inside is answered with code 500."""
        caller = Caller(self._scenario.accounts[0])
        exchange = Exchange(call, caller, headers_of(call))
        try:
            return self._carried_out(exchange)
        except Refusal as refusal:
            caller.violations += [] if refusal.violation is None else [refusal.violation]
            return self._refused(exchange, refusal)
        except Exception as failure:
            caller.notes["failure"] = whereabouts(failure)
            return self._refused(exchange, Refusal("the fake server failed; its journal says where", status=500))

    def too_large(self, limit: int) -> HttpAnswer:
        """The answer to a call whose body was not read, as it has more than `limit` bytes."""
        exchange = Exchange(HttpCall("", "", "", ()), Caller(self._scenario.accounts[0]), {})
        return self._refused(exchange, Refusal(f"the body is larger than {limit} bytes", status=413))

    def _carried_out(self, exchange: Exchange[Caller]) -> HttpAnswer:
        call, caller = exchange.call, exchange.caller
        operation = exchange.operation = _route(call)
        if operation is not GET_ACCESS_TOKEN:
            caller.account = self._authenticated(exchange)
            _check_source(exchange, operation)
        self._compare_content_type(exchange)
        reading = read(operation, call.query, call.body, strict=self._scenario.strict)
        exchange.request, exchange.deviations = reading.judged.value, reading.judged.deviations
        exchange.session = getattr(reading.judged.value, "session_id", "")
        caller.violations += reading.judged.violations
        if reading.refused is not None:
            raise reading.refused
        reply = self._operations.handlers[operation.id](reading.judged.value, caller)
        exchange.session = getattr(reply, "session_id", "") or exchange.session
        body = self._forms.shaped(operation.id, operation.encode_response(reply), succeeded=True)
        return exchange.answer(_OK, body, reply, _HEADERS)

    def _authenticated(self, exchange: Exchange[Caller]) -> AccountFixture:
        """The account that the token is of (GJ-R006)."""
        token = self._token(exchange.headers)
        try:
            return self._state.tokens.use(token)
        except Refusal as refusal:
            if refusal.code == ErrorCode.TOKEN_MISSING:
                refusal.violation = Violation("GJ-R003", self._token_headers[0], "the header is missing or empty")
            raise

    def _token(self, headers: Mapping[str, str]) -> str:
        """The token of a call, wherever it is looked for; empty if it is not there (GJ-E01)."""
        found = (headers.get(name, "").strip() for name in self._token_headers)
        token = next(filter(None, found), "")
        credentials = headers.get("authorization", "")
        if not token and self._scenario.bearer and credentials[: len(_BEARER)].lower() == _BEARER:
            return credentials[len(_BEARER) :].strip()
        return token

    def _compare_content_type(self, exchange: Exchange[Caller]) -> None:
        """JSON travels as such (GJ-R023); only strict mode refuses what does not say so."""
        given = exchange.headers.get("content-type", "")
        if exchange.call.method != "POST" or given.partition(";")[0].strip().lower() == "application/json":
            return
        violation = Violation("GJ-R023", "content-type", f"got {shown(given)}, expected application/json")
        if self._scenario.strict:
            raise Refusal(f"content-type: {violation.reason} [GJ-R023]", violation=violation)
        exchange.caller.violations.append(violation)

    def _refused(self, exchange: Exchange[Caller], refusal: Refusal) -> HttpAnswer:
        status = self._scenario.token_error_status if refusal.code in _TOKEN_ERRORS else refusal.status
        # What is no Unicode could not be answered.
        reason = refusal.reason.encode("utf-8", "replace").decode()
        operation = "" if exchange.operation is None else exchange.operation.id
        body = self._forms.shaped(operation, encode_failure(refusal.code, reason), succeeded=False)
        return exchange.answer(status, body, Envelope(code=refusal.code, msg=reason, success=False), _HEADERS)


def _route(call: HttpCall) -> Operation[Any, Any]:
    operation = BY_ROUTE.get((call.method, call.path))
    if operation is not None:
        return operation
    if call.path in _METHODS:
        reason = f"{shown(call.method)} is not supported here, expected {_METHODS[call.path]} [GJ-E10]"
        raise Refusal(reason, status=405)
    raise Refusal(f"no operation has the path {shown(call.path)} [GJ-E10]", status=404)


def _check_source(exchange: Exchange[Caller], operation: Operation[Any, Any]) -> None:
    """The header source is there and says what it must (GJ-E08)."""
    given = exchange.headers.get(SOURCE_HEADER)
    if given is not None and given.strip() == SOURCE:
        return
    clause = "GJ-R005" if operation.id in _SILENT else "GJ-R004"
    reason = "the header is missing" if given is None else f"got {shown(given)}"
    reason = f"{reason}, expected {SOURCE}"
    violation = Violation(clause, SOURCE_HEADER, reason)
    raise Refusal(f"{SOURCE_HEADER}: {reason} [{clause}]", violation=violation)
