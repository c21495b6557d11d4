"""The fake SenseTime server: lives and takeovers over HTTP, the microphone socket, callbacks, the user centre."""

from avatarwire.fakeserver.extra import explained

try:
    from avatarwire.fakeserver.sensetime.scenario import (
        AccountFixture,
        AnswerFunction,
        NlpFunction,
        NlpQuestion,
        SenseTimeScenario,
        SpokenQuestion,
    )
    from avatarwire.fakeserver.sensetime.server import FakeSenseTime
except ModuleNotFoundError as error:
    raise explained(__name__, error) from error

__all__ = [
    "AccountFixture",
    "AnswerFunction",
    "FakeSenseTime",
    "NlpFunction",
    "NlpQuestion",
    "SenseTimeScenario",
    "SpokenQuestion",
]
