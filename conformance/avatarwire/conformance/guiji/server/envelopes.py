"""Cases about the envelope of messages over MQTT (4.2.2): ids, sessions, senders, results and errors."""

from __future__ import annotations

from typing import Any, Final

from ...engine.bench import expect
from ...engine.case import Case
from ..bench import GuijiBench
from ..heard import Heard, error_of, key_of, result_of
from ..talk import Talk
from .needs import INVALID

__all__ = ["CASES", "no_result"]

_GET: Final = {"action": "getPlayList"}


async def no_result(talk: Talk, fields: dict[str, Any]) -> None:
    """A request that cannot be understood as it stands: an error, or nothing; no result in any case.

    To whom an error is said, where it is not known who has asked, no document says.
    """
    await talk.send(fields)
    await talk.none_of("result", lambda heard: "result" in heard.fields and _is_of(heard, fields.get("id")))


def _is_of(heard: Heard, request_id: Any) -> bool:
    return bool(key_of(heard.fields.get("id")) == key_of(request_id))


async def ids_repeated(bench: GuijiBench) -> None:
    talk = await bench.created()
    for request_id in (1000, 2**31 - 1, 2**31, 2**53 - 1):
        result_of(await talk.ask("pushPlayListManager", _GET, id=request_id))


async def error_repeats_id(bench: GuijiBench) -> None:
    talk = await bench.created()
    for request_id in (1000, 2**53 - 1):
        error_of(await talk.ask("NoSuchMethod", {}, id=request_id))


async def many_at_once(bench: GuijiBench) -> None:
    talk = await bench.created()
    asked = [talk.request("pushPlayListManager", _GET) for _ in range(20)]
    for fields in asked:
        await talk.send(fields, qos=0)
    for fields in reversed(asked):
        result_of((await talk.answer(fields["id"])).fields)


async def in_order(bench: GuijiBench) -> None:
    talk = await bench.created()
    pcm_id = await bench.material()
    before = len(await talk.manage("getPlayList"))
    asked = [talk.request("pushPlayListManager", {"action": "addPlayList", "pcmIds": [pcm_id]}) for _ in range(5)]
    for fields in asked:
        await talk.send(fields)
    sizes = [len(result_of((await talk.answer(fields["id"])).fields).get("data") or []) for fields in asked]
    expect(sizes == [before + more for more in range(1, 6)], "each request carried out behind the one before", sizes)


async def result_members(bench: GuijiBench) -> None:
    talk = await bench.created()
    answer = await talk.ask("pushPlayListManager", _GET)
    result = result_of(answer)
    expect(result.get("sessionId") == talk.session.id, f"result.sessionId {talk.session.id}", answer)


async def error_members(bench: GuijiBench) -> None:
    talk = await bench.created()
    error = await talk.refusal("NoSuchMethod", {})
    expect(error.get("sessionId") == talk.session.id, f"error.sessionId {talk.session.id}", error)
    expect(bool(error.get("message")), "a message", error)


async def outer_session(bench: GuijiBench) -> None:
    talk = await bench.created()
    for answer in (await talk.ask("pushPlayListManager", _GET), await talk.ask("NoSuchMethod")):
        expect(answer.get("sessionId") == talk.session.id, f"sessionId {talk.session.id} beside the id", answer)


async def unknown_methods(bench: GuijiBench) -> None:
    talk = await bench.created()
    for method in ("NoSuchMethod", "", "HeartBeat", "SessionState"):
        error_of(await talk.ask(method, {}))
    await talk.still_works()


async def case_matters(bench: GuijiBench) -> None:
    talk = await bench.created()
    for method in ("PushPlayListManager", "destroySession", "DESTROYSESSION"):
        await talk.refusal(method, _GET)
    await talk.still_works()


async def make_session(bench: GuijiBench) -> None:
    talk = await bench.joined()
    fields = await talk.creation([await bench.any_material()])
    await talk.send({**fields, "method": "MakeSession"})
    error_of((await talk.answer(fields["id"])).fields)


async def wrong_sender(bench: GuijiBench) -> None:
    talk, other = await bench.created(), await bench.created()
    for sender in (other.session.topic_sub, talk.session.topic_sub + "x", talk.session.id, "x"):
        await no_result(talk, talk.request("DestroySession", {"cause": "a"}, sender=sender))
    for each in (talk, other):
        await each.still_works()


async def sender_refused(bench: GuijiBench) -> None:
    talk = await bench.created()
    answer = await talk.ask("pushPlayListManager", _GET, sender=talk.session.topic_sub + "x")
    error_of(answer)


async def no_sender(bench: GuijiBench) -> None:
    talk = await bench.created()
    for sender in (None, "", 7):
        await no_result(talk, talk.request("DestroySession", {"cause": "a"}, sender=sender))
    fields = talk.request("DestroySession", {"cause": "a"})
    del fields["sender"]
    await no_result(talk, fields)
    await talk.still_works()


async def sender_alias(bench: GuijiBench) -> None:
    talk = await bench.created()
    fields = talk.request("pushPlayListManager", _GET)
    fields["topicSub"] = fields.pop("sender")
    await talk.send(fields)
    answer = (await talk.answer(fields["id"])).fields
    expect("result" in answer or "error" in answer, "an answer", answer)


async def unknown_session(bench: GuijiBench) -> None:
    talk = await bench.created()
    nobody = bench.made_up("s-")
    fields = talk.request("pushPlayListManager", {**_GET, "sessionId": nobody}, sessionId=nobody)
    await no_result(talk, fields)


async def unknown_session_refused(bench: GuijiBench) -> None:
    talk = await bench.created()
    nobody = bench.made_up("s-")
    error_of(await talk.ask("pushPlayListManager", {**_GET, "sessionId": nobody}, sessionId=nobody))


async def two_sessions(bench: GuijiBench) -> None:
    talk, other = await bench.created(), await bench.created()
    for outer, inner in ((talk, other), (other, talk)):
        params = {"cause": "a", "sessionId": inner.session.id}
        await no_result(talk, talk.request("DestroySession", params, sessionId=outer.session.id))
    for each in (talk, other):
        await each.still_works()


async def id_used(bench: GuijiBench) -> None:
    talk = await bench.created()
    result_of(await talk.ask("pushPlayListManager", _GET, id=500))
    pcm_id = await bench.material()
    error_of(await talk.ask("pushPlayListManager", {"action": "addPlayList", "pcmIds": [pcm_id]}, id=500))
    expect(pcm_id not in await talk.manage("getPlayList"), "nothing added", pcm_id)


async def id_of_refused(bench: GuijiBench) -> None:
    talk = await bench.created()
    error_of(await talk.ask("NoSuchMethod", {}, id=600))
    error_of(await talk.ask("pushPlayListManager", _GET, id=600))


async def same_id_elsewhere(bench: GuijiBench) -> None:
    first, second = await bench.created(), await bench.created()
    for talk in (first, second):
        result_of(await talk.ask("pushPlayListManager", _GET, id=700))


async def bad_ids(bench: GuijiBench) -> None:
    talk = await bench.created()
    for bad in (None, "one", 1.5, True, [1], {"a": 1}):
        await no_result(talk, talk.request("DestroySession", {"cause": "a"}, id=bad))
    fields = talk.request("DestroySession", {"cause": "a"})
    del fields["id"]
    await no_result(talk, fields)
    await talk.still_works()


async def bad_id_answered(bench: GuijiBench) -> None:
    talk = await bench.created()
    await talk.send(talk.request("pushPlayListManager", _GET, id="one"))
    heard = await talk.until("an error", lambda each: "error" in each.fields)
    error_of(heard.fields)
    expect(heard.fields.get("id") in ("one", None), "its id, or null", heard)


async def unknown_members(bench: GuijiBench) -> None:
    talk = await bench.created()
    result_of(await talk.ask("pushPlayListManager", {**_GET, "xUnknown": [1]}, xUnknown={"of": "nobody"}))


async def jsonrpc(bench: GuijiBench) -> None:
    talk = await bench.created()
    result_of(await talk.ask("pushPlayListManager", _GET, jsonrpc="2.0"))


async def bad_params(bench: GuijiBench) -> None:
    talk = await bench.created()
    for params in ([1], "text", 7, True):
        error_of(await talk.ask("pushPlayListManager", params))
    fields = talk.request("pushPlayListManager")
    del fields["params"]
    await talk.send(fields)
    error_of((await talk.answer(fields["id"])).fields)
    await talk.still_works()


_P: Final = "guiji.mqtt.envelope"

CASES: Final = (
    Case(f"{_P}.result_id", "A result repeats the request's id.", ("GJ-R081",), ids_repeated, "should"),
    Case(f"{_P}.error_id", "An error repeats the request's id.", ("GJ-R081",), error_repeats_id, "should"),
    Case(f"{_P}.each_answered", "Each of many requests is answered.", ("GJ-R080",), many_at_once),
    Case(f"{_P}.in_order", "Requests are carried out in the order they come in.", ("GJ-R114",), in_order),
    Case(f"{_P}.result_session", "A result has the session id.", ("GJ-R080",), result_members),
    Case(
        f"{_P}.error_members",
        "An error has session id, message and a negative code.",
        ("GJ-R080",),
        error_members,
        needs=INVALID,
    ),
    Case(
        f"{_P}.outer_session",
        "An answer has the session id beside its own.",
        ("GJ-E56",),
        outer_session,
        "ambiguous",
        needs=INVALID,
    ),
    Case(
        f"{_P}.unknown_method",
        "A method that there is not is answered with an error.",
        ("GJ-R080",),
        unknown_methods,
        needs=INVALID,
    ),
    Case(
        f"{_P}.method_case", "A method in other letters is none.", ("GJ-E78",), case_matters, "observed", needs=INVALID
    ),
    Case(f"{_P}.make_session", "MakeSession is no method.", ("GJ-E64",), make_session, "ambiguous", needs=INVALID),
    Case(f"{_P}.wrong_sender", "What another sender asks for is not done.", ("GJ-R075",), wrong_sender, needs=INVALID),
    Case(
        f"{_P}.wrong_sender_refused",
        "A wrong sender is answered with an error.",
        ("GJ-E06",),
        sender_refused,
        "ambiguous",
        needs=INVALID,
    ),
    Case(f"{_P}.no_sender", "What nobody asks for is not done.", ("GJ-R074",), no_sender, needs=INVALID),
    Case(
        f"{_P}.sender_alias",
        "topicSub in the place of sender is answered.",
        ("GJ-E06",),
        sender_alias,
        "ambiguous",
        needs=INVALID,
    ),
    Case(
        f"{_P}.unknown_session",
        "What is asked of an unknown session has no result.",
        ("GJ-R076",),
        unknown_session,
        needs=INVALID,
    ),
    Case(
        f"{_P}.unknown_session_refused",
        "An unknown session is answered with an error.",
        ("GJ-E62",),
        unknown_session_refused,
        "ambiguous",
        needs=INVALID,
    ),
    Case(
        f"{_P}.two_sessions",
        "A request about two sessions is not carried out.",
        ("GJ-R077",),
        two_sessions,
        "should",
        needs=INVALID,
    ),
    Case(f"{_P}.id_used", "A request with an id that was used is refused.", ("GJ-R079",), id_used, needs=INVALID),
    Case(
        f"{_P}.id_of_refused",
        "The id of a request that was refused is used.",
        ("GJ-E59",),
        id_of_refused,
        "ambiguous",
        needs=INVALID,
    ),
    Case(f"{_P}.same_id_elsewhere", "Another session may use the same ids.", ("GJ-R079",), same_id_elsewhere),
    Case(f"{_P}.bad_ids", "A request whose id is no integer is not carried out.", ("GJ-R079",), bad_ids, needs=INVALID),
    Case(
        f"{_P}.bad_id_answered",
        "An id that is no integer is repeated, or null, in an error.",
        ("GJ-E62",),
        bad_id_answered,
        "ambiguous",
        needs=INVALID,
    ),
    Case(
        f"{_P}.unknown_members",
        "Members that nobody knows change nothing.",
        ("GJ-R022",),
        unknown_members,
        "should",
        needs=INVALID,
    ),
    Case(f"{_P}.jsonrpc", "The member jsonrpc is ignored.", ("GJ-E60",), jsonrpc, "ambiguous", needs=INVALID),
    Case(
        f"{_P}.bad_params",
        "params that is no object is answered with an error.",
        ("GJ-R080",),
        bad_params,
        needs=INVALID,
    ),
)
