"""What the enumerated values stand for."""

from __future__ import annotations

import pytest

from avatarwire.codecs.aliyun.http_enums import (
    SELECTED_STATUSES,
    AnchorResSpecType,
    MaterialFormat,
    ResSpecType,
    ScaleType,
    SessionQueryStatus,
    SessionStatus,
    VoiceResSpecType,
)


def test_the_aspect_ratio_fixes_the_canvas() -> None:
    assert ScaleType("9:16").canvas == (1080, 1920)
    assert ScaleType("16:9").canvas == (1920, 1080)


@pytest.mark.parametrize(
    ("tier", "anchor_tier", "voice_tier"),
    [
        (ResSpecType.STANDARD, AnchorResSpecType.BASIC_MODEL, VoiceResSpecType.BASIC_VOICE),
        (ResSpecType.ADVANCED, AnchorResSpecType.ADVANCED_MODEL, VoiceResSpecType.ADVANCED_VOICE),
    ],
)
def test_a_tier_has_three_names(
    tier: ResSpecType, anchor_tier: AnchorResSpecType, voice_tier: VoiceResSpecType
) -> None:
    assert (tier.anchor_tier, tier.voice_tier) == (anchor_tier, voice_tier)


def test_two_spellings_of_one_format_compare_by_their_canonical_form() -> None:
    assert MaterialFormat("image/jpg").canonical is MaterialFormat("image/jpeg").canonical
    assert MaterialFormat("image/jpg").value == "image/jpg"
    assert MaterialFormat("image/png").canonical is MaterialFormat.PNG


def test_a_started_session_is_free_or_busy() -> None:
    assert SELECTED_STATUSES[SessionQueryStatus.STARTED] == {SessionStatus.FREE, SessionStatus.BUSY}
    assert SELECTED_STATUSES[SessionQueryStatus.STOPPED] == {SessionStatus.STOPPED}
