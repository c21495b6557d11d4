"""A client identifier names a session of one user only: another user's client of that name is another client."""

from __future__ import annotations

import pytest

from avatarwire.fakeserver.effects import Delivery
from avatarwire.fakeserver.transports.mqtt.hooks import Limits
from tests.fakeserver.mqtt.raw import CONNACK_OK, Raw, connect, packet, puback, publish, pubrec, pubrel, subscribe
from tests.fakeserver.mqtt.running import Echo, Place, running

KNOWN = b"\x20\x02\x01\x00"
"""A CONNACK that says a session goes on."""


@pytest.mark.parametrize("clean", [True, False])
def test_another_users_client_of_that_name_takes_nothing_over(place: Place, clean: bool) -> None:
    with Raw(place.port) as anna, Raw(place.port) as bert:
        anna.login("gateway", ("out", 1), clean=False)
        bert.login("gateway", user="bert", clean=clean)
        place.publish("out", b"for anna", 1)
        assert anna.packet() == publish("out", b"for anna", 1, 1)
        assert anna.is_alive()
        assert bert.is_alive()
        assert place.clients() == ["gateway", "gateway"]


def test_a_session_waits_for_its_own_user(place: Place) -> None:
    with Raw(place.port) as anna:
        anna.login("gateway", ("out", 1), clean=False)
    place.note("disconnected")
    place.publish("out", b"kept", 1)
    with Raw(place.port) as bert:
        bert.send(connect("gateway", user="bert", clean=False))
        assert bert.packet() == CONNACK_OK
        assert bert.is_alive()
    # Neither a session that bert keeps nor a clean one is the end of anna's.
    with Raw(place.port) as bert:
        bert.login("gateway", user="bert")
    with Raw(place.port) as anna:
        anna.send(connect("gateway", clean=False))
        assert anna.packet() == KNOWN
        assert anna.packet() == publish("out", b"kept", 1, 1)
        anna.send(puback(1))
        assert anna.is_alive()


def test_subscriptions_of_both_are_apart(place: Place) -> None:
    with Raw(place.port) as anna, Raw(place.port) as bert:
        anna.login("gateway", ("out", 0))
        bert.login("gateway", ("out", 1), user="bert")
        bert.send(packet(0xA2, b"\x00\x08\x00\x03out"))
        assert bert.packet() == b"\xb0\x02\x00\x08"
        place.publish("out", b"x", 2)
        assert anna.packet() == publish("out", b"x")
        assert bert.is_alive()


def test_what_is_on_its_way_is_apart(place: Place) -> None:
    """[MQTT-2.3.1]: packet ids count within one client, in both directions."""
    with Raw(place.port) as anna, Raw(place.port) as bert:
        anna.login("gateway", ("out", 1))
        bert.login("gateway", ("out", 1), user="bert")
        anna.send(publish("in", b"a", 2, 5))
        assert sorted((anna.packet(), anna.packet())) == sorted((publish("out", b"a", 1, 1), pubrec(5)))
        assert bert.packet() == publish("out", b"a", 1, 1)
        # bert acknowledges what is his; what anna owes and is owed stays.
        bert.send(puback(1), pubrel(5), publish("in", b"b", 2, 5))
        assert {bert.packet() for _ in range(3)} == {publish("out", b"b", 1, 2), pubrec(5), b"\x70\x02\x00\x05"}
        assert anna.packet() == publish("out", b"b", 1, 2)
        anna.send(publish("in", b"a", 2, 5, flags=8))
        assert anna.packet() == pubrec(5)
    assert [(item.user, item.data) for item in place.behaviour.deliveries] == [("anna", b"a"), ("bert", b"b")]


def test_a_will_is_that_of_its_own_user(place: Place) -> None:
    with Raw(place.port) as anna, Raw(place.port) as bert:
        anna.send(connect("gateway", will=("in", b"anna's", 0)))
        bert.send(connect("gateway", user="bert", will=("in", b"bert's", 0)))
        assert anna.packet() == bert.packet() == CONNACK_OK
        assert anna.is_alive()
        assert bert.is_alive()
        bert.send(b"\x00\x00")
        assert bert.is_closed()
        assert anna.is_alive()
    place.note("disconnected", count=2)
    assert place.behaviour.deliveries[0] == Delivery("in", b"bert's", 0, False, "gateway", "bert")


class Open(Echo):
    """Lets everybody in."""

    def authenticate(self, client_id: str, user: str | None, password: bytes | None) -> bool:
        return True


def test_names_that_run_together_are_two() -> None:
    """A user and an identifier are told apart wherever the one ends and the other begins."""
    with running(Open()) as place, Raw(place.port) as one, Raw(place.port) as other:
        one.login("bc", user="a")
        other.login("c", user="ab")
        assert one.is_alive()


def test_a_name_may_be_as_long_as_mqtt_lets_it_be() -> None:
    with running(Open()) as place, Raw(place.port) as raw:
        raw.login("c" * 256, user="u" * 65_535)


def test_names_given_to_nameless_clients_are_apart(place: Place) -> None:
    with Raw(place.port) as anna, Raw(place.port) as bert, Raw(place.port) as named:
        anna.login("")
        bert.login("", user="bert")
        named.login("anonymous-1", user="bert")
        assert anna.is_alive()
        assert bert.is_alive()


def test_a_session_that_was_forgotten_is_that_of_its_own_user() -> None:
    with running(limits=Limits(absent_clients=1)) as place:
        for user in ("anna", "bert"):
            with Raw(place.port) as raw:
                raw.login("gateway", ("out", 1), user=user, clean=False)
            place.note("disconnected", count=1 if user == "anna" else 2)
        place.note("a client that is gone was forgotten", client_id="gateway")
        with Raw(place.port) as anna, Raw(place.port) as bert:
            anna.send(connect("gateway", clean=False))
            bert.send(connect("gateway", user="bert", clean=False))
            assert (anna.packet(), bert.packet()) == (CONNACK_OK, KNOWN)
            anna.send(subscribe(("out", 0)))
            assert anna.packet() == b"\x90\x03\x00\x07\x00"
