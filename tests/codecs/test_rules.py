"""Rules between fields, told once: judged, and shown as JSON Schema."""

from __future__ import annotations

from typing import Annotated

import msgspec
import pytest
from msgspec import UNSET, UnsetType

from avatarwire.codecs.core.findings import Finding, deviation
from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.message import Message, doc
from avatarwire.codecs.rules import Variant, given, judged, nested

from .aliyun.http_samples import schema_accepts

CIRCLE = Variant("shape", "CIRCLE", needs={"size.radius": "X-1"}, omits={"corners": "X-2", "size.width": "X-3"})


class Part(Message):
    name_of_it: Annotated[str, doc("a name")] | UnsetType = UNSET
    fine: Annotated[bool, doc("whether it is right")] = True

    def check(self) -> tuple[Finding, ...]:
        if not self.fine:
            raise ValidationError("is not", path="fine", expected="true", clause="X-4")
        return () if self.name_of_it is UNSET else (deviation("X-5", "nameOfIt", "has a name"),)


def test_what_is_needed_must_be_there() -> None:
    with pytest.raises(ValidationError) as caught:
        CIRCLE.check({"shape"})
    assert (caught.value.path, caught.value.expected, caught.value.clause) == (
        "size.radius", "a value, as shape is CIRCLE", "X-1",
    )  # fmt: skip


def test_what_is_left_out_is_a_deviation_each() -> None:
    assert CIRCLE.check({"size.radius"}) == ()
    assert CIRCLE.check({"size.radius", "size.width", "corners"}) == (
        deviation("X-2", "corners", "corners is left out when shape is CIRCLE"),
        deviation("X-3", "size.width", "size.width is left out when shape is CIRCLE"),
    )


def test_a_value_that_is_no_text_is_told_as_json_writes_it() -> None:
    marked = Variant("round", True, needs={"radius": "X-1"})
    with pytest.raises(ValidationError, match=r"^radius: .*, expected a value, as round is true"):
        judged((marked,), True, {"round"})
    assert judged((marked,), False, {"round"}) == ()


def test_only_the_variant_of_the_value_counts() -> None:
    assert judged((CIRCLE,), "SQUARE", {"corners"}) == ()
    assert [item.clause for item in judged((CIRCLE,), "CIRCLE", {"size.radius", "corners"})] == ["X-2"]


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        ({"shape": "CIRCLE", "size": {"radius": 1}}, True),
        ({"shape": "CIRCLE", "size": {}}, False),
        ({"shape": "CIRCLE", "size": {"radius": 1, "width": 2}}, False),
        ({"shape": "CIRCLE", "size": {"radius": 1}, "corners": 4}, False),
        ({"shape": "SQUARE", "corners": 4}, True),
        ({"corners": 4}, True),
    ],
)
def test_the_schema_tells_the_same(value: object, valid: bool) -> None:
    assert schema_accepts(dict(CIRCLE.schema()), value) is valid


def test_fields_that_are_there_go_by_their_wire_names() -> None:
    assert given(Part()) == {"fine"}
    assert given(msgspec.convert({"nameOfIt": "x"}, Part), "part") == {"part.nameOfIt", "part.fine"}


def test_a_part_is_judged_under_its_path() -> None:
    # These two cannot be made, only received.
    named = msgspec.convert({"nameOfIt": "x"}, Part)
    assert nested("list[2]", named) == (deviation("X-5", "list[2].nameOfIt", "has a name"),)

    class Whole(Message):
        def check(self) -> tuple[Finding, ...]:
            return (deviation("X-6", "", "as a whole"),)

    assert nested("list[3]", msgspec.convert({}, Whole)) == (deviation("X-6", "list[3]", "as a whole"),)

    wrong = msgspec.convert({"fine": False}, Part)
    with pytest.raises(ValidationError, match=r"^list\[2\]\.fine: is not, expected true \[X-4\]$"):
        nested("list[2]", wrong)
