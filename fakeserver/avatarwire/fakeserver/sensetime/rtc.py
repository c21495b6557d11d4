"""How a live's stream would be pulled: the RTC app, its channel, and tokens that end. No media is rendered.

Only this lives here. When a token is told to whom, `operations.py` says.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any, Final, TypedDict

from avatarwire.codecs.sensetime.http import CreateLiveRequest
from avatarwire.codecs.sensetime.messages.rtc import MAX_UID

__all__ = ["Rtc", "RtcFields"]

_TOKEN_BYTES: Final = 48


class RtcFields(TypedDict):
    """The four values, as messages have them."""

    rtc_app_id: str
    rtc_channel_id: str
    rtc_uid: str
    rtc_token: str


@dataclass(slots=True)
class Rtc:
    """Where a live's stream would be pulled from.

    Attributes:
        app_id, channel_id, uid: of the RTC app.
        token: the newest one.
        until: epoch seconds at which the newest token ends; None where it is not the platform's.
        own: whether it is the customer's own RTC app (ST-LIVE-02).
        warned: whether it was noted that the newest token will end.
    """

    app_id: str
    channel_id: str
    uid: str
    token: str = field(repr=False)
    until: float | None
    own: bool
    warned: bool = False

    @classmethod
    def of_customer(cls, request: CreateLiveRequest) -> Rtc:
        """The customer's own: their values are told as they are, but for zeros in front of the uid (ST-E19, ST-E22)."""
        values: Any = request  # the request has all four, as it was let in
        uid = values.urtc_uid.lstrip("0") or "0"
        return cls(values.urtc_app_id, values.urtc_channel_id, uid, values.urtc_token, None, own=True)

    @classmethod
    def of_platform(cls, app_id: str, channel_id: str, until: float, rng: random.Random) -> Rtc:
        """One of the platform's."""
        return cls(app_id, channel_id, str(rng.randint(1, MAX_UID)), _new(rng), until, own=False)

    @property
    def fields(self) -> RtcFields:
        """The four values, as messages have them."""
        return {
            "rtc_app_id": self.app_id,
            "rtc_channel_id": self.channel_id,
            "rtc_uid": self.uid,
            "rtc_token": self.token,
        }

    def renew(self, until: float, rng: random.Random) -> str:
        """Another token; the one before stays good until its own end."""
        self.token, self.until, self.warned = _new(rng), until, False
        return self.token


def _new(rng: random.Random) -> str:
    return rng.randbytes(_TOKEN_BYTES).hex()
