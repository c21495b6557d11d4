"""What the tables of single sections ask of presenters and scenes beyond what all do (GJ-E16, GJ-E19, GJ-E21).

Only the differences between sections live here, as data, and their judging. What breaks one can be understood all the
same, so that it is a deviation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from ..core.findings import Finding, deviation
from ..message import Message
from ..rules import given
from .http_types import RobotVO

__all__ = ["SECTIONS", "Section"]


@dataclass(frozen=True, slots=True)
class Section:
    """What one section asks of presenters and their scenes.

    Attributes:
        number: of the section.
        robot, scene: wire names of fields that have to be there, each with the erratum that is told if not.
        omits: fields of a scene that the section does not have, likewise.
        rules: rule that says so, where there is one, by field.
    """

    number: str
    robot: Mapping[str, str]
    scene: Mapping[str, str] = field(default_factory=dict[str, str])
    omits: Mapping[str, str] = field(default_factory=dict[str, str])
    rules: Mapping[str, str] = field(default_factory=dict[str, str])

    def check(self, path: str, robots: Sequence[RobotVO]) -> tuple[Finding, ...]:
        """Judges the presenters of the list at a wire path."""
        return tuple(self._judged(path, robots))

    def _judged(self, path: str, robots: Sequence[RobotVO]) -> Iterator[Finding]:
        for at, robot in enumerate(robots):
            yield from self._missing(f"{path}[{at}]", robot, self.robot)
            for scene_at, scene in enumerate(robot.scene_list or ()):
                where = f"{path}[{at}].sceneList[{scene_at}]"
                yield from self._missing(where, scene, self.scene)
                there = given(scene)
                for name, erratum in self.omits.items():
                    if name in there:
                        yield deviation(erratum, f"{where}.{name}", f"{name} has no place in {self.number}")

    def _missing(self, where: str, part: Message, needs: Mapping[str, str]) -> Iterator[Finding]:
        there = given(part)
        for name, erratum in needs.items():
            if name not in there:
                rule = f" ({self.rules[name]})" if name in self.rules else ""
                expected = f"a value, as {self.number} requires{rule}"
                yield deviation(erratum, f"{where}.{name}", "required field is missing", expected)

    def schema(self) -> Mapping[str, Any]:
        """The same about a list of presenters, as JSON Schema."""
        scene: dict[str, Any] = {"required": list(self.scene), "properties": dict.fromkeys(self.omits, False)}
        for name in self.scene:
            scene["properties"][name] = {"not": {"type": "null"}}
        robot: dict[str, Any] = {name: {"not": {"type": "null"}} for name in self.robot}
        robot["sceneList"] = {**robot.get("sceneList", {}), "items": scene}
        return {"items": {"required": list(self.robot), "properties": robot}}


_ROBOT: Final = {"id": "GJ-E16", "sceneList": "GJ-E19"}
_NOT_HERE: Final = {"sceneType": "GJ-E21", "coverUrl": "GJ-E21"}
_LISTED: Final = Section(
    "3.10",
    {"id": "GJ-E16"},
    scene={"posture": "GJ-E19", "duration": "GJ-E19", "videoCoverUrl": "GJ-E19", "sceneType": "GJ-E21"},
    rules={"sceneType": "GJ-R038"},
)

SECTIONS: Final[Mapping[str, Section]] = MappingProxyType(
    {
        "3.2": Section("3.2", _ROBOT, omits=_NOT_HERE, rules={"sceneList": "GJ-R026", "id": "GJ-R026"}),
        "3.3": Section(
            "3.3",
            _ROBOT,
            scene={"videoCoverUrl": "GJ-E19"},
            omits=_NOT_HERE,
            rules={"videoCoverUrl": "GJ-R028", "sceneList": "GJ-R026", "id": "GJ-R026"},
        ),
        "3.4": Section("3.4", _ROBOT, omits=_NOT_HERE),
        "3.5": Section("3.5", _ROBOT, omits=_NOT_HERE),
        "3.5 table": Section("3.5", {}, scene={"duration": "GJ-E19"}),
        "3.10": _LISTED,
    }
)
"""The sections with presenters; 3.11 is as 3.10. What the table of 3.5 requires but its sample lacks is told apart."""
