"""HTTP operations: how parameters travel, how answers and failures are read."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from msgspec import UNSET, UnsetType

from avatarwire.codecs.core.json_codec import JsonCodec
from avatarwire.codecs.core.repairs import digits
from avatarwire.codecs.errors import DecodeError, EncodeError, HttpError, ValidationError
from avatarwire.codecs.message import Message, doc
from avatarwire.codecs.operation import HttpRequest, Operation, decode_http_error


class FindRequest(Message):
    shelf: Annotated[int, doc("number of the shelf", "X-1", ge=1)]
    title: str | UnsetType = UNSET
    old: bool | UnsetType = UNSET
    tags: tuple[str, ...] | UnsetType = UNSET


class FindResponse(Message):
    found: Annotated[int, doc("how many", "X-2")]


def operation(parameters_in: Literal["query", "body"]) -> Operation[FindRequest, FindResponse]:
    return Operation(
        "FindBooks",
        "v",
        "look for books",
        "GET" if parameters_in == "query" else "POST",
        "/books",
        parameters_in,
        JsonCodec(FindRequest, vendor="v", message="FindBooks.request"),
        JsonCodec(FindResponse, vendor="v", message="FindBooks.response", repairs=(digits("found", "X-E1"),)),
        headers={"x-version": "1"},
        joined=frozenset({"tags"}),
    )


QUERY = operation("query")
BODY = operation("body")


# --- requests ---


@pytest.mark.parametrize(
    ("request_", "query"),
    [
        (FindRequest(shelf=3), "shelf=3"),
        (FindRequest(shelf=3, title="a b&c=d/é"), "shelf=3&title=a%20b%26c%3Dd%2F%C3%A9"),
        (FindRequest(shelf=3, title=""), "shelf=3&title="),
        (FindRequest(shelf=3, old=True), "old=true&shelf=3"),
        (FindRequest(shelf=3, old=False), "old=false&shelf=3"),
        (FindRequest(shelf=3, tags=("new", "红")), "shelf=3&tags=new%2C%E7%BA%A2"),
        (FindRequest(shelf=3, tags=()), "shelf=3&tags="),
    ],
)
def test_parameters_travel_in_the_query(request_: FindRequest, query: str) -> None:
    sent = QUERY.encode_request(request_)
    assert sent == HttpRequest("GET", "/books", query, {"x-version": "1"}, b"")
    assert sent.target == f"/books?{query}"

    decoded = QUERY.decode_request(query, strict=True)
    assert (decoded.value, decoded.deviations) == (request_, ())


def test_parameters_travel_in_the_body() -> None:
    sent = BODY.encode_request(FindRequest(shelf=3, tags=("a,b",)))
    assert sent == HttpRequest(
        "POST",
        "/books",
        "",
        {"x-version": "1", "content-type": "application/json; charset=utf-8"},
        b'{"shelf":3,"tags":["a,b"]}',
    )
    assert sent.target == "/books"
    assert BODY.decode_request(body=sent.body).value == FindRequest(shelf=3, tags=("a,b",))


@pytest.mark.parametrize("tag", ["", "a,b", ","])
def test_a_list_item_that_would_become_none_or_two_is_refused(tag: str) -> None:
    with pytest.raises(EncodeError) as caught:
        QUERY.encode_request(FindRequest(shelf=3, tags=("fine", tag)))
    assert str(caught.value) == (
        f"v FindBooks.request: tags[1]: got {tag!r}, expected text that is not empty and has no comma"
    )


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("shelf=1&shelf=2", FindRequest(shelf=2)),
        ("shelf=1&tags=a&tags=b,c", FindRequest(shelf=1, tags=("a", "b", "c"))),
        ("shelf=1&tags=,a,", FindRequest(shelf=1, tags=("a",))),
        ("shelf=1&title=a+b%2Bc", FindRequest(shelf=1, title="a b+c")),
        ("shelf=1&extra=x", FindRequest(shelf=1)),
    ],
)
def test_a_query_as_clients_write_it(query: str, value: FindRequest) -> None:
    assert QUERY.decode_request(query).value == value


def test_unknown_parameters_are_listed() -> None:
    assert QUERY.decode_request("shelf=1&extra=x").unknown_fields() == {"extra": "x"}


def test_a_request_and_its_unknown_parameters_may_be_had_at_once() -> None:
    assert QUERY.examine_request("shelf=1&tags=a,b&extra=x") == (
        QUERY.decode_request("shelf=1&tags=a,b&extra=x"),
        {"extra": "x"},
    )
    body = b'{"shelf":1,"extra":{"x":[2]}}'
    assert BODY.examine_request(body=body) == (BODY.decode_request(body=body), {"extra": {"x": [2]}})
    with pytest.raises(ValidationError, match="shelf: required field is missing"):
        BODY.examine_request()


@pytest.mark.parametrize(
    ("query", "kind", "text"),
    [
        ("", ValidationError, "v FindBooks.request: shelf: required field is missing"),
        (
            "shelf=0",
            ValidationError,
            "v FindBooks.request: shelf: value out of range, expected an integer of at least 1",
        ),
        ("shelf=top", ValidationError, "v FindBooks.request: shelf: got text"),
        ("shelf=1&title=%ff", DecodeError, "v FindBooks.request: unreadable query: 'utf-8' codec"),
        ("&".join(["a=1"] * 101), DecodeError, "v FindBooks.request: unreadable query: Max number of fields"),
    ],
    ids=["missing", "range", "type", "utf-8", "too many"],
)
def test_a_query_that_cannot_be_read(query: str, kind: type[DecodeError], text: str) -> None:
    with pytest.raises(DecodeError) as caught:
        QUERY.decode_request(query)
    assert type(caught.value) is kind
    assert str(caught.value).startswith(text)


def test_no_body_counts_as_no_parameters() -> None:
    with pytest.raises(ValidationError, match="shelf: required field is missing"):
        BODY.decode_request(body=b"")


def test_a_body_that_cannot_be_read() -> None:
    with pytest.raises(DecodeError, match=r"v FindBooks\.request: byte 0: not JSON"):
        BODY.decode_request(body=b"?")


def test_a_request_of_another_operation_is_refused() -> None:
    stray: Any = FindResponse(found=1)
    for operation_ in (QUERY, BODY):
        with pytest.raises(EncodeError, match=r"v FindBooks\.request: got FindResponse, expected FindRequest"):
            operation_.encode_request(stray)


# --- answers ---


def test_an_answer() -> None:
    body = QUERY.encode_response(FindResponse(found=2))
    assert body == b'{"found":2}'
    decoded = QUERY.decode_response(200, body, strict=True)
    assert (decoded.value, decoded.raw) == (FindResponse(found=2), body)


def test_an_answer_in_a_documented_variant() -> None:
    assert QUERY.decode_response(201, b'{"found":"2"}').deviations == ("X-E1",)
    with pytest.raises(ValidationError, match="X-E1"):
        QUERY.decode_response(201, b'{"found":"2"}', strict=True)


def test_an_answer_that_is_something_else() -> None:
    with pytest.raises(ValidationError, match=r"v FindBooks\.response: found: required field is missing"):
        QUERY.decode_response(200, b"{}")


@pytest.mark.parametrize("status", [199, 300, 404, 500])
def test_a_failure_is_no_answer(status: int) -> None:
    with pytest.raises(HttpError) as caught:
        QUERY.decode_response(status, b'{"found":2,"Code":"Gone"}')
    assert (caught.value.status, caught.value.code) == (status, "Gone")


@pytest.mark.parametrize(
    ("body", "code", "reason", "request_id"),
    [
        (b'{"Code":"NoShelf","Message":"no such shelf","RequestId":"r-1"}', "NoShelf", "no such shelf", "r-1"),
        (b'{"code":404,"message":"gone","requestId":"r-2"}', "404", "gone", "r-2"),
        (b'{"errorCode":"E","errorMessage":"m"}', "E", "m", ""),
        (b'{"errorMsg":"m"}', "", "m", ""),
        (b'{"Code":null,"code":"second"}', "second", "", ""),
        (b'{"Code":["no","code"],"Message":{"a":1}}', "", "", ""),
        (b"{}", "", "", ""),
        (b"[]", "", "", ""),
        (b"", "", "", ""),
        (b"<html>", "", "", ""),
        (b"\xff", "", "", ""),
    ],
)
def test_a_failure_tells_what_its_body_says(body: bytes, code: str, reason: str, request_id: str) -> None:
    error = decode_http_error(503, body)
    assert (error.status, error.code, error.reason, error.request_id) == (503, code, reason, request_id)
    assert error.body == body
