"""The broker in this process: which message reaches whom and how often, sessions, wills, and what the journal tells."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import threading
from collections.abc import Callable

import pytest

from avatarwire.fakeserver.clock import RealClock
from avatarwire.fakeserver.effects import Delivery, Effect, Incoming, Publish
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.hub import Hub
from avatarwire.fakeserver.journal import Journal
from avatarwire.fakeserver.journal.entry import Entry
from avatarwire.fakeserver.transports.mqtt.broker import EmbeddedBroker
from avatarwire.fakeserver.transports.mqtt.hooks import Limits
from tests.fakeserver.mqtt.raw import (
    CONNACK_OK,
    DISCONNECT,
    Raw,
    connect,
    packet,
    puback,
    pubcomp,
    publish,
    pubrec,
    pubrel,
    subscribe,
    unsubscribe,
)
from tests.fakeserver.mqtt.running import Echo, Place, running

CONNACK_KNOWN = b"\x20\x02\x01\x00"


def suback(*codes: int) -> bytes:
    return packet(0x90, b"\x00\x07" + bytes(codes))


# --- quality of service ---


@pytest.mark.parametrize("granted", [0, 1, 2])
@pytest.mark.parametrize("sent", [0, 1, 2])
def test_a_message_arrives_with_the_lower_of_both_qualities(place: Place, sent: int, granted: int) -> None:
    qos = min(sent, granted)
    with Raw(place.port) as raw, Raw(place.port) as other:
        other.login("other")
        raw.login("one", ("out", granted))
        other.send(publish("in", b"hello", sent, 3))
        assert raw.packet() == publish("out", b"hello", qos, 1)
        raw.send(*{0: (), 1: (puback(1),), 2: (pubrec(1),)}[qos])
        if qos == 2:
            assert raw.packet() == pubrel(1)
            raw.send(pubcomp(1))
        assert raw.is_alive()


def test_quality_1_is_acknowledged_and_answered_once(place: Place) -> None:
    with Raw(place.port) as raw:
        raw.login("one", ("out", 1))
        raw.send(publish("in", b"a", 1, 21), publish("in", b"b", 1, 22))
        assert raw.packet() == publish("out", b"a", 1, 1)
        assert raw.packet() == puback(21)
        assert raw.packet() == publish("out", b"b", 1, 2)
        assert raw.packet() == puback(22)
        raw.send(puback(1), puback(2))
        assert raw.is_alive()


def test_quality_2_is_taken_once_until_its_release(place: Place) -> None:
    with Raw(place.port) as raw:
        raw.login("one", ("out", 0))
        raw.send(publish("in", b"a", 2, 5))
        assert raw.packet() == publish("out", b"a")
        assert raw.packet() == pubrec(5)
        raw.send(publish("in", b"a", 2, 5, flags=8))
        assert raw.packet() == pubrec(5)
        raw.send(pubrel(5))
        assert raw.packet() == pubcomp(5)
        raw.send(pubrel(5))
        assert raw.packet() == pubcomp(5)
        raw.send(publish("in", b"b", 2, 5))
        assert raw.packet() == publish("out", b"b")
    assert [delivery.data for delivery in place.behaviour.deliveries] == [b"a", b"b"]
    assert place.note("a message came again").meta == {"client_id": "one", "topic": "in"}


def test_a_retransmission_of_quality_1_is_told_as_such(place: Place) -> None:
    with Raw(place.port) as raw:
        raw.login("one")
        raw.send(publish("in", b"a", 1, 5), publish("in", b"a", 1, 5, flags=8))
        assert raw.packet() == raw.packet() == puback(5)
    first, second = place.behaviour.deliveries
    assert first == Delivery("in", b"a", 1, False, "one", "anna")
    assert second == Delivery("in", b"a", 1, True, "one", "anna")


def test_answers_keep_the_order_of_the_requests(place: Place) -> None:
    with Raw(place.port) as raw:
        raw.login("one", ("out", 2))
        raw.send(*(publish("in", b"%d" % number, number % 3, number + 1) for number in range(300)))
        heard: list[bytes] = []
        while len(heard) < 300:
            found = raw.packet()
            if found[0] >> 4 == 3:
                heard.append(found[7 if not found[0] & 6 else 9 :])
        assert heard == [b"%d" % number for number in range(300)]


def test_subscribing_again_changes_the_quality(place: Place) -> None:
    with Raw(place.port) as raw:
        raw.login("one", ("out", 0))
        for qos, number in ((2, 1), (0, 0), (1, 2)):
            raw.send(subscribe(("out", qos)))
            assert raw.packet() == suback(qos)
            place.publish("out", b"x", 2)
            assert raw.packet() == publish("out", b"x", qos, number)


# --- subscriptions ---


def test_what_was_subscribed_to_counts_for_the_next_packet(place: Place) -> None:
    with Raw(place.port) as raw:
        raw.login("one")
        raw.send(
            publish("in", b"before"),
            subscribe(("out", 0)),
            publish("in", b"during"),
            unsubscribe("out"),
            publish("in", b"after"),
            subscribe(("out", 1)),
            publish("in", b"again"),
        )
        assert raw.packet() == suback(0)
        assert raw.packet() == publish("out", b"during")
        assert raw.packet() == b"\xb0\x02\x00\x08"
        assert raw.packet() == suback(1)
        assert raw.packet() == publish("out", b"again")


@pytest.mark.parametrize(
    "topic", ["#", "+", "out/#", "out/+", "out#", "in", "$SYS/broker/uptime", "$SYS/#", "/out", "Out"]
)
def test_other_topics_are_refused(place: Place, topic: str) -> None:
    with Raw(place.port) as raw:
        raw.login("one")
        raw.send(subscribe(("out", 1), (topic, 1), ("out2", 2)))
        assert raw.packet() == suback(1, 0x80, 2)
        place.publish(topic, b"secret")
        place.publish("out", b"hello")
        assert raw.packet() == publish("out", b"hello")
    assert place.note("a subscription was refused").meta == {"client_id": "one", "user": "anna", "topic": topic}
    assert place.note("subscribed", topic="out2").meta["qos"] == 2


def test_a_refused_subscription_does_not_touch_one_that_is_there(place: Place) -> None:
    allowed = True

    class Moody(Echo):
        def may_subscribe(self, user: str, topic_filter: str) -> bool:
            return allowed

    with running(Moody()) as place, Raw(place.port) as raw:
        raw.login("one", ("out", 1))
        allowed = False
        raw.send(subscribe(("out", 0)))
        assert raw.packet() == suback(0x80)
        place.publish("out", b"x", 1)
        assert raw.packet() == publish("out", b"x", 1, 1)


def test_a_behaviour_that_fails_allows_nothing(quiet_log: None) -> None:
    class Failing(Echo):
        def may_subscribe(self, user: str, topic_filter: str) -> bool:
            raise LookupError

        def may_publish(self, user: str, topic: str) -> bool:
            raise LookupError

    with running(Failing()) as place, Raw(place.port) as raw:
        raw.login("one")
        raw.send(subscribe(("out", 1)), publish("in", b"x"))
        assert raw.packet() == suback(0x80)
        assert raw.is_alive()
        place.note("the behaviour failed", count=2)
        assert place.behaviour.deliveries == []


def test_a_client_that_has_subscribed_to_nothing_hears_nothing(place: Place) -> None:
    """Nothing is retained, whoever asks for it."""
    with Raw(place.port) as other, Raw(place.port) as raw:
        other.login("other", ("out", 1))
        other.send(publish("in", b"keep this", 1, 4, flags=1))
        assert other.packet() == publish("out", b"keep this", 1, 1)
        assert other.packet() == puback(4)
        raw.login("one")
        assert raw.is_alive()
        raw.send(subscribe(("out", 1)))
        assert raw.packet() == suback(1)
        assert raw.is_alive()
    assert place.journal.entries("ask")[0].meta["retain"] == "ignored"


def test_what_must_not_be_published_is_dropped(place: Place) -> None:
    with Raw(place.port) as raw:
        raw.login("one", ("out", 0))
        raw.send(publish("out", b"x", 1, 3), publish("$SYS/x", b"x", 2, 4), publish("in", b"fine"))
        assert raw.packet() == puback(3)
        assert raw.packet() == pubrec(4)
        assert raw.packet() == publish("out", b"fine")
    assert [delivery.data for delivery in place.behaviour.deliveries] == [b"fine"]
    assert place.note("a publication was refused").meta == {"client_id": "one", "user": "anna", "topic": "out"}


# --- publishing ---


def test_a_message_reaches_everybody_who_has_subscribed(place: Place) -> None:
    with Raw(place.port) as one, Raw(place.port) as two, Raw(place.port) as three:
        one.login("one", ("out", 0))
        two.login("two", ("out", 1), ("out2", 0))
        three.login("three", ("out2", 2))
        place.publish("out", b"x", 1)
        assert one.packet() == publish("out", b"x")
        assert two.packet() == publish("out", b"x", 1, 1)
        assert three.is_alive()
    told = place.journal.entries("told")
    assert [(entry.meta["client_id"], entry.meta["qos"]) for entry in told] == [("one", 0), ("two", 1)]


def test_a_message_for_nobody_is_noted(place: Place) -> None:
    place.publish("out", b"x", 1)
    assert place.note("nobody has subscribed to the topic of a message").meta == {"published": "told", "topic": "out"}


def test_what_cannot_be_published_is_noted(place: Place) -> None:
    topic = "out" + "x" * 65536
    with Raw(place.port) as raw:
        raw.login("one", ("out\ud7ff", 0))
        place.publish("out" + "\ud800", b"x")
        place.thread.run(lambda: place.broker.publish(Publish("out\ud7ff", "no bytes", 0, "told")))  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
        assert raw.is_alive()
    place.publish(topic, b"x")
    assert place.note("a message could not be published").meta["topic"] == "out\ud7ff"


def test_a_failing_behaviour_does_not_end_a_connection(place: Place) -> None:
    with Raw(place.port) as raw:
        raw.login("one", ("out", 0))
        place.behaviour.fails = True
        raw.send(publish("in", b"a", 1, 3))
        assert raw.packet() == puback(3)
        place.behaviour.fails = False
        raw.send(publish("in", b"b"))
        assert raw.packet() == publish("out", b"b")
    failed, noted = place.journal.entries(where=lambda entry: entry.raw == b"a" or "failed" in str(entry.body))
    assert (failed.transport, failed.direction, failed.message) == ("mqtt", "in", "ask")
    assert "LookupError in Echo.take" in str(noted.meta["failure"])


def test_the_journal_has_the_request_before_its_answers(place: Place) -> None:
    with Raw(place.port) as raw:
        raw.login("one", ("out", 1))
        raw.send(publish("in", b'{"a": 1}', 2, 3))
        raw.packet()
    into, out = place.journal.entries(transport="mqtt")
    assert (into.direction, into.message, into.session, into.raw) == ("in", "ask", "s", b'{"a": 1}')
    assert into.meta == {"topic": "in", "qos": 2, "client_id": "one"}
    assert (out.direction, out.message, out.session, out.raw) == ("out", "answer", "s", b'{"a": 1}')
    assert out.meta == {"topic": "out", "qos": 1, "client_id": "one"}


# --- several connections of one client ---


def test_a_second_login_takes_over(place: Place) -> None:
    with Raw(place.port) as first, Raw(place.port) as second:
        first.login("one", ("out", 0))
        second.send(connect("one"), subscribe(("out", 1)), publish("in", b"x"))
        assert second.packet() == CONNACK_OK
        assert second.packet() == suback(1)
        assert second.packet() == publish("out", b"x")
        assert first.is_closed()
        assert second.is_alive()
        assert place.clients() == ["one"]
    told = [
        (entry.body, entry.meta.get("reason"))
        for entry in place.journal.entries(where=lambda entry: str(entry.body) in ("connected", "disconnected"))
    ]
    assert told[:3] == [
        ("connected", None),
        ("connected", None),
        ("disconnected", "another connection of the client took over"),
    ]


def test_many_logins_at_once_leave_the_last(place: Place) -> None:
    raws = [Raw(place.port) for _ in range(30)]
    for raw in raws:
        raw.send(connect("one", clean=False), subscribe(("out", 0)))
    place.note("disconnected", count=29)
    alive: list[Raw] = []
    for raw in raws:
        try:
            while raw.packet()[0] != 0x90:
                pass
            if raw.is_alive():
                alive.append(raw)
        except (AssertionError, ConnectionError):
            pass
    assert len(alive) == 1
    place.publish("out", b"x")
    assert alive[0].packet() == publish("out", b"x")
    for raw in raws:
        raw.socket.close()


def test_a_refused_login_does_not_disturb_the_client(place: Place) -> None:
    with Raw(place.port) as first, Raw(place.port) as second:
        first.login("one", ("out", 0))
        second.send(connect("one", password="wrong"))
        second.packet()
        place.publish("out", b"x")
        assert first.packet() == publish("out", b"x")


# --- sessions ---


def test_a_session_outlives_its_connection(place: Place) -> None:
    with Raw(place.port) as raw:
        raw.login("one", ("out", 1), ("out2", 2), clean=False)
        raw.send(DISCONNECT)
        assert raw.is_closed()
    place.note("disconnected")
    for number, qos in enumerate((1, 0, 2)):
        place.publish("out" if number < 2 else "out2", b"%d" % number, qos)
    place.note("a message is kept for a client that is gone", topic="out2")
    place.note("a message missed a client that is gone", topic="out")
    with Raw(place.port) as raw:
        raw.send(connect("one", clean=False))
        assert raw.packet() == CONNACK_KNOWN
        assert raw.packet() == publish("out", b"0", 1, 1)
        assert raw.packet() == publish("out2", b"2", 2, 2)
        raw.send(puback(1), publish("in", b"still subscribed", 1, 9))
        assert raw.packet() == publish("out", b"still subscribed", 1, 3)


def test_what_was_not_acknowledged_comes_again_and_in_order(place: Place) -> None:
    with Raw(place.port) as raw:
        raw.login("one", ("out", 2), clean=False)
        for number in range(4):
            place.publish("out", b"%d" % number, 1 + number % 2)
        for _ in range(4):
            raw.packet()
        raw.send(puback(3), pubrec(2))
        assert raw.packet() == pubrel(2)
    place.note("disconnected")
    with Raw(place.port) as raw:
        raw.send(connect("one", clean=False))
        assert raw.packet() == CONNACK_KNOWN
        assert raw.packet() == publish("out", b"0", 1, 1, flags=8)
        assert raw.packet() == pubrel(2)
        assert raw.packet() == publish("out", b"3", 2, 4, flags=8)
        raw.send(puback(1), pubcomp(2), pubrec(4))
        assert raw.packet() == pubrel(4)
        raw.send(pubcomp(4))
        assert raw.is_alive()
        raw.send(DISCONNECT)
    place.note("disconnected", count=2)
    with Raw(place.port) as raw:
        raw.send(connect("one", clean=False))
        assert raw.packet() == CONNACK_KNOWN
        assert raw.is_alive()


def test_quality_2_is_taken_once_over_two_connections(place: Place) -> None:
    with Raw(place.port) as raw:
        raw.login("one", clean=False)
        raw.send(publish("in", b"a", 2, 5))
        assert raw.packet() == pubrec(5)
    place.note("disconnected")
    with Raw(place.port) as raw:
        raw.send(connect("one", clean=False))
        assert raw.packet() == CONNACK_KNOWN
        raw.send(publish("in", b"a", 2, 5, flags=8), pubrel(5))
        assert raw.packet() == pubrec(5)
        assert raw.packet() == pubcomp(5)
    assert len(place.behaviour.deliveries) == 1


@pytest.mark.parametrize(("first", "second"), [(True, False), (False, True), (True, True)])
def test_a_clean_session_has_neither_past_nor_future(place: Place, first: bool, second: bool) -> None:
    with Raw(place.port) as raw:
        raw.login("one", ("out", 1), clean=first)
        place.publish("out", b"not acknowledged", 1)
        raw.packet()
    place.note("disconnected")
    place.publish("out", b"while away", 1)
    with Raw(place.port) as raw:
        raw.send(connect("one", clean=second))
        assert raw.packet() == CONNACK_OK
        place.publish("out", b"later", 1)
        assert raw.is_alive()


def test_what_is_kept_is_bounded(quiet_log: None) -> None:
    with running(limits=Limits(kept_messages=3, kept_bytes=1000, absent_clients=2)) as place:
        with Raw(place.port) as raw:
            raw.login("one", ("out", 1), clean=False)
        place.note("disconnected")
        place.publish("out", b"x" * 990, 1)
        place.publish("out", b"y" * 11, 1)
        for number in range(3):
            place.publish("out", b"%d" % number, 1)
        place.note("too many messages wait for a client", count=2)
        with Raw(place.port) as raw:
            raw.send(connect("one", clean=False))
            assert raw.packet() == CONNACK_KNOWN
            assert [raw.packet()[-1:] for _ in range(3)] == [b"x", b"0", b"1"]
        for name in ("two", "three", "four"):
            with Raw(place.port) as raw:
                raw.login(name, ("out", 1), clean=False)
        place.note("a client that is gone was forgotten", client_id="one")
        place.note("a client that is gone was forgotten", client_id="two")
        with Raw(place.port) as raw:
            raw.login("one", clean=False)


# --- wills ---


def says_goodbye(raw: Raw) -> None:
    raw.send(DISCONNECT)


def closes(raw: Raw) -> None:
    raw.end()


def breaks_the_protocol(raw: Raw) -> None:
    raw.send(b"\x00\x00")


def comes_again(raw: Raw) -> None:
    with Raw(raw.socket.getpeername()[1]) as second:
        second.login("one")


@pytest.mark.parametrize(
    ("end", "carried_out"),
    [(says_goodbye, False), (closes, True), (breaks_the_protocol, True), (comes_again, True)],
)
def test_a_will(place: Place, end: Callable[[Raw], None], carried_out: bool) -> None:
    with Raw(place.port) as other, Raw(place.port) as raw:
        other.login("other", ("out", 2))
        raw.login("one", will=("in", b"gone", 1))
        end(raw)
        place.note("disconnected", client_id="one")
        if carried_out:
            assert other.packet() == publish("out", b"gone", 1, 1)
        else:
            assert other.is_alive()
    wills = [entry.meta for entry in place.journal.entries("ask")]
    assert wills == [{"topic": "in", "qos": 1, "client_id": "one", "will": True}] * carried_out


def test_a_will_is_bound_by_the_rules(place: Place) -> None:
    with Raw(place.port) as other, Raw(place.port) as raw:
        other.login("other", ("out", 2))
        raw.login("one", will=("out", b"past the rules", 1))
        raw.end()
        refused = place.note("a publication was refused")
        assert other.is_alive()
    assert refused.meta == {"client_id": "one", "user": "anna", "topic": "out", "will": True}


def test_the_end_of_the_server_is_no_reason_for_a_will(quiet_log: None) -> None:
    with running() as place:
        raw = Raw(place.port).login("one", will=("in", b"gone", 1))
    assert place.behaviour.deliveries == []
    assert raw.is_closed()
    raw.socket.close()


# --- life ---


def test_starting_and_stopping_leaves_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    journal = Journal(RealClock())

    async def live() -> None:
        tasks = asyncio.all_tasks()
        for number in range(200):
            broker = EmbeddedBroker(Echo(), Hub(RealClock(), journal))
            await broker.start()
            reader, writer = await asyncio.open_connection("127.0.0.1", broker.port)
            writer.write(connect("one", clean=bool(number % 2)) + subscribe(("out", 1)))
            await reader.readexactly(4 + 5)
            await broker.stop()
            assert await reader.read() == b""
            writer.close()
            await writer.wait_closed()
            assert asyncio.all_tasks() == tasks

    threads = threading.active_count()
    asyncio.run(live())
    assert threading.active_count() == threads
    gc.collect()
    assert caplog.record_tuples == []


async def test_a_broker_is_used_once(quiet_log: None) -> None:
    broker = EmbeddedBroker(Echo(), Hub(RealClock(), Journal(RealClock())))
    with pytest.raises(FakeServerError, match="not running"):
        _ = broker.url
    broker.publish(Publish("out", b"", 0, "told"))
    await broker.stop()
    await broker.start()
    with pytest.raises(FakeServerError, match="started already"):
        await broker.start()
    await broker.stop()
    await broker.stop()
    broker.publish(Publish("out", b"", 0, "told"))
    with pytest.raises(FakeServerError, match="started already"):
        await broker.start()


async def test_a_port_that_cannot_be_had(quiet_log: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        broker = EmbeddedBroker(Echo(), Hub(RealClock(), Journal(RealClock())), port=port)
        with pytest.raises(FakeServerError, match=f"cannot listen on 127.0.0.1 port {port}: "):
            await broker.start()
        await broker.stop()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_over_ipv6(quiet_log: None) -> None:
    broker = EmbeddedBroker(Echo(), Hub(RealClock(), Journal(RealClock())), host="::1")
    try:
        await broker.start()
    except FakeServerError:
        pytest.skip("no IPv6 here")
    assert broker.url == f"mqtt://[::1]:{broker.port}"
    reader, writer = await asyncio.open_connection("::1", broker.port)
    writer.write(connect("one"))
    assert await reader.readexactly(4) == CONNACK_OK
    await broker.stop()
    writer.close()
    await writer.wait_closed()


def test_answers_that_come_later(quiet_log: None) -> None:
    """A behaviour may publish whenever it likes, in the middle of a request too."""

    class Talkative(Echo):
        def take(self, received: Incoming, now: float) -> list[Effect]:
            place.broker.publish(Publish("out", b"first", 0, "told"))
            return super().take(received, now)

    with running(Talkative()) as place, Raw(place.port) as raw:
        raw.login("one", ("out", 0))
        raw.send(publish("in", b"second"))
        assert [raw.packet(), raw.packet()] == [publish("out", b"first"), publish("out", b"second")]

        def told(entry: Entry) -> bool:
            return entry.direction == "out"

        assert [entry.raw for entry in place.journal.entries(where=told)] == [b"first", b"second"]
