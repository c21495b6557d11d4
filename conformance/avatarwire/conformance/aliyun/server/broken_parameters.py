"""Cases that the declarations of the twelve operations give: each rule about their parameters broken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from avatarwire.codecs import catalogue

from ...engine.bench import expect
from ...engine.case import Case
from ...engine.derived import Breakage, cases_of
from ..bench import AliyunBench, Session
from ..samples import CALLS, SESSION, filled, json_bytes, query_bytes
from ..verifiers import VENDOR, declined

__all__ = ["CASES"]


def _cases() -> Iterator[Case[AliyunBench]]:
    for operation, sample in CALLS.items():
        in_query = catalogue.vendor(VENDOR).operations[operation].parameters_in == "query"

        async def run(bench: AliyunBench, broken: Breakage, operation: str = operation) -> None:
            await _refused(bench, operation, broken)

        yield from cases_of(
            VENDOR,
            f"{VENDOR}.http.{operation}",
            f"{operation}.request",
            dict(sample),
            query_bytes if in_query else json_bytes,
            run,
            title=f"{operation} with {{text}} is refused.",
        )


async def _refused(bench: AliyunBench, operation: str, broken: Breakage) -> None:
    sample = dict(CALLS[operation])
    session = await bench.started() if SESSION in sample.values() else None
    given = broken.change(filled(sample, bench.project_id, "" if session is None else session.id))
    declined(await bench.call(operation, given))
    if session is not None:
        await _lives(bench, session)


async def _lives(bench: AliyunBench, session: Session) -> None:
    status = await bench.status_of(session)
    expect(status in ("FREE", "BUSY"), "a session that lives on, FREE or BUSY", status)


CASES: Final = tuple(_cases())
