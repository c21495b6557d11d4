"""Cases about calls that fail, are lost, or are answered by something else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ...clients.bench import ClientBench
from .judging import (
    MOST,
    QUICK,
    SAYING,
    SESSION,
    Tried,
    about_lives,
    created,
    most_in_a_second,
    of_takeovers,
    refusals,
    sensetime,
    text_at,
)

__all__ = ["CASES"]

_LIMIT: Final = 10007
_PARAMETER: Final = 10001
_TOKEN: Final = 10002
_NO_LIVE: Final = "no-such-live"
_TEMPTING: Final[dict[str, Any]] = {
    "code": _LIMIT,
    "message": "there are as many as there may be",
    "data": {SESSION: _NO_LIVE, "sessionToken": "no-such-token", "status": 35},
}
"""A failure that looks like a success to whoever does not read its code."""


def refused(message: str, code: int = _PARAMETER, **more: Any) -> dict[str, Any]:
    """A rule by which a call is refused."""
    return {"message": message, "do": "reject", "code": code, **more}


async def create_refused(bench: ClientBench) -> None:
    fault = {"message": "createLive.request", "do": "reject", "status": 200, "body": _TEMPTING, "times": 1}
    talk = await bench.talk(faults=[fault], characters_per_second=QUICK)
    talk.reached(refusals(talk, _LIMIT), "a refusal")
    wrong = [it for it in about_lives(talk) if text_at(it, SESSION) == _NO_LIVE]
    talk.check(not wrong, "no call after a code other than 0", lambda: f"{wrong[0].message} about what was refused")


def paced(code: int, *messages: str) -> Tried:
    """A case about how soon a call that is refused is made again."""
    faults = [refused(message, code) for message in messages]

    async def tried(bench: ClientBench) -> None:
        talk = await bench.talk(faults=faults, characters_per_second=QUICK)
        talk.reached(refusals(talk, code), "a refusal")
        most = most_in_a_second(talk.sent(*messages))
        talk.check(most <= MOST, f"at most {MOST} tries within a second", f"{most} calls")

    return tried


def closes_after(faults: Sequence[Mapping[str, Any]], *, seconds: float = 1.0) -> Tried:
    """A case about the end of a talk in which a takeover, or the start, has gone wrong."""
    names = {str(rule["message"]).partition(".")[0] for rule in faults}

    async def tried(bench: ClientBench) -> None:
        talk = await bench.talk(seconds=seconds, faults=faults, characters_per_second=QUICK)
        created(talk)
        talk.reached(talk.sent(*(f"{name}.request" for name in names)), "what goes wrong")
        talk.check_ends()
        talk.check_no_sessions_left()

    return tried


async def token_renewed(bench: ClientBench) -> None:
    fault = {"message": "startLive.response", "do": "command", "command": "expire_tokens", "times": 1}
    talk = await bench.talk(faults=[fault], characters_per_second=QUICK)
    talk.reached(refusals(talk, _TOKEN), "a token that has ended")
    again = [it for it in talk.violations if it.clause == "AW-ST-REFUSED-TOKEN" and it.level != "note"]
    talk.check(len(again) <= 1, "another token than the one that was refused", f"the same token {len(again)} times")


async def token_closes(bench: ClientBench) -> None:
    fault = {"message": "startLive.response", "do": "command", "command": "expire_tokens", "times": 1}
    talk = await bench.talk(faults=[fault], characters_per_second=QUICK)
    (first, *_) = talk.reached(refusals(talk, _TOKEN), "a token that has ended")
    talk.reached(talk.after(first, talk.got("login.response", "refresh.response")), "a new token")
    talk.check_ends()
    talk.check_no_sessions_left()


async def token_paced(bench: ClientBench) -> None:
    fault = {"message": "startLive.response", "do": "command", "command": "expire_tokens", "times": 1}
    more = [fault, refused("login.request", 10003), refused("refresh.request", 10003)]
    talk = await bench.talk(faults=more, characters_per_second=QUICK)
    calls = talk.reached(talk.sent("login.request", "refresh.request"), "a login")
    most = most_in_a_second(calls)
    talk.check(most <= MOST, f"at most {MOST} logins within a second", f"{most}")


def _failure(**data: Any) -> list[dict[str, Any]]:
    body = {"code": 10500, "message": "it failed", **data}
    return of_takeovers("request", do="reject", status=200, body=body)


CASES: Final = (
    sensetime("errors.create_refused", "A code other than 0 is no success, whatever the data is.", "ST-NET-05",
              create_refused),
    sensetime("errors.create_paced", "A live that is refused is not asked for again and again.", "ST-E05",
              paced(_PARAMETER, "createLive.request")),
    sensetime("errors.command_paced", "A takeover that is refused is not asked for again and again.", "ST-E05",
              paced(_LIMIT, *SAYING)),
    sensetime("errors.no_data", "A failure may have no data.", "ST-NET-06 AW-ST-LEFT-OPEN",
              closes_after(_failure())),
    sensetime("errors.null_data", "The data of a failure may be null.", "ST-NET-06 ST-E07",
              closes_after(_failure(data=None))),
    sensetime("errors.empty_data", "The data of a failure may be empty.", "ST-NET-06 ST-E07",
              closes_after(_failure(data={}))),
    sensetime("errors.start_refused", "A live that cannot be started is closed.", "AW-ST-LEFT-OPEN",
              closes_after([refused("startLive.request")])),
    sensetime("errors.not_accepted", "A live that takes no takeover is closed.", "AW-ST-LEFT-OPEN",
              closes_after([{"message": "takeoverCommand.response", "do": "set",
                             "fields": {"data": {"isSuccess": False}}}])),
    sensetime("errors.lost_answer", "A live is closed after an answer that was lost.", "AW-ST-LEFT-OPEN",
              closes_after(of_takeovers("response", do="drop", times=1), seconds=4.0)),
    sensetime("errors.no_json", "A live is closed after an answer that is no JSON.", "AW-ST-LEFT-OPEN",
              closes_after(of_takeovers("request", do="reject", status=502, body="<html>bad gateway</html>"))),
    sensetime("token.renewed", "A token that was refused is not used again and again.",
              "AW-ST-REFUSED-TOKEN ST-E105", token_renewed),
    sensetime("token.closes", "A live is closed by a new token.", "AW-ST-LEFT-OPEN ST-E105", token_closes),
    sensetime("token.paced", "A login that is refused is not tried again and again.", "ST-E101", token_paced),
)  # fmt: skip
