"""Cases about every request over MQTT alike (4.2.3 to 4.2.9): answered as declared, refused where a rule is broken."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

from avatarwire.codecs import catalogue
from avatarwire.codecs.errors import CodecError

from ...engine.case import Case, Differs
from ...engine.derived import Breakage, cases_of
from ..bench import GuijiBench
from ..heard import Heard, error_of, key_of, result_of
from ..talk import Talk
from .envelopes import no_result
from .needs import INVALID
from .samples import METHODS, real_request

__all__ = ["CASES"]

VENDOR: Final = "guiji"

_ADDRESS: Final = ("id", "sessionId", "sender", "params.sessionId", "")
"""Members without which it is not known whom to answer, or under which id."""
_STATED: Final = {
    "CreateNewSession": "GJ-R083",
    "ModifySessionResList": "GJ-R080",
    "DestroySession": "GJ-R104",
    "pushPlayListManager": "GJ-R114",
}


async def begun(bench: GuijiBench, message: str) -> tuple[Talk, dict[str, Any]]:
    """A session of which a request can be asked, and the right request."""
    pcm_id = await bench.any_material()
    talk = await bench.joined() if message == "CreateNewSession" else await bench.created([pcm_id])
    return talk, await real_request(talk, message, pcm_id)


def _declared(message: str) -> Callable[[GuijiBench], Awaitable[None]]:
    async def run(bench: GuijiBench) -> None:
        talk, fields = await begun(bench, message)
        await talk.send(fields)
        heard = await talk.answer(fields["id"])
        result_of(heard.fields)
        try:
            catalogue.vendor(VENDOR).decode(f"{message}.result", heard.payload, strict=True)
        except CodecError as error:
            raise Differs("a result as the document shows it", f"{error}: {heard}") from None

    return run


def _broken(message: str) -> list[Case[GuijiBench]]:
    async def run(bench: GuijiBench, broken: Breakage) -> None:
        talk, right = await begun(bench, message)
        fields: Any = broken.change(right)
        if broken.path in _ADDRESS:
            await no_result(talk, fields)
        else:
            await talk.send(fields)
            error = error_of((await talk.answer(fields["id"])).fields)
            del error
        # Nothing has changed, so that the right request still can be carried out.
        right["id"] = talk.next_id()
        await talk.send(right)
        result_of((await talk.answer(right["id"])).fields)

    def encode(sample: Any) -> bytes:
        return json.dumps(sample).encode()

    return cases_of(
        VENDOR,
        f"guiji.mqtt.{message}",
        f"{message}.request",
        METHODS[message],
        encode,
        run,
        title=f"{message} with {{text}} is refused.",
    )


def _before_creation(message: str) -> Callable[[GuijiBench], Awaitable[None]]:
    async def run(bench: GuijiBench) -> None:
        pcm_id = await bench.any_material()
        talk = await bench.joined()
        fields = await real_request(talk, message, pcm_id)
        await talk.send(fields)
        _not_done((await talk.answer(fields["id"])).fields)
        await talk.create([pcm_id])

    return run


def _after_destruction(message: str) -> Callable[[GuijiBench], Awaitable[None]]:
    async def run(bench: GuijiBench) -> None:
        pcm_id = await bench.any_material()
        talk = await bench.created([pcm_id])
        await talk.destroy()
        fields = await real_request(talk, message, pcm_id)
        await talk.send(fields)
        # Of a session that is gone a server need not know whom to answer.
        later = talk.request("pushPlayListManager", {"action": "getPlayList"})
        await talk.send(later)
        await talk.catch_up()
        for heard in talk.heard:
            if _is_of(heard, fields["id"]) or _is_of(heard, later["id"]):
                _not_done(heard.fields)

    return run


def _is_of(heard: Heard, request_id: Any) -> bool:
    return "method" not in heard.fields and bool(key_of(heard.fields.get("id")) == key_of(request_id))


def _not_done(answer: dict[str, Any]) -> None:
    """An error, or a result with ``ok`` false (GJ-E81)."""
    match answer:
        case {"result": {"ok": False, "message": str()}}:
            return
        case _:
            error_of(answer)


def _cases() -> list[Case[GuijiBench]]:
    found: list[Case[GuijiBench]] = []
    for message in METHODS:
        place, stated = f"guiji.mqtt.{message}", _STATED.get(message, "GJ-R080")
        found.append(
            Case(f"{place}.as_declared", f"{message} is answered as documented.", (stated,), _declared(message))
        )
        found += _broken(message)
        if message not in ("CreateNewSession", "DestroySession"):
            found.append(
                Case(
                    f"{place}.before_creation",
                    f"{message} before CreateNewSession is refused.",
                    ("GJ-R083",),
                    _before_creation(message),
                    needs=INVALID,
                )
            )
        if message != "DestroySession":
            found.append(
                Case(
                    f"{place}.after_destruction",
                    f"{message} after DestroySession is not carried out.",
                    ("GJ-R104", "GJ-R118"),
                    _after_destruction(message),
                    needs=INVALID,
                )
            )
    return found


CASES: Final = tuple(_cases())
