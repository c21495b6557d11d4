"""Clients of SenseTime that are broken in one way each, with the cases that have to find that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from avatarwire.conformance.clients.talk import Talk
from avatarwire.conformance.sensetime.client.judging import (
    AUDIO,
    BEGIN,
    MOST,
    SAYING,
    about_lives,
    most_in_a_second,
    query_of,
    refusals,
    text_at,
)

from .mutant import ClientMutant, Witness, client_mutant

__all__ = ["MUTANTS", "UNBREAKABLE"]

_CLIENTS: Final = "tests.conformance.mutant_clients.sensetime_clients"
_BUGS: Final = "tests.conformance.probing.planted.sensetime_bugs"
_HANDSHAKE: Final = "handshake.websocket"
_CLOSING: Final = (
    "talk.closes prepare.closes errors.start_refused errors.not_accepted errors.lost_answer errors.no_json "
    "token.closes socket.closed socket.reset speech.closes interrupt.closes"
)


def _mutant(name: str, title: str, clauses: str, cases: str, witness: Witness) -> ClientMutant:
    full = name if ":" in name else f"{_CLIENTS}:{name}"
    return client_mutant("sensetime", full, title, clauses, cases, witness)


def _left(talk: Talk) -> bool:
    return any(not it["over"] for it in talk.sessions)


def _breaks(*clauses: str) -> Witness:
    return lambda talk: any(it.clause in clauses for it in talk.violations)


def _started_at(*statuses: int) -> Witness:
    """A live was started that was told to be at one of some states."""

    def seen(talk: Talk) -> bool:
        answers = talk.got("createLive.response", "queryStat.response")
        told = [it for it in answers if text_at(it, "data.status") in statuses]
        return bool(told) and bool(talk.after(told[0], talk.sent("startLive.request")))

    return seen


def _often(*messages: str) -> Witness:
    return lambda talk: most_in_a_second(talk.sent(*messages)) > MOST


def _without(message: str) -> Witness:
    """The client has spoken without a message."""
    return lambda talk: talk.sent(AUDIO) and not talk.sent(message)


def _answered_badly(talk: Talk) -> bool:
    answers = [it for it in talk.entries if it.transport == "callback" and it.direction == "in"]
    return any(it.status not in (None, 200) for it in answers)


def _spoke_late(message: str) -> Witness:
    """There is speech behind a message, with no begin between them."""

    def seen(talk: Talk) -> bool:
        for told in [*talk.got(message), *talk.sent(message)]:
            later = [it.message for it in talk.after(told, talk.sent(BEGIN, AUDIO))]
            if later and later[0] == AUDIO:
                return True
        return False

    return seen


def _spoke_early(talk: Talk) -> bool:
    ready = talk.got("microphone.ready")
    return any(not ready or it.seq < ready[0].seq for it in talk.sent(AUDIO))


def _socket_query(holds: Callable[[Mapping[str, str]], bool]) -> Witness:
    return lambda talk: any(holds(query_of(it)) for it in talk.sent(_HANDSHAKE))


def _crashed(talk: Talk) -> bool:
    return talk.code == 3


MUTANTS: Final[tuple[ClientMutant, ...]] = (
    _mutant("DoesNothing", "It does nothing.", "ST-LIVE-01", "talk.starts",
            lambda talk: not talk.sent("createLive.request")),
    _mutant("NestsScript", "Its script is an object.", "ST-LIVE-01", "talk.starts", _breaks("ST-LIVE-01")),
    _mutant("NeverStarts", "It speaks to a live that was not started.", "ST-LIVE-13", "talk.order",
            lambda talk: talk.sent(*SAYING) and not talk.sent("startLive.request")),
    _mutant("StartsAtOnce", "It starts a live that is at 32.", "ST-LIVE-13", "prepare.waits", _started_at(32)),
    _mutant("StartsWhatFailed", "It starts a live that is at 99.", "ST-LIVE-13", "prepare.failed", _started_at(99)),
    _mutant("IgnoresStatus", "It does not look at the state of a new live.", "ST-LIVE-13 ST-LIVE-14",
            "prepare.abnormal quota.platform quota.customer", _started_at(9, 97, 98)),
    _mutant("TakesSuccessForFailure", "It takes a success for a failure.", "ST-NET-05", "talk.says",
            lambda talk: talk.said and talk.code == 1),
    _mutant("NeverCloses", "It never closes a live.", "AW-ST-LEFT-OPEN", _CLOSING, _left),
    _mutant("ClosesAnother", "It closes another live.", "ST-LIVE-11 AW-ST-LEFT-OPEN", "talk.same_live talk.closes",
            lambda talk: talk.sent("closeLive.request", sessionId="another-live")),
    _mutant("HeartRaces", "It sends a hundred heartbeats a second.", "ST-LIVE-16", "talk.heartbeats",
            _often("heartbeat.request")),
    _mutant("NeverBeats", "It sends no heartbeats.", "ST-LIVE-16", "talk.beats",
            lambda talk: talk.got("createLive.response") and not talk.sent("heartbeat.request")),
    _mutant("ForgetsSession", "It does not say which live is to be closed.", "ST-LIVE-11", "http.parameters",
            _breaks("ST-LIVE-11")),
    _mutant("DiesOnUnknownMember", "It takes a member that it does not know for an error.", "AW-UNKNOWN-SURVIVES",
            "talk.unknown_members", lambda talk: talk.code != 0),
    _mutant("PlainText", "Its bodies are declared as plain text.", "ST-NET-04", "http.content_type",
            _breaks("ST-NET-04")),
    _mutant("NoToken", "Its calls have no token.", "ST-NET-02", "http.token", _breaks("ST-NET-02")),
    _mutant("OldPath", "It uses v1 of createLive.", "ST-NET-08", "http.paths",
            lambda talk: any(it.status == 404 for it in talk.entries)),
    _mutant("PostsStat", "It asks for the state by POST.", "ST-LIVE-21", "http.stat",
            lambda talk: any(it.status == 405 for it in talk.entries)),
    _mutant("TooManyBits", "Its script asks for 70 Mbps.", "ST-SCR-03", "script.live", _breaks("ST-SCR-03")),
    _mutant("ShortTexts", "Its texts have five characters.", "ST-TKO-23", "takeover.script", _breaks("ST-TKO-23")),
    _mutant("Retiring", "It uses the command that retires.", "ST-TKO-03 ST-NET-09", "takeover.current",
            lambda talk: talk.sent("takeoverCommandV1.request")),
    _mutant(f"{_BUGS}:SuccessByStatus", "It takes HTTP status 200 for success.", "ST-NET-05",
            "errors.create_refused", lambda talk: any(text_at(it, "sessionId") == "no-such-live"
                                                      for it in about_lives(talk))),
    _mutant("HammersCreate", "It asks for a live again at once.", "ST-E05", "errors.create_paced",
            _often("createLive.request")),
    _mutant("HammersCommand", "It has a text said again at once.", "ST-E05", "errors.command_paced", _often(*SAYING)),
    _mutant("NeedsData", "It reads the data of a failure.", "ST-NET-06",
            "errors.no_data errors.null_data errors.empty_data", _crashed),
    _mutant("ForgetsUnstarted", "It forgets a live that cannot be started.", "AW-ST-LEFT-OPEN",
            "errors.start_refused", _left),
    _mutant(f"{_BUGS}:ErrorMeansClosed", "It does not close a live with which something failed.", "AW-ST-LEFT-OPEN",
            "errors.not_accepted errors.no_json errors.lost_answer", _left),
    _mutant("OldTokenForEver", "It uses a token for ever.", "AW-ST-REFUSED-TOKEN", "token.renewed",
            lambda talk: len(refusals(talk, 10002)) > 1),
    _mutant("HammersLogin", "It logs in again at once.", "ST-E101", "token.paced", _often("login.request")),
    _mutant("AnotherClientType", "Its clientType is APP.", "ST-MIC-03 ST-E59", "socket.client_type",
            _socket_query(lambda query: query.get("clientType") == "APP")),
    _mutant("NoClientType", "It says no clientType.", "ST-MIC-02", "socket.url",
            _socket_query(lambda query: "clientType" not in query)),
    _mutant("AccessTokenOnSocket", "It opens the microphone by the access token.", "ST-MIC-04 ST-E02",
            "socket.token", lambda talk: talk.got("microphone.auth_failed")),
    _mutant("DiesOnUnknownCode", "It dies by a code that it does not know.", "ST-E67", "socket.unknown_code",
            _crashed),
    _mutant("DiesOnNoJson", "It dies by a message that it cannot read.", "ST-E68", "socket.no_json", _crashed),
    _mutant(f"{_BUGS}:HammersTheSocket", "It opens the socket again at once.", "ST-E62", "socket.paced",
            _often(_HANDSHAKE)),
    _mutant("WaitsForEver", "It waits for the end of a text, though the live is over.", "ST-E62", "ended.noticed",
            lambda talk: talk.code is None),
    _mutant("RefusesCallbacks", "It answers callbacks with 500.", "ST-E96", "callback.acknowledged", _answered_badly),
    _mutant("RefusesDuplicates", "It refuses callbacks that come twice.", "ST-E96", "callback.duplicates",
            _answered_badly),
    _mutant("RefusesUnknownStatus", "It refuses callbacks with states that it does not know.", "ST-E97",
            "callback.unknown_status", _answered_badly),
    _mutant("NoBegin", "It speaks without begin.", "ST-MIC-05", "speech.begin", _without(BEGIN)),
    _mutant("SpeaksAtOnce", "It does not wait for code 2.", "ST-MIC-10", "speech.waits", _spoke_early),
    _mutant("SpeaksAnyway", "It speaks whatever it is told.", "ST-MIC-10", "speech.not_ready",
            lambda talk: talk.sent(AUDIO)),
    _mutant("NoEof", "It does not say that it has spoken.", "ST-MIC-07", "speech.eof", _without("microphone.eof")),
    _mutant("SpeaksOn", "It speaks on after eof.", "ST-MIC-06", "speech.between", _spoke_late("microphone.eof")),
    _mutant("SpeaksInText", "Its speech is text.", "ST-MIC-01", "speech.form",
            lambda talk: talk.sent(BEGIN) and not talk.sent(AUDIO)),
    _mutant("DeafToStop", "It does not hear code 4.", "ST-MIC-12", "speech.stops", _spoke_late("microphone.stop")),
    _mutant("SpeaksOverTakeovers", "It speaks while a takeover plays.", "ST-TKO-21", "speech.takeovers_first",
            _breaks("ST-TKO-21")),
    _mutant("JoinsByCommas", "It joins ids by commas.", "ST-TKO-17", "interrupt.cancels",
            lambda talk: any("," in str(text_at(it, "commandTraceId")) for it in talk.sent("takeoverCancel.request"))),
)  # fmt: skip
"""All of them."""

UNBREAKABLE: Final[dict[str, str]] = {}
"""Why cases cannot fail on any of them, by their ids."""
