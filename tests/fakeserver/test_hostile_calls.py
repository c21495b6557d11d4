"""Calls that no transport would hand on, given to the surfaces themselves: nothing raises, and nothing fails inside."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final, TypeAlias

import pytest

from avatarwire.fakeserver.aliyun.http import AliyunHttp
from avatarwire.fakeserver.aliyun.scenario import AliyunScenario
from avatarwire.fakeserver.aliyun.state import AliyunState
from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.effects import HttpAnswer, HttpCall
from avatarwire.fakeserver.scenario import override
from tests.fakeserver.calls import answered
from tests.fakeserver.guiji.client import Client
from tests.fakeserver.sensetime.client import ROUTES, Fake
from tests.fakeserver.turns import LiveTurn

Surface: TypeAlias = tuple[Callable[[HttpCall], HttpAnswer], tuple[tuple[str, str], ...]]
"""What answers calls, and the headers by which it knows a caller."""


def aliyun() -> Surface:
    turn, scenario = LiveTurn(VirtualClock()), override(AliyunScenario(), verify_signatures=False)
    state = AliyunState(scenario, turn, socket_url=lambda asked: "ws://127.0.0.1:1", rng=random.Random(1))
    http = AliyunHttp(state, scenario)
    return (lambda call: answered(http, call, turn.now)), ()


def guiji() -> Surface:
    client = Client()
    return (lambda call: answered(client.http, call, client.clock.now())), (("token", client.token), ("source", "sdk"))


def sensetime() -> Surface:
    fake = Fake()
    return (lambda call: answered(fake.http, call, fake.clock.now())), (("Authorization", f"Bearer {fake.token}"),)


SURFACES: Final[dict[str, tuple[Callable[[], Surface], str, str]]] = {
    "aliyun": (aliyun, "/yic/yic-console/openService/v1/avatar/project/queryAvatarProject", "projectId"),
    "guiji": (guiji, "/live-manager/openApi/liveInfo/query", "id"),
    "sensetime": (sensetime, ROUTES["queryStat"][1], "sessionId"),
}


def hex_of(text: str) -> str:
    return f"{ord(text):x}"


@pytest.mark.parametrize("vendor", SURFACES)
@pytest.mark.parametrize("half", [chr(0xD800), chr(0xDCFF), chr(0xDFFF)], ids=hex_of)
def test_half_a_surrogate_pair_may_be_anywhere(vendor: str, half: str) -> None:
    surface, path, parameter = SURFACES[vendor]
    handle, known = surface()
    headers = (("Host", half), ("Origin", half), ("token", half), ("Authorization", half), (half, half))
    for call in (
        HttpCall("GET", path, f"{parameter}={half}", known),
        HttpCall("GET", path, f"{parameter}=1&{half}={half}", (*known, ("Host", half), ("Origin", half))),
        HttpCall("GET", path, f"{half}={half}", headers),
        HttpCall("GET", path + half, "", headers),
        HttpCall(half, path, "", headers, half.encode("utf-8", "surrogatepass")),
    ):
        answer = handle(call)
        assert "failure" not in answer.notes, call
        assert answer.body.decode()
