"""The HTTP surface of a fake SenseTime server: what its calls are held to, and the form of its answers.

Only these rules live here; the way of a call is every vendor's (`http/pipeline.py`). What an operation does is in
`operations.py` and `centre.py`, what is found in scripts in `scripts.py`, codes in `errors.py`.

Failures come with HTTP status 200 and a code other than 0 (ST-E05); those of nlpReply are flat, with a text in
error_message (ST-E72). Ours are the statuses 404 for an unknown path, 405 for another method and 413 for a body that is
too large, in the same form.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import UNSET

from avatarwire.codecs.errors import TokenError
from avatarwire.codecs.sensetime.http import (
    NLP_REPLY,
    OPERATIONS,
    TAKEOVER_CANCEL,
    TAKEOVER_COMMAND,
    TAKEOVER_REORDER,
    Envelope,
    encode_failure,
)
from avatarwire.codecs.sensetime.tokens import read_bearer
from avatarwire.codecs.sensetime.wire.microphone_url import PATH as MICROPHONE_PATH
from avatarwire.fakeserver.effects import HttpAnswer
from avatarwire.fakeserver.http.exchange import JSON_TYPE, Check, Exchange
from avatarwire.fakeserver.http.pipeline import Pipeline, Rules
from avatarwire.fakeserver.http.refusal import Refusal
from avatarwire.fakeserver.http.validation import Validation, json_content
from avatarwire.fakeserver.journal.entry import Violation
from avatarwire.fakeserver.sensetime.centre import CENTRE, UserCentre
from avatarwire.fakeserver.sensetime.cors import Cors, Origins
from avatarwire.fakeserver.sensetime.errors import COMMON, Failure, refused
from avatarwire.fakeserver.sensetime.nlp import failed
from avatarwire.fakeserver.sensetime.operations import Operations
from avatarwire.fakeserver.sensetime.pages import PATH as PAGE_PATH
from avatarwire.fakeserver.sensetime.scenario import AccountFixture, SenseTimeScenario
from avatarwire.fakeserver.sensetime.scripts import SCRIPTS, held, refuse
from avatarwire.fakeserver.sensetime.state import SenseTimeState
from avatarwire.fakeserver.sensetime.token_store import Tokens
from avatarwire.fakeserver.user_code import Guard

__all__ = ["SenseTimeHttp", "content", "validation"]

_JSON: Final = {"content-type": JSON_TYPE}
_OK: Final = 200
_UNAUTHORIZED: Final = 401

_TELLING: Final = frozenset({TAKEOVER_COMMAND.id, TAKEOVER_REORDER.id, TAKEOVER_CANCEL.id})
"""Operations whose failures have data with isSuccess (ST-E08)."""


class SenseTimeHttp(Pipeline[AccountFixture]):
    """Answers HTTP calls.

    Args:
        state: what calls read and change.
        scenario: how strict to be, whom to know.
        guard: calls functions of the test.
        origins: whose pages may call; None for those of the scenario, by whatever host.
    """

    def __init__(
        self,
        state: SenseTimeState,
        scenario: SenseTimeScenario,
        guard: Guard | None = None,
        origins: Origins | None = None,
    ) -> None:
        operations = (*OPERATIONS, *CENTRE)
        whose = Origins(scenario.cors_origins, lambda _: True) if origins is None else origins
        cors, answers = Cors(whose, scenario, operations), _Answers(scenario)
        super().__init__(
            Rules(
                operations=operations,
                account=scenario.accounts[0],
                aside=cors.preflight,
                checks=(
                    cors.check,
                    _known(state.tokens, scenario.token_header.lower()),
                    content(strict=scenario.strict),
                ),
                validation=validation(scenario),
                handlers={
                    **Operations(state, scenario, Guard() if guard is None else guard).handlers,
                    **UserCentre(state.tokens).handlers,
                },
                success=_succeeded,
                failure=answers.failure,
                common=COMMON,
                route_clause="ST-NET-08",
                size_clause="ST-E132",
                unreadable=Failure.PARAMETER,
                sockets=(MICROPHONE_PATH, PAGE_PATH),
                kind_of=lambda code: int(code) - scenario.code_base,
            )
        )


def content(*, strict: bool) -> Check[Any]:
    """JSON travels as such."""
    return json_content("ST-NET-04", lambda reason: refused(reason, Failure.PARAMETER), strict=strict)


def validation(scenario: SenseTimeScenario) -> Validation:
    """How the parameters of calls are judged."""
    return Validation(
        strict=scenario.strict,
        misplaced="ST-NET-04",
        unknown="ST-E43",
        form="ST-NET-04",
        refuse=refuse,
        held=held(scenario),
        thorough=True,
        inside=SCRIPTS,
    )


def _known(tokens: Tokens, header: str) -> Check[AccountFixture]:
    """The access token says who calls (ST-NET-02); the user centre needs none."""

    def check(exchange: Exchange[AccountFixture]) -> None:
        if exchange.operation in CENTRE:
            return
        try:
            bearer = read_bearer(exchange.headers.get(header, ""))
        except TokenError as error:
            violation = Violation("ST-NET-02", header, error.reason)
            raise refused(f"{header}: {error}", Failure.TOKEN, violation) from None
        account = tokens.account_of(bearer.token)
        if account is None:
            again = tokens.reject(bearer.token, exchange.call.connection)
            reason = "the access token is unknown or no longer valid [ST-TOK-01]"
            raise refused(reason, Failure.TOKEN, *(() if again is None else (again,)))
        if bearer.deviations:
            reason = "the token comes without the word Bearer, or with it spelled otherwise"
            exchange.violations.append(Violation("ST-E01", header, reason, level="warning"))
        exchange.account = account

    return check


def _succeeded(exchange: Exchange[AccountFixture], reply: object) -> HttpAnswer:
    return exchange.answer(_OK, exchange.operation.encode_response(reply), reply, _JSON)


class _Answers:
    """The form of failures, as the scenario says."""

    def __init__(self, scenario: SenseTimeScenario) -> None:
        self._code_base: Final = scenario.code_base
        self._is_bare: Final = scenario.token_failure == "401"  # noqa: S105 - a choice
        forms: Mapping[str, Any] = {"omitted": UNSET, "null": None, "empty": {}}
        self._data: Final = forms[scenario.failure_data]

    def failure(self, exchange: Exchange[AccountFixture], refusal: Refusal) -> HttpAnswer:
        """A code and a text."""
        # What is no Unicode could not be answered.
        reason = refusal.reason.encode("utf-8", "replace").decode()
        exchange.notes["refused"] = reason
        if refusal.code is Failure.TOKEN and self._is_bare:
            return exchange.answer(_UNAUTHORIZED, b"", None, {})
        if exchange.operation is NLP_REPLY:
            flat = failed(exchange.parameters, reason)
            return exchange.answer(refusal.status, NLP_REPLY.encode_response(flat), flat, _JSON)
        code = self._code_base + int(refusal.code)
        data = self._failure_data(exchange.operation.id, reason)
        body = encode_failure(code, reason, data=data)
        return exchange.answer(refusal.status, body, Envelope.trusted(code=code, message=reason, data=data), _JSON)

    def _failure_data(self, operation: str, reason: str) -> Any:
        """The data of a failure: isSuccess false where an operation has it (ST-E08), else what the scenario says."""
        if operation in _TELLING:
            return {"isSuccess": False, **({"message": reason} if operation == TAKEOVER_CANCEL.id else {})}
        return self._data
