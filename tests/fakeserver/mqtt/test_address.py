"""URLs of brokers: what is understood, and that an error never shows a password."""

from __future__ import annotations

import pytest

from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.transports.mqtt.address import BrokerAddress


@pytest.mark.parametrize(
    ("url", "address", "shown"),
    [
        ("mqtt://broker", BrokerAddress("mqtt", "broker", 1883), "mqtt://broker:1883"),
        ("mqtts://broker", BrokerAddress("mqtts", "broker", 8883), "mqtts://broker:8883"),
        ("MQTT://Broker.Example:99/", BrokerAddress("mqtt", "broker.example", 99), "mqtt://broker.example:99"),
        (" mqtt://127.0.0.1:1 ", BrokerAddress("mqtt", "127.0.0.1", 1), "mqtt://127.0.0.1:1"),
        ("mqtt://[::1]:1884", BrokerAddress("mqtt", "::1", 1884), "mqtt://[::1]:1884"),
        ("mqtts://[fe80::1]", BrokerAddress("mqtts", "fe80::1", 8883), "mqtts://[fe80::1]:8883"),
        ("mqtt://anna@broker", BrokerAddress("mqtt", "broker", 1883, "anna"), "mqtt://broker:1883"),
        ("mqtt://anna:@broker", BrokerAddress("mqtt", "broker", 1883, "anna", ""), "mqtt://broker:1883"),
        (
            "mqtt://a%40b:p%3A%2F%20%E4%BD%A0@broker",
            BrokerAddress("mqtt", "broker", 1883, "a@b", "p:/ 你"),
            "mqtt://broker:1883",
        ),
        ("mqtt://a:b:c@broker", BrokerAddress("mqtt", "broker", 1883, "a", "b:c"), "mqtt://broker:1883"),
    ],
)
def test_addresses(url: str, address: BrokerAddress, shown: str) -> None:
    read = BrokerAddress.parse(url)
    assert read == address
    assert read.url == shown
    assert repr(read) == f"<BrokerAddress {shown}>"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "its scheme is neither mqtt nor mqtts"),
        ("broker:1883", "its scheme is neither mqtt nor mqtts"),
        ("http://anna:sesame@broker", "its scheme is neither mqtt nor mqtts"),
        ("mqtt:", "it names no host"),
        ("mqtt://", "it names no host"),
        ("mqtt://anna:sesame@:1883", "it names no host"),
        (
            f"mqtt://anna:sesame@{'x' * 64}.example",
            "its host has a part that is empty, too long or of letters that no name has",
        ),
        ("mqtt://broker..example", "its host has a part that is empty, too long or of letters that no name has"),
        ("mqtt://\ufffd.example", "its host has a part that is empty, too long or of letters that no name has"),
        ("mqtt://broker:0", "port 0 is none that a broker listens on"),
        ("mqtt://broker:65536", "its port is no number up to 65535"),
        ("mqtt://broker:-1", "its port is no number up to 65535"),
        ("mqtt://anna:sesame", "its port is no number up to 65535"),
        ("mqtt://anna:se/same@broker", "its port is no number up to 65535"),
        ("mqtt://[::1", "its host cannot be read"),
        ("mqtt://anna:sesame@[broker]", "its host cannot be read"),
        ("mqtt://broker/in", "something follows the host and port"),
        ("mqtt://broker?client=1", "something follows the host and port"),
        ("mqtt://broker#in", "something follows the host and port"),
        ("mqtt://a%FF:sesame@broker", "its user name is not UTF-8"),
        ("mqtt://a:sesame%FF@broker", "its password is not UTF-8"),
        ("mqtt://:sesame@broker", "it has a password and no user name"),
        ("mqtt://bro ker", "it has white space, control characters or half a surrogate pair"),
        ("mqtt://broker\0", "it has white space, control characters or half a surrogate pair"),
        ("mqtt://\ud800", "it has white space, control characters or half a surrogate pair"),
        ("mqtt://anna:sesame\udcff@broker", "it has white space, control characters or half a surrogate pair"),
        ("mqtt://a\N{ACCOUNT OF}b", "its host cannot be read"),
    ],
)
def test_what_is_no_address(url: str, reason: str) -> None:
    with pytest.raises(FakeServerError) as caught:
        BrokerAddress.parse(url)
    assert f"cannot be used, as {reason}; it reads like mqtt://user:password@host:port" in str(caught.value)
    assert "sesame" not in str(caught.value)
    assert caught.value.__cause__ is None
