"""What people type, pipe and keep in files becomes frames and JSON objects, each with the place it came from."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from avatarwire.codecs.errors import DecodeError
from avatarwire.codecs.items import Item, message_items, object_items

PING = bytes.fromhex("0e01ff53455249414c30317b7d")


def read(*arguments: str, stdin: bytes = b"") -> list[tuple[str, bytes]]:
    """The frames that arguments name, with their places."""
    return [(item.place, item.message()) for item in message_items(arguments, io.BytesIO(stdin))]


def objects(*arguments: str, stdin: bytes = b"") -> list[tuple[str, dict[str, object]]]:
    """The JSON objects that arguments name, with their places."""
    return [(item.place, item.fields()) for item in object_items(arguments, io.BytesIO(stdin))]


@pytest.mark.parametrize(
    "text",
    [
        "0e01ff53455249414c30317b7d",
        "0E 01 FF 53 45 52 49 41 4C 30 31 7B 7D",
        "0e:01:ff:53:45:52:49:41:4c:30:31:7b:7d",
        "0x0e, 0x01, 0xff, 0x53, 0x45, 0x52, 0x49, 0x41, 0x4c, 0x30, 0x31, 0x7b, 0x7d",
        "0X0e01ff 53455249414c3031\t7b7d",
    ],
)
def test_hex_is_read_with_what_people_put_between(text: str) -> None:
    assert read(text) == [("argument 1", PING)]


@pytest.mark.parametrize(
    ("text", "reason", "offset"),
    [
        ("0e01f", "5 hex digits", 2),
        ("0e 01 fg", "character 8 is 'g'", 2),
        ("0e 0x01\\xff", "character 8 is '\\\\'", 2),
        ("١٢", "character 1 is '١'", 0),
    ],
)
def test_what_is_no_hex_is_told_by_its_place(text: str, reason: str, offset: int) -> None:
    with pytest.raises(DecodeError) as caught:
        read(text)
    assert (caught.value.reason, caught.value.offset) == (reason, offset)
    assert caught.value.expected == "pairs of hex digits, or the name of a file"


def test_a_text_file_has_a_frame_on_each_line(tmp_path: Path) -> None:
    file = tmp_path / "calls.hex"
    file.write_bytes(b"\xef\xbb\xbf# \xe5\xbf\x83\xe8\xb7\xb3\n\n0e01ff # begins\r\n  0f 01 ff\n")
    assert read(str(file)) == [(f"{file}:3", b"\x0e\x01\xff"), (f"{file}:4", b"\x0f\x01\xff")]


def test_lines_of_a_file_do_not_hint_at_files(tmp_path: Path) -> None:
    file = tmp_path / "calls.hex"
    file.write_text("zz\n", encoding="utf-8")
    with pytest.raises(DecodeError, match=r"expected pairs of hex digits$"):
        read(str(file))


@pytest.mark.parametrize("data", [PING, PING + b"\n0e", b"\xe9t\xe9"])
def test_a_file_that_is_no_text_is_one_frame(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "frame.bin"
    file.write_bytes(data)
    assert read(str(file)) == [(str(file), data)]


def test_standard_input_is_read_like_a_file() -> None:
    assert read("-", stdin=b"0e01\n0f01\n") == [("line 1", b"\x0e\x01"), ("line 2", b"\x0f\x01")]
    assert read("-", stdin=PING) == [("standard input", PING)]
    assert read("-") == []


def test_arguments_are_counted_and_mixed() -> None:
    assert read("0e", "-", "0f", stdin=b"01\n") == [
        ("argument 1", b"\x0e"),
        ("line 1", b"\x01"),
        ("argument 3", b"\x0f"),
    ]


def test_a_byte_order_mark_before_an_argument_is_part_of_the_message() -> None:
    """Which its codec reports; that of a file is the file's."""
    assert read('\ufeff{"a":1}') == [("argument 1", b'\xef\xbb\xbf{"a":1}')]


def test_lines_are_handed_on_before_the_input_ends() -> None:
    class Endless(io.BytesIO):
        """A pipe that somebody still writes into."""

        def read(self, size: int | None = -1, /) -> bytes:
            raise AssertionError("waits for an end that does not come")

    first = next(iter(message_items(["-"], Endless(b"0e01ff\n0f01ff\n"))))
    assert first == Item("line 1", b"0e01ff", "line")
    assert next(iter(object_items(["-"], Endless(b'{"a":1}\n{"a":2}\n')))).fields() == {"a": 1}


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="directory"):
        read(str(tmp_path))


def test_an_object_may_be_an_argument_a_line_or_a_whole_file(tmp_path: Path) -> None:
    lines = tmp_path / "lines.ndjson"
    lines.write_text('\ufeff{"a":1}\n\n{"a":2}\n', encoding="utf-8")
    whole = tmp_path / "whole.json"
    whole.write_text('{\n  "a": 3\n}\n', encoding="utf-8")
    assert objects('{"a":0}', str(lines), str(whole)) == [
        ("argument 1", {"a": 0}),
        (f"{lines}:1", {"a": 1}),
        (f"{lines}:3", {"a": 2}),
        (str(whole), {"a": 3}),
    ]


def test_objects_come_from_standard_input() -> None:
    assert objects("-", stdin=b'\n{"a":1}\n') == [("line 2", {"a": 1})]
    assert objects("-", stdin=b'{"a":\n1}\n') == [("standard input", {"a": 1})]


def test_a_broken_first_line_does_not_break_the_others() -> None:
    items = list(object_items(["-"], io.BytesIO(b'{"a":\n{"a":2}\n')))
    assert [item.place for item in items] == ["line 1", "line 2"]
    with pytest.raises(DecodeError) as caught:
        items[0].fields()
    assert (caught.value.reason, caught.value.offset) == ("the JSON text ends too early", 5)
    assert caught.value.expected == "a JSON object in UTF-8"
    assert items[1].fields() == {"a": 2}


@pytest.mark.parametrize(("text", "reason"), [("[1]", "got [1]"), ("calls.json", "not JSON: invalid character")])
def test_what_is_no_object_is_told(text: str, reason: str) -> None:
    with pytest.raises(DecodeError) as caught:
        objects(text)
    assert (caught.value.reason, caught.value.expected) == (reason, "a JSON object in UTF-8, or the name of a file")


# --- messages that are JSON ---


def payloads(*arguments: str, stdin: bytes = b"") -> list[tuple[str, bytes]]:
    """The JSON payloads that arguments name, with their places."""
    return [(item.place, item.message()) for item in message_items(arguments, io.BytesIO(stdin), in_hex=False)]


def test_json_and_queries_stand_among_frames(tmp_path: Path) -> None:
    assert read('{"a":1}', " [1]", "projectIdList=a%2Cb", "0e01ff") == [
        ("argument 1", b'{"a":1}'),
        ("argument 2", b" [1]"),
        ("argument 3", b"projectIdList=a%2Cb"),
        ("argument 4", b"\x0e\x01\xff"),
    ]
    whole = tmp_path / "whole.json"
    whole.write_bytes(b'{\n  "a": 1\n}\n')
    assert read(str(whole)) == [(str(whole), b'{\n  "a": 1\n}\n')]


def test_a_payload_may_be_json_or_hex_of_it() -> None:
    assert payloads('{"a":1}', "7b7d", "7B 7D", "0x7b7d", "nonsense") == [
        ("argument 1", b'{"a":1}'),
        ("argument 2", b"{}"),
        ("argument 3", b"{}"),
        ("argument 4", b"{}"),
        ("argument 5", b"nonsense"),
    ]


def test_payloads_stand_on_lines(tmp_path: Path) -> None:
    lines = tmp_path / "talk.ndjson"
    lines.write_bytes(b'\xef\xbb\xbf{"a":1}\n\n7b7d\r\n{"a":\n')
    assert payloads(str(lines)) == [(f"{lines}:1", b'{"a":1}'), (f"{lines}:3", b"{}"), (f"{lines}:4", b'{"a":')]


def test_a_payload_may_be_a_whole_file(tmp_path: Path) -> None:
    whole = tmp_path / "whole.json"
    text = b'{\n  "a": [\n    1\n  ]\n}\n'
    whole.write_bytes(text)
    assert payloads(str(whole)) == [(str(whole), text)]
    assert payloads("-", stdin=text) == [("standard input", text)]


def test_a_whole_file_that_is_no_json_is_one_payload_all_the_same() -> None:
    text = b'{\n  "id": 9, -- the id\n  "method": "x"\n}\n'
    assert payloads("-", stdin=text) == [("standard input", text)]


def test_a_broken_first_payload_does_not_break_the_others() -> None:
    assert payloads("-", stdin=b'{"a":\n{"a":2}\n') == [("line 1", b'{"a":'), ("line 2", b'{"a":2}')]


def test_payloads_are_handed_on_before_the_input_ends() -> None:
    class Endless(io.BytesIO):
        """A pipe that somebody still writes into."""

        def read(self, size: int | None = -1, /) -> bytes:
            raise AssertionError("waits for an end that does not come")

    assert next(iter(message_items(["-"], Endless(b'{"a":1}\n{"a":2}\n'), in_hex=False))).message() == b'{"a":1}'
