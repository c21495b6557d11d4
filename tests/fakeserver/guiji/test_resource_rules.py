"""What a session is asked to show, held against the scenes there are: refused when strict, otherwise a warning."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from avatarwire.fakeserver.journal.entry import Level
from tests.fakeserver.guiji.talk import FIRST, LISTED, PICTURE, VIDEO, Studio, code_and_text, dthuman, element, kinds

TEMPLATE = "resOptions.audioDriven.templates[0]"


def human(code: str = FIRST, **template: Any) -> dict[str, Any]:
    """The digital human with one template, of which members are changed; those that are ``...`` are left out."""
    made = deepcopy(dthuman(code, code))
    (given,) = made["resOptions"]["audioDriven"]["templates"]
    for name, value in template.items():
        given[name] = value
    made["resOptions"]["audioDriven"]["templates"] = [{n: v for n, v in given.items() if v is not ...}]
    return made


def other(of: dict[str, Any], **options: Any) -> dict[str, Any]:
    """An element with other options; those that are ``...`` are left out."""
    kept = {**of["resOptions"], **options}
    return {**of, "resOptions": {name: value for name, value in kept.items() if value is not ...}}


CASES = [
    pytest.param(human("42"), "GJ-R092", f"{TEMPLATE}.udCode", "got '42'", id="a scene that there is not"),
    pytest.param(human("369590278856773"), "GJ-R092", f"{TEMPLATE}.udCode", "got '369", id="that of the sample"),
    pytest.param(human(sequence=...), "GJ-R092", f"{TEMPLATE}.sequence", "no videos", id="no sequence"),
    pytest.param(human(sequence=[]), "GJ-R092", f"{TEMPLATE}.sequence", "no videos", id="an empty sequence"),
    pytest.param(human(sequence=["zzz"]), "GJ-R092", f"{TEMPLATE}.sequence[0]", "got 'zzz'", id="no URL"),
    pytest.param(
        human(sequence=["http://127.0.0.1/810002.mp4"]),
        "GJ-R092",
        f"{TEMPLATE}.sequence[0]",
        "expected the videoCoverUrl of scene 810001",
        id="another scene's video",
    ),
    pytest.param(
        human(LISTED), "GJ-R092", f"{TEMPLATE}.sequence[0]", "scene 910001", id="not the video of a listed scene"
    ),
    pytest.param(other(PICTURE, url=...), "GJ-R103", "resOptions.url", "missing", id="a picture without URL"),
    pytest.param(other(PICTURE, url=""), "GJ-R103", "resOptions.url", "got ''", id="an empty URL"),
    pytest.param(other(VIDEO, url="clip.mp4"), "GJ-R103", "resOptions.url", "got 'clip.mp4'", id="a video's file"),
]


@pytest.mark.parametrize(("wrong", "clause", "path", "reason"), CASES)
def test_strict_mode_refuses_what_cannot_be_shown(wrong: dict[str, Any], clause: str, path: str, reason: str) -> None:
    is_human = wrong["resOptions"]["type"] == "dthuman"
    shown, at = ([wrong], 0) if is_human else ([human(), wrong], 1)
    for strict, level in ((True, "error"), (False, "warning")):
        studio = Studio(strict=strict)
        heard = studio.create(resList=shown)
        (found,) = [item for item in studio.received.violations if item.clause == clause]
        assert (found.path, found.level) == (f"params.resList[{at}].{path}", level)
        assert reason in str(found)
        if strict:
            assert code_and_text(heard) == (-32602, str(found))
            assert kinds(studio.create(resList=[human(), PICTURE, VIDEO]))[0] == "result"
        else:
            assert kinds(heard)[0] == "result"


@pytest.mark.parametrize("strict", [False, True])
def test_what_is_added_later_is_judged_too(strict: bool) -> None:
    studio = Studio(strict=strict)
    studio.create()
    wrong = element("fore", "image", "picture")
    heard = studio.ask("ModifySessionResList", rmvRes={"resList": []}, addRes={"resList": [wrong]})
    level: Level = "error" if strict else "warning"
    assert [(item.path, item.level) for item in studio.received.violations] == [
        ("params.addRes.resList[0].resOptions.url", level)
    ]
    assert kinds(heard)[0] == ("error" if strict else "result")


@pytest.mark.parametrize("strict", [False, True])
def test_scenes_as_they_are_listed_are_right(strict: bool) -> None:
    """Those of 3.10, of 3.11, and of the live room; a scene that the room was given no video of may have any."""
    studio = Studio(strict=strict)
    presenters = (*studio.state.stock.robots, *studio.room.robots)
    scenes = [scene for presenter in presenters for scene in presenter.scene_list or ()]
    assert len(scenes) == 9
    for scene in scenes:
        studio.session = studio.state.sessions.create(studio.room, "", studio.account)
        assert kinds(studio.create(resList=[human(scene.scene_code, sequence=[scene.video_cover_url])]))[0] == "result"
        assert studio.noticed == []
    (robot,) = studio.room.robots
    studio.room.robots = (robot.replace(scene_list=(scenes[-1].replace(scene_code="7", video_cover_url=None),)),)
    studio.session = studio.state.sessions.create(studio.room, "", studio.account)
    assert kinds(studio.create(resList=[human("7")]))[0] == "result"
    assert studio.noticed == []
