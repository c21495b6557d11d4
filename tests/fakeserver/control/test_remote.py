"""The client: a fake in another process has the names, the answers and the errors of one in code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import pytest
from websockets.sync.client import connect as connect_socket

from avatarwire.fakeserver import (
    ClockError,
    EvidenceLostError,
    ExpectationError,
    FakeAliyun,
    FakeServerError,
    ScenarioError,
    Toxic,
    UnknownError,
    Violation,
    step,
)
from avatarwire.fakeserver.faults import Fault
from avatarwire.fakeserver.remote import Remote, RemoteFake, connect
from tests.fakeserver.aliyun.running import LIMIT, Line, start

AUDIO: Final = bytes.fromhex("000081") + b"SERIAL01"
"""Header of speech."""


@pytest.fixture
def remote(fake: FakeAliyun) -> Iterator[Remote]:
    control = fake.control
    ready = {"aliyun": dict(fake.ready), "control": {"url": control.url, "token": control.token}}
    with connect(ready) as remote:
        yield remote


@pytest.fixture
def far(remote: Remote) -> RemoteFake:
    return remote.aliyun


def both(fake: FakeAliyun, far: RemoteFake) -> tuple[Any, Any]:
    """A fake in code and the same from far away."""
    return fake, far


# --- where it is ---


def test_urls_and_credentials_are_attributes(fake: FakeAliyun, far: RemoteFake) -> None:
    for name in ("http_url", "ws_url", "access_key_id", "access_key_secret", "project_id"):
        assert getattr(far, name) == getattr(fake, name)
    with pytest.raises(AttributeError, match="neither in the ready file nor among commands"):
        _ = far.http_ulr
    assert not hasattr(far, "_nothing")


def test_it_is_found_by_a_file_a_mapping_or_a_url(fake: FakeAliyun, tmp_path: Path) -> None:
    control = fake.control
    content = {"aliyun": dict(fake.ready), "control": {"url": control.url, "token": control.token}}
    path = tmp_path / "ready.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    for remote in (connect(path), connect(str(path)), connect(content), connect(url=control.url, token=control.token)):
        with remote:
            assert list(remote) == ["aliyun"]
            assert remote.aliyun.project_id == remote["aliyun"].project_id == fake.project_id
            with pytest.raises(AttributeError, match="no fake 'guiji' is served; there are aliyun"):
                _ = remote.guiji


@pytest.mark.parametrize(
    ("content", "told"),
    [("{}", "expected a ready file that has it"), ("[]", "expected a JSON object"), ("{", "expected a JSON object")],
)
def test_a_file_that_is_none_says_so(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "ready.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(FakeServerError, match=told):
        connect(path)
    with pytest.raises(FakeServerError, match="No such file"):
        connect(tmp_path / "nowhere")


def test_an_endpoint_that_cannot_be_reached_is_an_error() -> None:
    with FakeAliyun() as fake:
        url, token = fake.control.url, fake.control.token
        with pytest.raises(FakeServerError, match="the token is wrong"):
            connect(url=url, token="another-token")
        remote = connect(url=url, token=token)
    with remote, pytest.raises(FakeServerError, match="cannot be reached"):
        remote.state()
    with pytest.raises(FakeServerError, match="expected the URL"):
        connect(url="ftp://127.0.0.1", token=token)


# --- the same as in code ---


@pytest.mark.parametrize("index", [0, 1])
def test_a_test_reads_the_same(fake: FakeAliyun, far: RemoteFake, index: int) -> None:
    it = both(fake, far)[index]
    session = start(fake)
    with connect_socket(session.url, proxy=None) as socket:
        line = Line(socket, session)
        line.prepare()
        mark = it.journal.mark()
        with it.faults.add(do="drop", message="text_drive.response", times=1) as armed:
            line.ask("Are you there?")
            it.journal.expect_sync("fault", since=mark, timeout=LIMIT)
            assert (armed.id, armed.acted, armed.rule.times) == ("f1", 1, 1)
        assert len(it.faults) == 0
        with it.answer("CheckSession", body={"success": False}):
            assert [armed.rule.do for armed in it.faults] == ["answer"]
        it.force_close(session.id, reason="over")
        entry = it.journal.expect_sync("session.force_close", session=session.id, direction="out")
        assert (entry.vendor, entry.transport, entry.message) == ("aliyun", "ws", "session.force_close")
        assert entry.raw[11:] == b'{"sessionId":"%s"}' % session.id.encode()
        assert line.hear("session.force_close")
    it.journal.expect_none("session.recovering")
    assert [each["over"] for each in it.sessions()] == [True]


@pytest.mark.parametrize("index", [0, 1])
def test_what_is_expected_reads_the_same(fake: FakeAliyun, far: RemoteFake, index: int) -> None:
    it = both(fake, far)[index]
    session = start(fake)
    found = it.journal.expect_sequence_sync(
        "StartAvatarSession.request",
        step("StartAvatarSession.response", body={"sessionId": session.id}, direction="out"),
        session=session.id,
        within=60.0,
    )
    assert [entry.seq for entry in found] == [1, 2]
    assert it.journal.expect_count("StartAvatarSession.request", exactly=1)[0].seq == 1
    with pytest.raises(ExpectationError, match="expected exactly 2, found 1"):
        it.journal.expect_count("StartAvatarSession.request", exactly=2)
    with pytest.raises(ExpectationError, match=r"it broke at step 2 of 2\)(.|\n)*order: expected it after #2"):
        it.journal.expect_sequence_sync("StartAvatarSession.response", "StartAvatarSession.request", timeout=0)
    with pytest.raises(ExpectationError, match=r"nearest miss: #1 (.|\n)*session: expected s-9, found"):
        it.journal.expect_sync("StartAvatarSession.request", session="s-9", timeout=0)
    assert it.journal.violations(session=session.id, clause="ALI-R001", level="error") == []


@pytest.mark.parametrize("index", [0, 1])
def test_nothing_is_concluded_from_what_was_dropped(index: int) -> None:
    broken = Violation("ALI-R001", "", "wrong")
    with FakeAliyun(journal_bytes=3000) as small, connect(url=small.control.url, token=small.control.token) as remote:
        it = both(small, remote.aliyun)[index]
        for _ in range(1000):
            small.journal.note("x", violations=(broken,), message="fault")
        mark = it.journal.mark()
        small.journal.note("x", violations=(broken,), message="fault")
        with pytest.raises(EvidenceLostError, match=r"cannot tell whether there were any, .*: violations, since=1000"):
            it.journal.violations(since=mark)
        with pytest.raises(EvidenceLostError, match="cannot be found any more"):
            it.journal.expect_sequence_sync("StartAvatarSession.request", "fault", timeout=0)
        with pytest.raises(EvidenceLostError, match="cannot tell that there were exactly 1001"):
            it.journal.expect_count("fault", exactly=1001)
        with pytest.raises(EvidenceLostError, match="cannot tell that there was none"):
            it.journal.expect_none("StartAvatarSession.request")


@pytest.mark.parametrize("index", [0, 1])
def test_errors_are_the_same(fake: FakeAliyun, far: RemoteFake, index: int) -> None:
    it = both(fake, far)[index]
    with pytest.raises(ScenarioError, match="did you mean message") as wrong:
        it.faults.add(do="drop", mesage="*")
    assert wrong.value.path == "faults.mesage"
    with pytest.raises(ScenarioError, match=r"delay needs seconds"):
        it.faults.add(Fault(do="delay"))
    with pytest.raises(TypeError, match="either a Fault"):
        it.faults.add(Fault(do="drop"), times=1)
    with pytest.raises(KeyError):
        it.faults.remove("f9")
    with pytest.raises(KeyError):
        _ = it.faults["f9"]
    with pytest.raises(ScenarioError, match="expected one of"):
        it.toxics.add(type="gas")
    with pytest.raises(FakeServerError):
        it.toxics.remove("nothing")
    with pytest.raises(UnknownError, match="no session nobody"):
        it.force_close("nobody")
    with pytest.raises(FakeServerError, match="a close code"):
        it.drop("nobody", code=1)
    with pytest.raises(TypeError):
        it.drop()
    with pytest.raises(TypeError):
        it.commands["drop"](sesion="x")
    with pytest.raises(TypeError):
        it.commands["drop"]("x", session="x")
    with pytest.raises(TypeError):
        it.commands["drop"]("a", 1000, "b", "c")
    with pytest.raises(ValueError, match="did you mean"):
        it.journal.entries("text_drive.respons")
    with pytest.raises(ValueError, match="direction"):
        it.journal.entries(direction="up")
    with pytest.raises(UnknownError, match=r"did you mean session\.recovering"):
        it.send("session.recoverin", session="x")
    with pytest.raises(ScenarioError):
        it.answer("Nothing", body={})


@pytest.mark.parametrize("index", [0, 1])
def test_commands_are_called_by_name(fake: FakeAliyun, far: RemoteFake, index: int) -> None:
    it = both(fake, far)[index]
    assert set(fake.commands) == set(it.commands)
    session = start(fake)
    it.commands["force_close"](session=session.id, reason="over")
    it.force_close(session_id=session.id)
    assert it.sessions()[0]["over"]


@pytest.mark.parametrize("index", [0, 1])
def test_toxics_come_and_go(fake: FakeAliyun, far: RemoteFake, index: int) -> None:
    it = both(fake, far)[index]
    with it.toxics.add(type="latency", attributes={"latency": 0}) as guard:
        assert (guard.name, len(it.toxics)) == ("latency_downstream", 1)
        assert it.toxics.get(guard.name) == guard.toxic == next(iter(it.toxics))
        guard.remove()
        assert it.toxics.get(guard.name) is None
    it.toxics.add(Toxic(type="down"), name="out")
    it.toxics.clear()
    assert len(it.toxics) == 0


@pytest.mark.parametrize("index", [0, 1])
def test_time_moves_for_both(fake: FakeAliyun, far: RemoteFake, index: int) -> None:
    it = both(fake, far)[index]
    before = it.clock.now()
    it.advance(2.5)
    assert it.clock.now() == fake.clock.now() == before + 2.5
    with pytest.raises((FakeServerError, ValueError)):
        it.advance(-1)


@pytest.mark.parametrize("index", [0, 1])
def test_reset_forgets(fake: FakeAliyun, far: RemoteFake, index: int) -> None:
    it = both(fake, far)[index]
    start(fake)
    it.faults.add(do="drop")
    it.reset()
    assert (list(it.sessions()), len(it.faults)) == ([], 0)


def test_all_are_reset_and_seen_at_once(fake: FakeAliyun, remote: Remote) -> None:
    start(fake)
    assert remote.state()["vendors"]["aliyun"]["counts"]["entries"] == len(fake.journal)
    now = remote.clock.now()
    remote.advance(1)
    remote.reset()
    assert remote.clock.now() == now + 1
    assert remote.aliyun.sessions() == []


def test_what_failed_while_time_moved_is_an_error(fake: FakeAliyun, remote: Remote) -> None:
    def fail() -> None:
        raise RuntimeError("a timer of a test")

    fake.clock.call_later(1.0, fail)
    with pytest.raises(ClockError, match="a timer of a test"):
        remote.advance(1)


# --- the journal ---


def test_entries_are_the_same_but_for_bodies_which_are_json(fake: FakeAliyun, far: RemoteFake) -> None:
    session = start(fake)
    with connect_socket(session.url, proxy=None) as socket:
        line = Line(socket, session)
        line.prepare()
        line.say("asr.start.request", type="startAsrAudio")
        socket.send(AUDIO + bytes(640))
        fake.journal.expect_sync(direction="in", where=lambda entry: entry.audio is not None, timeout=LIMIT)
        fake.journal.note("something", answer=42)
        for near, distant in zip(fake.journal.entries(), far.journal.entries(), strict=False):
            assert near.to_dict() == distant.to_dict()
        assert [str(each) for each in fake.journal.violations()] == [str(each) for each in far.journal.violations()]
    (answer,) = far.journal.entries("StartAvatarSession.response", where=lambda entry: entry.status == 200)
    body: Any = answer.body
    assert body["sessionId"] == session.id


def test_a_wait_ends_with_the_entry(fake: FakeAliyun, far: RemoteFake) -> None:
    with ThreadPoolExecutor() as threads:
        waiting = threads.submit(far.journal.expect_sync, "StartAvatarSession.response", count=2, timeout=LIMIT)
        ids = [start(fake, f"rq-{number}").id for number in range(2)]
        assert [entry.session for entry in waiting.result(LIMIT)] == ids


def test_what_does_not_come_is_told_as_in_code(fake: FakeAliyun, far: RemoteFake) -> None:
    start(fake)
    told: list[str] = []
    for journal in (fake.journal, far.journal):
        with pytest.raises(ExpectationError, match=r"not seen within 0\.05 s: session\.recovering") as failure:
            journal.expect_sync("session.recovering", timeout=0.05)
        told.append("\n".join(str(failure.value).splitlines()[1:2]))
        with pytest.raises(ExpectationError, match="expected none, found 1"):
            journal.expect_none("StartAvatarSession.request")
    assert told[0] == told[1]


def test_entries_that_were_dropped_are_told() -> None:
    with FakeAliyun(verify_signatures=False, journal_bytes=2000) as fake:
        for _ in range(5):
            start(fake)
        with connect(url=fake.control.url, token=fake.control.token) as remote:
            journal = remote.aliyun.journal
            assert journal.entries()[0].message == "journal.dropped"
            with pytest.raises(ExpectationError, match="cannot be found any more"):
                journal.expect_sync("heartbeat.ping", timeout=LIMIT)
            with pytest.raises(ExpectationError, match="cannot tell that there was none"):
                journal.expect_none("heartbeat.ping")


def test_threads_use_it_at_once(far: RemoteFake) -> None:
    def add(number: int) -> str:
        return far.faults.add(do="drop", after=float(number)).id

    with ThreadPoolExecutor(8) as threads:
        added = list(threads.map(add, range(1, 33)))
    assert len(set(added)) == 32


def test_a_connection_that_has_ended_is_replaced(fake: FakeAliyun, remote: Remote) -> None:
    remote.state()
    kept = remote._link._mine.connection  # pyright: ignore[reportPrivateUsage] - to cut it
    kept.sock.close()
    kept.sock = Broken()
    assert remote.state()


class Broken:
    """A socket whose peer is gone."""

    def settimeout(self, seconds: float) -> None: ...

    def sendall(self, data: bytes) -> None:
        raise BrokenPipeError

    def close(self) -> None: ...
