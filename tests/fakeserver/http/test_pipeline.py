"""The way of a call, shown with a library of books as the vendor: what is done in which order, and what is answered."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final

import pytest

from avatarwire.codecs.core.json_codec import JsonCodec
from avatarwire.codecs.message import Message, doc
from avatarwire.codecs.operation import Operation
from avatarwire.fakeserver.effects import HttpAnswer, HttpCall
from avatarwire.fakeserver.http.exchange import Deferred, Exchange
from avatarwire.fakeserver.http.pipeline import Pipeline, Rules
from avatarwire.fakeserver.http.refusal import Common, Refusal
from avatarwire.fakeserver.http.validation import Validation, json_content, told
from avatarwire.fakeserver.journal.entry import Violation
from tests.fakeserver.calls import answered, pending, settled


class Lend(Message):
    session_id: Annotated[str, doc("which visit", "LIB-1", min_length=1)]
    shelf: Annotated[int, doc("which shelf", "LIB-2", ge=1)]


class Lent(Message):
    session_id: str
    reader: str


LEND: Final = Operation(
    "lend",
    "library",
    "lend a book",
    "POST",
    "/lend",
    "body",
    JsonCodec(Lend, vendor="library", message="lend.request"),
    JsonCodec(Lent, vendor="library", message="lend.response"),
)
COMMON: Final = Common(
    no_path=("nowhere", 404), other_method=("not like this", 405), too_large=("too much", 413), failed=("broken", 500)
)
NOW: Final = 1000.0


def nothing_is_held(exchange: Exchange[Any], finding: Violation) -> bool:
    """The library has no ledger."""
    del exchange, finding
    return False


class Library:
    """The vendor: readers with cards, and what was done to calls, in order."""

    def __init__(self, **changes: Any) -> None:
        self.done: list[str] = []
        self.reply: Any = None
        rules: dict[str, Any] = {
            "operations": (LEND,),
            "account": "nobody",
            "checks": (self.card, json_content("LIB-4", lambda reason: Refusal(reason, "no json"), strict=True)),
            "validation": Validation(
                strict=False,
                misplaced="LIB-5",
                unknown="LIB-6",
                form="LIB-7",
                refuse=lambda _, error: Refusal(told(error), "wrong"),
                held=nothing_is_held,
            ),
            "passed": self.let_in,
            "handlers": {"lend": self.lend},
            "success": self.success,
            "failure": self.failure,
            "common": COMMON,
            "route_clause": "LIB-8",
            "new_request_id": lambda: "id-1",
            **changes,
        }
        self.http: Pipeline[str] = Pipeline(Rules(**rules))

    def card(self, exchange: Exchange[str]) -> None:
        """A check: the card says who calls."""
        self.done.append("looked at the card")
        reader = exchange.headers.get("card")
        if reader is None:
            raise Refusal("no card", "who", Violation("LIB-3", "card", "it is missing"), status=401)
        exchange.account = reader

    def let_in(self, exchange: Exchange[str]) -> None:
        """What comes of it that all checks are passed."""
        self.done.append(f"let {exchange.account} in")

    def lend(self, request: Lend, exchange: Exchange[str]) -> Any:
        """The handler."""
        self.done.append(f"lent a book of shelf {request.shelf} at {exchange.now:g}")
        if request.shelf == 13:
            raise Refusal("it is empty", "empty")
        if request.shelf == 14:
            raise KeyError("the reader's diary")
        return self.reply or Lent(session_id=f"visit of {exchange.account}", reader=exchange.account)

    @staticmethod
    def success(exchange: Exchange[str], reply: object) -> HttpAnswer:
        return exchange.answer(200, exchange.operation.encode_response(reply), reply, {"x-id": exchange.request_id})

    @staticmethod
    def failure(exchange: Exchange[str], refusal: Refusal) -> HttpAnswer:
        body = {"code": refusal.code, "why": refusal.reason}
        return exchange.answer(refusal.status, json.dumps(body).encode(), body, {"x-id": exchange.request_id})

    def call(self, shelf: Any = 3, method: str = "POST", path: str = "/lend", **headers: str) -> HttpAnswer:
        return answered(self.http, call(shelf, method, path, **headers), NOW)


def call(shelf: Any = 3, method: str = "POST", path: str = "/lend", **headers: str) -> HttpCall:
    """A call by Anna with what is expected of one."""
    told = {"Card": "Anna", "Content-Type": "application/json", **{name.title(): headers[name] for name in headers}}
    body = json.dumps({"sessionId": "visit-1", "shelf": shelf}).encode()
    return HttpCall(method, path, "", tuple(told.items()), body)


def failed(answer: HttpAnswer) -> tuple[int, str, str]:
    body = json.loads(answer.body)
    return answer.status, body["code"], body["why"]


@pytest.fixture
def library() -> Library:
    return Library()


# --- calls that are carried out ---


def test_a_call_is_checked_let_in_and_carried_out_in_this_order(library: Library) -> None:
    answer = library.call()
    assert library.done == ["looked at the card", "let Anna in", "lent a book of shelf 3 at 1000"]
    assert (answer.status, answer.body) == (200, b'{"sessionId":"visit of Anna","reader":"Anna"}')
    assert answer.headers == {"x-id": "id-1"}


def test_an_answer_says_what_the_journal_needs(library: Library) -> None:
    answer = library.call()
    assert (answer.request_message, answer.answer_message) == ("lend.request", "lend.response")
    assert answer.request == Lend(session_id="visit-1", shelf=3)
    assert answer.answer == Lent(session_id="visit of Anna", reader="Anna")
    assert (answer.session, answer.violations, answer.notes) == ("visit of Anna", (), {})


def test_reading_changes_nothing_that_operations_change(library: Library) -> None:
    exchange = library.http.read(call(), NOW)
    assert library.done == ["looked at the card"]
    assert (exchange.operation, exchange.account, exchange.now) == (LEND, "Anna", NOW)
    assert (exchange.request, exchange.session) == (Lend(session_id="visit-1", shelf=3), "visit-1")
    assert exchange.refusal is None
    answer = library.http.take(exchange)
    assert isinstance(answer, HttpAnswer)
    assert answer.status == 200


def test_whatever_notices_something_writes_it_into_the_exchange() -> None:
    def greet(exchange: Exchange[str]) -> None:
        exchange.violations.append(Violation("LIB-9", "", "no greeting", level="warning"))
        exchange.notes["note"] = "a rude one"
        exchange.secrets = ("Anna",)
        exchange.answer_headers = {"vary": "Mood"}

    answer = Library(checks=(greet,)).call()
    assert [found.clause for found in answer.violations] == ["LIB-9"]
    assert (answer.notes, answer.secrets) == ({"note": "a rude one"}, ("Anna",))
    assert answer.headers == {"x-id": "id-1", "vary": "Mood"}


# --- calls that are refused ---


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ({"path": "/steal"}, (404, "nowhere", "no operation has the path '/steal' [LIB-8]")),
        ({"method": "GET"}, (405, "not like this", "'GET' is not supported here, expected POST [LIB-8]")),
    ],
)
def test_what_is_no_operation_is_not_checked(library: Library, asked: dict[str, str], answer: Any) -> None:
    given = library.call(**asked)
    assert failed(given) == answer
    assert (library.done, given.request_message, given.answer_message) == ([], "", "")


def test_checks_come_before_parameters_and_the_first_refuses(library: Library) -> None:
    bare = HttpCall("POST", "/lend", "", (), b"{")
    answer = answered(library.http, bare, NOW)
    assert failed(answer) == (401, "who", "no card")
    assert [(found.clause, found.path) for found in answer.violations] == [("LIB-3", "card")]
    assert answer.request_message == "lend.request"
    told = answered(library.http, HttpCall("POST", "/lend", "", (("CARD", "Anna"),), b"{"), NOW)
    assert failed(told) == (200, "no json", "content-type: got '', expected application/json [LIB-4]")


def test_parameters_that_are_wrong_are_refused(library: Library) -> None:
    answer = library.call(shelf=0)
    assert failed(answer) == (200, "wrong", "shelf: value out of range, expected an integer of at least 1 [LIB-2]")
    assert library.done == ["looked at the card"]


def test_a_refusal_waits_in_the_exchange_until_it_is_answered(library: Library) -> None:
    exchange = library.http.read(call(shelf=0), NOW)
    assert exchange.refusal is not None
    assert exchange.refusal.code == "wrong"
    library.http.take(exchange)
    assert library.done == ["looked at the card"]


def test_a_handler_refuses_what_was_let_in(library: Library) -> None:
    assert failed(library.call(shelf=13)) == (200, "empty", "it is empty")
    assert library.done[-2:] == ["let Anna in", "lent a book of shelf 13 at 1000"]


def test_a_body_that_was_not_read_has_an_answer_too() -> None:
    assert failed(Library().http.too_large(10)) == (413, "too much", "the body is larger than 10 bytes")
    cited = Library(size_clause="LIB-10").http.too_large(10)
    assert failed(cited)[2] == "the body is larger than 10 bytes [LIB-10]"


# --- what nobody has meant ---


def test_what_goes_wrong_inside_is_answered_without_its_words(library: Library) -> None:
    answer = library.call(shelf=14)
    assert failed(answer) == (500, "broken", "the fake server failed; its journal says where")
    assert answer.notes["failure"].startswith("KeyError in Library.lend, line ")
    assert "diary" not in repr(answer)


def test_so_is_what_goes_wrong_in_a_check() -> None:
    def fall(exchange: Exchange[str]) -> None:
        raise RuntimeError(exchange.account)

    library = Library(checks=(fall,))
    exchange = library.http.read(call(), NOW)
    assert exchange.refusal is not None
    answer = library.http.take(exchange)
    assert isinstance(answer, HttpAnswer)
    assert failed(answer)[:2] == (500, "broken")
    assert library.done == []


def test_a_reply_that_cannot_be_written_is_an_error_inside(library: Library) -> None:
    library.reply = Lend(session_id="visit-1", shelf=3)
    assert failed(library.call())[:2] == (500, "broken")


# --- answers that are waited for, and others ---


@pytest.mark.parametrize(("fails", "status"), [(False, 200), (True, 500)])
async def test_an_answer_may_be_waited_for(library: Library, *, fails: bool, status: int) -> None:
    async def looked_up() -> Lent:
        if fails:
            raise RuntimeError("the reader's diary")
        return Lent(session_id="visit-2", reader="Anna")

    def finish(given: object) -> object:
        if isinstance(given, BaseException):
            raise given
        return given

    library.reply = Deferred(looked_up(), finish)
    answer = await settled(pending(library.http, call(), NOW))
    assert (answer.status, answer.session) == (status, "visit-1" if fails else "visit-2")
    assert ("failure" in answer.notes) is fails


def test_some_calls_are_answered_without_being_operations() -> None:
    def bell(exchange: Exchange[str]) -> HttpAnswer | None:
        return HttpAnswer(204, b"") if exchange.call.path == "/bell" else None

    library = Library(aside=bell)
    assert library.call(path="/bell") == HttpAnswer(204, b"")
    assert library.done == []
    assert library.call().status == 200
