"""A session of a running fake Guiji server on a connection made by hand: it does not come again, and answers nothing.

Only what the tests of faults and of bad days share may live here.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final

from avatarwire.fakeserver.guiji import FakeGuiji
from tests.fakeserver.guiji.running import RTMP, Http, human
from tests.fakeserver.mqtt.raw import Raw, publish

CREATE: Final = "openApi/live/createLiveSession"


def customer(fake: FakeGuiji) -> Http:
    http = Http(fake)
    http.log_in()
    return http


def opened(http: Http, fake: FakeGuiji) -> dict[str, Any]:
    """A session, no word of it said yet."""
    session: dict[str, Any] = http.data("POST", CREATE, liveId=fake.live_id, name="morning")
    return session


@contextmanager
def created(fake: FakeGuiji, session: dict[str, Any] | None = None) -> Generator[Raw]:
    """A session, or that one, whose client, on a connection made by hand, has just sent CreateNewSession."""
    http = customer(fake)
    session = session or opened(http, fake)
    (robot, *_) = http.data("GET", "openApi/robot/platformList")
    params = {
        "rule": "DTHumanLivestreamWithAudioRelay",
        "mode": "checkheartbeat",
        "videoSize": {"width": 1080, "height": 1920},
        "token": http.token,
        "resList": [human(robot["sceneList"][0]), RTMP],
        "playlist": list(fake.material_ids),
        "sessionId": session["sessionId"],
    }
    request = {"id": 1, "method": "CreateNewSession", "sender": session["topicSub"], "params": params}
    request |= {"sessionId": session["sessionId"], "liveId": fake.live_id, "token": http.token, "livePlatform": 3}
    with Raw(fake.mqtt_port) as client:
        client.login("x", (session["topicSub"], 0), user=fake.mqtt_user, password=fake.mqtt_password)
        client.send(publish(session["topicPub"], json.dumps(request).encode()))
        yield client


def told(client: Raw) -> dict[str, Any]:
    """The next message, as JSON."""
    packet = client.packet()
    return json.loads(packet[packet.index(b"{") :])  # type: ignore[no-any-return]
