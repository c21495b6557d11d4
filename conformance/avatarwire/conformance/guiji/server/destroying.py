"""Cases about the end of a session by its client or by the vendor (4.2.5, 4.2.8)."""

from __future__ import annotations

from typing import Any, Final

from ...engine.bench import expect
from ...engine.case import Case
from ..bench import GuijiBench
from ..heard import error_of
from .life import gone, is_destroy, life_of, pass_time
from .needs import CLOCK, CONTROL, INVALID

__all__ = ["CASES"]


async def destroyed(bench: GuijiBench) -> None:
    talk = await bench.created()
    result = await talk.destroy()
    expect(result.get("sessionId") == talk.session.id, f"result.sessionId {talk.session.id}", result)
    expect(result.get("ok", True) is True, "ok true", result)


async def destroyed_members(bench: GuijiBench) -> None:
    talk = await bench.created()
    result = await talk.destroy()
    expect(result.get("ok") is True and result.get("info") == "close sess ok", "ok true, info close sess ok", result)


async def no_cause(bench: GuijiBench) -> None:
    talk = await bench.created()
    await talk.result("DestroySession", {})
    await gone(talk)


async def gone_afterwards(bench: GuijiBench) -> None:
    talk = await bench.created()
    await talk.destroy()
    await gone(talk)


async def silent_afterwards(bench: GuijiBench) -> None:
    talk = await bench.created()
    await talk.destroy()
    known = len(talk.heard)
    await pass_time([talk], 2 * life_of(talk))
    expect(len(talk.heard) == known, "nothing more about the session", [str(each) for each in talk.heard[known:]])


async def destroyed_before_creation(bench: GuijiBench) -> None:
    talk = await bench.joined()
    pcm_id = await bench.material()
    await talk.destroy()
    fields = await talk.creation([pcm_id])
    await talk.send(fields)
    await talk.catch_up()
    for heard in talk.heard:
        if heard.fields.get("id") == fields["id"]:
            error_of(heard.fields)


async def destroyed_twice(bench: GuijiBench) -> None:
    talk = await bench.created()
    await talk.destroy()
    answer = await talk.ask("DestroySession", {"cause": "again"})
    expect("result" in answer or "error" in answer, "an answer", answer)


async def destroyed_alone(bench: GuijiBench) -> None:
    first, second = await bench.created(), await bench.created()
    await first.destroy()
    await second.still_works()
    await second.none_of("end of the other session", is_destroy)


async def by_vendor(bench: GuijiBench) -> None:
    talk, other = await bench.created(), await bench.created()
    await bench.control.command("destroy", session_id=talk.session.id, cause="out of order ")
    heard = await talk.state("Destroy")
    seen: dict[str, Any] = {name: heard.params.get(name) for name in ("sessionId", "cause")}
    expect(seen == {"sessionId": talk.session.id, "cause": "out of order "}, "this session and this cause", heard)
    await gone(talk)
    await other.still_works()
    await other.none_of("end of another session", is_destroy)


_E: Final = "guiji.mqtt.destroying"

CASES: Final = (
    Case(f"{_E}.result", "DestroySession has a result.", ("GJ-R104", "GJ-R080"), destroyed),
    Case(f"{_E}.members", "It has ok true and info close sess ok.", ("GJ-E82",), destroyed_members, "ambiguous"),
    Case(f"{_E}.no_cause", "A cause may be left out.", ("GJ-R104",), no_cause),
    Case(
        f"{_E}.gone",
        "What is asked of the session afterwards has no result.",
        ("GJ-R104", "GJ-R118"),
        gone_afterwards,
        needs=INVALID,
    ),
    Case(
        f"{_E}.silent",
        "Nothing is told of the session afterwards.",
        ("GJ-R104",),
        silent_afterwards,
        needs=CLOCK,
        alone=True,
    ),
    Case(
        f"{_E}.before_creation",
        "A session that was only opened can be destroyed.",
        ("GJ-R104",),
        destroyed_before_creation,
    ),
    Case(f"{_E}.twice", "A second DestroySession is answered.", ("GJ-R080",), destroyed_twice, needs=INVALID),
    Case(f"{_E}.alone", "No other session ends.", ("GJ-R104",), destroyed_alone),
    Case(
        f"{_E}.by_vendor",
        "The end by the vendor is told with its cause, to this session.",
        ("GJ-R118",),
        by_vendor,
        needs=CONTROL,
        alone=True,
    ),
)
