"""What tests expect of running fakes: over all transports, in order, with sessions that are left behind."""

from __future__ import annotations

import json
from typing import Any

import aiomqtt
import httpx
import pytest

from avatarwire.codecs.aliyun import InterruptRequest, TextDriveRequest
from avatarwire.codecs.sensetime import callbacks
from avatarwire.fakeserver import (
    Entry,
    EvidenceLostError,
    ExpectationError,
    FakeAliyun,
    FakeGuiji,
    FakeSenseTime,
    Journal,
    VirtualClock,
    step,
)
from avatarwire.fakeserver.journal import Tally
from tests.fakeserver.test_clean import CREATE, called
from tests.fakeserver.test_pytest_plugin import run

pytest_plugins = ["pytester"]

START = "/yic/yic-console/openService/v1/avatar/project/startAvatarSession"


def started(fake: FakeAliyun, request: str = "rq-1") -> str:
    ids = {"projectId": fake.project_id, "requestId": request}
    answer: dict[str, Any] = httpx.post(fake.http_url + START, json=ids, trust_env=False).json()
    return str(answer["sessionId"])


async def test_http_and_then_mqtt() -> None:
    async with FakeGuiji() as fake, httpx.AsyncClient(base_url=fake.http_url, trust_env=False) as client:
        key = {"appId": fake.app_id, "appSecret": fake.app_secret}
        token = (await client.post("/live-manager/open/accessToken", json=key)).json()["data"]
        headers = {"token": token["token"], "source": "sdk"}
        live = {"liveId": fake.live_id, "name": "evening"}
        made = await client.post("/live-manager/openApi/live/createLiveSession", json=live, headers=headers)
        session = made.json()["data"]
        assert fake.leaks()[0].startswith(
            f"session {session['sessionId']} lives, begun by #3 createLiveSession.request on c"
        )
        login = {"username": token["mqttUser"], "password": token["mqttPassword"]}
        async with aiomqtt.Client(fake.mqtt_host, fake.mqtt_port, **login) as mqtt:
            await mqtt.subscribe(session["topicSub"])
            about = {"sessionId": session["sessionId"]}
            request = {"id": 1, "method": "DestroySession", "sender": session["topicSub"], "params": about, **about}
            await mqtt.publish(session["topicPub"], json.dumps(request))
            made_, asked, told = await fake.journal.expect_sequence(
                "createLiveSession.response",
                step("DestroySession.request", body={"id": 1, "params.sessionId": session["sessionId"]}),
                step("DestroySession.result", direction="out", within=5.0),
                session=session["sessionId"],
            )
        assert (made_.transport, asked.transport, told.transport) == ("http", "mqtt", "mqtt")
        assert fake.leaks() == []
        fake.assert_clean()


def test_callbacks_are_on_the_same_timeline() -> None:
    with FakeSenseTime(clock=VirtualClock(), callback_url="http://127.0.0.1:9/") as fake:  # nobody is there
        live = called(fake, CREATE, param=fake.param)["sessionId"]
        called(fake, "/api/2dvh/v1/material/live/channel/start", sessionId=live)
        param = json.dumps({"tts_query": {"content": "Now for the weather.", "ssml": False}})
        called(fake, "/api/2dvh/v1/material/live/channel/command/queue", sessionId=live, param=param)
        fake.advance(30)
        made, told = fake.journal.expect_sequence_sync(
            "createLive.request",
            step(callbacks.CallbackBody, transport="callback"),
            session=live,
            within=1.0,
            timeout=0,
        )
        assert (made.transport, told.transport) == ("http", "callback")
        with pytest.raises(ExpectationError, match="it broke at step 2 of 2"):
            fake.journal.expect_sequence_sync("createLive.request", "closeLive.request", session=live, timeout=0)


def test_only_sessions_that_live_are_left_behind() -> None:
    with FakeAliyun(clock=VirtualClock(), verify_signatures=False, line_seconds=600) as fake:
        first = started(fake)
        fake.advance(300)
        second = started(fake, "rq-2")
        lines = fake.leaks()
        assert [line.split()[1] for line in lines] == [first, second]
        assert "begun by #3 StartAvatarSession.request on c2, 300.000 s after the start" in lines[1]
        fake.advance(300)  # the first one's line has run out
        assert [line.split()[1] for line in fake.leaks()] == [second]
        fake.advance(300)
        assert fake.leaks() == []


def test_where_they_began_is_known_although_entries_were_dropped() -> None:
    with FakeAliyun(verify_signatures=False, journal_bytes=10_000) as fake:
        session = started(fake)
        for _ in range(100):
            fake.journal.note("something else")
        with pytest.raises(EvidenceLostError):
            fake.journal.expect_none("StopAvatarSession.request")
        assert f"session {session} lives, begun by #1 StartAvatarSession.request on c1" in fake.leaks()[0]


def test_types_are_those_of_the_messages() -> None:
    """Checked by pyright and mypy, which read this test."""
    journal: Journal = FakeAliyun().journal
    none: list[Entry[TextDriveRequest]] = journal.expect_count(TextDriveRequest, exactly=0)
    assert none == []
    plain: list[Entry] = journal.expect_count("text_drive.request", exactly=0)
    tallies: list[Tally] = journal.violation_summary()
    assert plain == []
    assert tallies == []
    journal.add("ws", "in", "interrupt.request", body=InterruptRequest(session_id="s-1"))
    entry: Entry[InterruptRequest] = journal.expect_sync(InterruptRequest, within=1.0, timeout=0)
    several: list[Entry[InterruptRequest]] = journal.expect_sync(InterruptRequest, count=1, within=1.0, timeout=0)
    assert entry.body.session_id == several[0].body.session_id == "s-1"


PROJECT = """
    import pytest
    from avatarwire.fakeserver.journal import Violation

    @pytest.mark.parametrize("clauses", [["ALI-R001"], []])
    @pytest.mark.avatarwire(allow=["ALI-R001"])
    def test_breaks(aliyun_fake, clauses):
        for number in range(1001):
            for clause in clauses:
                aliyun_fake.journal.note("x", session=f"s-{number}", violations=(Violation(clause, "", "wrong"),))
"""


OFTEN = """
    import pytest
    from avatarwire.fakeserver.journal import Violation

    @pytest.mark.parametrize("last", ["ALI-R001", "ALI-R002"])
    @pytest.mark.avatarwire(allow=["ALI-R001"], fail_on_violations=True)
    def test_breaks(aliyun_fake, last):
        for clause in ["ALI-R001"] * 1001 + [last]:
            aliyun_fake.journal.note("x", session="s-1", violations=(Violation(clause, "", "wrong"),))
"""


@pytest.mark.usefixtures("no_other_plugins")
def test_what_may_be_broken_may_be_so_more_often_than_is_kept(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(OFTEN)
    result = run(pytester)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["the client broke 1 rules of the document:", "*#1002 note: ALI-R002 error: wrong"])


@pytest.mark.parametrize(("ini", "failed"), [("true", 1), ("false", 0)])
@pytest.mark.usefixtures("no_other_plugins")
def test_a_test_is_not_passed_on_violations_that_were_not_kept(
    pytester: pytest.Pytester, ini: str, failed: int
) -> None:
    pytester.makeini(f"[pytest]\navatarwire_fail_on_violations = {ini}")
    pytester.makepyfile(PROJECT)
    result = run(pytester)
    result.assert_outcomes(passed=2 - failed, failed=failed)
    if failed:
        result.stdout.fnmatch_lines(["cannot tell which rules the client broke, as more came than a journal keeps"])
