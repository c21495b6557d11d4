"""The HTTP surface of a fake Aliyun server: what its calls are held to, and the form of its answers.

Only these rules live here; the way of a call is every vendor's (`http/pipeline.py`). What an operation does is in
`operations.py`, error codes in `errors.py`.

A call belongs to the operation of its method and path; another ``x-acs-action`` or ``x-acs-version`` is a violation
that only strict mode refuses. Errors look as the published SDK reads them: ``Code``, ``Message``, ``RequestId`` and
``HostId``.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

import msgspec

from avatarwire.codecs.aliyun.http import API_VERSION, OPERATIONS, HttpErrorBody
from avatarwire.codecs.aliyun.http.responses import Reply
from avatarwire.codecs.aliyun.signature import NonceMemory, NonceStore, verify
from avatarwire.codecs.errors import SignatureError, shown
from avatarwire.fakeserver.aliyun.errors import COMMON, FORM, STATUSES, UNKNOWN_API, UNREADABLE, refused, unfit
from avatarwire.fakeserver.aliyun.operations import Operations
from avatarwire.fakeserver.aliyun.scenario import AliyunScenario
from avatarwire.fakeserver.aliyun.session_credentials import SOCKET_PATH
from avatarwire.fakeserver.aliyun.state import AliyunState
from avatarwire.fakeserver.effects import HttpAnswer
from avatarwire.fakeserver.http.exchange import JSON_TYPE, Check, Exchange
from avatarwire.fakeserver.http.pipeline import Pipeline, Rules
from avatarwire.fakeserver.http.refusal import Refusal
from avatarwire.fakeserver.http.validation import Validation
from avatarwire.fakeserver.journal.entry import Violation

__all__ = ["AliyunHttp", "named", "validation"]


_OK: Final = 200


class AliyunHttp(Pipeline[str]):
    """Answers HTTP calls; the account of a call is its main account.

    Args:
        state: what calls read and change.
        scenario: how strict to be, whom to know.
        nonces: remembers the nonces that were used.
    """

    def __init__(self, state: AliyunState, scenario: AliyunScenario, *, nonces: NonceStore | None = None) -> None:
        signed = (_signed(scenario, NonceMemory() if nonces is None else nonces),) if scenario.verify_signatures else ()
        super().__init__(
            Rules(
                operations=OPERATIONS,
                account=scenario.accounts[0].main_id,
                new_request_id=lambda: state.new_uuid().upper(),
                checks=(*signed, named(strict=scenario.strict)),
                validation=validation(strict=scenario.strict),
                handlers=Operations(state, scenario).handlers,
                success=_succeeded,
                failure=_failed,
                common=COMMON,
                route_clause=FORM,
                statuses=STATUSES,
                refused_status=400,
                unreadable=UNREADABLE,
                sockets=(SOCKET_PATH,),
                named=_named_operation,
            )
        )


def _signed(scenario: AliyunScenario, nonces: NonceStore) -> Check[str]:
    """The signature is right; it says who calls."""
    accounts = {account.access_key_id: account for account in scenario.accounts}

    def secret(access_key_id: str) -> str | None:
        account = accounts.get(access_key_id)
        return None if account is None else account.access_key_secret

    def check(exchange: Exchange[str]) -> None:
        call = exchange.call
        try:
            verified = verify(
                call.method,
                call.path,
                call.query,
                call.by_name,
                call.sent,
                secret_for=secret,
                now=exchange.now,
                nonces=nonces,
            )
        except SignatureError as error:
            exchange.notes["explanation"] = error.explanation or error.reason
            violation = Violation(error.clause, "Authorization", error.reason)
            raise refused(error.reason, error.code, violation) from None
        exchange.account = accounts[verified.access_key_id].main_id
        if verified.security_token:
            exchange.notes["note"] = "the security token was accepted without a check"

    return check


def validation(*, strict: bool) -> Validation:
    """How the parameters of calls are judged."""
    return Validation(
        strict=strict,
        misplaced="ALI-E67",
        unknown="ALI-E117",
        form=FORM,
        refuse=lambda exchange, error: unfit(exchange.operation, error, exchange.parameters),
    )


def named(*, strict: bool) -> Check[str]:
    """The headers name the operation and the version that the path belongs to (ALI-E67)."""

    def check(exchange: Exchange[str]) -> None:
        for name, expected in (("x-acs-action", exchange.operation.id), ("x-acs-version", API_VERSION)):
            given = exchange.headers.get(name, expected)
            if given != expected:
                reason = f"got {shown(given)}, expected {expected} for this path"
                exchange.violations.append(Violation(FORM, name, reason))
                if strict:
                    raise refused(f"{name}: {reason} [{FORM}]", UNKNOWN_API)

    return check


def _named_operation(exchange: Exchange[str]) -> str:
    """What a call names that is made like those of other services of the vendor, all at one path."""
    query = dict(parse_qsl(exchange.call.query))
    return exchange.headers.get("x-acs-action") or query.get("Action", "")


def _succeeded(exchange: Exchange[str], reply: Reply) -> HttpAnswer:
    return _answer(exchange, _OK, exchange.operation.encode_response(reply), reply)


def _failed(exchange: Exchange[str], refusal: Refusal) -> HttpAnswer:
    host = exchange.headers.get("host", "")
    # Anything else would be no host, and what is no Unicode could not be answered.
    body = HttpErrorBody.trusted(
        code=refusal.code,
        message=refusal.reason,
        request_id=exchange.request_id,
        host_id=host if host and host.isascii() else None,
    )
    return _answer(exchange, refusal.status, msgspec.json.encode(body), body)


def _answer(exchange: Exchange[str], status: int, body: bytes, answer: object) -> HttpAnswer:
    headers = {"content-type": JSON_TYPE, "x-acs-request-id": exchange.request_id}
    return exchange.answer(status, body, answer, headers)
