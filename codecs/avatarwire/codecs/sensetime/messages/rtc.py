"""The four values with which a viewer pulls a live's stream: who has them when, and what they may be.

They come in the answers of createLive and queryStat and in callbacks. Only what those share lives here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Final

from ...core.constraints import Absent, Constraint, Limits, Matches, Needs, Required, when
from ...core.masking import Masked
from ...message import doc

__all__ = [
    "MAX_CHANNEL_ID",
    "MAX_UID",
    "OWN_RTC",
    "OWN_RTC_ONLY",
    "UID_PATTERN",
    "RtcAccess",
    "ascii_only",
    "left_out",
    "needed",
    "plain_uid",
    "uid",
]

MAX_UID: Final = 2**32 - 1
"""Largest uid: 32 bits without a sign (ST-LIVE-04)."""
MAX_CHANNEL_ID: Final = 64
"""Most characters of a channel id (ST-LIVE-05)."""
UID_PATTERN: Final = r"^[0-9]+$(?!\n)"
"""Decimal digits of ASCII, nothing else (ST-LIVE-04)."""

_END: Final = r"(?![\s\S])"
_32_BITS: Final = (
    "(?:[0-9]{1,9}|[1-3][0-9]{9}|4[01][0-9]{8}|42[0-8][0-9]{7}|429[0-3][0-9]{6}|4294[0-8][0-9]{5}|42949[0-5][0-9]{4}"
    "|429496[0-6][0-9]{3}|4294967[01][0-9]{2}|42949672[0-8][0-9]|429496729[0-5])"
)
"""Up to ten digits of a number up to 4294967295."""

OWN_RTC: Final = ("urtcToken", "urtcUid", "urtcAppId", "urtcChannelId")
"""What a customer's own RTC app needs, and nothing else does (ST-LIVE-03)."""
OWN_RTC_ONLY: Final[tuple[Absent, ...]] = tuple(
    when(
        "urtcUseExternalApp",
        True,
        *(
            Absent(
                name,
                clause="ST-E21",
                level="warning",
                tolerated=True,
                reason=f"{name} without urtcUseExternalApp is ignored",
            )
            for name in OWN_RTC
        ),
        negated=True,
    )
)
"""Without the flag they are ignored (ST-E21)."""

_FIELDS: Final = ("rtcAppId", "rtcChannelId", "rtcUid", "rtcToken")


# --- rules that several messages share ---


def uid(path: str, *, tolerated: bool = False) -> Matches:
    """A uid has 32 bits (ST-LIVE-04); one that is received is kept, whatever it is (ST-E19)."""
    return Matches(
        path,
        f"^0*{_32_BITS}{_END}",
        clause="ST-LIVE-04",
        tolerated=tolerated,
        expected=f"decimal digits up to {MAX_UID}",
    )


def plain_uid(path: str) -> Matches:
    """A uid is written without leading zeros; zero passes, as only who means it writes it (ST-E19)."""
    return Matches(
        path,
        f"^(?!0(?=[0-9])0*{_32_BITS}{_END})",
        clause="ST-E19",
        level="warning",
        tolerated=True,
        reason=f"{path} has leading zeros",
        expected="digits without leading zeros",
    )


def ascii_only(path: str) -> Matches:
    """The id of a channel is ASCII (ST-E20)."""
    return Matches(path, rf"^[\x00-\x7f]*{_END}", clause="ST-E20", tolerated=True, expected="ASCII")


def needed(statuses: Sequence[int], clause: str) -> tuple[Constraint, ...]:
    """All four values are there in some states.

    None of them at all is understood: whether they are repeated when the customer's own RTC app is used, nobody says
    (ST-E22).

    Args:
        statuses: the states.
        clause: the rule that says so.
    """
    none = Required(
        "rtcToken",
        clause="ST-E22",
        tolerated=True,
        reason="the RTC values are missing; the customer's own may be meant",
    )
    whole = (
        Needs(
            tuple(other for other in _FIELDS if other != name),
            name,
            clause=clause,
            expected="all four RTC values, as the stream is there",
        )
        for name in _FIELDS
    )
    return tuple(when("status", tuple(statuses), none, *whole))


def left_out(statuses: Sequence[int], clause: str) -> tuple[Constraint, ...]:
    """None of the four values is there in some states.

    Args:
        statuses: the states.
        clause: the rule that says so.
    """
    return tuple(when("status", tuple(statuses), *(Absent(name, clause=clause, tolerated=True) for name in _FIELDS)))


class RtcAccess(Masked, omit_defaults=True):
    """Base of messages that may report how to pull the stream. A field that is None was absent, and is not written."""

    secrets: ClassVar[frozenset[str]] = frozenset({"rtc_token"})

    rtc_app_id: Annotated[str, doc("RTC app id", "ST-E16", example="app-1")] | None = None
    rtc_channel_id: (
        Annotated[str, doc("RTC channel id, at most 64 characters", "ST-LIVE-05", example="channel-1")] | None
    ) = None
    rtc_uid: Annotated[str, doc("RTC uid, decimal digits of 32 bits", "ST-LIVE-04", example="1024")] | None = None
    rtc_token: Annotated[str, doc("RTC token; secret", "ST-E16")] | None = None

    constraints: ClassVar[tuple[Constraint, ...]] = (
        Limits("rtcChannelId", max_length=MAX_CHANNEL_ID, clause="ST-LIVE-05", tolerated=True),
        ascii_only("rtcChannelId"),
        uid("rtcUid", tolerated=True),
        plain_uid("rtcUid"),
    )

    @property
    def has_stream(self) -> bool:
        """Whether all four values are there."""
        return None not in (self.rtc_app_id, self.rtc_channel_id, self.rtc_uid, self.rtc_token)
