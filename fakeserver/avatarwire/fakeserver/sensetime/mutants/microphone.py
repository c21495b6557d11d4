"""Conversations on sockets that go another way: rounds of speech, notices, messages of the SDK."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from msgspec import UNSET
from msgspec.structs import replace

from avatarwire.codecs.sensetime.messages.enums import LiveStatus, TakeoverStatus
from avatarwire.codecs.sensetime.wire.microphone import (
    Conflict,
    Ready,
    SendFailed,
    TakeoverFinished,
    TakeoverQueued,
    TakeoverStarted,
)
from avatarwire.fakeserver.effects import Close
from avatarwire.fakeserver.mutant import Mutant, Patches
from avatarwire.fakeserver.sensetime import microphone
from avatarwire.fakeserver.sensetime.live import CallbackEvent
from avatarwire.fakeserver.sensetime.live_events import Failed, Finished, Queued, Started
from avatarwire.fakeserver.sensetime.lives import Lives
from avatarwire.fakeserver.sensetime.microphone import Microphone
from avatarwire.fakeserver.sensetime.mutants.own import lives_of, speaker, state_of
from avatarwire.fakeserver.sensetime.pages import Page
from avatarwire.fakeserver.sensetime.sockets import Sockets

__all__ = ["MICROPHONE"]

_PACKET: Final = 640
"""Bytes of 20 ms of speech."""


def _no_conflict(patches: Patches) -> None:
    def make(refusal: Callable[..., Any]) -> Callable[..., Any]:
        def other(self: Microphone) -> Any:
            found = refusal(self)
            if isinstance(found, Conflict):
                patches.note("speech is taken while takeovers play")
                return None
            return found

        return other

    patches.instead(Microphone, "_refusal", make)


def _conflict_of_others(patches: Patches) -> None:
    def make(refusal: Callable[..., Any]) -> Callable[..., Any]:
        def other(self: Microphone) -> Any:
            found = refusal(self)
            playing = any(live.takeovers.trace_ids() for live in lives_of(patches).running())
            if found is None and playing:
                patches.note("a takeover of another live is a conflict")
                return Conflict()
            return found

        return other

    patches.instead(Microphone, "_refusal", make)


def _always_ready(patches: Patches) -> None:
    def make(refusal: Callable[..., Any]) -> Callable[..., Any]:
        def other(self: Microphone) -> Any:
            if refusal(self) is not None:
                patches.note("speech is taken whatever the live is at")

        return other

    patches.instead(Microphone, "_refusal", make)


def _deaf_after_first_round(patches: Patches) -> None:
    def eof(self: Microphone, received: Any) -> Any:
        del received
        patches.note("code 4 answers eof")
        self.stop()
        return self.stop()

    patches.value(Microphone, "_eof", eof)


def _eof_is_answered(patches: Patches) -> None:
    def make(eof: Callable[..., Any]) -> Callable[..., Any]:
        def answered(self: Microphone, received: Any) -> Any:
            patches.note("code 2 answers eof")
            return [*eof(self, received), vars(Microphone)["_said"](self, Ready(), received)]

        return answered

    patches.instead(Microphone, "_eof", make)


def _no_round_without_speech(patches: Patches) -> None:
    def make(eof: Callable[..., Any]) -> Callable[..., Any]:
        def other(self: Microphone, received: Any) -> Any:
            if self.speaking and not vars(self)["_speech"].packets:
                patches.note("a round without speech fails")
                return self.fail()
            return eof(self, received)

        return other

    patches.instead(Microphone, "_eof", make)


def _one_size_of_packets(patches: Patches) -> None:
    def make(pcm: Callable[..., Any]) -> Callable[..., Any]:
        def other(self: Microphone, received: Any, packet: bytes) -> Any:
            if self.speaking and len(packet) != _PACKET:
                patches.note(f"{len(packet)} bytes of speech are not taken")
                return vars(Microphone)["_ended"](self, SendFailed(), received)
            return pcm(self, received, packet)

        return other

    patches.instead(Microphone, "_pcm", make)


def _idle_sockets_end(patches: Patches) -> None:
    def make(heartbeat: Callable[..., None]) -> Callable[..., None]:
        def other(self: Lives, live: Any) -> None:
            heartbeat(self, live)
            if (found := speaker(patches, live)) is not None:
                peer, talk = found
                patches.note("a socket on which nobody speaks is closed")
                vars(self)["_turn"].do(peer.on(talk.leave("nobody speaks")))

        return other

    patches.instead(Lives, "heartbeat", make)


def _lost_sockets_end_lives(patches: Patches) -> None:
    def make(closed: Callable[..., Any]) -> Callable[..., Any]:
        def other(self: Microphone) -> Any:
            live = vars(self)["_live"]
            if live is not None and not live.over:
                patches.note("a live ends with its microphone socket")
                lives_of(patches).end(live, LiveStatus.LOST, "nobody speaks any more")
            return closed(self)

        return other

    patches.instead(Microphone, "closed", make)


def _mistakes_end_lives(patches: Patches) -> None:
    def make(wrong: Callable[..., Any]) -> Callable[..., Any]:
        def other(self: Microphone, message: Any, *more: Any) -> Any:
            live = vars(self)["_live"]
            said = wrong(self, message, *more)
            if live is not None and not live.over and isinstance(message, SendFailed):
                patches.note("a live ends by a message that is none")
                lives_of(patches).end(live, LiveStatus.ABNORMAL, "a message that is none")
            return said

        return other

    patches.instead(Microphone, "_ended", make)


def _no_round_after_stop(patches: Patches) -> None:
    def make(begin: Callable[..., Any]) -> Callable[..., Any]:
        def other(self: Microphone, received: Any) -> Any:
            if vars(self)["_stopped"] is not None:
                patches.note("there is no round after code 4 or 5")
                return self.stop()
            return begin(self, received)

        return other

    patches.instead(Microphone, "_begin", make)


def _open_after_code_1(patches: Patches) -> None:
    def make(opened: Callable[..., Any]) -> Callable[..., Any]:
        def other(self: Microphone) -> Any:
            effects = opened(self)
            kept = [it for it in effects if not isinstance(it, Close)]
            if len(kept) < len(effects):
                patches.note("a connection stays open after code 1")
            return kept

        return other

    patches.instead(Microphone, "opened", make)


def _failures_are_notices(patches: Patches) -> None:
    def make(notice: Callable[..., Any]) -> Callable[..., Any]:
        def other(self: Microphone, event: Any) -> Any:
            if isinstance(event, Failed):
                patches.note("a failure is told by code 18")
                return notice(self, Finished(event.trace_id))
            return notice(self, event)

        return other

    kinds = {
        Queued: TakeoverQueued,
        Started: TakeoverStarted,
        Finished: TakeoverFinished,
    }
    patches.value(microphone, "_NOTICES", kinds)
    patches.instead(Microphone, "notice", make)


def _speech_is_called_back(patches: Patches) -> None:
    def make(over: Callable[..., Any]) -> Callable[..., Any]:
        def other(self: Microphone, *arguments: Any, **more: Any) -> Any:
            live = vars(self)["_live"]
            if live is not None and not live.over:
                patches.note("speech into the microphone is called back")
                event = CallbackEvent(live, TakeoverStatus.FINISHED, "speech", vars(self)["_turn"].now)
                vars(self)["_turn"].do(state_of(patches).report(event))
            return over(self, *arguments, **more)

        return other

    patches.instead(Microphone, "_over", make)


def _ended_lives_listen(patches: Patches) -> None:
    def refusal(self: Microphone) -> None:
        del self

    def end(self: Sockets, line: Any) -> None:
        del self, line
        patches.note("the sockets of a live that is over stay open")

    patches.value(Sockets, "_end", end)
    patches.value(Microphone, "_refusal", refusal)


def _pages_get_one(patches: Patches) -> None:
    def push(self: Sockets, live: Any, message: Any, cause: Any = None) -> bool:
        pages = vars(self)["_lines"][live.id].pages
        if len(pages) > 1:
            patches.note("only the first page is told")
        for peer in pages[:1]:
            if isinstance(peer.talk, Page):
                self.turn.do(peer.on(peer.talk.push(message, cause)))
        return True

    patches.value(Sockets, "push", push)


def _failed_answers_say_nothing(patches: Patches) -> None:
    def make(push: Callable[..., Any]) -> Callable[..., Any]:
        def pushed(self: Page, message: Any, cause: Any = None) -> Any:
            if message.status == "fail":
                patches.note("a failure does not say why")
                message = replace(message, error=UNSET)
            return push(self, message, cause)

        return pushed

    patches.instead(Page, "push", make)


def _told_to_all(patches: Patches) -> None:
    """What becomes of a live is told on the sockets of all lives."""

    def make_push(push: Callable[..., Any]) -> Callable[..., Any]:
        def pushed(self: Sockets, live: Any, message: Any, cause: Any = None) -> bool:
            for line in [*vars(self)["_lines"].values()]:
                if line.live is not live and line.pages:
                    patches.note("a page of another live is told")
                    push(self, line.live, message, cause)
            return bool(push(self, live, message, cause))

        return pushed

    def make_happened(happened: Callable[..., Any]) -> Callable[..., Any]:
        def told(self: Sockets, line: Any, event: Any) -> Any:
            for other in [*vars(self)["_lines"].values()]:
                peer = other.microphone
                if other is not line and peer is not None and isinstance(peer.talk, Microphone):
                    patches.note("the socket of another live is told")
                    if line.microphone is not None and isinstance(event, Started):
                        self.turn.do(peer.on(line.microphone.talk.notice(event)))
            return happened(self, line, event)

        return told

    patches.instead(Sockets, "push", make_push)
    patches.instead(Sockets, "_happened", make_happened)


def _takeovers_stop_all_speech(patches: Patches) -> None:
    def make(command: Callable[..., Any]) -> Callable[..., Any]:
        def other(self: Lives, live: Any, event: Any) -> Any:
            if isinstance(event, Started):
                for each in self.running():
                    found = speaker(patches, each)
                    if each is not live and found is not None and found[1].speaking:
                        patches.note("a takeover stops the speech in another live")
                        vars(self)["_turn"].do(found[0].on(found[1].stop()))
            return command(self, live, event)

        return other

    patches.instead(Lives, "_on_takeover", make)


MICROPHONE: Final[Mapping[str, Mutant]] = MappingProxyType(
    {
        "no_conflict": Mutant("Speech is taken while takeovers play.", _no_conflict),
        "conflict_of_others": Mutant("A takeover of another live is a conflict.", _conflict_of_others),
        "always_ready": Mutant("Speech is taken whatever a live is at.", _always_ready),
        "deaf_after_first_round": Mutant("A socket serves one round only.", _deaf_after_first_round),
        "eof_is_answered": Mutant("eof is answered with code 2.", _eof_is_answered),
        "no_round_without_speech": Mutant("A round without speech fails.", _no_round_without_speech),
        "one_size_of_packets": Mutant("Speech comes in packets of 640 bytes only.", _one_size_of_packets),
        "idle_sockets_end": Mutant("A socket on which nobody speaks is closed.", _idle_sockets_end),
        "lost_sockets_end_lives": Mutant("A live ends with its microphone socket.", _lost_sockets_end_lives),
        "mistakes_end_lives": Mutant("A message that is none ends the live.", _mistakes_end_lives),
        "no_round_after_stop": Mutant("There is no round after code 4 or 5.", _no_round_after_stop),
        "open_after_code_1": Mutant("A connection stays open after code 1.", _open_after_code_1),
        "failures_are_notices": Mutant("A takeover that fails is told by code 18.", _failures_are_notices),
        "speech_is_called_back": Mutant("Speech into the microphone is called back.", _speech_is_called_back),
        "ended_lives_listen": Mutant("Lives that are over listen still.", _ended_lives_listen),
        "pages_get_one": Mutant("Of several pages one is told.", _pages_get_one),
        "failed_answers_say_nothing": Mutant("A failure does not say why.", _failed_answers_say_nothing),
        "told_to_all": Mutant("What becomes of a live is told to all.", _told_to_all),
        "takeovers_stop_all_speech": Mutant("A takeover stops the speech in all lives.", _takeovers_stop_all_speech),
    }
)
"""By name."""
