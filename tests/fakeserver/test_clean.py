"""A fake says whether its clients have left it as they should: no rule broken, no session behind."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from avatarwire.fakeserver import FakeSenseTime
from tests.fakeserver.test_pytest_plugin import run

pytest_plugins = ["pytester"]

CREATE = "/api/2dvh/v2/material/live/channel/create"
CLOSE = "/api/2dvh/v1/material/live/channel/close"


def called(fake: FakeSenseTime, path: str, **body: Any) -> Any:
    headers = {"Authorization": fake.access_token}
    return httpx.post(fake.http_url + path, json=body, headers=headers, trust_env=False).json()["data"]


def test_nothing_to_object_to() -> None:
    with FakeSenseTime() as fake:
        fake.assert_clean()
        live = called(fake, CREATE, param=fake.param)["sessionId"]
        called(fake, CLOSE, sessionId=live)
        assert fake.leaks() == []
        fake.assert_clean()
    fake.assert_clean()


def test_a_session_that_lives_is_named_with_where_it_was_begun() -> None:
    with FakeSenseTime() as fake:
        fake.journal.note("before")
        live = called(fake, CREATE, param=fake.param)["sessionId"]
        (line,) = fake.leaks()
        assert re.fullmatch(
            rf"session {live} lives, begun by #2 createLive\.request on c1, \d\.\d{{3}} s after the start", line
        )
        with pytest.raises(AssertionError, match=f"sensetime: 1 things are not.*\n  session {live} lives"):
            fake.assert_clean()
        fake.journal.clear()
        assert fake.leaks() == [f"session {live} lives, begun before what the journal still holds"]


def test_a_rule_that_was_broken() -> None:
    with FakeSenseTime() as fake:
        called_wrongly = httpx.post(fake.http_url + CREATE, json={}, trust_env=False)
        assert called_wrongly.status_code == 200
        with pytest.raises(AssertionError, match=r"#1 http createLive.request: ST-NET-02 error"):
            fake.assert_clean()
        clauses = {found.clause for found in fake.journal.violations(level="error")}
        fake.assert_clean(allow=clauses)


PROJECT = f"""
    import httpx, pytest

    def create(fake):
        headers = {{"Authorization": fake.access_token}}
        body = {{"param": fake.param}}
        httpx.post(fake.http_url + "{CREATE}", json=body, headers=headers, trust_env=False)

    def test_leaves(sensetime_fake):
        create(sensetime_fake)

    @pytest.mark.avatarwire(fail_on_leaks=False)
    def test_may(sensetime_fake):
        create(sensetime_fake)

    def test_fine(sensetime_fake):
        pass
"""


@pytest.mark.parametrize(("ini", "failed"), [("true", 1), ("false", 0)])
@pytest.mark.usefixtures("no_other_plugins")
def test_it_fails_tests_where_it_is_asked_for(pytester: pytest.Pytester, ini: str, failed: int) -> None:
    pytester.makeini(f"[pytest]\navatarwire_fail_on_leaks = {ini}")
    pytester.makepyfile(PROJECT)
    result = run(pytester)
    result.assert_outcomes(passed=3 - failed, failed=failed)
    if failed:
        result.stdout.fnmatch_lines(
            [
                "the test has left 1 sessions behind:",
                "  session * lives, begun by #1 createLive.request on c1, * s after the start",
            ]
        )
