"""Clients of Aliyun that are broken in one way each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from avatarwire.conformance.clients.talk import Talk, body_of, value_at

from . import aliyun_troubled
from .mutant import ClientMutant, Witness, client_mutant

__all__ = ["MUTANTS", "UNBREAKABLE"]


def _sent(*messages: str) -> Witness:
    return lambda talk: talk.sent(*messages)


def _got(*messages: str) -> Witness:
    return lambda talk: talk.got(*messages)


def _not_stopped(talk: Talk) -> object:
    return talk.got("StartAvatarSession.response") and not talk.sent("StopAvatarSession.request")


def _broke(*clauses: str) -> Witness:
    return lambda talk: any(it.clause in clauses for it in talk.violations)


def _failed(talk: Talk) -> object:
    return talk.code != 0


def _many(message: str, count: int) -> Witness:
    return lambda talk: len(talk.sent(message)) >= count


def _value(entry: Any, path: str) -> Any:
    found = value_at(body_of(entry), path)
    return found if isinstance(found, str | int | float) else None


def _lacks(message: str, path: str) -> Witness:
    return lambda talk: any(_value(it, path) is None for it in talk.sent(message))


def _mutant(name: str, title: str, clauses: str, cases: str, witness: Witness) -> ClientMutant:
    full = name if ":" in name else f"{_TROUBLED if name in _IN_TROUBLE else _CLIENTS}:{name}"
    return client_mutant("aliyun", full, title, clauses, cases, witness)


_CLIENTS: Final = "tests.conformance.mutant_clients.aliyun_clients"
_TROUBLED: Final = "tests.conformance.mutant_clients.aliyun_troubled"
_IN_TROUBLE: Final = frozenset(aliyun_troubled.__all__)


_BUGS: Final = "tests.conformance.probing.planted.aliyun_bugs:"
_START, _STOP = "StartAvatarSession.request", "StopAvatarSession.request"
_SHAKE: Final = "handshake.websocket"

MUTANTS: Final[tuple[ClientMutant, ...]] = (
    _mutant("DoesNothing", "It does nothing at all.", "ALI-R073", "talk.starts", lambda talk: not talk.sent(_START)),
    _mutant("CrashesAtOnce", "It crashes at once.", "ALI-R073", "talk.starts", _failed),
    _mutant("FailsInTheEnd", "It fails although nothing went wrong.", "ALI-R005 ALI-R077", "talk.succeeds", _failed),
    _mutant(
        "NeverStops",
        "It never calls StopAvatarSession.",
        "ALI-R081",
        "talk.stops stops.after_error stops.after_refusal stops.after_close stops.after_reset"
        " stops.after_failed_channel stops.after_refused_handshake stops.after_recovering stops.after_lost_start",
        _not_stopped,
    ),
    _mutant("ClosesFirst", "It closes the WebSocket before it stops.", "ALI-R081", "talk.stops_first", _sent(_STOP)),
    _mutant(
        "StopsWithoutProject",
        "Its stops name no project.",
        "ALI-R028 ALI-R081 ALI-R005",
        "talk.stop_is_right talk.stops start.accepted",
        _lacks(_STOP, "projectId"),
    ),
    _mutant("FloatIds", "Its ids were floating-point numbers.", "ALI-R007", "start.ids", _sent(_STOP)),
    _mutant(
        "NoRequestId", "Its starts have no requestId.", "ALI-R022", "start.parameters", _lacks(_START, "requestId")
    ),
    _mutant("ChangesTheUrl", "It changes the URL of the socket.", "ALI-R074", "connect.opens", _sent(_SHAKE)),
    _mutant("TwoSockets", "It opens two sockets.", "ALI-E114", "connect.one_socket", _many(_SHAKE, 2)),
    _mutant(
        "NeverAsks",
        "It never asks about the channel.",
        "ALI-R077 ALI-R078",
        "prepare.until_ready prepare.waits",
        lambda talk: not talk.sent("channel_ready.request"),
    ),
    _mutant(
        "AsksOnce",
        "It takes any answer about the channel for READY.",
        "ALI-R077 ALI-R078 ALI-R123",
        "prepare.until_ready prepare.waits prepare.failed",
        _sent("channel_ready.request"),
    ),
    _mutant(
        "AsksWithoutPatience",
        "It does not wait for an answer about the channel.",
        "ALI-R078 ALI-R077",
        "prepare.waits_for_late_answer",
        _sent("text_drive.request"),
    ),
    _mutant(
        "AsksWithoutPause",
        "It asks about the channel without a pause.",
        "ALI-E16",
        "prepare.pace",
        _many("channel_ready.request", 3),
    ),
    _mutant(
        "ReadyForGood",
        "It takes a new channel for an old one.",
        "ALI-R078 ALI-R077",
        "connect.anew",
        _many(_SHAKE, 2),
    ),
    _mutant(
        "NamesAnotherSession",
        "It names another session.",
        "ALI-R095 ALI-E113",
        "frames.session",
        _sent("text_drive.request"),
    ),
    _mutant(
        "SameMessageId", "All its texts have one messageId.", "ALI-E21", "text.ids", _many("text_drive.request", 2)
    ),
    _mutant(
        "BackwardHeader",
        "Its headers begin with the business type.",
        "ALI-R083 ALI-R088",
        "frames.header",
        _sent(_SHAKE),
    ),
    _mutant(
        "DataFrames",
        "Its requests are data frames.",
        "ALI-R089 ALI-R091",
        "frames.types",
        _sent("channel_ready.request"),
    ),
    _mutant("OtherLetters", "Its JSON is UTF-16.", "ALI-R092", "frames.json", _broke("ALI-R092", "ALI-E105", "AW-BOM")),
    _mutant(
        "ZeroSerials", "Its serial numbers are zeros.", "ALI-E06 ALI-R087", "frames.serial_numbers", _broke("ALI-E06")
    ),
    _mutant(
        "ControlPings", "Its pings are control frames.", "ALI-E01 ALI-R120", "heartbeat.form", _sent("heartbeat.ping")
    ),
    _mutant(
        "ReadsPongs", "A pong without payload ends it.", "ALI-R120 ALI-E03", "heartbeat.pongs", _got("heartbeat.pong")
    ),
    _mutant(
        "NoAskType",
        "Its texts have no askType.",
        "ALI-R098 ALI-R099",
        "text.parameters",
        _lacks("text_drive.request", "askType"),
    ),
    _mutant(
        "FragmentsOfTheirOwn",
        "Its fragments have messageIds of their own.",
        "ALI-R103 ALI-R104",
        "text.streams",
        _broke("ALI-E26"),
    ),
    _mutant(
        "FragmentsWithoutFlag",
        "Its fragments have no dataFlag.",
        "ALI-R101",
        "text.streams",
        _lacks("text_drive.request", "dataFlag"),
    ),
    _mutant("AskedStreams", "Its streams are questions.", "ALI-R102", "text.streams", _sent("text_drive.request")),
    _mutant(
        "AudioOfOtherType", "Its audio has another type.", "ALI-R116", "audio.parameters", _sent("audio_drive.request")
    ),
    _mutant("AudioOfLetters", "Its audio is no Base64.", "ALI-R115", "audio.parameters", _sent("audio_drive.request")),
    _mutant(
        "SpeechEndsOtherwise",
        "Its speech ends with another type.",
        "ALI-R111",
        "speech.parameters",
        _sent("asr.start.request"),
    ),
    _mutant("UnknownBusiness", "Its texts have an unknown business type.", "ALI-R093", "frames.header", _sent(_SHAKE)),
    _mutant(
        "AudioWithoutId",
        "Its audio has no messageId.",
        "ALI-R114 ALI-R103",
        "audio.parameters",
        _sent("audio_drive.request"),
    ),
    _mutant(
        "SpeechWithoutAskType",
        "Its speech has no askType.",
        "ALI-R106",
        "speech.parameters",
        _broke("ALI-R099", "ALI-R106"),
    ),
    _mutant(
        "SpeechWithoutEnd",
        "Its speech has no end.",
        "ALI-R112",
        "speech.order",
        lambda talk: not talk.sent("asr.end.request"),
    ),
    _mutant("SpeechAsJson", "Its speech is JSON.", "ALI-R108", "speech.data", _sent("asr.start.request")),
    _mutant(
        "WaitsForInterrupted",
        "It waits for an answer to an interrupt.",
        "ALI-R097",
        "interrupt.no_answer",
        _sent("interrupt.request"),
    ),
    _mutant(
        "EmptyHttpText",
        "It sends empty texts over HTTP.",
        "ALI-R071",
        "http_text.parameters",
        _sent("SendTextMsg.request"),
    ),
    _mutant("GoneOnError", "An error ends its process.", "ALI-R081 ALI-R118", "stops.after_error", _not_stopped),
    _mutant("GoneOnRefusal", "A refusal ends its process.", "ALI-R081", "stops.after_refusal", _not_stopped),
    _mutant(
        "GoneOnLoss",
        "A lost connection ends its process.",
        "ALI-R081 ALI-R123",
        "stops.after_close stops.after_reset stops.after_recovering",
        _not_stopped,
    ),
    _mutant(
        "ErrorMeansStopped",
        "It stops nothing that has failed once.",
        "ALI-R081 ALI-E17",
        "stops.after_lost_answer stops.after_failed_channel stops.after_refused_handshake",
        _not_stopped,
    ),
    _mutant(
        _BUGS + "ForgetsTheFirst",
        "It starts another session when an answer was lost.",
        "ALI-R081 ALI-R023",
        "stops.after_lost_start",
        _many(_START, 2),
    ),
    _mutant("ConnectsAnyway", "It connects without a session.", "ALI-R073 ALI-R005", "start.refused", _sent(_SHAKE)),
    _mutant("BelievesBodies", "It does not look at the status of a call.", "ALI-R005", "start.status", _sent(_STOP)),
    _mutant(
        _BUGS + "HammersTheStart", "It tries a start without end.", "ALI-E66", "start.not_hammered", _many(_START, 13)
    ),
    _mutant(
        "HammersTheHandshake",
        "It tries a handshake without end.",
        "ALI-E51 ALI-E53",
        "connect.not_hammered connect.expired_token",
        _many(_SHAKE, 13),
    ),
    _mutant(
        "IgnoresForceClose",
        "It ignores a forced close.",
        "ALI-R122",
        "force_close.silent force_close.final",
        _got("session.force_close"),
    ),
    _mutant(
        "HangsOnForceClose", "A forced close hangs it.", "ALI-R122", "force_close.ends", lambda talk: talk.code is None
    ),
    _mutant(
        "NotPreparedAgain",
        "It ignores that a session recovers.",
        "ALI-R123 ALI-R078",
        "recovering.waits recovering.prepared_anew",
        _got("session.recovering"),
    ),
    _mutant(
        "KnowsAllMembers", "It takes no members that it does not know.", "ALI-E117", "received.unknown_members", _failed
    ),
    _mutant(
        "KnowsAllTypes",
        "A business type that it does not know ends it.",
        "ALI-E14 ALI-E13 ALI-R124",
        "received.unknown_business_type received.unknown_frame_type",
        _failed,
    ),
    _mutant(
        "KnowsItsPackets",
        "A packet that it does not wait for ends it.",
        "ALI-E21 ALI-E126",
        "received.other_message_id received.twice",
        _failed,
    ),
    _mutant("HasNoTime", "It waits for half a second.", "ALI-E30", "received.late", _failed),
    _mutant(
        "MatchesSerials",
        "It knows answers by their serial number.",
        "ALI-E04",
        "received.other_serial_numbers",
        _failed,
    ),
    _mutant("NeedsAppId", "It needs all members of channelToken.", "ALI-R027", "received.bare_channel_token", _failed),
)

UNBREAKABLE: Final[Mapping[str, str]] = MappingProxyType({})
"""Why cases cannot fail on any client, by their ids."""
