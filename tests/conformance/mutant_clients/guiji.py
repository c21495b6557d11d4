"""Clients of Guiji that are broken in one way each (`guiji_clients.py`), and what shows that in a talk."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from avatarwire.conformance.clients.talk import Talk
from avatarwire.conformance.guiji.client.seeing import asked, calls, code_of, id_of, notes, parts, requests

from .mutant import ClientMutant, Witness, client_mutant

__all__ = ["MUTANTS", "UNBREAKABLE"]

_CLIENTS: Final = "tests.conformance.mutant_clients.guiji_clients"
_BUGS: Final = "tests.conformance.probing.planted.guiji_bugs"


# --- what shows that something was wrong ---


def _failed(talk: Talk) -> bool:
    return talk.code == 1


def _breaks(*clauses: str) -> Witness:
    def seen(talk: Talk) -> bool:
        found = (violation for entry in talk.entries for violation in entry.violations)
        return any(it.clause in clauses and it.level == "error" for it in found)

    return seen


def _at_least(count: int, *messages: str) -> Witness:
    return lambda talk: len(talk.sent(*messages)) >= count


def _begun_left(talk: Talk) -> bool:
    return any(it["stage"] in ("preparing", "running") for it in talk.sessions)


def _without_code(talk: Talk) -> bool:
    found = calls(talk, but=["getAccessToken"])
    return any(code_of(answer) == 100501 for entry in found for answer in talk.answers_to(entry))


def _answers_state(talk: Talk) -> bool:
    told = {id_of(it) for it in talk.got("SessionState.StreamPlay", "SessionState.Show", "SessionState.playlist")}
    return any(id_of(it) in told for it in talk.sent("HeartBeat.reply"))


def _early_pull(talk: Talk) -> bool:
    created = [it.seq for it in talk.got("CreateNewSession.result")]
    return any(it.seq < min(created, default=it.seq + 1) for it in talk.sent("getPullPath.request"))


def _asked_early(talk: Talk) -> bool:
    created = [it.seq for it in talk.got("CreateNewSession.result")]
    return any(it.seq < min(created, default=it.seq + 1) for it in asked(talk, "pushPlayListManager"))


def _goes_on(talk: Talk) -> bool:
    named = [each for ids in parts(asked(talk, "pushPlayListManager"), "params.pcmIds") for each in ids]
    return 7 in named or "none" in parts(requests(talk), "sessionId")


def _once_more(talk: Talk) -> bool:
    named = parts(asked(talk, "CreateNewSession"), "sessionId")
    return len(named) > len(set(map(str, named)))


def _ids_again(talk: Talk) -> bool:
    known = [id_of(it) for it in requests(talk)]
    return len(known) > len(set(map(str, known)))


def _mutant(name: str, title: str, clauses: str, cases: str, witness: Witness) -> ClientMutant:
    full = name if ":" in name else f"{_CLIENTS}:{name}"
    return client_mutant("guiji", full, title, clauses, cases, witness)


MUTANTS: Final[tuple[ClientMutant, ...]] = (
    _mutant(
        "DoesNothing",
        "It does nothing.",
        "GJ-R001",
        "talk.starts",
        lambda talk: not talk.sent("getAccessToken.request"),
    ),
    _mutant(
        "NeverContent",
        "It takes every talk for a failure.",
        "GJ-R017 GJ-R022 GJ-R081 GJ-R120",
        "talk.succeeds bears.unknown_members bears.unknown_elements bears.late_results",
        _failed,
    ),
    _mutant(
        "NeverStops",
        "It never says DestroySession.",
        "GJ-R105 GJ-E84",
        "talk.stops ends.refused_request ends.not_ok ends.lost_answer ends.lost_connection heartbeats.no_prefix "
        "calls.failure",
        _begun_left,
    ),
    _mutant("NoToken", "It sends no token.", "GJ-R003", "calls.token", _without_code),
    _mutant("NoSource", "It sends no source.", "GJ-R004 GJ-R005", "calls.source", _breaks("GJ-R004", "GJ-R005")),
    _mutant("TooLoud", "Its voices are too loud.", "GJ-R048", "calls.form", _breaks("GJ-R048")),
    _mutant("MadeUpVoice", "It makes up a voice.", "GJ-R057", "calls.voices", _breaks("GJ-R057")),
    _mutant(
        "MadeUpRoom",
        "It makes up a room.",
        "GJ-R044",
        "calls.room",
        lambda talk: talk.sent("uploadMaterial.request", liveId=999_999),
    ),
    _mutant("PullsEarly", "It asks too early where to pull.", "GJ-R070", "calls.pull_path", _early_pull),
    _mutant(
        "OtherPassword",
        "It logs in to the broker with another password.",
        "GJ-R015",
        "broker.login",
        lambda talk: notes(talk, "connection refused"),
    ),
    _mutant(
        "NeverListens",
        "It does not subscribe to topicSub.",
        "GJ-R072",
        "broker.listens_first",
        lambda talk: asked(talk, "CreateNewSession") and not notes(talk, "subscribed"),
    ),
    _mutant(
        "OtherTopic",
        "It publishes to topicSub.",
        "GJ-R073",
        "broker.topic_pub",
        lambda talk: notes(talk, "a publication was refused"),
    ),
    _mutant("NoSender", "Its messages have no sender.", "GJ-R074 GJ-R075", "requests.envelope", _breaks("GJ-R075")),
    _mutant("Comments", "There are comments in its messages.", "GJ-R124", "requests.json", _breaks("GJ-R124")),
    _mutant("OtherRule", "CreateNewSession has another rule.", "GJ-R088", "requests.creation", _breaks("GJ-R088")),
    _mutant(
        "OtherSession",
        "It creates a session that was not opened.",
        "GJ-R089",
        "requests.session",
        lambda talk: any("0a7382ed" in str(it) for it in parts(asked(talk, "CreateNewSession"), "sessionId")),
    ),
    _mutant("OtherAction", "It makes up an action.", "GJ-R109", "requests.form", _breaks("GJ-R109")),
    _mutant("SameId", "All its requests have the same id.", "GJ-R079", "requests.ids", _ids_again),
    _mutant(
        "MadeUpMaterial",
        "It plays what is no material.",
        "GJ-R052 GJ-R097",
        "requests.materials",
        lambda talk: any(7 in ids for ids in parts(asked(talk, "pushPlayListManager"), "params.pcmIds")),
    ),
    _mutant("DoesNotWait", "It speaks before the session runs.", "GJ-R083", "requests.wait", _asked_early),
    _mutant(
        "NeverBeats",
        "It answers no heartbeat.",
        "GJ-R115 GJ-E84",
        "heartbeats.answered heartbeats.keep_alive heartbeats.no_prefix",
        lambda talk: talk.got("HeartBeat") and not talk.sent("HeartBeat.reply"),
    ),
    _mutant(
        f"{_BUGS}:BeatsOnlyWhileBusy",
        "It answers heartbeats while it speaks.",
        "GJ-R115",
        "heartbeats.answered",
        lambda talk: len(talk.got("HeartBeat")) > len(talk.sent("HeartBeat.reply")),
    ),
    _mutant(
        "OtherBeatId",
        "Its answers to heartbeats have ids of their own.",
        "GJ-R115 GJ-R116",
        "heartbeats.ids heartbeats.keep_alive",
        _breaks("GJ-R116"),
    ),
    _mutant(
        "NoPrefix",
        "Its answers to heartbeats have no prefix.",
        "GJ-R117",
        "heartbeats.session",
        lambda talk: any(not str(it).startswith(":") for it in parts(talk.sent("HeartBeat.reply"), "result.sessionId")),
    ),
    _mutant("AnswersStates", "It answers SessionState.", "GJ-R123", "states.not_answered", _answers_state),
    _mutant(
        "TakesAnything",
        "It takes HTTP status 200 for success.",
        "GJ-R017 GJ-R052 GJ-R089",
        "calls.failure calls.no_session",
        _goes_on,
    ),
    _mutant(
        "Hammers",
        "It makes calls that fail again and again.",
        "GJ-E09 GJ-R014",
        "calls.no_hammering token.none_will_do",
        _at_least(40, "createLiveSession.request", "uploadMaterial.request"),
    ),
    _mutant(
        "OldToken",
        "It has one token for ever.",
        "GJ-R014",
        "token.new_one",
        lambda talk: talk.noted("fault") and len(talk.sent("getAccessToken.request")) == 1,
    ),
    _mutant(
        "EndsAgainAndAgain",
        "It says DestroySession again and again.",
        "GJ-E58",
        "ends.lost_end",
        lambda talk: len(asked(talk, "DestroySession")) >= 40,
    ),
    _mutant(
        "StopsWithoutBroker",
        "It takes the end of a connection for that of the session.",
        "GJ-R105",
        "ends.lost_connection",
        _begun_left,
    ),
    _mutant(
        "CreatesAgainAndAgain",
        "It creates a session that is refused again and again.",
        "GJ-E62",
        "requests.no_hammering",
        lambda talk: len(asked(talk, "CreateNewSession")) >= 40,
    ),
    _mutant(
        f"{_BUGS}:CountsAnew",
        "It counts its ids anew on another connection.",
        "GJ-R079",
        "broker.ids_go_on",
        _ids_again,
    ),
    _mutant(
        f"{_BUGS}:HammersTheBroker",
        "It connects again at once, for ever.",
        "GJ-E04",
        "broker.no_hammering",
        lambda talk: len(talk.noted("fault")) > 40,
    ),
    _mutant(
        "SpeaksOn",
        "It speaks in a session that the vendor has ended.",
        "GJ-R118",
        "destroyed.asks_no_more",
        _breaks("GJ-R118"),
    ),
    _mutant(
        "CreatesAgain",
        "It creates the session again that the vendor has ended.",
        "GJ-R118",
        "destroyed.creates_another",
        _once_more,
    ),
    _mutant(
        "LeavesAnother",
        "It goes on in another session, and never ends that.",
        "GJ-R105",
        "destroyed.ends",
        _begun_left,
    ),
    _mutant("KnowsAllMembers", "It fails on unknown members.", "GJ-R022", "bears.unknown_members", _failed),
    _mutant("KnowsAllElements", "It fails on unknown elements.", "GJ-R120", "bears.unknown_elements", _failed),
    _mutant("KnowsAllMethods", "It fails on unknown methods.", "AW-UNKNOWN-SURVIVES", "bears.unknown_methods", _failed),
    _mutant("KnowsAllStates", "It fails on unknown states.", "AW-UNKNOWN-SURVIVES", "bears.unknown_states", _failed),
    _mutant(
        "EveryResultIsMine",
        "It fails on a result that it does not wait for.",
        "GJ-R081 GJ-E04",
        "bears.unasked_results bears.repetition",
        _failed,
    ),
    _mutant("AllIsJson", "It fails on what is no message.", "AW-UNKNOWN-SURVIVES", "bears.no_json", _failed),
    _mutant("VeryHasty", "It waits for a moment only.", "GJ-R081", "bears.late_results", _failed),
    _mutant("ResultFirst", "It fails on a state before the result.", "GJ-E52", "bears.other_order", _failed),
    _mutant("SessionOutside", "It needs the session id outside.", "GJ-E56", "bears.no_outer_session", _failed),
)

UNBREAKABLE: Final[Mapping[str, str]] = MappingProxyType({})
"""Why cases cannot fail on any client, by their ids."""
