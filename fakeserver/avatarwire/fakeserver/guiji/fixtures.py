"""What there is to choose from by default: voices, presenters with their scenes, public materials.

Declarations and default values only; the values are made up. `resources.py` tells them to callers.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from msgspec import Meta

from avatarwire.fakeserver.scenario import ScenarioTable

__all__ = [
    "CATEGORIES",
    "CHANGE_VOICES",
    "CUSTOMIZED_ROBOTS",
    "CUSTOMIZED_SPEAKERS",
    "PLATFORM_ROBOTS",
    "PLATFORM_SPEAKERS",
    "PUBLIC_MATERIALS",
    "CategoryFixture",
    "ChangeVoiceFixture",
    "PublicMaterialFixture",
    "RobotFixture",
    "SceneFixture",
    "SpeakerFixture",
]

Text: TypeAlias = Annotated[str, Meta(min_length=1)]
Id: TypeAlias = Annotated[int, Meta(ge=1, le=2**63 - 1)]


class SpeakerFixture(ScenarioTable, kw_only=True, frozen=True):
    """A voice (3.8, 3.9)."""

    id: Id
    speaker: Annotated[str, Meta(min_length=1, description="ttsSpeaker")]
    name: Text
    source: Annotated[int, Meta(ge=0, le=2**31 - 1, description="ttsSource")] = 10
    introduction: str = "clear|friendly"
    category: str = "general"
    languages: tuple[Literal["cn", "en"], ...] = ("cn",)
    ssml_flag: bool = False
    f0up_key_flag: bool = False
    user_category: str = "standard"


class SceneFixture(ScenarioTable, kw_only=True, frozen=True):
    """A scene of a presenter (3.10, 3.11)."""

    code: Text
    name: Text
    scene_type: Annotated[Literal[0, 1, 2], Meta(description="0 basic, green screen; 1 VIP; 2 live (GJ-R038)")] = 2
    proportion: Literal["16:9", "9:16"] = "9:16"
    posture: Annotated[Literal["0", "1", "2"], Meta(description="0 other, 1 standing, 2 sitting")] = "1"
    duration: Annotated[int, Meta(ge=0, description="seconds")] = 60


class RobotFixture(ScenarioTable, kw_only=True, frozen=True):
    """A presenter (3.10, 3.11)."""

    id: Id
    code: Text
    name: Text
    desc: str = ""
    scenes: tuple[SceneFixture, ...] = ()


class ChangeVoiceFixture(ScenarioTable, kw_only=True, frozen=True):
    """A voice that a voice can be converted to (3.12)."""

    id: Id
    code: Annotated[str, Meta(min_length=1, description="speakerCode, for changeVoiceSpeaker (GJ-E32)")]
    name: Text


class CategoryFixture(ScenarioTable, kw_only=True, frozen=True):
    """A category of public materials (3.14)."""

    id: Id
    code: Text
    name: Text
    parent_code: Annotated[str, Meta(description="empty for a root (GJ-R062)")] = ""


class PublicMaterialFixture(ScenarioTable, kw_only=True, frozen=True):
    """A public material (3.15)."""

    id: Id
    code: Text
    name: Text
    category_code: Text
    file_type: str = "png"


PLATFORM_SPEAKERS: Final = (
    SpeakerFixture(id=1, speaker="platform-lin", name="Lin", f0up_key_flag=True),
    SpeakerFixture(id=2, speaker="platform-bo", name="Bo", ssml_flag=True, introduction="calm|male"),
    SpeakerFixture(id=3, speaker="platform-amy", name="Amy", source=11, languages=("cn", "en")),
)
CUSTOMIZED_SPEAKERS: Final = (SpeakerFixture(id=51, speaker="house-voice", name="house voice", source=20),)

PLATFORM_ROBOTS: Final = (
    RobotFixture(
        id=101,
        code="810001",
        name="Lin",
        desc="presenter of the platform",
        scenes=(
            SceneFixture(code="910001", name="Lin before green", scene_type=0),
            SceneFixture(code="910002", name="Lin in the studio", scene_type=2, posture="2", duration=120),
            SceneFixture(code="910003", name="Lin at large", scene_type=1, proportion="16:9", posture="0"),
        ),
    ),
    RobotFixture(
        id=102,
        code="810002",
        name="Bo",
        scenes=(SceneFixture(code="910011", name="Bo in the studio", proportion="16:9"),),
    ),
)
CUSTOMIZED_ROBOTS: Final = (
    RobotFixture(
        id=201,
        code="820001",
        name="house presenter",
        scenes=(
            SceneFixture(code="920001", name="at the desk", posture="2"),
            SceneFixture(code="920002", name="before green", scene_type=0, proportion="16:9"),
        ),
    ),
)
CHANGE_VOICES: Final = (
    ChangeVoiceFixture(id=301, code="convert-1", name="deep"),
    ChangeVoiceFixture(id=302, code="convert-2", name="bright"),
)
CATEGORIES: Final = (
    CategoryFixture(id=401, code="backgrounds", name="backgrounds"),
    CategoryFixture(id=402, code="studio", name="studio", parent_code="backgrounds"),
    CategoryFixture(id=403, code="festive", name="festive", parent_code="backgrounds"),
    CategoryFixture(id=404, code="stickers", name="stickers"),
)
PUBLIC_MATERIALS: Final = (
    PublicMaterialFixture(id=501, code="studio-blue", name="blue studio", category_code="studio"),
    PublicMaterialFixture(id=502, code="studio-warm", name="warm studio", category_code="studio"),
    PublicMaterialFixture(id=503, code="lanterns", name="lanterns", category_code="festive"),
    PublicMaterialFixture(id=504, code="thumb", name="thumb up", category_code="stickers", file_type="gif"),
)
