"""The fake as one object, over real sockets: whole sessions, its ports, its commands, and who may listen to what."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import threading
from contextlib import suppress
from typing import Any

import aiomqtt
import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.guiji import AccountFixture, FakeGuiji, RoomFixture
from avatarwire.fakeserver.scenario import ScenarioError
from tests.fakeserver.conftest import Tls
from tests.fakeserver.guiji.conftest import ServeBy
from tests.fakeserver.guiji.running import LIMIT, RTMP, Http, Line, Serve, human
from tests.fakeserver.mqtt.raw import Raw, connect, publish
from tests.fakeserver.mqtt.threaded import threaded

CREATE = "openApi/live/createLiveSession"


def opened(fake: FakeGuiji, tls: Tls | None = None) -> tuple[Http, dict[str, Any]]:
    """A client that has logged in and opened a session in the default room."""
    http = Http(fake, None if tls is None else tls.client)
    http.log_in()
    session: dict[str, Any] = http.data("POST", CREATE, liveId=fake.live_id, name="morning")
    return http, session


def begun(http: Http, fake: FakeGuiji, line: Line) -> list[dict[str, Any]]:
    """Creates the session with a presenter of the platform; everything up to the first thing that plays."""
    (robot, *_) = http.data("GET", "openApi/robot/platformList")
    heard = [line.answer(line.creation([human(robot["sceneList"][0]), RTMP], list(fake.material_ids)))]
    while heard[-1].get("params", {}).get("status") != "begin":
        heard.append(line.hear())
    return heard


def test_from_the_key_pair_to_the_record_as_the_document_tells_it(serve_by_each: ServeBy) -> None:
    clock = VirtualClock()
    fake = serve_by_each(clock=clock)
    http = Http(fake)
    login = http.log_in()
    assert (login["mqttUser"], login["mqttPassword"]) == (fake.mqtt_user, fake.mqtt_password)
    (robot, *_) = http.data("GET", "openApi/robot/platformList")
    scene = robot["sceneList"][0]
    live_id = http.data("POST", "openApi/liveInfo/create", cutinFlag=True, liveName="evening", robotList=[])
    upload = "openApi/customizedMaterial/upload"
    song = http.data("POST", upload, liveId=live_id, materialType="AUDIO", materialUrl="http://127.0.0.1/song.wav")
    voice = {"ttsSource": 10, "ttsSpeaker": "s", "volume": 0, "intonation": 0, "speedRate": 0}
    talk = http.data("POST", upload, liveId=live_id, materialType="TEXT", text="good evening", **voice)
    session = http.data("POST", CREATE, liveId=live_id)
    path = {"liveId": live_id, "sessionId": session["sessionId"], "duration": 60}
    # GJ-R070: not before the session runs.
    assert http.call("GET", "openApi/live/getPath", **path)["code"] == 500
    with Line(fake, session, http.token) as line:
        made = line.answer(line.creation([human(scene), RTMP], [talk, song]))
        assert made["result"] == {"message": "make sess complete!", "sessionId": session["sessionId"]}
        play, show, begin = line.hear(), line.hear(), line.hear()
        assert play["params"]["state"] == "StreamPlay"
        pull = http.data("GET", "openApi/live/getPath", **path)["data"]["playaddr"]
        assert pull["http_flv"] == play["params"]["playaddr"]["http-flv"]
        assert (show["params"]["udCode"], show["params"]["id"]) == (scene["sceneCode"], "dthuman#1")
        assert (begin["params"]["status"], begin["params"]["nowPcmId"]) == ("begin", talk)
        fake.advance(3.0)
        end, begin = line.hear(), line.hear()
        assert (end["params"]["status"], end["params"]["playList"]) == ("end", f"[{song}]")
        assert begin["params"]["nowPcmId"] == song
        actions = line.answer(line.request("pushPlayListManager", {"action": "addPlayList", "pcmIds": [talk]}))
        assert actions["result"]["data"] == [song, talk]
        push = {"method": "setpushstreams", "args": {"pushurls": ["rtmp://127.0.0.1/elsewhere"]}}
        line.answer(line.request("ExecSessionResList", {"executeList": [{"name": "rtmp", "options": push}]}))
        assert fake.session(session["sessionId"]).push_urls == ["rtmp://127.0.0.1/elsewhere"]
        (record,) = http.data("GET", "openApi/liveRecord/query")["records"]
        assert (record["sessionId"], record["liveStatusName"]) == (session["sessionId"], "直播中")
        bye = line.answer(line.request("DestroySession", {"cause": "Client destroy"}))
        assert bye["result"]["info"] == "close sess ok"
        (record,) = http.data("GET", "openApi/liveRecord/query")["records"]
        assert record["liveStatusName"] == "未开播"
        assert [item.clause for item in fake.journal.violations(level="error")] == ["GJ-R070"]
        assert http.call("GET", "openApi/live/getPath", **path)["code"] == 500
        gone = line.answer(line.request("pushPlayListManager", {"action": "getPlayList"}))
        assert gone["error"]["code"] == -32001


def test_http_and_mqtt_share_one_timeline_and_no_secret_is_in_it(serve_by_each: ServeBy) -> None:
    fake = serve_by_each(clock=VirtualClock())
    http, session = opened(fake)
    with Line(fake, session, http.token) as line:
        begun(http, fake, line)
    entries = fake.journal.entries()
    made = fake.journal.expect_sync("CreateNewSession.request")
    assert (made.transport, made.direction, made.session) == ("mqtt", "in", session["sessionId"])
    assert (made.meta["topic"], made.meta["qos"]) == ("live-proxy-0", 1)
    result = fake.journal.expect_sync("CreateNewSession.result", direction="out")
    assert result.seq > made.seq
    assert [entry.seq for entry in entries] == sorted(entry.seq for entry in entries)
    assert {entry.transport for entry in entries} == {"http", "mqtt", "note"}
    told = "".join(json.dumps(entry.to_dict()) for entry in entries)
    for secret in (http.token, fake.app_secret, fake.mqtt_password):
        assert secret not in told


def test_a_client_that_answers_no_heartbeat_is_told_the_end(serve_by_each: ServeBy) -> None:
    fake = serve_by_each(clock=VirtualClock())
    http, session = opened(fake)
    with Line(fake, session, http.token) as line:
        begun(http, fake, line)
        line.answers_heartbeats = False
        fake.advance(30.0)
        while (heard := line.hear())["params"].get("state") != "Destroy":
            pass
        assert heard["params"]["cause"] == "no interaction within expirationTime"
        assert line.beats == 2
        assert [found.clause for found in fake.journal.violations(level="error")] == ["GJ-R115"]


def test_heartbeats_of_a_client_that_answers_keep_it(serve_by_each: ServeBy) -> None:
    fake = serve_by_each(clock=VirtualClock(), heartbeat_seconds=5.0, expiration_seconds=20)
    http, session = opened(fake)
    with Line(fake, session, http.token) as line:
        begun(http, fake, line)
        for answered in range(1, 13):
            fake.advance(5.0)
            fake.journal.expect_sync("HeartBeat.reply", count=answered)
        assert fake.session(session["sessionId"]).running
        line.answers_heartbeats = False
        fake.advance(20.0)
        while line.hear()["params"].get("state") != "Destroy":
            pass


@pytest.mark.parametrize("qos", [0, 1, 2])
def test_an_answer_has_the_quality_of_its_request_as_far_as_was_subscribed(serve_by_each: ServeBy, qos: int) -> None:
    fake = serve_by_each(clock=VirtualClock())
    http, session = opened(fake)
    with Line(fake, session, http.token) as line:
        begun(http, fake, line)
        line.send(line.request("pushPlayListManager", {"action": "getPlayList"}), qos)
        heard_qos, heard = line.hear_with_qos()
        subscribed = 1
        expected = subscribed if serve_by_each.kind == "amqtt" else min(qos, subscribed)
        assert (heard_qos, heard["result"]["ok"]) == (expected, True)


def test_bad_messages_and_then_a_good_one(serve_by_each: ServeBy) -> None:
    fake = serve_by_each(clock=VirtualClock())
    http, session = opened(fake)
    with Line(fake, session, http.token) as line:
        begun(http, fake, line)
        for noise in (b"", b"{", b"\xff\x00", b"[]", b'{"id":1}', b"x" * 400_000):
            line.send(noise)
        for number in range(200):
            line.send({"id": f"n{number}", "method": "DestroySession", "params": {"sessionId": session["sessionId"]}})
            refused = line.hear()
            assert (refused["id"], refused["error"]["code"]) == (f"n{number}", -32600)
        wrong = line.request("pushPlayListManager", {"action": "insertPlayList"})
        assert line.answer(wrong)["error"]["message"].startswith("params.index: ")
        right = line.request("pushPlayListManager", {"action": "getPlayList"})
        assert line.answer(right)["result"]["data"] == list(fake.material_ids)
        assert line.silence()


def test_a_request_that_comes_again_is_answered_again(serve: Serve) -> None:
    fake = serve(clock=VirtualClock())
    http, session = opened(fake)
    with Line(fake, session, http.token) as line:
        begun(http, fake, line)
        request = json.dumps(line.request("pushPlayListManager", {"action": "getPlayList"})).encode()
        line.send(request)
        first = line.hear()
        with Raw(fake.mqtt_port) as raw:
            raw.send(connect("again", user=fake.mqtt_user, password=fake.mqtt_password))
            packet = publish(session["topicPub"], request, 1, 1)
            raw.send(bytes([packet[0] | 8]) + packet[1:])  # DUP
        assert line.hear() == first
    came, again = fake.journal.entries("pushPlayListManager.request")
    answers = fake.journal.entries("pushPlayListManager.result")
    assert again.meta["duplicate"] is True
    assert [entry.reply_to for entry in answers] == [came.seq, again.seq]


async def test_by_aiomqtt_in_the_callers_loop() -> None:
    async with FakeGuiji(clock=VirtualClock()) as fake:
        http = Http(fake)
        await asyncio.to_thread(http.log_in)
        live_id, materials = fake.live_id, list(fake.material_ids)
        session = await asyncio.to_thread(http.data, "POST", CREATE, liveId=live_id)
        robots = await asyncio.to_thread(http.data, "GET", "openApi/robot/platformList")
        message = {
            "id": 1,
            "method": "CreateNewSession",
            "sessionId": session["sessionId"],
            "sender": session["topicSub"],
            "liveId": live_id,
            "token": http.token,
            "livePlatform": 3,
            "params": {
                "sessionId": session["sessionId"],
                "rule": "DTHumanLivestreamWithAudioRelay",
                "mode": "checkheartbeat",
                "videoSize": {"width": 1080, "height": 1920},
                "token": http.token,
                "resList": [human(robots[0]["sceneList"][0])],
                "playlist": materials,
            },
        }
        client = aiomqtt.Client(
            fake.mqtt_host, fake.mqtt_port, username=fake.mqtt_user, password=fake.mqtt_password, timeout=LIMIT
        )
        async with asyncio.timeout(LIMIT), client:
            await client.subscribe(session["topicSub"], qos=1)
            await client.publish(session["topicPub"], json.dumps(message), qos=1)
            heard: list[Any] = []
            async for arrived in client.messages:
                assert isinstance(arrived.payload, bytes)
                heard.append(json.loads(arrived.payload))
                if len(heard) == 4:
                    break
        assert heard[0]["result"]["message"] == "make sess complete!"
        assert [item["params"].get("state", item["params"].get("status")) for item in heard[1:]] == [
            "StreamPlay",
            "Show",
            "begin",
        ]


# --- who may do what ---


def outcome(fake: FakeGuiji, user: str | None, password: str | None, topic: str = "") -> tuple[str, list[int]]:
    """Connects with paho, and subscribes: the reason code, and what the subscription was granted with."""
    done = threading.Event()
    reasons: list[str] = []
    granted: list[int] = []

    def on_connect(client: mqtt.Client, _: object, __: object, reason: ReasonCode, ___: object) -> None:
        reasons.append(reason.getName())
        if reason.is_failure or not topic:
            done.set()
        else:
            client.subscribe(topic, 1)

    def on_subscribe(_: object, __: object, ___: object, codes: list[ReasonCode], ____: object) -> None:
        granted.extend(code.value for code in codes)
        done.set()

    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    if user is not None:
        client.username_pw_set(user, password)
    client.on_connect, client.on_subscribe = on_connect, on_subscribe
    with threaded(client, fake.mqtt_host, fake.mqtt_port):
        assert done.wait(LIMIT)
    return reasons[0], granted


ACCOUNTS = (
    AccountFixture(app_id="a", app_secret="x", number="1", mqtt_user="u-1", mqtt_password="p-1"),
    AccountFixture(app_id="b", app_secret="y", number="2", mqtt_user="u-2", mqtt_password="p-2"),
)


def test_who_may_log_in(serve_by_own: ServeBy) -> None:
    fake = serve_by_own(accounts=ACCOUNTS)
    assert outcome(fake, "u-1", "p-1")[0] == "Success"
    assert outcome(fake, "u-2", "p-2")[0] == "Success"
    # amqtt knows one return code for whoever it does not let in.
    wrong = "Not authorized" if serve_by_own.kind == "amqtt" else "Bad user name or password"
    assert outcome(fake, "u-1", "p-2")[0] == wrong
    assert outcome(fake, "nobody", "p-1")[0] == wrong
    assert outcome(fake, "u-1", None)[0] == wrong
    assert outcome(fake, None, None)[0] == "Not authorized"


def test_who_may_listen_to_what(serve_by_own: ServeBy) -> None:
    fake = serve_by_own(accounts=ACCOUNTS, clock=VirtualClock())
    _, session = opened(fake)
    topic = session["topicSub"]
    assert outcome(fake, "u-1", "p-1", topic)[1] == [1]
    assert outcome(fake, "u-2", "p-2", topic)[1] == [128]
    for other in ("#", "1/+", f"{topic}/x", "1/topicSendClientmade-up", "live-proxy-0", "$SYS/#"):
        assert outcome(fake, "u-1", "p-1", other)[1] == [128]


def test_what_is_published_elsewhere_goes_nowhere(serve: Serve) -> None:
    fake = serve(clock=VirtualClock())
    http, session = opened(fake)
    with Line(fake, session, http.token) as line:
        line.client.publish(session["topicSub"], "{}", 1)
        line.client.publish("live-proxy-1", "{}", 1)
        begun(http, fake, line)
    assert len(fake.journal.entries("CreateNewSession.request")) == 1
    assert [entry.body for entry in fake.journal.entries(transport="note")].count("a publication was refused") == 2


def test_an_account_without_a_user_needs_no_login(serve_by_own: ServeBy) -> None:
    # GJ-E04: the credentials are optional.
    account = AccountFixture(app_id="a", app_secret="x", number="1", mqtt_user="", mqtt_password="")
    fake = serve_by_own(accounts=(account,), clock=VirtualClock())
    http = Http(fake)
    login = http.log_in()
    assert login.get("mqttUser") is None
    session = http.data("POST", CREATE, liveId=fake.live_id)
    assert outcome(fake, None, None, session["topicSub"]) == ("Success", [1])


def test_one_user_of_two_accounts_has_one_password() -> None:
    accounts = (ACCOUNTS[0], AccountFixture(app_id="c", app_secret="z", mqtt_user="u-1", mqtt_password="other"))
    with pytest.raises(ScenarioError, match=r"guiji\.accounts\[1\]\.mqtt_user: has another password"):
        FakeGuiji(accounts=accounts)


# --- the object ---


def test_everything_is_told_while_it_runs(serve: Serve) -> None:
    fake = serve()
    assert fake.mqtt_url == f"mqtt://127.0.0.1:{fake.mqtt_port}"
    assert fake.mqtt_host == "127.0.0.1"
    assert fake.mqtt_port not in (0, fake.port)
    assert (fake.app_id, fake.app_secret) == ("fake-app-id", "fake-app-secret")
    silent = FakeGuiji()
    for name in ("http_url", "mqtt_url", "mqtt_host", "mqtt_port", "live_id", "material_ids"):
        with pytest.raises(FakeServerError, match="the fake guiji server is not running"):
            getattr(silent, name)


def test_both_ports_can_be_chosen_and_one_that_is_taken_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        fake = FakeGuiji(mqtt_port=port)
        with pytest.raises(FakeServerError, match=f"cannot listen on 127.0.0.1 port {port}"), fake:
            pass
        assert not fake.running
    with fake:
        assert fake.mqtt_port == port


def test_over_tls(serve_by_own: ServeBy, tls: Tls) -> None:
    fake = serve_by_own(ssl_context=tls.server, clock=VirtualClock())
    assert fake.mqtt_url.startswith("mqtts://")
    http, session = opened(fake, tls)
    with Line(fake, session, http.token, tls=tls.client) as line:
        assert len(begun(http, fake, line)) == 4


def test_a_room_is_made_when_it_is_asked_for(serve: Serve) -> None:
    fake = serve()
    http = Http(fake)
    http.log_in()
    assert http.data("GET", "openApi/liveInfo/queryByPage")["total"] == 0
    live_id = fake.live_id
    assert fake.live_id == live_id
    assert http.data("GET", "openApi/liveInfo/query", id=live_id)["robotList"]
    assert fake.material_ids == fake.material_ids
    found = http.data("POST", "openApi/customizedMaterial/query", liveId=live_id)["records"]
    assert [(item["id"], item["materialType"]) for item in found] == list(
        zip(fake.material_ids, ("TEXT", "AUDIO"), strict=True)
    )


def test_a_room_of_the_scenario_goes_first(serve: Serve) -> None:
    assert serve(rooms=(RoomFixture(id=77, name="hall"),)).live_id == 77


def test_commands(serve: Serve) -> None:
    fake = serve(clock=VirtualClock(), silent_seconds=0.0)
    http, session = opened(fake)
    session_id = session["sessionId"]
    with pytest.raises(FakeServerError, match="does not run"):
        fake.play(session_id, fake.material_ids)
    with Line(fake, session, http.token) as line:
        begun(http, fake, line)
        text, sound = fake.material_ids
        fake.play(session_id, [sound], cut_in=True)
        fake.play(session_id, [text])
        fake.advance(0.0)
        assert (cut := line.hear()["params"])["type"] == "insertlis"
        assert cut["nowPcmId"] == sound
        with pytest.raises(FakeServerError, match="no material 5"):
            fake.play(session_id, [5])
        fake.withhold_heartbeats(session_id)
        fake.advance(12.0)
        assert line.beats == 0
        fake.withhold_heartbeats(session_id, on=False)
        with pytest.raises(FakeServerError, match="cause: expected text"):
            fake.destroy(session_id, None)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
        assert not fake.session(session_id).destroyed
        fake.destroy(session_id, cause="maintenance")
        while (heard := line.hear())["params"].get("state") != "Destroy":
            pass
        assert heard["params"]["cause"] == "maintenance"
    assert fake.session(session_id).destroyed
    for command in (fake.destroy, fake.withhold_heartbeats, fake.session):
        with pytest.raises(FakeServerError, match="no session nobody"):
            command("nobody")


def test_stopping_leaves_nothing(quiet_log: None) -> None:
    before = threading.active_count()
    clock = VirtualClock()
    with FakeGuiji(clock=clock) as fake:
        http, session = opened(fake)
        with Line(fake, session, http.token) as line:
            begun(http, fake, line)
    assert threading.active_count() == before
    assert clock.pending == 0
    clock.advance(100.0)


def test_fakes_share_nothing(serve: Serve) -> None:
    one, other = serve(clock=VirtualClock()), serve(clock=VirtualClock())
    http, session = opened(one)
    assert Http(other).call("GET", "openApi/liveInfo/queryByPage")["code"] == 100501
    with pytest.raises(FakeServerError, match="no session"):
        other.session(session["sessionId"])
    assert one.session(session["sessionId"]).name == "morning"
    assert http.token


def test_the_same_seed_makes_the_same_ids() -> None:
    def first_session() -> str:
        with FakeGuiji({"server": {"seed": 7, "clock": "virtual"}}) as fake:
            assert isinstance(fake.clock, VirtualClock)
            return str(opened(fake)[1]["sessionId"])

    assert first_session() == first_session()


@pytest.mark.parametrize("url", ["http://127.0.0.1:1883", "mqtt://", "127.0.0.1", "mqtt://u:secret@host:99999"])
def test_a_broker_needs_a_url_of_its_kind(url: str) -> None:
    with pytest.raises(FakeServerError, match="URL of the MQTT broker") as error:
        FakeGuiji(broker=url)
    assert "secret" not in str(error.value)


async def test_amqtt_in_the_callers_loop_leaves_nothing() -> None:
    before = asyncio.all_tasks()
    async with asyncio.timeout(LIMIT):
        async with FakeGuiji(broker="amqtt", clock=VirtualClock()) as fake:
            reader, writer = await asyncio.open_connection(fake.mqtt_host, fake.mqtt_port)
            silent, idle = await asyncio.open_connection(fake.mqtt_host, fake.mqtt_port)
            writer.write(b"\x10\x0c\x00\x04MQTX\x04\x02\x00\x3c\x00\x00")  # no protocol of that name
            assert await reader.read() == b""
        with suppress(ConnectionError):
            assert await silent.read() == b""
        for each in (writer, idle):
            each.close()
    assert asyncio.all_tasks() == before


def test_amqtt_on_a_port_that_is_taken(serve: Serve) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(FakeServerError, match=f"the MQTT broker cannot listen on 127.0.0.1 port {port}"):
            serve(broker="amqtt", mqtt_port=port)
    assert serve(broker="amqtt", mqtt_port=port).mqtt_port == port


def test_amqtt_publishes_no_will_where_its_client_may_not(serve: Serve) -> None:
    fake = serve(broker="amqtt", accounts=ACCOUNTS)
    _, session = opened(fake)
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.username_pw_set("u-2", "p-2")
    client.will_set(session["topicSub"], "{}")
    refused = threading.Event()

    def on_connect(_: object, __: object, ___: object, reason: ReasonCode, ____: object) -> None:
        if reason.is_failure:
            refused.set()

    client.on_connect = on_connect
    with threaded(client, fake.mqtt_host, fake.mqtt_port):
        assert refused.wait(LIMIT)


def test_without_amqtt_its_name_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "amqtt", None)
    with pytest.raises(FakeServerError, match=r"pip install 'avatarwire\[fakeserver,amqtt\]'"):
        FakeGuiji(broker="amqtt")


def test_the_ready_file_names_a_further_key_pair_of_each_kind() -> None:
    accounts = (
        AccountFixture(app_id="first", app_secret="a"),
        AccountFixture(app_id="early", app_secret="b", start_time="2090-01-01 00:00:00"),
        AccountFixture(app_id="late", app_secret="c", end_time="2020-06-01 00:00:00"),
        AccountFixture(app_id="second", app_secret="d"),
        AccountFixture(app_id="third", app_secret="e"),
    )
    with FakeGuiji(accounts=accounts) as fake, FakeGuiji() as alone:
        found = {key: value for key, value in fake.ready.items() if "_app_" in key}
        assert [key for key in alone.ready if "_app_" in key] == []
    assert found == {
        "early_app_id": "early",
        "early_app_secret": "b",
        "late_app_id": "late",
        "late_app_secret": "c",
        "other_app_id": "second",
        "other_app_secret": "d",
    }
