"""A trace is written as things happen, complete at the end, and readable at every moment; what is none says so."""

from __future__ import annotations

import json
import re
import resource
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec
import pytest

from avatarwire.codecs.output_files import OutputError
from avatarwire.fakeserver.trace import FORMAT, TraceEntry, TraceError, TraceMeta, TraceWriter, read

META = TraceMeta(avatarwire="0.1", vendors=("aliyun",), source="code", started=1.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.avtrace"


def written(path: Path) -> TraceWriter:
    writer = TraceWriter(path, META)
    writer.add(b'{"a":1}', time=1.0, transport="ws", direction="in", message="text_drive.request")
    writer.add(b"\x00\x01", time=1.5, transport="ws", direction="in", message="audio_drive.request", inline=False)
    writer.add(b"\xff" * 3000, time=2.0, transport="ws", direction="out", reply_to=1)
    writer.add(time=2.5, transport="note", direction="note", body="closed", fault={"rule": "f1"})
    return writer


def test_what_is_written_is_read(path: Path) -> None:
    writer = written(path)
    assert writer.count == 4
    writer.close()
    trace = read(path)
    assert (trace.complete, trace.meta.format, trace.meta.entries) == (True, FORMAT, 4)
    assert [entry.seq for entry in trace.entries] == [1, 2, 3, 4]
    assert [trace.data(entry) for entry in trace.entries] == [b'{"a":1}', b"\x00\x01", b"\xff" * 3000, None]
    assert [bool(entry.blob) for entry in trace.entries] == [False, True, True, False]
    assert trace.entries[3].fault == {"rule": "f1"}
    assert not path.with_name("x.avtrace.part").exists()


def test_the_file_is_a_zip_with_lines_of_json(path: Path) -> None:
    written(path).close()
    with zipfile.ZipFile(path) as archive:
        assert json.loads(archive.read("meta.json"))["format"] == "avtrace/1"
        first, *_ = archive.read("trace.ndjson").splitlines()
        assert json.loads(first) == {
            "v": 1, "seq": 1, "time": 1.0, "transport": "ws", "direction": "in", "message": "text_drive.request",
            "text": '{"a":1}', "size": 7,
        }  # fmt: skip
        assert sum(name.startswith("blobs/") for name in archive.namelist()) == 2


def test_what_is_being_written_can_be_read(path: Path) -> None:
    writer = written(path)
    trace = read(f"{path}.part")
    assert (trace.complete, trace.meta.entries, len(trace.entries)) == (False, None, 4)
    assert trace.data(trace.entries[2]) == b"\xff" * 3000
    assert not path.exists()
    writer.close()


def test_a_line_that_was_cut_off_is_left_out(path: Path) -> None:
    writer = written(path)
    part = path.with_name("x.avtrace.part")
    part.write_bytes(part.read_bytes()[:-20])
    assert [entry.seq for entry in read(part).entries] == [1, 2, 3]
    writer.close()


def test_after_its_end_nothing_is_added(path: Path) -> None:
    writer = written(path)
    writer.close()
    writer.close()
    assert writer.add(time=1.0, transport="note", direction="note") == 0
    assert len(read(path).entries) == 4


def test_what_was_dropped_is_said(path: Path) -> None:
    writer = written(path)
    writer.drop(7)
    writer.close()
    assert read(path).meta.dropped == 7


def test_equal_bytes_are_kept_once(path: Path) -> None:
    writer = TraceWriter(path, META)
    for _ in range(3):
        writer.add(b"\x00" * 5000, time=1.0, transport="ws", direction="in")
    writer.close()
    assert len(read(path).blobs) == 1


def test_a_disk_that_is_full_is_told_at_the_end_and_what_was_written_stays(path: Path) -> None:
    writer = written(path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.with_name("x.avtrace.part").stat().st_size + 100, before[1]))
    try:
        assert writer.add(b"\xff" * 3000, time=3.0, transport="ws", direction="out") == 5
        assert writer.failure is not None
        assert writer.add(time=4.0, transport="note", direction="note") == 0
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    with pytest.raises(OutputError, match=r"x\.avtrace: File too large"):
        writer.close()
    assert not path.exists()
    assert [entry.seq for entry in read(f"{path}.part").entries] == [1, 2, 3, 4]


def test_a_path_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"--trace .*: is a directory"):
        TraceWriter(tmp_path, META, option="--trace")


def _zip(path: Path, **members: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "."), text)


GOOD_META = json.dumps({"format": FORMAT, "avatarwire": "0", "vendors": ["aliyun"], "source": "code", "started": 0})
ENTRY = {"v": 1, "seq": 1, "time": 0, "transport": "ws", "direction": "in"}


def _line(path: Path, **members: object) -> None:
    path.write_text(f"{GOOD_META}\n{json.dumps({**ENTRY, **members})}\n")


BROKEN: Final[Sequence[tuple[Callable[[Path], object], str]]] = (
    (lambda path: path.write_bytes(b""), "not a trace: expected a zip, or lines of JSON"),
    (lambda path: path.write_bytes(b"\x00\xff"), "not a trace"),
    (lambda path: path.write_text("[1]"), "not a trace"),
    (lambda path: path.write_text("[" * 100_000), "not a trace"),
    (lambda path: path.write_text('{"log": {}}'), "not a trace"),
    (lambda path: path.write_text('{"format": "avtrace/2"}'), "line 1: format 'avtrace/2', expected avtrace/1"),
    (
        lambda path: path.write_text('{"format": "avatarwire.failure/1"}'),
        "this is a failure of probe or fuzz: avatarwire replay FILE",
    ),
    (lambda path: path.write_text(f'{{"format": "{FORMAT}"}}\n'), "line 1: Object missing required field"),
    (lambda path: path.write_text(f"{GOOD_META}\n{{}}\n"), "line 2: Object missing required field `v`"),
    (lambda path: path.write_text(f'{GOOD_META}\n{{"blob":1}}\n'), "line 2: Expected `str`"),
    (
        lambda path: path.write_text(f"{GOOD_META}\n{json.dumps({**ENTRY, 'v': 2})}\n"),
        "line 2: an entry of version 2, expected 1",
    ),
    (lambda path: _line(path, raw="zz"), "line 2: raw: got 'zz', expected hex digits"),
    (lambda path: _line(path, violations=[{"clause": 5}]), "line 2: violations: Expected `str`, got `int`"),
    (lambda path: _line(path, meta={"headers": [["a"]]}), "line 2: meta: headers: expected pairs of name and value"),
    (lambda path: _line(path, meta={"headers": "abc"}), "line 2: meta: headers: expected pairs of name and value"),
    (lambda path: path.write_bytes(b"PK\x03\x04rubbish"), "a broken zip"),
    (lambda path: path.write_bytes(b"PK\x05\x06" + bytes(18)), "a zip without meta.json: not a trace"),
    (lambda path: _zip(path, a="b"), "a zip without meta.json: not a trace"),
    (lambda path: _zip(path, meta__json=GOOD_META), "trace.ndjson is missing"),
    (
        lambda path: _zip(path, meta__json=GOOD_META, trace__ndjson="x"),
        "trace.ndjson line 1: JSON is malformed",
    ),
    (
        lambda path: _zip(path, meta__json=GOOD_META, trace__ndjson=json.dumps({**ENTRY, "blob": "ab"})),
        "blobs/ab is missing, which entry 1 names",
    ),
)


@pytest.mark.parametrize(("make", "reason"), BROKEN)
def test_what_is_no_trace_says_where(path: Path, make: Callable[[Path], object], reason: str) -> None:
    make(path)
    with pytest.raises(TraceError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert reason in str(caught.value)


@pytest.mark.parametrize("packed", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_DEFLATED])
def test_bytes_that_cannot_be_unpacked_are_a_broken_zip(path: Path, packed: int) -> None:
    with zipfile.ZipFile(path, "w", packed) as archive:
        archive.writestr("meta.json", GOOD_META)
    whole, begin = path.read_bytes(), len(b"meta.json") + 30
    path.write_bytes(whole[:begin] + bytes(40) + whole[begin + 40 :])
    with pytest.raises(TraceError, match=r"x\.avtrace: a broken zip: ."):
        read(path)


def test_a_file_that_is_not_there(path: Path) -> None:
    with pytest.raises(TraceError, match=r"x\.avtrace: No such file or directory"):
        read(path)


def test_more_than_can_be_meant_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avatarwire.fakeserver.trace.reading.LARGEST", 100)
    written(path).close()
    with pytest.raises(TraceError, match="more than 100 bytes are packed in it"):
        read(path)
    (path.parent / "y").write_text(GOOD_META + "\n" + "x" * 100)
    with pytest.raises(TraceError, match="more than 100 bytes"):
        read(path.parent / "y")


@pytest.mark.parametrize("kind", [TraceMeta, TraceEntry])
def test_every_key_is_in_the_documentation(kind: type[msgspec.Struct]) -> None:
    page = (Path(__file__).parents[3] / "docs" / "recording.md").read_text(encoding="utf-8")
    described = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    assert set(kind.__struct_fields__) <= described


def test_a_file_that_is_being_written_is_nobody_elses(path: Path) -> None:
    pytest.importorskip("fcntl")
    writer = written(path)
    with pytest.raises(OutputError, match=r"x\.avtrace: it is being written by another process"):
        TraceWriter(path, META)
    writer.close()
    assert len(read(path).entries) == 4


def test_what_a_killed_process_has_left_is_written_anew(path: Path) -> None:
    Path(f"{path}.part").write_bytes(b"half a line")
    written(path).close()
    assert len(read(path).entries) == 4


@pytest.mark.parametrize("with_secrets", [True, False])
def test_a_trace_with_secrets_is_its_owners(path: Path, with_secrets: bool) -> None:
    Path(f"{path}.part").touch(0o644)
    writer = TraceWriter(path, msgspec.structs.replace(META, with_secrets=with_secrets))
    assert bool(Path(f"{path}.part").stat().st_mode & 0o077) is not with_secrets
    writer.close()
    assert bool(path.stat().st_mode & 0o077) is not with_secrets


def changed(path: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    """A trace with another part in the place of one whose name begins so."""
    other = path.with_name("other.avtrace")
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(other, "w") as out:
        for each in archive.namelist():
            data = archive.read(each)
            out.writestr(each, change(data) if each.startswith(name) else data)
    return other


def test_bytes_that_are_not_those_of_their_name(path: Path) -> None:
    written(path).close()
    with pytest.raises(TraceError, match=r"blobs/[0-9a-f]{64}: its bytes are others, expected those of this SHA-256"):
        read(changed(path, "blobs/", lambda data: data + b"x"))


def test_entries_that_are_missing(path: Path) -> None:
    written(path).close()
    with pytest.raises(TraceError, match=r"meta\.json: 4 entries, expected 3, as trace\.ndjson has"):
        read(changed(path, "trace.ndjson", lambda data: b"".join(data.splitlines(keepends=True)[:-1])))
