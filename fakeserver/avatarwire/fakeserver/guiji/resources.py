"""What there is to choose from: voices, presenters, voices to convert to, public materials (3.8 to 3.15).

Only looking things up lives here; nothing in it changes. What there is, the scenario says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from avatarwire.codecs.guiji.http import (
    ChangeVoiceVO,
    MaterialCategoryVO,
    PublicMaterialVO,
    QueryPublicMaterialsRequest,
    RobotVO,
    SceneVO,
    TtsModelVo,
)
from avatarwire.fakeserver.guiji.fixtures import RobotFixture, SceneFixture, SpeakerFixture
from avatarwire.fakeserver.guiji.rooms import Room
from avatarwire.fakeserver.guiji.scenario import GuijiScenario

__all__ = ["Stock"]


class Stock:
    """Everything a scenario has to choose from, as answers tell it.

    Attributes:
        platform_speakers, customized_speakers: voices.
        platform_robots, customized_robots: presenters with their scenes.
        change_voices: voices to convert to; none where that is not enabled (GJ-R058).
    """

    def __init__(self, scenario: GuijiScenario) -> None:
        self._scenario: Final = scenario
        self._host: Final = scenario.media_host.rstrip("/")
        self.platform_speakers: Final = [self._speaker(item) for item in scenario.platform_speakers]
        # 3.9 has no id (GJ-R043).
        self.customized_speakers: Final = [
            self._speaker(item).replace(id=None) for item in scenario.customized_speakers
        ]
        self.platform_robots: Final = [self._robot(item) for item in scenario.platform_robots]
        self.customized_robots: Final = [self._robot(item) for item in scenario.customized_robots]
        self._covers: Final = _covers(scene for robot in self.robots for scene in robot.scene_list or ())
        self.change_voices: Final = [
            ChangeVoiceVO(
                id=item.id,
                speaker_code=item.code,
                speaker_name=item.name,
                tts_audition=f"{self._host}/voices/{item.code}.wav",
                tts_cover=f"{self._host}/voices/{item.code}.png",
            )
            for item in (scenario.change_voices if scenario.change_voice else ())
        ]

    @property
    def robots(self) -> Sequence[RobotVO]:
        """All presenters."""
        return [*self.platform_robots, *self.customized_robots]

    def covers(self, room: Room, code: str) -> Collection[str] | None:
        """The videos of a scene: of one that is listed, or that a presenter of a room has (GJ-R092).

        Returns:
            Its videoCoverUrl values, none where the room was given none; None for a scene that there is not.
        """
        listed = self._covers.get(code)
        own = _covers(scene for robot in room.robots for scene in robot.scene_list or ()).get(code)
        return None if listed is None and own is None else {*(listed or ()), *(own or ())}

    def speaker(self, source: int, speaker: str) -> TtsModelVo | None:
        """A voice by what requests name it with (GJ-R057)."""
        voices = (*self.platform_speakers, *self.customized_speakers)
        return next((voice for voice in voices if (voice.tts_source, voice.tts_speaker) == (source, speaker)), None)

    def has_change_voice(self, code: str) -> bool:
        """Whether a voice can be converted to that of this speakerCode (GJ-E32)."""
        return any(voice.speaker_code == code for voice in self.change_voices)

    def sample(self, speaker: str) -> str:
        """URL of a sample of a voice; nothing serves it."""
        return f"{self._host}/samples/{speaker}.wav"

    def categories(self, code: str | None) -> tuple[MaterialCategoryVO, ...]:
        """The category of a code, all of them without one (GJ-E41)."""
        return tuple(
            MaterialCategoryVO(id=item.id, parent_code=item.parent_code or None, name=item.name, code=item.code)
            for item in self._scenario.categories
            if not code or item.code == code
        )

    def public_materials(self, request: QueryPublicMaterialsRequest) -> list[PublicMaterialVO]:
        """Public materials of a category, or of those below a parent, whose name has a word in it (GJ-E42)."""
        below = {item.code for item in self._scenario.categories if item.parent_code == request.parent_code}
        return [
            PublicMaterialVO(
                id=item.id,
                category_code=item.category_code,
                name=item.name,
                code=item.code,
                file_url=f"{self._host}/materials/{item.code}.{item.file_type}",
                file_type=item.file_type,
                cover_url=f"{self._host}/materials/{item.code}-cover.png",
            )
            for item in self._scenario.public_materials
            if (not request.code or item.category_code == request.code)
            and (not request.parent_code or item.category_code in below)
            and (request.name or "") in item.name
        ]

    def _speaker(self, item: SpeakerFixture) -> TtsModelVo:
        return TtsModelVo(
            id=item.id,
            tts_name=item.name,
            tts_introduction=item.introduction,
            tts_speaker=item.speaker,
            tts_category=item.category,
            tts_audition=self.sample(item.speaker),
            tts_cover=f"{self._host}/voices/{item.speaker}.png",
            tts_source=item.source,
            languages=item.languages,
            ssml_flag=item.ssml_flag,
            f0up_key_flag=item.f0up_key_flag,
            user_category=item.user_category,
        )

    def _robot(self, item: RobotFixture) -> RobotVO:
        return RobotVO(
            id=item.id,
            cover_url=f"{self._host}/presenters/{item.code}.png",
            robot_desc=item.desc,
            robot_code=item.code,
            robot_name=item.name,
            scene_list=tuple(self._scene(scene) for scene in item.scenes),
        )

    def _scene(self, scene: SceneFixture) -> SceneVO:
        return SceneVO(
            scene_code=scene.code,
            proportion=scene.proportion,
            posture=scene.posture,
            duration=scene.duration,
            scene_name=scene.name,
            example_url=f"{self._host}/scenes/{scene.code}-example.mp4",
            video_cover_url=f"{self._host}/scenes/{scene.code}.mp4",
            scene_type=scene.scene_type,
            cover_url=f"{self._host}/scenes/{scene.code}.png",
        )


def _covers(scenes: Iterable[SceneVO]) -> Mapping[str, Collection[str]]:
    """The videoCoverUrl values of scenes, by sceneCode."""
    found: dict[str, set[str]] = {}
    for scene in scenes:
        found.setdefault(scene.scene_code, set()).update(filter(None, [scene.video_cover_url]))
    return found
