"""The driver against a fake: what its calls give, what ends them, and that nothing is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, TypeVar

import pytest

from avatarwire.codecs.aliyun.aio import Session, connect
from avatarwire.codecs.aliyun.events import ChannelReady, Event, Unreadable
from avatarwire.codecs.errors import (
    ConnectionLostError,
    HttpError,
    LocalProtocolError,
    RefusedError,
    RemoteProtocolError,
    ValidationError,
)
from avatarwire.fakeserver import FakeAliyun
from avatarwire.fakeserver.effects import Send
from tests.codecs.aio.mishaps import befall
from tests.codecs.aio.talks import on_jumping_time

T = TypeVar("T")


def with_fake(main: Callable[[FakeAliyun], Coroutine[Any, Any, T]], **changes: Any) -> T:
    return on_jumping_time("aliyun", main, **changes)


async def kinds(session: Session) -> list[str]:
    return [type(event).__name__ async for event in session]


# --- calls ---


def test_a_question_is_answered_and_the_session_ended() -> None:
    async def main(fake: FakeAliyun) -> None:
        async with connect(fake) as session:
            answer = await session.say("Which floor?")
            assert (answer.text, answer.interrupted) == ("The second.", False)
            assert (await session.opening()).text.startswith("Hello")
        assert fake.journal.violations() == []
        assert (await kinds(session))[-1] == "Disconnected"

    with_fake(main, answers={"Which floor?": "The second."})


@pytest.mark.parametrize("form", ["bytes", "list", "generator"])
def test_speech_may_come_in_any_pieces(form: str) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for piece in (b"\0" * 999, b"\0" * 1001, b""):
            yield piece

    speech: dict[str, Any] = {"bytes": bytes(2000), "list": [bytes(999), bytes(1001)], "generator": pieces()}

    async def main(fake: FakeAliyun) -> None:
        async with connect(fake) as session:
            answer = await session.speak(speech[form])
        assert (answer.heard, answer.text) == ("how are you", "You asked: how are you")
        assert sum(len(entry.raw or b"") - 11 for entry in fake.journal.entries() if entry.audio) in (0, 2000)
        assert fake.journal.violations() == []

    with_fake(main, transcripts=["how are you"])


def test_speech_that_ends_within_a_sample_is_refused_and_the_next_is_heard() -> None:
    async def main(fake: FakeAliyun) -> None:
        async with connect(fake) as session:
            with pytest.raises(ValidationError, match="ends with 1 bytes of a sample"):
                await session.speak([bytes(3)])
            assert (await session.speak(bytes(4))).text

    with_fake(main)


def test_a_source_of_speech_that_fails_ends_its_utterance_only() -> None:
    def broken() -> Any:
        yield bytes(320)
        raise OSError("the microphone is gone")

    async def main(fake: FakeAliyun) -> None:
        async with connect(fake) as session:
            with pytest.raises(OSError, match="the microphone is gone"):
                await session.speak(broken())
            assert (await session.say("Hello?")).text == "You asked: Hello?"
        assert fake.journal.violations() == []

    with_fake(main)


def test_two_utterances_at_a_time_are_one_too_many() -> None:
    async def main(fake: FakeAliyun) -> None:
        async with connect(fake) as session:
            first = asyncio.create_task(session.speak([bytes(320)] * 3))
            await asyncio.sleep(0)
            with pytest.raises(LocalProtocolError, match="ALI-E39"):
                await session.speak(bytes(320))
            assert (await first).heard

    with_fake(main)


def test_an_interruption_ends_what_is_said_with_what_came_so_far() -> None:
    async def main(fake: FakeAliyun) -> None:
        async with connect(fake) as session:
            asked = asyncio.create_task(session.say("Tell me all of it."))
            async for event in session:
                if type(event).__name__ == "AnswerChunk":
                    break
            await session.interrupt()
            answer = await asked
            assert answer.interrupted
            assert "You asked: Tell me all of it.".startswith(answer.text)

    with_fake(main, chunk_seconds=5.0)


def test_a_text_of_another_task_leaves_at_once() -> None:
    async def main(fake: FakeAliyun) -> float:
        async with connect(fake) as session:
            reader = asyncio.create_task(kinds(session))
            loop = asyncio.get_running_loop()
            begun = loop.time()
            await asyncio.create_task(session.say("Hello?"))
            took = loop.time() - begun
        await reader
        return took

    assert with_fake(main) < 1


def test_progress_keeps_a_long_answer_going() -> None:
    async def main(fake: FakeAliyun) -> str:
        async with connect(fake, timeout=10) as session:
            return (await session.say("Count.")).text

    assert with_fake(main, answers={"Count.": "one two three four"}, chunk_characters=4, chunk_seconds=8.0)


def test_progress_of_an_answer_that_nobody_waits_for_keeps_those_behind_it_going() -> None:
    async def main(fake: FakeAliyun) -> str:
        async with connect(fake, timeout=10) as session:
            given_up = asyncio.create_task(session.say("Count."))
            async for event in session:
                if type(event).__name__ == "AnswerChunk":
                    break
            given_up.cancel()
            return (await session.say("Hello?")).text

    changes = {"answers": {"Count.": "one two three four", "Hello?": "Yes."}, "chunk_characters": 4}
    assert with_fake(main, chunk_seconds=8.0, **changes) == "Yes."


def test_a_refusal_is_an_error() -> None:
    async def main(fake: FakeAliyun) -> None:
        async with connect(fake) as session:
            with pytest.raises(RefusedError, match=r"the service refused it \[ALI-E29\]"):
                await session.say("Hello?")
            with pytest.raises(ValidationError, match="a text to speak"):
                await session.say(" ")

    with_fake(main, default_answer={"content": "no", "success": False})


# --- what happens to the session ---


def test_a_lost_socket_is_opened_again() -> None:
    async def main(fake: FakeAliyun) -> list[str]:
        async with connect(fake) as session:
            asked = asyncio.create_task(session.say("Tell me all of it."))
            async for event in session:
                if type(event).__name__ == "AnswerChunk":
                    break
            fake.drop(session.session_id)
            with pytest.raises(ConnectionLostError):
                await asked
            assert (await session.say("And now?")).text == "You asked: And now?"
        return await kinds(session)

    events = with_fake(main, chunk_seconds=1.0)
    assert events.count("Disconnected") == 2
    assert events.count("ChannelReady") == 1


def test_a_session_that_is_closed_by_force_is_over() -> None:
    async def main(fake: FakeAliyun) -> list[str]:
        async with connect(fake) as session:
            asked = asyncio.create_task(session.say("Tell me all of it."))
            async for event in session:
                if type(event).__name__ == "AnswerChunk":
                    break
            fake.force_close(session.session_id)
            with pytest.raises(ConnectionLostError):
                await asked
            with pytest.raises(ConnectionLostError, match="the service has closed the session"):
                await session.say("Are you there?")
            return await kinds(session)

    assert with_fake(main, chunk_seconds=1.0)[-2:] == ["ForceClosed", "Disconnected"]


def test_a_recovery_loses_what_is_under_way_and_calls_wait_for_its_end() -> None:
    async def main(fake: FakeAliyun) -> None:
        async with connect(fake) as session:
            asked = asyncio.create_task(session.say("Tell me all of it."))
            async for event in session:
                if type(event).__name__ == "AnswerChunk":
                    break
            fake.recover(session.session_id)
            with pytest.raises(ConnectionLostError, match="the session is being recovered"):
                await asked
            assert (await session.say("And now?")).text == "You asked: And now?"

    with_fake(main, chunk_seconds=1.0, interrupt_reply="none")


def test_a_channel_that_does_not_become_ready_ends_the_session() -> None:
    async def main(fake: FakeAliyun) -> None:
        with pytest.raises(RemoteProtocolError, match="the channel has failed"):
            async with connect(fake):
                pass

    with_fake(main, channel_statuses=["INIT", "FAIL"])


def test_a_channel_that_failed_later_is_prepared_anew_by_the_next_call() -> None:
    async def main(fake: FakeAliyun) -> list[str]:
        async with connect(fake, timeout=10) as session:
            befall(fake, 1, "delay")
            fake.recover(session.session_id)
            async for event in session:
                if type(event).__name__ == "ChannelFailed":
                    break
            results: list[str] = []
            while not results or results[-1] == "failed":
                try:
                    results.append((await session.say("And now?")).text)
                except (RemoteProtocolError, TimeoutError):
                    results.append("failed")
            return results

    *failed, last = with_fake(main, polls_until_ready=1)
    assert set(failed) == {"failed"}
    assert last == "You asked: And now?"


@pytest.mark.parametrize("why", ["error", "cancelled", "timeout"])
def test_the_session_ends_however_the_block_is_left(why: str) -> None:
    async def talk(fake: FakeAliyun) -> None:
        async with connect(fake) as session:
            if why == "error":
                raise KeyError("of the caller")
            await session.say("Tell me all of it.")

    async def main(fake: FakeAliyun) -> None:
        task = asyncio.create_task(talk(fake))
        if why == "cancelled":
            asyncio.get_running_loop().call_later(10, task.cancel)
        await asyncio.wait({task})
        expected = {"error": KeyError, "timeout": TimeoutError}
        assert task.cancelled() if why == "cancelled" else isinstance(task.exception(), expected[why])

    with_fake(main, first_chunk_seconds=3600.0)


def test_a_session_that_is_being_started_is_ended_when_its_caller_is_cancelled() -> None:
    async def main(fake: FakeAliyun) -> None:
        for turns in range(40):
            task = asyncio.create_task(_enter(connect(fake)))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait({task})

    with_fake(main)


async def _enter(session: Session) -> None:
    async with session:
        pass


def test_stopping_twice_is_stopping_once() -> None:
    async def main(fake: FakeAliyun) -> int:
        async with connect(fake) as session:
            await asyncio.gather(session.stop(), session.stop())
            with pytest.raises(ConnectionLostError, match="the session was stopped"):
                await session.say("Are you there?")
        return sum(entry.message == "StopAvatarSession.request" for entry in fake.journal.entries())

    assert with_fake(main) == 1


def test_a_stop_that_is_put_off_is_no_stop() -> None:
    async def main(fake: FakeAliyun) -> None:
        async with connect(fake) as session:
            fake.faults.add(message="StopAvatarSession.request", do="reject", code="Throttling.User", times=1)
            with pytest.raises(HttpError, match=r"Throttling\.User"):
                await session.stop()
            fake.force_close(session.session_id)

    with_fake(main)


def test_silence_for_days_is_no_reason_to_end() -> None:
    async def main(fake: FakeAliyun) -> str:
        async with connect(fake) as session:
            future = asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().call_later(8 * 3600, future.set_result, None)
            await future
            return (await session.say("Still there?")).text

    assert with_fake(main, heartbeat_seconds=70.0) == "You asked: Still there?"


def test_a_message_that_cannot_be_read_is_an_event_and_the_session_goes_on() -> None:
    async def main(fake: FakeAliyun) -> list[str]:
        async with connect(fake) as session:
            server: Any = fake
            (carrier,) = (item for item in server._hub._carriers.values() if item.transport == "ws")
            server._hub.perform([Send("no frame", ""), Send(b"short", "")], carrier)
            assert (await session.say("Hello?")).text
        return [str(event.error) async for event in session if isinstance(event, Unreadable)]

    text, short = with_fake(main)
    assert text.startswith("a text message, expected binary")
    assert "unreadable" in short or "bytes" in short


# --- the place ---


def test_a_place_is_checked_at_once() -> None:
    with pytest.raises(ValidationError, match="aliyun place: access_key_secret, project_id: missing"):
        connect({"http_url": "http://a.test", "access_key_id": "id"})
    with pytest.raises(ValidationError, match="timeout: got 0, expected a number of seconds above 0"):
        connect({"http_url": "http://a.test", "access_key_id": "i", "access_key_secret": "s", "project_id": "p"}, 0)


@pytest.mark.parametrize("kind", ["reset", "garbage"])
def test_a_service_that_does_not_speak_http_is_an_error(kind: str) -> None:
    async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        if kind == "garbage":
            writer.write(b"no http\r\n\r\n")
        writer.close()

    async def main(fake: FakeAliyun) -> None:
        async with await asyncio.start_server(nonsense, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            with pytest.raises(ConnectionLostError, match=r"^StartAvatarSession: ") as caught:
                async with connect(fake, http_url=f"http://127.0.0.1:{port}"):
                    pass
        assert ["could not be ended" in note for note in caught.value.__notes__] == [True]

    with_fake(main)


def test_a_socket_that_cannot_be_opened_again_ends_the_session() -> None:
    async def main(fake: FakeAliyun) -> None:
        async with connect(fake) as session:
            fake.drop(session.session_id)
            assert "Disconnected" in await kinds(session)
            with pytest.raises(ConnectionLostError, match="the WebSocket is lost: the WebSocket was refused"):
                await session.say("Are you there?")

    with_fake(main, token_seconds=1.0, polls_until_ready=3)


def test_a_refused_start_is_an_error_and_nothing_is_stopped() -> None:
    async def main(fake: FakeAliyun) -> list[str]:
        with pytest.raises(HttpError, match="SignatureDoesNotMatch"):
            async with connect(fake, access_key_secret="wrong"):
                pass
        return [entry.message for entry in fake.journal.entries() if entry.direction == "in"]

    assert with_fake(main) == ["StartAvatarSession.request"]


def test_events_are_kept_from_the_beginning() -> None:
    async def main(fake: FakeAliyun) -> list[Event]:
        async with connect(fake) as session:
            pass
        return [event async for event in session if isinstance(event, ChannelReady)]

    assert with_fake(main) == [ChannelReady()]


@pytest.mark.parametrize("timeout", [0.5, 1.0, 1.5])
def test_a_channel_that_is_being_prepared_is_no_silence(timeout: float) -> None:
    async def main(fake: FakeAliyun) -> str:
        async with connect(fake, timeout=timeout) as session:
            return (await session.say("hi")).text

    # INIT eight times, which takes longer than the service may be silent.
    assert with_fake(main, polls_until_ready=8) == "You asked: hi"


def test_one_that_is_prepared_for_ever_is_given_up() -> None:
    async def main(fake: FakeAliyun) -> float:
        begun = asyncio.get_running_loop().time()
        with pytest.raises(RemoteProtocolError) as failed:
            async with connect(fake, timeout=2.0):
                pass
        assert "ready" in str(failed.value).lower()
        return asyncio.get_running_loop().time() - begun

    assert 30 <= with_fake(main, polls_until_ready=10**6) < 35
