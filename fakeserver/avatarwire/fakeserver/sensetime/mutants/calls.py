"""Calls that are answered otherwise: refusals that are none, right calls that are refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from msgspec.structs import replace

from avatarwire.codecs.errors import TokenError
from avatarwire.codecs.sensetime.http import TakeoverCancelRequest
from avatarwire.codecs.sensetime.wire import microphone
from avatarwire.codecs.sensetime.wire.microphone import BY_BODY, Begin, Ready
from avatarwire.fakeserver.effects import HttpAnswer, HttpCall, Leaving, Send
from avatarwire.fakeserver.http.refusal import Refusal
from avatarwire.fakeserver.mutant import Mutant, Patches
from avatarwire.fakeserver.sensetime import http
from avatarwire.fakeserver.sensetime.errors import Failure
from avatarwire.fakeserver.sensetime.http import SenseTimeHttp
from avatarwire.fakeserver.sensetime.sockets import Sockets

__all__ = ["CALLS", "accepted"]

_SUCCESS: Final = b'{"code":0,"message":"success","data":true}'
_FALSE: Final = (b'"data":false', b'"isSuccess":false')
"""By what an answer tells that something understood was not done."""
_REFUSALS: Final = frozenset({"microphone.send_failed", "microphone.not_ready", "microphone.conflict"})
_SEPARATOR: Final = ";"


def accepted(effect: Leaving) -> Leaving | None:
    """A success in the place of a refusal of a call; on a socket code 2 for begin, or silence."""
    if isinstance(effect, HttpAnswer) and (effect.failed or _says_false(effect)):
        return replace(effect, status=200, body=_SUCCESS, answer=None, failed=False)
    if isinstance(effect, Send) and effect.message in _REFUSALS:
        begins = effect.cause is not None and isinstance(effect.cause.body, Begin)
        return replace(effect, data=microphone.encode_as(Ready()), message=BY_BODY[Ready].id) if begins else None
    return None if isinstance(effect, Send) and effect.message == "interactive.asr.fail" else effect


def _says_false(answer: HttpAnswer) -> bool:
    return any(it in answer.body for it in _FALSE)


def _forgives(*kinds: Failure, false: bool = False) -> Callable[[Patches], None]:
    """Has refusals of some kinds be successes; and what says false, where that is asked for."""

    def succeeds(patches: Patches, answer: HttpAnswer) -> HttpAnswer:
        patches.note("a refusal is a success")
        return replace(answer, status=200, body=_SUCCESS, answer=None, failed=False)

    def apply(patches: Patches) -> None:
        def make_refused(refused: Callable[..., HttpAnswer]) -> Callable[..., HttpAnswer]:
            def other(self: SenseTimeHttp, exchange: Any, refusal: Refusal) -> HttpAnswer:
                answer = refused(self, exchange, refusal)
                return succeeds(patches, answer) if refusal.code in kinds else answer

            return other

        def make_succeeded(succeeded: Callable[..., HttpAnswer]) -> Callable[..., HttpAnswer]:
            def other(self: SenseTimeHttp, exchange: Any, reply: object) -> HttpAnswer:
                answer = succeeded(self, exchange, reply)
                return succeeds(patches, answer) if false and _says_false(answer) else answer

            return other

        patches.instead(SenseTimeHttp, "_refused", make_refused)
        patches.instead(SenseTimeHttp, "_succeeded", make_succeeded)

    return apply


def _failures_have_a_status(patches: Patches) -> None:
    def make(refused: Callable[..., HttpAnswer]) -> Callable[..., HttpAnswer]:
        def other(self: SenseTimeHttp, exchange: Any, refusal: Refusal) -> HttpAnswer:
            patches.note("a failure has status 400")
            return replace(refused(self, exchange, refusal), status=400)

        return other

    patches.instead(SenseTimeHttp, "_refused", make)


def _handshakes_are_pages(patches: Patches) -> None:
    def make(admit: Callable[..., Any]) -> Callable[..., Any]:
        def other(self: Sockets, call: HttpCall, *arguments: Any) -> Any:
            answer = admit(self, call, *arguments)
            if isinstance(answer, HttpAnswer) and not call.handshake:
                patches.note("what is no handshake is answered with 200")
                return replace(answer, status=200)
            return answer

        return other

    patches.instead(Sockets, "admit", make)


def _one_form_of_token(patches: Patches) -> None:
    def make(read: Callable[[str], Any]) -> Callable[[str], Any]:
        def read_bearer(value: str) -> Any:
            bearer = read(value)
            if bearer.deviations:
                patches.note("a token in another form is refused")
                raise TokenError("it does not begin with Bearer", clause="ST-NET-02")
            return bearer

        return read_bearer

    patches.instead(http, "read_bearer", make)


def _ascii_semicolons_only(patches: Patches) -> None:
    def trace_ids(self: TakeoverCancelRequest) -> tuple[str, ...]:
        patches.note("semicolons that are no ASCII join nothing")
        return tuple(self.command_trace_id.split(_SEPARATOR))

    patches.value(TakeoverCancelRequest, "trace_ids", property(trace_ids))


CALLS: Final[Mapping[str, Mutant]] = MappingProxyType(
    {
        "any_live": Mutant("Lives there are none of are known.", _forgives(Failure.SESSION)),
        "any_path": Mutant("Any path and any method is carried out.", _forgives(Failure.PATH, Failure.METHOD)),
        "any_parameters": Mutant("Wrong parameters are taken.", _forgives(Failure.PARAMETER)),
        "any_access_token": Mutant("Calls need no token.", _forgives(Failure.TOKEN)),
        "any_login": Mutant("Every login and every refresh succeeds.", _forgives(Failure.LOGIN)),
        "any_state": Mutant("A live takes any call, whatever its state is.", _forgives(Failure.STATE, false=True)),
        "failures_have_a_status": Mutant("Failures have HTTP status 400.", _failures_have_a_status),
        "handshakes_are_pages": Mutant("A handshake that is none is answered with 200.", _handshakes_are_pages),
        "one_form_of_token": Mutant("A token needs the word Bearer as it is written.", _one_form_of_token),
        "ascii_semicolons_only": Mutant("Only ASCII semicolons join ids.", _ascii_semicolons_only),
    }
)
"""By name."""
