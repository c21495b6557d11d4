"""Each call of the control endpoint does what the fake's own method does."""

from __future__ import annotations

import pytest
from websockets.sync.client import connect

from avatarwire.fakeserver import FakeAliyun, Violation
from tests.fakeserver.aliyun.running import LIMIT, Line, start
from tests.fakeserver.control.calls import Caller


def test_it_is_there_for_whoever_asks(fake: FakeAliyun) -> None:
    nobody = Caller(fake.control, {})
    for path in ("/readyz", "/healthz"):
        answer = nobody.call("GET", path)
        assert (answer.status, answer.body) == (200, {"status": "ok"})


def test_the_state_has_sessions_counts_clock_and_rules(fake: FakeAliyun, caller: Caller) -> None:
    session = start(fake)
    fake.faults.add(do="drop", message="heartbeat.pong")
    fake.toxics.add(type="latency", attributes={"latency": 0})
    state = caller.get("/v1/state")
    assert state["clock"] == {"kind": "virtual", "now": fake.clock.now(), "next_due": None, "failures": []}
    (vendor,) = state["vendors"].values()
    assert [each["session"] for each in vendor["sessions"]] == [session.id]
    assert vendor["counts"] == {"entries": 2, "dropped": 0, "violations": 0, "faults": 1, "toxics": 1}
    assert [each["do"] for each in vendor["faults"]] == ["drop"]
    assert [each["type"] for each in vendor["toxics"]] == ["latency"]
    assert vendor["mark"] == fake.journal.mark()


def test_what_a_client_needs_is_what_the_ready_file_has(fake: FakeAliyun, caller: Caller) -> None:
    content = caller.get("/v1/ready")
    assert content["aliyun"]["ws_url"] == fake.ws_url
    assert content["control"] == {"url": fake.control.url, "token": fake.control.token}


def test_sessions_are_told_as_the_fake_remembers_them(fake: FakeAliyun, caller: Caller) -> None:
    assert caller.get("/v1/aliyun/sessions") == {"sessions": []}
    session = start(fake, "rq-9")
    (known,) = caller.get("/v1/aliyun/sessions")["sessions"]
    assert (known["session"], known["request_id"], known["status"]) == (session.id, "rq-9", "FREE")
    fake.force_close(session.id)
    (known,) = caller.get("/v1/aliyun/sessions")["sessions"]
    assert (known["status"], known["over"]) == ("STOPPED", True)


def test_commands_are_listed_with_their_arguments(caller: Caller) -> None:
    commands = {each["name"]: each for each in caller.get("/v1/aliyun/commands")["commands"]}
    assert {"advance", "force_close", "recover", "drop"} <= set(commands)
    first, second = commands["force_close"]["arguments"]
    assert (first["name"], first["required"]) == ("session", True)
    assert (second["name"], second["required"], second["default"]) == ("reason", False, "line expired")


def test_a_command_does_what_the_method_does(fake: FakeAliyun, caller: Caller) -> None:
    session = start(fake)
    with connect(session.url, proxy=None) as socket:
        line = Line(socket, session)
        line.prepare()
        done = caller.post("/v1/aliyun/commands/recover", {"session": session.id})
        assert line.hear().message == "session.recovering"
        entry = fake.journal.expect_sync("session.recovering", since=done["mark"])
        assert (done["done"], entry.session) == ("recover", session.id)


def test_entries_are_those_of_the_journal(fake: FakeAliyun, caller: Caller) -> None:
    session = start(fake)
    page = caller.get("/v1/aliyun/journal")
    assert page["entries"] == [entry.to_dict() for entry in fake.journal.entries()]
    assert page["mark"] == fake.journal.mark()
    (answer,) = caller.get("/v1/aliyun/journal?message=StartAvatarSession.response")["entries"]
    assert answer["session"] == session.id
    assert answer["status"] == 200


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("", [1, 2]),
        ("direction=in", [1]),
        ("direction=out", [2]),
        ("transport=http", [1, 2]),
        ("transport=ws", []),
        ("since=1", [2]),
        ("since=2", []),
        ("limit=1", [1]),
        ("since=1&limit=1", [2]),
        ("message=&session=&direction=&since=&wait=&limit=", [1, 2]),
        ("session=nobody", []),
        ("connection=c1", [1, 2]),
        ("connection=c9", []),
    ],
)
def test_a_query_chooses_entries(fake: FakeAliyun, caller: Caller, query: str, seen: list[int]) -> None:
    start(fake)
    assert [each["seq"] for each in caller.get(f"/v1/aliyun/journal?{query}")["entries"]] == seen


def test_violations_are_those_of_the_journal(fake: FakeAliyun, caller: Caller) -> None:
    session = start(fake)
    with connect(session.url, proxy=None) as socket:
        socket.send(b"no frame")
        fake.journal.expect_sync(direction="in", transport="ws", timeout=LIMIT)
        found = caller.get("/v1/aliyun/violations")["violations"]
        assert [each["clause"] for each in found] == ["ALI-R082"]
        assert found[0]["session"] == session.id
        assert caller.get(f"/v1/aliyun/violations?since={found[0]['seq']}") == {"violations": []}
        assert caller.get("/v1/aliyun/violations?level=warning") == {"violations": []}
        assert caller.get(f"/v1/aliyun/violations?session={session.id}&clause=ALI-R082")["violations"] == found
        assert caller.get("/v1/aliyun/violations?session=s-9") == {"violations": []}
        seq = found[0]["seq"]
        assert caller.get("/v1/aliyun/violations?clause=ALI-R082&summary=true")["summary"] == [
            {"session": session.id, "clause": "ALI-R082", "level": "error", "count": 1, "first": seq, "last": seq}
        ]


def test_violations_that_are_not_kept_are_not_passed_over(fake: FakeAliyun, caller: Caller) -> None:
    broken = Violation("ALI-R001", "", "wrong")
    for number in range(1001):
        fake.journal.note("x", session=f"s-{number}", violations=(broken,))
    page = caller.get("/v1/aliyun/violations?summary=true&session=s-1000")
    assert page == {"violations": [], "complete": False, "summary": [], "counted": False}
    assert caller.get("/v1/aliyun/violations?level=warning") == {"violations": []}


def test_rules_are_given_listed_and_taken_back(fake: FakeAliyun, caller: Caller) -> None:
    first = caller.post("/v1/aliyun/faults", {"do": "drop", "message": "heartbeat.pong", "times": 2})
    second = caller.post("/v1/aliyun/faults", {"do": "delay", "message": "*", "seconds": 1.5})
    assert first == {"id": "f1", "do": "drop", "message": "heartbeat.pong", "times": 2, "matched": 0, "acted": 0}
    assert caller.get("/v1/aliyun/faults") == {"faults": [first, second]}
    assert [armed.id for armed in fake.faults] == ["f1", "f2"]
    assert caller.delete("/v1/aliyun/faults/f1") == {"faults": [second]}
    assert caller.delete("/v1/aliyun/faults") == {"faults": []}
    assert len(fake.faults) == 0


def test_toxics_are_given_listed_and_removed(fake: FakeAliyun, caller: Caller) -> None:
    first = caller.post("/v1/aliyun/toxics", {"type": "latency", "attributes": {"latency": 5}})
    assert first == {
        "name": "latency_downstream",
        "type": "latency",
        "stream": "downstream",
        "toxicity": 1.0,
        "attributes": {"latency": 5, "jitter": 0},
        "port": "",
    }
    second = caller.post("/v1/aliyun/toxics", {"type": "slicer", "name": "cut", "attributes": {"average_size": 9}})
    assert caller.get("/v1/aliyun/toxics") == {"toxics": [first, second]}
    assert caller.delete("/v1/aliyun/toxics/cut") == {"toxics": [first]}
    assert caller.delete("/v1/aliyun/toxics") == {"toxics": []}
    assert len(fake.toxics) == 0


@pytest.mark.parametrize("path", ["/v1/reset", "/v1/aliyun/reset"])
def test_reset_has_the_fake_be_as_just_started(fake: FakeAliyun, caller: Caller, path: str) -> None:
    start(fake)
    caller.post("/v1/aliyun/faults", {"do": "drop"})
    assert caller.post(path)["done"] == "reset"
    assert caller.get("/v1/aliyun/sessions") == {"sessions": []}
    assert caller.get("/v1/aliyun/faults") == {"faults": []}


def test_a_head_is_a_get_without_its_body(caller: Caller) -> None:
    answer = caller.call("HEAD", "/v1/clock")
    assert (answer.status, answer.body) == (200, None)


def test_the_endpoint_is_made_once_and_ends_with_the_fake() -> None:
    with FakeAliyun() as fake:
        control = fake.control
        assert fake.control is control
        caller = Caller(control)
        assert caller.get("/v1/clock")["kind"] == "real"
    with pytest.raises(ConnectionRefusedError):
        caller.get("/v1/clock")


async def test_it_is_there_for_a_fake_in_the_running_loop() -> None:
    import httpx

    async with FakeAliyun() as fake, httpx.AsyncClient(trust_env=False) as client:
        token = {"Authorization": f"Bearer {fake.control.token}"}
        answer = await client.get(f"{fake.control.url}/v1/aliyun/sessions", headers=token)
        assert answer.json() == {"sessions": []}
