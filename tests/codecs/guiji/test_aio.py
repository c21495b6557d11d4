"""The driver against a fake: what its calls give, what ends them, and that nothing is left behind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import pytest
from msgspec import structs

from avatarwire.codecs.errors import (
    ConnectionLostError,
    HttpError,
    RefusedError,
    UnsupportedError,
    ValidationError,
)
from avatarwire.codecs.guiji.aio import Session, broker, connect, talk
from avatarwire.codecs.guiji.events import HeartbeatAnswered, Unreadable
from avatarwire.fakeserver import FakeGuiji
from avatarwire.fakeserver.effects import Publish
from tests.codecs.aio.talks import on_jumping_time, until

T = TypeVar("T")

WORDS = "Good evening, and welcome to all of you."


def with_fake(main: Callable[[FakeGuiji], Coroutine[Any, Any, T]], **changes: Any) -> T:
    return on_jumping_time("guiji", main, **changes)


def sent(fake: FakeGuiji, message: str) -> list[Any]:
    return [entry.body for entry in fake.journal.entries() if entry.direction == "in" and entry.message == message]


def test_a_text_is_spoken_and_the_session_destroyed() -> None:
    async def main(fake: FakeGuiji) -> None:
        async with connect(fake) as session:
            answer = await session.say(WORDS)
            assert answer.text == WORDS
        assert fake.journal.violations(level="error") == []
        assert [type(event).__name__ async for event in session][-1] == "Ended"
        (created,) = sent(fake, "CreateNewSession.request")
        driven = created.params.res_list[0].res_options.audio_driven
        assert driven.ud_code_used == fake.scene_code
        assert driven.templates[0].sequence == fake.sequence
        assert created.params.playlist == fake.material_ids[:2]

    with_fake(main)


def test_a_text_that_takes_longer_than_the_timeout_is_no_silence() -> None:
    async def main(fake: FakeGuiji) -> str:
        async with connect(fake, timeout=10) as session:
            return (await session.say(WORDS * 10)).text

    assert with_fake(main) == WORDS * 10


def test_several_texts_are_spoken_in_turn() -> None:
    async def main(fake: FakeGuiji) -> list[str]:
        async with connect(fake) as session:
            return [answer.text for answer in await asyncio.gather(session.say("one"), session.say("two"))]

    assert with_fake(main) == ["one", "two"]


def test_heartbeats_are_answered_for_hours() -> None:
    async def main(fake: FakeGuiji) -> None:
        async with connect(fake) as session:
            future = asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().call_later(2 * 3600, future.set_result, None)
            await future
            assert (await session.say(WORDS)).text == WORDS
        assert any([isinstance(event, HeartbeatAnswered) async for event in session])

    # The token is gone by then; another one is got (GJ-R014).
    with_fake(main, token_seconds=600)


def test_what_the_vendor_has_not_is_unsupported() -> None:
    async def main(fake: FakeGuiji) -> None:
        async with connect(fake) as session:
            with pytest.raises(UnsupportedError, match="guiji cannot interrupt"):
                await session.interrupt()
            with pytest.raises(UnsupportedError, match="guiji takes no speech"):
                await session.speak(bytes(320))

    with_fake(main)


def test_a_place_without_a_scene_takes_what_the_platform_lists_first() -> None:
    async def main(fake: FakeGuiji) -> None:
        place = {name: getattr(fake, name) for name in ("http_url", "mqtt_url", "app_id", "app_secret", "live_id")}
        async with connect(place) as session:
            assert (await session.say(WORDS)).text == WORDS
        (created,) = sent(fake, "CreateNewSession.request")
        assert created.params.res_list[0].res_options.audio_driven.ud_code_used == fake.scene_code
        assert len(sent(fake, "uploadMaterial.request")) == 2  # a greeting first, for there was no material

    with_fake(main)


def test_a_scene_may_be_named_with_or_without_its_video() -> None:
    async def main(fake: FakeGuiji) -> None:
        async with connect(fake, sequence="http://media.test/a.mp4", tts_source=10, tts_speaker="fake-speaker"):
            pass
        async with connect(fake, scene_code="42", sequence=()):
            pass
        one, other = sent(fake, "CreateNewSession.request")
        assert one.params.res_list[0].res_options.audio_driven.templates[0].sequence == ("http://media.test/a.mp4",)
        assert other.params.res_list[0].res_options.audio_driven.ud_code_used == "42"

    with_fake(main)


# --- its life ---


def test_a_session_that_the_server_destroys_is_over() -> None:
    async def main(fake: FakeGuiji) -> None:
        async with connect(fake) as session:
            spoken = asyncio.create_task(session.say(WORDS * 10))
            await until(session, "PlaybackBegan")
            fake.destroy(session.session_id, "maintenance")
            with pytest.raises(ConnectionLostError, match="maintenance"):
                await spoken
            with pytest.raises(ConnectionLostError):
                await session.say(WORDS)

    with_fake(main)


@pytest.mark.parametrize("why", ["error", "cancelled"])
def test_the_session_ends_however_the_block_is_left(why: str) -> None:
    async def talk(fake: FakeGuiji) -> None:
        async with connect(fake) as session:
            if why == "error":
                raise KeyError("of the caller")
            await session.say(WORDS * 10)

    async def main(fake: FakeGuiji) -> None:
        task = asyncio.create_task(talk(fake))
        asyncio.get_running_loop().call_later(1, task.cancel)
        await asyncio.wait({task})
        assert task.cancelled() if why == "cancelled" else isinstance(task.exception(), KeyError)

    with_fake(main)


def test_a_slow_creation_is_too_slow_after_the_timeout() -> None:
    async def main(fake: FakeGuiji) -> float:
        begun = asyncio.get_running_loop().time()
        with pytest.raises(TimeoutError, match="the creation of the session") as caught:
            async with connect(fake, timeout=10):
                pass
        # It is ended at once, and in order.
        assert not getattr(caught.value, "__notes__", [])
        return asyncio.get_running_loop().time() - begun

    assert with_fake(main, prepare_seconds=60.0) < 12


def test_wrong_credentials_are_errors() -> None:
    async def main(fake: FakeGuiji) -> None:
        with pytest.raises(HttpError, match="100503"):
            async with connect(fake, app_secret="wrong"):
                pass
        with pytest.raises(RefusedError, match="the broker refuses"):
            async with connect(fake, mqtt_password="wrong"):
                pass
        # What was opened for nothing is given up by the service itself (GJ-R066).
        future = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(60, future.set_result, None)
        await future

    with_fake(main)


def test_a_broker_that_is_not_there_is_a_lost_connection() -> None:
    async def main(fake: FakeGuiji) -> None:
        with pytest.raises(ConnectionLostError, match="the broker cannot be reached"):
            async with connect(fake, mqtt_url="mqtt://127.0.0.1:1"):
                pass
        future = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(60, future.set_result, None)
        await future

    with_fake(main)


def test_a_place_needs_a_room() -> None:
    with pytest.raises(ValidationError, match="guiji place: app_secret, live_id: missing"):
        connect({"http_url": "http://a.test", "mqtt_url": "mqtt://a.test", "app_id": "a"})


def test_a_message_that_cannot_be_read_is_an_event() -> None:
    async def main(fake: FakeGuiji) -> list[str]:
        async with connect(fake) as session:
            topic = fake.session(session.session_id).topic_sub
            server: Any = fake
            server._hub.perform([Publish(topic, b"no JSON", 1, "")])
            assert (await session.say(WORDS)).text
        events = [event async for event in session]
        return [str(event.error) for event in events if isinstance(event, Unreadable)]

    (unreadable,) = with_fake(main)
    assert "GJ-R124" in unreadable


# --- what the service says otherwise ---


def instead(fake: FakeGuiji, message: str, times: int, says: dict[str, Any] | None) -> None:
    """The next messages of a kind say something else, under the same id; None for nothing at all."""
    server: Any = fake
    publish, left = server._hub.publish, [None] * times

    def published(effect: Publish) -> None:
        if effect.message != message or not left:
            publish(effect)
            return
        left.pop()
        if says is not None:
            told = {"id": json.loads(effect.data)["id"], **says}
            publish(structs.replace(effect, data=json.dumps(told).encode()))

    server._hub.publish = published


def refusal(session: Session) -> dict[str, Any]:
    id_ = session.session_id
    return {"sessionId": id_, "error": {"sessionId": id_, "message": "not now", "code": -32602}}


def test_what_may_not_cut_in_is_appended() -> None:
    async def main(fake: FakeGuiji) -> list[str]:
        async with connect(fake) as session:
            instead(fake, "pushPlayListManager.result", 1, refusal(session))
            assert (await session.say(WORDS)).text == WORDS
        asked = sent(fake, "pushPlayListManager.request")
        return [str(each.params.action) for each in asked if each.params.pcm_ids]

    assert with_fake(main) == ["insertPlayListAtSilent", "addPlayList"]


def test_what_may_not_be_appended_either_is_refused() -> None:
    async def main(fake: FakeGuiji) -> None:
        async with connect(fake) as session:
            instead(fake, "pushPlayListManager.result", 2, refusal(session))
            with pytest.raises(RefusedError, match=r"not now \(-32602\)"):
                await session.say(WORDS)

    with_fake(main)


def test_a_text_that_is_gone_from_the_playlist_is_lost() -> None:
    async def main(fake: FakeGuiji) -> None:
        async with connect(fake) as session:
            instead(fake, "SessionState.playlist", 99, None)
            with pytest.raises(ConnectionLostError, match="the text is gone"):
                await session.say(WORDS)

    with_fake(main)


def test_a_session_that_is_not_known_any_more_has_ended() -> None:
    async def main(fake: FakeGuiji) -> None:
        async with connect(fake) as session:
            instead(fake, "DestroySession.result", 1, refusal(session))
            await session.stop()

    with_fake(main)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"platform_robots": (), "customized_robots": ()}, "the platform lists no scene"),
        ({"platform_speakers": ()}, "the platform lists no voice"),
    ],
)
def test_a_platform_may_have_nothing_to_choose_from(changes: dict[str, Any], text: str) -> None:
    async def main(fake: FakeGuiji) -> None:
        place = {name: getattr(fake, name) for name in ("http_url", "mqtt_url", "app_id", "app_secret", "live_id")}
        with pytest.raises(RefusedError, match=text):
            async with connect(place):
                pass

    with_fake(main, **changes)


# --- the broker is away ---


def away(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """The broker cannot be reached for so many tries, once a session has subscribed."""
    real, tries = broker.connected, iter(range(1 + times))

    async def connected(*arguments: Any, **more: Any) -> Any:
        if next(tries, 0):
            raise ConnectionLostError("the broker cannot be reached: it is away")
        return await real(*arguments, **more)

    monkeypatch.setattr(talk, "connected", connected)


def hang_up(fake: FakeGuiji) -> None:
    server: Any = fake
    for connection in list(server._broker._of):
        connection.close("closed by the test")


def test_a_broker_that_comes_back_is_connected_to_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main(fake: FakeGuiji) -> str:
        away(monkeypatch, 3)
        async with connect(fake) as session:
            hang_up(fake)
            return (await session.say(WORDS)).text

    assert with_fake(main) == WORDS


def test_a_broker_that_does_not_come_back_ends_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main(fake: FakeGuiji) -> None:
        away(monkeypatch, 999)
        session = connect(fake, timeout=5)
        await session.__aenter__()
        hang_up(fake)
        with pytest.raises(TimeoutError):
            await session.say(WORDS)
        assert [type(event).__name__ async for event in session][-1] == "Ended"
        with pytest.raises(ConnectionLostError, match=r"the broker is lost: .* it is away"):
            await session.say(WORDS)
        with pytest.raises(ConnectionLostError, match="the broker cannot be reached: it is away"):
            await session.__aexit__(None, None, None)
        # The service gives up what nobody speaks to (GJ-R066).
        future = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(60, future.set_result, None)
        await future

    with_fake(main)


def test_a_session_that_was_lost_with_its_broker_is_destroyed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main(fake: FakeGuiji) -> None:
        real = broker.connected
        away(monkeypatch, 999)
        async with connect(fake, timeout=5) as session:
            hang_up(fake)
            assert [type(event).__name__ async for event in session][-1] == "Ended"
            monkeypatch.setattr(talk, "connected", real)
        assert [request.id for request in sent(fake, "DestroySession.request")] == [2]
        assert fake.journal.violations() == []

    with_fake(main, expiration_seconds=600)


@pytest.mark.parametrize("key", ["sequence", "material_ids"])
def test_what_a_session_begins_with_is_checked_at_once(key: str) -> None:
    place = {"http_url": "http://a.test", "mqtt_url": "mqtt://a.test", "app_id": "a", "app_secret": "s", "live_id": 1}
    with pytest.raises(ValidationError, match=f"guiji place: {key}: got 'int', expected"):
        connect({**place, key: 5})
