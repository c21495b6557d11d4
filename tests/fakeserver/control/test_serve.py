"""Control of ``avatarwire serve``: on by default, for whoever has the token, on one clock for all fakes."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect as connect_socket

from avatarwire.fakeserver import FakeServerError
from avatarwire.fakeserver.remote import connect
from avatarwire.fakeserver.vendors import VENDORS
from tests.fakeserver.aliyun.running import BASE, LIMIT
from tests.fakeserver.control.serving import SECONDS, serving, started

SCENARIO = """
[server]
clock = "virtual"
seed = 7

[aliyun]
verify_signatures = false
line_seconds = 600.0
"""


def refused(*arguments: str, env: dict[str, str] | None = None) -> str:
    """What the command says that does not start."""
    process = started(["serve", "aliyun", *arguments], env)
    out, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, out) == (2, "")
    (line,) = err.splitlines()
    return line


def post(url: str, path: str, **parameters: Any) -> dict[str, Any]:
    """A call of a fake."""
    request = urllib.request.Request(url + path, json.dumps(parameters).encode())  # noqa: S310 - our own server
    with urllib.request.urlopen(request, timeout=LIMIT) as answer:  # noqa: S310 - likewise
        fields: dict[str, Any] = json.load(answer)
    return fields


def status_of(request: urllib.request.Request) -> int:
    """The status of an answer, whatever it is."""
    try:
        with urllib.request.urlopen(request, timeout=LIMIT) as answer:  # noqa: S310 - our own server
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_a_suite_has_fakes_in_another_process(tmp_path: Path) -> None:
    with serving(tmp_path, scenario=SCENARIO) as served, connect(served.path) as remote:
        assert list(remote) == list(VENDORS)
        assert set(served.ready) == {*VENDORS, "control"}
        assert abs(remote.clock.now() - time.time()) < 3600  # noqa: TID251 - it begins at this machine's time
        aliyun = remote.aliyun
        fields = post(aliyun.http_url, f"{BASE}/startAvatarSession", projectId=aliyun.project_id, requestId="rq-1")
        with connect_socket(fields["webSocketUrl"], proxy=None) as socket:
            remote.advance(599.0)
            assert aliyun.sessions()[0]["over"] is False
            remote.guiji.advance(1.0)  # the clock is that of all
            aliyun.journal.expect_sync("session.force_close", session=fields["sessionId"])
            assert socket.recv(timeout=LIMIT)
            with pytest.raises(ConnectionClosed):
                socket.recv(timeout=LIMIT)
        remote.reset()
        assert aliyun.sessions() == []
        again = post(aliyun.http_url, f"{BASE}/startAvatarSession", projectId=aliyun.project_id, requestId="rq-1")
        assert again["sessionId"] == fields["sessionId"]  # ids start over, as there is a seed
        code, err = served.end()
        assert (code, err) == (0, "")
        assert not served.path.exists()


def test_each_http_port_says_that_it_is_there_and_its_journal_does_not(tmp_path: Path) -> None:
    with serving(tmp_path) as served, connect(served.path) as remote:
        for url in (served.ready["control"]["url"], *(remote[vendor].http_url for vendor in VENDORS)):
            for probe in ("/readyz", "/healthz"):
                with urllib.request.urlopen(url + probe, timeout=LIMIT) as answer:  # noqa: S310 - our own server
                    assert (answer.status, json.load(answer)) == (200, {"status": "ok"})
        for vendor in VENDORS:
            assert remote[vendor].journal.entries() == []
            with pytest.raises(urllib.error.HTTPError) as other:
                post(remote[vendor].http_url, "/readyz")
            assert other.value.code == 405
            other.value.close()


def test_time_may_jump_by_itself(tmp_path: Path) -> None:
    scenario = SCENARIO.replace('"virtual"', '"jump"').replace("600.0", "86400.0")
    with serving(tmp_path, "aliyun", "--no-control", scenario=scenario) as served:
        assert "control" not in served.ready
        facts = served.ready["aliyun"]
        fields = post(facts["http_url"], f"{BASE}/startAvatarSession", projectId=facts["project_id"], requestId="r")
        with connect_socket(fields["webSocketUrl"], proxy=None) as socket:
            frame = socket.recv(timeout=LIMIT)
            assert isinstance(frame, bytes)
            assert b"sessionId" in frame  # a day has passed
        assert served.end() == (0, "")


def test_a_token_can_be_set_and_is_not_printed(tmp_path: Path) -> None:
    env = {"AVATARWIRE_CONTROL_TOKEN": "a-token-of-the-test"}
    with serving(tmp_path, "aliyun", env=env) as served:
        assert served.ready["control"]["token"] == "a-token-of-the-test"
        with connect(url=served.ready["control"]["url"], token="a-token-of-the-test") as remote:
            assert list(remote) == ["aliyun"]
        with pytest.raises(FakeServerError, match="the token is wrong"):
            connect(url=served.ready["control"]["url"], token="another-token")


def test_beyond_loopback_it_needs_a_token_that_was_set(tmp_path: Path) -> None:
    told = "error: control beyond loopback, on 0.0.0.0, needs a token: set AVATARWIRE_CONTROL_TOKEN"
    assert refused("--control-host", "0.0.0.0") == told  # noqa: S104 - refused
    with serving(
        tmp_path,
        "aliyun",
        "--control-host",
        "0.0.0.0",  # noqa: S104 - in a test
        "--advertise",
        "fakes.example",
        env={"AVATARWIRE_CONTROL_TOKEN": "a-token-of-the-test"},
    ) as served:
        url = served.ready["control"]["url"]
        assert url.startswith("http://fakes.example:")
        port = url.rpartition(":")[2]
        for host, status in (("fakes.example", 200), ("10.1.2.3", 200), ("evil.example", 403)):
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}/v1/clock",
                headers={"Host": host, "Authorization": "Bearer a-token-of-the-test"},
            )
            assert status_of(request) == status


@pytest.mark.parametrize(
    ("arguments", "env", "told"),
    [
        ((), {"AVATARWIRE_CONTROL_TOKEN": "with space"}, "AVATARWIRE_CONTROL_TOKEN: expected a bearer token"),
        ((), {"AVATARWIRE_CONTROL_TOKEN": "short"}, "AVATARWIRE_CONTROL_TOKEN: expected a token of at least 8"),
        (("--control-host", " "), {}, "host: expected an address"),
        (("--control-host", "nowhere.invalid"), {"AVATARWIRE_CONTROL_TOKEN": "long-enough"}, "control cannot listen"),
        (("--advertise", "a b"), {}, "advertise: expected HOST or HOST:PORT"),
        (("--advertise", "host:99999"), {}, "advertise: expected HOST or HOST:PORT"),
        (("--advertise", "http://host"), {}, "advertise: expected HOST or HOST:PORT"),
        (("--advertise", ""), {}, "advertise: expected HOST or HOST:PORT"),
    ],
)
def test_wrong_options_are_one_line(arguments: tuple[str, ...], env: dict[str, str], told: str) -> None:
    line = refused(*arguments, env=env)
    assert line.startswith(f"error: {told}")
    assert all(value not in line for value in env.values())


def test_the_advertised_host_is_in_every_url(tmp_path: Path) -> None:
    with serving(tmp_path, "--advertise", "fakes.example", scenario="[aliyun]\nverify_signatures = false\n") as served:
        ready = served.ready
        urls = [url for vendor in VENDORS for name, url in ready[vendor].items() if name.endswith("_url") and url]
        assert len(urls) == 7
        assert all("://fakes.example:" in url for url in urls), urls
        assert ready["control"]["url"].startswith("http://127.0.0.1:")  # where it listens, and nowhere else
        here = ready["aliyun"]["http_url"].replace("fakes.example", "127.0.0.1")
        fields = post(here, f"{BASE}/startAvatarSession", projectId=ready["aliyun"]["project_id"], requestId="r")
        assert fields["webSocketUrl"].startswith(ready["aliyun"]["ws_url"])


def test_with_a_port_it_is_that_of_http_and_sockets(tmp_path: Path) -> None:
    with serving(tmp_path, "guiji", "--advertise", "[2001:db8::1]:8443") as served:
        assert served.ready["guiji"]["http_url"] == "http://[2001:db8::1]:8443"
        assert served.ready["guiji"]["mqtt_url"].startswith("mqtt://[2001:db8::1]:")


def test_by_default_urls_have_the_host_that_was_called(tmp_path: Path) -> None:
    with serving(tmp_path, "aliyun", scenario="[aliyun]\nverify_signatures = false\n") as served:
        facts = served.ready["aliyun"]
        by_name = facts["http_url"].replace("127.0.0.1", "localhost")
        fields = post(by_name, f"{BASE}/startAvatarSession", projectId=facts["project_id"], requestId="r")
        assert fields["webSocketUrl"].startswith(by_name.replace("http", "ws") + "/v1/interaction?")


def test_a_port_that_is_taken_is_one_line(tmp_path: Path) -> None:
    with serving(tmp_path, "aliyun") as served:
        port = served.ready["control"]["url"].rpartition(":")[2]
        line = refused("--control-port", port)
        assert line.startswith(f"error: control cannot listen on 127.0.0.1 port {port}: ")
