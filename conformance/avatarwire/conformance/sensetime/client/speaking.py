"""Cases about speech into the microphone, and about interrupting."""

from __future__ import annotations

from typing import Any, Final, cast

from ...clients.bench import ClientBench
from ...clients.talk import Talk
from .judging import AUDIO, BEGIN, QUICK, created, errors, of_connections, sensetime, text_at

__all__ = ["CASES"]

_EOF: Final = "microphone.eof"
_READY: Final = "microphone.ready"
_STOP: Final = "microphone.stop"
_LATE: Final = 0.4
"""Seconds by which code 2 is late; and after code 4, those in which speech may be on its way."""
_SLOW: Final = 60.0
"""Characters a second, so that there is time to interrupt."""
_ALL: Final = "-1"


async def spoken(bench: ClientBench, **more: Any) -> Talk:
    """A talk in which the client is to speak."""
    talk = await bench.talk(flow="speech", characters_per_second=QUICK, **more)
    created(talk)
    return talk


def speech_of(talk: Talk) -> dict[str, list[Any]]:
    """What the client has sent on each socket on which it has spoken.

    Raises:
        Skip: it has not spoken.
    """
    talk.reached(talk.sent(AUDIO), "speech")
    found = of_connections(talk.sent(BEGIN, AUDIO, _EOF))
    return {name: sent for name, sent in found.items() if any(it.message == AUDIO for it in sent)}


async def begin_first(bench: ClientBench) -> None:
    talk = await spoken(bench)
    for sent in speech_of(talk).values():
        talk.check(sent[0].message == BEGIN, "begin before any speech", f"{sent[0].message} first")


async def eof(bench: ClientBench) -> None:
    talk = await spoken(bench)
    for sent in speech_of(talk).values():
        talk.check(sent[-1].message == _EOF, "eof when the speech is over", f"{sent[-1].message} at the end")


async def between(bench: ClientBench) -> None:
    talk = await spoken(bench)
    for sent in speech_of(talk).values():
        goes_on = False
        for each in sent:
            if each.message == AUDIO:
                talk.check(goes_on, "speech between begin and eof", "speech outside of that")
            else:
                goes_on = each.message == BEGIN


async def readable(bench: ClientBench) -> None:
    talk = await spoken(bench)
    talk.reached(talk.sent(BEGIN, AUDIO, _EOF), "the microphone")
    wrong = errors(talk, ["ST-MIC-01", "ST-E68", "ST-E67", "ST-E57"])
    talk.check(not wrong, "JSON texts and binary speech", lambda: str(wrong[0]))


async def waits(bench: ClientBench) -> None:
    talk = await spoken(bench, faults=[{"message": _READY, "do": "delay", "seconds": _LATE}])
    for connection, sent in speech_of(talk).items():
        told = [it for it in talk.got(_READY) if it.connection == connection]
        first = next(it for it in sent if it.message == AUDIO)
        talk.check(told and told[0].seq < first.seq, "no speech before code 2", "speech before it")


async def not_ready(bench: ClientBench) -> None:
    fields = {"code": 6, "message": "服务端未准备好接收"}
    talk = await spoken(bench, faults=[{"message": _READY, "do": "set", "fields": fields}])
    talk.reached(talk.got(_READY), "code 6")
    talk.check(not talk.sent(AUDIO), "no speech after code 6", lambda: f"{len(talk.sent(AUDIO))} packets")


async def stops(bench: ClientBench) -> None:
    talk = await spoken(bench, speech_outcomes=["stop"] * 10)
    for told in talk.reached(talk.got(_STOP), "code 4"):
        here = [it for it in talk.sent(BEGIN, AUDIO) if it.connection == told.connection]
        begun = [it.seq for it in talk.after(told, here) if it.message == BEGIN]
        late = [
            it
            for it in talk.after(told, here)
            if it.message == AUDIO and it.time > told.time + _LATE and not (begun and begun[0] < it.seq)
        ]
        talk.check(not late, "no speech after code 4", f"{len(late)} packets long after it")


async def takeovers_first(bench: ClientBench) -> None:
    talk = await bench.talk(flow="speech", characters_per_second=_SLOW)
    created(talk)
    talk.reached(talk.sent(BEGIN), "the microphone")
    wrong = [it for it in talk.violations if it.clause == "ST-TKO-21"]
    talk.check(not wrong, "no begin while a takeover plays", lambda: str(wrong[0]))


async def speech_closes(bench: ClientBench) -> None:
    talk = await spoken(bench)
    speech_of(talk)
    talk.check_ends()
    talk.check_no_sessions_left()


# --- interrupting ---


async def interrupted(bench: ClientBench) -> Talk:
    """A talk in which the client is to interrupt.

    Raises:
        Skip: it has cancelled nothing.
    """
    talk = await bench.talk(flow="interrupt", characters_per_second=_SLOW)
    created(talk)
    talk.reached(talk.sent("takeoverCancel.request"), "an interruption")
    return talk


async def cancels(bench: ClientBench) -> None:
    talk = await interrupted(bench)
    names = ("takeoverCommand.response", "takeoverQueue.response")
    known = {str(text_at(it, "data.commandTraceId")) for it in talk.got(*names)}
    known |= {str(each) for it in talk.got("takeoverQueueList.response") for each in _ids(it)}
    known |= {
        str(text_at(it, "data.commandTraceId"))
        for it in talk.got("microphone.takeover_started", "microphone.takeover_queued")
    }
    for call in talk.sent("takeoverCancel.request"):
        asked = str(text_at(call, "commandTraceId"))
        wrong = [it for it in asked.split(";") if it not in known and it != _ALL]
        talk.check(not wrong, "ids of takeovers, joined by semicolons, or -1", f"{asked!r}")


def _ids(entry: Any) -> list[object]:
    found: object = text_at(entry, "data.commandTraceIds")
    return cast("list[object]", found) if isinstance(found, list) else []


async def interrupt_closes(bench: ClientBench) -> None:
    talk = await interrupted(bench)
    talk.check_ends()
    talk.check_no_sessions_left()


CASES: Final = (
    sensetime("speech.begin", "begin comes before any speech.", "ST-MIC-05", begin_first),
    sensetime("speech.between", "Speech comes between begin and eof.", "ST-MIC-06", between),
    sensetime("speech.eof", "eof ends the speech.", "ST-MIC-07", eof),
    sensetime("speech.form", "Texts are JSON, and speech is binary.", "ST-MIC-01", readable),
    sensetime("speech.waits", "Speech waits for code 2.", "ST-MIC-10", waits),
    sensetime("speech.not_ready", "There is no speech after code 6.", "ST-MIC-10", not_ready),
    sensetime("speech.stops", "Code 4 stops the speech.", "ST-MIC-12", stops),
    sensetime("speech.takeovers_first", "No takeover plays when somebody begins to speak.", "ST-TKO-21",
              takeovers_first),
    sensetime("speech.closes", "A live that was spoken to is closed.", "AW-ST-LEFT-OPEN", speech_closes),
    sensetime("interrupt.cancels", "What is cancelled are takeovers that there are.", "ST-TKO-06 ST-TKO-17 ST-TKO-18",
              cancels),
    sensetime("interrupt.closes", "A live that was interrupted is closed.", "AW-ST-LEFT-OPEN", interrupt_closes),
)  # fmt: skip
