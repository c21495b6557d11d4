"""Cases that the declarations of the client's messages give: each rule about their fields broken."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from ...engine.case import Case
from ...engine.derived import Breakage, cases_of
from ...engine.web_socket import Closed
from ..bench import AliyunBench
from ..samples import MESSAGES, filled, frame_of
from ..talk import frame
from ..verifiers import VENDOR

__all__ = ["CASES"]


def _cases() -> Iterator[Case[AliyunBench]]:
    for message, (biz_type, sample) in MESSAGES.items():

        async def run(bench: AliyunBench, broken: Breakage, message: str = message) -> None:
            await _refused(bench, message, broken)

        yield from cases_of(
            VENDOR,
            f"{VENDOR}.ws.{message.removesuffix('.request')}",
            message,
            dict(sample),
            partial(frame_of, biz_type),
            run,
            title=f"{message} with {{text}} is refused.",
        )


async def _refused(bench: AliyunBench, message: str, broken: Breakage) -> None:
    biz_type, sample = MESSAGES[message]
    talk = await bench.prepared()
    if message == "asr.end.request":
        await talk.begin_speech()
        await talk.until("an answer to the start of speech", lambda found: found.biz_type == biz_type)
    given = broken.change(filled(dict(sample), bench.project_id, talk.session.id))
    await talk.socket.send(frame(biz_type, bench.dumped(given), serial=talk.serial()))
    if not isinstance(await talk.rejected(), Closed):
        await talk.works()


CASES: Final = tuple(_cases())
