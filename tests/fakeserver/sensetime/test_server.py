"""The fake as one object, over real sockets: whole lives, who may open a socket, commands, callbacks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from avatarwire.codecs.sensetime.messages.interactive import AsrFail, SdkMessage
from avatarwire.fakeserver import FakeSenseTime
from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.scenario import ScenarioError
from avatarwire.fakeserver.sensetime import AccountFixture, SpokenQuestion
from avatarwire.fakeserver.sensetime.behaviour import SenseTimeBehaviour
from tests.fakeserver.conftest import Tls
from tests.fakeserver.sensetime.client import SCRIPT
from tests.fakeserver.sensetime.lines import BEGIN, EOF, PCM
from tests.fakeserver.sensetime.running import LIMIT, customer, receiving

OTHER = AccountFixture(app_id="other-app", app_key="other-key")


async def test_a_live_from_its_creation_to_the_history() -> None:
    clock = VirtualClock()
    async with receiving() as (url, got), customer(clock=clock, callback_url=url) as service:

        async def called_back() -> Any:
            async with asyncio.timeout(LIMIT):
                body = await got.get()
            return body["status"], body.get("commandTraceId")

        session, token = await service.started()
        assert (await called_back())[0] == 35
        first = (await service.speak("takeoverCommand", session))["commandTraceId"]
        second = (await service.speak("takeoverQueue", session))["commandTraceId"]
        assert [await called_back() for _ in range(2)] == [(36, first), (34, second)]
        async with service.socket(session, token) as socket:
            service.fake.advance(60)
            assert await socket.codes(3) == [18, 19, 18]
            assert [await called_back() for _ in range(3)] == [(37, first), (36, second), (37, second)]
            await socket.say(BEGIN)
            assert await socket.codes(1) == [2]
            refused = await service.speak("takeoverCommand", session)
            assert refused == {"isSuccess": False}
            await socket.say(PCM, EOF)
            await service.fake.journal.expect("microphone.eof", timeout=LIMIT)
            third = (await service.speak("takeoverCommand", session))["commandTraceId"]
            assert await socket.hear() == {
                "code": 19,
                "message": "开始播放接管",
                "data": {"sessionId": session, "commandTraceId": third, "timestamp": int(clock.now())},
            }
            await service.data("closeLive", sessionId=session)
            assert await socket.closed() == (1000, "the live is over, its status is 5")
        assert [await called_back() for _ in range(2)] == [(36, third), (5, None)]
        history = await service.data("historyList")
        assert [row["sessionId"] for row in history["result"]] == [session]


async def test_a_talk_by_text_and_by_speech() -> None:
    async def answer(question: SpokenQuestion) -> str:
        return f"You said {question.text}"

    async with customer(clock=VirtualClock(), answer=answer, transcripts=("hello there",)) as service:
        session, token = await service.started(opening_words="Good morning.")
        async with service.socket(session, token, page=True) as page, service.socket(session, token) as microphone:
            assert (await page.hear())["text"] == "Good morning."
            await page.say('{"text":"hi"}')
            # The answer cuts the opening line short.
            heard = [await page.hear() for _ in range(5)]
            assert [it["service"] for it in heard] == ["asr", "asr", "record", "nlp", "command"]
            assert heard[3]["answer"] == "You said hi"
            await microphone.say(BEGIN)
            # What the avatar says is no takeover by HTTP, of which codes 18 and 19 are.
            assert [(await page.hear())["service"], *(await microphone.codes(1))] == ["command", 2]
            await microphone.say(PCM[:64], EOF)
            heard = [await page.hear() for _ in range(4)]
            assert (heard[0]["query"], heard[3]["answer"]) == ("hello there", "You said hello there")
            await service.data("closeLive", sessionId=session)
            assert await page.closed() == (1000, "the live is over, its status is 5")


async def test_every_page_hears_everything() -> None:
    async with customer() as service:
        session, token = await service.started()
        async with service.socket(session, token, page=True) as one:
            async with service.socket(session, token, page=True) as two:
                await one.say("garbage")
                assert await one.hear() == await two.hear()
                assert [(await it.hear())["service"] for it in (one, two)] == ["record", "record"]
            service.fake.push(session, AsrFail(trace="t-1", error="too loud"))
            assert (await one.hear())["error"] == "too loud"


@pytest.mark.parametrize(("service_", "type_"), [("nlp", "answer"), ("asr", "text"), ("opening", "answer")])
async def test_a_message_beyond_the_seven_can_be_pushed(service_: str, type_: str) -> None:
    """ST-E124: fail on demand."""
    async with customer() as service:
        session, token = await service.started()
        async with service.socket(session, token, page=True) as page:
            message = SdkMessage(service=service_, type=type_, status="fail", trace="t-1", error="no answer")
            service.fake.push(session, message)
            fields = {"service": service_, "type": type_, "status": "fail", "trace": "t-1", "error": "no answer"}
            assert await page.hear() == fields
        (pushed,) = service.fake.journal.entries(direction="out", transport="ws")
        assert pushed.body == message


# --- who may open a socket ---


@pytest.mark.parametrize(
    ("authorization", "erratum"),
    [("Bearer%20{}", None), ("Bearer+{}", "ST-E03"), ("{}", "ST-E03"), ("bearer%20{}", "ST-E01")],
)
async def test_every_documented_form_of_the_token_opens_the_socket(authorization: str, erratum: str | None) -> None:
    """ST-E03."""
    async with customer() as service:
        session, token = await service.started()
        query = f"Authorization={authorization.format(token)}&sessionId={session}&clientType=BROWSER"
        async with connect(f"{service.fake.ws_url}?{query}", proxy=None) as connection:
            await connection.send(BEGIN)
            assert json.loads(await connection.recv())["code"] == 2
        found = [(it.clause, it.level) for it in service.fake.journal.violations()]
        assert found == ([] if erratum is None else [(erratum, "warning")])
        [asked] = service.fake.journal.entries("handshake.websocket", direction="in")
        assert (asked.session, asked.deviations) == (session, () if erratum is None else (erratum,))


@pytest.mark.parametrize("token", ["wrong", "x" * 64, "账号"])
async def test_a_wrong_token_is_told_by_code_1(token: str) -> None:
    """ST-MIC-08."""
    async with customer() as service:
        session, _ = await service.started()
        async with service.socket(session, token) as socket:
            assert await socket.hear() == {"code": 1, "message": "认证失败"}
            assert await socket.closed() == (1008, "authentication failed")
        (found,) = service.fake.journal.violations()
        assert (found.clause, found.message, found.session) == ("ST-MIC-04", "handshake.websocket", session)
        [asked] = service.fake.journal.entries("handshake.websocket", direction="in")
        assert [it.clause for it in asked.violations] == ["ST-MIC-04"], "it stands with the handshake itself"


async def test_the_access_token_opens_the_socket_only_where_it_may() -> None:
    """ST-E02."""
    for which, code in (("session", 1), ("either", 2)):
        async with customer(microphone_token=which, accounts=({"app_id": "a", "app_key": "k"}, OTHER)) as service:
            session, _ = await service.started()
            async with service.socket(session, service.fake.access_token) as socket:
                if code == 2:
                    await socket.say(BEGIN)
                assert await socket.codes(1) == [code]
            async with service.socket(session, service.fake.state.tokens.newest("other-app")) as socket:
                assert await socket.codes(1) == [1]


async def test_a_live_that_is_none_is_told_by_code_6() -> None:
    async with customer() as service, service.socket("no-such-live", "whatever") as socket:
        await socket.say(BEGIN, EOF)
        assert await socket.codes(1) == [6]


async def refused(url: str) -> tuple[int, Any]:
    """Status and body of a handshake that is refused."""
    with pytest.raises(InvalidStatus) as caught:
        async with connect(url, proxy=None):
            pass
    return caught.value.response.status_code, json.loads(caught.value.response.body or b"null")


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("", "clientType"),
        ("clientType=BROWSER&Authorization=x", "sessionId"),
        ("clientType=BROWSER&sessionId=&Authorization=x", "sessionId"),
        ("clientType=PHONE&sessionId=s&Authorization=x", "clientType"),
        ("clientType=BROWSER&sessionId=s&sessionId=s&Authorization=x", "sessionId"),
        ("clientType=BROWSER&sessionId=%ff&Authorization=x", "sessionId"),
    ],
)
async def test_a_query_that_is_none_is_refused_with_the_place(query: str, path: str) -> None:
    """ST-MIC-02, ST-E59."""
    async with customer() as service:
        status, body = await refused(f"{service.fake.ws_url}?{query}")
        assert (status, body["code"]) == (400, 10_001)
        assert path in body["message"]
        assert await service.data("runningList") == []


async def test_another_client_type_is_let_in_where_it_may() -> None:
    async with customer(any_client_type=True) as service:
        session, token = await service.started()
        async with service.socket(session, token, client_type="PHONE") as socket:
            await socket.say(BEGIN)
            assert await socket.codes(1) == [2]


@pytest.mark.parametrize("query", ["clientType=BROWSER&sessionId=s", "clientType=BROWSER&sessionId=s&Authorization="])
async def test_no_token_is_told_by_code_1(query: str) -> None:
    async with customer() as service, connect(f"{service.fake.ws_url}?{query}", proxy=None) as connection:
        assert json.loads(await connection.recv())["code"] == 1


async def test_pages_are_refused_by_status() -> None:
    async with customer() as service:
        session, token = await service.started()
        where = f"{service.fake.interactive_url}?clientType=BROWSER"
        assert (await refused(f"{where}&sessionId={session}"))[0] == 400
        async with connect(f"{where.partition('?')[0]}?sessionId={session}&Authorization={token}", proxy=None):
            pass
        status, body = await refused(f"{where}&sessionId={session}&Authorization=wrong")
        assert (status, body["code"]) == (401, 10_002)
        status, body = await refused(f"{where}&sessionId=none&Authorization={token}")
        assert (status, body["code"]) == (404, 10_005)


async def test_a_plain_call_of_a_socket_is_refused() -> None:
    async with customer() as service, httpx.AsyncClient(trust_env=False) as calls:
        answer = await calls.get(service.fake.http_url + service.fake.ws_url.partition(str(service.fake.port))[2])
        assert (answer.status_code, answer.json()["code"]) == (400, 10_001)


async def test_a_second_microphone_takes_the_place_of_the_first() -> None:
    """ST-E62."""
    async with customer() as service:
        session, token = await service.started()
        async with service.socket(session, token) as one:
            await one.say(BEGIN)
            assert await one.codes(1) == [2]
            async with service.socket(session, token) as two:
                assert await one.codes(1) == [4]
                assert await one.closed() == (1000, "replaced by a newer connection")
                await two.say(BEGIN)
                assert await two.codes(1) == [2]


async def test_a_second_microphone_may_be_refused() -> None:
    async with customer(second_microphone="refuse") as service:
        session, token = await service.started()
        async with service.socket(session, token):
            query = f"clientType=BROWSER&sessionId={session}&Authorization={token}"
            status, body = await refused(f"{service.fake.ws_url}?{query}")
            assert (status, body["code"]) == (409, 10_007)
        asked, answer = service.fake.journal.entries("handshake.websocket", session=session)[-2:]
        assert (answer.direction, answer.status, answer.reply_to) == ("out", 409, asked.seq)
        assert [it.clause for it in asked.violations] == ["ST-E03"]


async def test_a_message_that_is_too_large_closes_the_socket() -> None:
    async with customer(max_frame_bytes=1024) as service:
        session, token = await service.started()
        async with service.socket(session, token) as socket:
            await socket.say(b"\x80" * 1024)
            assert await socket.codes(1) == [5]
            await socket.say(b"\x80" * 1025)
            assert (await socket.closed())[0] == 1009


# --- commands ---


async def test_the_server_can_stop_and_fail_the_speech() -> None:
    async with customer() as service:
        session, token = await service.started()
        with pytest.raises(FakeServerError, match="nobody has a microphone socket"):
            service.fake.stop_speech(session)
        async with service.socket(session, token) as socket:
            for command, code in ((service.fake.stop_speech, 4), (service.fake.fail_speech, 5)):
                await socket.say(BEGIN)
                assert await socket.codes(1) == [2]
                command(session)
                assert await socket.codes(1) == [code]
                assert not service.fake.live(session).speaking


async def test_the_server_can_end_lives() -> None:
    async with customer() as service:
        fake = service.fake
        (lost, _), (failed, _) = await service.started(), await service.started()
        for wrong in ("\ud800", 5):
            with pytest.raises(FakeServerError, match="result: expected text"):
                fake.close_live(lost, 50, wrong)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
            with pytest.raises(FakeServerError, match="result: expected text"):
                fake.fail_live(failed, wrong)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
        assert [fake.live(it).status for it in (lost, failed)] == [2, 2]
        fake.close_live(lost)
        fake.fail_live(failed)
        assert [(await service.data("queryStat", sessionId=it))["status"] for it in (lost, failed)] == [50, 9]
        with pytest.raises(FakeServerError, match="is over"):
            fake.close_live(lost)
        with pytest.raises(FakeServerError, match=r"^status: expected a status that a live ends with: 5, .*, got 35$"):
            fake.close_live(lost, 35)
        with pytest.raises(FakeServerError, match=r"^status: 97 is answered by createLive alone"):
            fake.close_live(lost, 97)
        commands: tuple[Callable[[str], Any], ...] = (fake.close_live, fake.live, fake.stop_speech)
        for command in commands:
            with pytest.raises(FakeServerError, match="no live nobody"):
                command("nobody")
        with pytest.raises(FakeServerError, match="no live nobody"):
            fake.push("nobody", AsrFail(trace="t", error="e"))
        with pytest.raises(FakeServerError, match="no page listens"):
            fake.push(lost, AsrFail(trace="t", error="e"))


async def test_the_end_of_an_rtc_token_is_looked_for_in_the_journal() -> None:
    """ST-E34."""
    async with customer(clock=VirtualClock(), heartbeat_seconds=None) as service:
        session, _ = await service.started()
        service.fake.advance(3600)
        for note in ("rtc.will_expire", "rtc.expired"):
            assert [it.session for it in service.fake.journal.entries(note)] == [session]


async def test_99_ends_a_live_whose_stream_was_not_there_yet() -> None:
    """ST-CBK-03: only after createLive has answered 32."""
    async with receiving() as (hook, got), customer(outcomes=("slow", "slow", "ready"), callback_url=hook) as service:
        fake = service.fake
        made = [await service.data("createLive", param=json.dumps(SCRIPT)) for _ in range(3)]
        assert [it["status"] for it in made] == [32, 32, 35]
        one, two, ready = (it["sessionId"] for it in made)
        fake.fail_live(one)
        fake.close_live(two, 99)
        with pytest.raises(FakeServerError, match=f"^status: 99 ends a live at 32 only, live {ready} is at 35 "):
            fake.close_live(ready, 99)
        fake.fail_live(ready)
        async with asyncio.timeout(LIMIT):
            told = [await got.get() for _ in range(4)]
    assert {(it["sessionId"], it["status"]) for it in told} == {(one, 99), (two, 99), (ready, 35), (ready, 9)}


async def test_the_server_can_expire_tokens() -> None:
    async with customer() as service:
        before = service.fake.access_token
        service.fake.expire_tokens()
        assert (await service.call("runningList", token=before))["code"] == 10_002
        assert (await service.call("runningList"))["code"] == 0
        service.fake.expire_tokens(service.fake.app_id)
        with pytest.raises(FakeServerError, match="no account nobody"):
            service.fake.expire_tokens("nobody")


async def test_a_lost_heartbeat_ends_the_live_and_its_sockets() -> None:
    """ST-LIVE-17."""
    async with customer(clock=VirtualClock(), heartbeat_seconds=90.0) as service:
        session, token = await service.started()
        async with service.socket(session, token) as socket:
            service.fake.advance(90)
            assert await socket.closed() == (1000, "the live is over, its status is 50")


# --- the object ---


def test_it_runs_in_a_thread_of_its_own_and_is_used_from_another() -> None:
    with FakeSenseTime(seed=1) as one, FakeSenseTime(seed=1) as two:
        assert one.access_token == two.access_token
        assert (one.app_id, one.app_key) == ("fake-app-id", "fake-app-key")
        answer = httpx.post(f"{one.http_url}/api/2dvh/v1/material/live/channel/heartbeat", trust_env=False)
        assert answer.json()["code"] == 10_002


async def test_it_serves_tls(tls: Tls) -> None:
    async with customer(tls.client, ssl_context=tls.server) as service:
        assert service.fake.ws_url.startswith("wss://")
        session, token = await service.started()
        async with service.socket(session, token) as socket:
            await socket.say(BEGIN)
            assert await socket.codes(1) == [2]


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"callback_url": "nowhere"}, "callback_url"),
        ({"characters_per_second": 0}, "characters_per_second"),
        ({"speech_outcomes": ["loud"]}, "speech_outcomes"),
        ({"transcripts": []}, "transcripts"),
        ({"no_such": 1}, "no_such"),
    ],
)
def test_a_scenario_that_is_wrong_is_told_by_key(changes: dict[str, Any], key: str) -> None:
    with pytest.raises(ScenarioError, match=key):
        FakeSenseTime(**changes)


async def test_what_waits_for_an_answer_is_given_up_when_the_server_stops(quiet_log: None) -> None:
    forever = asyncio.Event()

    async def answer(_: SpokenQuestion) -> str:
        await forever.wait()
        return ""

    async with customer(answer=answer) as service:
        session, token = await service.started()
        async with service.socket(session, token, page=True) as page:
            await page.say('{"text":"hi"}')
            await page.hear()


@pytest.mark.parametrize("leaves_first", [True, False])
async def test_a_live_that_is_over_leaves_nothing_whoever_goes_first(*, leaves_first: bool, quiet_log: None) -> None:
    async with customer(ended_kept=2) as service:
        behaviour: SenseTimeBehaviour = vars(service.fake)["_behaviour"]
        lines: dict[str, object] = vars(behaviour.sockets)["_lines"]
        for _ in range(5):
            session, token = await service.started()
            live = service.fake.live(session)
            async with service.socket(session, token, page=True) as page, service.socket(session, token):
                await service.fake.journal.expect(session=session, where=lambda entry: entry.body == "connected")
                if not leaves_first:
                    await service.data("closeLive", sessionId=session)
                    await page.closed()
            await service.fake.journal.expect(
                session=session, where=lambda entry: entry.body == "disconnected", count=2, timeout=LIMIT
            )
            if leaves_first:
                assert list(lines) == [session]
                await service.data("closeLive", sessionId=session)
            assert (lines, live.observers) == ({}, [])


async def test_a_page_and_a_microphone_may_outlive_each_other(quiet_log: None) -> None:
    async with customer() as service:
        session, token = await service.started()
        async with service.socket(session, token) as microphone:
            async with service.socket(session, token, page=True):
                pass
            await microphone.say(BEGIN, PCM, EOF, "x")
            assert await microphone.codes(2) == [2, 5]
        async with service.socket(session, token, page=True) as page:
            await service.data("closeLive", sessionId=session)
            assert (await page.closed())[0] == 1000


async def test_the_journal_holds_no_token() -> None:
    async with customer() as service:
        session, token = await service.started()
        async with service.socket(session, token):
            pass
        await refused(f"{service.fake.ws_url}?clientType=PHONE&sessionId={session}&Authorization=Bearer%20{token}")
        await refused(f"{service.fake.ws_url}?clientType=PHONE&sessionId={session}&Authorization={token}")
        lines = [entry.line(0.0) for entry in service.fake.journal.entries()]
        assert not [line for line in lines if token in line]
