"""The HTTP surface of a fake Aliyun server: from a request's bytes to the answer's, whatever comes.

Sans-IO. Only the way of a call lives here: route, signature, parameters, and the form of errors. What an operation does
is in `operations.py`, how its request is judged in `reading.py`, error codes in `refusals.py`.

A call belongs to the operation of its method and path; another ``x-acs-action`` or ``x-acs-version`` is a violation
that only strict mode refuses. Errors look as the published SDK reads them: ``Code``, ``Message``, ``RequestId`` and
``HostId``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from avatarwire.codecs.aliyun.http import API_VERSION, BY_ROUTE, OPERATIONS, HttpErrorBody
from avatarwire.codecs.aliyun.signature import NonceMemory, NonceStore, verify
from avatarwire.codecs.errors import SignatureError, shown
from avatarwire.codecs.operation import Operation
from avatarwire.fakeserver.aliyun.errors import (
    BODY_TOO_LARGE,
    INTERNAL_ERROR,
    METHOD_UNSUPPORTED,
    UNKNOWN_API,
    Refusal,
    status_of,
)
from avatarwire.fakeserver.aliyun.operations import Caller, Operations
from avatarwire.fakeserver.aliyun.reading import read
from avatarwire.fakeserver.aliyun.scenario import AliyunScenario
from avatarwire.fakeserver.aliyun.state import AliyunState
from avatarwire.fakeserver.effects import HttpAnswer, HttpCall, Turn
from avatarwire.fakeserver.http.pipeline import Exchange, headers_of
from avatarwire.fakeserver.journal.entry import Violation
from avatarwire.fakeserver.journal.failures import whereabouts

__all__ = ["CONTENT_TYPE", "AliyunHttp"]

CONTENT_TYPE: Final = "application/json;charset=utf-8"

_OK: Final = 200

_METHODS: Final[Mapping[str, str]] = MappingProxyType({operation.path: operation.method for operation in OPERATIONS})
"""The method of each path."""


class AliyunHttp:
    """Answers HTTP calls.

    Args:
        state: what calls read and change.
        scenario: how strict to be, whom to know.
        turn: the time, which dates of signatures are held against.
        nonces: remembers the nonces that were used.
    """

    def __init__(
        self, state: AliyunState, scenario: AliyunScenario, turn: Turn, *, nonces: NonceStore | None = None
    ) -> None:
        self._state: Final = state
        self._scenario: Final = scenario
        self._turn: Final = turn
        self._nonces: Final[NonceStore] = NonceMemory() if nonces is None else nonces
        self._accounts: Final = {account.access_key_id: account for account in scenario.accounts}
        self._operations: Final = Operations(state, scenario, turn)

    def handle(self, call: HttpCall) -> HttpAnswer:
        """Answers one call. Never raises: what goes wrong inside is answered with status 500."""
        caller = self._caller()
        exchange = Exchange(call, caller, headers_of(call))
        try:
            return self._carried_out(exchange)
        except Refusal as refusal:
            caller.violations += [] if refusal.violation is None else [refusal.violation]
            return _refused(exchange, refusal.code, refusal.reason)
        except SignatureError as error:
            caller.violations.append(Violation(error.clause, "Authorization", error.reason))
            caller.notes["explanation"] = error.explanation or error.reason
            return _refused(exchange, error.code, error.reason)
        except Exception as failure:
            caller.notes["failure"] = whereabouts(failure)
            return _refused(exchange, INTERNAL_ERROR, "the fake server failed; its journal says where")

    def too_large(self, limit: int) -> HttpAnswer:
        """The answer to a call whose body was not read, as it has more than `limit` bytes."""
        reason = f"the body is larger than {limit} bytes"
        return _refused(Exchange(HttpCall("", "", "", ()), self._caller(), {}), BODY_TOO_LARGE, reason)

    def _caller(self) -> Caller:
        """A call of the first account, until its signature tells better."""
        return Caller(self._state.new_uuid().upper(), self._scenario.accounts[0].main_id)

    def _carried_out(self, exchange: Exchange[Caller]) -> HttpAnswer:
        operation = exchange.operation = self._route(exchange.call)
        if self._scenario.verify_signatures:
            self._authenticate(exchange)
        self._compare_headers(exchange, operation)
        reading = read(operation, exchange.call.query, exchange.call.body)
        exchange.request, exchange.deviations = reading.value, reading.deviations
        exchange.session = getattr(reading.value, "session_id", "")
        exchange.caller.violations += reading.violations
        if self._scenario.strict and reading.refused is not None:
            raise reading.refused
        reply = self._operations.handlers[operation.id](reading.value, exchange.caller)
        exchange.session = getattr(reply, "session_id", None) or exchange.session
        return _answer(exchange, _OK, operation.encode_response(reply), reply)

    def _route(self, call: HttpCall) -> Operation[Any, Any]:
        operation = BY_ROUTE.get((call.method, call.path))
        if operation is not None:
            return operation
        if call.path in _METHODS:
            reason = f"{shown(call.method)} is not supported here, expected {_METHODS[call.path]} [ALI-E67]"
            raise Refusal(METHOD_UNSUPPORTED, reason)
        raise Refusal(UNKNOWN_API, f"no operation has the path {shown(call.path)} [ALI-E67]")

    def _authenticate(self, exchange: Exchange[Caller]) -> None:
        call = exchange.call
        verified = verify(
            call.method,
            call.path,
            call.query,
            call.headers,
            call.body,
            secret_for=self._secret,
            now=self._turn.now,
            nonces=self._nonces,
        )
        exchange.caller.main_id = self._accounts[verified.access_key_id].main_id
        if verified.security_token:
            exchange.caller.notes["note"] = "the security token was accepted without a check"

    def _secret(self, access_key_id: str) -> str | None:
        account = self._accounts.get(access_key_id)
        return None if account is None else account.access_key_secret

    def _compare_headers(self, exchange: Exchange[Caller], operation: Operation[Any, Any]) -> None:
        for name, expected in (("x-acs-action", operation.id), ("x-acs-version", API_VERSION)):
            given = exchange.headers.get(name, expected)
            if given != expected:
                reason = f"got {shown(given)}, expected {expected} for this path"
                exchange.caller.violations.append(Violation("ALI-E67", name, reason))
                if self._scenario.strict:
                    raise Refusal(UNKNOWN_API, f"{name}: {reason} [ALI-E67]")


def _refused(exchange: Exchange[Caller], code: str, reason: str) -> HttpAnswer:
    host = exchange.headers.get("host", "")
    # Anything else would be no host, and what is no Unicode could not be answered.
    body = HttpErrorBody.trusted(
        code=code,
        message=reason,
        request_id=exchange.caller.request_id,
        host_id=host if host and host.isascii() else None,
    )
    return _answer(exchange, status_of(code), msgspec.json.encode(body), body)


def _answer(exchange: Exchange[Caller], status: int, body: bytes, answer: object) -> HttpAnswer:
    headers = {"content-type": CONTENT_TYPE, "x-acs-request-id": exchange.caller.request_id}
    return exchange.answer(status, body, answer, headers)
