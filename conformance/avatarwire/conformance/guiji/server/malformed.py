"""Cases about payloads that are no message, and about answers that nobody has asked for."""

from __future__ import annotations

from typing import Final

from ...engine.case import Case
from ..bench import GuijiBench
from .needs import INVALID

__all__ = ["CASES"]

_NO_MESSAGES: Final = (
    b"",
    b" ",
    b"{",
    b"}",
    b"no json",
    b"[]",
    b"[1,2]",
    b"{}",
    b'"text"',
    b"7",
    b"null",
    b"true",
    b"\x00\x01\xff\xfe",
    b'{"id":1,"method":"DestroySession",}',
    b"<xml/>",
)


async def no_message(bench: GuijiBench) -> None:
    talk = await bench.created()
    for payload in _NO_MESSAGES:
        await talk.send_bytes(payload)
    await talk.still_works()


async def comments(bench: GuijiBench) -> None:
    talk = await bench.created()
    fields = talk.request("DestroySession", {"cause": "a"})
    data = bench.dumped(fields)
    for payload in (data[:-1] + b',"a":1, -- a comment\n}', data[:-1] + b",}", data + b" // a comment"):
        await talk.send_bytes(payload)
    await talk.none_of("result", lambda heard: heard.fields.get("id") == fields["id"] and "result" in heard.fields)
    await talk.still_works()


async def huge(bench: GuijiBench) -> None:
    talk = await bench.created()
    await talk.send_bytes(bench.dumped(talk.request("DestroySession", {"cause": "x" * 500_000})))
    await talk.none_of("result", lambda heard: "info" in heard.fields.get("result", {}))


async def nested(bench: GuijiBench) -> None:
    talk = await bench.created()
    await talk.send_bytes(b'{"id":1,"params":' + b"[" * 20_000 + b"]" * 20_000 + b"}")
    await talk.still_works()


async def answers_are_not_answered(bench: GuijiBench) -> None:
    talk = await bench.created()
    own = {"sessionId": talk.session.id, "sender": talk.session.topic_sub}
    result = {"sessionId": talk.session.id, "message": "a"}
    await talk.send({"id": 987_654, "result": result, **own})
    await talk.send({"id": 987_655, "error": {**result, "code": -1}, **own})
    await talk.none_of(
        "answer to an answer",
        lambda heard: heard.fields.get("id") in (987_654, 987_655) and "method" not in heard.fields,
    )


_P: Final = "guiji.mqtt.malformed"

CASES: Final = (
    Case(
        f"{_P}.no_message",
        "What is no JSON object ends nothing.",
        ("GJ-R124",),
        no_message,
        "should",
        needs=INVALID,
        exact=True,
    ),
    Case(
        f"{_P}.comments", "What is no strict JSON is not carried out.", ("GJ-R124",), comments, "should", needs=INVALID
    ),
    Case(
        f"{_P}.huge", "A message of half a megabyte ends nothing.", ("AW-GJ-LIMITS",), huge, "ambiguous", needs=INVALID
    ),
    Case(f"{_P}.nested", "Brackets without end do no harm.", ("GJ-R124",), nested, "should", needs=INVALID),
    Case(
        f"{_P}.answers",
        "The answers of a client are not answered.",
        ("GJ-E86",),
        answers_are_not_answered,
        "ambiguous",
        needs=INVALID,
    ),
)
