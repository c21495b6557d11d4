"""Testing a service against a fake with pytest: the fixture, the marker, the journal, virtual time.

    python examples/fake_in_pytest.py
    pytest examples/fake_in_pytest.py

The service under test is the function `ask`: it starts a session, asks one question and stops the session.
"""

# ruff: noqa: D103, S101 - tests assert, and their names say what they show

from __future__ import annotations

import asyncio
import os
import sys
import uuid
from dataclasses import dataclass
from typing import TypeVar

import httpx
import pytest
import websockets

from avatarwire.codecs import present
from avatarwire.codecs.aliyun import (
    START_AVATAR_SESSION,
    STOP_AVATAR_SESSION,
    AnswerFinished,
    ChannelFailed,
    ChannelReady,
    ClientOptions,
    ForceClosed,
    InteractionClient,
    StartAvatarSessionRequest,
    StartAvatarSessionResponse,
    StopAvatarSessionRequest,
    sign,
)
from avatarwire.codecs.message import Message
from avatarwire.codecs.operation import Operation
from avatarwire.fakeserver import Entry, FakeAliyun, VirtualClock

RequestT = TypeVar("RequestT", bound=Message)
ResponseT = TypeVar("ResponseT", bound=Message)

# --- the service ---


def of(session: StartAvatarSessionResponse) -> tuple[str, str]:
    """Where the socket of a session is, and its id: the document promises neither."""
    return present(session.web_socket_url, "webSocketUrl"), present(session.session_id, "sessionId")


@dataclass
class Service:
    """Where the vendor is, and as whom to talk to it."""

    url: str
    access_key_id: str
    access_key_secret: str
    project_id: str
    now: float

    def call(self, operation: Operation[RequestT, ResponseT], request: RequestT) -> ResponseT:
        """One signed call."""
        call = operation.encode_request(request)
        headers = sign(
            call.method,
            call.path,
            call.query,
            call.headers,
            call.body,
            access_key_id=self.access_key_id,
            access_key_secret=self.access_key_secret,
            action=operation.id,
            host=httpx.URL(self.url).netloc.decode(),
            date=self.now,
            nonce=uuid.uuid4().hex,
        )
        with httpx.Client(trust_env=False) as client:
            answer = client.request(call.method, self.url + call.target, headers=headers, content=call.body)
        return operation.decode_response(answer.status_code, answer.content).value

    def start(self) -> StartAvatarSessionResponse:
        """A new session."""
        request = StartAvatarSessionRequest(project_id=self.project_id, request_id=str(uuid.uuid4()))
        return self.call(START_AVATAR_SESSION, request)

    def stop(self, session_id: str) -> None:
        """Ends a session."""
        request = StopAvatarSessionRequest(project_id=self.project_id, session_id=session_id)
        self.call(STOP_AVATAR_SESSION, request)


def ask(service: Service, question: str) -> str:
    """Starts a session, asks one question, stops the session."""
    session = service.start()
    return asyncio.run(converse(service, *of(session), question))


async def converse(service: Service, url: str, session_id: str, question: str) -> str:
    """The conversation of a session, which is stopped before its socket is closed (ALI-R081).

    Raises:
        RuntimeError: the channel failed, or the server ended the session.
    """
    async with websockets.connect(url, proxy=None) as socket:
        try:
            return await answer(
                socket, InteractionClient(session_id, options=ClientOptions(ready_interval=0.05)), question
            )
        finally:
            await asyncio.to_thread(service.stop, session_id)


async def answer(socket: websockets.ClientConnection, client: InteractionClient, question: str) -> str:
    """The answer to a question, once the channel is ready."""
    now = asyncio.get_running_loop().time
    client.connected(now())
    while client.is_live:
        for frame in client.data_to_send():
            await socket.send(frame)
        try:
            async with asyncio.timeout_at(client.next_timeout()):
                message = await socket.recv(decode=False)
        except TimeoutError:
            events = client.handle_timeout(now())
        else:
            events = client.receive(message, now())
        for event in events:
            match event:
                case ChannelReady():
                    client.send_text(question)
                case AnswerFinished() if event.success:
                    return event.text
                case ChannelFailed() | ForceClosed():
                    raise RuntimeError(f"no answer: {type(event).__name__}")
                case _:
                    pass
    return ""


# --- the tests ---


def service_of(fake: FakeAliyun) -> Service:
    """The service, pointed at a fake."""
    return Service(fake.http_url, fake.access_key_id, fake.access_key_secret, fake.project_id, fake.clock.now())


def test_the_question_reaches_the_vendor(aliyun_fake: FakeAliyun) -> None:
    assert ask(service_of(aliyun_fake), "Where is the cloakroom?") == "You asked: Where is the cloakroom?"

    def is_question(entry: Entry) -> bool:
        return "cloakroom" in str(entry.body)

    drive = aliyun_fake.journal.expect_sync("text_drive.request", where=is_question)
    assert drive.deviations == ()
    aliyun_fake.journal.expect_sync("StopAvatarSession.response", session=drive.session, since=drive.seq)


@pytest.mark.avatarwire(strict=True, answers={"Is there a café?": "On the ground floor."}, chunk_characters=5)
def test_the_answer_is_put_together_from_its_packets(aliyun_fake: FakeAliyun) -> None:
    assert ask(service_of(aliyun_fake), "Is there a café?") == "On the ground floor."
    assert aliyun_fake.journal.violations() == []


@pytest.mark.avatarwire(channel_statuses=["INIT", "FAIL"])
def test_a_channel_that_fails_is_told_and_the_session_is_stopped(aliyun_fake: FakeAliyun) -> None:
    with pytest.raises(RuntimeError, match="ChannelFailed"):
        ask(service_of(aliyun_fake), "Is anybody there?")
    aliyun_fake.journal.expect_sync("StopAvatarSession.request")


def test_a_url_is_good_for_a_minute_only() -> None:
    with FakeAliyun(clock=VirtualClock(), token_seconds=60) as fake:
        service = service_of(fake)
        session = service.start()
        fake.advance(61)
        with pytest.raises(websockets.InvalidStatus, match="401"):
            asyncio.run(converse(service, *of(session), "Am I late?"))


if __name__ == "__main__":
    # This file has imported the plugin already; pytest, when it starts by itself, does so first.
    unasked = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"
    # Nor is it a test of the project in whose folder it lies: that has a configuration of its own.
    sys.exit(pytest.main([__file__, "-v", "-c", os.devnull, "-p", "no:cacheprovider", "-W", unasked]))
