"""Pages: by which host tokens are given to them, and which may open WebSockets (ST-TOK-08, ST-TOK-09)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from avatarwire.codecs.sensetime.auth.web_token import WEB_TOKEN
from avatarwire.codecs.sensetime.http import CREATE_LIVE
from avatarwire.codecs.sensetime.tokens import REFRESH
from avatarwire.fakeserver import FakeSenseTime

PAGE = "http://page.example"
EVERY = "0.0.0.0"  # noqa: S104 - in a test


def post(fake: FakeSenseTime, path: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    url = f"http://127.0.0.1:{fake.port}{path}"
    answer: dict[str, Any] = httpx.post(url, json=body, headers=headers, trust_env=False).json()
    return answer


def web_token(fake: FakeSenseTime, **headers: str) -> int:
    """The code of the answer to a page that asks for a token."""
    url = f"http://127.0.0.1:{fake.port}{WEB_TOKEN.path}"
    return int(httpx.request(WEB_TOKEN.method, url, headers=headers, trust_env=False).json()["code"])


@pytest.mark.parametrize(
    ("changes", "host", "code"),
    [
        ({}, "127.0.0.1:8080", 0),
        ({}, "localhost", 0),
        ({}, "evil.example", 10_008),
        ({}, "127.0.0.1.evil.example:80", 10_008),
        ({}, "avatar-fake:8080", 10_008),
        ({"advertise": "fakes.example:8443"}, "fakes.example:8443", 0),
        ({"advertise": "fakes.example:8443"}, "evil.example", 10_008),
        ({"host": EVERY}, "10.0.0.7:7004", 0),
        ({"host": EVERY}, "avatar-fake:7004", 0),
        ({"host": EVERY}, "evil.example", 10_008),
        ({"cors_origins": ("*",)}, "evil.example", 10_008),
    ],
)
def test_tokens_are_given_by_a_name_of_its_own_only(changes: dict[str, Any], host: str, code: int) -> None:
    with FakeSenseTime(**changes) as fake:
        for headers in ({"Host": host}, {"Host": host, "Origin": f"http://{host}"}):
            assert web_token(fake, **headers) == code
        told = [(it.clause, it.path, it.level) for it in fake.journal.violations()]
        assert told == ([("ST-TOK-09", "Host", "warning")] * 2 if code else [])


def test_a_page_of_another_name_is_none_of_its_own() -> None:
    with FakeSenseTime() as fake:
        body = {"appId": fake.app_id}
        for host, known in (("127.0.0.1", False), ("evil.example", True)):
            answer = post(fake, REFRESH.path, body, Host=host, Origin=f"http://{host}", Authorization="Bearer x")
            assert ("[ST-TOK-08]" in answer["message"]) is known


def opened(fake: FakeSenseTime, url: str, **headers: str) -> int:
    """HTTP status of a handshake."""
    answer = post(fake, CREATE_LIVE.path, {"param": fake.param}, Authorization=f"Bearer {fake.access_token}")["data"]
    token = quote(f"Bearer {answer['sessionToken']}")
    query = f"sessionId={answer['sessionId']}&clientType=BROWSER&Authorization={token}"
    try:
        with connect(f"{url}?{query}", additional_headers=headers, proxy=None):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


@pytest.mark.parametrize("socket", ["ws_url", "interactive_url"])
@pytest.mark.parametrize(
    ("origins", "origin", "status"),
    [
        ((), None, 101),
        ((), PAGE, 403),
        ((), "null", 403),
        ((), "http://[", 403),
        ((), "own", 101),
        ((PAGE,), PAGE, 101),
        ((PAGE,), PAGE + ":81", 403),
        ((PAGE,), "https://page.example", 403),
        (("*",), "http://evil.example", 101),
    ],
)
def test_whose_pages_may_open_a_socket(socket: str, origins: tuple[str, ...], origin: str | None, status: int) -> None:
    with FakeSenseTime(cors_origins=origins) as fake:
        headers = {} if origin is None else {"Origin": fake.http_url if origin == "own" else origin}
        assert opened(fake, getattr(fake, socket), **headers) == status
        told = [(it.clause, it.path, it.level) for it in fake.journal.violations()]
        assert told == ([("ST-TOK-09", "origin", "warning")] if status == 403 else [])
