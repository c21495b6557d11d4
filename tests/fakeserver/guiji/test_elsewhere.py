"""The fake with a broker elsewhere: it logs in there as one client among others, and everything else stays as it is."""

from __future__ import annotations

import hmac
from collections.abc import Iterator

import pytest

from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.effects import Delivery, Effect, Incoming, Publish
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.guiji import AccountFixture
from avatarwire.fakeserver.server import FakeServer
from avatarwire.fakeserver.transports.mqtt.broker import EmbeddedBroker
from tests.fakeserver.guiji.running import RTMP, Http, Line, Serve, human

CREATE = "openApi/live/createLiveSession"


class Relay(FakeServer):
    """A broker as any other: what is published reaches whoever listens."""

    def __init__(self) -> None:
        super().__init__("relay")
        self.broker = EmbeddedBroker(self, self._hub)

    async def _open(self) -> None:
        await self.broker.start()

    async def _close(self) -> None:
        await self.broker.stop()

    def authenticate(self, client_id: str, user: str | None, password: bytes | None) -> bool:
        return user == "shared" and hmac.compare_digest(password or b"", b"p@ss")

    def may_publish(self, user: str, topic: str) -> bool:
        return True

    def may_subscribe(self, user: str, topic_filter: str) -> bool:
        return True

    def read(self, delivery: Delivery, now: float) -> Incoming:
        return Incoming(packet=delivery)

    def take(self, received: Incoming, now: float) -> list[Effect]:
        delivery: Delivery = received.packet
        return [Publish(delivery.topic, delivery.data, delivery.qos, "", cause=received)]

    def url(self, password: str) -> str:
        return self.broker.url.replace("://", f"://shared:{password}@")


@pytest.fixture
def relay() -> Iterator[Relay]:
    with Relay() as relay:
        yield relay


def test_a_session_by_a_broker_elsewhere(serve: Serve, relay: Relay) -> None:
    fake = serve(broker=relay.url("p%40ss"), clock=VirtualClock())
    assert (fake.mqtt_url, fake.mqtt_port) == (relay.broker.url, relay.broker.port)
    http = Http(fake)
    login = http.log_in()
    # Clients are given the login of that broker.
    assert (login["mqttUser"], login["mqttPassword"]) == ("shared", "p@ss")
    (robot, *_) = http.data("GET", "openApi/robot/platformList")
    session = http.data("POST", CREATE, liveId=fake.live_id)
    with Line(fake, session, http.token) as line:
        made = line.answer(line.creation([human(robot["sceneList"][0]), RTMP], list(fake.material_ids)))
        assert made["result"]["message"] == "make sess complete!"
        assert [line.hear()["params"].get("state") for _ in range(3)] == ["StreamPlay", "Show", None]
        fake.advance(10.0)
        fake.journal.expect_sync("HeartBeat.reply")
        listed = line.answer(line.request("pushPlayListManager", {"action": "getPlayList"}))
        assert listed["result"]["ok"]
        fake.destroy(session["sessionId"], "maintenance")
        while (heard := line.hear())["params"].get("state") != "Destroy":
            pass
        assert heard["params"]["cause"] == "maintenance"
    assert fake.journal.violations(level="error") == []


def test_all_accounts_share_its_login(serve: Serve, relay: Relay) -> None:
    accounts = tuple(AccountFixture(app_id=name, app_secret="s", mqtt_user=name, mqtt_password=name) for name in "ab")
    fake = serve(broker=relay.url("p%40ss"), accounts=accounts)
    assert {account.mqtt_user for account in fake.scenario.accounts} == {"shared"}
    # Which of them has published, the broker does not tell; the session has its sender all the same.
    http = Http(fake)
    http.log_in()
    session = http.data("POST", CREATE, liveId=fake.live_id)
    with Line(fake, session, http.token) as line:
        stolen = line.request("DestroySession", {}) | {"sender": "1/topicSendClientother"}
        assert line.answer(stolen)["error"]["code"] == -32002


def test_a_broker_that_refuses_is_told_without_the_password(serve: Serve, relay: Relay) -> None:
    with pytest.raises(FakeServerError, match=f"127.0.0.1:{relay.broker.port}") as error:
        serve(broker=relay.url("secret"))
    assert "secret" not in str(error.value)
