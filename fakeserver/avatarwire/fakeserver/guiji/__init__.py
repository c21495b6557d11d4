"""The fake Guiji server: rooms, materials, the HTTP operations and the conversation over MQTT."""

from avatarwire.fakeserver.extra import explained

try:
    from avatarwire.fakeserver.guiji.scenario import (
        AccountFixture,
        CategoryFixture,
        ChangeVoiceFixture,
        GuijiScenario,
        PublicMaterialFixture,
        RobotFixture,
        RoomFixture,
        SceneFixture,
        SpeakerFixture,
    )
    from avatarwire.fakeserver.guiji.server import FakeGuiji
except ModuleNotFoundError as error:
    raise explained(__name__, error) from error

__all__ = [
    "AccountFixture",
    "CategoryFixture",
    "ChangeVoiceFixture",
    "FakeGuiji",
    "GuijiScenario",
    "PublicMaterialFixture",
    "RobotFixture",
    "RoomFixture",
    "SceneFixture",
    "SpeakerFixture",
]
