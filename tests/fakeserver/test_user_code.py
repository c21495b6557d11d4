"""Functions that a test hands in: what they raise is told to the client, to the journal, and if need be to the test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, cast

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from avatarwire.fakeserver import FakeAliyun, FakeSenseTime, FakeServer, VirtualClock
from avatarwire.fakeserver.clock import sleep
from avatarwire.fakeserver.journal.entry import Entry
from avatarwire.fakeserver.user_code import MESSAGE, Guard
from tests.fakeserver.aliyun.running import AsyncLine, packet, start
from tests.fakeserver.sensetime.running import LIMIT, Customer, receiving

OUTCOMES: Final = (pytest.fail.Exception, pytest.skip.Exception, pytest.xfail.Exception)


class Outcome(BaseException):
    """What a test framework ends a test with."""


class Signs:
    """Signs by a function.

    Args:
        function: as a test would hand it in.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.sign = function


# --- one user of each function: what it hands in, what it does with it, and how the client is told ---


@asynccontextmanager
async def aliyun(**changes: Any) -> AsyncGenerator[tuple[FakeServer, Callable[[], Awaitable[str]]]]:
    """A question over the interaction socket (ALI-E29)."""
    fake = FakeAliyun(verify_signatures=False, polls_until_ready=0, **changes)

    async def ask() -> str:
        session = await asyncio.to_thread(start, fake)
        async with connect(session.url, proxy=None) as socket:
            line = AsyncLine(socket, session)
            await line.prepare()
            await line.say("text_drive.request", text="?", askType=1, messageId="m-1")
            told = packet(await line.hear("text_drive.response"))
        assert (told["success"], told["finish"]) == (False, True)
        return str(told["content"])

    yield fake, ask


@asynccontextmanager
async def page(**changes: Any) -> AsyncGenerator[tuple[FakeServer, Callable[[], Awaitable[str]]]]:
    """A text typed into an interactive live (ST-MSG-06)."""
    fake = FakeSenseTime(**changes)

    async def ask() -> str:
        async with httpx.AsyncClient(trust_env=False) as calls:
            customer = Customer(fake, calls)
            session, token = await customer.started()
            async with customer.socket(session, token, page=True) as socket:
                await socket.say('{"text":"?"}')
                told = [await socket.hear() for _ in range(4)][-1]
        assert (told["service"], told["status"]) == ("asr", "fail")
        return str(told["error"])

    yield fake, ask


@asynccontextmanager
async def nlp(**changes: Any) -> AsyncGenerator[tuple[FakeServer, Callable[[], Awaitable[str]]]]:
    """A call of nlpReply (ST-E72)."""
    fake = FakeSenseTime(**changes)

    async def ask() -> str:
        fields = {"appId": "a", "query": "?", "session": "c-1", "trace": "q-1", "device": "ios", "language": "zh"}
        async with httpx.AsyncClient(trust_env=False) as calls:
            told = await Customer(fake, calls).call("nlpReply", **fields)
        assert told["answer"] == ""
        return str(told["error_message"])

    yield fake, ask


@asynccontextmanager
async def callback(signer: Callable[..., Any]) -> AsyncGenerator[tuple[FakeServer, Callable[[], Awaitable[str]]]]:
    """A callback that has to be signed; nothing is sent, and the journal says why (ST-CBK-07)."""
    async with receiving() as (url, got):
        fake = FakeSenseTime(callback_url=url, callback_retries=(), signer=Signs(signer))

        async def ask() -> str:
            async with httpx.AsyncClient(trust_env=False) as calls:
                await Customer(fake, calls).started()
            told = await fake.journal.expect(where=lambda entry: entry.meta.get("outcome") == "given up")
            assert got.empty()
            return str(told.meta["reason"])

        yield fake, ask


Case = tuple[str, Callable[..., Any], str]
CASES: Final[list[Case]] = [
    ("answer", aliyun, "the answering function raised {}"),
    ("interactive_answer", page, "the function that answers failed: {} in "),
    ("nlp_answer", nlp, "the function that answers failed: {} in "),
    ("signer", callback, "the function that signs failed: {} in "),
]


def failing(error: BaseException, how: str) -> Callable[..., Any]:
    def function(*_: object) -> Any:
        raise error

    async def later(*_: object) -> Any:
        await asyncio.sleep(0)
        raise error

    return later if how == "async" else function


def noted(fake: FakeServer) -> list[Entry]:
    return fake.journal.entries(MESSAGE)


EVERYWHERE: Final = pytest.mark.parametrize(
    ("name", "use", "told", "how"),
    [(*case, how) for case in CASES for how in ("plain", "async") if (case[0], how) != ("signer", "async")],
)


@EVERYWHERE
@pytest.mark.usefixtures("quiet_log")
async def test_an_error_is_told_to_the_client_and_to_the_journal(name: str, use: Any, told: str, how: str) -> None:
    async with use(**{name: failing(LookupError("secret"), how)}) as (fake, ask):
        with fake:
            answer = await ask()
            assert answer.startswith(told.format("LookupError"))
            assert "secret" not in answer
            await ask()  # it lives on
    meta = [entry.meta for entry in noted(fake)]
    assert [it["function"] for it in meta] == [name, name]
    assert str(meta[0]["failure"]).startswith("LookupError in failing.<locals>.")


async def talk_in_a_thread(fake: FakeServer, talk: Callable[[], Awaitable[None]]) -> None:
    with fake:
        await talk()


async def talk_in_this_loop(fake: FakeServer, talk: Callable[[], Awaitable[None]]) -> None:
    async with fake:
        await talk()


@EVERYWHERE
@pytest.mark.parametrize("threaded", [True, False])
@pytest.mark.usefixtures("quiet_log")
async def test_an_outcome_is_answered_likewise_and_reaches_the_test_at_the_end(
    name: str, use: Any, told: str, how: str, threaded: bool
) -> None:
    async with use(**{name: failing(Outcome("the question is wrong"), how)}) as (fake, ask):

        async def talk() -> None:
            for _ in range(2):
                assert (await ask()).startswith(told.format("Outcome"))
            assert fake.running

        with pytest.raises(Outcome, match="the question is wrong"):
            await (talk_in_a_thread(fake, talk) if threaded else talk_in_this_loop(fake, talk))
        assert not fake.running
    assert {entry.meta["function"] for entry in noted(fake)} == {name}


@EVERYWHERE
@pytest.mark.usefixtures("quiet_log")
@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit])
async def test_what_ends_a_process_ends_the_fake_and_reaches_the_test(
    name: str, use: Any, told: str, how: str, end: type[BaseException]
) -> None:
    async with use(**{name: failing(end("of the test"), how)}) as (fake, ask):

        async def talk() -> None:
            # The client is cut off, or told, as it happens.
            with suppress(ConnectionClosed, httpx.HTTPError, AssertionError):
                async with asyncio.timeout(LIMIT):
                    await ask()

        with pytest.raises(end, match="of the test"):
            await talk_in_a_thread(fake, talk)
    assert not fake.running
    assert {entry.meta["function"] for entry in noted(fake)} == {name}


@pytest.mark.parametrize("kind", OUTCOMES)
async def test_pytests_own_outcomes_reach_the_test(kind: type[BaseException]) -> None:
    assert not issubclass(kind, Exception)

    def answer(_: object) -> str:
        raise kind("by pytest")

    async with aliyun(answer=answer) as (fake, ask):
        with pytest.raises(kind, match="by pytest"), fake:
            assert await ask() == f"the answering function raised {kind.__name__}"


async def test_the_journal_names_the_place_where_the_outcome_was_asked_for() -> None:
    def answer(_: object) -> str:
        pytest.fail("no")

    async with aliyun(answer=answer) as (fake, ask):
        with pytest.raises(pytest.fail.Exception, match="no"), fake:
            await ask()
    [note] = noted(fake)
    where = test_the_journal_names_the_place_where_the_outcome_was_asked_for.__name__
    assert str(note.meta["failure"]).startswith(f"Failed in {where}.<locals>.answer, line ")
    assert note.session


async def test_a_function_that_is_cancelled_by_itself_is_answered() -> None:
    for name, use, told in CASES[:3]:
        async with use(**{name: failing(asyncio.CancelledError(), "async")}) as (fake, ask):
            with fake:
                assert (await ask()).startswith(told.format("CancelledError"))
        assert len(noted(fake)) == 1


@pytest.mark.parametrize(("name", "use", "told"), CASES[:3])
@pytest.mark.usefixtures("quiet_log")
async def test_a_function_that_is_given_up_has_not_failed(name: str, use: Any, told: str) -> None:
    asked = asyncio.Event()

    async def answer(_: object) -> str:
        asked.set()
        await asyncio.Event().wait()
        return told

    async def give_up(ask: Callable[[], Awaitable[str]]) -> None:
        with suppress(ConnectionClosed, httpx.HTTPError):
            await ask()

    async with use(**{name: answer}) as (fake, ask), asyncio.timeout(LIMIT):
        async with fake:
            asking = asyncio.create_task(give_up(ask))
            await asked.wait()
        await asking
        assert noted(fake) == []


# --- what the block has raised beside it ---


def owing(error: BaseException) -> FakeServer:
    """A fake one of whose functions has raised something for the test."""
    fake = FakeAliyun(answer=failing(error, "plain"))
    fake._guard.keep(error)  # pyright: ignore[reportPrivateUsage] - as if it had been asked
    return fake


def test_an_outcome_goes_before_what_the_block_has_raised() -> None:
    with pytest.raises(Outcome, match="why") as raised, owing(Outcome("why")):
        raise ConnectionError("the socket was closed")
    assert isinstance(raised.value.__context__, ConnectionError)


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit, GeneratorExit, asyncio.CancelledError])
def test_nothing_holds_up_a_block_that_is_given_up(end: type[BaseException]) -> None:
    with pytest.raises(end) as raised, owing(Outcome("why")):
        raise end
    assert raised.value.__notes__ == ["a function of the test has raised Outcome: why"]


def test_what_the_block_has_raised_itself_is_not_raised_anew() -> None:
    error = Outcome("why")
    with pytest.raises(Outcome) as raised, owing(error):
        raise error
    assert raised.value is error
    assert raised.value.__context__ is None


async def test_an_end_reaches_whoever_runs_the_loop_and_nobody_else() -> None:
    async with owing(SystemExit(3)) as fake:
        assert fake.running
    assert not fake.running


# --- calling ---


class Notes:
    """What was noted."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, str]] = []

    def __call__(self, text: str, *, message: str, session: str, **meta: str) -> None:
        assert (text, message) == (f"the function {meta['function']} has raised {meta['failure']}", MESSAGE)
        self.told.append((meta["function"], meta["failure"].partition(" ")[0], session))


def test_what_a_function_gives_is_given() -> None:
    assert Guard().call("f", divmod, 7, 4) == (1, 3)


def test_an_error_is_given_in_place_of_a_result() -> None:
    notes, error = Notes(), ValueError("x")
    guard = Guard(notes)
    assert guard.call("f", failing(error, "plain"), session="s-1") is error
    assert (notes.told, guard.owed) == ([("f", "ValueError", "s-1")], None)


@pytest.mark.parametrize("error", [GeneratorExit(), asyncio.CancelledError()])
async def test_what_ends_a_coroutine_is_an_error_when_a_function_raises_it(error: BaseException) -> None:
    guard = Guard(Notes())
    assert guard.call("f", failing(error, "plain")) is error
    assert await guard.call("f", failing(error, "async")) is error
    assert guard.owed is None


def test_the_first_outcome_is_owed_and_an_end_goes_before_it() -> None:
    guard, first, second, end = Guard(), Outcome("1"), Outcome("2"), SystemExit("3")
    assert guard.call("f", failing(first, "plain")) is first
    assert guard.call("f", failing(second, "plain")) is second
    assert guard.owed is first
    with pytest.raises(SystemExit):
        guard.call("f", failing(end, "plain"))
    assert guard.owed is end
    guard.call("f", failing(first, "plain"))
    with pytest.raises(KeyboardInterrupt):
        guard.call("f", failing(KeyboardInterrupt(), "plain"))
    assert guard.owed is end


class Steps:
    """An awaitable that is no coroutine.

    Args:
        error: raised where it is awaited.
    """

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error

    def __await__(self) -> Generator[Any, Any, str]:
        yield from asyncio.sleep(0).__await__()
        if self.error is not None:
            raise self.error
        return "done"


async def test_anything_may_be_awaited() -> None:
    guard, error = Guard(), ValueError("x")
    future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_result, "done")

    async def coroutine() -> str:
        await asyncio.sleep(0)
        return "done"

    def given(it: object) -> object:
        return it

    for it in (Steps(), future, coroutine()):
        assert await guard.call("f", given, it) == "done"
    assert await guard.call("f", lambda: Steps(error)) is error
    task = asyncio.create_task(guard.call("f", coroutine))
    assert await task == "done"


@pytest.mark.parametrize("turns", [0, 1, 2])
@pytest.mark.usefixtures("quiet_log")
async def test_a_wait_that_is_cancelled_ends_what_it_waits_for(turns: int) -> None:
    ended: list[str] = []
    notes = Notes()

    async def function() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("it")

    task = asyncio.ensure_future(cast("Awaitable[object]", Guard(notes).call("f", function)))
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == (["it"] if turns else [])
    assert notes.told == []


@pytest.mark.usefixtures("quiet_log")
async def test_a_wait_that_nobody_begins_is_given_up_in_silence() -> None:
    async def function() -> None:
        """Never begun."""

    Guard().call("f", function).close()


# --- what is not called by the guard, but runs in the loop of a fake ---


def test_an_outcome_in_a_callback_of_the_loop_reaches_the_test() -> None:
    async def answer(_: object) -> str:
        fake.clock.call_later(0, failing(Outcome("in a timer"), "plain"))
        await sleep(fake.clock, 0.001)
        return "answered"

    fake = FakeAliyun(answer=answer, verify_signatures=False, polls_until_ready=0)

    async def ask() -> None:
        session = await asyncio.to_thread(start, fake)
        async with connect(session.url, proxy=None) as socket:
            line = AsyncLine(socket, session)
            await line.prepare()
            await line.say("text_drive.request", text="?", askType=1, messageId="m-1")
            assert packet(await line.hear("text_drive.response"))["content"] == "answered"

    with pytest.raises(Outcome, match="in a timer"), fake:
        asyncio.run(ask())


def test_what_a_timer_of_a_virtual_clock_raises_comes_to_who_advances_it() -> None:
    with FakeAliyun(clock=VirtualClock()) as fake:
        fake.clock.call_later(1, failing(Outcome("in a timer"), "plain"))
        with pytest.raises(Outcome, match="in a timer"):
            fake.advance(1)
        assert fake.running


def test_what_a_condition_raises_comes_to_who_has_asked() -> None:
    with FakeAliyun() as fake:
        fake.journal.note("something")
        for look in (fake.journal.entries, fake.journal.expect_sync, fake.journal.expect_none):
            with pytest.raises(Outcome, match="in a condition"):
                look(where=failing(Outcome("in a condition"), "plain"))
        assert fake.running
