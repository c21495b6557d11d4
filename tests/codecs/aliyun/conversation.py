"""A client at the other end of hand-made frames: what the tests of the interaction client share."""

from __future__ import annotations

from itertools import count
from typing import Any, Final

from avatarwire.codecs.aliyun.client.interaction import InteractionClient
from avatarwire.codecs.aliyun.client.states import ClientState
from avatarwire.codecs.aliyun.events import AnswerChunk, AnswerFinished, Event
from avatarwire.codecs.aliyun.options import ClientOptions

SESSION: Final = "s-7"

# Serial numbers that tell the two sides apart in a dump.
OURS: Final = b"client-7"
THEIRS: Final = b"server-7"

POLL: Final = bytes.fromhex("000183") + OURS + b'{"sessionId":"s-7"}'
PING: Final = bytes.fromhex("0e01ff") + OURS + b"{}"
INTERRUPT: Final = bytes.fromhex("000102") + OURS + b'{"sessionId":"s-7"}'

PONG: Final = bytes.fromhex("0f01ff") + THEIRS + b"{}"
FORCE_CLOSE: Final = bytes.fromhex("010103") + THEIRS + b'{"sessionId":"s-7"}'
RECOVERING: Final = bytes.fromhex("010104") + THEIRS + b'{"sessionId":"s-7"}'


def status(word: str) -> bytes:
    """A channel-ready response."""
    return bytes.fromhex("010183") + THEIRS + b'{"sessionId":"s-7","status":"%s"}' % word.encode()


def reply(
    content: str = "", *, finish: bool = False, id_: str = "", biz: int = 128, success: bool = True, media: str = "[]"
) -> bytes:
    """A packet of an answer to a text or to speech, or with `biz` 0 of the opening remarks."""
    flag, end = str(success).lower(), str(finish).lower()
    return (
        bytes((1, 1, biz))
        + THEIRS
        + (
            f'{{"success":{flag},"sessionId":"s-7","content":"{content}","finish":{end},'
            f'"relatedImages":{media},"relatedVideos":[],"messageId":"{id_}"}}'
        ).encode()
    )


def start_reply(success: bool = True, biz: int = 130) -> bytes:
    """The answer to the start packet of an utterance."""
    return bytes((1, 1, biz)) + THEIRS + b'{"sessionId":"s-7","success":%s}' % str(success).lower().encode()


def heard(text: str, *, finish: bool = False, biz: int = 129) -> bytes:
    """A packet of recognised speech."""
    end = str(finish).lower()
    return (
        bytes((1, 1, biz))
        + THEIRS
        + f'{{"success":true,"sessionId":"s-7","content":"{text}","finish":{end},"messageId":"u-1"}}'.encode()
    )


def new_client(**options: Any) -> InteractionClient:
    """A client before its connection; its drives are called m-1, m-2 and so on."""
    numbers = count(1)
    return InteractionClient(
        SESSION,
        options=ClientOptions(**options),
        serial_numbers=lambda: OURS,
        message_ids=lambda: f"m-{next(numbers)}",
    )


def ready_client(**options: Any) -> InteractionClient:
    """A client whose channel became ready at once; the time is 100."""
    client = new_client(**options)
    client.connected(100.0)
    client.receive(status("READY"), 100.0)
    client.data_to_send()
    return client


def assert_state(client: InteractionClient, state: ClientState) -> None:
    """Holds now; type checkers would take a bare assertion on the property to hold for good."""
    assert client.state is state


def arrive(client: InteractionClient, *frames: bytes, now: float = 100.0) -> list[Event]:
    """The events of several frames."""
    return [event for frame in frames for event in client.receive(frame, now)]


def told(events: list[Event]) -> list[tuple[str, ...]]:
    """Answers in short: drive and text of a part, drive, text and outcome of an end."""
    short: list[tuple[str, ...]] = []
    for event in events:
        match event:
            case AnswerChunk():
                short.append((event.drive_id, event.text))
            case AnswerFinished():
                short.append((event.drive_id, event.text, event.outcome))
            case _:
                short.append((type(event).__name__,))
    return short
