"""Where an endpoint is, read from a ready file or from the environment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from avatarwire.conformance.engine.endpoint import BadEndpoint, Endpoint, from_environment, from_ready_file, vendors_of
from avatarwire.conformance.engine.secrets import Secrets

PART = {"http_url": "http://127.0.0.1:80/", "access_key_secret": "abcdefgh"}


def ready(folder: Path, content: Any) -> Path:
    file = folder / "ready.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def test_a_ready_file(tmp_path: Path) -> None:
    control = {"url": "http://127.0.0.1:81", "token": "token-of-control"}
    file = ready(tmp_path, {"aliyun": PART, "control": control})
    endpoint = from_ready_file("aliyun", file)
    assert endpoint.url == "http://127.0.0.1:80"
    assert endpoint.control == control
    assert endpoint.is_local
    assert vendors_of(file) == ["aliyun"]
    secrets = Secrets()
    endpoint.learn(secrets)
    assert secrets.text("abcdefgh token-of-control") == "<8 characters masked> <16 characters masked>"


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("{", "not JSON"),
        ([], "not a ready file: a JSON object with a member for each vendor"),
        ({"guiji": {}, "control": {}}, "no aliyun; it has guiji"),
        ({"aliyun": {}}, "aliyun.http_url: missing"),
        ({"aliyun": {"http_url": "http://me:secret@x"}}, "aliyun.http_url: no user, query or fragment belongs there"),
        ({"aliyun": {"http_url": "http://x?secret=1"}}, "aliyun.http_url: no user, query or fragment belongs there"),
        ({"aliyun": {"http_url": "ftp://x"}}, "aliyun.http_url: not a URL of http, https"),
        ({"aliyun": {"http_url": "mqtt://x"}}, "aliyun.http_url: not a URL of http, https"),
        ({"aliyun": {"http_url": "http://a..b"}}, "aliyun.http_url: not a URL of http, https"),
        ({"aliyun": {"http_url": "http://x/a b"}}, "aliyun.http_url: not a URL of http, https"),
        ({"aliyun": {**PART, "project_id": {}}}, "aliyun.project_id: expected a text, a number or a list of these"),
        ({"aliyun": {**PART, "project_id": "1\r\n"}}, "aliyun.project_id: there are control characters in it"),
        ({"aliyun": {**PART, "ca_file": "/none"}}, "aliyun.ca_file: no such file"),
        ({"aliyun": PART, "control": {"url": 5, "token": "t"}}, "control: expected an http url and a token"),
        ({"aliyun": PART, "control": {"url": "127.0.0.1:1"}}, "control: expected an http url and a token"),
        ("[" * 100_000, "not JSON"),
        ({"aliyun": {**PART, "ws_url": 7}}, "aliyun.ws_url: not a URL of http, https, ws, wss, mqtt, mqtts"),
    ],
)
def test_a_wrong_one_is_one_line(content: Any, error: str, tmp_path: Path) -> None:
    file = ready(tmp_path, content)
    with pytest.raises(BadEndpoint) as caught:
        from_ready_file("aliyun", file)
    assert str(caught.value) == f"{file}: {error}"


def test_one_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadEndpoint, match="No such file"):
        vendors_of(tmp_path / "none.json")
    with pytest.raises(BadEndpoint, match="it has none of aliyun, guiji, sensetime"):
        vendors_of(ready(tmp_path, {"other": {}}))


def test_a_target_has_its_credentials_in_the_environment() -> None:
    environment = {
        "AVATARWIRE_GUIJI_APP_ID": "one", "AVATARWIRE_GUIJI_LIVE_ID": "7", "AVATARWIRE_GUIJI_SEQUENCE": '["a", "b"]',
        "AVATARWIRE_ALIYUN_PROJECT_ID": "no",
    }  # fmt: skip
    endpoint = from_environment("guiji", "https://example.com", environment)
    assert endpoint.values == {
        "app_id": "one", "live_id": "7", "sequence": ["a", "b"], "http_url": "https://example.com",
    }  # fmt: skip
    assert not endpoint.is_local
    with pytest.raises(BadEndpoint, match=r"^--target: guiji\.http_url: not a URL"):
        from_environment("guiji", "example.com", {})


@pytest.mark.parametrize(
    ("url", "invalid", "agreed", "permitted"),
    [
        ("http://127.0.0.1:1", False, False, {"destructive", "billable"}),
        ("http://192.0.2.1", False, False, set[str]()),
        ("http://192.0.2.1", True, False, {"invalid"}),
        ("http://192.0.2.1", False, True, {"destructive", "billable"}),
    ],
)
def test_what_may_be_done_to_it(url: str, invalid: bool, agreed: bool, permitted: set[str]) -> None:
    endpoint = Endpoint("aliyun", {"http_url": url})
    assert endpoint.permitting(invalid=invalid, agreed=agreed).permissions == permitted


def test_what_cases_need_has_to_be_there() -> None:
    endpoint = Endpoint("sensetime", {"http_url": "http://x", "app_id": "a"})
    endpoint.check(["access_token|app_id"])
    with pytest.raises(BadEndpoint) as caught:
        endpoint.check(["param|script"])
    assert str(caught.value) == (
        "sensetime: param or script is missing: in the ready file, or AVATARWIRE_SENSETIME_PARAM or "
        "AVATARWIRE_SENSETIME_SCRIPT for a target"
    )


@pytest.mark.parametrize(
    ("url", "local"),
    [("http://localhost:1", True), ("http://[::1]:1", True), ("http://127.9.9.9", True), ("http://10.0.0.1", False)],
)
def test_what_is_on_this_machine(url: str, local: bool) -> None:
    assert Endpoint("aliyun", {"http_url": url}).is_local is local
