"""What the account has to choose from and to spend: figures, voices, and the lines it has bought.

Only looking things up lives here. Which lines are in use, the projects know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from msgspec import UNSET

from avatarwire.codecs.aliyun.http import (
    AnchorResponse,
    ListAnchorRequest,
    ListVoiceModelsRequest,
    QueryResourceInfo,
    VoiceModelResponse,
)
from avatarwire.codecs.aliyun.http_enums import AnchorStatus, ResSpecType, ScaleType, UseScene
from avatarwire.fakeserver.aliyun.scenario import AliyunScenario, AnchorFixture, ResourceFixture, VoiceFixture

__all__ = ["Stock", "page", "shown_anchor", "shown_voice"]

ItemT = TypeVar("ItemT")

_ANCHOR_TIERS: Final[Mapping[str, str]] = {"BASIC_MODEL": "basic figure", "ADVANCED_MODEL": "advanced figure"}
_VOICE_TIERS: Final[Mapping[str, str]] = {"BASIC_VOICE": "basic voice", "ADVANCED_VOICE": "advanced voice"}
_MATERIAL: Final = "http://127.0.0.1"
"""Host of the pictures and samples that replies name; nothing serves them."""


class Stock:
    """Figures, voices and resources of a scenario.

    Args:
        scenario: where they are told.
        started_at: epoch seconds from which the validity of resources counts.

    Attributes:
        since: the same; a snapshot has it be another moment.
    """

    def __init__(self, scenario: AliyunScenario, started_at: float) -> None:
        self._anchors: Final = {fixture.id: fixture for fixture in scenario.anchors}
        self._voices: Final = {fixture.id: fixture for fixture in scenario.voices}
        self._resources: Final = scenario.resources
        self.since = started_at

    def anchor(self, anchor_id: str) -> AnchorFixture | None:
        """A figure by its id."""
        return self._anchors.get(anchor_id)

    def voice(self, voice_template_id: str) -> VoiceFixture | None:
        """A voice by its id, written as save requests do (ALI-E81)."""
        is_number = voice_template_id.isascii() and voice_template_id.isdigit() and len(voice_template_id) < 20
        return self._voices.get(int(voice_template_id)) if is_number else None

    def anchors(self, request: ListAnchorRequest) -> list[AnchorFixture]:
        """The figures that ListAnchor asks for, on all pages (API 9.1)."""
        wanted = (
            ("tier", request.res_spec_type),
            ("anchor_type", request.anchor_type_or_default),
            ("cover_rate", request.cover_rate),
            ("digital_human_type", request.digital_human_type),
            ("category", request.anchor_category),
            ("id", request.anchor_id),
        )
        return _matching(list(self._anchors.values()), wanted)

    def voices(self, request: ListVoiceModelsRequest) -> list[VoiceFixture]:
        """The voices that ListVoiceModels asks for, on all pages (API 10.1)."""
        wanted = (
            ("tier", request.res_spec_type),
            ("voice_type", request.voice_type_or_default),
            ("language", request.voice_language),
        )
        return _matching(list(self._voices.values()), wanted)

    def resources(self, now: float) -> tuple[QueryResourceInfo, ...]:
        """The resources that are still valid (API 5); the end of validity is epoch milliseconds as text (ALI-E90)."""
        return tuple(
            QueryResourceInfo(resource_id=fixture.id, type=fixture.type, valid_period_time=str(round(until * 1000)))
            for fixture, until in self._valid(now)
        )

    def lines(self, tier: ResSpecType, now: float) -> int:
        """Lines of a tier that the account may have deployed at the same time."""
        return sum(fixture.channels for fixture, _ in self._valid(now) if fixture.type == tier)

    def _valid(self, now: float) -> list[tuple[ResourceFixture, float]]:
        ends = ((fixture, self.since + fixture.valid_seconds) for fixture in self._resources)
        return [(fixture, until) for fixture, until in ends if now < until]


def page(items: Sequence[ItemT], number: int, size: int) -> Sequence[ItemT]:
    """A page of a list, pages counted from 1; nothing beyond the last one."""
    return items[(number - 1) * size : number * size]


def shown_anchor(fixture: AnchorFixture) -> AnchorResponse:
    """A figure as ListAnchor tells it, its id under both names (ALI-E58)."""
    width, height = ScaleType(fixture.cover_rate).canvas
    return AnchorResponse(
        ancho_id=fixture.id,
        sdk_anchor_id=fixture.id,
        anchor_material_name=fixture.name,
        anchor_type=fixture.anchor_type,
        cover_url=f"{_MATERIAL}/figures/{fixture.id}.png",
        cover_thumbnail_url=f"{_MATERIAL}/figures/{fixture.id}-small.png",
        cover_width=width,
        cover_height=height,
        cover_rate=fixture.cover_rate,
        status=AnchorStatus.USABLE,
        digital_human_type=fixture.digital_human_type,
        use_scene=UseScene.REAL_TIME_INTERACTIVITY,
        resource_type_desc=_ANCHOR_TIERS[fixture.tier],
        gender=fixture.gender,
        support_bg_change=fixture.support_bg_change,
        anchor_category=fixture.category or None,
    )


def shown_voice(fixture: VoiceFixture) -> VoiceModelResponse:
    """A voice as ListVoiceModels tells it."""
    return VoiceModelResponse(
        voice_id=fixture.id,
        voice_name=fixture.name,
        voice_model=f"voice-{fixture.id}",
        voice_gender=fixture.gender,
        voice_url=f"{_MATERIAL}/voices/{fixture.id}.wav",
        voice_language=fixture.language,
        voice_desc=f"{fixture.name}, {fixture.language}",
        voice_type=fixture.voice_type,
        use_scene=UseScene.REAL_TIME_INTERACTIVITY,
        resource_type_desc=_VOICE_TIERS[fixture.tier],
        tts_version=fixture.tts_version,
    )


def _matching(items: list[ItemT], wanted: Sequence[tuple[str, object]]) -> list[ItemT]:
    """The items whose attributes are as wanted; what was not asked for does not matter."""
    asked = [(name, value) for name, value in wanted if value is not UNSET]
    return [item for item in items if all(getattr(item, name) == value for name, value in asked)]
