"""Cases about the microphone socket without speech, about callbacks, and about a live that the vendor ends."""

from __future__ import annotations

from typing import Any, Final

from ...clients.bench import ClientBench
from ...clients.talk import Talk
from ...engine.callbacks import free_port
from .judging import MOST, QUICK, SAYING, Tried, created, errors, most_in_a_second, of_takeovers, query_of, sensetime

__all__ = ["CASES"]

_HANDSHAKE: Final = "handshake.websocket"
_STARTED: Final = "microphone.takeover_started"
_PATIENT: Final = 4.0
"""Seconds for a client that has to find out otherwise what it was not told."""
_LOST: Final = 10.0
"""The same where that is the end of a text, for which some wait long."""
_OK: Final = range(200, 300)


def handshakes(talk: Talk) -> list[Any]:
    """Those of the microphone socket.

    Raises:
        Skip: there is none.
    """
    found = [it for it in talk.sent(_HANDSHAKE) if "/command/microphone" in str(it.meta.get("path", ""))]
    return [*talk.reached(found, "the microphone socket")]


async def url(bench: ClientBench) -> None:
    talk = await bench.talk(characters_per_second=QUICK)
    created(talk)
    for call in handshakes(talk):
        query = query_of(call)
        missing = [name for name in ("clientType", "sessionId", "Authorization") if not query.get(name)]
        talk.check(not missing, "clientType, sessionId and Authorization in the URL", f"no {', '.join(missing)}")


async def client_type(bench: ClientBench) -> None:
    talk = await bench.talk(characters_per_second=QUICK)
    created(talk)
    for call in handshakes(talk):
        told = query_of(call).get("clientType")
        talk.check(told == "BROWSER", "clientType BROWSER", f"{told!r}")


async def token(bench: ClientBench) -> None:
    talk = await bench.talk(characters_per_second=QUICK)
    created(talk)
    handshakes(talk)
    wrong = errors(talk, ["ST-MIC-04"])
    talk.check(not wrong, "the sessionToken of the live in the URL", lambda: str(wrong[0]))


async def unknown_code(bench: ClientBench) -> None:
    fault = {"message": _STARTED, "do": "set", "fields": {"code": 42, "message": "added later"}}
    talk = await bench.talk(seconds=_PATIENT, faults=[fault], characters_per_second=QUICK)
    created(talk)
    talk.reached(talk.got(_STARTED), "a message of the microphone socket")
    talk.check_ends()
    talk.check_no_sessions_left()


async def no_json(bench: ClientBench) -> None:
    fault = {"message": _STARTED, "do": "truncate", "bytes": 5}
    talk = await bench.talk(seconds=_PATIENT, faults=[fault], characters_per_second=QUICK)
    created(talk)
    talk.reached(talk.got(_STARTED), "a message of the microphone socket")
    talk.check_ends()
    talk.check_no_sessions_left()


def closes_after(**fault: Any) -> Tried:
    """A case about the end of a talk whose microphone socket has ended before."""

    async def tried(bench: ClientBench) -> None:
        rule = {"message": _STARTED, "times": 1, **fault}
        talk = await bench.talk(seconds=_LOST, faults=[rule], characters_per_second=QUICK)
        created(talk)
        handshakes(talk)
        talk.check_ends()
        talk.check_no_sessions_left()

    return tried


async def paced(bench: ClientBench) -> None:
    rule = {"message": _HANDSHAKE, "do": "reject", "status": 503, "reason": "starting"}
    talk = await bench.talk(faults=[rule], characters_per_second=QUICK)
    created(talk)
    most = most_in_a_second(handshakes(talk))
    talk.check(most <= MOST, f"at most {MOST} handshakes within a second", f"{most}")


# --- the vendor ends a live ---


async def ended(bench: ClientBench) -> None:
    rules = of_takeovers("response", do="command", command="close_live", times=1)
    talk = await bench.talk(seconds=_PATIENT, faults=rules, characters_per_second=QUICK)
    created(talk)
    talk.reached(talk.sent(*SAYING), "a text")
    talk.check_ends()
    most = most_in_a_second([*talk.sent(*SAYING), *talk.sent("createLive.request"), *talk.sent(_HANDSHAKE)])
    talk.check(most <= MOST, f"at most {MOST} tries within a second", f"{most}")


# --- callbacks ---


async def called_back(bench: ClientBench, *faults: dict[str, Any]) -> Talk:
    """A talk whose callbacks go to the client.

    Raises:
        Skip: it does not listen.
    """
    to = f"http://127.0.0.1:{free_port()}/callbacks"
    talk = await bench.talk(faults=faults, callback_url=to, characters_per_second=QUICK)
    created(talk)
    talk.reached(answers(talk), "an answer to a callback, so that it seems not to listen")
    return talk


def answers(talk: Talk) -> list[Any]:
    """What the client has answered to callbacks."""
    return [it for it in talk.entries if it.transport == "callback" and it.direction == "in"]


def acknowledges(*faults: dict[str, Any]) -> Tried:
    """A case about how callbacks are answered."""

    async def tried(bench: ClientBench) -> None:
        talk = await called_back(bench, *faults)
        wrong = [it.status for it in answers(talk) if it.status not in _OK]
        talk.check(not wrong, "status 2xx for each callback", f"{wrong[:3]}")
        talk.check_ends()
        talk.check_no_sessions_left()

    return tried


CASES: Final = (
    sensetime("socket.url", "The microphone's URL has the three parameters.", "ST-MIC-02 ST-NET-03", url),
    sensetime("socket.client_type", "clientType is BROWSER.", "ST-MIC-03 ST-E59", client_type),
    sensetime("socket.token", "The sessionToken opens the microphone.", "ST-MIC-04 ST-E02", token),
    sensetime("socket.unknown_code", "A code that nobody knows harms nothing.", "ST-E67", unknown_code),
    sensetime("socket.no_json", "A message that cannot be read harms nothing.", "ST-E68", no_json),
    sensetime("socket.closed", "A live is closed, though its microphone socket was.", "AW-ST-LEFT-OPEN",
              closes_after(do="close", code=1011)),
    sensetime("socket.reset", "A live is closed, though its microphone socket broke.", "AW-ST-LEFT-OPEN",
              closes_after(do="reset")),
    sensetime("socket.paced", "A handshake that is refused is not tried again and again.", "ST-E62", paced),
    sensetime("ended.noticed", "A live that the vendor ends is let go.", "ST-E62 ST-E09", ended),
    sensetime("callback.acknowledged", "Callbacks are answered with 2xx.", "ST-E96", acknowledges()),
    sensetime("callback.duplicates", "Callbacks that come twice are, too.", "ST-E96",
              acknowledges({"message": "CallbackBody", "do": "duplicate"})),
    sensetime("callback.unknown_status", "So are states that nobody knows.", "ST-E97",
              acknowledges({"message": "CallbackBody", "do": "set", "fields": {"status": 77},
                            "where": {"status": 36}})),
)  # fmt: skip
