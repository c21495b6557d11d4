"""What is said beside a refusal of a signature: which other scheme a header is of, and from which zone a date is."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ...errors import shown
from .canonical import ALGORITHM

__all__ = ["of_a_zone", "other_scheme"]

_OTHER_SCHEMES: Final = MappingProxyType(
    {
        "ACS3-HMAC-SM3": "the SM3 digest is not supported",
        "ACS3-RSA-SHA256": "RSA key pairs are not supported",
        "ACS4-HMAC-SHA256": "this is signature version 4, which this service does not have",
        "acs": "this is the older signature version 2 (HMAC-SHA1)",
        "OSS": "this is a signature of the storage service OSS",
        "OSS4-HMAC-SHA256": "this is a signature of the storage service OSS",
        "AWS4-HMAC-SHA256": "this is a signature of another vendor",
        "Bearer": "this is a token, and requests are signed",
        "Basic": "this is a user name and a password, and requests are signed",
    }
)

_QUARTER: Final = 900.0
_SLACK: Final = 60.0
_FARTHEST: Final = 14 * 3600.0
"""Seconds: what zones are apart by, what clocks may differ by, and the zone that is farthest from UTC."""


def other_scheme(scheme: str) -> str:
    """Why the first word of an Authorization header is not the right one."""
    if scheme.upper() == ALGORITHM:
        return f"it is spelled {shown(scheme)}"
    # What is no scheme may be a secret, which is not repeated.
    return _OTHER_SCHEMES.get(scheme, "the scheme is not known")


def of_a_zone(ahead: float, window: float) -> str:
    """What a date that is off says where it is local time, which is off by whole quarters of an hour.

    Args:
        ahead: seconds by which the date is ahead of our clock.
        window: seconds by which it may be off.
    """
    if not window < abs(ahead) <= _FARTHEST + _SLACK:
        return ""
    quarters = round(ahead / _QUARTER)
    if abs(ahead - quarters * _QUARTER) > _SLACK:
        return ""
    sign, minutes = "-" if quarters < 0 else "+", abs(quarters) * 15
    return f"; as the local time of UTC{sign}{minutes // 60}:{minutes % 60:02} is, expected UTC"
