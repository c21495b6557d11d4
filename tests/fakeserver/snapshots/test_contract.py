"""Taking a snapshot and putting one in: whoever may, whatever is wrong with it, what stays and what does not."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from avatarwire.codecs.aliyun.http import StartAvatarSessionRequest
from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime, FakeServerError, VirtualClock
from avatarwire.fakeserver.aliyun.behaviour import AliyunBehaviour
from avatarwire.fakeserver.snapshot import LARGEST, SnapshotError, SnapshotVersionError
from tests.fakeserver.aliyun.running import LIMIT, start, stop
from tests.fakeserver.mqtt.raw import Raw
from tests.fakeserver.snapshots.changing import changed

FAKES = (FakeAliyun, FakeGuiji, FakeSenseTime)


@pytest.mark.parametrize("kind", FAKES)
def test_a_snapshot_is_plain_json_that_says_what_it_is(kind: Any) -> None:
    with kind(clock=VirtualClock(1_800_000_000.0), seed=1) as fake:
        taken = json.loads(json.dumps(fake.snapshot()))
        assert {name: taken[name] for name in ("version", "vendor", "time")} == {
            "version": 1,
            "vendor": fake._vendor,
            "time": 1_800_000_000.0,
        }
        assert isinstance(taken["avatarwire"], str)


def test_no_secret_is_shown() -> None:
    with FakeSenseTime(clock=VirtualClock()) as fake:
        token = fake.access_token
        taken = fake.snapshot()
        assert token in json.dumps(taken)
        assert repr(taken) == str(taken) == "<snapshot of sensetime, version 1; holds secrets>"
        fake.restore(taken)
        told = "".join(json.dumps(entry.to_dict()) for entry in fake.journal.entries())
        assert "a snapshot was put in" in told
        assert token not in told
        assert fake.access_token == token


@pytest.mark.parametrize("kind", FAKES)
def test_a_fake_that_does_not_run_has_none(kind: Any) -> None:
    fake = kind()
    with pytest.raises(FakeServerError, match="not running"):
        fake.snapshot()
    with fake:
        taken = fake.snapshot()
    with pytest.raises(FakeServerError):
        fake.snapshot()
    with pytest.raises(FakeServerError):
        fake.restore(taken)


def _begin(fake: FakeAliyun, request_id: str) -> None:
    """Starts a session without a call over a connection, which a snapshot that is put in would cut."""
    request = StartAvatarSessionRequest(project_id=fake.project_id, request_id=request_id)

    def act(behaviour: AliyunBehaviour) -> None:
        project = behaviour.state.project(fake.project_id)
        assert project is not None
        behaviour.state.start(request, project.main_id)

    fake.tell(act)


def test_in_the_loop_and_from_any_thread() -> None:
    async def inside() -> None:
        async with FakeAliyun(seed=1) as fake:
            taken = fake.snapshot()
            _begin(fake, "rq-1")
            assert len(fake.sessions()) == 1
            await asyncio.to_thread(fake.restore, taken)
            assert fake.sessions() == []
            _begin(fake, "rq-1")
            assert len((await asyncio.to_thread(fake.snapshot))["state"]["sessions"]) == 1

    asyncio.run(inside())


def test_many_threads_at_once_get_whole_ones() -> None:
    with FakeAliyun() as fake:
        first = fake.snapshot()
        found: list[Any] = []

        def work(number: int) -> None:
            for turn in range(10):
                _begin(fake, f"rq-{number}-{turn}")
                found.append(fake.snapshot())
                fake.restore(first)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LIMIT)
        assert len(found) == 40
        assert fake.sessions() == []
        for taken in found:
            fake.restore(taken)
            assert len(fake.sessions()) == len(taken["state"]["sessions"])


def test_as_often_as_one_likes_into_itself() -> None:
    with FakeAliyun(clock=VirtualClock(), verify_signatures=False, seed=4) as fake:
        begun = start(fake)
        taken = fake.snapshot()
        for _ in range(3):
            assert stop(fake, begun) == "Stopped"
            start(fake, "rq-2")
            second = fake.sessions()[1]["session"]
            fake.restore(taken)
            assert [(it["session"], it["over"]) for it in fake.sessions()] == [(begun.id, False)]
            # What comes next is what came next: ids, too.
            assert stop(fake, begun) == "Stopped"
            assert start(fake, "rq-2").id == second
            fake.restore(taken)


def test_open_sockets_are_closed_and_their_clients_come_back() -> None:
    with FakeAliyun(clock=VirtualClock(), verify_signatures=False) as fake:
        begun = start(fake)
        with connect(begun.url, proxy=None) as socket:
            taken = fake.snapshot()
            fake.restore(taken)
            with pytest.raises(ConnectionClosed) as end:
                socket.recv(timeout=LIMIT)
            assert end.value.rcvd is not None
            assert end.value.rcvd.code == 1012
        assert fake.sessions()[0]["sockets"] == 0
        with connect(begun.url, proxy=None):
            pass


def test_clients_of_mqtt_are_disconnected() -> None:
    with FakeGuiji(clock=VirtualClock()) as fake, Raw(fake.mqtt_port) as client:
        client.login("me", user=fake.mqtt_user, password=fake.mqtt_password)
        fake.restore(fake.snapshot())
        assert client.is_closed()


@pytest.mark.parametrize("kind", FAKES)
def test_another_version_or_vendor_changes_nothing(kind: Any) -> None:
    with kind(seed=1) as fake:
        taken = fake.snapshot()
        before = json.dumps({**taken, "time": 0})
        with pytest.raises(SnapshotVersionError, match="this avatarwire reads version 1, not 2") as version:
            fake.restore(changed(taken, "version", 2))
        assert version.value.key == "version"
        with pytest.raises(SnapshotError, match="vendor: expected") as vendor:
            fake.restore(changed(taken, "vendor", "acme"))
        assert vendor.value.key == "vendor"
        assert json.dumps({**fake.snapshot(), "time": 0}) == before
        assert "a snapshot was put in" not in [entry.body for entry in fake.journal.entries()]


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ({}, "version"),
        ({"version": "1"}, "version"),
        ({"version": True}, "version"),
        ({"version": 1}, "vendor"),
        ({"version": 1, "vendor": "aliyun"}, "avatarwire"),
        ([], ""),
        (None, ""),
        ("{}", ""),
        (b"\x80\x04", ""),
    ],
)
def test_what_is_none(value: Any, key: str) -> None:
    with FakeAliyun() as fake, pytest.raises(SnapshotError) as wrong:
        fake.restore(value)
    assert wrong.value.key == key


NAN = float("nan")


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ("time", "noon", "time"),
        ("time", NAN, "time"),
        ("time", float("inf"), "time"),
        ("junk", 1, "junk"),
        ("random", [3, [1], None], "random[1]"),
        ("random.0", 2, "random[0]"),
        ("random.1.624", 4_000_000_000, "random"),
        ("timers", [{"key": "tea", "due": 1.0}], "timers[0].key"),
        ("timers", [{"key": "line of x"}], "timers[0].due"),
        ("said", [{"number": 0}], "said[0].number"),
        ("state", 1, "state"),
        ("state.junk", 1, "state.junk"),
        ("state.keys", [], "state.keys"),
        ("state.sessions.0.project_id", "5", "state.sessions[0].project_id"),
        ("state.sessions.+", {"id": "x"}, "state.sessions[1].project_id"),
        ("state.sessions.0.stopped", True, "state.stopped"),
        ("state.stopped", ["x"], "state.stopped[0]"),
        ("state.projects.0.status", "LOST", "state.projects[0].status"),
        ("state.projects.0.frames", [{"layers": 1}], "state.projects[0].frames[0].layers"),
        ("faults.rules", [{"id": "f1", "rule": {"do": "tickle"}, "matched": 0, "acted": 0}], "faults.rules[0].rule.do"),
        (
            "faults.rules",
            [{"id": "f1", "rule": {"do": "drop", "message": "x"}, "matched": 0, "acted": 0}],
            "faults.rules[0].rule.message",
        ),
        ("toxics.toxics", [{"type": "rain"}], "toxics.toxics[0].type"),
        ("toxics.toxics", [{"type": "latency", "port": "mqtt"}], "toxics.toxics[0].port"),
        ("carriers", {"callbacks": []}, "carriers.callbacks"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_has_changed(path: str, value: Any, key: str) -> None:
    with FakeAliyun(clock=VirtualClock(), verify_signatures=False, seed=2) as fake:
        begun = start(fake)
        taken = json.loads(json.dumps(fake.snapshot()))
        broken = changed(taken, path, value)
        with connect(begun.url, proxy=None) as socket:
            with pytest.raises(SnapshotError) as wrong:
                fake.restore(broken)
            assert wrong.value.key == key
            assert str(wrong.value).startswith(f"snapshot: {key}: ")
            assert socket.ping().wait(LIMIT)
        assert json.loads(json.dumps(fake.snapshot()))["state"]["sessions"][0]["id"] == begun.id
        fake.restore(taken)


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ("state.stopped", [], "state.stopped"),
        ("state.stopped.+", "FIRST", "state.stopped[2]"),
        ("state.sessions.1.stopped", False, "state.stopped[0]"),
    ],
)
def test_those_that_are_over_are_listed_once_each(path: str, value: object, key: str) -> None:
    with FakeAliyun(clock=VirtualClock(), verify_signatures=False) as fake:
        first, second = start(fake, "rq-1"), start(fake, "rq-2")
        for begun in (second, first):
            stop(fake, begun)
        taken = fake.snapshot()
        assert taken["state"]["stopped"] == [second.id, first.id]
        with pytest.raises(SnapshotError) as wrong:
            fake.restore(changed(taken, path, first.id if value == "FIRST" else value))
        assert wrong.value.key == key
        fake.restore(taken)
        assert fake.snapshot()["state"]["stopped"] == [second.id, first.id]


def test_one_that_would_be_too_large_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    assert LARGEST == 64 * 1024 * 1024
    monkeypatch.setattr("avatarwire.fakeserver.snapshotting.LARGEST", 100)
    with FakeAliyun() as fake, pytest.raises(FakeServerError, match="more than 100"):
        fake.snapshot()


def test_tunables_are_those_of_the_fake_and_accounts_have_to_be_known() -> None:
    with FakeAliyun(clock=VirtualClock(), verify_signatures=False, line_seconds=10.0) as one:
        start(one)
        taken = one.snapshot()
    with FakeAliyun(clock=VirtualClock(), verify_signatures=False, line_seconds=None) as other:
        other.restore(taken)
        other.advance(1000.0)
        assert not other.sessions()[0]["over"]
    with FakeGuiji(clock=VirtualClock()) as one:
        assert one.live_id
        taken = one.snapshot()
    accounts = [{"app_id": "else", "app_secret": "s", "number": "1", "mqtt_user": "u", "mqtt_password": "p"}]
    with FakeGuiji(accounts=accounts) as other, pytest.raises(SnapshotError) as wrong:
        other.restore(taken)
    assert wrong.value.key == "state.rooms[0].app_id"


def test_rules_and_toxics_go_on_counting() -> None:
    with FakeAliyun(clock=VirtualClock(), verify_signatures=False, seed=1) as one:
        held = one.faults.add(do="reject", message="StartAvatarSession.request", skip=1, times=1, code="Busy")
        once = one.toxics.add(type="latency", attributes={"latency": 0})
        start(one, "rq-1")
        taken = one.snapshot()
        one.faults.clear()
        one.toxics.clear()
        one.restore(taken)
        # Whoever has given a rule still holds it, where nobody has taken it back.
        assert [(it.id, it.matched, it.acted) for it in one.faults] == [("f1", 1, 0)]
        assert [it.name for it in one.toxics] == ["latency_downstream"]
        with pytest.raises(AssertionError, match="Busy"):
            start(one, "rq-2")
        assert one.faults["f1"].acted == 1
        assert one.faults.add(do="drop", message="*", after=9e9).id == "f2"
        held.remove()
        once.remove()
        assert [it.id for it in one.faults] == ["f2"]
        one.restore(taken)
        same = one.faults["f1"]
        one.restore(taken)
        assert one.faults["f1"] is same


def test_a_rule_that_begins_later_begins_when_it_would_have() -> None:
    rule = {"do": "reject", "message": "StartAvatarSession.request", "after": 100.0, "code": "Late"}
    with FakeAliyun(clock=VirtualClock(), verify_signatures=False, faults=[rule]) as one:
        one.advance(60.0)
        taken = one.snapshot()
    with FakeAliyun(clock=VirtualClock(1.9e9), verify_signatures=False) as other:
        other.restore(taken)
        start(other, "rq-1")
        other.advance(40.0)
        with pytest.raises(AssertionError, match="Late"):
            start(other, "rq-2")
