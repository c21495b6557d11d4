"""The pytest plugin, seen by a project that uses it: fixture, options, marker, and the report of a failing test."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from typing import Final

import aiohttp.web
import pytest

from avatarwire.fakeserver.aliyun.server import FakeAliyun

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.usefixtures("no_other_plugins")

# What has been imported here the inner runs need not import again, each for itself.
IMPORTED: Final = (aiohttp.web, FakeAliyun)

MODULE: Final = "pytest_avatarwire"

INSTALLED: Final = any(point.value == MODULE for point in entry_points(group="pytest11"))
QUIET: Final = ("-p", "no:cacheprovider")

# What a client would send, written down: a request that carries no signature.
CALL: Final = """
    import http.client
    from urllib.parse import urlsplit

    def status(fake):
        connection = http.client.HTTPConnection(urlsplit(fake.http_url).netloc, timeout=10)
        connection.request("GET", "/yic/yic-console/openService/v1/avatar/project/queryResource")
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status
"""


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Runs the tests of a small project of its own."""
    return pytester.runpytest_inprocess("-p", MODULE, *QUIET, *arguments)


def test_a_test_gets_a_running_fake_of_its_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        CALL
        + """
    seen = []

    def test_one(aliyun_fake):
        assert status(aliyun_fake) == 400
        seen.append(aliyun_fake)

    def test_another(aliyun_fake):
        assert aliyun_fake.journal.entries() == []
        assert aliyun_fake is not seen[0]
        assert aliyun_fake.running
        assert not seen[0].running
        """
    )
    run(pytester).assert_outcomes(passed=2)


def test_each_vendor_has_a_fixture(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
    def test_one(guiji_fake):
        assert guiji_fake.running
        assert guiji_fake.mqtt_url.startswith("mqtt://127.0.0.1:")
        assert guiji_fake.live_id

    def test_another(sensetime_fake):
        assert sensetime_fake.access_token
        assert sensetime_fake.ws_url.startswith("ws://127.0.0.1:")

    def test_fails(guiji_fake):
        assert guiji_fake.journal.entries()
        """
    )
    result = run(pytester)
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*avatarwire journal (guiji)*", "nothing crossed the wire"])


def test_an_async_test_uses_the_same_fixture(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        CALL
        + """
    import asyncio
    import pytest

    @pytest.mark.asyncio
    async def test_one(aliyun_fake):
        assert await asyncio.to_thread(status, aliyun_fake) == 400
        await aliyun_fake.journal.expect(transport="http", direction="out")
        """
    )
    run(pytester, "-p", "pytest_asyncio.plugin", "-o", "asyncio_default_fixture_loop_scope=function").assert_outcomes(
        passed=1
    )


def test_markers_change_the_scenario_the_nearest_one_last(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
    import pytest

    pytestmark = pytest.mark.avatarwire(polls_until_ready=7, chunk_characters=3)

    def test_module(aliyun_fake):
        assert aliyun_fake.scenario.polls_until_ready == 7

    @pytest.mark.avatarwire(polls_until_ready=0, strict=True)
    def test_function(aliyun_fake):
        scenario = aliyun_fake.scenario
        assert (scenario.polls_until_ready, scenario.chunk_characters, scenario.strict) == (0, 3, True)
        """
    )
    run(pytester, "--strict-markers").assert_outcomes(passed=2)


def test_a_marker_may_be_about_one_vendor_only(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
    import pytest

    @pytest.mark.avatarwire(strict=True, aliyun={"polls_until_ready": 7}, guiji={"heartbeat_seconds": 1.0})
    def test_one(aliyun_fake, guiji_fake):
        assert (aliyun_fake.scenario.polls_until_ready, aliyun_fake.scenario.strict) == (7, True)
        assert (guiji_fake.scenario.heartbeat_seconds, guiji_fake.scenario.strict) == (1.0, True)
        """
    )
    run(pytester).assert_outcomes(passed=1)


def test_a_marker_may_name_the_clock(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
    import pytest
    from avatarwire.fakeserver import JumpingClock, RealClock, VirtualClock

    @pytest.mark.avatarwire(clock="virtual")
    def test_virtual(aliyun_fake, guiji_fake, sensetime_fake):
        for fake in (aliyun_fake, guiji_fake, sensetime_fake):
            assert type(fake.clock) is VirtualClock
            fake.advance(1)

    @pytest.mark.avatarwire(clock="jump", guiji={"clock": "real"})
    def test_others(aliyun_fake, guiji_fake):
        assert (type(aliyun_fake.clock), type(guiji_fake.clock)) == (JumpingClock, RealClock)

    @pytest.mark.avatarwire(clock="virtul")
    def test_none(aliyun_fake):
        pass
        """
    )
    result = run(pytester)
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["the fixture aliyun_fake cannot start its server: *did you mean virtual?"])


def test_a_failed_expectation_comes_to_the_point(pytester: pytest.Pytester) -> None:
    """No line of the library, no id at length, and the same times in both accounts of a run."""
    pytester.makepyfile(
        CALL
        + """
    import asyncio
    import pytest

    @pytest.fixture(scope="module")
    def shared():
        from avatarwire.fakeserver import FakeAliyun
        with FakeAliyun() as fake:
            yield fake

    def test_sync(aliyun_fake):
        status(aliyun_fake)
        aliyun_fake.journal.expect_sync("text_drive.request", timeout=0)

    def test_none(shared):
        status(shared)
        shared.journal.expect_none("QueryAvatarResource.request")

    def test_async(aliyun_fake):
        asyncio.run(aliyun_fake.journal.expect("text_drive.request", timeout=0))

    def test_misspelt(aliyun_fake):
        aliyun_fake.journal.expect_sync("text_drive.requst")
        """
    )
    result = run(pytester)
    result.assert_outcomes(failed=4)
    text = result.stdout.str()
    assert "def expect" not in text
    assert "journal.py" not in text
    assert "query.py" not in text
    assert text.count("avatarwire journal (aliyun)") == 4
    entries = [line.removeprefix("E").strip() for line in text.splitlines() if "QueryAvatarResource.request " in line]
    shown_twice = [entry for entry in entries if entry.startswith("#1 ")]
    assert len(set(shown_twice)) < len(shown_twice)


def test_a_wrong_marker_is_told_in_one_line(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
    import pytest

    @pytest.mark.avatarwire(polls_until_redy=0)
    def test_unknown_key(aliyun_fake):
        pass

    @pytest.mark.avatarwire("strict")
    def test_position(aliyun_fake):
        pass
        """
    )
    result = run(pytester)
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines_random(
        [
            "the fixture aliyun_fake cannot start its server: keywords: polls_until_redy: "
            "unknown key; did you mean polls_until_ready[?]",
            "the marker avatarwire takes names, such as polls_until_ready=0, not 'strict'",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_the_scenario_file_comes_from_the_ini_or_the_option(pytester: pytest.Pytester) -> None:
    pytester.makefile(".toml", slow="[aliyun]\npolls_until_ready = 5", fast="[aliyun]\npolls_until_ready = 1")
    pytester.makeini("[pytest]\navatarwire_scenario = slow.toml")
    pytester.makepyfile(
        """
    def test_slow(aliyun_fake):
        assert aliyun_fake.scenario.polls_until_ready == 5

    def test_fast(aliyun_fake):
        assert aliyun_fake.scenario.polls_until_ready == 1
        """
    )
    run(pytester, "-k", "slow").assert_outcomes(passed=1, deselected=1)
    run(pytester, "-k", "fast", "--avatarwire-scenario", "fast.toml").assert_outcomes(passed=1, deselected=1)


def test_a_scenario_that_cannot_be_read_is_told_in_one_line(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_one(aliyun_fake): pass")
    result = run(pytester, "--avatarwire-scenario", "nowhere.toml")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["the fixture aliyun_fake cannot start its server: *nowhere.toml: cannot be read*"])


def test_a_failing_test_shows_the_end_of_the_journal(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        CALL
        + """
    def test_one(aliyun_fake):
        for _ in range(25):
            status(aliyun_fake)
        assert status(aliyun_fake) == 200

    def test_silent(aliyun_fake):
        assert False

    def test_good(aliyun_fake):
        status(aliyun_fake)

    def test_without():
        assert False
        """
    )
    result = run(pytester)
    result.assert_outcomes(failed=3, passed=1)
    result.stdout.fnmatch_lines(
        [
            "*avatarwire journal (aliyun)*",
            "(12 entries before)",
            "#13 +*s http in QueryAvatarResource.request *",
            "#52 +*s http out QueryAvatarResource.response 400 *",
            "*avatarwire journal (aliyun)*",
            "nothing crossed the wire",
        ]
    )
    assert result.stdout.str().count("avatarwire journal (") == 2


def test_a_test_may_fail_because_its_client_broke_a_rule(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
    from avatarwire.fakeserver import Violation

    def test_client(aliyun_fake):
        found = Violation("ALI-R078", "", "sent before the channel was ready")
        aliyun_fake.journal.record("ws", "in", "opening.request", violations=(found,))
        advice = Violation("ALI-E06", "serialNumber", "all zero", level="warning")
        aliyun_fake.journal.record("ws", "in", "heartbeat.ping", violations=(advice,))

    def test_good(aliyun_fake):
        pass

    def test_without():
        pass
        """
    )
    run(pytester).assert_outcomes(passed=3)
    pytester.makeini("[pytest]\navatarwire_fail_on_violations = true")
    result = run(pytester)
    result.assert_outcomes(failed=1, passed=2)
    result.stdout.fnmatch_lines(
        [
            "the client broke 1 rules of the document:",
            "  #1 ws opening.request: ALI-R078 error: sent before the channel was ready",
            "*avatarwire journal (aliyun)*",
        ]
    )


BREAKS: Final = """
    import pytest

    from avatarwire.fakeserver import FakeAliyun, Violation

    def breaks(fake, clause="ALI-R078"):
        found = Violation(clause, "", "sent before the channel was ready")
        fake.journal.record("ws", "in", "opening.request", violations=(found,))
"""


def judged(pytester: pytest.Pytester, code: str) -> pytest.RunResult:
    pytester.makepyfile(BREAKS + code)
    pytester.makeini("[pytest]\navatarwire_fail_on_violations = true")
    return run(pytester)


def test_a_fake_made_by_hand_is_judged_as_well(pytester: pytest.Pytester) -> None:
    result = judged(
        pytester,
        """
    def test_client():
        with FakeAliyun() as fake, FakeAliyun() as other:
            breaks(fake)
            breaks(other, "ALI-R079")

    def test_good():
        with FakeAliyun():
            pass
        """,
    )
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(
        ["the client broke 2 rules of the document:", "*ALI-R078*", "*ALI-R079*", "*avatarwire journal (aliyun 2)*"]
    )


def test_what_shows_in_set_up_or_when_a_fake_stops_is_judged_as_well(pytester: pytest.Pytester) -> None:
    result = judged(
        pytester,
        """
    @pytest.fixture
    def early(aliyun_fake):
        breaks(aliyun_fake)

    @pytest.fixture
    def late(aliyun_fake):
        yield
        breaks(aliyun_fake)

    def test_early(early): pass

    def test_late(late): pass
        """,
    )
    result.assert_outcomes(failed=1, passed=1, errors=1)


def test_a_fake_of_many_tests_is_judged_in_each(pytester: pytest.Pytester) -> None:
    result = judged(
        pytester,
        """
    @pytest.fixture(scope="module")
    def fake():
        with FakeAliyun() as fake:
            yield fake

    def test_bad(fake): breaks(fake)

    def test_good(fake): pass

    def test_bad_again(fake): breaks(fake)
        """,
    )
    result.assert_outcomes(failed=2, passed=1)


def test_a_test_may_allow_its_client_to_break_rules(pytester: pytest.Pytester) -> None:
    result = judged(
        pytester,
        """
    @pytest.mark.avatarwire(fail_on_violations=False)
    def test_all(aliyun_fake): breaks(aliyun_fake)

    @pytest.mark.avatarwire(allow=["ALI-R078"], polls_until_ready=0)
    def test_one(aliyun_fake):
        assert aliyun_fake.scenario.polls_until_ready == 0
        breaks(aliyun_fake)

    @pytest.mark.avatarwire(allow=["ALI-R079"])
    def test_another(aliyun_fake): breaks(aliyun_fake)

    @pytest.mark.avatarwire(allow="ALI-R078")
    def test_no_list(aliyun_fake): pass
        """,
    )
    result.assert_outcomes(failed=2, passed=2, errors=1)
    result.stdout.fnmatch_lines(["allow= of the marker avatarwire takes a list of clauses, not 'ALI-R078'"])


def test_one_test_may_ask_for_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        BREAKS
        + """
    @pytest.mark.avatarwire(fail_on_violations=True)
    def test_client(aliyun_fake): breaks(aliyun_fake)

    def test_other(aliyun_fake): breaks(aliyun_fake)
        """
    )
    run(pytester).assert_outcomes(failed=1, passed=1)


def test_what_shows_when_a_fake_is_stopped_is_no_warning_of_pluggy(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\navatarwire_fail_on_violations = true\nfilterwarnings = error")
    pytester.makepyfile(
        """
        import json
        import urllib.request
        import pytest
        from avatarwire.codecs.aliyun import http

        @pytest.mark.avatarwire(verify_signatures=False)
        def test_leaves_a_session(aliyun_fake):
            body = json.dumps({"projectId": aliyun_fake.project_id, "requestId": "r"}).encode()
            url = aliyun_fake.http_url + http.START_AVATAR_SESSION.path
            request = urllib.request.Request(url, body, {"content-type": "application/json"})
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
                assert answer.status == 200
        """
    )
    result = run(pytester)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*ALI-R081 error: StopAvatarSession has not come*"])
    result.stdout.no_fnmatch_line("*PluggyTeardownRaisedWarning*")


@pytest.mark.parametrize("module", ["aiohttp", "jwt", "yaml"])
def test_without_its_extra_the_fixture_names_it(pytester: pytest.Pytester, module: str) -> None:
    pytester.makeconftest(f"import sys; sys.modules[{module!r}] = None")
    pytester.makepyfile("def test_one(aliyun_fake): pass\n\ndef test_without(): pass")
    # In a process of its own, for this one has imported it.
    result = pytester.runpytest_subprocess("-p", MODULE, *QUIET)
    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines(
        ['the fixture aliyun_fake needs the extra fakeserver: pip install "avatarwire[[]fakeserver[]]"']
    )


@pytest.mark.parametrize(
    "fault", ["ModuleNotFoundError('no', name='avatarwire.fakeserver.nothing')", "RuntimeError('ours')"]
)
def test_a_mistake_of_ours_is_not_taken_for_one_of_the_test(pytester: pytest.Pytester, fault: str) -> None:
    pytester.makeconftest(
        f"""
    import pytest
    from avatarwire.fakeserver.aliyun import server

    @pytest.fixture(autouse=True)
    def broken(monkeypatch):
        def fail(self, *arguments, **named):
            raise {fault}

        monkeypatch.setattr(server.FakeAliyun, "__init__", fail)
        """
    )
    pytester.makepyfile("def test_one(aliyun_fake): pass")
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"E*{fault.partition('(')[0]}: *"])
    result.stdout.no_fnmatch_line("*the fixture aliyun_fake*needs*")


def test_workers_have_fakes_of_their_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        CALL
        + """
    import pytest

    @pytest.mark.parametrize("number", range(4))
    def test_one(aliyun_fake, number):
        assert status(aliyun_fake) == 400
        assert len(aliyun_fake.journal.entries()) == 2
        """
    )
    # In a process of its own: the workers import what this one has changed.
    result = pytester.runpytest_subprocess("-p", MODULE, "-p", "xdist", *QUIET, "-n", "2")
    result.assert_outcomes(passed=4)


@pytest.mark.skipif(not INSTALLED, reason="the distribution is not installed, only its sources are found")
def test_pytest_finds_the_plugin_by_itself(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    result = pytester.runpytest_subprocess("--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.avatarwire(*"])


def test_loading_the_plugin_loads_pytest_and_nothing_more() -> None:
    """Everybody who has the distribution pays for it in every run, so not even the rest of ours is loaded."""
    code = f"""
import sys, pytest
before = set(sys.modules)
import {MODULE}
print(*sorted(set(sys.modules) - before - set(sys.stdlib_module_names)))
"""
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.split() == [MODULE]


SHARED: Final = """
    import json
    import urllib.request

    BASE = "/yic/yic-console/openService/v1/avatar/project/startAvatarSession"

    def start(fake):
        body = json.dumps({"projectId": fake.project_id, "requestId": "rq-1"}).encode()
        with urllib.request.urlopen(urllib.request.Request(fake.http_url + BASE, body)) as answer:
            return json.load(answer)["sessionId"]
"""


@pytest.mark.parametrize("scope", ["module", "session"])
def test_tests_may_share_a_fake_that_is_reset_in_between(pytester: pytest.Pytester, scope: str) -> None:
    pytester.makefile(".toml", scenario="[aliyun]\nverify_signatures = false\n")
    pytester.makeini(f"[pytest]\navatarwire_scope = {scope}\navatarwire_scenario = scenario.toml\n")
    pytester.makepyfile(
        SHARED
        + """
    import pytest

    seen = []

    def test_one(aliyun_fake):
        seen.append((aliyun_fake, aliyun_fake.http_url))
        assert start(aliyun_fake)
        aliyun_fake.faults.add(do="drop", message="*", after=1e9)

    def test_another(aliyun_fake):
        assert (aliyun_fake, aliyun_fake.http_url) == seen[0]
        assert aliyun_fake.journal.entries() == []
        assert len(aliyun_fake.faults) == 0

    @pytest.mark.avatarwire(max_queue=5)
    def test_with_changes_of_its_own(aliyun_fake):
        assert aliyun_fake is not seen[0][0]
    """
    )
    run(pytester).assert_outcomes(passed=3)


def test_a_shared_fake_is_told_of_where_a_test_has_it(pytester: pytest.Pytester) -> None:
    pytester.makefile(".toml", scenario="[aliyun]\nverify_signatures = false\n")
    pytester.makeini("[pytest]\navatarwire_scope = session\navatarwire_scenario = scenario.toml\n")
    pytester.makepyfile(
        SHARED
        + """
    import pytest

    def test_one(aliyun_fake):
        assert start(aliyun_fake)

    def test_without():
        assert False

    @pytest.mark.avatarwire(max_queue=5)
    def test_with_another(aliyun_fake):
        assert False

    @pytest.mark.avatarwire(max_queue="x")
    def test_with_none(aliyun_fake):
        pass

    def test_has_it(aliyun_fake):
        assert False
    """
    )
    result = run(pytester)
    result.assert_outcomes(passed=1, failed=3, errors=1)
    assert "StartAvatarSession" not in result.stdout.str()
    assert result.stdout.str().count("avatarwire journal (aliyun)") == 2
    assert result.stdout.str().count("nothing crossed the wire") == 2


def test_what_a_client_leaves_behind_fails_the_test_that_has_left_it(pytester: pytest.Pytester) -> None:
    pytester.makefile(".toml", scenario="[aliyun]\nverify_signatures = false\n")
    pytester.makeini(
        "[pytest]\navatarwire_scope = session\navatarwire_scenario = scenario.toml\n"
        "avatarwire_fail_on_violations = true\n"
    )
    pytester.makepyfile(
        SHARED
        + """
    def test_leaves_a_session(aliyun_fake):
        start(aliyun_fake)

    def test_leaves_nothing(aliyun_fake):
        assert aliyun_fake.http_url
    """
    )
    result = run(pytester)
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*ALI-R081*it lives when the server stops*"])


def test_a_scope_that_there_is_not(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\navatarwire_scope = forever\n")
    pytester.makepyfile("def test_one(aliyun_fake): pass")
    result = run(pytester)
    assert result.ret != 0
    assert "avatarwire_scope: expected one of function, module, session, got forever" in result.stdout.str()
