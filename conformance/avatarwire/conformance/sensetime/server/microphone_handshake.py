"""Cases about who is let in to the microphone socket: tokens, lives, the query of the handshake (003 L439-545)."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from ...engine.bench import expect
from ...engine.case import Differs
from ...engine.web_socket import Closed, Refused
from ..bench import SenseTimeBench
from ..case import INVALID, SenseTimeCase, Tried, case
from ..talking import REFUSALS, Talk, code_of
from ..verifying import succeeded

__all__ = ["CASES"]


async def not_ready(talk: Talk) -> int | None:
    """Begins to speak; the code by which that is refused, None where the connection ends instead.

    Raises:
        Differs: it is not refused.
    """
    await talk.begin()
    while True:
        found = await talk.receive()
        if isinstance(found, Closed):
            return None
        if found is None:
            raise Differs(f"one of the codes {REFUSALS}, or the end of the connection", "nothing")
        expect(code_of(found) != 2, "no code 2", found)
        if code_of(found) in REFUSALS:
            return code_of(found)


async def wrong_token(bench: SenseTimeBench) -> None:
    live = await bench.started()
    code = await not_ready(await bench.microphone(live, token="no-such-token"))  # noqa: S106 - none
    expect(code == 1, "code 1", f"code {code}")


async def token_of_other(bench: SenseTimeBench) -> None:
    live, other = await bench.started(), await bench.started()
    code = await not_ready(await bench.microphone(live, token=other.token))
    expect(code == 1, "code 1", f"code {code}")


async def shut_after_code_1(bench: SenseTimeBench) -> None:
    live = await bench.started()
    talk = await bench.microphone(live, token="no-such-token")  # noqa: S106 - none
    await talk.closed()


async def access_token(bench: SenseTimeBench) -> None:
    live = await bench.started()
    code = await not_ready(await bench.microphone(live, token=await bench.access_token()))
    expect(code == 1, "code 1", f"code {code}")


async def no_token(bench: SenseTimeBench) -> None:
    live = await bench.started()
    try:
        talk = await bench.microphone(live, authorization="")
    except Refused:
        return
    await not_ready(talk)


async def unknown_live(bench: SenseTimeBench) -> None:
    live = await bench.started()
    try:
        talk = await bench.microphone(live, sessionId="no-such-live")
    except Refused:
        return
    await not_ready(talk)


async def unknown_live_code(bench: SenseTimeBench) -> None:
    live = await bench.started()
    code = await not_ready(await bench.microphone(live, sessionId="no-such-live"))
    expect(code == 6, "code 6", f"code {code}")


async def closed_live(bench: SenseTimeBench) -> None:
    live = await bench.started()
    succeeded(await bench.close(live))
    try:
        talk = await bench.microphone(live)
    except Refused:
        return
    code = await not_ready(talk)
    expect(code in (6, 1, None), "code 6", f"code {code}")


async def closed_live_code(bench: SenseTimeBench) -> None:
    live = await bench.started()
    succeeded(await bench.close(live))
    code = await not_ready(await bench.microphone(live))
    expect(code == 6, "code 6", f"code {code}")


async def client_type(bench: SenseTimeBench) -> None:
    live = await bench.started()
    try:
        talk = await bench.microphone(live, clientType="TOASTER")
    except Refused as refusal:
        expect(400 <= refusal.status < 500, "a refusal of the handshake with 4xx", refusal)
        return
    await not_ready(talk)


def token_form(form: str) -> Tried:
    """A case about another form of the token in the URL."""

    async def tried(bench: SenseTimeBench) -> None:
        live = await bench.started()
        talk = await bench.microphone(live, authorization=form.format(quote(live.token, safe="")))
        await talk.ready()

    return tried


async def no_handshake(bench: SenseTimeBench) -> None:
    live = await bench.started()
    url = "http" + bench.microphone_url.removeprefix("ws")
    reply = await bench.exchange("GET", f"{url}?clientType=BROWSER&sessionId={live.id}")
    expect(400 <= reply.status < 500, "status 4xx", reply)


async def token_of_stat(bench: SenseTimeBench) -> None:
    live = await bench.started()
    token = (await bench.stat(live)).get("sessionToken")
    talk = await bench.microphone(live, token=str(token) if token else None)
    await talk.ready()


CASES: Final[tuple[SenseTimeCase, ...]] = (
    case("ws.microphone.token.wrong", "A wrong token is told by code 1.", ("ST-MIC-08",), wrong_token, needs=INVALID),
    case("ws.microphone.token.of_other", "So is the token of another live.", ("ST-MIC-08",), token_of_other,
         needs=INVALID),
    case("ws.microphone.token.shut", "Code 1 ends the connection.", ("ST-E62",), shut_after_code_1, needs=INVALID),
    case("ws.microphone.token.access", "The access token opens no microphone.", ("ST-E02",), access_token,
         needs=INVALID),
    case("ws.microphone.token.none", "Without a token nobody speaks.", ("ST-MIC-08",), no_token, needs=INVALID),
    case("ws.microphone.token.of_stat", "The token of queryStat opens it.", ("ST-MIC-09", "ST-E15"), token_of_stat),
    *(
        case(f"ws.microphone.token.form.{name}", f"The token may come {how}.", ("ST-E03",), token_form(form))
        for name, form, how in (
            ("bare", "{}", "bare"),
            ("plus", "Bearer+{}", "with a plus sign for the space"),
            ("lower_case", "bearer%20{}", "with bearer spelled otherwise"),
        )
    ),
    case("ws.microphone.live.unknown", "Nobody speaks to a live there is none of.", ("ST-MIC-14",), unknown_live,
         needs=INVALID),
    case("ws.microphone.live.unknown_code", "That is told by code 6.", ("ST-E58",), unknown_live_code, needs=INVALID),
    case("ws.microphone.live.closed", "Nobody speaks to a live that is closed.", ("ST-MIC-14",), closed_live,
         needs=INVALID),
    case("ws.microphone.live.closed_code", "That is told by code 6.", ("ST-E62", "ST-MIC-14"), closed_live_code,
         needs=INVALID),
    case("ws.microphone.client_type", "There is no other client than BROWSER.", ("ST-E59",), client_type,
         needs=INVALID),
    case("ws.microphone.no_handshake", "A plain GET opens no socket.", ("RFC6455-4.2.2",), no_handshake,
         needs=INVALID),
)  # fmt: skip
