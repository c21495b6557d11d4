"""Type checkers know the tunables of each fake, and the bodies of what the journal gives."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from avatarwire.codecs import registry
from avatarwire.fakeserver.scenario import ScenarioTable, ServerTable, tunables
from avatarwire.fakeserver.vendors import VENDORS
from tests.project.keywords import text_of, where
from tests.project.tree import COMPONENTS, ROOT, run


@pytest.mark.parametrize("vendor", registry.VENDORS)
def test_the_keywords_repeat_the_scenario(vendor: str) -> None:
    """`make docs` writes them anew."""
    assert where(vendor).read_text(encoding="utf-8") == text_of(vendor)


def table_of(fake: Any) -> type[ScenarioTable]:
    scenario: ScenarioTable = fake.scenario
    return type(scenario)


def test_what_somebody_may_want_is_there() -> None:
    """The table of tunables and commands in docs/faults.md names such as there are, of the vendors that it says."""
    page = (ROOT / "docs/faults.md").read_text(encoding="utf-8")
    rows = page[page.index("| what I want | tunable or command |") :].split("\n\n")[0].splitlines()[2:]
    fakes: dict[str, Any] = {name: vendor.make() for name, vendor in VENDORS.items()}
    common = {row.name for row in tunables(ServerTable)}
    known = {
        name: {row.name for row in tunables(table_of(fake))} | set(fake.commands) | common
        for name, fake in fakes.items()
    }
    titles = {"Aliyun": "aliyun", "Guiji": "guiji", "SenseTime": "sensetime"}
    assert len(rows) > 15
    for row in rows:
        cell = row.split(" | ")[1]
        # `one` and `two` (Vendor, Vendor); a part without vendors is about all.
        for part, vendors in re.findall(r"((?:[^()`]|`[^`]*`)+)(?:\(([A-Z][A-Za-z, ]+)\))?", cell):
            for name in re.findall(r"`(?:fake\.)?(\w+)(?: = |\()", part):
                for vendor in [titles[it] for it in vendors.split(", ")] if vendors else VENDORS:
                    if vendors or name not in ("expire_tokens", "token_seconds"):
                        assert name in known[vendor], (row, vendor, name)


# What a user writes, and what a type checker says of it; a line without a comment is right.
USER: Final = """
from __future__ import annotations

from avatarwire.codecs.aliyun import StartAvatarSessionRequest, TextDriveRequest
from avatarwire.codecs.guiji import HeartBeat
from avatarwire.codecs.sensetime import CreateLiveRequest
from avatarwire.fakeserver import Entry, FakeAliyun, FakeGuiji, FakeSenseTime, VirtualClock
from avatarwire.fakeserver.aliyun import ProjectFixture


def test(aliyun_fake: FakeAliyun, guiji_fake: FakeGuiji, sensetime_fake: FakeSenseTime) -> None:
    asked = aliyun_fake.journal.expect_sync(TextDriveRequest)
    text: str = asked.body.text
    number: int = asked.body.text  # assignment
    beat: Entry[HeartBeat] = guiji_fake.journal.expect_sync(HeartBeat, since=3)
    lives: list[Entry[CreateLiveRequest]] = sensetime_fake.journal.expect_sync(CreateLiveRequest, count=2)
    started: list[Entry[StartAvatarSessionRequest]] = aliyun_fake.journal.entries(StartAvatarSessionRequest)
    asked.body.txt  # attr-defined
    call = aliyun_fake.journal.expect_sync("CheckSession.request", where=lambda entry: entry.body.session_id == "s-9")
    assert call.body.session_id
    aliyun_fake.journal.expect_none(TextDriveRequest, sesion="s")  # call-arg


async def test_in_a_loop(fake: FakeAliyun) -> str:
    return (await fake.journal.expect(TextDriveRequest)).body.text


FIXTURES = [ProjectFixture(id="1")]
FakeAliyun(polls_until_ready=0, projects=FIXTURES, answers={"a": "b"}, clock="virtual", opening=("a", "b"))
FakeAliyun({"aliyun": {"strict": True}}, clock=VirtualClock(), projects=[{"id": "1"}])
FakeAliyun(polls_until_redy=0)  # call-arg
FakeAliyun(clock="virtul")  # arg-type
FakeGuiji(heartbeat_seconds="third", rooms=[{"id": 1}])
FakeGuiji(heartbeat_seconds="thirds")  # arg-type
FakeSenseTime(cors_origins=["*"], outcomes=["slow", "ready"])
FakeSenseTime(outcomes=["redy"])  # list-item
"""


@pytest.mark.slow
def test_a_type_checker_finds_what_is_wrong_and_nothing_else(tmp_path: Path) -> None:
    pytest.importorskip("mypy", reason="the type checkers are not installed")
    file = tmp_path / "test_user.py"
    file.write_text(USER, encoding="utf-8")
    wrong = [
        (number, line.rpartition("# ")[2])
        for number, line in enumerate(USER.splitlines(), start=1)
        if re.search(r"  # [a-z-]+$", line)
    ]
    env = {**os.environ, "MYPYPATH": os.pathsep.join(str(ROOT / component) for component in COMPONENTS)}
    options = ("--strict", "--config-file=", "--explicit-package-bases", "--cache-dir", ROOT / ".mypy_cache" / "users")
    done = run(sys.executable, "-m", "mypy", *options, file, cwd=tmp_path, env=env)
    found = re.findall(r"test_user\.py:(\d+): error: .*\[([a-z-]+)\]$", done.stdout, re.MULTILINE)
    assert [(int(number), code) for number, code in found] == wrong, done.stdout
