"""MQTT topics: how they are written, and who publishes where.

A client subscribes to ``topicSub`` of createLiveSession and publishes to ``topicPub``; in every message it names
``topicSub`` as its ``sender``, which is where the server answers (GJ-E05, GJ-R072, GJ-R073, GJ-R075). Only the names
live here.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ...errors import DecodeError, EncodeError, shown
from ..messages.parts import VENDOR

__all__ = [
    "DEFAULT_TOPIC_PUB",
    "HEARTBEAT_PREFIX",
    "ClientTopic",
    "parse_topic_sub",
    "plain_session_id",
    "topic_sub",
]

DEFAULT_TOPIC_PUB: Final = "live-proxy-0"
"""``topicPub`` as sessions share it: what all clients publish to (3.18, GJ-E05)."""

HEARTBEAT_PREFIX: Final = ":---:"
"""Stands before the session id in a heartbeat and in the result that answers it (4.2.8, GJ-E84)."""

_MARK: Final = "/topicSendClient"
_ACCOUNT: Final = re.compile(r"[0-9]+")
_UUID: Final = re.compile(r"[^/+#\x00]+")
_FORM: Final = re.compile(f"({_ACCOUNT.pattern}){_MARK}({_UUID.pattern})")
_EXPECTED: Final = f"<account number>{_MARK}<uuid>"


class ClientTopic(NamedTuple):
    """What ``topicSub`` is made of (3.18).

    Attributes:
        account: number of the account, as text.
        uuid: id that makes it the topic of one session; opaque.
    """

    account: str
    uuid: str


def topic_sub(account: str, uuid: str) -> str:
    """The topic of one session, which its client subscribes to.

    Args:
        account: number of the account: digits.
        uuid: such as a UUID; without ``/``, ``+`` and ``#``.

    Raises:
        EncodeError: a part would make another topic than this one.
    """
    for name, part, form, expected in (
        ("account", account, _ACCOUNT, "digits"),
        ("uuid", uuid, _UUID, "text without /, + and #"),
    ):
        if form.fullmatch(part) is None:
            raise EncodeError(f"got {shown(part)}", vendor=VENDOR, path=name, expected=expected, clause="GJ-E05")
    return f"{account}{_MARK}{uuid}"


def parse_topic_sub(topic: str) -> ClientTopic:
    """Takes a ``topicSub`` apart.

    Raises:
        DecodeError: it has another form. That form is only shown, never promised, so a client treats it as opaque.
    """
    parts = _FORM.fullmatch(topic)
    if parts is None:
        raise DecodeError(f"got {shown(topic)}", vendor=VENDOR, path="topicSub", expected=_EXPECTED, clause="GJ-E05")
    return ClientTopic(parts[1], parts[2])


def plain_session_id(text: str) -> str:
    """A session id without everything up to and including the prefix of heartbeats (GJ-E84)."""
    return text.rpartition(HEARTBEAT_PREFIX)[2]
