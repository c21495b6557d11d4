"""What one main account has made is neither seen nor touched by another; access keys of one main account share it."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import urlencode

import pytest

from avatarwire.codecs.aliyun.http import OPERATIONS
from avatarwire.codecs.errors import TokenError
from tests.fakeserver.aliyun.client import CREATE, FRAME, KEY_ID, KEY_SECRET, MAIN_ID, Fake, body

ACCOUNTS: Final = (
    {"access_key_id": KEY_ID, "access_key_secret": KEY_SECRET},
    {"access_key_id": "LTAI-colleague", "access_key_secret": "colleague"},
    {"access_key_id": "LTAI-stranger", "access_key_secret": "stranger", "main_id": "1602000000000002"},
)
_BY_ID: Final = {operation.id: operation for operation in OPERATIONS}


def call(fake: Fake, who: str, action: str, /, **parameters: Any) -> dict[str, Any]:
    """What a call of somebody is answered by."""
    operation = _BY_ID[action]
    is_query = operation.parameters_in == "query"
    sent = ("", json.dumps(parameters).encode()) if not is_query else (urlencode(parameters), b"")
    answer = fake.send(
        operation.method,
        operation.path,
        *sent,
        action=action,
        key_id=f"LTAI-{who}",
        secret=who,
        nonce=f"n-{fake.calls}",
    )
    return body(answer)


@pytest.fixture
def fake() -> Fake:
    return Fake(accounts=ACCOUNTS)


def test_a_project_of_another_account_is_as_one_there_is_not(fake: Fake) -> None:
    project = fake.ok("SaveAvatarProject", **CREATE)["projectId"]
    session = fake.start(project_id=project)
    about = {"projectId": project, "sessionId": session.id}
    calls: dict[str, dict[str, Any]] = {
        "QueryAvatarProject": {"projectId": project},
        "SaveAvatarProject": {"operateType": "EDIT", "projectId": project, "frames": [FRAME]},
        "OperateAvatarProject": {"projectId": project, "operateType": "DELETE"},
        "QuerySessionInfo": {"projectId": project, "statusList": "STARTED", "pageNo": 1},
        "StartAvatarSession": {"projectId": project, "requestId": session.request_id},
        "StopAvatarSession": about,
        "CheckSession": about,
        "SendTextMsg": {**about, "text": "hi", "type": 1, "requestId": "r", "interrupt": False},
    }
    for action, parameters in calls.items():
        foreign = call(fake, "stranger", action, **parameters)
        unknown = call(fake, "stranger", action, **parameters | {"projectId": "1"})
        assert foreign["Code"] == unknown["Code"] == "InvalidProject.NotFound", action
        assert foreign["Message"].replace(project, "1") == unknown["Message"], action
    listed = call(fake, "stranger", "ListAvatarProject", projectIdList=project)
    assert listed["queryAvatarProjectResultList"] == []
    # Nothing has come of all that.
    assert not session.stopped
    assert fake.ok("QueryAvatarProject", projectId=project)["projectName"] == "lobby"


def test_access_keys_of_one_account_share_its_projects(fake: Fake) -> None:
    project = fake.ok("SaveAvatarProject", **CREATE)["projectId"]
    assert call(fake, "colleague", "QueryAvatarProject", projectId=project)["projectName"] == "lobby"


def test_a_project_of_the_scenario_belongs_to_the_first_account_or_to_the_one_it_names() -> None:
    fake = Fake(accounts=ACCOUNTS, projects=[{"id": "1"}, {"id": "2", "main_id": "1602000000000002"}])
    for who, own in (("colleague", "1"), ("stranger", "2")):
        found = call(fake, who, "ListAvatarProject", projectIdList="1,2")["queryAvatarProjectResultList"]
        assert [item["projectId"] for item in found] == [own]


def test_one_request_id_starts_a_session_of_each_account() -> None:
    """ALI-E71: a start is repeated within a project, so never across accounts."""
    fake = Fake(accounts=ACCOUNTS, projects=[{"id": "1"}, {"id": "2", "main_id": "1602000000000002"}])
    own = fake.start("rq-1", "1")
    other = call(fake, "stranger", "StartAvatarSession", projectId="2", requestId="rq-1")["sessionId"]
    assert own.id != other
    # Its own project does not lend it the session of another's.
    foreign = {"projectId": "2", "sessionId": own.id}
    assert call(fake, "stranger", "CheckSession", **foreign)["Code"] == "InvalidSession.NotFound"
    assert call(fake, "stranger", "StopAvatarSession", **foreign)["status"] == "StoppedFail"
    assert not own.stopped


def test_a_socket_opens_with_the_token_of_its_own_session_only() -> None:
    fake = Fake(accounts=ACCOUNTS, projects=[{"id": "1"}, {"id": "2", "main_id": "1602000000000002"}])
    own = fake.start("rq-1", "1")
    url = call(fake, "stranger", "StartAvatarSession", projectId="2")["webSocketUrl"]
    token = url.partition("token=")[2].partition("&")[0]
    with pytest.raises(TokenError):
        fake.state.verify_socket(token, own.id, fake.clock.now())


def test_lines_are_held_by_projects_of_the_account() -> None:
    """ALI-E89: another account's publications take none of the lines that one has bought."""
    lines = {"id": "r-1", "type": "STANDARD", "channels": 1}
    fake = Fake(accounts=ACCOUNTS, projects=(), resources=(lines,), deploy_seconds=0)
    assert call(fake, "stranger", "SaveAvatarProject", **CREATE)["status"] == "DEPLOYING"
    assert fake.ok("SaveAvatarProject", **CREATE)["status"] == "DEPLOYING"
    assert fake.ok("SaveAvatarProject", **CREATE)["status"] == "DEPLOY_FAIL"


def test_two_keys_may_use_one_nonce(fake: Fake) -> None:
    """A nonce tells a key's own calls apart."""
    operation = _BY_ID["ListAvatarProject"]

    def send(key_id: str, secret: str) -> int:
        about: dict[str, Any] = {"action": operation.id, "key_id": key_id, "secret": secret, "nonce": "same"}
        return fake.send(operation.method, operation.path, "projectIdList=1", **about).status

    assert send(KEY_ID, KEY_SECRET) == send("LTAI-stranger", "stranger") == 200
    assert send(KEY_ID, KEY_SECRET) == 400


def test_the_default_project_is_the_first_accounts() -> None:
    fake = Fake(accounts=ACCOUNTS, projects=[{"id": "2", "main_id": "1602000000000002"}, {"id": "1"}])
    assert fake.state.default_project_id == "1"
    assert fake.state.projects.require("1", MAIN_ID).id == "1"
