"""Live rooms: made, changed and read (3.2 to 3.5), and the materials that belong to each.

Only the rooms live here; what a material is, `materials.py` says. Nothing deletes a room (GJ-E55).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from avatarwire.codecs.core.json_codec import JsonCodec
from avatarwire.codecs.guiji.http import CreateLiveRequest, LiveInfoVO, RobotVO, UpdateLiveRequest
from avatarwire.codecs.guiji.http_enums import MaterialType
from avatarwire.fakeserver.counting import Numbers
from avatarwire.fakeserver.guiji.errors import no_room, refused
from avatarwire.fakeserver.guiji.materials import Material
from avatarwire.fakeserver.guiji.scenario import AccountFixture, GuijiScenario, RoomFixture
from avatarwire.fakeserver.guiji.snapshot import SavedRoom
from avatarwire.fakeserver.scenario import ScenarioError
from avatarwire.fakeserver.snapshot import Resuming, broken, indexed, message, of

__all__ = ["Room", "Rooms"]

_FIRST_ID: Final = 100001
_FIRST_ROBOT_ID: Final = 900001
_ROBOT: Final = JsonCodec(RobotVO, vendor="guiji", message="RobotVO")


@dataclass(slots=True, eq=False)
class Room:
    """One live room.

    Attributes:
        id: as callers name it.
        account: whose it is.
        name, cutin_flag: as it was made or changed last.
        robots: its presenters, each with an id.
        materials: what can be played in it, by id.
    """

    id: int
    account: AccountFixture
    name: str
    cutin_flag: bool
    robots: tuple[RobotVO, ...] = ()
    materials: dict[int, Material] = field(default_factory=dict[int, Material])

    @property
    def presenters(self) -> str:
        """Names of the presenters in one text, as live records have them."""
        return ",".join(robot.robot_name for robot in self.robots)

    def materials_of(self, kind: MaterialType | None) -> list[Material]:
        """Its materials, of one kind if one is given, the oldest first."""
        return [item for item in self.materials.values() if kind is None or item.kind is kind]

    def shown(self) -> LiveInfoVO:
        """The room as queries tell it: what was sent is returned (GJ-E19)."""
        return LiveInfoVO(id=self.id, cutin_flag=self.cutin_flag, live_name=self.name, robot_list=self.robots)


class Rooms:
    """All live rooms of a fake server. An account sees its own only.

    Args:
        scenario: rooms that exist from the start, and how many there may be.
        robots: presenters that the scenario's rooms may name.

    Raises:
        ScenarioError: a room of the scenario is listed twice, or names a presenter that there is not.
    """

    def __init__(self, scenario: GuijiScenario, robots: Sequence[RobotVO]) -> None:
        self._scenario: Final = scenario
        self._rooms: dict[int, Room] = {}
        self._of: dict[str, list[Room]] = {account.app_id: [] for account in scenario.accounts}
        self._ids: Final = Numbers(_FIRST_ID)
        self._robot_ids: Final = Numbers(_FIRST_ROBOT_ID)
        by_code = {robot.robot_code: robot for robot in robots}
        for at, fixture in enumerate(scenario.rooms):
            self._add_fixture(f"guiji.rooms[{at}]", fixture, by_code)

    def create(self, request: CreateLiveRequest, account: AccountFixture) -> Room:
        """A new room.

        Raises:
            Refusal: the account has as many as it may have.
        """
        if len(self.of(account)) >= self._scenario.max_rooms:
            raise refused(f"no more than {self._scenario.max_rooms} live rooms")
        room_id = next(number for number in self._ids if number not in self._rooms)
        room = Room(room_id, account, request.live_name, request.cutin_flag, self._stored(request.robot_list or ()))
        self._add(room)
        return room

    def update(self, request: UpdateLiveRequest, account: AccountFixture) -> None:
        """Changes a room: what is absent or null stays, an empty list of presenters clears it (GJ-E18).

        Raises:
            Refusal: no such room.
        """
        room = self.require(request.id, account, "id")
        if isinstance(request.cutin_flag, bool):
            room.cutin_flag = request.cutin_flag
        if isinstance(request.live_name, str):
            room.name = request.live_name
        if isinstance(request.robot_list, tuple):
            room.robots = self._stored(request.robot_list)

    def get(self, room_id: int) -> Room | None:
        """A room by its id, whosever it is."""
        return self._rooms.get(room_id)

    def require(self, room_id: int, account: AccountFixture, parameter: str = "liveId") -> Room:
        """A room of an account.

        Raises:
            Refusal: there is none, or it is another account's.
        """
        room = self._rooms.get(room_id)
        if room is None or room.account != account:
            raise no_room(parameter, room_id)
        return room

    def of(self, account: AccountFixture) -> Sequence[Room]:
        """The rooms of an account, the oldest first."""
        return self._of[account.app_id]

    def saved(self) -> tuple[list[SavedRoom], int, int]:
        """All of them, for a snapshot, and the ids of the next room and presenter."""
        rooms = [
            SavedRoom(
                id=room.id,
                app_id=room.account.app_id,
                name=room.name,
                cutin_flag=room.cutin_flag,
                robots=[robot.to_dict() for robot in room.robots],
                materials=[material.saved() for material in room.materials.values()],
            )
            for room in self._rooms.values()
        ]
        return rooms, self._ids.next, self._robot_ids.next

    def restored(
        self,
        saved: list[SavedRoom],
        next_ids: tuple[int, int],
        accounts: Mapping[str, AccountFixture],
        again: Resuming,
    ) -> Mapping[int, Room]:
        """Takes those of a snapshot in the place of its own, and gives them by their ids.

        Raises:
            SnapshotError: no such account, two rooms of one id, presenters or materials that are none.
        """
        self._ids.next, self._robot_ids.next = next_ids
        self._rooms.clear()
        for rooms in self._of.values():
            rooms.clear()
        for path, it in indexed("state.rooms", saved):
            if it.id in self._rooms:
                raise broken(f"{path}.id", "there are two of this id")
            account = of(accounts, it.app_id, f"{path}.app_id", "account")
            robots = tuple(message(_ROBOT, fields, where) for where, fields in indexed(f"{path}.robots", it.robots))
            room = Room(it.id, account, it.name, it.cutin_flag, robots)
            for where, material in indexed(f"{path}.materials", it.materials):
                room.materials[material.id] = Material.restored(material, room.id, again.at(material.created), where)
            self._add(room)
        return self._rooms

    def _add(self, room: Room) -> None:
        self._rooms[room.id] = room
        self._of[room.account.app_id].append(room)

    def _stored(self, robots: Sequence[RobotVO]) -> tuple[RobotVO, ...]:
        """Presenters as they are returned: each with an id (GJ-E16), scenes without what rooms do not have (GJ-E21)."""
        return tuple(
            robot.replace(
                id=next(self._robot_ids) if robot.id is None else robot.id,
                scene_list=tuple(scene.replace(scene_type=None, cover_url=None) for scene in robot.scene_list or ()),
            )
            for robot in robots
        )

    def _add_fixture(self, path: str, fixture: RoomFixture, robots: Mapping[str, RobotVO]) -> None:
        if fixture.id in self._rooms:
            raise ScenarioError("scenario", f"{path}.id", "listed twice")
        for code in fixture.robots:
            if code not in robots:
                raise ScenarioError("scenario", f"{path}.robots", f"no presenter has the code {code}")
        chosen = self._stored([robots[code] for code in fixture.robots])
        account = self._scenario.accounts[0]
        self._add(Room(fixture.id, account, fixture.name, fixture.cutin_flag, chosen))
