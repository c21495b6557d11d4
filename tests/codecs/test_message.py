"""What JSON messages share: checked when made, read strictly and then leniently, nothing received is lost."""

from __future__ import annotations

import copy
from typing import Annotated, Any

import msgspec
import pytest
from msgspec import UNSET, UnsetType

from avatarwire.codecs.core.constraints import Absent, Condition, Limits, when
from avatarwire.codecs.core.findings import clauses_of, deviation
from avatarwire.codecs.core.json_codec import JsonCodec, Partial
from avatarwire.codecs.core.received import Received, unknown_fields
from avatarwire.codecs.core.repairs import Convert, Drop, RawRepair, from_digits
from avatarwire.codecs.errors import CodecError, DecodeError, EncodeError, ValidationError
from avatarwire.codecs.message import Message, doc

EMPTY: dict[str, Any] = {}
NO_TIP = Absent("tip", clause="X-E1", tolerated=True, reason="a tip on credit")


class Item(Message):
    item_name: Annotated[str, doc("what it is", "X-1", min_length=1)]


class Order(Message):
    """An order, the sample message of these tests."""

    order_id: Annotated[str, doc("id of the order", "X-2", min_length=1, example="o-1")]
    amount: Annotated[int, doc("pieces", "X-3", ge=1, le=99)]
    photo: bytes = b""
    items: tuple[Item, ...] = ()
    tip: int | UnsetType = UNSET
    credit: bool = False

    constraints = when(
        "credit", True, Limits("amount", le=9, clause="X-4", reason="too much on credit", expected="at most 9"), NO_TIP
    )


class PartialOrder(Order):
    """An order received without its id."""

    order_id: str = ""


def quiet(data: bytes) -> bytes | None:
    return data[1:] if data.startswith(b"!") else None


def shouted(data: bytes) -> bytes:
    return b"!" + data


ORDER = JsonCodec(
    Order,
    vendor="v",
    message="order",
    repairs=(
        Convert("X-E2", "amount", to=from_digits, does="{name} is a text", example="7"),
        Drop("X-E1", "tip", when=Condition("credit", (True,)), does=NO_TIP.reason, example=1),
    ),
    raw_repairs=(RawRepair("X-E3", "begins with a bang", quiet, shouted),),
    partial=Partial("orderId", PartialOrder, "X-E4"),
)


# --- making messages ---


def test_a_message_is_made_from_snake_case_and_travels_in_camel_case() -> None:
    order = Order(order_id="o-1", amount=2, items=(Item(item_name="tea"),), photo=b"\0\1")
    assert ORDER.encode(order) == (
        b'{"orderId":"o-1","amount":2,"photo":"AAE=","items":[{"itemName":"tea"}],"credit":false}'
    )
    assert order.to_dict() == {
        "orderId": "o-1",
        "amount": 2,
        "photo": "AAE=",
        "items": [{"itemName": "tea"}],
        "credit": False,
    }


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"amount": 1}, "Order: orderId: required field is missing, expected text that is not empty [X-2]"),
        ({"order_id": "", "amount": 1}, "Order: orderId: value out of range, expected text that is not empty [X-2]"),
        ({"order_id": b"o", "amount": 1}, "Order: orderId: got bytes, expected text that is not empty [X-2]"),
        ({"order_id": "o", "amount": 0}, "Order: amount: value out of range, expected an integer from 1 to 99 [X-3]"),
        ({"order_id": "o", "amount": "1"}, "Order: amount: got text, expected an integer from 1 to 99 [X-3]"),
        ({"order_id": "o", "amount": 1, "photo": "AAE="}, "Order: photo: got text, expected Base64 text"),
        ({"order_id": "o", "amount": 1, "items": 5}, "Order: items: got an integer, expected a list"),
        ({"order_id": "o", "amount": 1, "items": [EMPTY]}, "Order: items[0].itemName: required field is missing"),
        ({"order_id": "\ud800", "amount": 1}, "Order: a text holds half a surrogate pair"),
        ({"order_id": Order, "amount": 1}, "Order: orderId: got MessageMeta, expected text that is not empty [X-2]"),
        (
            {"order_id": "o", "amount": 10, "credit": True},
            "Order: amount: too much on credit, expected at most 9 [X-4]",
        ),
        ({"order_id": "o", "amount": 1, "credit": True, "tip": 1}, "Order: tip: a tip on credit [X-E1]"),
    ],
)
def test_a_wrong_message_cannot_be_made(fields: dict[str, Any], text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Order(**fields)
    assert str(caught.value).startswith(text)


def test_a_misspelt_argument_is_the_callers_mistake() -> None:
    misspelt: dict[str, Any] = {"ammount": 2}
    with pytest.raises(TypeError, match="ammount"):
        Order(order_id="o", amount=1, **misspelt)


def test_fields_are_given_by_name_only() -> None:
    with pytest.raises(TypeError, match="positional"):
        Item("tea")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # what is tested


def test_making_a_message_settles_its_types() -> None:
    given: Any = {"order_id": "o", "amount": 1, "items": [{"itemName": "tea"}], "photo": bytearray(b"\0")}
    assert Order(**given) == Order(order_id="o", amount=1, items=(Item(item_name="tea"),), photo=b"\0")


def test_a_message_never_changes() -> None:
    order = Order(order_id="o", amount=1)
    with pytest.raises(AttributeError):
        order.amount = 2  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]  # what is tested


def test_a_message_may_be_made_without_a_check_where_every_value_is_known_to_be_right() -> None:
    assert Order.trusted(order_id="o", amount=1) == Order(order_id="o", amount=1)
    assert Order.trusted(order_id="o", amount=100).amount == 100
    with pytest.raises(TypeError, match="order_id"):
        Order.trusted(amount=1)


def test_a_changed_copy_is_checked_like_a_new_message() -> None:
    order = Order(order_id="o", amount=1)
    assert order.replace(amount=99) == Order(order_id="o", amount=99)
    with pytest.raises(ValidationError, match="amount"):
        order.replace(amount=100)


def test_a_message_can_be_a_key_and_be_copied() -> None:
    order = Order(order_id="o", amount=1)
    assert {order: 1}[copy.deepcopy(order)] == 1


def test_a_message_without_rules_of_its_own_has_none() -> None:
    assert Item(item_name="tea").check() == ()
    assert Item.constraints == ()
    assert Message().check() == ()


# --- reading ---


@pytest.mark.parametrize("strict", [False, True])
def test_the_ruled_form_has_no_deviations(strict: bool) -> None:
    data = b'{"amount":1, "orderId":"o-1","extra":{"deep":1},"items":[{"itemName":"tea","size":"L"}]}'

    decoded = ORDER.decode(data, strict=strict)

    assert decoded.value == Order(order_id="o-1", amount=1, items=(Item(item_name="tea"),))
    assert decoded.deviations == ()
    assert decoded.encode() == data
    assert decoded.unknown_fields() == {"extra": {"deep": 1}, "items[0].size": "L"}


@pytest.mark.parametrize(
    ("data", "value", "deviations", "refusal"),
    [
        (
            b'{"orderId":"o","amount":"7"}',
            Order(order_id="o", amount=7),
            ("X-E2",),
            "v order: amount: amount is a text [X-E2]",
        ),
        (
            b'!{"orderId":"o","amount":7}',
            Order(order_id="o", amount=7),
            ("X-E3",),
            "v order: begins with a bang [X-E3]",
        ),
        (
            b'{"orderId":"o","amount":7,"credit":true,"tip":1}',
            Order(order_id="o", amount=7, credit=True),
            ("X-E1",),
            "v order: tip: a tip on credit [X-E1]",
        ),
        (
            b'{"amount":7}',
            PartialOrder(amount=7),
            ("X-E4",),
            "v order: orderId: orderId is missing [X-E4]",
        ),
        (
            b'!{"amount":"7"}',
            PartialOrder(amount=7),
            ("X-E3", "X-E2", "X-E4"),
            "v order: begins with a bang [X-E3] (and 2 more)",
        ),
    ],
)
def test_a_documented_variant_is_understood_and_named_or_refused(
    data: bytes, value: Order, deviations: tuple[str, ...], refusal: str
) -> None:
    decoded = ORDER.decode(data)
    assert (decoded.value, decoded.deviations) == (value, deviations)
    assert type(decoded.value) is type(value)
    assert decoded.encode() == data

    with pytest.raises(ValidationError) as caught:
        ORDER.decode(data, strict=True)
    assert str(caught.value) == refusal


@pytest.mark.parametrize(
    ("data", "kind", "text"),
    [
        (b"", DecodeError, "v order: byte 50: empty payload, expected a JSON object in UTF-8"),
        (b'{"orderId":"o",?', DecodeError, "v order: byte 65: not JSON: object keys must be strings"),
        (b'!{"orderId":"o",?', DecodeError, "v order: byte 66: not JSON: object keys must be strings"),
        (b"[]", ValidationError, "v order: byte 50: got a list, expected a JSON object"),
        (b'"o"', ValidationError, "v order: byte 50: got text, expected a JSON object"),
        (b"true", ValidationError, "v order: byte 50: got true or false, expected a JSON object"),
        (b"null", ValidationError, "v order: byte 50: got null, expected a JSON object"),
        (b"1.5", ValidationError, "v order: byte 50: got a number, expected a JSON object"),
        (b'{"orderId":"o"}', ValidationError, "v order: amount: required field is missing, expected an integer"),
        (b'{"orderId":"o","amount":100}', ValidationError, "v order: amount: value out of range"),
        (b'{"orderId":null,"amount":1}', ValidationError, "v order: orderId: got null"),
        (b'{"orderId":"o","amount":10,"credit":true}', ValidationError, "v order: amount: too much on credit"),
    ],
)
@pytest.mark.parametrize("strict", [False, True])
def test_what_nothing_explains_is_refused(data: bytes, kind: type[CodecError], text: str, strict: bool) -> None:
    with pytest.raises(DecodeError) as caught:
        ORDER.decode(data, strict=strict, offset=50)
    assert type(caught.value) is kind
    assert str(caught.value).startswith(text)


def test_a_message_without_rules_is_read_without_looking_for_them() -> None:
    codec = JsonCodec(Item, vendor="v", message="item")
    assert not codec.has_check
    assert codec.decode(b'{"itemName":"tea"}').value == Item(item_name="tea")


def test_a_message_of_a_narrower_type_is_written_as_one_that_was_received_may_be() -> None:
    class Named(Item):
        """An item of a kind of its own."""

    codec = JsonCodec(Item, vendor="v", message="item")
    assert codec.encode(Named(item_name="tea"), strict=False) == b'{"itemName":"tea"}'
    with pytest.raises(EncodeError, match="got Named"):
        codec.encode(Named(item_name="tea"))


def test_of_members_given_twice_the_last_counts() -> None:
    strict = ORDER.decode(b'{"orderId":"a","orderId":"b","amount":1}')
    lenient = ORDER.decode(b'{"orderId":"a","orderId":"b","amount":"1"}')
    assert strict.value.order_id == lenient.value.order_id == "b"


def test_decoded_json_can_be_read_too() -> None:
    fields = {"orderId": "o", "amount": 3, "extra": 1}
    decoded = ORDER.convert(fields)
    assert decoded == Received(
        Order(order_id="o", amount=3), (), b'{"orderId":"o","amount":3,"extra":1}', ORDER.message
    )
    assert decoded.unknown_fields() == {"extra": 1}


def test_reading_decoded_json_leaves_it_as_it_is() -> None:
    fields = {"orderId": "o", "amount": "3"}
    decoded = ORDER.convert(fields)
    assert (decoded.deviations, decoded.raw) == (("X-E2",), b'{"orderId":"o","amount":"3"}')
    assert fields == {"orderId": "o", "amount": "3"}
    with pytest.raises(ValidationError, match="X-E2"):
        ORDER.convert(fields, strict=True)


def test_texts_stand_for_numbers_and_flags_where_a_query_string_carries_them() -> None:
    plain = JsonCodec(Order, vendor="v", message="order")
    fields = {"orderId": "o", "amount": "3", "credit": "true"}
    assert plain.convert(fields, text_values=True).value == Order(order_id="o", amount=3, credit=True)
    with pytest.raises(ValidationError, match="credit: got text"):
        plain.convert(fields)


def test_what_json_cannot_hold_has_no_bytes_to_give_back() -> None:
    decoded = ORDER.convert({"orderId": "o", "amount": 1, "extra": object()})
    assert (decoded.raw, decoded.unknown_fields()) == (b"", {})


# --- writing ---


def test_only_the_message_itself_is_written() -> None:
    incomplete: Any = ORDER.decode(b'{"amount":1}').value
    with pytest.raises(EncodeError) as caught:
        ORDER.encode(incomplete)
    assert str(caught.value) == "v order: got PartialOrder, expected Order"


def test_rules_hold_for_messages_changed_behind_the_back_of_their_class() -> None:
    order = Order(order_id="o", amount=9, credit=True)
    with pytest.raises(ValidationError, match=r"v order: amount: too much on credit, expected at most 9 \[X-4\]"):
        ORDER.encode(msgspec.structs.replace(order, amount=10))
    with pytest.raises(ValidationError, match=r"v order: tip: a tip on credit \[X-E1\]"):
        ORDER.encode(msgspec.structs.replace(order, tip=1))
    with pytest.raises(EncodeError, match="half a surrogate pair"):
        ORDER.encode(msgspec.structs.replace(order, order_id="\udfff"))


# --- deviations and documentation ---


def test_an_erratum_counts_once_however_often_it_is_met() -> None:
    found = [deviation("B", "x", ""), deviation("A", "y", ""), deviation("B", "z", "")]
    assert clauses_of(found) == ("B", "A")


@pytest.mark.parametrize("raw", [b"", b"?", b"[1]", b'"text"', b"\xff"])
def test_there_are_no_unknown_fields_where_there_are_no_fields(raw: bytes) -> None:
    assert unknown_fields(Order, raw) == {}


def test_the_documentation_of_a_field_reaches_the_schema() -> None:
    about = doc("how much", "X-9", ge=1, values=(1, 2), example=1)
    assert msgspec.json.schema(Annotated[int, about]) == {
        "description": "how much",
        "type": "integer",
        "minimum": 1,
        "examples": [1],
        "x-clause": "X-9",
        "x-documented-values": [1, 2],
    }
    assert about.extra == {
        "clause": "X-9", "values": (1, 2), "tolerated": "", "level": "error", "text_of": None, "also": (),
    }  # fmt: skip


def test_a_field_may_be_documented_by_words_alone() -> None:
    assert msgspec.json.schema(Annotated[str, doc("a text")]) == {"description": "a text", "type": "string"}
