"""A whole session with a fake: HTTP by httpx, the socket by websockets, the conversation by our client.

    python examples/talk_to_fake.py

The fake runs in this process, in the same event loop. A service does the same with the vendor's endpoint; what it
would do otherwise is said in the comments.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

import httpx
import websockets

from avatarwire.codecs.aliyun import AskType, http, signature
from avatarwire.codecs.aliyun.client.interaction import InteractionClient
from avatarwire.codecs.aliyun.events import (
    AnswerChunk,
    AnswerFinished,
    ChannelReady,
    Disconnected,
    Event,
    Recognised,
    RecoveryStarted,
)
from avatarwire.codecs.aliyun.options import ClientOptions
from avatarwire.codecs.message import Message
from avatarwire.codecs.operation import Operation
from avatarwire.fakeserver import FakeAliyun

EventT = TypeVar("EventT", bound=Event)
RequestT = TypeVar("RequestT", bound=Message)
ResponseT = TypeVar("ResponseT", bound=Message)


class Api:
    """The signed HTTP operations."""

    def __init__(self, fake: FakeAliyun, client: httpx.AsyncClient) -> None:
        self._fake = fake
        self._client = client

    async def call(self, operation: Operation[RequestT, ResponseT], request: RequestT) -> ResponseT:
        """Signs and sends one call. Raises `HttpError` when the vendor refuses it."""
        call = operation.encode_request(request)
        headers = signature.sign(
            call.method,
            call.path,
            call.query,
            call.headers,
            call.body,
            access_key_id=self._fake.access_key_id,
            access_key_secret=self._fake.access_key_secret,
            action=operation.id,
            host=f"{self._fake.host}:{self._fake.port}",
            date=self._fake.clock.now(),  # a service takes the time of its machine
            nonce=uuid.uuid4().hex,
        )
        answer = await self._client.request(
            call.method, self._fake.http_url + call.target, headers=headers, content=call.body
        )
        return operation.decode_response(answer.status_code, answer.content).value


class Conversation:
    """Lends a WebSocket and a clock to an `InteractionClient`."""

    def __init__(self, client: InteractionClient, socket: websockets.ClientConnection) -> None:
        self.client = client
        self._socket = socket
        self._events: list[Event] = []
        self._now = asyncio.get_running_loop().time
        client.connected(self._now())

    async def until(self, kind: type[EventT], fits: Callable[[EventT], object] = lambda _: True) -> EventT:
        """Carries the conversation on until an event of a kind comes that fits, and gives that."""
        while True:
            while self._events:
                event = self._events.pop(0)
                show(event)
                if isinstance(event, kind) and fits(event):
                    return event
            await self._turn()

    async def _turn(self) -> None:
        await self.flush()
        try:
            async with asyncio.timeout_at(self.client.next_timeout()):
                message = await self._socket.recv(decode=False)
        except TimeoutError:
            self._events += self.client.handle_timeout(self._now())
        except websockets.ConnectionClosed:
            code, reason = self._socket.close_code, self._socket.close_reason or ""
            self._events += self.client.disconnected(code, reason, self._now())
        else:
            self._events += self.client.receive(message, self._now())

    async def flush(self) -> None:
        """Writes what the client has to say."""
        for frame in self.client.data_to_send():
            await self._socket.send(frame)


def show(event: Event) -> None:
    """Prints an event and what is worth seeing of it."""
    names = ("status", "outcome", "text", "recovered", "code")
    seen = {name: getattr(event, name) for name in names if getattr(event, name, None)}
    print(f"    {type(event).__name__} {' '.join(f'{name}={str(value)!r}' for name, value in seen.items())}".rstrip())


def finished(drive_id: str) -> Callable[[AnswerFinished], bool]:
    """Whether an answer is that to a drive."""
    return lambda event: event.drive_id == drive_id


async def talk(fake: FakeAliyun, api: Api) -> None:
    """Opening remarks, a question, a streamed text, speech, an interruption, a line that breaks, the end."""
    session = await api.call(
        http.START_AVATAR_SESSION,
        http.StartAvatarSessionRequest(project_id=fake.project_id, request_id=str(uuid.uuid4())),
    )
    # Replies promise nothing, so that every field of one may be absent.
    session_id, url = session.session_id or "", session.web_socket_url or ""
    client = InteractionClient(session_id, options=ClientOptions(ready_interval=0.05))
    # The URL holds a token: connect to it as it is, and do not log it.
    async with websockets.connect(url, proxy=None) as socket:
        conversation = Conversation(client, socket)

        print("the channel is asked for until it is ready")
        await conversation.until(ChannelReady)

        print("opening remarks")
        await conversation.until(AnswerFinished, finished(client.open_remarks()))

        print("a question")
        answer = await conversation.until(AnswerFinished, finished(client.send_text("Which floor is the library on?")))
        print(f"  -> {answer.text!r}")

        print("a text that is spoken while it is written; nothing is waited for")
        stream = client.start_text_stream()
        for word in ("Please ", "follow ", "me."):
            stream.send(word)
        stream.end()

        print("speech: a second of silence, as PCM of 16 kHz, 16 bits, mono")
        speech = client.start_speech()
        speech.send(bytes(32_000))
        speech.end()
        await conversation.until(Recognised)
        await conversation.until(AnswerFinished, finished(speech.id))

        print("a question that is interrupted at its first words")
        client.send_text("Tell me everything about the building.")
        await conversation.until(AnswerChunk)
        for event in client.interrupt():
            show(event)
        await conversation.flush()

        print("the line breaks and is recovered")
        fake.recover(session_id)
        await conversation.until(RecoveryStarted)
        await conversation.until(ChannelReady)

        print("a heartbeat, a last word, and the end: over HTTP first, whereupon the server closes the socket")
        client.ping(asyncio.get_running_loop().time())
        client.send_text("Thank you, goodbye.", ask=AskType.BROADCAST)
        await conversation.flush()
        stopped = await api.call(
            http.STOP_AVATAR_SESSION,
            http.StopAvatarSessionRequest(project_id=fake.project_id, session_id=session_id),
        )
        print(f"  -> {stopped.status}")
        await conversation.until(Disconnected)


async def main() -> None:
    """Starts a fake, talks to it, and shows what it has in its journal."""
    answers = {"Which floor is the library on?": "On the second floor, to the left of the stairs."}
    async with FakeAliyun(answers=answers) as fake, httpx.AsyncClient(trust_env=False) as client:
        await talk(fake, Api(fake, client))
        crossed = Counter(f"{entry.direction:>3} {entry.message}" for entry in fake.journal.entries())
        print("\nwhat the fake has in its journal:")
        for what, times in crossed.items():
            print(f"  {times:3} x {what}")


if __name__ == "__main__":
    asyncio.run(main())
