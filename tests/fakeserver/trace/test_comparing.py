"""Two traces are aligned by message and session; what is made up anew in each run is no difference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from avatarwire.fakeserver.trace import Trace
from avatarwire.fakeserver.trace.comparing import compared

from .recorded import talk, trace


def test_the_same_talk_has_no_difference(tmp_path: Path) -> None:
    result = compared(talk(tmp_path / "a"), talk(tmp_path / "b", session="t-2222222"))
    assert result.lines == []
    assert (result.same, result.mapped) == (5, {"s-1111111": "t-2222222"})


def test_another_value_is_one(tmp_path: Path) -> None:
    result = compared(talk(tmp_path / "a"), talk(tmp_path / "b", text="hi"))
    assert result.lines == [
        "#4 in text_drive.request session s-1111111 / #4: text: 'hello' -> 'hi'",
        "#5 out text_drive.response session s-1111111 / #5: content: 'you said hello' -> 'you said hi'",
    ]
    assert result.same == 3


def test_a_member_that_is_missing_or_new(tmp_path: Path) -> None:
    result = compared(talk(tmp_path / "a", finish=True), talk(tmp_path / "b", success=False))
    assert [line.partition(": ")[2] for line in result.lines] == [
        "finish: True -> missing", "success: missing -> False",
    ]  # fmt: skip


def test_an_id_has_to_stand_for_the_same(tmp_path: Path) -> None:
    def two(name: str, first: str, second: str) -> Trace:
        entry = {"transport": "http", "direction": "out", "message": "m"}
        return trace(tmp_path / name, *({**entry, "body": {"taskId": it}} for it in (first, second)))

    assert compared(two("a", "one", "two"), two("b", "three", "four")).lines == []
    assert compared(two("c", "one", "one"), two("d", "three", "four")).lines == [
        "#2 out m / #2: taskId: 'one' -> 'four'"
    ]


def test_ids_inside_of_texts(tmp_path: Path) -> None:
    def one(name: str, session: str, place: str) -> Trace:
        body = {"sessionId": session, "lan": f"rtmp://{place}/{session}.flv"}
        return trace(tmp_path / name, {"transport": "mqtt", "direction": "out", "message": "m", "body": body})

    first = one("a", "session-1", "h")
    assert compared(first, one("b", "session-2", "h")).lines == []
    assert compared(first, one("c", "session-2", "other")).lines != []


def test_what_is_in_one_only(tmp_path: Path) -> None:
    whole, entry = talk(tmp_path / "a"), {"transport": "ws", "direction": "out", "message": "m"}
    result = compared(whole, trace(tmp_path / "b", entry))
    assert len(result.lines) == 6
    assert f"only in {tmp_path / 'b'}: #1 out m" in result.lines
    assert f"only in {tmp_path / 'a'}: #1 in start.request session s-1111111" in result.lines


def test_clauses_and_statuses_are_compared(tmp_path: Path) -> None:
    entry: dict[str, Any] = {"transport": "http", "direction": "in", "message": "m", "body": {}}
    broken = {
        "violations": ({"clause": "ALI-R022", "path": "", "reason": "no"},),
        "deviations": ("ALI-E15",),
        "status": 400,
    }
    result = compared(trace(tmp_path / "a", dict(entry)), trace(tmp_path / "b", {**entry, **broken}))
    assert [line.partition(": ")[2] for line in result.lines] == [
        "status None -> 400", "deviations nothing -> ALI-E15", "breaks nothing -> ALI-R022",
    ]  # fmt: skip


def test_sound_is_compared_without_the_serial_number_of_its_frame(tmp_path: Path) -> None:
    sound = {"transport": "ws", "direction": "in", "message": "asr.data.request", "session": "s-1111111"}
    frames = [b"\x00\x03\x82" + serial + said for serial, said in ((b"SERIAL01", b"ab"), (b"SERIAL02", b"ab"))]
    one, two = (trace(tmp_path / str(number), {**sound, "data": data}) for number, data in enumerate(frames))
    assert (compared(one, two).lines, compared(one, two).same) == ([], 1)
    other = trace(tmp_path / "other", {**sound, "data": frames[0][:-1] + b"c"})
    assert len(compared(one, other).lines) == 1
