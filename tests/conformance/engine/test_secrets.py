"""What is secret is found by its name, and masked wherever it turns up."""

from __future__ import annotations

import json

import pytest

from avatarwire.conformance.engine.secrets import Secrets, is_telling


def test_a_secret_is_masked_in_texts_bytes_and_values() -> None:
    secrets = Secrets()
    secrets.learn({"data": [{"accessToken": "abcdefgh"}]})
    assert secrets.text("token abcdefgh!") == "token <8 characters masked>!"
    assert secrets.raw(b"\x00abcdefgh\xff", 100) == b"\x00********\xff"
    assert secrets.raw(b"\x00abcdefgh\xff", 4) == b"\x00***"
    assert secrets.value({"a": ["abcdefgh", 1]}) == {"a": ["<8 characters masked>", 1]}


def test_one_in_a_query_is_masked_as_it_stands_there_too() -> None:
    secrets = Secrets()
    secrets.learn({"webSocketUrl": "ws://host/path?token=a%2Fb%3Dcdef&sessionId=12345678"})
    assert secrets.text("a/b=cdef a%2Fb%3Dcdef 12345678") == "<8 characters masked> <12 characters masked> 12345678"


def test_one_in_json_that_is_text_is_found_and_masked_in_both_forms() -> None:
    secrets = Secrets()
    secrets.learn({"channelToken": '{"id":"channel-7","token":"abcdefgh"}'})
    text = json.dumps({"a": '{"id":"channel-7","token":"abcdefgh"}'})
    assert secrets.text(text) == '{"a": "<45 characters masked>"}'
    assert secrets.text("abcdefgh alone") == "<8 characters masked> alone"


def test_one_in_the_headers_of_a_request() -> None:
    secrets = Secrets()
    secrets.learn_headers(b"GET / HTTP/1.1\r\nAuthorization: Bearer abcdefgh\r\nHost: somewhere")
    assert secrets.text("abcdefgh somewhere") == "<8 characters masked> somewhere"


def test_what_a_telling_name_stands_for_may_be_nested() -> None:
    secrets = Secrets()
    token = {"value": "abcdefgh", "list": [["ijklmnop"]], "expireTime": "2030-01-01"}
    secrets.learn({"token": token, "id": "channel-7"})
    assert secrets.text("abcdefgh ijklmnop") == "<8 characters masked> <8 characters masked>"
    assert secrets.text("2030-01-01 channel-7") == "2030-01-01 channel-7"


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("http://user:abcdefgh@host/x", "abcdefgh"),
        ("http://abcdefgh@host/x", "abcdefgh"),
        ("http://host/x?to%6ben=abcdefgh&a=1", "abcdefgh"),
        ("http://host/x?a=1&X-Api-Key=abcdefgh", "abcdefgh"),
    ],
)
def test_one_in_a_url_is_masked_whatever_its_name_is_spelt_with(url: str, secret: str) -> None:
    secrets = Secrets()
    secrets.learn({"callback_url": url})
    assert secret not in secrets.text(url)
    assert secret not in secrets.text(f"alone: {secret}")


def test_what_json_readers_do_not_take_is_in_words() -> None:
    value = Secrets().value({"\ud800": ["\udfff x", 2**70, 2**62, True]})
    assert value == {"\\ud800": ["\\udfff x", "an integer of 71 bits", 2**62, True]}


def test_a_case_masks_its_own_and_those_of_the_run() -> None:
    run = Secrets()
    run.add("of the run")
    one, other = Secrets(run), Secrets(run)
    one.add("of the case")
    assert one.text("of the run, of the case") == "<10 characters masked>, <11 characters masked>"
    assert other.text("of the run, of the case") == "<10 characters masked>, of the case"
    run.add("known later")
    assert one.text("known later") == "<11 characters masked>"


def test_the_scheme_of_an_authorization_is_not_part_of_it() -> None:
    secrets = Secrets()
    secrets.learn({"Authorization": "Bearer abcdefgh"})
    assert secrets.text("abcdefgh") == "<8 characters masked>"


def test_of_two_that_overlap_the_longer_one_is_masked() -> None:
    secrets = Secrets()
    for value in ("abcdef", "abcdefghij"):
        secrets.add(value)
    assert secrets.text("abcdefghij") == "<10 characters masked>"


@pytest.mark.parametrize("value", [None, 7, "", "short"])
def test_what_is_no_text_of_some_length_is_no_secret(value: object) -> None:
    secrets = Secrets()
    secrets.add(value)
    assert secrets.text(f"{value} stays") == f"{value} stays"


@pytest.mark.parametrize(
    ("name", "telling"),
    [
        ("token", True), ("channelToken", True), ("mqtt_password", True), ("Authorization", True), ("sign", True),
        ("appKey", True), ("app_key", True), ("X-Api-Key", True), ("Cookie", True), ("x-sign", True), ("pwd", True),
        ("accessKeyId", False), ("key", False), ("expireTime", False),
        ("tokenExpireTime", False), ("design", False), ("sessionId", False),
    ],
)  # fmt: skip
def test_names_tell(name: str, telling: bool) -> None:
    assert is_telling(name) is telling
