"""The judging of parameters, whatever the vendor: what is let in, what is told, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import pytest
from msgspec import UNSET, UnsetType

from avatarwire.codecs.core.constraints import Limits
from avatarwire.codecs.core.findings import Finding, deviation
from avatarwire.codecs.core.json_codec import JsonCodec
from avatarwire.codecs.core.received import Received
from avatarwire.codecs.core.repairs import digits
from avatarwire.codecs.errors import CodecError, DecodeError, ValidationError
from avatarwire.codecs.message import Message, doc
from avatarwire.codecs.operation import Operation
from avatarwire.fakeserver.effects import HttpCall
from avatarwire.fakeserver.http.exchange import Exchange
from avatarwire.fakeserver.http.refusal import Refusal
from avatarwire.fakeserver.http.validation import ABSENT, Validation, at, steps, told
from avatarwire.fakeserver.journal.entry import Violation


class Order(Message):
    size: Annotated[int, doc("how large", "AC-R001")]
    note: Annotated[str, doc("for the kitchen", "AC-R002")] | UnsetType = UNSET

    constraints = (Limits("note", min_length=1, clause="AC-E02", tolerated=True, expected="some words"),)


CODEC = JsonCodec(Order, vendor="acme", message="order.request", repairs=(digits("size", "AC-E01"),))
BODY = Operation("order", "acme", "order", "POST", "/order", "body", CODEC, CODEC)
QUERY = Operation("ask", "acme", "ask", "GET", "/order", "query", CODEC, CODEC)


def refuse(exchange: Exchange[Any], error: CodecError) -> Refusal:
    """What the caller is told: all that is wrong, and how many parameters came."""
    found = error.findings if isinstance(error, ValidationError) else ()
    return Refusal("; ".join(map(str, found)) or told(error), len(exchange.parameters))


def rules(*, strict: bool = False, held: Sequence[str] = (), **others: Any) -> Validation:
    """The rules of a vendor that refuses some clauses in either mode."""
    return Validation(
        strict=strict,
        misplaced="AC-R008",
        unknown="AC-R009",
        form="AC-R010",
        refuse=refuse,
        held=lambda _, finding: finding.clause in held,
        **others,
    )


def judged(
    body: bytes = b"", validation: Validation | None = None, query: str = "", *, of: Any = BODY
) -> Exchange[str]:
    """A call whose parameters were judged; its refusal, too."""
    exchange = Exchange(HttpCall(of.method, of.path, query, (), body), 0.0, "nobody", operation=of)
    try:
        (validation or rules()).validate(exchange)
    except Refusal as refusal:
        exchange.refusal = refusal
    return exchange


def refusal(exchange: Exchange[str]) -> str:
    return "" if exchange.refusal is None else exchange.refusal.reason


SEVERAL = b'{"size":"2","note":""}'
"""Both parameters in another form than the ruled one: a warning and an error."""


def test_what_is_right_is_let_in_without_a_word() -> None:
    exchange = judged(b'{"size":2}')
    assert exchange.request == Order(size=2)
    assert (exchange.deviations, exchange.violations, exchange.refusal) == ((), [], None)


def test_a_deviation_is_told_in_full() -> None:
    exchange = judged(b'{"size":"2"}')
    assert (exchange.request, exchange.deviations) == (Order(size=2), ("AC-E01",))
    assert exchange.violations == [deviation("AC-E01", "size", "size is a text of digits", level="warning")]


def test_strict_mode_refuses_errors_and_lives_with_warnings() -> None:
    assert judged(b'{"size":"2"}', rules(strict=True)).refusal is None
    assert refusal(judged(SEVERAL)) == ""
    strict = judged(SEVERAL, rules(strict=True))
    assert refusal(strict) == "note: got 0 characters, expected some words [AC-E02]"
    assert [(found.clause, found.level) for found in strict.violations] == [("AC-E01", "warning"), ("AC-E02", "error")]


def test_what_the_vendor_holds_is_an_error_and_refused_in_either_mode() -> None:
    exchange = judged(b'{"size":"2"}', rules(held=["AC-E01"]))
    assert refusal(exchange) == "size: size is a text of digits [AC-E01]"
    assert [found.level for found in exchange.violations] == ["error"]
    assert exchange.request == Order(size=2)


def test_a_refusal_tells_the_worst_or_everything() -> None:
    held = rules(held=["AC-E02"])
    both = rules(held=["AC-E01", "AC-E02"], thorough=True)
    assert refusal(judged(SEVERAL, held)).count("[") == 1
    assert refusal(judged(SEVERAL, both)).count("[") == 2
    worst = rules(strict=True, held=["AC-E02"])
    assert refusal(judged(SEVERAL, worst)) == "note: got 0 characters, expected some words [AC-E02]"


def test_what_is_in_the_wrong_place_is_told() -> None:
    assert judged(b'{"size":2}', query="size=2").violations == [
        Violation("AC-R008", "", "order reads its parameters from the body, not from the query", level="warning"),
    ]
    assert judged(b"{}", query="size=2", of=QUERY).violations[-1:] == [
        Violation("AC-R008", "", "ask reads its parameters from the query, not from the body", level="warning"),
    ]


def test_only_so_many_unknown_parameters_are_told() -> None:
    body = b'{"size":2,' + b",".join(b'"x%d":1' % number for number in range(20)) + b"}"
    assert [found.path for found in judged(body).violations] == [f"x{number}" for number in range(8)]
    assert judged(b'{"size":2,"x":1}').violations == [
        Violation("AC-R009", "x", "no such parameter, it is ignored", level="warning")
    ]


def test_a_query_is_judged_as_well() -> None:
    exchange = judged(query="size=2&note=&x=1", of=QUERY)
    assert exchange.deviations == ("AC-E01", "AC-E02")
    assert [found.path for found in exchange.violations] == ["size", "note", "x"]


def test_what_cannot_be_understood_is_refused() -> None:
    exchange = judged(b"")
    assert refusal(exchange) == "size: required field is missing, expected an integer [AC-R001]"
    assert exchange.request is None
    assert exchange.violations == [Violation("AC-R001", "size", "required field is missing", "an integer")]


def test_what_no_clause_is_about_breaks_the_form_of_calls() -> None:
    for thorough in (False, True):
        exchange = judged(b"{", rules(thorough=thorough))
        assert refusal(exchange).startswith("the JSON text ends too early (byte 1)")
        assert [found.clause for found in exchange.violations] == ["AC-R010"]
        assert judged(b'{"size":"x"}', rules(thorough=thorough)).violations[0].clause == "AC-R001"


def test_parameters_may_be_somewhere_else() -> None:
    def in_the_body(operation: Operation[Any, Any], call: HttpCall) -> Received[Any] | None:
        if call.query:
            return None
        read = operation.request.decode(call.body)
        return Received(read.value, (deviation("AC-E03", "", "in the body"), *read.findings), read.raw)

    validation = rules(elsewhere={"ask": in_the_body})
    assert judged(query="size=2", validation=validation, of=QUERY).deviations == ("AC-E01",)
    exchange = judged(b'{"size":2,"x":1}', validation, of=QUERY)
    assert (exchange.request, exchange.deviations) == (Order(size=2), ("AC-E03",))
    assert [found.clause for found in exchange.violations] == ["AC-E03", "AC-R009"]


def test_texts_that_are_json_may_be_looked_into() -> None:
    def look(exchange: Exchange[Any], received: Received[Order]) -> tuple[Sequence[Finding], Sequence[str]]:
        exchange.inside = received.value.note
        return [Finding("", "note.a", "too short")], [f"note.{received.value.size}"]

    exchange = judged(b'{"size":2,"note":"{}"}', rules(inside={"order": look}, strict=True))
    assert [(found.clause, found.path, found.level) for found in exchange.violations] == [
        ("AC-R010", "note.a", "error"),
        ("AC-R009", "note.2", "warning"),
    ]
    assert (refusal(exchange), exchange.inside) == ("note.a: too short", "{}")


def test_parameters_as_they_came() -> None:
    def came(operation: Operation[Any, Any], query: str, body: bytes) -> Any:
        return Exchange(HttpCall("", "", query, (), body), 0.0, "", operation=operation).parameters

    assert came(BODY, "a=1", b'{"b":2}') == {"b": 2}
    assert came(BODY, "", b"") == came(BODY, "", b"{") == came(BODY, "", b"[1]") == {}
    assert came(QUERY, "a=1&b=", b'{"c":2}') == {"a": "1", "b": ""}


def test_what_stands_at_a_path() -> None:
    fields = {"a": [{"b": 1}], "c": "text"}
    assert at(fields, "a[0].b") == 1
    assert at(fields, "") is fields
    assert at(fields, "a[0].x") is ABSENT
    assert at(fields, "a[7]") == fields["a"]
    assert at(fields, "c.d") == "text"
    assert steps("a[0].b") == ["a", "b"]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ValidationError("got 7", path="a.b", expected="8", clause="AC-R003"), "a.b: got 7, expected 8 [AC-R003]"),
        (DecodeError("not JSON", offset=3), "not JSON (byte 3)"),
    ],
)
def test_an_error_is_one_sentence(error: CodecError, sentence: str) -> None:
    assert told(error) == sentence
