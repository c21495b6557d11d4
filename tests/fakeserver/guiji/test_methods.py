"""What each request does, and what it is refused for: one rule of the document at a time."""

from __future__ import annotations

from typing import Any

import pytest

from avatarwire.codecs.guiji.http import CreateLiveRequest
from tests.fakeserver.guiji.talk import (
    FIRST,
    LISTED,
    OF_THE_ROOM,
    RTMP,
    SECOND,
    Studio,
    background,
    code_and_text,
    dthuman,
    element,
    kinds,
)


@pytest.fixture
def studio() -> Studio:
    """A session that runs."""
    studio = Studio()
    studio.create()
    return studio


# --- CreateNewSession ---


def changed(message: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The message with one member changed; None removes it."""
    here: Any = message
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("."))
    for step in steps:
        here = here[step]
    if value is None:
        del here[last]
    else:
        here[last] = value
    return message


def test_an_id_beyond_64_bits_is_told_under_itself() -> None:
    studio = Studio()
    (answer,) = studio.send(changed(studio.creation(), "id", 2**64))
    assert (answer["id"], answer["error"]["code"]) == (2**64, -32600)
    assert answer["error"]["message"] == "id: value out of range, expected an integer of 64 bits [GJ-R079]"


@pytest.mark.parametrize(
    ("path", "value", "code", "text"),
    [
        # GJ-R085, R087: what is required.
        ("liveId", None, -32602, "liveId: required field is missing"),
        ("livePlatform", None, -32602, "livePlatform: required field is missing"),
        ("params", None, -32602, "params: required field is missing"),
        ("sender", None, -32602, "sender: required field is missing"),
        ("params.rule", None, -32602, "params.rule: required field is missing"),
        ("params.mode", None, -32602, "params.mode: required field is missing"),
        ("params.videoSize", None, -32602, "params.videoSize: required field is missing"),
        ("params.resList", None, -32602, "params.resList: required field is missing"),
        ("params.playlist", None, -32602, "params.playlist: required field is missing"),
        # GJ-E56: the session is named in both places.
        ("params.sessionId", None, -32602, "params.sessionId: "),
        ("sessionId", None, -32602, "sessionId: "),
        # GJ-R077, E57: and the same in both.
        ("params.sessionId", "other", -32602, "params.sessionId: "),
        # What they have to be.
        ("liveId", 1, -32602, "liveId: the session belongs to live room 100001 [GJ-R085]"),
        ("liveId", "1", -32602, "liveId: "),
        ("params.rule", "another", -32602, "params.rule: "),
        ("params.mode", "another", -32602, "params.mode: "),
        ("params.videoSize", 1080, -32602, "params.videoSize: "),
        ("params.videoSize.width", 0, -32602, "params.videoSize.width: "),
        ("params.resList", 6, -32602, "params.resList: "),
        ("params.resList", [RTMP], -32602, "params.resList: no digital human"),
        ("params.resList.0.type", "roof", -32602, "params.resList[0].type: "),
        ("params.resList.2.resOptions.name", "human", -32602, "params.resList[2].resOptions.name: "),
        (
            "params.resList.2.resOptions.audioDriven.mode",
            "x",
            -32602,
            "params.resList[2].resOptions.audioDriven.",
        ),
        ("params.resList.2.resOptions.audioDriven.quarter", 1, -32602, "params.resList[2].resOptions.audioDriven."),
        (
            "params.resList.2.resOptions.audioDriven.udCodeUsed",
            "8",
            -32602,
            "params.resList[2].resOptions.audioDriven.",
        ),
        ("params.resList.2.resOptions.audioDriven.templates.0.matting", 2, -32602, "params.resList[2].resOptions."),
        ("params.resList.4.resOptions.loop", -2, -32602, "params.resList[4].resOptions.loop: got -2"),
        ("params.playlist", [], -32602, "params.playlist: "),
        ("params.playlist", [9], -32602, "params.playlist: no material 9 in live room 100001 [GJ-R097]"),
        ("params.playlist", ["song"], -32602, "params.playlist[0]: "),
        # GJ-R084, E65: the token.
        ("params.token", "other", -32003, "params.token: not the token beside the id [GJ-E65]"),
        ("params.token", 5, -32003, "params.token: "),
        ("token", "", -32003, "token: "),
        # GJ-R075, E06: the sender; GJ-R074: the session.
        ("sender", "77001/topicSendClientother", -32002, "sender: not topicSub of the session [GJ-R075]"),
        ("method", "MakeSession", -32601, "method: got 'MakeSession', expected one of CreateNewSession, "),
        ("method", "createNewSession", -32601, "method: got 'createNewSession', expected one of "),
        ("method", 5, -32600, "method: got 5, expected text"),
        ("method", None, -32600, "method: required field is missing"),
    ],
)
def test_a_creation_that_is_wrong(path: str, value: Any, code: int, text: str) -> None:
    studio = Studio()
    heard = studio.send(changed(studio.creation(), path, value))
    found, told = code_and_text(heard)
    assert (found, told[: len(text)]) == (code, text)
    assert "[GJ-" in told
    assert heard[0]["id"] == 1
    assert heard[0]["error"]["sessionId"] == studio.session.id
    assert studio.received.violations
    # Nothing has come of it, and it can be tried again.
    assert kinds(studio.create())[0] == "result"


def test_a_token_is_checked_as_over_http_but_not_refreshed() -> None:
    # GJ-R084, GJ-E65, GJ-E07.
    studio = Studio(token_seconds=60.0, expiration_seconds=1000)
    studio.clock.advance(59.0)
    other = studio.state.tokens.issue("app-2", "secret-2").token
    for token in ("made-up", other):
        message = studio.creation(token=token) | {"token": token}
        assert code_and_text(studio.send(message)) == (
            -32003,
            "token: the token is unknown, expired or another account's [GJ-R084]",
        )
    assert kinds(studio.create())[0] == "result"
    studio.clock.advance(1.0)
    studio.session = studio.state.sessions.create(studio.room, "", studio.account)
    assert code_and_text(studio.create())[0] == -32003


def test_a_token_in_one_place_is_enough() -> None:
    # GJ-E65: the sample has it beside the id only.
    for strict in (False, True):
        studio = Studio(strict=strict)
        assert kinds(studio.create(token=None))[0] == "result"
        assert [(item.clause, item.level) for item in studio.received.violations] == [("GJ-E65", "warning")]
        studio = Studio(strict=strict)
        message = studio.creation()
        del message["token"]
        assert kinds(studio.send(message))[0] == "result"


def test_without_a_token_anywhere_it_is_refused() -> None:
    studio = Studio()
    message = studio.creation(token=None)
    del message["token"]
    code, text = code_and_text(studio.send(message))
    assert (code, text.partition(":")[0]) == (-32003, "params.token")


def test_materials_of_another_room_are_unknown() -> None:
    studio = Studio()
    other = studio.state.rooms.create(CreateLiveRequest(cutin_flag=False, live_name="other"), studio.account)
    studio.session = studio.state.sessions.create(other, "", studio.account)
    message = studio.creation() | {"liveId": other.id}
    assert code_and_text(studio.send(message))[1].startswith("params.playlist: no material ")


def test_unknown_materials_may_be_played_all_the_same() -> None:
    # GJ-E69: whether ids have to exist is the document's silence.
    studio = Studio(unknown_materials="play")
    assert kinds(studio.create(playlist=[312612]))[-1] == "begin 312612"
    assert kinds(studio.pass_time(10.0)) == ["end 312612"]
    studio = Studio(unknown_materials="play", strict=True)
    assert code_and_text(studio.create(playlist=[312612]))[0] == -32602


def test_a_playlist_has_its_limit() -> None:
    studio = Studio(max_playlist=2)
    assert code_and_text(studio.create(playlist=[*studio.audio, studio.speech])) == (
        -32602,
        "params.playlist: 3 items, expected at most 2 [GJ-E69]",
    )


def test_a_session_is_created_once(studio: Studio) -> None:
    assert code_and_text(studio.create()) == (
        -32602,
        "method: the session runs already, CreateNewSession comes once [GJ-R083]",
    )
    assert studio.session.running


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("pushPlayListManager", {"action": "getPlayList"}),
        ("ModifySessionResList", {"rmvRes": {"resList": []}, "addRes": {"resList": []}}),
        ("ExecSessionResList", {"executeList": [{"name": "rtmp", "options": {"method": "x"}}]}),
    ],
)
def test_creation_comes_first(method: str, params: dict[str, Any]) -> None:
    studio = Studio()
    assert code_and_text(studio.ask(method, **params)) == (
        -32602,
        "method: the session does not run yet, CreateNewSession comes first [GJ-R083]",
    )


def test_a_session_that_never_ran_can_be_ended() -> None:
    studio = Studio()
    assert kinds(studio.ask("DestroySession")) == ["result"]
    assert studio.session.destroyed
    assert studio.state.records.get(studio.session.id) is None


# --- ModifySessionResList ---


def modify(studio: Studio, rmv: list[Any], add: list[Any]) -> list[dict[str, Any]]:
    """Removes and adds elements."""
    return studio.ask("ModifySessionResList", rmvRes={"resList": rmv}, addRes={"resList": add})


def name(layer: str, name: str) -> dict[str, Any]:
    """An element to be removed."""
    return {"type": layer, "resOptions": {"name": name}}


def held(studio: Studio) -> list[str]:
    """Ids of what the session holds."""
    return [item.id for item in studio.live.conversation(studio.session).layers.elements]


def test_a_background_takes_the_place_of_the_one_before(studio: Studio) -> None:
    # GJ-E74.
    result, show = modify(studio, [], [background("http://127.0.0.1/green.png")])
    assert result["result"] == {"sessionId": studio.session.id, "message": "modify res ok"}
    assert (show["params"]["id"], show["params"]["type"]) == ("background#2", "image")
    assert "udCode" not in show["params"]
    assert [item for item in held(studio) if item.startswith("background")] == ["background#2"]


def test_removing_comes_before_adding(studio: Studio) -> None:
    # GJ-E75.
    heard = modify(studio, [name("fore", "image")], [element("fore", "image", "image", url="http://127.0.0.1/2.png")])
    assert kinds(heard) == ["result", "Show image#2"]
    assert "image#1" not in held(studio)


def test_without_the_option_another_of_the_same_name_joins_it(studio: Studio) -> None:
    modify(studio, [], [element("fore", "image", "image", url="http://127.0.0.1/2.png")])
    assert [item for item in held(studio) if item.startswith("image")] == ["image#1", "image#2"]
    assert kinds(modify(studio, [name("fore", "image")], [])) == ["result"]
    assert [item for item in held(studio) if item.startswith("image")] == []


@pytest.mark.parametrize("params", [{}, {"rmvRes": {}}, {"addRes": {"resList": []}}])
def test_either_list_may_be_left_out(studio: Studio, params: dict[str, Any]) -> None:
    assert kinds(studio.ask("ModifySessionResList", **params)) == ["result"]


def test_what_is_not_there_cannot_be_removed_and_then_nothing_is(studio: Studio) -> None:
    before = held(studio)
    for layer in ("fore", "center"):
        code, text = code_and_text(modify(studio, [name("fore", "image"), name(layer, "nobody")], []))
        assert (code, text) == (
            -32602,
            f"params.rmvRes.resList[1].resOptions.name: layer {layer} holds no resource 'nobody' [GJ-E75]",
        )
    assert held(studio) == before


def test_a_session_is_never_without_its_digital_human(studio: Studio) -> None:
    # GJ-R090.
    assert code_and_text(modify(studio, [name("center", "dthuman")], [])) == (
        -32602,
        "params.rmvRes.resList: the session would be without a digital human [GJ-R090]",
    )
    result, show = modify(studio, [name("center", "dthuman")], [dthuman(SECOND)])
    assert "result" in result
    assert (show["params"]["id"], show["params"]["udCode"]) == ("dthuman#2", SECOND)


def test_a_session_holds_only_so_much() -> None:
    studio = Studio(max_elements=7)
    studio.create()
    assert kinds(modify(studio, [], [element("fore", "image", "one")])) == ["result", "Show one#1"]
    code, text = code_and_text(modify(studio, [], [element("fore", "image", "two")]))
    assert (code, text.partition(":")[0]) == (-32602, "params.addRes.resList")
    assert "two#1" not in held(studio)


def test_what_is_added_is_judged_as_in_a_creation(studio: Studio) -> None:
    code, text = code_and_text(modify(studio, [], [element("fore", "player", "v", url="u", loop=-5)]))
    assert (code, text.partition(":")[0]) == (-32602, "params.addRes.resList[0].resOptions.loop")


def test_a_kind_that_is_not_documented_is_kept(studio: Studio) -> None:
    # It is shown where it is drawn.
    drawn = element("fore", "clock", "clock", zone="east") | {"drawOptions": {"x": 1, "y": 2}}
    assert kinds(modify(studio, [], [drawn, element("center", "mixer", "mixer")])) == ["result", "Show clock#1"]
    assert held(studio)[-2:] == ["clock#1", "mixer#1"]
    assert studio.said[-1]["params"]["type"] == "clock"


# --- ExecSessionResList ---


def command(name: str, method: str, **args: Any) -> dict[str, Any]:
    """One command."""
    return {"name": name, "options": {"method": method, "args": args}}


def switch(code: str) -> dict[str, Any]:
    """The command for another scene."""
    return command("dthuman", "switchTemplate", drivenMode="audioDriven", audioDriven={"udCode": code})


def execute(studio: Studio, *commands: dict[str, Any]) -> list[dict[str, Any]]:
    """Gives commands."""
    return studio.ask("ExecSessionResList", executeList=list(commands))


@pytest.mark.parametrize("code", [SECOND, OF_THE_ROOM, LISTED])
def test_another_scene_is_shown(studio: Studio, code: str) -> None:
    # GJ-R106, GJ-E76: a template of the session, a scene of its live room, or one that 3.10 or 3.11 returns.
    result, show = execute(studio, switch(code))
    assert result["result"] == {"sessionId": studio.session.id, "message": "exec res ok"}
    assert studio.publications[-2].message == "ExecSessionResList.switchTemplate.result"
    assert (show["params"]["id"], show["params"]["udCode"]) == ("dthuman#1", code)


def test_every_scene_that_is_listed_can_be_switched_to(studio: Studio) -> None:
    """GJ-E71: whether the live room has presenters or not, and in strict mode, too."""
    for strict in (False, True):
        studio = Studio(strict=strict)
        assert kinds(studio.create())[0] == "result"
        studio.room.robots = ()
        codes = [scene.scene_code for robot in studio.state.stock.robots for scene in robot.scene_list or ()]
        assert len(codes) == 6
        for code in codes:
            assert kinds(execute(studio, switch(code)))[0] == "result"
            assert studio.noticed == []


def test_an_unknown_scene_is_refused(studio: Studio) -> None:
    # GJ-E71.
    assert code_and_text(execute(studio, switch("1"))) == (
        -32602,
        "params.executeList[0].options.args.audioDriven.udCode: "
        "no template and no presenter has the scene '1' [GJ-E71]",
    )


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(
    "start", [command("rtmp", "startRtmp"), command("rtmp", "setpushstreams", pushurls=["rtmp://127.0.0.1/1"])]
)
def test_the_stream_may_wait_for_a_command(start: dict[str, Any], strict: bool) -> None:
    """GJ-E77, GJ-E52: by step 2 of 4.1 an ExecSessionResList starts the stream, and its addresses follow."""
    studio = Studio(stream_start="execute", stream_seconds=1.0, strict=strict)
    assert kinds(studio.create()) == ["result"]
    assert kinds(studio.pass_time(5.0)) == []
    assert kinds(execute(studio, switch(SECOND))) == ["result"]
    assert kinds(execute(studio, start)) == ["result"]
    assert [item.level for item in studio.received.violations] in ([], ["note"])
    assert kinds(studio.pass_time(1.0))[:2] == ["StreamPlay", "Show dthuman#1"]
    # Once, however often it is asked for; and what commands another resource is none of it.
    assert kinds(execute(studio, start)) == ["result"]
    assert "StreamPlay" not in kinds(studio.pass_time(5.0))
    assert code_and_text(execute(studio, command("image", "startRtmp")))[1].endswith("[GJ-E77]")


def test_setting_replaces_and_closing_removes_what_is_named(studio: Studio) -> None:
    # GJ-R108, GJ-E83.
    one, two, three = (f"rtmp://127.0.0.1/{number}" for number in "123")
    assert kinds(execute(studio, command("rtmp", "setpushstreams", pushurls=[one, two, one]))) == ["result"]
    assert studio.session.push_urls == [one, two]
    execute(studio, command("rtmp", "setpushstreams", pushurls=[three, two]))
    assert studio.session.push_urls == [three, two]
    assert kinds(execute(studio, command("rtmp", "closepushstreams", pushurls=[two, one]))) == ["result"]
    assert studio.session.push_urls == [three]
    assert studio.publications[-1].message == "ExecSessionResList.closepushstreams.result"


@pytest.mark.parametrize(
    ("commands", "path", "clause"),
    [
        # GJ-R108: which resource a command is for; GJ-E83: addresses of the right kind, one or more.
        ([command("dthuman", "setpushstreams", pushurls=["rtmp://a/b"])], "[0].name", "GJ-R108"),
        ([command("rtmp", "switchTemplate", audioDriven={"udCode": FIRST})], "[0].name", "GJ-R106"),
        ([command("rtmp", "setpushstreams", pushurls=[])], "[0].options.args.pushurls", "GJ-R108"),
        ([command("rtmp", "setpushstreams", pushurls=["http://a/b"])], "[0].options.args.pushurls[0]", "GJ-E83"),
        ([command("rtmp", "closepushstreams")], "[0].options.args.pushurls", "GJ-R108"),
        ([switch(SECOND), command("rtmp", "start")], "[1].options.method", "GJ-E77"),
        ([], "", "GJ-R107"),
    ],
)
def test_a_command_that_is_wrong(studio: Studio, commands: list[dict[str, Any]], path: str, clause: str) -> None:
    code, text = code_and_text(execute(studio, *commands))
    assert code == -32602
    assert text.startswith(f"params.executeList{path}: ")
    assert text.endswith(f"[{clause}]")


def test_commands_are_carried_out_all_or_none(studio: Studio) -> None:
    heard = execute(studio, switch(SECOND), switch("1"))
    assert kinds(heard) == ["error"]
    heard = execute(studio, switch(SECOND), command("rtmp", "setpushstreams", pushurls=["rtmp://a/b"]), switch(FIRST))
    assert kinds(heard) == ["result", "Show dthuman#1", "Show dthuman#1"]


def test_a_resource_has_to_be_there() -> None:
    # GJ-R107.
    studio = Studio()
    studio.create(resList=[dthuman()])
    assert code_and_text(execute(studio, command("rtmp", "setpushstreams", pushurls=["rtmp://a/b"]))) == (
        -32602,
        "params.executeList[0].name: the session holds no resource 'rtmp' [GJ-R107]",
    )


def test_unknown_commands_may_be_let_pass() -> None:
    # GJ-E77: the document speaks of starting RTMP by such a command.
    studio = Studio(allow_unknown_commands=True)
    studio.create()
    heard = execute(studio, command("rtmp", "startrtmp"))
    assert kinds(heard) == ["result"]
    assert studio.publications[-1].message == "result"
    assert studio.noticed == ["GJ-E77 params.executeList[0].options.method"]


# --- pushPlayListManager ---


def test_the_five_actions(studio: Studio) -> None:
    # GJ-R109, R114.
    first, second = studio.audio
    speech = studio.speech
    assert studio.playlist("getPlayList")["data"] == [first, second]
    assert studio.playlist("addPlayList", pcmIds=[speech])["data"] == [first, second, speech]
    assert studio.playlist("insertPlayList", index=1, pcmIds=[speech], oldPcmId=second)["data"] == [
        first,
        speech,
        second,
        speech,
    ]
    assert studio.playlist("delPlayListIndex", index=3, oldPcmId=speech)["data"] == [first, speech, second]
    assert studio.playlist("insertPlayListAtSilent", pcmIds=[speech])["data"] == [first, speech, speech, second]
    assert studio.playlist("getPlayList") == {
        "sessionId": studio.session.id,
        "ok": True,
        "message": "",
        "data": [first, speech, speech, second],
    }


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"action": "insertPlayList", "index": 7, "pcmIds": [300001]}, "index: 7 is out of range"),
        ({"action": "delPlayListIndex", "index": -1}, "index: -1 is out of range"),
        ({"action": "delPlayListIndex", "index": 0, "oldPcmId": 1}, "oldPcmId: 300001 stands at index 0, not 1"),
        ({"action": "addPlayList", "pcmIds": [4]}, "pcmIds: no material 4 in this live room"),
        ({"action": "insertPlayListAtSilent", "pcmIds": [4]}, "pcmIds: no material 4 in this live room"),
    ],
)
def test_a_failure_of_business_is_a_result(studio: Studio, params: dict[str, Any], message: str) -> None:
    # GJ-E81.
    (answer,) = studio.ask("pushPlayListManager", **params)
    result = answer["result"]
    assert (result["ok"], result["message"].partition(" [")[0].partition(", the")[0]) == (False, message)
    assert "data" not in result
    assert studio.playlist("getPlayList")["data"] == studio.audio


@pytest.mark.parametrize(
    ("params", "path", "clause"),
    [
        ({"action": "insertPlayList", "pcmIds": [300001]}, "params.index", "GJ-R110"),
        ({"action": "delPlayListIndex"}, "params.index", "GJ-R110"),
        ({"action": "addPlayList"}, "params.pcmIds", "GJ-R111"),
        ({"action": "addPlayList", "pcmIds": []}, "params.pcmIds", "GJ-R111"),
        ({"action": "addPlayList", "pcmIds": "300001"}, "params.pcmIds", "GJ-R111"),
        ({"action": "insertPlayListAtSilent"}, "params.pcmIds", "GJ-R111"),
        ({"action": "shuffle"}, "params.action", "GJ-R109"),
        ({"action": 6}, "params.action", "GJ-R109"),
        ({}, "params.action", "GJ-R109"),
    ],
)
def test_an_action_that_is_malformed_is_an_error(
    studio: Studio, params: dict[str, Any], path: str, clause: str
) -> None:
    code, text = code_and_text(studio.ask("pushPlayListManager", **params))
    assert (code, text.partition(":")[0]) == (-32602, path)
    assert text.endswith(f"[{clause}]")


@pytest.mark.parametrize("action", [4, "4"])
def test_an_action_may_be_told_by_its_number_unless_strict(action: int | str) -> None:
    # GJ-E79.
    studio = Studio()
    studio.create()
    assert studio.ask("pushPlayListManager", action=action)[0]["result"]["ok"]
    assert studio.noticed == ["GJ-E79 params.action"]
    studio = Studio(strict=True)
    studio.create()
    code, text = code_and_text(studio.ask("pushPlayListManager", action=action))
    assert code == -32602
    assert text.endswith("[GJ-E79]")


def test_notifications_come_after_the_result_that_causes_them(studio: Studio) -> None:
    first, second = studio.audio
    heard = studio.ask("pushPlayListManager", action="delPlayListIndex", index=0)
    assert kinds(heard) == ["result", f"end {first}", f"begin {second}"]
