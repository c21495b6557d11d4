"""What a service's place is read from, and what errors say when something is missing."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from avatarwire.codecs.aio.place import Place
from avatarwire.codecs.errors import ValidationError

KEYS: dict[str, Any] = {"http_url": "http://a.test/", "secret": "s3cret"}


def place(given: object, **overrides: object) -> Place:
    return Place("acme", given, overrides, needed=("http_url", "secret"), optional=("room",))


@pytest.mark.parametrize(
    "given",
    [
        KEYS,
        SimpleNamespace(**KEYS),
        SimpleNamespace(http_url="http://a.test/", credentials={"secret": "s3cret"}),
        {"http_url": "http://a.test/", "ready": {"secret": "s3cret", "control": {}}},
    ],
)
def test_a_place_is_a_mapping_or_an_object(given: object) -> None:
    found = place(given)
    assert (found.url("http_url", ("http",)), found.text("secret"), found.number("room")) == (
        "http://a.test",
        "s3cret",
        None,
    )


def test_overrides_go_first() -> None:
    found = place(KEYS, secret="other", room=7)
    assert (found.text("secret"), found.number("room"), found.get("room")) == ("other", 7, 7)


def test_the_clock_of_a_fake_in_this_process_counts() -> None:
    fake = SimpleNamespace(**KEYS, clock=SimpleNamespace(now=lambda: 12.0))
    assert place(fake).now() == 12.0


def test_a_representation_has_no_secret() -> None:
    assert repr(place(KEYS)) == "Place('acme', http_url, secret)"


@pytest.mark.parametrize(
    ("given", "overrides", "text"),
    [
        ({}, {}, "acme place: http_url, secret: missing, expected a value for each of them"),
        ({**KEYS, "secret": ""}, {}, "acme place: secret: missing, expected a value for each of them"),
        (KEYS, {"rom": 1}, "acme place: rom: no such key, expected http_url, secret, room, ca_file"),
    ],
)
def test_errors_name_the_keys(given: object, overrides: dict[str, object], text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        place(given, **overrides)
    assert str(caught.value) == text


def test_errors_do_not_repeat_values() -> None:
    found = place({"http_url": "ftp://user:s3cret@a.test", "secret": 5, "room": True})
    with pytest.raises(ValidationError, match=r"^acme place: http_url: not such a URL, expected http://\.\.\.$"):
        found.url("http_url", ("http",))
    with pytest.raises(ValidationError, match=r"^acme place: secret: got 'int', expected text$"):
        found.text("secret")
    with pytest.raises(ValidationError, match=r"^acme place: room: got 'bool', expected an integer$"):
        found.number("room")


def test_several_values_are_a_list() -> None:
    found = place({"http_url": ["a", "b"], "secret": "s", "room": (1, 2)})
    assert (found.texts("http_url"), found.texts("secret"), found.numbers("room")) == (("a", "b"), ("s",), (1, 2))
    assert place({"http_url": "a", "secret": "s"}).numbers("room") is None
    for key, value in (("http_url", 5), ("http_url", ["a", 5]), ("http_url", {"a": 1})):
        with pytest.raises(ValidationError, match=f"^acme place: {key}: got '(int|dict)', expected a text or several$"):
            place({"secret": "s", key: value}).texts(key)
    with pytest.raises(ValidationError, match=r"^acme place: room: got 'bool', expected integers$"):
        place({"http_url": "a", "secret": "s", "room": [True]}).numbers("room")


@pytest.mark.parametrize("url", ["http://", "http://:80", "http://a.test:port", "http://a.test:99999", "http://[::1"])
def test_a_url_has_a_host_and_a_port_that_can_be_one(url: str) -> None:
    with pytest.raises(ValidationError, match="not such a URL"):
        place({"http_url": url, "secret": "s"}).url("http_url", ("http",))
