"""``pytest --avatarwire-trace``: a trace a test, of all its fakes; kept always, or where the test fails."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from avatarwire.fakeserver.trace import read
from tests.fakeserver.test_pytest_plugin import CALL, MODULE, QUIET

pytest_plugins = ["pytester"]

TESTS = (
    CALL
    + """
    from avatarwire.fakeserver import FakeGuiji

    def test_good(aliyun_fake):
        assert status(aliyun_fake) == 400

    def test_bad(aliyun_fake):
        with FakeGuiji() as other:
            status(other)
            assert status(aliyun_fake) == 1

    def test_without():
        pass
"""
)


@pytest.fixture(autouse=True)
def no_other_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess("-p", MODULE, *QUIET, *arguments)


def traces(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.mark.parametrize(
    ("mode", "kept"),
    [
        ("off", []),
        ("on", ["test_it.py_test_bad.avtrace", "test_it.py_test_good.avtrace"]),
        ("retain-on-failure", ["test_it.py_test_bad.avtrace"]),
    ],
)
def test_what_is_kept(pytester: pytest.Pytester, mode: str, kept: list[str]) -> None:
    pytester.makepyfile(test_it=TESTS)
    run(pytester, "--avatarwire-trace", mode).assert_outcomes(passed=2, failed=1)
    folder = pytester.path / ".avatarwire" / "traces"
    assert traces(folder) == kept
    if kept:
        trace = read(folder / kept[0])
        assert (trace.meta.title, trace.meta.source) == ("test_it.py::test_bad", "pytest")
        assert sorted(trace.meta.vendors) == ["aliyun", "guiji"]
        assert [it.vendor for it in trace.entries if it.direction == "in"] == ["guiji", "aliyun"]


def test_a_failure_says_how_to_see_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_it=TESTS)
    result = run(pytester, "--avatarwire-trace", "on", "--avatarwire-trace-dir", "there")
    result.stdout.fnmatch_lines(
        ["*avatarwire trace*", f"avatarwire trace show {pytester.path}/there/test_it*bad.avtrace"]
    )
    assert len(traces(pytester.path / "there")) == 2


def test_a_fake_that_tests_share_has_a_trace_in_each(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\navatarwire_scope = session")
    pytester.makepyfile(
        test_it=CALL
        + """
    import pytest

    @pytest.mark.parametrize("what", ["a", "b/c ?"])
    def test_shared(aliyun_fake, what):
        status(aliyun_fake)
"""
    )
    run(pytester, "--avatarwire-trace", "on").assert_outcomes(passed=2)
    folder = pytester.path / ".avatarwire" / "traces"
    names = traces(folder)
    assert len(names) == 2
    for name in names:
        assert [it.direction for it in read(folder / name).entries if it.transport == "http"] == ["in", "out"]


def test_a_test_that_traces_itself(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_it=CALL
        + """
    from avatarwire.fakeserver.trace import read, tracing

    def test_own(aliyun_fake, tmp_path):
        with tracing(tmp_path / "x", aliyun_fake):
            status(aliyun_fake)
        assert len(read(tmp_path / "x").entries) == 2
"""
    )
    run(pytester, "--avatarwire-trace", "on").assert_outcomes(passed=1)
    assert len(traces(pytester.path / ".avatarwire" / "traces")) == 1


def test_a_folder_that_cannot_be_made(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_it=TESTS)
    result = run(pytester, "--avatarwire-trace", "on", "--avatarwire-trace-dir", "test_it.py")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--avatarwire-trace-dir: *test_it.py: File exists"])
