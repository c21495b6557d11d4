"""Faults on a WebSocket, seen by a client of `websockets`: messages lost, late, doubled, changed, either way."""

from __future__ import annotations

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.codecs.aliyun.wire_reader import read
from tests.fakeserver.aliyun.running import SERIAL, packet, start
from tests.fakeserver.aliyun.socket_talk import HEARTBEAT, HEARTBEAT_ANSWER, Talk, nothing_more


def test_without_rules_nothing_is_different(talk: Talk) -> None:
    with talk.line() as line:
        line.ask("hi")
        assert [each["finish"] for each in line.answer()] == [False, True]
        nothing_more(line)


def test_drop_loses_a_message_and_the_journal_says_which_rule(talk: Talk) -> None:
    armed = talk.fake.faults.add(message="text_drive.response", where={"finish": False}, do="drop")
    with talk.line() as line:
        line.ask("hi")
        assert packet(line.hear("text_drive.response"))["finish"] is True
        nothing_more(line)
    [*_, fault] = talk.fake.journal.entries(message="fault")
    assert (fault.meta["rule"], fault.meta["do"], fault.meta["faulted"]) == ("f1", "drop", "text_drive.response")
    assert (fault.transport, fault.direction, fault.session) == ("note", "note", line.session.id)
    assert armed.acted == 1
    sent = talk.fake.journal.entries(message="text_drive.response")
    assert [entry.to_dict()["body"]["finish"] for entry in sent] == [True]  # type: ignore[index]


def test_in_drop_the_fake_never_hears_of_it(talk: Talk) -> None:
    talk.fake.faults.add(message="text_drive.request", direction="in", do="drop", times=1)
    with talk.line() as line:
        line.ask("hi")
        nothing_more(line)
        line.ask("again", "m-2")
        assert {each["messageId"] for each in line.answer()} == {"m-2"}


def test_delay_holds_what_follows(talk: Talk) -> None:
    talk.fake.faults.add(message="heartbeat.pong", do="delay", seconds=3, times=1)
    with talk.line() as line:
        line.socket.send(HEARTBEAT)
        line.say("channel_ready.request")
        talk.fake.journal.expect_sync("channel_ready.request", count=2)
        talk.advance(2.9)
        with pytest.raises(TimeoutError):
            line.socket.recv(timeout=0.05)
        talk.advance(0.2)
        assert line.raw() == HEARTBEAT_ANSWER
        line.hear("channel_ready.response")


def test_what_may_overtake_does(talk: Talk) -> None:
    talk.fake.faults.add(message="heartbeat.pong", do="delay", seconds=3, times=1, overtake=True)
    with talk.line() as line:
        line.socket.send(HEARTBEAT)
        line.say("channel_ready.request")
        line.hear("channel_ready.response")
        talk.advance(3)
        assert line.raw() == HEARTBEAT_ANSWER


def test_in_delay_holds_what_follows(talk: Talk) -> None:
    talk.fake.faults.add(message="heartbeat.ping", direction="in", do="delay", seconds=3, times=1)
    with talk.line() as line:
        line.socket.send(HEARTBEAT)
        line.say("channel_ready.request")
        talk.fake.journal.expect_sync("channel_ready.request", count=2)
        talk.advance(3)
        assert line.raw() == HEARTBEAT_ANSWER
        line.hear("channel_ready.response")


def test_duplicate_sends_copies_each_some_seconds_behind(talk: Talk) -> None:
    talk.fake.faults.add(message="heartbeat.pong", do="duplicate", copies=2, seconds=1, times=1)
    with talk.line() as line:
        line.socket.send(HEARTBEAT)
        assert line.raw() == HEARTBEAT_ANSWER
        for _ in range(2):
            talk.advance(1)
            assert line.raw() == HEARTBEAT_ANSWER
        nothing_more(line)


def test_in_duplicate_is_taken_twice(talk: Talk) -> None:
    talk.fake.faults.add(message="heartbeat.ping", direction="in", do="duplicate", times=1)
    with talk.line() as line:
        line.socket.send(HEARTBEAT)
        assert [line.raw(), line.raw()] == [HEARTBEAT_ANSWER] * 2
        nothing_more(line)


def test_reorder_puts_a_message_behind_the_next(talk: Talk) -> None:
    talk.fake.faults.add(message="heartbeat.pong", do="reorder", times=1)
    with talk.line() as line:
        line.socket.send(HEARTBEAT)
        line.say("channel_ready.request")
        line.hear("channel_ready.response")
        assert line.raw() == HEARTBEAT_ANSWER


def test_reordered_it_comes_after_a_second_if_nothing_follows(talk: Talk) -> None:
    talk.fake.faults.add(message="heartbeat.pong", do="reorder", by=3, times=1)
    with talk.line() as line:
        line.socket.send(HEARTBEAT)
        talk.fake.journal.expect_sync("fault")
        talk.advance(1)
        assert line.raw() == HEARTBEAT_ANSWER


def test_set_changes_members_and_the_header(talk: Talk) -> None:
    talk.fake.faults.add(
        message="text_drive.response",
        where={"finish": True},
        do="set",
        fields={"content": "not mine", "extra.more": [1], "header.serialNumber": "00" * 8, "header.bizType": 0x85},
    )
    with talk.line() as line:
        line.ask("hi")
        line.hear("text_drive.response")
        raw = line.raw()
        assert raw[:11] == bytes.fromhex("010185") + bytes(8)
        assert b'"content":"not mine"' in raw
        assert b'"extra":{"more":[1]}' in raw


def test_remove_takes_members_away(talk: Talk) -> None:
    talk.fake.faults.add(message="text_drive.response", do="remove", fields=["finish"], times=1)
    with talk.line() as line:
        line.ask("hi")
        assert b"finish" not in line.raw()
        assert b"finish" in line.raw()


def test_what_a_message_does_not_have_is_noted_and_it_goes_on(talk: Talk) -> None:
    talk.fake.faults.add(message="text_drive.response", do="remove", fields=["relatedImages[3]"], times=1)
    with talk.line() as line:
        line.ask("hi")
        assert len(line.answer()) == 2
    assert [entry.meta.get("unchanged") for entry in talk.fake.journal.entries(message="fault")] == [
        None,
        "there is no [3]",
    ]


def test_corrupt_flips_so_many_bits_the_same_ones_for_a_seed(talk: Talk) -> None:
    talk.fake.faults.add(message="heartbeat.pong", do="corrupt", bits=3, times=1)
    with talk.line() as line:
        line.socket.send(HEARTBEAT)
        flipped = int.from_bytes(line.raw()) ^ int.from_bytes(HEARTBEAT_ANSWER)
        assert flipped.bit_count() == 3
    [fault] = talk.fake.journal.entries(message="fault")
    assert fault.meta["seed"] == 7


def test_truncate_keeps_the_first_bytes(talk: Talk) -> None:
    talk.fake.faults.add(message="heartbeat.pong", do="truncate", bytes=5, times=1)
    with talk.line() as line:
        line.socket.send(HEARTBEAT)
        assert line.raw() == HEARTBEAT_ANSWER[:5]


def test_in_truncate_is_read_anew_and_nobody_is_to_blame(talk: Talk) -> None:
    talk.fake.faults.add(message="heartbeat.ping", direction="in", do="truncate", bytes=5, times=1)
    with talk.line() as line:
        line.socket.send(HEARTBEAT)
        assert "expected at least 11 bytes" in packet(line.hear("general.message"))["message"]
    assert talk.fake.journal.violations(level="error") == []


def test_close_in_the_place_of_a_message(talk: Talk) -> None:
    talk.fake.faults.add(message="text_drive.response", do="close", code=1012, reason="restart", skip=1)
    with talk.line() as line:
        line.ask("hi")
        line.hear("text_drive.response")
        assert line.closed() == (1012, "restart")


def test_close_has_1011_if_no_code_is_given(talk: Talk) -> None:
    talk.fake.faults.add(message="heartbeat.ping", direction="in", do="close")
    with talk.line() as line:
        line.socket.send(HEARTBEAT)
        assert line.closed() == (1011, "")


def test_reset_has_no_close_frame(talk: Talk) -> None:
    talk.fake.faults.add(message="heartbeat.pong", do="reset")
    with talk.line() as line:
        line.socket.send(HEARTBEAT)
        with pytest.raises(ConnectionClosed) as end:
            line.socket.recv(timeout=10)
        assert end.value.rcvd is None
        assert isinstance(end.value.__cause__, ConnectionResetError)


def test_hang_leaves_the_connection_open_and_silent(talk: Talk) -> None:
    talk.fake.faults.add(message="heartbeat.pong", do="hang", times=1)
    with talk.line(close_timeout=0.1) as line:
        line.socket.send(HEARTBEAT)
        talk.fake.journal.expect_sync("fault")
        line.socket.send(HEARTBEAT)
        talk.advance(60)
        with pytest.raises(TimeoutError):
            line.socket.recv(timeout=0.1)
    with talk.line(start(talk.fake, "rq-2")) as other:
        nothing_more(other)


def test_answer_stands_in_the_place_of_the_fakes_own(talk: Talk) -> None:
    with talk.line() as line:
        with talk.fake.answer("channel_ready.request", body={"status": "FAIL", "sessionId": line.session.id}):
            line.say("channel_ready.request")
            assert packet(line.hear("channel_ready.response"))["status"] == "FAIL"
        line.say("channel_ready.request")
        assert packet(line.hear("channel_ready.response"))["status"] == "READY"


def test_answer_may_change_some_of_the_fakes_own(talk: Talk) -> None:
    talk.fake.faults.add(message="channel_ready.response", do="answer", fields={"status": "FAIL"}, times=1)
    with talk.line(ready=False) as line:
        line.say("channel_ready.request")
        answer = read(line.raw(), "server")
        assert packet(answer)["status"] == "FAIL"
        assert answer.serial == SERIAL


def test_a_handshake_is_rejected_as_given(talk: Talk) -> None:
    talk.fake.faults.add(message="handshake.websocket", do="reject", status=503, headers={"retry-after": "7"}, times=1)
    session = start(talk.fake)
    with pytest.raises(InvalidStatus) as refused:
        connect(session.url, proxy=None)
    assert refused.value.response.status_code == 503
    assert refused.value.response.headers["retry-after"] == "7"
    with talk.line(session) as line:
        nothing_more(line)


def test_any_message_means_a_handshake_for_reject_only(talk: Talk) -> None:
    session = start(talk.fake)
    with talk.fake.faults.add(message="*", transport="ws", do="reject", status=418), pytest.raises(InvalidStatus):
        connect(session.url, proxy=None)
    with talk.fake.faults.add(message="*", direction="in", do="drop", after=1e6), talk.line(session) as line:
        nothing_more(line)


def test_rules_are_tried_in_order_and_one_that_is_used_up_lets_the_next(talk: Talk) -> None:
    first = talk.fake.faults.add(message="heartbeat.pong", do="truncate", bytes=3, skip=1, times=1)
    second = talk.fake.faults.add(message="heartbeat.*", do="truncate", bytes=4)
    with talk.line() as line:
        for length in (4, 3, 4):
            line.socket.send(HEARTBEAT)
            assert len(line.raw()) == length
    assert (first.acted, second.acted) == (1, 2)


def test_of_one_session_and_within_a_time_only(talk: Talk) -> None:
    session = start(talk.fake)
    talk.fake.faults.add(message="heartbeat.pong", do="truncate", bytes=3, session=session.id, after=10, until=20)
    with talk.line(session) as line, talk.line(start(talk.fake, "rq-2")) as other:
        for seconds, length in ((0, 13), (10, 3), (10, 13)):
            talk.advance(seconds)
            line.socket.send(HEARTBEAT)
            assert len(line.raw()) == length
            nothing_more(other)


def test_by_chance_but_the_same_for_a_seed(talk: Talk) -> None:
    talk.fake.faults.add(message="heartbeat.pong", do="truncate", bytes=3, toxicity=0.5)
    with talk.line() as line:
        lengths: list[int] = []
        for _ in range(20):
            line.socket.send(HEARTBEAT)
            lengths.append(len(line.raw()))
    assert {3, 13} == set(lengths)


def test_a_command_is_given_beside_a_message(talk: Talk) -> None:
    talk.fake.faults.add(message="text_drive.response", do="command", command="force_close", times=1)
    with talk.line() as line:
        line.ask("hi")
        line.hear("text_drive.response")
        line.hear("session.force_close")


@pytest.mark.parametrize("held", [True, False])
def test_whoever_does_not_know_of_a_push_yet_has_broken_nothing(talk: Talk, *, held: bool) -> None:
    """What a client sends while the push is held back may have crossed it (ALI-R122)."""
    talk.fake.faults.add(message="heartbeat.pong", do="delay", seconds=30 if held else 0, times=1)
    with talk.line() as line:
        line.socket.send(HEARTBEAT)
        talk.fake.journal.expect_sync("heartbeat.ping")
        line.say("channel_ready.request")
        talk.fake.journal.expect_sync("channel_ready.request", count=2)
        talk.fake.recover(line.session.id)
        talk.advance(5)
        line.ask("too early")
        talk.fake.journal.expect_sync("text_drive.request")
    levels = [found.level for found in talk.fake.journal.violations() if found.message == "text_drive.request"]
    assert levels == ["note" if held else "error"]


def test_a_message_in_fragments_is_read_as_any_other(talk: Talk) -> None:
    talk.fake.faults.add(message="text_drive.response", do="frame", form="fragmented", frames=5)
    with talk.line() as line:
        line.ask("hi")
        parts = list(line.socket.recv_streaming(decode=False))
        assert len(parts) == 5
        assert read(b"".join(parts), "server").message == "text_drive.response"
    sent = talk.fake.journal.entries(message="text_drive.response")
    assert sent[0].meta == {"form": "fragmented", "frames": 5}
    assert sent[0].reply_to == talk.fake.journal.entries("text_drive.request")[0].seq
    assert [entry.meta["do"] for entry in talk.fake.journal.entries("fault")] == ["frame"] * len(sent)


@pytest.mark.parametrize("form", ["masked", "reserved_bit", "reserved_opcode"])
def test_a_client_closes_where_it_has_to(talk: Talk, form: str) -> None:
    talk.fake.faults.add(message="text_drive.response", do="frame", form=form, times=1)
    with talk.line() as line:
        line.ask("hi")
        with pytest.raises(ConnectionClosed) as ended:
            line.socket.recv()
        assert ended.value.sent is not None
        assert ended.value.sent.code == 1002
    [gone] = [entry for entry in talk.fake.journal.entries(transport="note") if entry.body == "disconnected"]
    assert gone.meta["code"] == 1002


def test_a_text_that_is_no_text_ends_the_connection_by_its_own_code(talk: Talk) -> None:
    talk.fake.faults.add(message="text_drive.response", do="frame", form="other_kind", times=1)
    with talk.line() as line:
        line.ask("hi", "\u20ac")
        with pytest.raises(ConnectionClosed) as ended:
            line.socket.recv()
        assert ended.value.sent is not None
        assert ended.value.sent.code == 1007


def test_a_length_that_needs_eight_bytes_is_not_too_long(talk: Talk) -> None:
    talk.fake.faults.add(message="text_drive.response", do="frame", form="long_length", times=1)
    with talk.line() as line, talk.fake.answer("text_drive.request", fields={"content": "x" * 70_000}):
        line.ask("hi")
        assert packet(line.hear("text_drive.response"))["content"] == "x" * 70_000
    assert "unchanged" in talk.fake.journal.entries("fault")[-1].meta
