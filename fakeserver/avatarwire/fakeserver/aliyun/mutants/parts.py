"""What the mutants of this vendor are made of: functions in the place of others, which note when they differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from avatarwire.fakeserver.aliyun import conversation
from avatarwire.fakeserver.aliyun.sockets import Lines
from avatarwire.fakeserver.mutants import Mutant, Patches

__all__ = ["HANDLERS", "INTERACTION", "Make", "differs", "gives", "handled", "remembered", "table", "told"]

Make: TypeAlias = Callable[[Any], Callable[..., Any]]
"""A function, made of the one whose place it takes."""

INTERACTION: Final[Any] = conversation.Interaction
HANDLERS: Final[Any] = vars(conversation.Interaction)["_HANDLERS"]
"""What the conversation does with each message, by its id."""


def gives(result: Any) -> Make:
    """A function that gives the same, whatever it is given."""

    def make(whole: Any) -> Callable[..., Any]:
        del whole
        return lambda *_, **__: result

    return make


def remembered(patches: Patches) -> list[Any]:
    """The lines of all sessions that come from now on, each behind what owns them."""
    lines: list[Any] = []

    def enter(whole: Any) -> Callable[..., Any]:
        def entered(self: Any, line: Any) -> Any:
            lines.append((self, line))
            return whole(self, line)

        return entered

    patches.instead(Lines, "enter", enter)
    return lines


def differs(title: str, owner: Any, name: str, make: Make) -> Mutant:
    """A mutant with another function that changes nothing; both are asked, and it is noted where they disagree."""

    def apply(patches: Patches) -> None:
        def replaced(whole: Any) -> Callable[..., Any]:
            other = make(whole)

            @wraps(whole)
            def call(*given: Any, **more: Any) -> Any:
                ours, failure = _outcome(other, given, more)
                theirs, wanted = _outcome(whole, given, more)
                if type(failure) is not type(wanted) or (failure is None and ours != theirs):
                    patches.note(title)
                if failure is not None:
                    raise failure
                return ours

            return call

        patches.instead(owner, name, replaced)

    return Mutant(title, apply)


def _outcome(
    function: Callable[..., Any], given: tuple[Any, ...], more: Mapping[str, Any]
) -> tuple[Any, Exception | None]:
    try:
        return function(*given, **more), None
    except Exception as failure:
        return None, failure


def told(title: str, owner: Any, name: str, make: Callable[[Any, Callable[[], None]], Callable[..., Any]]) -> Mutant:
    """A mutant with another function, which calls what it is given when it does something else."""

    def apply(patches: Patches) -> None:
        patches.instead(owner, name, lambda whole: make(whole, lambda: patches.note(title)))

    return Mutant(title, apply)


def handled(title: str, message: str, handle: Callable[..., list[Any] | None]) -> Mutant:
    """A mutant that does something else with a message of the socket; None for what the fake does."""
    whole = HANDLERS[message]

    def apply(patches: Patches) -> None:
        def other(conversation: Any, frame: Any, received: Any) -> list[Any]:
            effects = handle(conversation, frame, received)
            if effects is None:
                given: list[Any] = whole(conversation, frame, received)
                return given
            patches.note(title)
            return effects

        patches.entry(HANDLERS, message, other)

    return Mutant(title, apply)


def table(**mutants: Mutant) -> Mapping[str, Mutant]:
    """Mutants by name."""
    return MappingProxyType(mutants)
