"""Refusals that are none: of one clause, of all calls, of all messages and of all handshakes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from msgspec.structs import replace

from avatarwire.fakeserver.aliyun.conversation import Interaction
from avatarwire.fakeserver.aliyun.mutants.parts import told
from avatarwire.fakeserver.aliyun.sockets import Line, Sockets
from avatarwire.fakeserver.effects import Accept, HttpAnswer, Leaving, Send
from avatarwire.fakeserver.mutants import Mutant, Patches

__all__ = ["MUTANTS", "accepted"]

_SUCCESS: Final = b'{"requestId":"00000000-0000-0000-0000-000000000000"}'
_ERROR: Final = "general.message"
_HEADER: Final = 11


def accepted(effect: Leaving) -> Leaving | None:
    """A success in the place of a refusal: of a call, or silence in the place of an error on the socket."""
    if isinstance(effect, HttpAnswer) and effect.failed:
        return replace(effect, status=200, body=_SUCCESS, answer=None, failed=False)
    return None if isinstance(effect, Send) and effect.message == _ERROR else effect


def _leaving(title: str, change: Callable[[Leaving], Leaving | None]) -> Mutant:
    """A mutant that changes what leaves the fake."""

    def apply(patches: Patches) -> None:
        def make(leave: Callable[..., int]) -> Callable[..., int]:
            def left(effect: Leaving, *given: Any, **more: Any) -> int:
                other = change(effect)
                if other is not effect:
                    patches.note(title)
                return 0 if other is None else leave(other, *given, **more)

            return left

        patches.instead(patches.server.hub, "leave", make)

    return Mutant(title, apply)


def _calls_succeed(effect: Leaving) -> Leaving | None:
    return accepted(effect) if isinstance(effect, HttpAnswer) else effect


def _other_status(effect: Leaving) -> Leaving | None:
    """A refusal that says nothing of what was wrong, as a proxy in between would."""
    is_refusal = isinstance(effect, HttpAnswer) and effect.status in {400, 401, 403, 404, 413}
    if not (isinstance(effect, HttpAnswer) and is_refusal):
        return effect
    return replace(effect, status=502, body=b"<html>Bad Gateway</html>", answer=None, failed=True)


def _half_a_handshake(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    """Whoever has no right to a socket gets the one of a session that there is."""

    def admit(self: Any, call: Any, received: Any, now: float) -> Any:
        found = whole(self, call, received, now)
        sessions = list(self._state.sessions)
        if not isinstance(found, HttpAnswer) or not call.handshake or not sessions:
            return found
        note()
        session = sessions[-1]
        line = Line(self._lines, session, call.connection, Interaction(session, self._scenario, said=self._lines.said))
        return Accept(line, session.id, self._scenario.max_frame_bytes, _HEADER)

    return admit


MUTANTS: Final = {
    "calls_always_succeed": _leaving("Calls that are refused are answered as successes.", _calls_succeed),
    "refusals_without_reason": _leaving("Refusals of calls are pages of a proxy.", _other_status),
    "sockets_for_anybody": told("Whoever has no right to a socket gets one.", Sockets, "admit", _half_a_handshake),
}
"""By name."""
