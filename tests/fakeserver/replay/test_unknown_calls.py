"""Calls that no document knows, or of a wrong method: which recorded one they are, by query and body."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, TypeAlias

import httpx
import pytest

from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime
from avatarwire.fakeserver.trace import tracing
from tests.fakeserver.aliyun.running import start
from tests.fakeserver.replay.test_by_hand import ONE, aliyun, begun, called
from tests.fakeserver.trace.recorded import trace

Fake: TypeAlias = type[FakeAliyun] | type[FakeGuiji] | type[FakeSenseTime]
FAKES: Final[list[tuple[Fake, str]]] = [(FakeAliyun, "aliyun"), (FakeGuiji, "guiji"), (FakeSenseTime, "sensetime")]
STAT: Final = "/api/2dvh/v1/material/live/channel/stat"


def unknown(number: int, path: str, data: bytes | None, method: str = "POST") -> list[dict[str, Any]]:
    """A call that has no name, and the answer that tells its number."""
    call, answer = called(number, "", path, None, {"number": number})
    call |= {"message": "", "body": None, "data": data, "meta": {**call["meta"], "method": method}}
    return [call, {**answer, "message": ""}]


def ask(url: str, path: str, data: bytes | None, method: str = "POST") -> Any:
    """The number that is answered, or the words of the refusal."""
    answer = httpx.request(method, url + path, content=data, trust_env=False)
    body = answer.json()
    if answer.status_code == 200:
        return body["number"]
    assert answer.status_code == 500
    return next(text for text in body.values() if isinstance(text, str) and "the trace" in text)


@pytest.mark.parametrize(("fake", "vendor"), FAKES)
def test_a_call_is_told_by_its_body(fake: Fake, vendor: str, tmp_path: Path) -> None:
    entries = [
        *unknown(1, "/v9/new", b'{"a":1,"b":[true,"x"]}'),
        *unknown(3, "/v9/new", None),
        *unknown(5, "/v9/new", b"plain"),
        *unknown(7, "/v9/new", b"\xff\x00"),
        *unknown(9, "/v9/new", b"a=1&appSecret=***&b=2"),
        *unknown(11, "/v9/new?x=1", b'{"a":1}'),
        *unknown(13, STAT, b'{"sessionId":"s"}'),
        *unknown(15, "/v9/new", b"[" * 100_000),
    ]
    with fake(replay=trace(tmp_path / "hand.avtrace", *entries, vendors=(vendor,))) as replayed:
        url = replayed.http_url
        for path, data, number in (
            ("/v9/new", b'{"b": [true, "x"], "a": 1}', 1),
            ("/v9/new", None, 3),
            ("/v9/new", b"plain", 5),
            ("/v9/new", b"\xff\x00", 7),
            ("/v9/new", b"a=1&appSecret=mine&b=2", 9),
            ("/v9/new?x=1", b'{"a":1}', 11),
            (STAT, b'{"sessionId":"s"}', 13),
            ("/v9/new", b"[" * 100_000, 15),
        ):
            assert ask(url, path, data) == number
        for path, data in (
            ("/v9/new", b'{"a":1,"b":[1,"x"]}'),
            ("/v9/new", b"plain "),
            ("/v9/new", b"\xff\x01"),
            ("/v9/new", b"a=2&appSecret=mine&b=2"),
            ("/v9/new", b"a=1&appSecret=mine&b=3"),
            ("/v9/new?x=2", b'{"a":1}'),
            ("/v9/new", b"[" * 100_001),
        ):
            assert "has no such POST /v9/new; the nearest is #" in ask(url, path, data)
        assert ask(url, STAT, b'{"sessionId":5}').endswith("body.sessionId: 's' was recorded, 5 came")
        assert ask(url, STAT, None).endswith("body.sessionId: 's' was recorded, nothing came")
        assert replayed.replayed is not None
        assert [each.times for each in replayed.replayed.exchanges] == [1] * 8


@pytest.mark.parametrize(
    ("recorded", "same", "other"),
    [
        (b"***", b"any", None),
        (b"a=******", b"a=any", b"b=any"),
        (b"k=***&a=1&k=***&b=2", b"k=x&a=1&k=y&b=2", b"k=x&a=2&k=y&b=2"),
        (b"k=***&a=1&k=***&b=2", b"k=&a=1&k=&b=2", b"k=x&a=1&k=y&b=3"),
        (b"aba***aba", b"abaaba", b"aba"),
    ],
)
def test_what_is_masked_in_a_text_stands_for_anything(
    recorded: bytes, same: bytes, other: bytes | None, tmp_path: Path
) -> None:
    with aliyun(tmp_path, *unknown(1, "/v9/new", recorded)) as fake:
        assert ask(fake.http_url, "/v9/new", same) == 1
        if other is not None:
            assert "body: " in ask(fake.http_url, "/v9/new", other)


def test_what_came_to_a_body_that_was_not_kept_does_not_count(tmp_path: Path) -> None:
    entries = unknown(1, "/v9/new", None)
    entries[0] |= {"size": 5}
    with aliyun(tmp_path, *entries) as fake:
        assert ask(fake.http_url, "/v9/new", b"other") == 1


def test_ids_of_a_session_in_such_a_body_are_those_of_now(tmp_path: Path) -> None:
    entries = [
        *begun(1),
        *unknown(3, "/v9/new", json.dumps({"sessionId": ONE}).encode()),
        *unknown(5, "/v9/new", f"of {ONE}".encode()),
    ]
    with aliyun(tmp_path, *entries) as fake:
        first, second = start(fake, "rq-1").id, start(fake, "rq-2").id
        for session in (first, second, first):
            assert ask(fake.http_url, "/v9/new", json.dumps({"sessionId": session}).encode()) == 3
            assert ask(fake.http_url, "/v9/new", f"of {session}".encode()) == 5
        assert "body: " in ask(fake.http_url, "/v9/new", b"of another")


@pytest.mark.parametrize("fake", [FakeAliyun, FakeGuiji, FakeSenseTime])
def test_what_a_fake_has_refused_is_refused_again(fake: Fake, tmp_path: Path) -> None:
    file = tmp_path / "run.avtrace"
    calls = [(b'{"a":1}', "PUT"), (b"", "PUT"), (b"\x00\xff", "POST"), (b"x" * 9000, "POST")]

    def told(url: str) -> list[int]:
        return [httpx.request(how, f"{url}/v9/new", content=data, trust_env=False).status_code for data, how in calls]

    recorded = fake()
    with tracing(file, recorded), recorded:
        before = told(recorded.http_url)
    with fake(replay=file) as again:
        assert told(again.http_url) == before
        assert again.replayed is not None
        assert ([each.times for each in again.replayed.exchanges], again.replayed.missed) == ([1] * 4, ())
