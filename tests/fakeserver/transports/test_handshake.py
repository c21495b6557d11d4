"""Whether a request asks for a WebSocket as RFC 6455 has it."""

from __future__ import annotations

import pytest

from avatarwire.fakeserver.transports.handshake import asks_for_socket, improper, proof, remarks

PROPER = {
    "host": ["a"],
    "upgrade": ["WebSocket"],
    "connection": ["keep-alive, Upgrade"],
    "sec-websocket-version": ["13"],
    "sec-websocket-key": ["AAAAAAAAAAAAAAAAAAAAAA=="],
}


def test_a_proper_handshake_is_one() -> None:
    assert improper("GET", (1, 1), PROPER) is None
    assert asks_for_socket(PROPER)
    assert not asks_for_socket({"upgrade": ["h2c"]})


@pytest.mark.parametrize(
    ("changed", "status", "told"),
    [
        ({"upgrade": []}, 400, "upgrade: not a WebSocket handshake: the header Upgrade is missing"),
        ({"upgrade": ["h2c"]}, 400, "upgrade: not a WebSocket handshake: Upgrade is 'h2c'"),
        ({"connection": []}, 400, "connection: a proxy has taken the word away, or the client left it out"),
        ({"connection": ["close"]}, 400, "connection: a proxy has taken the word away, or the client left it out"),
        ({"host": []}, 400, "host: the header is missing or empty"),
        ({"host": [" "]}, 400, "host: the header is missing or empty"),
        ({"sec-websocket-version": []}, 426, "sec-websocket-version: the header is missing, expected 13"),
        ({"sec-websocket-version": ["8"]}, 426, "sec-websocket-version: got '8', expected 13"),
        ({"sec-websocket-version": ["13", "8"]}, 426, "sec-websocket-version: got '13, 8', expected 13"),
        ({"sec-websocket-key": []}, 400, "sec-websocket-key: the header is missing, expected 16 bytes in Base64"),
        ({"sec-websocket-key": ["AAAA"]}, 400, "sec-websocket-key: got 'AAAA', expected 16 bytes in Base64"),
        ({"sec-websocket-key": ["é"]}, 400, "sec-websocket-key: got 'é', expected 16 bytes in Base64"),
        ({"sec-websocket-key": PROPER["sec-websocket-key"] * 2}, 400, "sec-websocket-key: got 'AAAAAAAAAAAAAAAAAAAAAA"),
    ],
)
def test_what_is_wrong_with_a_handshake_is_named(changed: dict[str, list[str]], status: int, told: str) -> None:
    headers = {name: values for name, values in (PROPER | changed).items() if values}
    found = improper("GET", (1, 1), headers)
    assert found is not None
    assert (found.status, found.clause) == (status, "RFC6455-4.2.1")
    assert str(found).startswith(told)
    assert found.headers == ({"Sec-WebSocket-Version": "13"} if status == 426 else {})


def test_the_request_line_of_a_handshake() -> None:
    by_post, by_old = improper("POST", (1, 1), PROPER), improper("GET", (1, 0), PROPER)
    assert by_post is not None
    assert (by_post.status, by_post.headers, by_post.expected) == (405, {"Allow": "GET"}, "GET")
    assert by_old is not None
    assert (by_old.status, str(by_old)) == (
        400,
        "a WebSocket handshake in HTTP/1.0, expected HTTP/1.1 [RFC6455-4.2.1]",
    )


def test_a_subprotocol_is_remarked() -> None:
    [found] = remarks(PROPER | {"sec-websocket-protocol": ["chat, other"]})
    assert (found.clause, found.path, found.level) == ("RFC6455-4.1", "sec-websocket-protocol", "warning")
    assert "'chat, other'" in found.reason
    assert [*remarks(PROPER)] == []


def test_the_proof_that_a_key_was_read_is_that_of_the_standard_whatever_the_key_is() -> None:
    assert proof("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    assert proof("\udcff") == "UBkuex8VdWVdkM94exKu87ntew8="
