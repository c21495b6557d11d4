"""Projects from state to state, and the lines that are bought and used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from avatarwire.codecs.aliyun.http_enums import ProjectStatus, ResSpecType
from avatarwire.fakeserver.aliyun.projects import Action
from avatarwire.fakeserver.aliyun.resources import page
from avatarwire.fakeserver.aliyun.state import AliyunState, Project
from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.http.refusal import Refusal
from avatarwire.fakeserver.scenario import ScenarioError
from tests.fakeserver.aliyun.client import FRAME, MAIN_ID, new_project, saved, start, state_of


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


# --- what exists from the start ---


def test_projects_of_the_scenario_keep_their_state(clock: VirtualClock) -> None:
    state = state_of(
        clock, projects=[{"id": "1", "status": "DEPLOYING"}, {"id": "2", "status": "DEPLOY_FAIL", "error_msg": "no"}]
    )
    clock.advance(3600)
    assert [(item.id, item.status, item.error_msg) for item in state.projects] == [
        ("1", "DEPLOYING", ""),
        ("2", "DEPLOY_FAIL", "no"),
    ]


NO_VOICE: dict[str, Any] = {"layers": []}
NO_POSITION: dict[str, Any] = {**FRAME, "layers": [{"type": "ANCHOR", "material": {"id": "7"}}]}
BAD_PROJECTS: list[tuple[list[dict[str, Any]], str, str]] = [
    ([{"id": "1"}, {"id": "1"}], "aliyun.projects[1].id", "project 1 is listed twice"),
    ([{"id": "1", "frames": [NO_VOICE]}], "aliyun.projects[0].frames[0].videoScript", "missing"),
    ([{"id": "1", "frames": [FRAME, NO_POSITION]}], "aliyun.projects[0].frames[1].layers[0].positionX", "missing"),
]


@pytest.mark.parametrize(("projects", "path", "reason"), BAD_PROJECTS, ids=["twice", "no voice", "no position"])
def test_a_scenario_with_bad_projects_says_where(
    clock: VirtualClock, projects: list[dict[str, Any]], path: str, reason: str
) -> None:
    with pytest.raises(ScenarioError, match=reason) as caught:
        state_of(clock, projects=projects)
    assert caught.value.path == path


def test_a_project_of_the_scenario_may_show_a_video(clock: VirtualClock) -> None:
    video = {"type": "BACKGROUND", "material": {"url": "http://img.example/a.mp4", "format": "video/mp4"}}
    frame = {**FRAME, "layers": [FRAME["layers"][0], video]}
    project = state_of(clock, projects=[{"id": "1", "frames": [frame]}]).project("1")
    assert project is not None
    assert project.frames[0].layers[1].material.format == "video/mp4"  # ALI-E73: it can be read, not saved


# --- publication ---


def test_a_new_project_is_deployed_after_a_while(clock: VirtualClock) -> None:
    state = state_of(clock, deploy_seconds=2)
    project = state.projects.create(saved(), MAIN_ID)
    seen: list[str] = [project.status, state.projects.publish(project, 1)]
    for seconds in (1.9, 0.1):
        clock.advance(seconds)
        seen.append(project.status)
    assert seen == ["DRAFT", "DEPLOYING", "DEPLOYING", "DEPLOYED"]
    assert (len(project.id), project.id.isdigit(), state.project(project.id)) == (18, True, project)


def test_a_new_project_gets_an_id_that_is_free(clock: VirtualClock) -> None:
    first = state_of(clock).projects.create(saved(), MAIN_ID).id
    assert state_of(clock, projects=[{"id": first}]).projects.create(saved(), MAIN_ID).id != first  # the same seed


def test_a_deployment_may_take_no_time_but_is_still_reported(clock: VirtualClock) -> None:
    state = state_of(clock, deploy_seconds=0)
    project = state.projects.create(saved(), MAIN_ID)
    assert state.projects.publish(project, 1) == ProjectStatus.DEPLOYING  # ALI-E76
    assert (project.status, clock.pending) == (ProjectStatus.DEPLOYED, 0)


@pytest.mark.parametrize("failing", ["lobby", "the id"])
def test_a_scenario_scripts_failures_by_name_or_id(clock: VirtualClock, failing: str) -> None:
    first = state_of(clock).projects.create(saved(), MAIN_ID).id
    state = state_of(clock, deploy_failures=[first if failing == "the id" else failing])
    project = new_project(state)  # the same seed, so the same id
    clock.advance(1)
    assert (project.status, project.error_code) == (ProjectStatus.DEPLOY_FAIL, "DeploymentFailed")
    assert project.error_msg == "the deployment failed, as the scenario says"
    state.projects.edit(saved(operateType="EDIT", projectId=project.id, projectName="other"), MAIN_ID)
    state.projects.publish(project, 1)
    assert (project.error_msg, project.error_code) == ("", "")  # a new attempt


@pytest.mark.parametrize(
    ("voice", "status"),
    [("101", "DEPLOYED"), ("102", "DEPLOY_FAIL"), ("999", "DEPLOYED"), ("clear", "DEPLOYED"), ("9" * 40, "DEPLOYED")],
)
def test_a_voice_has_to_suit_the_figure(clock: VirtualClock, voice: str, status: str) -> None:
    frame = {**FRAME, "videoScript": {"voiceTemplateId": voice, "speedRate": "1.0"}}
    project = new_project(state_of(clock), frames=[FRAME, frame])
    clock.advance(1)
    assert project.status == status
    told = "ALI-R061 error: frames[1].videoScript.voiceTemplateId: voice 102 is M, figure 310001 is F"
    assert project.error_msg == (told if status == "DEPLOY_FAIL" else "")


def test_publishing_again_starts_the_wait_anew(clock: VirtualClock) -> None:
    state = state_of(clock, deploy_seconds=2)
    project = new_project(state)
    clock.advance(1.5)
    state.projects.publish(project, 3)
    clock.advance(1.5)
    assert (project.status, project.channels, clock.pending) == (ProjectStatus.DEPLOYING, 3, 1)
    clock.advance(0.5)
    assert project.status == ProjectStatus.DEPLOYED


def test_an_edit_replaces_what_it_names(clock: VirtualClock) -> None:
    state = state_of(clock)
    project = new_project(state, agentId="agent-7", scriptModelTag="tag")
    state.projects.edit(
        saved(operateType="EDIT", projectId=project.id, projectName="hall", frames=[FRAME, FRAME]), MAIN_ID
    )
    assert (project.name, project.agent_id, project.script_model_tag) == ("hall", "agent-7", "tag")
    assert len(project.frames) == 2
    with pytest.raises(ValueError, match="not a CREATE request"):
        state.projects.create(saved(operateType="EDIT", projectId=project.id), MAIN_ID)


STATES = ("DRAFT", "DELETED", "DEPLOYING", "DEPLOYED", "DEPLOY_FAIL", "OFFLINE")


def deploy(state: AliyunState, project: Project) -> None:
    project.check("deploy")
    state.projects.publish(project, 1)


ACTS: dict[Action, Callable[[AliyunState, Project], object]] = {
    "edit": lambda state, project: state.projects.edit(saved(operateType="EDIT", projectId=project.id), MAIN_ID),
    "deploy": deploy,
    "offline": lambda state, project: state.take_offline(project),
    "delete": lambda state, project: state.delete(project),
    "start": lambda state, project: start(state, project_id=project.id),
    "strict start": lambda state, project: project.check("strict start"),
}


@pytest.mark.parametrize(
    ("action", "after"),
    [
        # what each state becomes, in the order of STATES; None where the action is refused
        ("edit", ("DRAFT", None, "DEPLOYING", "DEPLOYED", "DEPLOY_FAIL", "OFFLINE")),
        ("deploy", ("DEPLOYING", None, "DEPLOYING", "DEPLOYING", "DEPLOYING", "DEPLOYING")),
        ("offline", (None, None, None, "OFFLINE", None, None)),
        ("delete", ("DELETED", None, "DELETED", "DELETED", "DELETED", "DELETED")),
        ("start", ("DRAFT", None, "DEPLOYING", "DEPLOYED", "DEPLOY_FAIL", "OFFLINE")),
        ("strict start", (None, None, None, "DEPLOYED", None, None)),
    ],
)
def test_which_state_lets_what_be_done(clock: VirtualClock, action: Action, after: tuple[str | None, ...]) -> None:
    for before, expected in zip(STATES, after, strict=True):
        state = state_of(clock, projects=[{"id": "1", "status": before}])
        project = state.projects.require("1", MAIN_ID)
        if expected is None:
            with pytest.raises(Refusal, match=f"project 1 is {before}; {action} needs one that is") as caught:
                ACTS[action](state, project)
            assert caught.value.code == "IncorrectProjectStatus"
        else:
            ACTS[action](state, project)
        assert project.status == (expected or before)


def test_a_deleted_project_is_not_deployed_later(clock: VirtualClock) -> None:
    state = state_of(clock)
    project = new_project(state)
    state.delete(project)
    assert clock.pending == 0
    clock.advance(1)
    assert project.status == ProjectStatus.DELETED


# --- lines ---


def test_lines_are_held_by_projects_of_the_tier_that_are_or_become_deployed(clock: VirtualClock) -> None:
    resources = [
        {"id": "r-1", "channels": 2},
        {"id": "r-2", "channels": 1},
        {"id": "r-3", "type": "ADVANCED", "channels": 1},
    ]
    state = state_of(clock, projects=[{"id": "1", "channels": 2}], resources=resources)
    first = state.projects.require("1", MAIN_ID)
    second = new_project(state)
    assert second.status == ProjectStatus.DEPLOYING
    third = new_project(state)
    assert (third.status, third.error_code) == (ProjectStatus.DEPLOY_FAIL, "QuotaExceeded.Channels")
    assert third.error_msg == "1 STANDARD lines asked for, 0 of 3 are left [ALI-E89]"
    assert new_project(state, resSpecType="ADVANCED").status == ProjectStatus.DEPLOYING
    assert state.projects.shortage(first, 2) == ""  # its own lines do not count
    assert state.projects.shortage(first, 3) == "3 STANDARD lines asked for, 2 of 3 are left [ALI-E89]"
    state.take_offline(first)
    assert state.projects.publish(third, 2) == ProjectStatus.DEPLOYING


def test_lines_end_with_their_resource(clock: VirtualClock) -> None:
    state = state_of(clock, projects=[], resources=[{"id": "r-1", "channels": 1, "valid_seconds": 60}])
    assert state.stock.lines(ResSpecType.STANDARD, clock.now()) == 1
    clock.advance(59.9)
    assert [item.valid_period_time for item in state.stock.resources(clock.now())] == ["1767225660000"]
    clock.advance(0.1)
    assert state.stock.resources(clock.now()) == ()
    assert new_project(state).status == ProjectStatus.DEPLOY_FAIL


@pytest.mark.parametrize(
    ("number", "size", "items"), [(1, 2, "ab"), (2, 2, "cd"), (3, 2, "e"), (4, 2, ""), (10**30, 10**30, "")]
)
def test_pages_count_from_1(number: int, size: int, items: str) -> None:
    assert page("abcde", number, size) == items
