"""Cases about a talk in which nothing goes wrong: how it begins, what is called and asked, how it ends."""

from __future__ import annotations

from typing import Any, Final

from ...clients.bench import ClientBench
from ...clients.talk import value_at
from ...engine.case import Differs
from .seeing import (
    answer_of,
    asked,
    calls,
    case,
    check_ended,
    check_materials,
    conversed,
    fields_of,
    id_of,
    keeps,
    notes,
    parts,
    requests,
)

__all__ = ["CASES"]

_TOKEN: Final = ("GJ-R003", "GJ-R009", "GJ-R010", "GJ-R014")
_SOURCE: Final = ("GJ-R004", "GJ-R005")
_VOICE: Final = ("GJ-R056", "GJ-R057")
_ENVELOPE: Final = ("GJ-R074", "GJ-R075", "GJ-R076", "GJ-R077")
_OTHERS: Final = (*_ENVELOPE, "GJ-R072", "GJ-R079", "GJ-R097", "GJ-R052", "GJ-R083", "GJ-R118", "GJ-R124")
"""Rules that cases of their own are about."""


async def starts(bench: ClientBench) -> None:
    talk = await conversed(bench)
    for found, words in (
        (talk.sent("getAccessToken.request"), "a call of getAccessToken"),
        (talk.sent("createLiveSession.request"), "a call of createLiveSession"),
        (asked(talk, "CreateNewSession"), "CreateNewSession over MQTT"),
    ):
        if not found:
            raise Differs(words, f"none; {talk.end}")


async def succeeds(bench: ClientBench) -> None:
    talk = await conversed(bench)
    talk.reached(talk.got("getAccessToken.response"), "a token")
    talk.check_succeeds()


async def stops(bench: ClientBench) -> None:
    talk = await conversed(bench)
    talk.reached(talk.got("CreateNewSession.result"), "a session that runs")
    check_ended(talk)
    talk.check(asked(talk, "DestroySession"), "DestroySession at the end", talk.end)


# --- calls ---


async def with_token(bench: ClientBench) -> None:
    talk = await conversed(bench)
    found = talk.reached(calls(talk, but=["getAccessToken"]), "a call with a token")
    keeps(talk, found, _TOKEN)
    refused = [it for it in found if _code(answer_of(talk, it)) in (100501, 100502)]
    talk.check(not refused, "the token in each call", lambda: f"{refused[0].message} without it; {talk.end}")


def _code(body: Any) -> Any:
    return value_at(body, "code")


async def with_source(bench: ClientBench) -> None:
    talk = await conversed(bench)
    found = talk.reached(calls(talk, but=["getAccessToken"]), "a call with source")
    keeps(talk, found, _SOURCE)


async def calls_are_right(bench: ClientBench) -> None:
    talk = await conversed(bench)
    found = talk.reached(calls(talk), "a call")
    keeps(talk, found, but=(*_TOKEN, *_SOURCE, *_VOICE))


async def voices_are_listed(bench: ClientBench) -> None:
    talk = await conversed(bench)
    found = talk.reached(talk.sent("uploadMaterial.request", materialType="TEXT"), "a text as a material")
    keeps(talk, found, _VOICE)


async def rooms_exist(bench: ClientBench) -> None:
    talk = await conversed(bench)
    for entry in talk.reached(calls(talk, but=["getAccessToken"]), "a call about a room"):
        words = str(value_at(answer_of(talk, entry), "msg"))
        talk.check("GJ-R044" not in words, "the id of a live room", f"{entry.message}: {words}")


async def materials_exist(bench: ClientBench) -> None:
    check_materials(await conversed(bench))


async def pulls_later(bench: ClientBench) -> None:
    talk = await conversed(bench, prepare_seconds=0.5)
    (first, *_) = talk.reached(talk.sent("getPullPath.request"), "getPullPath")
    created = [it for it in talk.got("CreateNewSession.result") if it.seq < first.seq]
    talk.check(created, "getPullPath after CreateNewSession has succeeded", "it came before")


# --- the broker ---


async def logs_in(bench: ClientBench) -> None:
    talk = await conversed(bench)
    talk.reached(talk.got("getAccessToken.response"), "a token, with the login for the broker")
    refused = notes(talk, "connection refused")
    talk.check(not refused, "mqttUser and mqttPassword as the token's answer has them", lambda: str(refused[0].meta))


async def listens_first(bench: ClientBench) -> None:
    talk = await conversed(bench)
    created = talk.reached(asked(talk, "CreateNewSession"), "CreateNewSession")
    heard = notes(talk, "subscribed")
    for entry in created:
        topic = fields_of(entry).get("sender")
        before = [it for it in heard if it.seq < entry.seq and it.meta.get("topic") == topic]
        talk.check(before, "a subscription to topicSub before CreateNewSession", f"none to {topic}; {talk.end}")


async def speaks_to_topic_pub(bench: ClientBench) -> None:
    talk = await conversed(bench)
    talk.reached(notes(talk, "subscribed"), "a subscription to topicSub")
    refused = notes(talk, "a publication was refused")
    talk.check(not refused, "everything published to topicPub", lambda: str(refused[0].meta.get("topic")))


# --- requests ---


async def envelopes_are_right(bench: ClientBench) -> None:
    talk = await conversed(bench, heartbeat_seconds=0.4)
    found = [it for it in talk.entries if it.transport == "mqtt" and it.direction == "in"]
    keeps(talk, talk.reached(found, "a message over MQTT"), _ENVELOPE)


async def is_json(bench: ClientBench) -> None:
    talk = await conversed(bench, heartbeat_seconds=0.4)
    found = [it for it in talk.entries if it.transport == "mqtt" and it.direction == "in"]
    keeps(talk, talk.reached(found, "a message over MQTT"), ("GJ-R124",))


async def creation_is_right(bench: ClientBench) -> None:
    talk = await conversed(bench)
    keeps(talk, talk.reached(asked(talk, "CreateNewSession"), "CreateNewSession"), but=_OTHERS)


async def session_is_opened(bench: ClientBench) -> None:
    talk = await conversed(bench)
    opened = set(parts(talk.got("createLiveSession.response"), "data.sessionId"))
    for entry in talk.reached(asked(talk, "CreateNewSession"), "CreateNewSession"):
        named = fields_of(entry).get("sessionId")
        talk.check(named in opened, f"one of {sorted(opened)}", str(named))


async def requests_are_right(bench: ClientBench) -> None:
    talk = await conversed(bench)
    created = asked(talk, "CreateNewSession")
    others = [it for it in requests(talk) if it not in created]
    keeps(talk, talk.reached(others, "a request about a session that runs"), but=_OTHERS)


async def ids_differ(bench: ClientBench) -> None:
    talk = await conversed(bench)
    found = talk.reached(requests(talk), "a request")
    keeps(talk, found, ("GJ-R079",))
    known = [(it.session, id_of(it)) for it in found if not it.meta.get("duplicate")]
    talk.check(all(type(id_) is int for _, id_ in known), "ids, integers", str(known))
    talk.check(len(set(known)) == len(known), "another id for each request of a session", str(known))


async def waits_for_creation(bench: ClientBench) -> None:
    talk = await conversed(bench, seconds=1.5, prepare_seconds=1.0)
    (created, *_) = talk.reached(asked(talk, "CreateNewSession"), "CreateNewSession")
    (done, *_) = talk.reached(talk.answers_to(created), "a session that runs")
    early = [it for it in requests(talk) if created.seq < it.seq < done.seq and it not in asked(talk, "DestroySession")]
    talk.check(not early, "nothing asked of a session that is being prepared", lambda: str(fields_of(early[0])))


CASES: Final = (
    case(
        "talk.starts", "A talk begins with a token, a session, and CreateNewSession.", "GJ-R001 GJ-R064 GJ-R085", starts
    ),
    case("talk.succeeds", "A talk in which all calls succeed is a success.", "GJ-R017", succeeds),
    case("talk.stops", "Every broadcast is ended by DestroySession.", "GJ-R105 GJ-R104", stops),
    case("calls.token", "Every call but getAccessToken carries the token.", "GJ-R003", with_token),
    case("calls.source", "Every call but getAccessToken carries source.", "GJ-R004 GJ-R005", with_source),
    case(
        "calls.form",
        "Parameters are where the document has them, and as it wants them.",
        "GJ-R023 GJ-R045 GJ-R047 GJ-R048 GJ-R064",
        calls_are_right,
    ),
    case("calls.voices", "Voices are those of the lists.", "GJ-R057 GJ-R056", voices_are_listed),
    case("calls.room", "liveId is the id of a room.", "GJ-R044", rooms_exist),
    case("calls.pull_path", "getPullPath comes after CreateNewSession has succeeded.", "GJ-R070", pulls_later),
    case("broker.login", "The broker's login is that of the token's answer.", "GJ-R015", logs_in),
    case("broker.listens_first", "topicSub is subscribed to before CreateNewSession.", "GJ-R072", listens_first),
    case("broker.topic_pub", "Messages are published to topicPub.", "GJ-R073", speaks_to_topic_pub),
    case(
        "requests.envelope",
        "Messages have sessionId and sender.",
        "GJ-R074 GJ-R075 GJ-R076 GJ-R077",
        envelopes_are_right,
    ),
    case("requests.json", "Messages are strict JSON.", "GJ-R124", is_json),
    case(
        "requests.creation",
        "CreateNewSession is as the document wants it.",
        "GJ-R085 GJ-R084 GJ-R086 GJ-R087 GJ-R088 GJ-R090 GJ-R091 GJ-R092",
        creation_is_right,
    ),
    case("requests.session", "CreateNewSession names the session that was opened.", "GJ-R089", session_is_opened),
    case(
        "requests.form",
        "Requests are as the document wants them.",
        "GJ-R109 GJ-R110 GJ-R111 GJ-R106 GJ-R108 GJ-R103",
        requests_are_right,
    ),
    case("requests.ids", "No id comes twice in a session.", "GJ-R079", ids_differ),
    case("requests.materials", "Playlists have materials of the room.", "GJ-R097 GJ-R052", materials_exist),
    case("requests.wait", "Nothing is asked before CreateNewSession has succeeded.", "GJ-R083", waits_for_creation),
)
"""All of them."""
