"""The way of an HTTP call through a fake server, once for every vendor: what is done in which order.

A call is routed, checked, validated, carried out, and answered; whatever goes wrong on the way is answered in the form
of the vendor. What differs between vendors is data (`Rules`). Nothing is sent and no clock is read here.

`Pipeline.read` finds out everything about a call and changes nothing of what operations change; `Pipeline.take` carries
it out. Whoever wants to do something to a call between the two knows what it is, and that it has not happened yet.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Generic, TypeAlias, TypeVar

from avatarwire.codecs.errors import shown
from avatarwire.codecs.operation import Operation
from avatarwire.fakeserver.effects import HttpAnswer, HttpCall
from avatarwire.fakeserver.http.astray import direction
from avatarwire.fakeserver.http.exchange import Check, Deferred, Exchange, Pending
from avatarwire.fakeserver.http.refusal import Code, Common, Refusal
from avatarwire.fakeserver.http.validation import Validation
from avatarwire.fakeserver.journal.failures import whereabouts
from avatarwire.fakeserver.mistake import Mistake

__all__ = ["Handler", "Pipeline", "Rules"]

AccountT = TypeVar("AccountT")

_NO_CALL: Final = HttpCall("", "", "", ())

Handler: TypeAlias = Callable[[Any, Exchange[AccountT]], Any]
"""Carries out an operation, given the decoded parameters; what it gives is what is answered, or a `Deferred` of that.

It may raise `Refusal`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules(Generic[AccountT]):
    """What a vendor says about HTTP calls.

    Attributes:
        operations: which there are; no two have the same path.
        account: who calls as long as nobody has said.
        checks: what a call is held to before its parameters are looked at, in this order.
        validation: how its parameters are judged.
        handlers: what carries out each operation, by its id.
        success: the answer for what a handler gives.
        failure: the answer for a refusal.
        common: code and status of what may befall a call of any vendor.
        route_clause, size_clause: named where a call has no operation, or too large a body; empty for none.
        new_request_id: makes the id of a call.
        passed: what it brings about that a call is let in, whatever becomes of it then.
        aside: answers calls that ask for no operation and are not refused either; None for all others.
        statuses: HTTP status of the vendor's codes, where those have one of their own.
        refused_status: of all other codes.
        kind_of: what a refusal has for a code that is in the answer as it is.
        unreadable: code of what is no request, or none that can be read; None for that of a path that there is not.
        sockets: paths of the vendor's WebSockets.
        named: id of the operation that a call names elsewhere than in its path; empty for none.
    """

    operations: Sequence[Operation[Any, Any]]
    account: AccountT
    checks: tuple[Check[AccountT], ...]
    validation: Validation
    handlers: Mapping[str, Handler[AccountT]]
    success: Callable[[Exchange[AccountT], Any], HttpAnswer]
    failure: Callable[[Exchange[AccountT], Refusal], HttpAnswer]
    common: Common
    route_clause: str
    size_clause: str = ""
    new_request_id: Callable[[], str] = str
    passed: Check[AccountT] | None = None
    aside: Callable[[Exchange[AccountT]], HttpAnswer | None] | None = None
    statuses: Mapping[str, int] = field(default_factory=dict[str, int])
    refused_status: int = 200
    kind_of: Callable[[Code], Code] = lambda code: code
    unreadable: Code | None = None
    sockets: Collection[str] = ()
    named: Callable[[Exchange[Any]], str] = lambda _: ""


class Pipeline(Generic[AccountT]):
    """Answers HTTP calls by the rules of a vendor.

    Args:
        rules: the vendor's.
    """

    def __init__(self, rules: Rules[AccountT]) -> None:
        self._rules: Final = rules
        self._by_path: Final = MappingProxyType({operation.path: operation for operation in rules.operations})

    def read(self, call: HttpCall, now: float) -> Exchange[AccountT]:
        """Everything up to decoded parameters, or a refusal; nothing is carried out yet. Never raises.

        Args:
            call: as it came.
            now: epoch seconds.
        """
        exchange = self._begun(call, now)
        try:
            self._examine(exchange)
        except Exception as failure:
            exchange.refusal = self._refusal(exchange, failure)
        return exchange

    def take(self, exchange: Exchange[AccountT]) -> HttpAnswer | Pending:
        """Carries out what was read, or answers why not. Never raises: what goes wrong inside is answered, too."""
        if exchange.ready is not None:
            return exchange.ready
        if exchange.refusal is not None:
            return self._refused(exchange, exchange.refusal)
        rules = self._rules
        try:
            if rules.passed is not None:
                rules.passed(exchange)
            reply = rules.handlers[exchange.operation.id](exchange.request, exchange)
            if isinstance(reply, Deferred):
                return Pending(reply.awaitable, lambda given: self._came(exchange, reply, given))
            return self._succeeded(exchange, reply)
        except Exception as failure:
            return self._refused(exchange, self._refusal(exchange, failure))

    def let_in(self, exchange: Exchange[AccountT]) -> None:
        """Has happen what it brings about that a call is let in; for whoever carries it out in another way."""
        if self._rules.passed is not None:
            self._rules.passed(exchange)

    def reread(self, known: Exchange[AccountT], call: HttpCall) -> Exchange[AccountT]:
        """A call that was let in, and whose parameters are others now. Never raises.

        Args:
            known: as it was read.
            call: as it is now.
        """
        exchange = self._begun(call, known.now)
        exchange.account, exchange.operation, exchange.request_id = known.account, known.operation, known.request_id
        exchange.answer_headers = known.answer_headers
        exchange.ready, exchange.refusal = known.ready, None
        if known.operation.id:
            try:
                self._rules.validation.validate(exchange)
            except Exception as failure:
                exchange.refusal = self._refusal(exchange, failure)
        else:
            exchange.refusal = known.refusal
        return exchange

    def rejected(
        self, packet: Exchange[AccountT] | HttpCall, now: float, *, code: Code | None, status: int | None, reason: str
    ) -> HttpAnswer:
        """The refusal of a call for no fault of its own.

        Args:
            packet: the call, or what is known of it.
            now: epoch seconds.
            code: the vendor's; None for the one of whatever fails inside.
            status: of HTTP; None for the one that the code has.
            reason: in words.
        """
        rules = self._rules
        exchange = packet if isinstance(packet, Exchange) else self._begun(packet, now)
        known_code, known_status = rules.common.failed
        if code is None:
            kind = known_code
        else:
            kind = rules.kind_of(code)
            # A code that stands for one of the common failures has its status; one that stands for several has not.
            of_kind = [status for known, status in rules.common if known == kind]
            usual = of_kind[0] if len(of_kind) == 1 else rules.refused_status
            known_status = rules.statuses.get(str(code), usual)
        return self._refused(exchange, Refusal(reason, kind, status=known_status if status is None else status))

    def too_large(self, limit: int) -> HttpAnswer:
        """The answer to a call whose body was not read, as it has more than `limit` bytes."""
        rules = self._rules
        reason = f"the body is larger than {limit} bytes{_cited(rules.size_clause)}"
        return self._refused(self._begun(_NO_CALL, 0.0), _common(rules.common.too_large, reason))

    def misread(self, mistake: Mistake) -> HttpAnswer:
        """The answer to what is no request, or none that can be read."""
        rules = self._rules
        code = rules.common.no_path[0] if rules.unreadable is None else rules.unreadable
        refusal = Refusal(str(mistake), code, mistake.finding, status=mistake.status)
        return self._refused(self._begun(_NO_CALL, 0.0), refusal)

    # --- up to the decoded parameters ---

    def _begun(self, call: HttpCall, now: float) -> Exchange[AccountT]:
        headers = {name: values[-1] for name, values in call.by_name.items()}
        return Exchange(call, now, self._rules.account, self._rules.new_request_id(), headers)

    def _examine(self, exchange: Exchange[AccountT]) -> None:
        rules = self._rules
        if rules.aside is not None and (answer := rules.aside(exchange)) is not None:
            exchange.ready = answer
            return
        exchange.operation = self._route(exchange)
        for check in rules.checks:
            check(exchange)
        rules.validation.validate(exchange)

    def _direction(self, exchange: Exchange[AccountT], meant: str = "") -> str:
        rules = self._rules
        return direction(exchange.call.path, exchange.headers, rules.operations, rules.sockets, meant)

    def _route(self, exchange: Exchange[AccountT]) -> Operation[Any, Any]:
        call, rules = exchange.call, self._rules
        operation = self._by_path.get(call.path)
        common, clause = rules.common, _cited(rules.route_clause)
        if operation is None:
            astray = self._direction(exchange, rules.named(exchange))
            raise _common(common.no_path, f"no operation has the path {shown(call.path)}{clause}{astray}")
        if operation.method != call.method:
            astray = self._direction(exchange) if exchange.headers.get("upgrade") == "websocket" else ""
            reason = f"{shown(call.method)} is not supported here, expected {operation.method}{clause}{astray}"
            raise _common(common.other_method, reason)
        return operation

    # --- answers ---

    def _succeeded(self, exchange: Exchange[AccountT], reply: object) -> HttpAnswer:
        exchange.session = getattr(reply, "session_id", "") or exchange.session
        return self._rules.success(exchange, reply)

    def _came(self, exchange: Exchange[AccountT], reply: Deferred, given: object) -> HttpAnswer:
        """The answer to a call whose reply was waited for."""
        try:
            return self._succeeded(exchange, reply.finish(given))
        except Exception as failure:
            return self._refused(exchange, self._refusal(exchange, failure))

    def _refused(self, exchange: Exchange[AccountT], refusal: Refusal) -> HttpAnswer:
        exchange.violations += refusal.violations
        answer = self._rules.failure(exchange, refusal)
        answer.failed = True
        return answer

    def _refusal(self, exchange: Exchange[AccountT], failure: Exception) -> Refusal:
        """What an error ends in; one that nobody has meant is told in the journal."""
        if isinstance(failure, Refusal):
            return failure
        exchange.notes["failure"] = whereabouts(failure)
        return _common(self._rules.common.failed, "the fake server failed; its journal says where")


def _common(kind: tuple[Code, int], reason: str) -> Refusal:
    """The refusal for what may befall a call of any vendor."""
    code, status = kind
    return Refusal(reason, code, status=status)


def _cited(clause: str) -> str:
    return f" [{clause}]" if clause else ""
