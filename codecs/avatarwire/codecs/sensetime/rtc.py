"""The four values with which a viewer pulls a live's stream: who has them when, and what they may be.

They come in the answers of createLive and queryStat and in callbacks. Only what those share lives here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Final

from ..core.findings import Finding, deviation
from ..errors import ValidationError, shown
from ..masking import Masked
from ..message import doc

__all__ = [
    "MAX_CHANNEL_ID",
    "MAX_UID",
    "UID_PATTERN",
    "RtcAccess",
    "check_channel",
    "check_uid",
    "is_uid",
    "schema_needs",
]

MAX_UID: Final = 2**32 - 1
"""Largest uid: 32 bits without a sign (ST-LIVE-04)."""
MAX_CHANNEL_ID: Final = 64
"""Most characters of a channel id (ST-LIVE-05)."""
UID_PATTERN: Final = r"^[0-9]+$(?!\n)"
"""Decimal digits of ASCII, nothing else (ST-LIVE-04)."""

_FIELDS: Final[Mapping[str, str]] = {
    "rtc_app_id": "rtcAppId",
    "rtc_channel_id": "rtcChannelId",
    "rtc_uid": "rtcUid",
    "rtc_token": "rtcToken",
}
_PLAIN_UID: Final = re.compile(r"0|[1-9][0-9]*")


def is_uid(uid: str) -> bool:
    """Whether a text is a uid: decimal digits, 32 bits at most (ST-LIVE-04)."""
    plain = uid.lstrip("0")
    is_short = uid.isascii() and uid.isdigit() and len(plain) <= len(str(MAX_UID))
    return is_short and int(plain or "0") <= MAX_UID


def check_uid(uid: str, path: str) -> tuple[Finding, ...]:
    """Judges a uid that is asked for; zero passes, as only who means it writes it (ST-E19).

    Raises:
        ValidationError: it is none (ST-LIVE-04).
    """
    if not is_uid(uid):
        raise ValidationError(
            f"got {shown(uid)}", path=path, expected=f"decimal digits up to {MAX_UID}", clause="ST-LIVE-04"
        )
    return () if _PLAIN_UID.fullmatch(uid) else (deviation("ST-E19", path, f"{path} has leading zeros"),)


def told_uid(uid: str, path: str) -> tuple[Finding, ...]:
    """Judges a uid that is told: whatever it is, a reader keeps the text (ST-E19)."""
    if not is_uid(uid):
        return (deviation("ST-LIVE-04", path, f"{path} is no uid", f"decimal digits up to {MAX_UID}"),)
    return check_uid(uid, path)


def check_channel(channel: str, path: str) -> tuple[Finding, ...]:
    """Judges the id of a channel."""
    if len(channel) > MAX_CHANNEL_ID:
        return (deviation("ST-LIVE-05", path, f"{path} has more than {MAX_CHANNEL_ID} characters"),)
    return () if channel.isascii() else (deviation("ST-E20", path, f"{path} is not ASCII"),)


class RtcAccess(Masked, omit_defaults=True):
    """Base of messages that may tell how to pull the stream. A field that is None was absent, and is not written."""

    secrets: ClassVar[frozenset[str]] = frozenset({"rtc_token"})

    rtc_app_id: Annotated[str, doc("RTC app id", "ST-E16", example="app-1")] | None = None
    rtc_channel_id: (
        Annotated[str, doc("RTC channel id, at most 64 characters", "ST-LIVE-05", example="channel-1")] | None
    ) = None
    rtc_uid: Annotated[str, doc("RTC uid, decimal digits of 32 bits", "ST-LIVE-04", example="1024")] | None = None
    rtc_token: Annotated[str, doc("RTC token; secret", "ST-E16")] | None = None

    @property
    def has_stream(self) -> bool:
        """Whether all four values are there."""
        return len(self.rtc_given) == len(_FIELDS)

    @property
    def rtc_given(self) -> tuple[str, ...]:
        """Wire names of those of the four values that are there."""
        return tuple(wire for name, wire in _FIELDS.items() if getattr(self, name) is not None)

    def check_rtc(self, *, needed: str = "", omitted: str = "") -> tuple[Finding, ...]:
        """Judges the four values together and each by itself.

        None of them at all is understood even where they are needed: whether they are repeated when the customer's
        own RTC app is used, nobody says (ST-E22).

        Args:
            needed: the rule by which they must be there, empty if none does.
            omitted: the rule by which they must not, likewise.

        Raises:
            ValidationError: some are there, but one that is needed is not.
        """
        there = self.rtc_given
        found: list[Finding] = []
        if needed and not there:
            found.append(deviation("ST-E22", "rtcToken", "the RTC values are missing; the customer's own may be meant"))
        elif needed:
            self._complete(there, needed)
        elif omitted and there:
            found.append(deviation(omitted, there[0], f"{there[0]} is left out in this state"))
        if self.rtc_channel_id is not None:
            found.extend(check_channel(self.rtc_channel_id, "rtcChannelId"))
        if self.rtc_uid is not None:
            found.extend(told_uid(self.rtc_uid, "rtcUid"))
        return tuple(found)

    def _complete(self, there: Sequence[str], clause: str) -> None:
        for wire in _FIELDS.values():
            if wire not in there:
                raise ValidationError(
                    "required field is missing",
                    path=wire,
                    expected="all four RTC values, as the stream is there",
                    clause=clause,
                )


def schema_needs(statuses: Sequence[int]) -> Mapping[str, Any]:
    """The rules about the four values as a member of ``allOf``.

    Args:
        statuses: states in which they must be there.
    """
    states = {"properties": {"status": {"enum": [int(status) for status in statuses]}}, "required": ["status"]}
    values = {"rtcUid": {"pattern": UID_PATTERN}, "rtcChannelId": {"maxLength": MAX_CHANNEL_ID}}
    return {"if": states, "then": {"required": list(_FIELDS.values())}, "properties": values}
