"""The fake Aliyun server: projects, sessions, the twelve HTTP operations and the interaction socket."""

from avatarwire.fakeserver.extra import explained

try:
    from avatarwire.fakeserver.aliyun.scenario import (
        AccountFixture,
        AliyunScenario,
        AnchorFixture,
        Answer,
        AnswerFunction,
        ProjectFixture,
        Question,
        ResourceFixture,
        Transcript,
        VoiceFixture,
    )
    from avatarwire.fakeserver.aliyun.server import FakeAliyun
except ModuleNotFoundError as error:
    raise explained(__name__, error) from error

__all__ = [
    "AccountFixture",
    "AliyunScenario",
    "AnchorFixture",
    "Answer",
    "AnswerFunction",
    "FakeAliyun",
    "ProjectFixture",
    "Question",
    "ResourceFixture",
    "Transcript",
    "VoiceFixture",
]
