"""What the HTTP operations do to rooms, materials and sessions, called and read by hand."""

from __future__ import annotations

import re
from typing import Any

import pytest

from avatarwire.fakeserver.guiji.sessions import LiveSession, SessionStage

from .client import ROBOT, SCENE, TOKEN_PATH, VOICE, Client, clauses, data, refusal

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"

MISSING = "materialUrl: required field is missing, expected a value, as materialType is "


@pytest.fixture
def client() -> Client:
    return Client()


def other(client: Client) -> Client:
    """The same fake, called by the second account."""
    twin = object.__new__(Client)
    twin.__dict__.update(client.__dict__, token=client.new_token(2))
    return twin


# --- the token ---


def test_a_token_comes_with_what_the_account_has(client: Client) -> None:
    answer = client.send("POST", TOKEN_PATH, {"appId": "app-1", "appSecret": "secret-1"}, {})
    told = data(answer)
    assert {**told, "token": ""} == {
        "token": "",
        "expirationTime": 3600,
        "startTime": "2020-01-01 00:00:00",
        "endTime": "2099-12-31 23:59:59",
        "mqttUser": "user-1",
        "mqttPassword": "pw-1",
    }
    assert "secret-1" not in repr(answer.request)
    assert told["token"] not in repr(answer.answer)
    second = data(client.send("POST", TOKEN_PATH, {"appId": "app-2", "appSecret": "secret-2"}, {}))
    assert second.keys() == {"token", "expirationTime", "startTime", "endTime"}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"appId": "app-1", "appSecret": "secret-2"}, (100503, "appId or appSecret is wrong [GJ-R011]")),
        ({"appId": "", "appSecret": ""}, (100503, "appId or appSecret is wrong [GJ-R011]")),
        ({"appId": "app-1"}, (500, "appSecret: required field is missing, expected text [GJ-R002]")),
        ({"appId": 1, "appSecret": "s"}, (500, "appId: got an integer, expected text [GJ-R001]")),
    ],
)
def test_a_wrong_key_pair_gets_none(client: Client, body: object, told: tuple[int, str]) -> None:
    assert refusal(client.send("POST", TOKEN_PATH, body, {})) == told


# --- live rooms ---


def test_what_a_room_was_made_with_is_returned(client: Client) -> None:
    room = client.create(robotList=[ROBOT])
    told = data(client.get("/liveInfo/query", id=room))
    assert told == {"id": room, "cutinFlag": True, "liveName": "shop", "robotList": [ROBOT]}
    page = data(client.get("/liveInfo/queryByPage"))
    assert page == {"records": [told], "total": 1, "size": 10, "current": 1, "pages": 1}


@pytest.mark.parametrize("robots", [{}, {"robotList": None}, {"robotList": []}])
def test_a_room_may_have_no_presenters(client: Client, robots: dict[str, Any]) -> None:
    assert data(client.get("/liveInfo/query", id=client.create(**robots)))["robotList"] == []


def test_a_presenter_without_id_gets_one(client: Client) -> None:
    anonymous = {key: value for key, value in ROBOT.items() if key != "id"}
    answer = client.post("/liveInfo/create", cutinFlag=False, liveName="x", robotList=[anonymous, anonymous])
    assert clauses(answer) == ["GJ-E16"] * 2
    robots = data(client.get("/liveInfo/query", id=data(answer)))["robotList"]
    assert len({robot["id"] for robot in robots}) == 2


def test_what_rooms_do_not_have_of_a_scene_is_dropped(client: Client) -> None:
    listed = data(client.get("/robot/platformList"))[0]
    answer = client.post("/liveInfo/create", cutinFlag=False, liveName="x", robotList=[listed])
    assert set(clauses(answer)) == {"GJ-E21"}
    scenes = data(client.get("/liveInfo/query", id=data(answer)))["robotList"][0]["sceneList"]
    assert scenes == [{k: v for k, v in s.items() if k not in ("sceneType", "coverUrl")} for s in listed["sceneList"]]


@pytest.mark.parametrize(
    ("change", "after"),
    [
        ({}, {}),
        ({"cutinFlag": None, "liveName": None, "robotList": None}, {}),
        ({"cutinFlag": False}, {"cutinFlag": False}),
        ({"liveName": "store"}, {"liveName": "store"}),
        ({"robotList": []}, {"robotList": []}),
        ({"robotList": [{**ROBOT, "id": 32}]}, {"robotList": [{**ROBOT, "id": 32}]}),
    ],
)
def test_an_update_tells_absent_null_and_empty_apart(
    client: Client, change: dict[str, Any], after: dict[str, Any]
) -> None:
    room = client.create(robotList=[ROBOT])
    before = data(client.get("/liveInfo/query", id=room))
    assert data(client.post("/liveInfo/update", id=room, **change)) is True
    assert data(client.get("/liveInfo/query", id=room)) == {**before, **after}


def test_a_room_that_there_is_not(client: Client) -> None:
    told = (500, "id: no live room 7 [GJ-R044]")
    assert refusal(client.get("/liveInfo/query", id=7)) == told
    assert refusal(client.post("/liveInfo/update", id=7, liveName="x")) == told
    told = (500, "liveId: no live room 7 [GJ-R044]")
    assert refusal(client.upload(7)) == told
    assert refusal(client.post("/customizedMaterial/query", liveId=7)) == told
    assert refusal(client.post("/live/createLiveSession", liveId=7)) == told
    assert refusal(client.get("/live/getPath", liveId=7, sessionId="s", duration=1)) == told


def test_an_account_sees_its_own_rooms_only(client: Client) -> None:
    room = client.create()
    twin = other(client)
    assert refusal(twin.get("/liveInfo/query", id=room))[0] == 500
    assert data(twin.get("/liveInfo/queryByPage"))["total"] == 0
    session = data(client.post("/live/createLiveSession", liveId=room))["sessionId"]
    mine = twin.create()
    told = f"sessionId: no session {session} [GJ-R070]"
    assert refusal(twin.get("/live/getPath", liveId=mine, sessionId=session, duration=1)) == (500, told)


def test_there_may_be_only_so_many_rooms() -> None:
    client = Client(max_rooms=1)
    client.create()
    assert refusal(client.post("/liveInfo/create", cutinFlag=True, liveName="x")) == (500, "no more than 1 live rooms")
    assert data(other(client).post("/liveInfo/create", cutinFlag=True, liveName="x"))


def test_rooms_may_exist_from_the_start() -> None:
    client = Client(rooms=[{"id": 100001, "name": "lobby", "robots": ["810001"]}])
    told = data(client.get("/liveInfo/query", id=100001))
    assert (told["liveName"], told["robotList"][0]["robotName"]) == ("lobby", "Lin")
    assert client.create() == 100002
    assert client.state.rooms.get(100001) is not None
    assert client.state.rooms.get(7) is None


# --- pages ---


def test_pages_are_cut_and_past_the_end_are_empty(client: Client) -> None:
    rooms = [client.create(liveName=f"room {number}") for number in range(3)]

    def page(**query: Any) -> Any:
        return data(client.get("/liveInfo/queryByPage", **query))

    assert [row["id"] for row in page(page=1, pageSize=2)["records"]] == rooms[:2]
    assert [row["id"] for row in page(page=2, pageSize=2)["records"]] == rooms[2:]
    assert page(page=3, pageSize=2) == {"records": [], "total": 3, "size": 2, "current": 3, "pages": 2}
    assert page(page=2**62, pageSize=2**62)["records"] == []


@pytest.mark.parametrize("query", [{"page": 0}, {"pageSize": 0}, {"page": -1}, {"page": "one"}, {"page": ""}])
@pytest.mark.parametrize("path", ["/liveInfo/queryByPage", "/speaker/platformList", "/voice/changeVoiceList"])
def test_pages_are_counted_from_one(client: Client, path: str, query: dict[str, Any]) -> None:
    code, text = refusal(client.get(path, **query))
    assert code == 500
    assert text.startswith(f"{next(iter(query))}: ")
    assert text.endswith("expected an integer of at least 1 [GJ-R040]")


# --- materials ---


def test_materials_are_returned_by_kind(client: Client) -> None:
    room = client.create()
    speech = data(client.upload(room, materialDescription="greeting"))
    sound = data(
        client.post(
            "/customizedMaterial/upload", liveId=room, materialType="AUDIO", materialUrl="https://127.0.0.1/a.wav"
        )
    )
    client.clock.advance(60)
    told = data(client.post("/customizedMaterial/query", liveId=room))
    assert told == {
        "records": [
            {
                "id": speech,
                "materialType": "TEXT",
                "materialDescription": "greeting",
                "text": "hello",
                "liveId": room,
                "duration": 0,
                "createdTime": "2026-01-01 08:00:00",
            },
            {
                "id": sound,
                "materialType": "AUDIO",
                "materialUrl": "https://127.0.0.1/a.wav",
                "liveId": room,
                "duration": 10000,
                "createdTime": "2026-01-01 08:00:00",
            },
        ],
        "total": 2, "size": 10, "current": 1, "pages": 1,
    }  # fmt: skip
    only = data(client.post("/customizedMaterial/query", liveId=room, materialType="AUDIO", pageSize=1))
    assert [row["id"] for row in only["records"]] == [sound]
    assert data(client.post("/customizedMaterial/query", liveId=client.create()))["records"] == []


def test_how_long_materials_play(client: Client) -> None:
    room = client.create()
    lengths = {"short": "hi", "long": "x" * 50}
    ids = {name: data(client.upload(room, text=text)) for name, text in lengths.items()}
    materials = client.state.rooms.require(room, client.scenario.accounts[0]).materials
    ids["sound"] = data(client.upload(room, materialType="AUDIO", materialUrl="http://127.0.0.1/a.wav"))
    assert {name: materials[number].seconds(client.scenario) for name, number in ids.items()} == {
        "short": 3.0,
        "long": 10.0,
        "sound": 10.0,
    }
    assert [materials[number].text for number in ids.values()] == ["hi", "x" * 50, ""]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"text": ...}, "text: required field is missing, expected a value, as materialType is TEXT [GJ-R047]"),
        ({"volume": 20.5}, "volume: value out of range, expected a number from -20 to 20 [GJ-R048]"),
        ({"f0upKey": -21}, "f0upKey: value out of range, expected an integer from -20 to 20 [GJ-R049]"),
        ({"materialType": "VIDEO"}, "materialType: got 'VIDEO', expected AUDIO or TEXT [GJ-R045]"),
        ({"materialType": "AUDIO"}, f"{MISSING}AUDIO [GJ-R046]"),
        (
            {"materialType": "AUDIO", "materialUrl": "file:///etc/passwd"},
            "materialUrl: wrong form, expected a URL that begins with http:// or https:// [GJ-E34]",
        ),
    ],
)  # fmt: skip
def test_what_a_material_needs_its_kind_says(client: Client, change: dict[str, Any], told: str) -> None:
    answer = client.upload(client.create(), **change)
    assert refusal(answer) == (500, told)
    assert clauses(answer) == [told.rpartition("[")[2].rstrip("]")]


def test_there_may_be_only_so_many_materials() -> None:
    client = Client(max_materials=1)
    room = client.create()
    data(client.upload(room))
    assert refusal(client.upload(room)) == (500, "no more than 1 materials in a live room")


def test_a_voice_that_there_is_not_is_refused_in_strict_mode_only(client: Client) -> None:
    answer = client.upload(client.create(), ttsSpeaker="nobody")
    assert data(answer)
    assert clauses(answer) == ["GJ-R057"]
    strict = Client(strict=True)
    told = "ttsSpeaker: no voice has ttsSource 10 and ttsSpeaker nobody [GJ-R057]"
    assert refusal(strict.upload(strict.create(), ttsSpeaker="nobody")) == (500, told)
    assert data(strict.upload(strict.create(), ttsSource=20, ttsSpeaker="house-voice"))


def test_an_emotion_is_for_voices_that_take_it(client: Client) -> None:
    room = client.create()
    assert clauses(client.upload(room, f0upKey=3)) == []
    answer = client.upload(room, f0upKey=3, ttsSpeaker="platform-bo")
    assert data(answer)
    assert clauses(answer) == ["GJ-R056"]


def test_a_conversion_is_to_a_voice_there_is_in_strict_mode_only(client: Client) -> None:
    assert data(client.upload(client.create(), changeVoiceSpeaker="anything"))
    strict = Client(strict=True)
    room = strict.create()
    assert data(strict.upload(room, changeVoiceSpeaker="convert-1"))
    told = "changeVoiceSpeaker: no voice has speakerCode anything [GJ-E32]"
    assert refusal(strict.upload(room, changeVoiceSpeaker="anything")) == (500, told)


# --- what there is to choose from ---


def test_voices_of_the_platform_have_ids_others_have_none(client: Client) -> None:
    page = data(client.get("/speaker/platformList", pageSize=2))
    assert (page["total"], len(page["records"])) == (3, 2)
    first = page["records"][0]
    assert first.keys() == {
        "id", "ttsName", "ttsIntroduction", "ttsSpeaker", "ttsCategory", "ttsAudition", "ttsCover", "ttsSource",
        "languages", "ssmlFlag", "f0upKeyFlag", "userCategory",
    }  # fmt: skip
    [own] = data(client.get("/speaker/customizedList"))
    assert own.keys() == first.keys() - {"id"}


def test_presenters_have_scenes_of_all_kinds(client: Client) -> None:
    listed = data(client.get("/robot/platformList"))
    scenes = [scene for robot in listed for scene in robot["sceneList"]]
    assert {scene["sceneType"] for scene in scenes} == {0, 1, 2}
    assert {scene["proportion"] for scene in scenes} == {"16:9", "9:16"}
    assert all(scene.keys() == {*SCENE, "sceneType", "coverUrl"} for scene in scenes)
    [own] = data(client.get("/robot/customizedList"))
    assert own["robotName"] == "house presenter"


def test_conversion_has_to_be_enabled(client: Client) -> None:
    page = data(client.get("/voice/changeVoiceList"))
    assert [row["speakerCode"] for row in page["records"]] == ["convert-1", "convert-2"]
    assert page["records"][0].keys() == {"id", "speakerCode", "speakerName", "ttsAudition", "ttsCover"}
    barred = Client(change_voice=False)
    assert data(barred.get("/voice/changeVoiceList"))["records"] == []
    told = (500, "voice conversion is not enabled for this account [GJ-R058]")
    assert refusal(barred.post("/speaker/syncSynthesisWavAndChangeVoice", **VOICE)) == told


@pytest.mark.parametrize("more", [{}, {"text": "hello"}, {"changeVoiceSpeaker": "convert-1"}])
def test_a_sample_is_a_file_and_a_length(client: Client, more: dict[str, Any]) -> None:
    told = data(client.post("/speaker/syncSynthesisWavAndChangeVoice", **VOICE, **more))
    name = more.get("changeVoiceSpeaker", "platform-lin")
    assert told == {"filePath": f"http://127.0.0.1/samples/{name}.wav", "duration": 3}


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({}, ["backgrounds", "studio", "festive", "stickers"]),
        ({"code": ""}, ["backgrounds", "studio", "festive", "stickers"]),
        ({"code": "studio"}, ["studio"]),
        ({"code": "none"}, []),
    ],
)
def test_categories_are_found_by_their_code(client: Client, query: dict[str, Any], codes: list[str]) -> None:
    rows = data(client.get("/materialCategory/query", **query))
    assert [row["code"] for row in rows] == codes
    assert {row["code"]: row.get("parentCode") for row in rows}.get("studio", "backgrounds") == "backgrounds"


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({"code": "studio"}, ["studio-blue", "studio-warm"]),
        ({"code": "studio", "name": "warm"}, ["studio-warm"]),
        ({"parentCode": "backgrounds"}, ["studio-blue", "studio-warm", "lanterns"]),
        ({"parentCode": "backgrounds", "code": "festive"}, ["lanterns"]),
        ({"parentCode": "stickers", "code": "festive"}, []),
        ({"code": "studio", "page": 2, "pageSize": 1}, ["studio-warm"]),
    ],
)
def test_public_materials_are_found_by_category_and_name(
    client: Client, query: dict[str, Any], codes: list[str]
) -> None:
    rows = data(client.get("/material/query", **query))["records"]
    assert [row["code"] for row in rows] == codes
    assert all(row["fileUrl"].endswith(f"/{row['code']}.{row['fileType']}") for row in rows)


def test_public_materials_are_not_listed_without_a_category(client: Client) -> None:
    told = "neither code nor parentCode has a value, expected one of them [GJ-R061]"
    assert refusal(client.get("/material/query", name="x")) == (500, told)


# --- sessions ---


def opened(client: Client, room: int, stage: SessionStage = SessionStage.RUNNING) -> LiveSession:
    """A session, as far as the conversation over MQTT would have brought it."""
    told = data(client.post("/live/createLiveSession", liveId=room))
    session = client.state.sessions.get(told["sessionId"])
    assert session is not None
    session.stage = stage
    return session


def test_a_session_says_where_to_talk(client: Client) -> None:
    room = client.create()
    told = data(client.post("/live/createLiveSession", liveId=room, name="evening"))
    assert told.keys() == {"liveId", "sessionId", "expirationTime", "topicSub", "topicPub"}
    assert (told["liveId"], told["expirationTime"], told["topicPub"]) == (room, 30, "live-proxy-0")
    assert re.fullmatch(UUID, told["sessionId"])
    assert re.fullmatch(rf"77001/topicSendClient{UUID}", told["topicSub"])
    session = client.state.sessions.get(told["sessionId"])
    assert session is not None
    assert session.name == "evening"


def test_addresses_are_told_once_the_session_runs(client: Client) -> None:
    room = client.create()
    session = opened(client, room)
    told = data(client.get("/live/getPath", liveId=room, sessionId=session.id, duration=180))
    assert (told["message"], told["ok"]) == ("success", True)
    addresses = told["data"]["playaddr"]
    assert addresses.keys() == {"rtmp", "rtsp", "http_flv"}
    assert addresses["rtmp"] == {
        "lan": session.pull_addresses.rtmp.lan,
        "wan": session.pull_addresses.rtmp.wan,
    }
    assert addresses["http_flv"]["wan"].startswith("http://127.0.0.1")


@pytest.mark.parametrize(
    ("stage", "told"),
    [
        (SessionStage.CREATED, "sessionId: CreateNewSession has not succeeded yet [GJ-R070]"),
        (SessionStage.PREPARING, "sessionId: CreateNewSession has not succeeded yet [GJ-R070]"),
        (SessionStage.DESTROYED, "sessionId: the session is over [GJ-R070]"),
    ],
)
def test_not_before_and_not_after(client: Client, stage: SessionStage, told: str) -> None:
    room = client.create()
    session = opened(client, room, stage)
    answer = client.get("/live/getPath", liveId=room, sessionId=session.id, duration=1)
    assert refusal(answer) == (500, told)
    assert answer.session == session.id


def test_addresses_are_those_of_the_room(client: Client) -> None:
    room = client.create()
    session = opened(client, room)
    answer = client.get("/live/getPath", liveId=client.create(), sessionId=session.id, duration=1)
    assert refusal(answer) == (500, f"liveId: the session belongs to live room {room} [GJ-R069]")
    answer = client.get("/live/getPath", liveId=room, sessionId="2221b2a-1", duration=1)
    assert refusal(answer) == (500, "sessionId: no session 2221b2a-1 [GJ-R070]")


def test_parameters_of_a_get_may_be_in_its_body(client: Client) -> None:
    room = client.create()
    session = opened(client, room)
    path = "/live-manager/openApi/live/getPath"
    answer = client.send("GET", path, {"liveId": room, "sessionId": session.id, "duration": 1})
    assert data(answer)["ok"] is True
    assert (answer.deviations, clauses(answer)) == (("GJ-E45",), ["GJ-E45"])
    odd = client.send("GET", path, {"liveId": room, "sessionId": session.id, "duration": 1, "hat": True})
    assert clauses(odd) == ["GJ-E45", "GJ-R022"]
    query = f"liveId={room}&sessionId={session.id}&duration=1"
    both = client.send("GET", path, {"liveId": 7}, query=query)
    assert data(both)["ok"] is True
    assert clauses(both) == ["GJ-R023"]


# --- live records ---


def test_a_broadcast_is_recorded(client: Client) -> None:
    room = client.create(robotList=[ROBOT, {**ROBOT, "id": 32, "robotName": "Bo"}])
    assert data(client.get("/liveRecord/query"))["records"] == []
    session = opened(client, room)
    record = client.state.records.begin(session)
    client.clock.advance(64.2)
    assert client.state.records.begin(session) is record
    [live] = data(client.get("/liveRecord/query"))["records"]
    client.state.records.end(session)
    client.state.records.end(session)
    client.clock.advance(100)
    [over] = data(client.get("/liveRecord/query"))["records"]
    assert live == {**over, "liveStatusName": "直播中"}
    assert over == {
        "id": record.id,
        "liveName": "shop",
        "modeName": " Mei,Bo",
        "liveStatusName": "未开播",
        "cropName": "example company",
        "beginTime": "2026-01-01 08:00",
        "totalDurationStr": "00:01:04",
        "sessionId": session.id,
        "liveId": room,
        "duration": 1.07,
    }
    assert client.state.records.get(session.id) is record
    assert data(other(client).get("/liveRecord/query"))["total"] == 0


def test_the_newest_broadcasts_come_first_and_stay() -> None:
    client = Client(records_kept=2)
    room = client.create()
    sessions = [opened(client, room) for _ in range(3)]
    for session in sessions:
        client.state.records.begin(session)
    client.state.records.end(sessions[0])
    page = data(client.get("/liveRecord/query", pageSize=1))
    assert (page["total"], page["records"][0]["sessionId"]) == (2, sessions[2].id)


def test_scenes_without_a_video_are_told_of() -> None:
    """GJ-R029: it may be left out of createLive, and should not be; updateLive requires it (GJ-R028)."""
    for strict in (False, True):
        client = Client(strict=strict)
        bare = {name: value for name, value in SCENE.items() if name != "videoCoverUrl"}
        answer = client.post(
            "/liveInfo/create",
            cutinFlag=True,
            liveName="shop",
            robotList=[ROBOT, {**ROBOT, "sceneList": [SCENE, bare]}],
        )
        assert data(answer)
        assert [(found.clause, found.path, found.level) for found in answer.violations] == [
            ("GJ-R029", "robotList[1].sceneList[1].videoCoverUrl", "warning")
        ]
