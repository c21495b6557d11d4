"""Cases about what time does: tokens expire, sessions do not (WS connect sample, Android 12). Time passes for all."""

from __future__ import annotations

from typing import Any, Final

from ...engine.bench import expect
from ..bench import AliyunBench
from ..cases import case
from ..verifiers import accepted, declined

__all__ = ["CASES"]

_MINUTE: Final = 60.0
_HOUR: Final = 60 * _MINUTE
_LONGEST: Final = 24 * _HOUR
"""Of a token's life that is waited for; validity of other things may end with more."""


async def token_expires(bench: AliyunBench) -> None:
    session = await bench.started()
    await bench.control.advance(_life(bench, session.token_object(1)) + 2)
    await bench.turned_away(session, session.url)


async def token_lives(bench: AliyunBench) -> None:
    session = await bench.started()
    await bench.control.advance(_life(bench, session.token_object(1)) - 2)
    await (await bench.connected(session)).works()


async def token_renewed(bench: AliyunBench) -> None:
    request_id = bench.made_up("rq-")
    session = await bench.started(requestId=request_id)
    await bench.control.advance(_life(bench, session.token_object(1)) + 2)
    again = await bench.started(requestId=request_id)
    expect(again.id == session.id, "the same session", again.id)
    await (await bench.connected(again)).works()


async def socket_outlives_token(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await bench.control.advance(_life(bench, talk.session.token_object(1)) + 2)
    await talk.works()


async def silence(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await bench.control.advance(20 * _MINUTE)
    await talk.works()
    expect(await bench.status_of(talk.session) in ("FREE", "BUSY"), "a session that lives on", "another status")


async def silence_without_socket(bench: AliyunBench) -> None:
    session = await bench.started()
    await bench.control.advance(20 * _MINUTE)
    expect(await bench.status_of(session) in ("FREE", "BUSY"), "a session that lives on", "another status")


async def request_id_lives(bench: AliyunBench) -> None:
    request_id = bench.made_up("rq-")
    first = await bench.started(requestId=request_id)
    await bench.control.advance(20 * _MINUTE)
    second = await bench.started(requestId=request_id)
    expect(first.id == second.id, "the session of the first call", second.id)


async def signature_expires(bench: AliyunBench) -> None:
    signed = bench.signed("QueryAvatarResource", {})
    await bench.control.advance(16 * _MINUTE)
    declined(await bench.go(signed))
    accepted(await bench.call("QueryAvatarResource", {}))


async def signature_lives(bench: AliyunBench) -> None:
    signed = bench.signed("QueryAvatarResource", {})
    await bench.control.advance(14 * _MINUTE)
    accepted(await bench.go(signed))


async def nonce_is_remembered(bench: AliyunBench) -> None:
    signed = bench.signed("QueryAvatarResource", {})
    accepted(await bench.go(signed))
    await bench.control.advance(14 * _MINUTE)
    declined(await bench.go(signed))


def _life(bench: AliyunBench, claims: dict[str, Any]) -> float:
    seconds = float(claims.get("exp") or 0) - bench.run.today()
    expect(4 < seconds <= _LONGEST, f"a token that expires within {_LONGEST:g} s", f"{seconds:g} s")
    return seconds


_ANY: Final = "any.time."
CASES: Final = (
    case(
        _ANY + "token_expires",
        "A URL whose token has expired opens nothing.",
        "ALI-R076 ALI-E53",
        token_expires,
        "clock",
        alone=True,
    ),
    case(
        _ANY + "token_lives",
        "A URL opens a WebSocket until its token expires.",
        "ALI-R075 ALI-E53",
        token_lives,
        "clock",
        alone=True,
    ),
    case(
        _ANY + "token_renewed",
        "Starting again with the same requestId renews the token.",
        "ALI-E57 ALI-E71",
        token_renewed,
        "clock",
        alone=True,
    ),
    case(
        _ANY + "socket_outlives_token",
        "An open WebSocket outlives its token.",
        "ALI-E53",
        socket_outlives_token,
        "clock",
        alone=True,
    ),
    case(
        _ANY + "silence",
        "A session outlives twenty minutes of silence.",
        "ALI-E104 ALI-E03",
        silence,
        "clock",
        alone=True,
    ),
    case(
        _ANY + "silence_without_socket",
        "A session without socket outlives twenty minutes.",
        "ALI-E104",
        silence_without_socket,
        "clock",
        alone=True,
    ),
    case(
        _ANY + "request_id_lives",
        "A requestId counts as long as its session lives.",
        "ALI-E71 ALI-R023",
        request_id_lives,
        "clock",
        alone=True,
    ),
    case(
        _ANY + "signature_expires",
        "A signature is refused after a quarter of an hour.",
        "ACS3 ALI-E67",
        signature_expires,
        "clock",
        alone=True,
    ),
    case(
        _ANY + "signature_lives",
        "A signature is accepted for a quarter of an hour.",
        "ACS3 ALI-E67",
        signature_lives,
        "clock",
        alone=True,
    ),
    case(
        _ANY + "nonce_is_remembered",
        "A nonce is remembered as long as its signature is good.",
        "ACS3 ALI-E67",
        nonce_is_remembered,
        "clock",
        alone=True,
    ),
)
