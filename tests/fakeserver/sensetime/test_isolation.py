"""What one account has made is neither seen nor touched by another: lives, takeovers, sockets, tokens."""

from __future__ import annotations

import json
import random
from typing import Any, Final

import pytest
from websockets.exceptions import InvalidStatus

from avatarwire.codecs.sensetime.wire.microphone_url import PATH as MICROPHONE_PATH
from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.effects import Accept, HttpCall, Incoming
from avatarwire.fakeserver.sensetime import AccountFixture
from avatarwire.fakeserver.sensetime.sockets import Sockets
from avatarwire.fakeserver.user_code import Guard
from tests.fakeserver.sensetime.client import APP_ID, APP_KEY, SCRIPT, SPEECH, Fake
from tests.fakeserver.sensetime.lines import BEGIN, codes
from tests.fakeserver.sensetime.running import customer
from tests.fakeserver.sensetime.test_token_store import signed

ACCOUNTS: Final = (
    AccountFixture(app_id=APP_ID, app_key=APP_KEY),
    AccountFixture(app_id="other-app", app_key="other-key"),
)
OTHER: Final = "other-app"

CALLS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("heartbeat", {}),
    ("startLive", {}),
    ("closeLive", {}),
    ("queryStat", {}),
    ("rtcAudienceToken", {"rtcChannelId": "any"}),
    ("takeoverCommandV1", {"param": json.dumps(SPEECH)}),
    ("takeoverCommand", {"param": json.dumps(SPEECH)}),
    ("takeoverQueue", {"param": json.dumps(SPEECH)}),
    ("takeoverReorder", {"commandTraceId": "t-1", "priority": 1}),
    ("takeoverCancel", {"commandTraceId": "t-1"}),
    ("takeoverQueueList", {}),
)
"""All that is asked about a live."""


@pytest.fixture
def fake() -> Fake:
    return Fake(accounts=ACCOUNTS)


@pytest.mark.parametrize(("operation", "fields"), CALLS, ids=[name for name, _ in CALLS])
def test_a_live_of_another_account_is_as_one_there_is_not(fake: Fake, operation: str, fields: dict[str, Any]) -> None:
    session = fake.started()
    fake.speak("takeoverCommand", session)
    other = fake.state.tokens.newest(OTHER)
    code, text = fake.refused(operation, {"sessionId": session, **fields}, token=other)
    assert (code, text) == (5, f"sessionId: no live {session} [ST-LIVE-11]")
    assert fake.refused(operation, {"sessionId": "nobody", **fields}, token=other) == (
        5,
        text.replace(session, "nobody"),
    )
    assert fake.status(session) == 2
    assert fake.queues[session].trace_ids() == ("t-1",)


def test_lists_have_the_lives_of_the_account(fake: Fake) -> None:
    other = fake.state.tokens.newest(OTHER)
    ended = fake.started()
    fake.ok("closeLive", {"sessionId": ended})
    running = fake.started()
    assert fake.ok("runningList", token=other) == []
    assert fake.ok("historyList", token=other)["result"] == []
    assert [row["sessionId"] for row in fake.ok("runningList")] == [running]


def test_a_refresh_token_is_one_of_its_own_app() -> None:
    fake = Fake(accounts=ACCOUNTS, refresh_seconds=0)
    granted = fake.ok("login", signed())["refreshToken"]
    told = {"grantType": "refreshToken"}
    foreign = fake.refused("refresh", {"appId": OTHER, **told}, token=granted)
    assert foreign == fake.refused("refresh", {"appId": OTHER, **told}, token="made-up")
    assert foreign[0] == 3
    assert fake.ok("refresh", {"appId": APP_ID, **told}, token=granted)["accessToken"]


# --- sockets ---


async def test_no_token_of_another_account_opens_a_socket() -> None:
    """ST-E02: neither its access token nor the sessionToken of its live."""
    async with customer(accounts=ACCOUNTS, microphone_token="either", clock=VirtualClock()) as service:
        session, own = await service.started()
        tokens = service.fake.state.tokens
        live = service.fake.state.lives.require(session, service.fake.scenario.accounts[0])
        foreign = (await service.call("createLive", tokens.newest(OTHER), param=json.dumps(SCRIPT)))["data"]
        for token in (tokens.newest(OTHER), foreign["sessionToken"]):
            async with service.socket(session, token) as socket:
                assert await socket.codes(1) == [1]
                assert (await socket.closed())[0] == 1008
            with pytest.raises(InvalidStatus):
                async with service.socket(session, token, page=True):
                    pass
        assert not live.speaking
        # The live's own speaker was not disturbed, and is not.
        async with service.socket(session, own) as socket:
            await socket.say(BEGIN)
            assert await socket.codes(1) == [2]
            async with service.socket(session, foreign["sessionToken"]) as intruder:
                assert await intruder.codes(1) == [1]
            assert live.speaking


def test_whoever_is_not_let_in_has_no_way_to_the_live(fake: Fake) -> None:
    """Not even between the answer and the end of the connection."""
    session = fake.started()
    now = fake.clock.now()
    sockets = Sockets(fake.state, fake.scenario, fake.turn, random.Random(8), Guard())
    query = f"clientType=BROWSER&sessionId={session}&Authorization=Bearer%20wrong"
    accepted = sockets.admit(HttpCall("GET", MICROPHONE_PATH, query, (), handshake=True), Incoming(), now)
    assert isinstance(accepted, Accept)
    talk = accepted.conversation
    assert codes(list(talk.opened(now))) == [1, ("close", 1008)]
    assert codes(list(talk.take(talk.read(BEGIN, now), now))) == [6]
    live = fake.state.lives.get(session)
    assert live is not None
    assert not live.speaking
