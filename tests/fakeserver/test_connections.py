"""Which connection an entry of the journal came on, and which entry it answers, on every transport."""

from __future__ import annotations

import http.client
import json
from collections.abc import Sequence

from websockets.sync.client import connect as connect_sync

from avatarwire.fakeserver import Entry, FakeAliyun, FakeGuiji, FakeServer
from tests.fakeserver.aliyun.running import Line, start
from tests.fakeserver.guiji.running import Line as GuijiLine
from tests.fakeserver.guiji.test_server import begun as begin_session
from tests.fakeserver.guiji.test_server import opened as open_session
from tests.fakeserver.sensetime.running import customer, receiving


def answers(entries: Sequence[Entry], asked: str) -> list[str]:
    """Messages of the entries that answer the first one of a message."""
    seq = next(entry.seq for entry in entries if entry.message == asked)
    return [entry.message for entry in entries if entry.reply_to == seq]


def is_last(entry: Entry) -> bool:
    """Whether a packet is the last of its answer."""
    return b'"finish":true' in (entry.raw or b"")


def connections(fake: FakeServer, transport: str) -> list[str]:
    """Ids of the connections of a transport, each once, in order."""
    entries = fake.journal.entries(where=lambda entry: entry.transport == transport)
    return list(dict.fromkeys(entry.connection for entry in entries))


def test_calls_on_one_connection_share_its_id_and_others_have_another() -> None:
    with FakeAliyun(verify_signatures=False) as fake:
        kept, other = (http.client.HTTPConnection(fake.host, fake.port, timeout=10) for _ in range(2))
        for connection in (kept, kept, other):
            connection.request("GET", "/nowhere")
            connection.getresponse().read()
        kept.close()
        other.close()
        entries = fake.journal.entries(transport="http")
    first, again, another = ((entry.connection, entry.reply_to) for entry in entries if entry.direction == "out")
    assert first == (entries[0].connection, entries[0].seq)
    assert again == (entries[0].connection, entries[2].seq)
    assert another == (entries[4].connection, entries[4].seq)
    assert another[0] not in ("", first[0])


def test_every_packet_of_an_answer_names_its_request_and_a_push_names_none() -> None:
    with FakeAliyun(verify_signatures=False, polls_until_ready=0, chunk_characters=4, chunk_seconds=0) as fake:
        session = start(fake)
        with connect_sync(session.url, proxy=None) as socket:
            line = Line(socket, session)
            line.prepare()
            line.ask("how are you")
            fake.journal.expect_sync("text_drive.response", where=is_last)
            fake.force_close(session.id)
            fake.journal.expect_sync("session.force_close")
        entries = fake.journal.entries()
    packets = [entry for entry in entries if entry.message == "text_drive.response"]
    assert len(packets) > 2
    assert answers(entries, "text_drive.request") == ["text_drive.response"] * len(packets)
    assert answers(entries, "channel_ready.request") == ["channel_ready.response"]
    assert answers(entries, "handshake.websocket") == ["handshake.websocket"]
    [pushed] = [entry for entry in entries if entry.message == "session.force_close"]
    assert pushed.reply_to == 0
    # The WebSocket is the connection that its handshake came on.
    [handshake] = [entry for entry in entries if entry.message == "handshake.websocket" and entry.direction == "in"]
    assert {entry.connection for entry in entries if entry.transport == "ws"} == {handshake.connection}


def test_results_and_answers_to_heartbeats_name_what_they_answer() -> None:
    with FakeGuiji(heartbeat_seconds=0.05) as fake:
        calls, opened = open_session(fake)
        with GuijiLine(fake, opened, calls.token) as line:
            begin_session(calls, fake, line)
            fake.journal.expect_sync("HeartBeat.reply")
            line.send(b'{"id": 77, "method": "MakeSession", "sessionId": "%s"}' % line.session_id.encode())
            fake.journal.expect_sync("error")
        entries = fake.journal.entries()
    assert answers(entries, "CreateNewSession.request") == ["CreateNewSession.result"]
    beat = next(entry for entry in entries if entry.message == "HeartBeat")
    reply = next(entry for entry in entries if entry.message == "HeartBeat.reply")
    assert (beat.reply_to, reply.reply_to, reply.direction) == (0, beat.seq, "in")
    failure = next(entry for entry in entries if entry.message == "error")
    asked = next(entry for entry in entries if entry.seq == failure.reply_to)
    assert json.loads(asked.raw or b"")["id"] == 77
    assert len(connections(fake, "mqtt")) == 1
    assert "" not in connections(fake, "mqtt")


async def test_callbacks_of_a_session_are_one_connection_and_their_answers_name_them() -> None:
    async with receiving() as (url, got), customer(callback_url=url) as service:
        sessions = [(await service.started())[0] for _ in range(2)]
        for session in sessions:
            await service.data("closeLive", sessionId=session)
        for _ in range(4):
            await got.get()
        for session in sessions:
            await service.fake.journal.expect("CallbackBody.delivered", session=session, count=2)
        entries = service.fake.journal.entries(transport="callback")
    used = {session: {entry.connection for entry in entries if entry.session == session} for session in sessions}
    assert [len(ids) for ids in used.values()] == [1, 1]
    assert used[sessions[0]] != used[sessions[1]]
    posted = {entry.seq: entry for entry in entries if entry.direction == "out"}
    answered = [posted[entry.reply_to].session == entry.session for entry in entries if entry.direction == "in"]
    assert answered == [True] * 4


async def test_what_a_page_hears_of_a_typed_text_answers_that() -> None:
    async with customer() as service:
        session, token = await service.started()
        async with service.socket(session, token, page=True) as page, service.socket(session, token) as microphone:
            await page.say('{"text": "when do you open"}')
            await microphone.say('{"code":0,"message":"begin"}')
            await service.fake.journal.expect("microphone.ready")
            await service.fake.journal.expect("interactive.nlp.answer")
        entries = service.fake.journal.entries(transport="ws")
    assert "interactive.nlp.answer" in answers(entries, "interactive.typed")
    assert answers(entries, "microphone.begin") == ["microphone.ready"]
    assert len({entry.connection for entry in entries}) == 2
