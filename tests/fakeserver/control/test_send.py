"""Any message of the server can be pushed now, in code and by the endpoint, whatever the conversation is at."""

from __future__ import annotations

import json
from typing import Any, Final

import httpx
import pytest
from websockets.sync.client import connect

from avatarwire.codecs.errors import ValidationError
from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeServerError, UnknownError, VirtualClock
from tests.codecs.aliyun import frame_samples as frames
from tests.codecs.guiji import rpc_samples as rpc
from tests.fakeserver.aliyun.running import Line as AliyunLine
from tests.fakeserver.aliyun.running import start
from tests.fakeserver.control.calls import Caller
from tests.fakeserver.guiji.running import Http, Line
from tests.fakeserver.sensetime.running import customer, receiving

ALIYUN: Final = [each for each in (*frames.SAMPLES, frames.DRIVE_REPLY) if each.sender != "client"]
GUIJI: Final = [each for each in rpc.SAMPLES if each.sender == "server"]
EOF: Final = {"service": "asr", "type": "eof", "status": "ok", "trace": "t-1", "query": "hello"}


@pytest.mark.parametrize("sample", ALIYUN, ids=lambda sample: sample.message_id)
def test_any_frame_of_the_server_is_pushed(fake: FakeAliyun, sample: frames.Sample) -> None:
    session = start(fake)
    with connect(session.url, proxy=None) as socket:
        line = AliyunLine(socket, session)
        fake.send(sample.message_id, json.loads(sample.text or "{}"), session=session.id)
        data = line.raw()
    assert data[11:].decode() == (sample.text or "")
    assert fake.journal.expect_sync(sample.message_id, direction="out").raw == data


def test_what_names_the_session_is_filled_in(fake: FakeAliyun, caller: Caller) -> None:
    session = start(fake)
    with connect(session.url, proxy=None) as socket:
        line = AliyunLine(socket, session)
        caller.post("/v1/aliyun/send", {"message": "session.force_close", "session": session.id})
        assert line.hear("session.force_close").content == {"sessionId": session.id}
        caller.post(
            "/v1/aliyun/send",
            {"message": "session.force_close", "session": session.id, "body": {"sessionId": "another"}},
        )
        assert line.hear("session.force_close").content == {"sessionId": "another"}


def test_rules_act_on_what_is_pushed(fake: FakeAliyun) -> None:
    session = start(fake)
    with connect(session.url, proxy=None) as socket:
        line = AliyunLine(socket, session)
        with fake.faults.add(do="set", message="session.recovering", fields={"sessionId": "changed"}):
            fake.send("session.recovering", session=session.id)
        assert line.hear("session.recovering").content == {"sessionId": "changed"}


def test_in_code_what_is_wrong_is_an_error(fake: FakeAliyun) -> None:
    session = start(fake)
    with pytest.raises(UnknownError, match=r"did you mean session\.recovering\?"):
        fake.send("session.recoverin", session=session.id)
    with pytest.raises(UnknownError, match="no session nobody"):
        fake.send("session.recovering", session="nobody")
    with pytest.raises(FakeServerError, match="no socket is open"):
        fake.send("session.recovering", session=session.id)
    with pytest.raises(FakeServerError, match="is sent by the client"):
        fake.send("interrupt.request", session=session.id)
    with pytest.raises(ValidationError):
        fake.send("general.message", {"code": []}, session=session.id)


def opened(fake: FakeGuiji) -> tuple[dict[str, Any], str]:
    """A session that is made, and a token."""
    http = Http(fake)
    http.log_in()
    return http.data("POST", "openApi/live/createLiveSession", liveId=fake.live_id, name="n"), http.token


@pytest.mark.parametrize("sample", GUIJI, ids=lambda sample: sample.message)
def test_any_mqtt_message_of_the_server_is_published(sample: rpc.Sample) -> None:
    with FakeGuiji(clock=VirtualClock(), seed=7) as fake:
        session, token = opened(fake)
        with Line(fake, session, token) as line:
            line.answers_heartbeats = False
            fake.send(sample.message, sample.fields, session=line.session_id)
            entry = fake.journal.expect_sync(sample.message, direction="out", session=line.session_id)
            assert json.loads(entry.raw or b"") == sample.fields
            if sample.message != "HeartBeat":
                assert line.hear() == sample.fields


def test_a_notification_gets_an_id_and_its_session() -> None:
    with FakeGuiji(clock=VirtualClock(), seed=7) as fake:
        session, token = opened(fake)
        with Line(fake, session, token) as line:
            for number in (1, 2):
                body = {"params": {"state": "Destroy", "cause": "a test"}}
                fake.send("SessionState.Destroy", body, session=line.session_id)
                heard = line.hear()
                assert (heard["id"], heard["params"]["sessionId"]) == (number, line.session_id)


async def test_a_microphone_socket_gets_any_code() -> None:
    async with customer(clock=VirtualClock()) as service:
        session, token = await service.started()
        async with service.socket(session, token) as socket:
            service.fake.send("microphone.conflict", {}, session=session)
            assert await socket.hear() == {"code": 7, "message": "算法端接管冲突被拒绝"}
            with pytest.raises(FakeServerError, match="no page listens"):
                service.fake.send("interactive.asr.eof", EOF, session=session)


async def test_a_page_gets_any_of_the_seven_and_others() -> None:
    async with customer(clock=VirtualClock()) as service:
        session, token = await service.started()
        async with service.socket(session, token, page=True) as page:
            service.fake.send("interactive.asr.eof", EOF, session=session)
            assert await page.hear() == EOF
            other = {"service": "nlp", "type": "answer", "status": "fail", "trace": "t-2", "error": "none"}
            service.fake.send("SdkMessage", other, session=session)
            assert await page.hear() == other


async def test_a_callback_is_posted_as_any_other() -> None:
    async with receiving() as (url, got), customer(callback_url=url) as service:
        session, _ = await service.started()
        control = service.fake.control
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.post(
                f"{control.url}/v1/sensetime/send",
                json={"message": "CallbackBody", "session": session, "body": {"status": 9}},
                headers={"Authorization": f"Bearer {control.token}"},
            )
        assert answer.json()["done"] == "CallbackBody"
        while (body := await got.get())["status"] != 9:
            pass
        assert body == {"sessionId": session, "status": 9}
