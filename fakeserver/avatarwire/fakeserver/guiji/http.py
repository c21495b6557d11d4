"""The HTTP surface of a fake Guiji server: what its calls are held to, and the form of its answers.

Only these rules live here; the way of a call is every vendor's (`http/pipeline.py`). What an operation does is in
`operations.py`, who a token is of in `token_store.py`, other forms of answers in `response_shapes.py`.

Failures come with HTTP status 200, a code and a text, and without data (GJ-E09). Ours are the statuses 404 for an
unknown path, 405 for another method and 413 for a body that is too large, all in the same form (GJ-E10).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, cast

from avatarwire.codecs.core.received import Received
from avatarwire.codecs.errors import shown
from avatarwire.codecs.guiji.http import (
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
from avatarwire.fakeserver.effects import HttpAnswer, HttpCall
from avatarwire.fakeserver.guiji.errors import COMMON, refused, unfit
from avatarwire.fakeserver.guiji.operations import Operations
from avatarwire.fakeserver.guiji.response_shapes import ResponseShapes
from avatarwire.fakeserver.guiji.scenario import AccountFixture, GuijiScenario
from avatarwire.fakeserver.guiji.state import GuijiState
from avatarwire.fakeserver.http.exchange import JSON_TYPE, Check, Exchange
from avatarwire.fakeserver.http.pipeline import Pipeline, Rules
from avatarwire.fakeserver.http.refusal import Refusal
from avatarwire.fakeserver.http.validation import Validation, json_content, told
from avatarwire.fakeserver.journal.entry import Violation

__all__ = ["GuijiHttp", "forms", "validation"]


_OK: Final = 200
_HEADERS: Final[Mapping[str, str]] = MappingProxyType({"content-type": JSON_TYPE})
_TOKEN_ERRORS: Final = frozenset({ErrorCode.TOKEN_MISSING, ErrorCode.TOKEN_INVALID})
_BEARER: Final = "bearer "
_SILENT: Final = frozenset({GET_PULL_PATH.id, CREATE_LIVE_SESSION.id})
"""Operations whose tables do not list the header source, which they need all the same (GJ-R005)."""


class GuijiHttp(Pipeline[AccountFixture]):
    """Answers HTTP calls.

    Args:
        state: what calls read and change.
        scenario: how strict to be, whom to know.
    """

    def __init__(self, state: GuijiState, scenario: GuijiScenario) -> None:
        access, answers = _Access(state, scenario), _Answers(scenario)
        super().__init__(
            Rules(
                operations=OPERATIONS,
                account=scenario.accounts[0],
                checks=(access.check, *forms(strict=scenario.strict)),
                validation=validation(strict=scenario.strict),
                passed=access.renew,
                handlers=Operations(state, scenario).handlers,
                success=answers.success,
                failure=answers.failure,
                common=COMMON,
                route_clause="GJ-E10",
            )
        )


class _Access:
    """Who calls, by the token of a call; the one operation that asks for a token needs none."""

    def __init__(self, state: GuijiState, scenario: GuijiScenario) -> None:
        self._tokens: Final = state.tokens
        self._bearer: Final = scenario.bearer
        self._headers: Final = tuple(name.lower() for name in scenario.token_headers)

    def check(self, exchange: Exchange[AccountFixture]) -> None:
        """The call has a token that is valid (GJ-R006)."""
        if exchange.operation is GET_ACCESS_TOKEN:
            return
        token = self._token(exchange.headers)
        if not token:
            violation = Violation("GJ-R003", self._headers[0], "the header is missing or empty")
            raise refused("the token is missing [GJ-R009]", ErrorCode.TOKEN_MISSING, violation)
        account = self._tokens.account_of(token)
        if account is None:
            again = self._tokens.reject(token, exchange.call.connection)
            reason = "the token is unknown or no longer valid [GJ-R010]"
            raise refused(reason, ErrorCode.TOKEN_INVALID, *(() if again is None else (again,)))
        exchange.account = account

    def renew(self, exchange: Exchange[AccountFixture]) -> None:
        """A call that has passed all checks makes its token live anew (GJ-E07)."""
        if exchange.operation is not GET_ACCESS_TOKEN:
            self._tokens.renew(self._token(exchange.headers))

    def _token(self, headers: Mapping[str, str]) -> str:
        """The token of a call, wherever it is looked for; empty if it is not there (GJ-E01)."""
        found = (headers.get(name, "").strip() for name in self._headers)
        token = next(filter(None, found), "")
        credentials = headers.get("authorization", "")
        if not token and self._bearer and credentials[: len(_BEARER)].lower() == _BEARER:
            return credentials[len(_BEARER) :].strip()
        return token


class _Answers:
    """The form of answers, as the scenario says."""

    def __init__(self, scenario: GuijiScenario) -> None:
        self._shapes: Final = ResponseShapes(scenario)
        self._token_error_status: Final = scenario.token_error_status

    def success(self, exchange: Exchange[AccountFixture], reply: object) -> HttpAnswer:
        """Code 200 and the data."""
        operation = exchange.operation
        body = self._shapes.shaped(operation.id, operation.encode_response(reply), succeeded=True)
        return exchange.answer(_OK, body, reply, _HEADERS)

    def failure(self, exchange: Exchange[AccountFixture], refusal: Refusal) -> HttpAnswer:
        """A code and a text."""
        code = cast("int", refusal.code)
        status = self._token_error_status if code in _TOKEN_ERRORS else refusal.status
        # What is no Unicode could not be answered.
        reason = refusal.reason.encode("utf-8", "replace").decode()
        body = self._shapes.shaped(exchange.operation.id, encode_failure(code, reason), succeeded=False)
        return exchange.answer(status, body, Envelope(code=code, msg=reason, success=False), _HEADERS)


def forms(*, strict: bool) -> tuple[Check[Any], ...]:
    """What calls are held to whoever makes them."""
    return (_from_sdk, json_content("GJ-R023", refused, strict=strict))


def validation(*, strict: bool) -> Validation:
    """How the parameters of calls are judged."""
    return Validation(
        strict=strict,
        misplaced="GJ-R023",
        unknown="GJ-R022",
        form="GJ-R023",
        refuse=lambda _, error: refused(told(error)),
        elsewhere={GET_PULL_PATH.id: _as_in_the_sample},
    )


def _from_sdk(exchange: Exchange[Any]) -> None:
    """The header source is there and says what it must (GJ-E08)."""
    given = exchange.headers.get(SOURCE_HEADER)
    if exchange.operation is GET_ACCESS_TOKEN or (given is not None and given.strip() == SOURCE):
        return
    clause = "GJ-R005" if exchange.operation.id in _SILENT else "GJ-R004"
    reason = "the header is missing" if given is None else f"got {shown(given)}"
    raise unfit(clause, SOURCE_HEADER, f"{reason}, expected {SOURCE}")


def _as_in_the_sample(operation: Operation[Any, Any], call: HttpCall) -> Received[Any] | None:
    """The parameters of a GET as the sample has them: JSON in its body (GJ-E45)."""
    return None if call.query or not call.body else operation.decode_request(body=call.body)
