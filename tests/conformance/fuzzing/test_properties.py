"""Each property fails of a fake that has the defect that it is about."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest
from aiohttp import web
from msgspec import structs

from avatarwire.conformance.fuzzing.playing import played
from avatarwire.conformance.fuzzing.properties import PROPERTIES
from avatarwire.conformance.fuzzing.steps import Step
from avatarwire.fakeserver.aliyun import FakeAliyun
from avatarwire.fakeserver.commands import command, table
from avatarwire.fakeserver.effects import Note
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.journal.entry import Violation
from avatarwire.fakeserver.transports import http
from tests.conformance.fuzzing.steps import SAID, about

CHECK: Final = about("CheckSession.request", {"projectId": "x", "sessionId": "x"})
STARTED: Final = (Step("start"), CHECK)

Act = Callable[[], Awaitable[web.StreamResponse | None]]
Plant = Callable[..., None]


@pytest.fixture
def plant(monkeypatch: pytest.MonkeyPatch) -> Plant:
    """Has something else happen when an operation is called; what it gives is the answer, if it gives any."""

    def planted(act: Act, operation: str = "checkSession") -> None:
        right: Any = http.respond

        async def respond(request: Any, *args: Any) -> Any:
            if request.path.endswith(operation):
                answer = await act()
                if answer is not None:
                    return answer
            return await right(request, *args)

        monkeypatch.setattr(http, "respond", respond)

    return planted


def test_the_defects_are_planted_where_nothing_breaks_without_them(plant: Plant) -> None:
    async def nothing() -> None:
        return

    plant(nothing)
    assert played("aliyun", STARTED).broken == ""


# --- unhandled ---


def test_an_error_in_a_task_that_nobody_looks_at(plant: Plant) -> None:
    tasks: list[asyncio.Task[None]] = []

    async def fails() -> None:
        raise ZeroDivisionError("planted")

    async def act() -> None:
        tasks.append(asyncio.create_task(fails()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        tasks.clear()

    plant(act)
    end = played("aliyun", STARTED)
    assert end.broken == "unhandled"
    assert "planted" in end.detail


def test_an_error_of_a_callback_of_the_loop(plant: Plant) -> None:
    async def act() -> None:
        asyncio.get_running_loop().call_soon(lambda: 1 // 0)

    plant(act)
    assert played("aliyun", STARTED).broken == "unhandled"


def test_an_error_in_a_log(plant: Plant) -> None:
    async def act() -> None:
        logging.getLogger("aiohttp.server").error("planted")

    plant(act)
    end = played("aliyun", STARTED)
    assert (end.broken, end.detail) == ("unhandled", "logged: aiohttp.server: planted")


def test_an_error_that_is_answered_by_500(plant: Plant) -> None:
    async def act() -> web.StreamResponse:
        return web.Response(status=500, text="planted")

    plant(act)
    assert played("aliyun", STARTED).broken == "unhandled"


# --- the other properties of messages ---


def test_a_call_that_is_not_answered(plant: Plant) -> None:
    plant(asyncio.Event().wait)
    began = time.perf_counter()
    assert played("aliyun", STARTED).broken == "unanswered"
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    "answer",
    [
        web.Response(status=402, text="{}"),
        web.Response(status=404, text="not found"),
        web.Response(text='{"requestId":"x","status":7}'),
    ],
)
def test_an_answer_that_is_not_declared(plant: Plant, answer: web.Response) -> None:
    async def act() -> web.StreamResponse:
        return web.Response(status=answer.status, text=answer.text)

    plant(act)
    assert played("aliyun", STARTED).broken == "undeclared"


# --- the other client ---


def with_command(monkeypatch: pytest.MonkeyPatch, act: Callable[..., Any]) -> tuple[Step, ...]:
    """Steps by which a command is given that does something else than its name says."""
    act.__name__ = "force_close"
    monkeypatch.setattr(FakeAliyun, "_own_commands", table(command(act)))
    return (Step("start"), Step("command", message="force_close"), Step("wait", seconds=1.0))


def test_another_clients_session_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def force_close(aliyun: Any, session_id: str) -> None:
        for session in tuple(aliyun.state.sessions):
            aliyun.state.sessions.expire(session, session_id)

    assert played("aliyun", with_command(monkeypatch, force_close)).broken == "unharmed"


def test_no_session_can_be_begun_any_more(plant: Plant) -> None:
    calls: list[int] = []

    async def act() -> web.StreamResponse | None:
        calls.append(1)
        refusal = '{"Code":"IncorrectProjectStatus","Message":"planted","RequestId":"x","HostId":"x"}'
        return web.Response(status=400, text=refusal) if len(calls) > 2 else None

    plant(act, "startAvatarSession")
    end = played("aliyun", STARTED)
    assert end.broken == "unharmed"
    assert "a new client" in end.detail


def test_a_command_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def force_close(aliyun: Any, session_id: str) -> None:
        raise ZeroDivisionError(f"planted {session_id} {aliyun}")

    assert played("aliyun", with_command(monkeypatch, force_close)).broken == "unhandled"


def test_another_client_is_accused(monkeypatch: pytest.MonkeyPatch) -> None:
    def force_close(aliyun: Any, session_id: str) -> list[Note]:
        first = next(iter(aliyun.state.sessions)).id
        assert first != session_id
        return [Note("planted", session=first, violations=(Violation("ALI-R099", "text", "planted"),))]

    end = played("aliyun", with_command(monkeypatch, force_close))
    assert (end.broken, end.clause) == ("accused", "ALI-R099")


# --- the fake itself ---


def changed_sessions(
    monkeypatch: pytest.MonkeyPatch, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]
) -> None:
    right = FakeAliyun.sessions

    def sessions(self: FakeAliyun) -> Any:
        return change([dict(each) for each in right(self)])

    monkeypatch.setattr(FakeAliyun, "sessions", sessions)


Sessions = list[dict[str, Any]]

CHANGES: Final[dict[str, Callable[[Sessions], Sessions]]] = {
    "twice": lambda found: [*found, *found],
    "no JSON": lambda found: [{**each, "more": object()} for each in found],
    "a tuple": lambda found: [{**each, "more": (1, 2)} for each in found],
}


@pytest.mark.parametrize("change", CHANGES)
def test_sessions_that_cannot_be(monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    changed_sessions(monkeypatch, CHANGES[change])
    assert played("aliyun", STARTED).broken == "state"


def test_a_session_that_rises_again(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = iter(range(1000))
    changed_sessions(monkeypatch, lambda found: [{**each, "over": next(looks) < 3} for each in found])
    assert played("aliyun", [Step("start"), *[CHECK] * 9]).broken == "state"


def test_something_is_unsaid(monkeypatch: pytest.MonkeyPatch) -> None:
    right, looks = FakeAliyun.said, iter(("said", "said", *["waiting"] * 100))

    def said(self: FakeAliyun) -> Any:
        state: Any = next(looks)
        ended = None if state == "waiting" else 1.0
        return [structs.replace(each, state=state, ended=ended) for each in right(self)]

    monkeypatch.setattr(FakeAliyun, "said", said)
    assert played("aliyun", [*SAID, *[CHECK] * 9]).broken == "state"


def test_tasks_that_stay(plant: Plant) -> None:
    kept: list[asyncio.Task[Any]] = []

    async def act() -> None:
        kept.append(asyncio.create_task(asyncio.Event().wait()))

    plant(act)
    end = played("aliyun", [Step("start"), *[CHECK] * 8])
    kept.clear()
    assert end.broken == "memory"


def test_memory_that_is_kept(plant: Plant) -> None:
    kept: list[bytes] = []

    async def act() -> None:
        kept.append(bytes(40_000_000))

    plant(act)
    assert played("aliyun", STARTED, measure=True).broken == "memory"


def test_a_loop_that_is_busy_for_ever(plant: Plant) -> None:
    async def act() -> None:
        while True:  # noqa: ASYNC110 - it is to be busy
            await asyncio.sleep(0)

    plant(act)
    assert played("aliyun", STARTED).broken == "blocked"


# --- what is to be refused ---


def test_a_broken_rule_that_is_taken(plant: Plant) -> None:
    wrong = about(
        "CheckSession.request", {"projectId": "x", "sessionId": 7}, fill=0, sort="mutation", clause="ALI-R068"
    )
    end = played("aliyun", [Step("start"), wrong])
    assert (end.broken, end.clauses) == ("", ("ALI-R068",))

    async def act() -> web.StreamResponse:
        return web.Response(text='{"requestId":"x","status":"FREE"}')

    plant(act)
    end = played("aliyun", [Step("start"), wrong])
    assert (end.broken, end.clause) == ("accepted", "ALI-R068")
    # A fake that is not strict need not say anything of it.
    assert played("aliyun", [Step("start"), wrong], strict=False).broken == ""


def test_each_property_is_a_sentence() -> None:
    assert all(text.endswith(".") for text in PROPERTIES.values())


# --- snapshots ---

REWOUND: Final = (
    Step("start"),
    Step("snapshot"),
    Step("wait", seconds=1.0),
    Step("restore"),
    Step("wait", seconds=1.0),
)


def restoring(monkeypatch: pytest.MonkeyPatch, act: Callable[[FakeAliyun, Any], None]) -> None:
    """Has something else happen when a snapshot is put in."""
    monkeypatch.setattr(FakeAliyun, "restore", act)


def test_a_session_that_a_snapshot_does_not_bring_back(monkeypatch: pytest.MonkeyPatch) -> None:
    right = FakeAliyun.restore

    def act(fake: FakeAliyun, snapshot: Any) -> None:
        right(fake, {**snapshot, "state": {**snapshot["state"], "sessions": empty}})

    with FakeAliyun() as fresh:
        empty = fresh.snapshot()["state"]["sessions"]
    restoring(monkeypatch, act)
    end = played("aliyun", REWOUND)
    assert end.broken == "restored"
    assert end.detail.startswith("the sessions are {}, and were {")


def test_a_session_that_cannot_go_on_after_a_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    right = FakeAliyun.restore

    def act(fake: FakeAliyun, snapshot: Any) -> None:
        right(fake, snapshot)
        fake.faults.add(do="reject", message="handshake.websocket", status=503)

    restoring(monkeypatch, act)
    end = played("aliyun", REWOUND)
    assert end.broken == "restored"
    assert end.detail.startswith("the other client cannot go on: ")


@pytest.mark.parametrize("name", ["snapshot", "restore"])
def test_a_snapshot_that_fails(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def fails(*_: object) -> None:
        raise FakeServerError("planted")

    monkeypatch.setattr(FakeAliyun, name, fails)
    end = played("aliyun", REWOUND)
    assert end.broken == "unhandled"
    assert "FakeServerError: planted" in end.detail
