"""What a body is that should be JSON, in words that help."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime
from avatarwire.fakeserver.http.other_bodies import no_json

Post = Callable[..., httpx.Response]


@pytest.mark.parametrize(
    ("body", "content_type", "told"),
    [
        (b"a=1", "application/x-www-form-urlencoded", "the body is a form, as its Content-Type "),
        (b"--x", "multipart/form-data; boundary=x", "the body is a form in parts, as its Content-Type multipart/form"),
        (b"<a/>", "Text/XML", "the body is XML, as its Content-Type text/xml says"),
        (b"projectId=4711&requestId=rq%201", "application/json", "the body is a form"),
        (b"--x\r\nContent-Disposition: form-data", "", "the body is a form in parts"),
        (b"<html>", "application/json", "the body is XML or HTML"),
        ("{}".encode("utf-16"), "application/json", "the body is UTF-16"),
        ("{}".encode("utf-16-le"), "application/json", "the body is UTF-16"),
        (b"{'a': 1}", "application/json", "the body is an object in single quotation marks, as Python writes a dict"),
        (b"[object Object]", "", "the body is what JavaScript makes of an object as text; JSON.stringify makes JSON"),
        (b'"{\\"a\\": 1}"', "application/json", "the body is JSON within a JSON text: it was encoded twice"),
        (b"hello", "text/plain", "the body is no JSON, and its Content-Type is 'text/plain'"),
        (b"hello", "application/json", None),
        (b"hello", "application/problem+json", None),
        (b"hello", "", None),
    ],
)
def test_what_a_body_is(body: bytes, content_type: str, told: str | None) -> None:
    found = no_json(body, content_type)
    assert found is None if told is None else (found or "").startswith(told)


ALIYUN = "/yic/yic-console/openService/v1/avatar/project/startAvatarSession"
GUIJI = "/live-manager/open/accessToken"
SENSETIME = "/api/2dvh/v1/material/live/channel/start"


def posts() -> list[tuple[str, Callable[[], FakeAliyun | FakeGuiji | FakeSenseTime], str, str]]:
    return [
        ("aliyun", lambda: FakeAliyun(verify_signatures=False), ALIYUN, "Message"),
        ("guiji", FakeGuiji, GUIJI, "msg"),
        ("sensetime", FakeSenseTime, SENSETIME, "message"),
    ]


EACH = pytest.mark.parametrize(("make", "path", "member"), [it[1:] for it in posts()], ids=[it[0] for it in posts()])


def headers(fake: FakeAliyun | FakeGuiji | FakeSenseTime) -> dict[str, str]:
    return {"authorization": f"Bearer {fake.access_token}"} if isinstance(fake, FakeSenseTime) else {}


@EACH
def test_every_vendor_names_a_form(
    make: Callable[[], FakeAliyun | FakeGuiji | FakeSenseTime], path: str, member: str
) -> None:
    with make() as fake:
        answer = httpx.post(fake.http_url + path, data={"sessionId": "s"}, headers=headers(fake), trust_env=False)
        text = answer.json()[member]
        assert "the body is a form, as its Content-Type application/x-www-form-urlencoded says" in text
        assert "expected a JSON object in UTF-8, with Content-Type: application/json" in text
        assert any("the body is a form" in str(found) for found in fake.journal.violations())


@EACH
def test_every_vendor_understands_gzip_and_names_what_it_does_not(
    make: Callable[[], FakeAliyun | FakeGuiji | FakeSenseTime], path: str, member: str
) -> None:
    import gzip

    with make() as fake:
        json = headers(fake) | {"content-type": "application/json"}

        def post(body: bytes, coding: str = "") -> str:
            coded = {"content-encoding": coding} if coding else {}
            answer = httpx.post(fake.http_url + path, content=body, headers=json | coded, trust_env=False)
            return str(answer.json().get(member))

        plain = post(b'{"unknown": 1}')
        assert post(gzip.compress(b'{"unknown": 1}'), "gzip") == plain
        assert post(b'{"unknown": 1}', "gzip") == plain
        assert "content-encoding: the coding 'br' is not understood" in post(b"\x1b", "br")
        assert "content-encoding: the body is gzip, which no header says" in post(gzip.compress(b"{}"))
        assert "once it is decompressed" in post(gzip.compress(bytes(2 << 20)), "gzip")
        told = [str(found) for found in fake.journal.violations()]
        assert any("says gzip, and the body is not compressed" in it for it in told)
        entries = [
            entry for entry in fake.journal.entries() if entry.direction == "in" and entry.raw == b'{"unknown": 1}'
        ]
        assert len(entries) == 3
