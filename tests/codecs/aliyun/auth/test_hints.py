"""What is said beside the refusal of a signature."""

from __future__ import annotations

import pytest

from avatarwire.codecs.aliyun.auth.hints import of_a_zone, other_scheme


@pytest.mark.parametrize(
    ("scheme", "why"),
    [
        ("acs3-hmac-sha256", "it is spelled 'acs3-hmac-sha256'"),
        ("ACS4-HMAC-SHA256", "this is signature version 4, which this service does not have"),
        ("OSS", "this is a signature of the storage service OSS"),
        ("Basic", "this is a user name and a password, and requests are signed"),
        ("my-secret-key", "the scheme is not known"),
    ],
)
def test_another_scheme_is_named_and_what_may_be_a_secret_is_not_repeated(scheme: str, why: str) -> None:
    assert other_scheme(scheme) == why


@pytest.mark.parametrize(
    ("ahead", "told"),
    [
        (8 * 3600, "; as the local time of UTC+8:00 is, expected UTC"),
        (-5 * 3600 + 20, "; as the local time of UTC-5:00 is, expected UTC"),
        (5.5 * 3600, "; as the local time of UTC+5:30 is, expected UTC"),
        (8 * 3600 + 400, ""),
        (899, ""),
        (20 * 3600, ""),
        (float("nan"), ""),
        (float("inf"), ""),
    ],
)
def test_a_date_of_another_zone_is_recognised(ahead: float, told: str) -> None:
    assert of_a_zone(ahead, 900.0) == told
