"""Snapshots over control: of one process into another, and everything that is none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from avatarwire.fakeserver import FakeAliyun, VirtualClock
from avatarwire.fakeserver.remote import connect
from avatarwire.fakeserver.snapshot import LARGEST, SnapshotError, SnapshotVersionError
from tests.fakeserver.aliyun.running import start
from tests.fakeserver.control.calls import Caller

PATH = "/v1/aliyun/snapshot"


def test_one_is_taken_and_put_in(fake: FakeAliyun, caller: Caller) -> None:
    begun = start(fake)
    taken = caller.get(PATH)
    assert (taken["version"], taken["vendor"]) == (1, "aliyun")
    with FakeAliyun(clock=VirtualClock()) as other:
        answer = Caller(other.control).call("PUT", PATH, taken)
        assert (answer.status, answer.body["done"]) == (200, "restore")
        assert [it["session"] for it in other.sessions()] == [begun.id]


def test_another_version_is_409_and_changes_nothing(fake: FakeAliyun, caller: Caller) -> None:
    taken = caller.get(PATH)
    begun = start(fake)
    for version in (0, 2, 99):
        answer = caller.call("PUT", PATH, {**taken, "version": version})
        assert (answer.status, answer.kind, answer.body["key"]) == (409, "other-version", "version")
    assert caller.call("PUT", PATH, {"version": 2}).status == 409
    assert [it["session"] for it in fake.sessions()] == [begun.id]


@pytest.mark.parametrize(
    ("change", "status", "kind", "key"),
    [
        ({"vendor": "guiji"}, 422, "wrong-value", "vendor"),
        ({"time": "noon"}, 422, "wrong-value", "time"),
        ({"random": None}, 422, "wrong-value", "random"),
        ({"version": "1"}, 422, "wrong-value", "version"),
        ({"mood": 1}, 400, "unknown-name", "mood"),
    ],
)
def test_what_is_wrong(caller: Caller, change: Any, status: int, kind: str, key: str) -> None:
    answer = caller.call("PUT", PATH, {**caller.get(PATH), **change})
    assert (answer.status, answer.kind, answer.body["key"]) == (status, kind, key)


def test_what_is_no_json(caller: Caller) -> None:
    assert caller.call("PUT", PATH, data=b"{").status == 400
    assert caller.call("PUT", PATH, []).status == 400


def test_a_snapshot_may_be_larger_than_other_bodies(fake: FakeAliyun, caller: Caller) -> None:
    fake.tell(lambda it: it.said.accept("s", "x" * 3_000_000, "text_drive.request").end())
    taken = caller.get(PATH)
    assert len(json.dumps(taken)) > 3_000_000
    assert caller.call("PUT", PATH, taken).status == 200
    too_large = caller.call("PUT", PATH, data=b"", headers={"Content-Length": str(LARGEST + 1)})
    assert (too_large.status, too_large.kind) == (413, "too-large")


def test_nobody_gets_one_without_the_token(fake: FakeAliyun) -> None:
    stranger = Caller(fake.control, headers={})
    assert stranger.call("GET", PATH).status == 401
    assert stranger.call("PUT", PATH, {"version": 2}).status == 401


def test_by_the_names_of_a_fake_in_code(fake: FakeAliyun) -> None:
    ready = {"aliyun": fake.ready, "control": {"url": fake.control.url, "token": fake.control.token}}
    with connect(ready) as remote:
        taken = remote["aliyun"].snapshot()
        assert repr(taken) == "<snapshot of aliyun, version 1; holds secrets>"
        begun = start(fake)
        remote["aliyun"].restore(taken)
        assert fake.sessions() == []
        fake.restore(taken)
        assert start(fake).id == begun.id
        with pytest.raises(SnapshotVersionError, match=r"^snapshot: version: this avatarwire reads version 1, not 3$"):
            remote["aliyun"].restore({**taken, "version": 3})
        with pytest.raises(SnapshotError, match=r"^snapshot: time: ") as wrong:
            remote["aliyun"].restore({**taken, "time": None})
        assert wrong.value.key == "time"
        nothing: Any = None
        for it in (fake, remote["aliyun"]):
            with pytest.raises(SnapshotError, match=r"^snapshot: "):
                it.restore(nothing)
