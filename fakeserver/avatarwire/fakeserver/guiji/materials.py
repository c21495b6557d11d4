"""Materials of live rooms: texts to speak and sounds (3.6, 3.7).

Only what a material is lives here, and how many there may be. A material can be played at once (GJ-E35); no sound is
fetched or made (GJ-E34).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from avatarwire.codecs.core.json_codec import JsonCodec
from avatarwire.codecs.guiji.http import MaterialVo, UploadMaterialRequest
from avatarwire.codecs.guiji.http_enums import MaterialType
from avatarwire.fakeserver.counting import Numbers
from avatarwire.fakeserver.guiji.errors import refused
from avatarwire.fakeserver.guiji.scenario import GuijiScenario
from avatarwire.fakeserver.guiji.snapshot import SavedMaterial
from avatarwire.fakeserver.snapshot import message

__all__ = ["Material", "Materials", "Shelf"]

_FIRST_ID: Final = 300001
_MILLISECONDS: Final = 1000
_REQUEST: Final = JsonCodec(UploadMaterialRequest, vendor="guiji", message="UploadMaterialRequest")


@dataclass(frozen=True, slots=True)
class Material:
    """One material.

    Attributes:
        id: as playlists name it (GJ-R052).
        room_id: the room it belongs to.
        request: how it was registered: kind, text and voice, or URL.
        created: epoch seconds.
    """

    id: int
    room_id: int
    request: UploadMaterialRequest
    created: float

    def saved(self) -> SavedMaterial:
        """The material, for a snapshot."""
        return SavedMaterial(id=self.id, request=self.request.to_dict(), created=self.created)

    @classmethod
    def restored(cls, saved: SavedMaterial, room_id: int, created: float, path: str) -> Material:
        """The material of a snapshot, in a room.

        Raises:
            SnapshotError: it is no request that registers one.
        """
        return cls(saved.id, room_id, message(_REQUEST, saved.request, f"{path}.request"), created)

    @property
    def kind(self) -> MaterialType:
        """AUDIO or TEXT."""
        return self.request.material_type

    @property
    def text(self) -> str:
        """Words to speak; empty for a sound."""
        return (self.request.text or "") if self.kind is MaterialType.TEXT else ""

    def seconds(self, scenario: GuijiScenario) -> float:
        """How long it plays (GJ-E35): a sound as the scenario says, a text by its characters."""
        if self.kind is MaterialType.AUDIO:
            return scenario.audio_seconds
        return max(scenario.shortest_text_seconds, len(self.text) / scenario.characters_per_second)


class Shelf(Protocol):
    """Where materials are kept: a room, as far as they need to know it."""

    @property
    def id(self) -> int:
        """The room's."""
        ...

    @property
    def materials(self) -> dict[int, Material]:
        """By id."""
        ...


class Materials:
    """Registers materials and tells of them.

    Args:
        scenario: how many there may be, how long sounds are.
        shown_time: writes a moment as answers do.
    """

    def __init__(self, scenario: GuijiScenario, shown_time: Callable[[float], str]) -> None:
        self._scenario: Final = scenario
        self._shown_time: Final = shown_time
        self._ids: Final = Numbers(_FIRST_ID)

    def add(self, room: Shelf, request: UploadMaterialRequest, now: float) -> Material:
        """A new material of a room.

        Raises:
            Refusal: the room has as many as it may have.
        """
        if len(room.materials) >= self._scenario.max_materials:
            raise refused(f"no more than {self._scenario.max_materials} materials in a live room")
        material = Material(next(self._ids), room.id, request, now)
        room.materials[material.id] = material
        return material

    @property
    def next_id(self) -> int:
        """Id of the next one."""
        return self._ids.next

    @next_id.setter
    def next_id(self, number: int) -> None:
        self._ids.next = number

    def shown(self, material: Material) -> MaterialVo:
        """A material as answers tell it (GJ-R054)."""
        request = material.request
        is_audio = material.kind is MaterialType.AUDIO
        return MaterialVo(
            id=material.id,
            material_type=material.kind.value,
            material_description=request.material_description,
            text=request.text,
            material_url=request.material_url,
            live_id=material.room_id,
            duration=round(self._scenario.audio_seconds * _MILLISECONDS) if is_audio else 0,
            created_time=self._shown_time(material.created),
        )
