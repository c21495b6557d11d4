"""Wire paths of rules: what stands there, putting it there, taking it."""

from __future__ import annotations

import pytest

from avatarwire.fakeserver.wire_paths import ABSENT, PathError, find, parse, put, take

BODY = {"data": {"list": [{"name": "a"}, {"name": "b"}], "config": '{"rate": 16000, "tags": ["x"]}'}}


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("finish", ("finish",)),
        ("data.list[1].name", ("data", "list", 1, "name")),
        ("[0].id", (0, "id")),
        ("params.http-flv", ("params", "http-flv")),
    ],
)
def test_a_path_has_dots_and_indices(text: str, path: tuple[str | int, ...]) -> None:
    assert parse(text) == path


@pytest.mark.parametrize("text", ["", ".a", "a.", "a..b", "a[", "a[x]", "a[-1]", "a]b", "a[01]"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(PathError, match="expected a wire path"):
        parse(text)


def test_a_text_that_is_json_is_entered() -> None:
    assert find(BODY, parse("data.config.rate")) == 16000
    assert find(BODY, parse("data.config.tags[0]")) == "x"
    assert put(BODY, parse("data.config.rate"), 8000)["data"]["config"] == '{"rate":8000,"tags":["x"]}'  # type: ignore[index]


def test_what_is_not_there_is_absent() -> None:
    for text in ("nothing", "data.list[2]", "data.list.name", "data.config.rate.more"):
        assert find(BODY, parse(text)) is ABSENT, text


def test_putting_makes_what_lacks_on_the_way_and_leaves_the_rest() -> None:
    assert put({"a": 1}, parse("b.c"), True) == {"a": 1, "b": {"c": True}}
    assert put({"a": [1]}, parse("a[1]"), 2) == {"a": [1, 2]}
    with pytest.raises(PathError, match=r"no item \[3\] in a list of 2"):
        put(BODY, parse("data.list[3].name"), "c")
    with pytest.raises(PathError, match="no object to have a member x"):
        put({"a": 1}, parse("a.x"), 2)


def test_taking_leaves_no_trace() -> None:
    assert take(BODY, parse("data.list[0]")) == {"data": {**BODY["data"], "list": [{"name": "b"}]}}
    assert take({"a": {"b": 1, "c": 2}}, parse("a.b")) == {"a": {"c": 2}}
    with pytest.raises(PathError, match="there is no name"):
        take(BODY, parse("data.name"))
