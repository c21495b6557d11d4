"""What shows in a fake's journal that a mutant has had an effect: conditions on its entries, to be put together.

An entry has ``message`` (catalogue id), ``direction`` (``in`` from the client, ``out`` to it, ``note``), ``status``,
``body``, ``raw``, ``reply_to``, ``seq``, ``session``, ``connection``, ``time``, ``violations``, ``deviations``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..clients.talk import body_of, value_at
from .mutant import Witness

__all__ = ["accepts_violation", "all_of", "came", "gave", "lacks", "not_answered", "reply", "silent"]


def gave(
    message: str, *, status: int | None = None, where: Callable[[Any], object] | None = None, **members: Any
) -> Witness:
    """The fake has sent such a message.

    Args:
        message: catalogue id.
        status: HTTP status or close code; None for any.
        where: a condition on the body.
        members: values by wire path, with ``__`` for dots.
    """
    return _crossed("out", message, status, where, members)


def came(message: str, *, where: Callable[[Any], object] | None = None, **members: Any) -> Witness:
    """The client has sent such a message."""
    return _crossed("in", message, None, where, members)


def _crossed(
    direction: str, message: str, status: int | None, where: Callable[[Any], object] | None, members: dict[str, Any]
) -> Witness:
    def seen(entries: Sequence[Any]) -> bool:
        for entry in entries:
            if entry.direction != direction or entry.message != message:
                continue
            body = body_of(entry)
            if (
                (status is None or entry.status == status)
                and all(value_at(body, path.replace("__", ".")) == value for path, value in members.items())
                and (where is None or where(body))
            ):
                return True
        return False

    return seen


def not_answered(message: str) -> Witness:
    """The client has sent such a message, and nothing has been sent in answer to it."""

    def seen(entries: Sequence[Any]) -> bool:
        answered = {it.reply_to for it in entries if it.direction == "out"}
        return any(it.direction == "in" and it.message == message and it.seq not in answered for it in entries)

    return seen


def silent(message: str, *, after: str) -> Witness:
    """The fake has not sent one message, although another was there."""

    def seen(entries: Sequence[Any]) -> bool:
        return any(it.message == after for it in entries) and not any(
            it.message == message and it.direction == "out" for it in entries
        )

    return seen


def lacks(message: str, path: str) -> Witness:
    """The fake has sent such a message without a member."""
    from ..clients.talk import ABSENT

    return gave(message, where=lambda body: value_at(body, path) is ABSENT)


def reply(request: str, where: Callable[[Any, Any], object]) -> Witness:
    """The fake has answered such a message, and request and answer fulfil a condition together.

    Args:
        request: catalogue id.
        where: called with the entry that came in and the one that answers it.
    """

    def seen(entries: Sequence[Any]) -> bool:
        asked = {it.seq: it for it in entries if it.direction == "in" and it.message == request}
        return any(it.direction == "out" and it.reply_to in asked and where(asked[it.reply_to], it) for it in entries)

    return seen


def accepts_violation(clause: str) -> Witness:
    """Something that breaks a clause has come, and was not refused: it was answered by a success, or not at all."""

    def seen(entries: Sequence[Any]) -> bool:
        for entry in entries:
            if entry.direction != "in" or not any(it.clause == clause for it in entry.violations):
                continue
            answers = [it for it in entries if it.direction == "out" and it.reply_to == entry.seq]
            if all(it.status in (None, 200) and it.message not in ("error", "general.message") for it in answers):
                return True
        return False

    return seen


def all_of(*witnesses: Witness) -> Witness:
    """Each of some witnesses has seen something."""
    return lambda entries: all(witness(entries) for witness in witnesses)
