"""Failure files: what is in them, what is none, and how they are done again."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from avatarwire.conformance.failure_files import BadFailure, files, read, written
from avatarwire.conformance.probing.failure import Failure, failure_of
from avatarwire.conformance.probing.plan import Act, Client, Deviation, Ended, Plan, Step

HERE = "tests.conformance.probing.clients"
TEXT = "The first visitor asks when the museum opens"


def failure(client: str = "Repeating", oracle: Any = "said_twice") -> Failure:
    plan = Plan(
        vendor="aliyun",
        client=Client(name=f"{HERE}:{client}"),
        workload=(Act(do="say", texts=(TEXT,)),),
        tape=(Deviation("channel_ready.response#1", "duplicate"),),
        patience=300.0,
        delay=40.0,
        tunables={"polls_until_ready": 1},
    )
    tape = (Deviation("scenario.polls_until_ready", 1, "ALI-E16"), *plan.tape)
    steps = (Step("start", 0.0, 1.0), Step(f'say "{TEXT}"', 1.0, None))
    ended = Ended(outcome=oracle, detail="spoken 2 times", steps=steps, story=("0.000 s  client   start",))
    return failure_of(plan, tape, ended, "documented")


def test_a_failure_has_everything_that_is_needed_to_do_it_again(tmp_path: Path) -> None:
    path = written(failure(), tmp_path / "failures")
    assert path == written(failure(), tmp_path / "failures")
    assert read(path) == failure()
    assert failure().plan.tunables == {"polls_until_ready": 1}
    plain = json.loads(path.read_bytes())
    assert {"format", "vendor", "kind", "allow", "oracle", "tape", "workload", "story", "excerpt", "versions"} <= set(
        plain
    )
    assert (plain["format"], plain["kind"]) == ("avatarwire.failure/1", "client")
    assert plain["tape"] == [
        {"label": "scenario.polls_until_ready", "value": 1, "clause": "ALI-E16"},
        {"label": "channel_ready.response#1", "value": "duplicate", "clause": ""},
    ]


def test_a_failure_is_told_as_a_story() -> None:
    assert failure().story == (
        "the client is not robust against faults",  # however little it was looked for
        "the vendor did as documented, except:",
        "  - scenario.polls_until_ready 1 [ALI-E16]",
        "  - channel_ready.response#1 duplicate",
        f"the client, {HERE}:Repeating:",
        "       0.000 s  start: returned",
        f'       1.000 s  say "{TEXT}": has not ended',
        "so: said_twice: spoken 2 times",
    )


def test_where_the_vendor_did_as_documented_it_is_a_bug() -> None:
    found = failure()
    told = failure_of(found.plan, (), Ended(outcome="hang", detail="it hangs"), "hostile")
    assert told.story[:2] == (
        "a bug of the client: the vendor does what its document says",
        "the vendor did as documented",
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no failure file"),
        (b"{}", "format: expected 'avatarwire.failure/1', got None"),
        (b"[]", "no failure file"),
        (b'{"format": "avatarwire.failure/2"}', "got 'avatarwire.failure/2'"),
        (b'{"format": "avatarwire.failure/1"}', "no failure file: Object missing required field"),
        (b"PK\x03\x04", "this is a trace: avatarwire serve VENDOR --replay"),
        (b'{"format":"avtrace/1","vendors":["guiji","aliyun"]}\n', "a trace: avatarwire serve guiji aliyun --replay"),
        (b"\xff\xfe", "no failure file"),
        (b"[" * 100_000, "no failure file"),
    ],
)
def test_what_is_no_failure(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(content)
    with pytest.raises(BadFailure) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert reason in str(caught.value)


def test_files_are_those_of_a_folder(tmp_path: Path) -> None:
    with pytest.raises(BadFailure, match="no failure file is there"):
        files(tmp_path)
    path = written(failure(), tmp_path)
    assert files(tmp_path) == files(path) == [path]
    with pytest.raises(BadFailure, match=r"absent\.json: No such file"):
        read(tmp_path / "absent.json")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"vendor": "acme"}, "vendor: expected one of aliyun, guiji, sensetime, got 'acme'"),
        ({"oracle": "boo"}, "Invalid enum value 'boo' - at `$.oracle`"),
        ({"patience": -1}, "patience: expected seconds up to 1e+06, got -1.0"),
        ({"patience": 0}, "patience: expected seconds"),
        ({"horizon": 1e300}, "horizon: expected seconds"),
        ({"workload": [{"do": "interrupt"}]}, "workload[0].texts: expected one text"),
        ({"workload": [{"do": "pause", "seconds": -5}]}, "workload[0].seconds: expected seconds"),
        ({"tape": [{"label": "error#1", "value": "explode"}]}, "tape[0].value: expected one of drop, duplicate"),
        ({"tape": [{"label": "error#1", "value": "delay:x"}]}, "tape[0].value: expected delay or delay:NUMBER"),
        ({"tape": [{"label": "error#1", "value": "push:x"}]}, "tape[0].value: expected push: and one of session.force"),
        ({"tape": [{"label": "error#1", "value": "variant"}]}, "tape[0].value: expected variant: and an id"),
        ({"tape": [{"label": "error", "value": "drop"}]}, "tape[0].label: expected MESSAGE#N, MESSAGE#N-M or scenario"),
        ({"tape": [{"label": "error#0", "value": "drop"}]}, "tape[0].label: expected"),
        ({"tape": [{"label": "error#2-x", "value": "drop"}]}, "tape[0].label: expected"),
    ],
)
def test_what_cannot_be_done_again_is_named(tmp_path: Path, changes: dict[str, Any], reason: str) -> None:
    path = written(failure(), tmp_path)
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **changes}))
    with pytest.raises(BadFailure) as caught:
        read(path)
    assert reason in str(caught.value)


@pytest.mark.parametrize("packed", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_DEFLATED])
def test_a_trace_that_is_broken_is_a_trace(tmp_path: Path, packed: int) -> None:
    file = tmp_path / "x.avtrace"
    with zipfile.ZipFile(file, "w", packed) as archive:
        archive.writestr("meta.json", '{"format":"avtrace/1","vendors":["guiji"]}')
    whole = file.read_bytes()
    begin = len(b"meta.json") + 30
    for broken in (whole[:begin] + bytes(40) + whole[begin + 40 :], whole[:-10] + b"\xff\xff\0\0" + whole[-6:]):
        file.write_bytes(broken)
        with pytest.raises(BadFailure, match="this is a trace: avatarwire serve VENDOR --replay"):
            read(file)


def test_a_trace_names_whose_it_is(tmp_path: Path) -> None:
    file = tmp_path / "x.avtrace"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("meta.json", '{"format":"avtrace/1","vendors":["guiji"]}')
    with pytest.raises(BadFailure, match=f"this is a trace: avatarwire serve guiji --replay {file}"):
        read(file)
