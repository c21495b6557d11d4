"""Which clients there are: those that are right, and those with a bug, each with what shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from avatarwire.conformance.probing.freedoms import Allowed
from avatarwire.conformance.probing.plan import Client, Deviation, Outcome

__all__ = ["CORRECT", "DRIVERS", "PLANTED", "Planted"]

_FOLDER: Final = "tests.conformance.probing.planted"
_DRIVER: Final = "avatarwire.conformance.probing.drivers:Driver"


class Planted(NamedTuple):
    """A client with a bug.

    Attributes:
        vendor: with whose fake it talks.
        name: of its class.
        outcomes: what it may come to.
        tape: by which it shows; one deviation is also a cell of `avatarwire probe`, with the same outcome.
        flow: what is talked of meanwhile.
        allowed: from which level on a search finds it.
        rare: whether it takes one deviation of one certain message, so that a search of a minute finds it by luck alone.
    """

    vendor: str
    name: str
    outcomes: frozenset[Outcome]
    tape: tuple[Deviation, ...]
    flow: str = "documented"
    allowed: Allowed = "faults"
    rare: bool = False

    @property
    def client(self) -> Client:
        """As commands know it."""
        return Client(name=f"{_FOLDER}.{self.vendor}_bugs:{self.name}")


def _planted(
    vendor: str, name: str, outcome: Outcome, tape: str, *others: Outcome, flow: str = "documented", rare: bool = False
) -> Planted:
    found = tuple(_deviation(word) for word in tape.split(" + ")) if tape else ()
    return Planted(vendor, name, frozenset({outcome, *others}), found, flow, rare=rare)


def _deviation(word: str) -> Deviation:
    label, _, value = word.partition(" ")
    return Deviation(label, _VALUES.get(value, value))


_VALUES: Final[Mapping[str, object]] = {"FAIL": ("INIT", "FAIL"), "5": 5.0}
"""Of tunables."""


PLANTED: Final = (
    _planted("aliyun", "LastPacketNeverComes", "hang", "text_drive.response#5 drop"),
    _planted("aliyun", "SpinsOnClose", "livelock", "text_drive.response#2 close"),
    _planted("aliyun", "SwallowsErrors", "lost_text", "text_drive.response#2 close"),
    _planted("aliyun", "SaidAgain", "said_twice", "text_drive.response#5 drop"),
    _planted("aliyun", "ErrorMeansStopped", "leak", "text_drive.response#5 drop"),
    _planted("aliyun", "ClosedMeansStopped", "leak", "text_drive.response#14 close", flow="text"),
    _planted("aliyun", "ForgetsTheFirst", "leak", "StartAvatarSession.response#1 drop"),
    _planted("aliyun", "WaitsForTheClose", "hang", "StopAvatarSession.request#1-100 reject"),
    _planted("aliyun", "HammersTheStart", "no_backoff", "StartAvatarSession.request#1-100 reject", "hang"),
    _planted("aliyun", "HammersTheHandshake", "no_backoff", "text_drive.response#2 close + handshake.websocket#2-101 reject"),
    _planted("aliyun", "AskedForEver", "no_backoff", "scenario.channel_statuses FAIL"),
    _planted("aliyun", "RepeatedSilently", "said_twice", "text_drive.response#5 close"),
    _planted("aliyun", "NewestAnswer", "lost_text", "text_drive.response#5 delay:40", "raised", "hang", rare=True),
    _planted("aliyun", "UnknownPacketEndsIt", "lost_text", "text_drive.response#5 duplicate"),
    _planted("aliyun", "MissingMember", "raised", "text_drive.response#2 delay:40"),
    _planted("aliyun", "TaskUnwatched", "raised", "text_drive.response#2 push:session.recovering"),
    _planted("aliyun", "SpeaksTooEarly", "broke_rule", "text_drive.response#2 close"),
    _planted("aliyun", "NotPreparedAgain", "broke_rule", "text_drive.response#2 push:session.recovering"),
    _planted(
        "aliyun",
        "OnlyOneRecovery",
        "broke_rule",
        "text_drive.response#2 push:session.recovering + text_drive.response#4 push:session.recovering",
    ),
    _planted("aliyun", "BlocksItsLoop", "hang", "text_drive.response#2 close"),
    _planted("aliyun", "ExitsOnError", "raised", "text_drive.response#2 close"),
    _planted("aliyun", "CatchesCancelling", "hang", "text_drive.response#2 close", "livelock"),
    _planted("aliyun", "BeatsAfterwards", "raised", "text_drive.response#2 close"),
    _planted("guiji", "EndNeverComes", "hang", "SessionState.playlist#3 drop"),
    _planted("guiji", "SuccessByStatus", "lost_text", "uploadMaterial.request#2-3 reject"),
    _planted("guiji", "SaidAgain", "said_twice", "pushPlayListManager.result#1 drop"),
    _planted("guiji", "SwallowsErrors", "lost_text", "SessionState.playlist#2 push:SessionState.Destroy"),
    _planted("guiji", "BrokerLostMeansStopped", "leak", "SessionState.playlist#2 close"),
    _planted("guiji", "BeatsOnlyWhileBusy", "broke_rule", "", flow="idle"),
    _planted("guiji", "CountsAnew", "broke_rule", "SessionState.playlist#2 close"),
    _planted("guiji", "HammersTheBroker", "no_backoff", "SessionState.playlist#2 close + handshake.mqtt#2-101 reject"),
    _planted("guiji", "TokenForEver", "broke_rule", "scenario.token_seconds 5"),
    _planted("guiji", "AnyEndIsMine", "lost_text", "SessionState.playlist#9 duplicate:3", rare=True),
    _planted("guiji", "MissingMember", "raised", "pushPlayListManager.result#1 duplicate"),
    _planted("guiji", "SpeaksAfterTheEnd", "broke_rule", "SessionState.playlist#2 push:SessionState.Destroy"),
    _planted("guiji", "StopWaitsForEver", "hang", "DestroySession.result#1 delay:400"),
    _planted("sensetime", "EndNeverComes", "hang", "microphone.takeover_finished#1 drop"),
    _planted("sensetime", "SpinsOnClose", "livelock", "microphone.takeover_started#1 close"),
    _planted("sensetime", "SwallowsErrors", "lost_text", "takeoverCommand.request#1 reject"),
    _planted("sensetime", "SaidAgain", "said_twice", "takeoverCommand.response#1 delay:40"),
    _planted("sensetime", "SuccessByStatus", "leak", "closeLive.request#1 reject:10007"),
    _planted("sensetime", "NotAcceptedIsSaid", "lost_text", "microphone.takeover_finished#1 push:CallbackBody"),
    _planted("sensetime", "CreatesAgain", "leak", "startLive.request#1 reject"),
    _planted("sensetime", "HeartStops", "broke_rule", "heartbeat.response#1 reset", flow="idle"),
    _planted("sensetime", "HammersTheSocket", "no_backoff", "handshake.websocket#1-100 reject"),
    _planted("sensetime", "ErrorMeansClosed", "leak", "takeoverCommand.request#1 reject"),
    _planted("sensetime", "AnyEndIsMine", "lost_text", "microphone.takeover_finished#1 delay:10", flow="text"),
    _planted("sensetime", "MissingMember", "raised", "microphone.takeover_finished#1 duplicate:3"),
    _planted("sensetime", "ExitsOnError", "raised", "microphone.takeover_started#1 push:microphone.stop"),
    _planted("sensetime", "GoesOnWhenOver", "broke_rule", "takeoverCommand.response#1 push:CallbackBody"),
)  # fmt: skip

CORRECT: Final = (
    ("aliyun", Client(name=f"{_FOLDER}.aliyun:Aliyun")),
    ("guiji", Client(name=f"{_FOLDER}.guiji:Guiji")),
    ("sensetime", Client(name=f"{_FOLDER}.sensetime:SenseTime")),
    ("aliyun", Client(name=f"{_FOLDER}.alibaba:Alibaba")),
)
DRIVERS: Final = tuple((vendor, Client(name=_DRIVER)) for vendor in ("aliyun", "guiji", "sensetime"))
