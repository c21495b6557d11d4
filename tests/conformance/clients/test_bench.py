"""A client is run once, told where the fake is, and ended whatever it does."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path

import pytest

from avatarwire.conformance.clients import bench as bench_module
from avatarwire.conformance.clients.bench import ClientBench
from avatarwire.conformance.clients.talk import Talk
from avatarwire.conformance.fakes import fake
from avatarwire.fakeserver import FakeSenseTime

from .trying import python, result_of

CALLS = """
import json, os, sys, urllib.request
ready = json.load(open(os.environ["AVATARWIRE_READY"]))["sensetime"]
def call(method, path, body=None):
    request = urllib.request.Request(
        ready["http_url"] + path, method=method, data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "Authorization": ready["access_token"]},
    )
    return json.load(urllib.request.urlopen(request))
"""


def test_it_is_told_where_what_and_how_long(tmp_path: Path) -> None:
    seen: list[Talk] = []

    async def run(bench: ClientBench) -> None:
        seen.append(await bench.talk(seconds=0.5, flow="speech"))

    names = "['AVATARWIRE_CASE', 'AVATARWIRE_SECONDS', 'AVATARWIRE_FLOW']"
    program = f"import os, sys; sys.stderr.write(' '.join(os.environ[name] for name in {names})); sys.exit(3)"
    result = result_of(run, python(tmp_path, program))
    assert result.verdict == "ok", result.observed
    (talk,) = seen
    assert (talk.code, talk.words) == (3, "aliyun.client.test.one 0.5 speech")
    assert talk.end.startswith("the client ended with exit code 3 after")


def test_what_it_did_is_the_evidence(tmp_path: Path) -> None:
    async def run(bench: ClientBench) -> None:
        talk = await bench.talk()
        (asked,) = talk.sent("runningList.request")
        (answer,) = talk.answers_to(asked)
        assert answer in talk.got("runningList.response", code=0)
        assert talk.got("runningList.response", code=1) == []
        talk.check_succeeds()

    result = result_of(
        run,
        python(tmp_path, CALLS + "call('GET', '/api/2dvh/v1/material/live/channel/running/list')"),
        vendor="sensetime",
    )
    assert result.verdict == "ok", result.observed
    assert [(it.direction, it.message) for it in result.evidence] == [
        ("in", "runningList.request"),
        ("out", "runningList.response"),
    ]
    assert result.side == "client"
    # The second reader has read what went to a server as what goes to one.
    assert [it.agreed for it in result.evidence] == [True, True]


def test_a_session_that_is_left_behind(tmp_path: Path) -> None:
    async def run(bench: ClientBench) -> None:
        talk = await bench.talk()
        talk.reached(talk.got("createLive.response"), "a live")
        talk.check_no_sessions_left()

    create = "call('POST', '/api/2dvh/v2/material/live/channel/create', {'param': ready['param']})"
    result = result_of(run, python(tmp_path, CALLS + create), vendor="sensetime")
    assert result.verdict == "failed"
    assert "still lives when the client is gone; the client ended with exit code 0" in result.observed


def test_what_does_not_end_is_ended(tmp_path: Path) -> None:
    async def run(bench: ClientBench) -> None:
        (await bench.talk(seconds=0.1)).check_ends()

    result = result_of(run, python(tmp_path, "import time; time.sleep(100)"), patience=0.3)
    assert result.verdict == "failed"
    assert result.observed == "the client did not end within 0.7 s and was ended by force"


def test_a_rule_of_the_situation_acts(tmp_path: Path) -> None:
    async def run(bench: ClientBench) -> None:
        rule = {"message": "runningList.request", "do": "reject", "code": 10099}
        talk = await bench.talk(faults=[rule], heartbeat_seconds=7.0)
        assert talk.noted("fault")
        assert talk.got("runningList.response", code=10099)

    program = CALLS + "call('GET', '/api/2dvh/v1/material/live/channel/running/list')"
    result = result_of(run, python(tmp_path, program), vendor="sensetime")
    assert result.verdict == "ok", result.observed


@pytest.mark.parametrize(
    ("program", "verdict", "observed"),
    [
        ("import sys; sys.exit(127)", "skipped", "the client says that it does not support this case (exit code 127)"),
        ("", "skipped", "the client has not come to a session; the client ended with exit code 0"),
        ("1/0", "skipped", "ZeroDivisionError: division by zero"),
    ],
)
def test_a_client_that_does_not_come_to_it(tmp_path: Path, program: str, verdict: str, observed: str) -> None:
    async def run(bench: ClientBench) -> None:
        talk = await bench.talk()
        talk.reached(talk.got("StartAvatarSession.response"), "a session")

    result = result_of(run, python(tmp_path, program))
    assert result.verdict == verdict
    assert not result.unjudged
    assert observed in result.observed


def test_a_program_that_cannot_be_started(tmp_path: Path) -> None:
    async def run(bench: ClientBench) -> None:
        await bench.talk()

    result = result_of(run, (str(tmp_path),))
    assert result.unjudged
    assert result.observed == "the client cannot be started: Permission denied"


def test_a_wrong_situation_says_so(tmp_path: Path) -> None:
    async def run(bench: ClientBench) -> None:
        await bench.talk(no_such_tunable=1)

    result = result_of(run, python(tmp_path, ""))
    assert result.unjudged
    assert "the fake of this case cannot be made" in result.observed
    assert "no_such_tunable" in result.observed


def test_reports_keep_secrets(tmp_path: Path) -> None:
    async def run(bench: ClientBench) -> None:
        (await bench.talk()).check_succeeds()

    program = CALLS + "call('GET', '/api/2dvh/v1/material/live/channel/running/list'); sys.exit(ready['access_token'])"
    result = result_of(run, python(tmp_path, program), vendor="sensetime")
    assert result.verdict == "failed"
    assert "exit code 1" in result.observed
    assert re.search(r"<\d+ characters masked>$", result.observed)
    with FakeSenseTime(seed=1) as fake:
        assert fake.access_token not in json.dumps([result.observed, [it.raw + it.text for it in result.evidence]])


def test_nothing_is_concluded_where_evidence_was_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(bench: ClientBench) -> None:
        (await bench.talk()).check_succeeds()

    monkeypatch.setattr(bench_module, "fake", partial(fake, journal_bytes=3000))
    program = CALLS + "[call('GET', '/api/2dvh/v1/material/live/channel/running/list') for _ in range(20)]"
    result = result_of(run, python(tmp_path, program), vendor="sensetime")
    assert result.unjudged
    assert result.observed.startswith("evidence was lost: ")
