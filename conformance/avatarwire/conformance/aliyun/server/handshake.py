"""Cases about who gets a WebSocket: the URL, its token, and the handshake (WS flow 2, WS connect sample)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from ...engine.bench import expect
from ...engine.case import Differs
from ...engine.json_object import json_object
from ...engine.web_socket import Refused
from ..bench import AliyunBench, Session
from ..cases import case

__all__ = ["CASES"]

_GARBAGE: Final = "abc.def.ghi"


async def opens(bench: AliyunBench) -> None:
    await (await bench.connected(await bench.started())).works()


async def no_token(bench: AliyunBench) -> None:
    await _turned_away(bench, token=None)


async def empty_token(bench: AliyunBench) -> None:
    await _turned_away(bench, token="")


async def garbage_token(bench: AliyunBench) -> None:
    await _turned_away(bench, token=_GARBAGE)


async def token_of_other_session(bench: AliyunBench) -> None:
    other = await bench.started()
    await _turned_away(bench, token=other.query["token"])


async def other_session_id(bench: AliyunBench) -> None:
    other = await bench.started()
    await _turned_away(bench, sessionId=other.id)


async def unknown_session_id(bench: AliyunBench) -> None:
    await _turned_away(bench, sessionId=bench.made_up())


async def no_session_id(bench: AliyunBench) -> None:
    await _turned_away(bench, sessionId=None)


async def changed_signature(bench: AliyunBench) -> None:
    session = await bench.started()
    header, claims, signed = session.token_parts
    signed = ("A" if signed[0] != "A" else "B") + signed[1:]
    await bench.turned_away(session, session.url_with(token=f"{header}.{claims}.{signed}"))


async def changed_claims(bench: AliyunBench) -> None:
    session, other = await bench.started(), await bench.started()
    header, _, signed = session.token_parts
    claims = _encoded({**session.token_object(1), "sessionId": other.id})
    await bench.turned_away(other, other.url_with(token=f"{header}.{claims}.{signed}"))


async def longer_life(bench: AliyunBench) -> None:
    session = await bench.started()
    header, _, signed = session.token_parts
    given = session.token_object(1)
    claims = _encoded({**given, "exp": int(given["exp"]) + 3600})
    await bench.turned_away(session, session.url_with(token=f"{header}.{claims}.{signed}"))


async def no_algorithm(bench: AliyunBench) -> None:
    session = await bench.started()
    token = f"{_encoded({'typ': 'JWT', 'alg': 'none'})}.{session.token_parts[1]}."
    await bench.turned_away(session, session.url_with(token=token))


async def guessed_key(bench: AliyunBench) -> None:
    session = await bench.started()
    for key in ("secret", bench.endpoint.text("access_key_secret")):
        signed = ".".join(session.token_parts[:2])
        signature = hmac.new(key.encode(), signed.encode(), hashlib.sha256).digest()
        token = f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"
        await bench.turned_away(session, session.url_with(token=token))


async def refused_with_status(bench: AliyunBench) -> None:
    session = await bench.started()
    try:
        await bench.connected(session, session.url_with(token=_GARBAGE))
    except Refused as refusal:
        expect(refusal.status == 401, "status 401", refusal)
        return
    raise Differs("a refused handshake, status 401", "an open socket")


async def refused_with_code(bench: AliyunBench) -> None:
    session = await bench.started()
    try:
        await bench.connected(session, session.url_with(token=_GARBAGE))
    except Refused as refusal:
        fields = json_object(refusal.body)
        holds = fields.get("code") == 10001 and bool(fields.get("message"))
        expect(holds, "a body with code 10001 and a message", refusal)
        return
    raise Differs("a refused handshake", "an open socket")


async def other_path(bench: AliyunBench) -> None:
    session = await bench.started()
    url = urlunsplit(urlsplit(session.url)._replace(path="/v1/other"))
    await bench.turned_away(session, url)


async def no_handshake(bench: AliyunBench) -> None:
    session = await bench.started()
    url = session.url.replace("ws", "http", 1)
    reply = await bench.exchange("GET", url)
    expect(400 <= reply.status < 500, "a status 4xx", reply)


async def again(bench: AliyunBench) -> None:
    session = await bench.started()
    for _ in range(2):
        talk = await bench.connected(session)
        await talk.works()
        await talk.socket.close()
        await talk.ended()


async def replaced(bench: AliyunBench) -> None:
    session = await bench.started()
    first = await bench.connected(session)
    await first.works()
    second = await bench.connected(session)
    await second.works()
    end = await first.ended()
    expect(end.code == 1000, "close 1000", end)
    await second.works()


async def replaced_anew(bench: AliyunBench) -> None:
    session = await bench.started()
    await bench.prepared(session)
    second = await bench.prepared(session)
    await second.ask("Are you still there?", messageId="m-2")
    reply = await second.replied(message_id="m-2")
    expect(reply.last.get("success") is True, "an answer on the new socket", reply)


async def not_forced(bench: AliyunBench) -> None:
    session = await bench.started()
    first = await bench.prepared(session)
    await (await bench.connected(session)).works()
    pushes: list[str] = []
    while (found := await first.receive()) is not None:
        if not hasattr(found, "biz_type"):
            break
        pushes.append(str(found))
    expect(not pushes, "no push before the close, as the session lives on", pushes)
    expect(await bench.status_of(session) in ("FREE", "BUSY"), "a session that lives on", "another status")


async def _turned_away(bench: AliyunBench, **changes: str | None) -> None:
    session: Session = await bench.started()
    await bench.turned_away(session, session.url_with(**changes))
    await (await bench.connected(session)).works()


def _encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


_WS: Final = "ws.handshake."
CASES: Final = (
    case(_WS + "opens", "The URL of a session opens a WebSocket.", "ALI-R024 ALI-R074", opens),
    case(_WS + "no_token", "A URL without token opens none.", "ALI-R076 ALI-E51", no_token, "invalid"),
    case(_WS + "empty_token", "A URL with an empty token opens none.", "ALI-R076", empty_token, "invalid"),
    case(_WS + "garbage_token", "A URL with a token that is none opens none.", "ALI-R076", garbage_token, "invalid"),
    case(
        _WS + "token_of_other_session",
        "The token of another session opens none.",
        "ALI-R076",
        token_of_other_session,
        "invalid",
    ),
    case(
        _WS + "other_session_id",
        "A sessionId that is not the token's opens none.",
        "ALI-R076",
        other_session_id,
        "invalid",
    ),
    case(_WS + "unknown_session_id", "An unknown sessionId opens none.", "ALI-R076", unknown_session_id, "invalid"),
    case(_WS + "no_session_id", "A URL without sessionId opens none.", "ALI-R076 ALI-R074", no_session_id, "invalid"),
    case(
        _WS + "changed_signature",
        "A token with another signature opens none.",
        "ALI-R076 ALI-R075",
        changed_signature,
        "invalid",
    ),
    case(
        _WS + "changed_claims",
        "A token whose claims were changed opens none.",
        "ALI-R076 ALI-R075",
        changed_claims,
        "invalid",
    ),
    case(
        _WS + "longer_life", "A token whose expiry was changed opens none.", "ALI-R076 ALI-R075", longer_life, "invalid"
    ),
    case(_WS + "no_algorithm", "A token that is not signed opens none.", "ALI-R075 ALI-R076", no_algorithm, "invalid"),
    case(
        _WS + "guessed_key",
        "A token that somebody else signed opens none.",
        "ALI-R076 ALI-R075",
        guessed_key,
        "invalid",
    ),
    case(_WS + "status", "Who has no right to it is refused with 401.", "ALI-E51", refused_with_status, "invalid"),
    case(
        _WS + "body",
        "Who has no right to it is told 10001 and why.",
        "AW-ALI-HANDSHAKE ALI-E51",
        refused_with_code,
        "invalid",
    ),
    case(_WS + "other_path", "Another path opens none.", "ALI-E52", other_path, "invalid"),
    case(_WS + "no_handshake", "A plain GET is refused.", "AW-ALI-HANDSHAKE", no_handshake, "invalid"),
    case(_WS + "again", "A session may be connected to again.", "ALI-E114", again),
    case(
        _WS + "replaced",
        "A second socket takes the place of the first, which is closed with 1000.",
        "ALI-E114",
        replaced,
    ),
    case(
        _WS + "replaced_anew", "The channel of a new socket is prepared anew, and it talks.", "ALI-E114", replaced_anew
    ),
    case(_WS + "replaced_lives_on", "A session lives on when its socket is replaced.", "ALI-E114", not_forced),
)
