"""Journals written as things happen: what is in the file, and what comes of a disk that is full."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from avatarwire.codecs.output_files import OutputError, OutputFile
from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.journal import Journal
from avatarwire.fakeserver.journal.written import written


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def seen(path: Path, count: int) -> list[dict[str, Any]]:
    """The lines of a file, once there are so many."""
    pause = threading.Event()
    for _ in range(2000):
        if len(lines_of(path)) >= count:
            break
        pause.wait(0.005)
    return lines_of(path)


def never(trouble: OutputError) -> None:
    raise AssertionError(trouble)


def test_what_happens_is_in_the_file_while_it_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "journal.ndjson"
    path.write_text("of an earlier run", encoding="utf-8")
    journal = Journal(VirtualClock(), vendor="aliyun")
    journal.note("before")
    with written([journal], OutputFile(path), never):
        assert [line.get("body") for line in seen(path, 2)] == [None, "before"]
        journal.note("token=h1dd3n")
        assert seen(path, 3)[2]["body"] == "token=***"
        journal.clear()
        journal.note("after")
        assert [line.get("seq") for line in seen(path, 4)] == [None, 1, 2, 3]
        journal.note("at the end")
    journal.note("too late")
    header, *entries = lines_of(path)
    assert (header["journal"], header["vendor"], header["started"]) == (1, "aliyun", journal.entries()[0].time)
    assert [entry["body"] for entry in entries] == ["before", "token=***", "after", "at the end"]


def test_several_journals_share_a_file_in_the_order_of_time(tmp_path: Path) -> None:
    path = tmp_path / "journal.ndjson"
    clock = VirtualClock()
    one, other = Journal(clock, vendor="one"), Journal(clock, vendor="other")
    other.note("first")
    clock.advance(1.0)
    one.note("second")
    with written([one, other], OutputFile(path), never):
        pass
    assert [(line["vendor"], line.get("body")) for line in lines_of(path)] == [
        ("one", None), ("other", None), ("other", "first"), ("one", "second"),
    ]  # fmt: skip


def test_entries_that_had_to_make_room_are_told_of(tmp_path: Path) -> None:
    path = tmp_path / "journal.ndjson"
    journal = Journal(VirtualClock(), budget_bytes=2000)
    for _ in range(20):
        journal.note("x" * 200)
    with written([journal], OutputFile(path), never):
        pass
    _, marker, *entries = lines_of(path)
    assert (marker["message"], marker["meta"]["dropped"] + len(entries)) == ("journal.dropped", 20)


class Filling(OutputFile):
    """A file on a disk that is full after so many writes."""

    room = 2

    @contextmanager
    def appending(self) -> Generator[Callable[[bytes], None]]:
        with super().appending() as write:

            def fill(data: bytes) -> None:
                self.room -= 1
                if self.room < 0:
                    raise OutputError(self.option, self.path, "No space left on device")
                write(data)

            yield fill


def test_a_disk_that_is_full_is_told_at_once_and_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "journal.ndjson"
    troubles: list[str] = []
    told = threading.Event()
    journal = Journal(VirtualClock())

    def troubled(trouble: OutputError) -> None:
        troubles.append(str(trouble))
        told.set()

    def run() -> None:
        journal.note("fits")
        with written([journal], Filling(path, "--journal"), troubled):
            seen(path, 2)
            journal.note("does not fit")
            assert told.wait(10.0)
            journal.note("nobody asks")

    with pytest.raises(OutputError) as failed:
        run()
    assert troubles == [str(failed.value)] == [f"--journal {path}: No space left on device"]
    assert [line.get("body") for line in lines_of(path)] == [None, "fits"]


def test_an_error_of_the_block_comes_out_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "journal.ndjson"
    journal = Journal(VirtualClock())

    def run() -> None:
        with written([journal], OutputFile(path), never):
            journal.note("seen")
            raise KeyError("of the block")

    with pytest.raises(KeyError, match="of the block"):
        run()
    assert [line.get("body") for line in lines_of(path)] == [None, "seen"]


def test_a_file_that_cannot_be_written_is_told_before_anything(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is a directory"), written([], OutputFile(tmp_path), never):
        raise AssertionError("the block must not run")
