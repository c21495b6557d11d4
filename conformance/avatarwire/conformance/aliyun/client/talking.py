"""Cases about a talk in which nothing goes wrong: how it begins, what is sent, how it ends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from ...clients.bench import ClientBench
from ...clients.cases import client_case
from ...engine.case import Case, Differs

__all__ = ["CASES"]


async def starts(bench: ClientBench) -> None:
    talk = await bench.talk()
    if not talk.sent("StartAvatarSession.request"):
        raise Differs("a call of StartAvatarSession", talk.end)


async def stops(bench: ClientBench) -> None:
    talk = await bench.talk()
    talk.reached(talk.got("StartAvatarSession.response"), "a session")
    talk.check_ends()
    talk.check_no_sessions_left()


def _case(name: str, title: str, clauses: str, run: Callable[[ClientBench], Awaitable[None]]) -> Case[ClientBench]:
    return client_case("aliyun", name, title, clauses, run)


CASES: Final = (
    _case("talk.starts", "A talk begins with StartAvatarSession.", "ALI-R073 ALI-R022", starts),
    _case("talk.stops", "Every session that was started is stopped.", "ALI-R081", stops),
)
