"""Answers that a rule gives in the place of the fake's own: a refusal, or another body."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol, TypeAlias, cast, runtime_checkable

import msgspec
from msgspec.structs import replace

from avatarwire.fakeserver.effects import Effect, HttpAnswer, Incoming, Leaving, Publish
from avatarwire.fakeserver.faults.changes import Content, altered
from avatarwire.fakeserver.faults.content import leaving_content, leaving_with
from avatarwire.fakeserver.faults.rule import Fault
from avatarwire.fakeserver.interception import Arrival
from avatarwire.fakeserver.wire_paths import ABSENT, PathError, find, put

__all__ = ["Reply", "answered", "rejection"]

Reply: TypeAlias = Callable[[Leaving], Leaving | None]
"""What is sent in the place of an answer; None for nothing."""

_NO_RNG: Final[Any] = None


@runtime_checkable
class Rejecting(Protocol):
    """Behaviour that can refuse whatever it has read."""

    def rejected(
        self, received: Incoming, now: float, *, code: Any, status: int | None, reason: str
    ) -> Sequence[Effect]:
        """The refusal, in the vendor's own form, which changes nothing else.

        Args:
            received: what was read.
            now: epoch seconds.
            code: the vendor's; None for the one of whatever fails inside.
            status: HTTP status; None for the one of the code.
            reason: in words.
        """
        ...


def rejection(rule: Fault, arrival: Arrival, now: float) -> Sequence[Effect]:
    """What a request gets that a rule rejects."""
    behaviour = arrival.behaviour
    if not isinstance(behaviour, Rejecting):
        return ()
    reason = rule.reason or "rejected by a rule of the test"
    effects = behaviour.rejected(arrival.received, now, code=rule.code, status=rule.status, reason=reason)
    return [_as_given(effect, rule) if isinstance(effect, HttpAnswer) else effect for effect in effects]


def _as_given(answer: HttpAnswer, rule: Fault) -> HttpAnswer:
    headers = {**answer.headers, **(rule.headers or {})}
    if rule.body is msgspec.UNSET:
        return replace(answer, headers=headers)
    return replace(answer, headers=headers, body=_written(rule.body), answer=rule.body)


def answered(
    rule: Fault, prefix: int, spans: Mapping[str, tuple[int, int]], in_vain: Callable[[PathError], object]
) -> Reply:
    """Puts what a rule says in the place of an answer, of several once.

    Args:
        rule: the rule.
        prefix, spans: of the header of a binary message.
        in_vain: called where the answer has no such place.
    """
    given: list[Leaving] = []

    def reply(leaving: Leaving) -> Leaving | None:
        if rule.body is msgspec.UNSET:
            return _with_fields(leaving, leaving_content(leaving, prefix, spans), rule, in_vain)
        if given and not isinstance(leaving, HttpAnswer):
            return None
        given.append(leaving)
        return _with_body(leaving, leaving_content(leaving, prefix, spans), rule)

    return reply


def _with_fields(leaving: Leaving, content: Content, rule: Fault, in_vain: Callable[[PathError], object]) -> Leaving:
    try:
        content = altered(content, _setting(rule), _NO_RNG)
    except PathError as error:
        in_vain(error)
        return leaving
    return leaving_with(leaving, content, _setting(rule))


def _setting(rule: Fault) -> Fault:
    return replace(rule, do="set")


def _with_body(leaving: Leaving, content: Content, rule: Fault) -> Leaving:
    body: object = rule.body
    if isinstance(leaving, Publish) and isinstance(body, Mapping):
        body = _with_id(cast("Mapping[str, object]", body), content.json)
    return leaving_with(leaving, content.with_data(_written(body)), _setting(rule))


def _with_id(body: Mapping[str, object], own: object) -> object:
    """The id of the request stays unless the body has one."""
    id_ = find(own, ("id",))
    return dict(body) if "id" in body or id_ is ABSENT else put({"id": id_}, (), {"id": id_, **body})


def _written(body: object) -> bytes:
    return body.encode() if isinstance(body, str) else msgspec.json.encode(body)
