"""The journal: what is kept and what is dropped, what is masked, and how a test waits for what it expects."""

from __future__ import annotations

import asyncio
import hashlib
import io
import itertools
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from avatarwire.codecs.output_files import OutputError
from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.journal import Digest, Entry, ExpectationError, Journal, Violation
from tests.fakeserver.loops import LIMIT, LoopThread

START = 1_767_225_600.0
SAMPLES = b"\x01\x00" * 1600


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


def small_journal(entries: int) -> Journal:
    """A journal with room for so many small entries."""
    return Journal(VirtualClock(), budget_bytes=entries * 410)


def messages(entries: list[Entry]) -> list[str]:
    return [entry.message for entry in entries]


# --- recording ---


def test_entries_stand_on_one_timeline(clock: VirtualClock, journal: Journal) -> None:
    journal.record("http", "in", "start.request", raw=b"{}", status=None)
    clock.advance(1.5)
    journal.record("ws", "out", "ready.response", session="s-1", reply_to=1)
    journal.note("session ran out", message="session.expired", session="s-1", limit=30)
    first, second, third = journal.entries()
    assert (first.seq, first.time, first.transport, first.direction, first.vendor) == (1, START, "http", "in", "aliyun")
    assert (second.seq, second.time, second.vendor, second.reply_to) == (2, START + 1.5, "aliyun", 1)
    assert (third.transport, third.direction, third.message) == ("note", "note", "session.expired")
    assert (third.body, third.meta) == ("session ran out", {"limit": 30})
    assert (len(journal), journal.dropped, journal.mark()) == (3, 0, 3)
    assert repr(journal) == "<Journal aliyun 3 entries, 0 dropped>"


def test_bytes_are_copied_unless_they_cannot_change(journal: Journal) -> None:
    buffer = bytearray(b"{}")
    entry = journal.record("ws", "in", raw=memoryview(buffer))
    buffer[:] = b"[]"
    assert entry.raw == b"{}"
    text = b'{"text":"hi"}'
    assert journal.record("ws", "in", raw=text).raw is text


def test_audio_is_kept_as_hash_and_length(journal: Journal) -> None:
    entry = journal.record("ws", "in", "audio", raw=SAMPLES, body=SAMPLES, audio=True)
    assert (entry.raw, entry.body) == (None, None)
    assert entry.audio == Digest.of(SAMPLES) == Digest(hashlib.sha256(SAMPLES).hexdigest(), 3200)


def test_the_header_before_audio_stays(journal: Journal) -> None:
    header = bytes(range(11))
    entry = journal.record("ws", "in", "audio", raw=header + SAMPLES, body={"len": 3200}, audio=True, prefix=11)
    assert (entry.raw, entry.body, entry.audio) == (header, {"len": 3200}, Digest.of(SAMPLES))


def test_a_message_beyond_the_journals_means_is_kept_as_hash_and_length() -> None:
    journal = Journal(VirtualClock(), budget_bytes=8000)
    entry = journal.record("http", "in", raw=b"x" * 1001, body={"x": "x" * 1001})
    assert (entry.raw, entry.body, entry.omitted) == (None, None, Digest.of(b"x" * 1001))
    assert journal.record("http", "in", raw=b"x" * 1000).raw == b"x" * 1000


def test_a_budget_is_positive() -> None:
    with pytest.raises(ValueError, match="budget of at least one byte"):
        Journal(VirtualClock(), budget_bytes=0)


def test_secrets_are_masked_before_they_are_kept(journal: Journal) -> None:
    entry = journal.record(
        "http",
        "in",
        raw=b'{"password":"pw-1"}',
        body={"password": "pw-1"},
        meta={"path": "/x?token=tk-1", "headers": {"Authorization": "Bearer br-1"}},
    )
    assert entry.raw == b'{"password":"***"}'
    assert entry.body == {"password": "***"}
    assert entry.meta == {"path": "/x?token=***", "headers": {"Authorization": "Bearer ***"}}


def test_an_entry_is_made_when_it_is_first_asked_for_and_stays_the_same(journal: Journal) -> None:
    seq = journal.add("http", "in", raw=b'{"password":"pw-1"}', body={"password": "pw-1"}, connection="http-1")
    (entry,) = journal.entries()
    assert (entry.seq, entry.connection, entry.raw) == (seq, "http-1", b'{"password":"***"}')
    assert journal.entries()[0] is entry
    assert journal.after(0) == ([entry], 0)


def test_headers_may_be_secret_by_a_name_of_their_own() -> None:
    journal = Journal(VirtualClock(), secret_headers=("X-Live-Key",))
    sent = (("x-live-key", "k-1"), ("X-LIVE-KEY", ""), ("X-Live", "k"), ("Token", "k-2"))
    entry = journal.record("http", "in", headers=sent)
    assert entry.meta["headers"] == (("x-live-key", "***"), ("X-LIVE-KEY", ""), ("X-Live", "k"), ("Token", "***"))


def add(journal: Journal) -> None:
    journal.add("ws", "in")


def frame(journal: Journal) -> None:
    journal.frame("in", "", b"", None, "")


@pytest.mark.parametrize("writes", [add, frame])
def test_times_never_run_backwards(writes: Callable[[Journal], object]) -> None:
    """Even when another thread writes just after one has looked at the clock."""
    others: list[threading.Thread] = []

    class Slow(VirtualClock):
        def now(self) -> float:
            now = next(times)
            if now == 1:
                others.append(threading.Thread(target=lambda: journal.add("ws", "in")))
                others[0].start()
                others[0].join(0.1)
            return now

    times = itertools.count()
    journal = Journal(Slow())
    writes(journal)
    others[0].join()
    assert [entry.time for entry in journal.entries()] == [1, 2]


def test_texts_that_no_name_calls_secret_are_masked_where_the_writer_says_so(journal: Journal) -> None:
    entry = journal.record(
        "http",
        "out",
        raw=b'{"code":0,"data":"a\\"b 1"}',
        body={"data": 'a"b 1', "at": [12345]},
        meta={"path": "/x?next=a%22b%201"},
        violations=(Violation("ST-X", "data", "got 'a\"b 1'"),),
        secrets=('a"b 1', "12345", ""),
    )
    assert entry.raw == b'{"code":0,"data":"***"}'
    assert entry.body == {"data": "***", "at": ["***"]}
    assert entry.meta == {"path": "/x?next=***"}
    assert entry.violations[0].reason == "got '***'"


# --- dropping ---


def test_the_oldest_make_room_and_a_marker_says_so() -> None:
    journal = small_journal(3)
    for number in range(5):
        journal.record("ws", "in", f"m-{number}")
    marker, *kept = journal.entries()
    assert messages(kept) == ["m-2", "m-3", "m-4"]
    assert (marker.message, marker.transport, marker.body, marker.meta) == (
        "journal.dropped",
        "note",
        "2 dropped",
        {"dropped": 2},
    )
    assert (journal.dropped, len(journal)) == (2, 3)
    assert messages(journal.entries(since=1)) == ["journal.dropped", "m-2", "m-3", "m-4"]
    assert messages(journal.entries(since=2)) == ["m-2", "m-3", "m-4"]


@pytest.mark.parametrize(
    ("raw", "body", "meta"),
    [
        (b"x" * 400, None, {}),
        (b"x" * 200, {"x": "x" * 180}, {}),
        (None, "x" * 400, {}),
        (None, {"x": 1}, {}),
        (None, None, {"path": "/"}),
    ],
    ids=["raw", "raw and body", "text", "body", "meta"],
)
def test_everything_held_counts_against_the_budget(raw: bytes | None, body: object, meta: dict[str, object]) -> None:
    journal = Journal(VirtualClock(), budget_bytes=8_000)  # room for twenty entries with nothing in them
    for _ in range(20):
        journal.record("http", "in", raw=raw, body=body, meta=meta)
    assert 2 <= len(journal) <= 12


def test_the_newest_entry_is_kept_whatever_it_takes() -> None:
    journal = Journal(VirtualClock(), budget_bytes=10)
    journal.record("ws", "in", "first")
    journal.record("ws", "in", "second")
    assert messages(journal.entries(since=1)) == ["second"]


def test_clear_forgets_and_numbers_go_on() -> None:
    journal = small_journal(2)
    for number in range(4):
        journal.record("ws", "in", f"m-{number}", violations=(Violation("ALI-R001", "", "wrong"),))
    mark = journal.mark()
    journal.clear()
    assert (journal.entries(), journal.violations(), journal.dropped, len(journal)) == ([], [], 0, 0)
    assert journal.record("ws", "in", "m-4").seq == 5
    assert messages(journal.entries(since=mark)) == ["m-4"]


# --- reading ---


def test_entries_are_selected_by_what_they_are(journal: Journal) -> None:
    journal.record("http", "in", "start.request", session="s-1")
    journal.record("http", "out", "start.response", session="s-1")
    journal.record("ws", "in", "ask.request", session="s-1", raw=b'{"n":1}')
    journal.record("ws", "in", "ask.request", session="s-2", raw=b'{"n":2}')
    assert messages(journal.entries(transport="http", direction="out")) == ["start.response"]
    assert [entry.session for entry in journal.entries("ask.request")] == ["s-1", "s-2"]
    assert messages(journal.entries(session="s-1", since=2)) == ["ask.request"]
    assert [entry.seq for entry in journal.entries(where=lambda entry: entry.raw == b'{"n":2}')] == [4]


def test_violations_of_the_client_are_listed_with_their_clauses(journal: Journal) -> None:
    missing = Violation("ALI-R021", "requestId", "is missing")
    long = Violation("ALI-R099", "text", "is too long", level="warning")
    journal.record("http", "in", "start.request", session="s-1", violations=(missing, long))
    journal.record("ws", "out", "ask.response", violations=(missing,))  # the fake was told to do so
    mark = journal.mark()
    journal.note("no heartbeat", violations=(Violation("ALI-R100", "", "no heartbeat"),))
    assert [finding.clause for finding in journal.violations()] == ["ALI-R021", "ALI-R099", "ALI-R100"]
    assert [finding.clause for finding in journal.violations(level="warning")] == ["ALI-R099"]
    assert [finding.clause for finding in journal.violations(since=mark)] == ["ALI-R100"]
    first = journal.violations()[0]
    assert (first.seq, first.transport, first.session, first.message, first.path, first.reason) == (
        1,
        "http",
        "s-1",
        "start.request",
        "requestId",
        "is missing",
    )


def test_violations_outlive_their_entries_and_are_bounded() -> None:
    journal = Journal(VirtualClock(), budget_bytes=2000)
    broken = Violation("ALI-R001", "", "wrong")
    for _ in range(600):
        journal.record("ws", "in", violations=(broken, broken))
    assert (journal.dropped, len(journal.violations())) == (598, 1000)
    assert journal.violations()[0].seq == 1


# --- expecting ---


async def test_what_is_there_is_returned_at_once(journal: Journal) -> None:
    journal.record("ws", "in", "ask.request", session="s-1")
    journal.record("ws", "in", "ask.request", session="s-2")
    assert (await journal.expect("ask.request", timeout=0)).session == "s-1"
    assert (await journal.expect("ask.request", since=1, timeout=0)).session == "s-2"
    assert [entry.seq for entry in await journal.expect(transport="ws", count=2, timeout=0)] == [1, 2]
    assert [entry.seq for entry in await journal.expect("ask.request", count=1, timeout=0)] == [1]


async def test_what_comes_later_is_waited_for(journal: Journal) -> None:
    waiting = asyncio.create_task(
        journal.expect("ask.request", session="s-1", where=lambda entry: entry.status == 2, timeout=LIMIT)
    )
    await asyncio.sleep(0)
    journal.record("ws", "in", "other")
    journal.record("ws", "in", "ask.request", session="s-1", status=1)
    await asyncio.sleep(0)
    assert not waiting.done()
    journal.record("ws", "in", "ask.request", session="s-1", status=2)
    assert (await waiting).seq == 3


async def test_a_burst_is_counted_completely(journal: Journal) -> None:
    waiting = asyncio.create_task(journal.expect("beat", count=3, timeout=LIMIT))
    await asyncio.sleep(0)
    for _ in range(5):
        journal.record("ws", "in", "beat")
    assert [entry.seq for entry in await waiting] == [1, 2, 3]


async def test_several_may_wait_for_the_same(journal: Journal) -> None:
    tasks = [asyncio.create_task(journal.expect("beat", timeout=LIMIT)) for _ in range(3)]
    await asyncio.sleep(0)
    entry = journal.record("ws", "in", "beat")
    assert await asyncio.gather(*tasks) == [entry, entry, entry]


async def test_a_test_waits_in_its_loop_for_a_server_in_another(journal: Journal) -> None:
    with LoopThread() as server:
        waiting = asyncio.create_task(journal.expect("beat", timeout=LIMIT))
        await asyncio.sleep(0)
        server.loop.call_soon_threadsafe(lambda: journal.record("ws", "in", "beat"))
        assert (await waiting).message == "beat"


def test_a_test_without_loop_waits_for_a_server_in_a_thread(journal: Journal) -> None:
    asked = threading.Event()

    def answer() -> None:
        asked.wait(LIMIT)
        journal.record("ws", "in", "other")
        for number in range(3):
            journal.record("ws", "in", "beat", status=number)

    def third(entry: Entry) -> bool:
        asked.set()
        return entry.status == 2

    journal.record("ws", "in", "beat", status=0)
    with ThreadPoolExecutor() as pool:
        pool.submit(answer)
        assert journal.expect_sync("beat", where=third, timeout=LIMIT).seq == 5
    assert [entry.seq for entry in journal.expect_sync("beat", count=2, timeout=0)] == [1, 3]


async def test_a_test_with_a_loop_is_not_blocked(journal: Journal) -> None:
    journal.record("ws", "in", "beat")
    assert journal.expect_sync("beat").seq == 1
    with pytest.raises(RuntimeError, match="await expect"):
        journal.expect_sync("other")


async def test_a_failure_says_what_was_expected_and_what_came_instead(clock: VirtualClock, journal: Journal) -> None:
    clock.advance(2.0)
    journal.record("ws", "in", "ask.request", session="s-1", raw=b'{"text":"hi"}')
    journal.record("ws", "out", "ask.response", session="s-1")

    def is_final(entry: Entry) -> bool:
        return entry.status == 1

    with pytest.raises(ExpectationError) as caught:
        await journal.expect("ask.response", direction="out", session="s-1", where=is_final, timeout=0)
    assert str(caught.value) == (
        "not seen within 0 s (1 of that name did not match): "
        "ask.response, direction=out, session=s-1, where=is_final\n"
        "nearest miss: #2 +2.000s ws out ask.response session=s-1\n"
        "  where: is_final said no\n"
        "last 2 entries:\n"
        '  #1 +2.000s ws in ask.request {"text":"hi"} session=s-1\n'
        "> #2 +2.000s ws out ask.response session=s-1"
    )
    assert isinstance(caught.value, AssertionError)
    assert [entry.seq for entry in caught.value.nearest] == [1, 2]


def test_a_failure_shows_the_last_ten_entries_in_range(journal: Journal) -> None:
    for _ in range(15):
        journal.record("ws", "in", "beat")
    with pytest.raises(
        ExpectationError, match=r"\(13 of 14\): beat, transport=ws, since=#2\nlast 10 entries"
    ) as caught:
        journal.expect_sync("beat", transport="ws", count=14, since=2, timeout=0)
    assert [entry.seq for entry in caught.value.nearest] == list(range(6, 16))
    with pytest.raises(ExpectationError, match="any message, since=#15\nno entries in the range searched"):
        journal.expect_sync(since=15, timeout=0)


async def test_what_may_have_been_dropped_cannot_be_expected() -> None:
    journal = small_journal(3)
    for number in range(5):
        journal.record("ws", "in", f"m-{number}")
    with pytest.raises(ExpectationError, match="2 older entries were dropped and may have held it") as caught:
        await journal.expect("m-0", timeout=LIMIT)
    assert caught.value.dropped == 2
    assert (await journal.expect("m-3", timeout=0)).message == "m-3"
    with pytest.raises(ExpectationError, match="not seen within 0 s: m-0, since=#2"):
        await journal.expect("m-0", since=2, timeout=0)


async def test_entries_dropped_before_the_waiter_saw_them_are_reported() -> None:
    journal = small_journal(3)
    waiting = asyncio.create_task(journal.expect("beat", where=lambda entry: entry.status == 99, timeout=LIMIT))
    await asyncio.sleep(0)
    for number in range(5):
        journal.record("ws", "in", "beat", status=number)
    with pytest.raises(ExpectationError, match="cannot be found any more"):
        await waiting


async def test_a_condition_that_raises_is_the_readers_own_trouble(journal: Journal) -> None:
    def broken(entry: Entry) -> bool:
        raise LookupError(entry.message)

    waiting = asyncio.create_task(journal.expect("beat", where=broken, timeout=LIMIT))
    await asyncio.sleep(0)
    journal.record("ws", "in", "beat")
    with pytest.raises(LookupError, match="beat"):
        await waiting


def test_a_reader_whose_loop_was_closed_does_not_hurt_the_server(journal: Journal) -> None:
    loop = asyncio.new_event_loop()
    waiting = journal.expect("beat", timeout=LIMIT)

    async def begin() -> None:
        task = asyncio.ensure_future(waiting)
        await asyncio.sleep(0)
        tasks.append(task)

    tasks: list[asyncio.Task[Entry]] = []
    loop.run_until_complete(begin())
    loop.close()
    assert journal.record("ws", "in", "beat").seq == 1
    # ended by hand, as the closed loop cannot
    tasks[0].get_coro().close()


def test_expect_none_looks_at_this_moment(journal: Journal) -> None:
    journal.record("ws", "in", "ask.request")
    journal.expect_none("ask.response")
    journal.expect_none("ask.request", since=journal.mark())
    with pytest.raises(
        ExpectationError, match=r"expected none, found 1: ask\.request\nlast 1 entries:\n  #1 "
    ) as caught:
        journal.expect_none("ask.request")
    assert caught.value.expected == "ask.request"


def test_expect_none_does_not_vouch_for_what_was_dropped() -> None:
    journal = small_journal(2)
    for _ in range(3):
        journal.record("ws", "in", "beat")
    with pytest.raises(ExpectationError, match="cannot tell that there was none: other\n1 older entries were dropped"):
        journal.expect_none("other")
    journal.expect_none("other", since=1)


def test_threads_may_record_at_once(journal: Journal) -> None:
    with ThreadPoolExecutor(4) as pool:
        for _ in range(4):
            pool.submit(lambda: [journal.record("ws", "in", "beat") for _ in range(200)])
    assert [entry.seq for entry in journal.entries()] == list(range(1, 801))


# --- exporting ---


def test_ndjson_goes_into_a_regular_file_or_what_the_caller_has_opened(journal: Journal, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="/dev/null: is a device, expected a regular file"):
        journal.to_ndjson("/dev/null")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(OutputError, match="link: is a symbolic link"):
        journal.to_ndjson(tmp_path / "link")
    with open("/dev/null", "w", encoding="utf-8") as device:
        assert journal.to_ndjson(device) == 0


def test_ndjson_has_a_header_and_a_line_for_every_entry(
    clock: VirtualClock, journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("avatarwire.codecs.installed.version", str.upper)  # instead of looking it up
    journal.record("ws", "in", "ask.request", raw='{"text":"你好"}'.encode())
    clock.advance(1.0)
    path = tmp_path / "journal.ndjson"
    assert journal.to_ndjson(path) == 1
    header, entry = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert header == {
        "journal": 1,
        "avatarwire": "AVATARWIRE",
        "vendor": "aliyun",
        "started": START,
        "exported": START + 1,
        "entries": 1,
        "dropped": 0,
    }
    assert (entry["message"], entry["text"]) == ("ask.request", '{"text":"你好"}')
    file = io.StringIO()
    journal.to_ndjson(file)
    assert file.getvalue() == path.read_text(encoding="utf-8")


def test_an_export_tells_that_entries_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_installed(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("avatarwire.codecs.installed.version", not_installed)
    journal, file = small_journal(2), io.StringIO()
    for _ in range(3):
        journal.record("ws", "in", "beat")
    assert journal.to_ndjson(file) == 3
    header, marker, *_ = [json.loads(line) for line in file.getvalue().splitlines()]
    assert (header["avatarwire"], header["entries"], header["dropped"]) == ("0", 3, 1)
    assert (marker["message"], marker["meta"]) == ("journal.dropped", {"dropped": 1})
