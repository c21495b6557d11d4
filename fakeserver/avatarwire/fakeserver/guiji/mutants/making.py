"""How most mutants of the fake Guiji are made: other functions in the place of its own, which note what they change."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, TypeAlias

from avatarwire.codecs.guiji.messages.replies import RpcErrorCode
from avatarwire.codecs.guiji.messages.rpc_requests import Request
from avatarwire.fakeserver.guiji.mqtt import Live
from avatarwire.fakeserver.guiji.rpc_errors import RpcRefusal
from avatarwire.fakeserver.guiji.sessions import LiveSession
from avatarwire.fakeserver.http.exchange import Exchange
from avatarwire.fakeserver.http.pipeline import Pipeline
from avatarwire.fakeserver.http.refusal import Refusal
from avatarwire.fakeserver.mutant import Mutant, Patches

__all__ = [
    "Apply",
    "Call",
    "Judged",
    "around",
    "changed",
    "examining",
    "fixed",
    "mutants",
    "private",
    "refusing_calls",
    "refusing_requests",
    "together",
    "without",
]

Apply: TypeAlias = Callable[[Patches], object]
"""Breaks a fake."""
Judged: TypeAlias = Callable[[Any, LiveSession, bytes], object]
"""Whether a request is to be refused: called with it, its session, and its bytes."""
Call: TypeAlias = Callable[..., Any]


def private(owner: Any, name: str) -> Any:
    """What the fake keeps to itself, and a mutant has to get at."""
    return getattr(owner, name)


def around(owner: Any, name: str, make: Callable[[Call, Patches], Call], *, is_static: bool = False) -> Apply:
    """Another function in the place of one.

    Args:
        owner, name: where it stands.
        make: from what was there, and from what notes, to the other one.
        is_static: whether it gets no instance.
    """

    def apply(patches: Patches) -> None:
        def made(original: Call) -> Any:
            other = wraps(original)(make(original, patches))
            return staticmethod(other) if is_static else other

        patches.instead(owner, name, made)

    return apply


def changed(owner: Any, name: str, change: Callable[[Any], Any], *, is_static: bool = False) -> Apply:
    """A function that gives something else.

    Args:
        owner, name: where it stands.
        change: called with what it would give.
        is_static: whether it gets no instance.
    """

    def make(original: Call, patches: Patches) -> Call:
        def call(*arguments: Any, **more: Any) -> Any:
            right = original(*arguments, **more)
            other = change(right)
            if other != right:
                patches.note(f"{name} gives something else")
            return other

        return call

    return around(owner, name, make, is_static=is_static)


def without(owner: Any, name: str, given: Any = None) -> Apply:
    """A function that does nothing."""

    def make(original: Call, patches: Patches) -> Call:
        del original

        def call(*arguments: Any, **more: Any) -> Any:
            del arguments, more
            patches.note(f"{name} does nothing")
            return given

        return call

    return around(owner, name, make)


def fixed(owner: type, name: str, value: Any) -> Apply:
    """A property that always has the same value."""

    def apply(patches: Patches) -> None:
        original = vars(owner)[name]

        def get(it: Any) -> Any:
            if original.fget(it) != value:
                patches.note(f"{name} is another")
            return value

        patches.value(owner, name, property(get))

    return apply


def together(*applies: Apply) -> Apply:
    """Several of them."""

    def apply(patches: Patches) -> None:
        for each in applies:
            each(patches)

    return apply


def mutants(**applies: tuple[str, Apply]) -> dict[str, Mutant]:
    """Mutants by name, each with what it does in a sentence, and what breaks the fake."""
    return {name: Mutant(*both) for name, both in applies.items()}


# --- calls ---

_EXAMINE: Final = "_examine"


def examining(change: Callable[[Exchange[Any], Patches, Callable[[], None]], object]) -> Apply:
    """Calls are examined in another way.

    Args:
        change: called with a call, what notes, and what examines it as the fake does.
    """

    def make(original: Call, patches: Patches) -> Call:
        def examine(pipeline: Pipeline[Any], exchange: Exchange[Any]) -> None:
            change(exchange, patches, lambda: original(pipeline, exchange))

        return examine

    return around(Pipeline, _EXAMINE, make)


def refusing_calls(is_refused: Callable[[Exchange[Any]], object]) -> Apply:
    """Calls are refused that the fake would carry out.

    Args:
        is_refused: called with a call that was examined, and is right.
    """

    def change(exchange: Exchange[Any], patches: Patches, examine: Callable[[], None]) -> None:
        examine()
        if is_refused(exchange):
            patches.note("a right call is refused")
            raise Refusal("not today", 500)

    return examining(change)


# --- requests ---


def refusing_requests(is_refused: Judged) -> Apply:
    """Requests are refused that the fake would carry out.

    Args:
        is_refused: called with a request, its session, and its bytes.
    """

    def make(original: Call, patches: Patches) -> Call:
        def judge(live: Live, session: LiveSession, request: Request, received: Any) -> None:
            original(live, session, request, received)
            if is_refused(request, session, received.packet.delivery.data):
                patches.note("a right request is refused")
                raise RpcRefusal(RpcErrorCode.BAD_ARGUMENTS, "not today", clause="")

        return judge

    return around(Live, "_judge", make)
