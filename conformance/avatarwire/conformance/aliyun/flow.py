"""The flows of Aliyun: the ten documented steps of a session, and parts of them by name.

The steps live here. What carries them is in `flow_talk.py`, how steps are carried out in the package's `flow.py`.

Source: "WebSocket flow" (WS flow 1 to 10).
"""

from __future__ import annotations

import math
import struct
import uuid
from typing import Final

from avatarwire.codecs.aliyun import http
from avatarwire.codecs.aliyun.events import (
    AnswerChunk,
    AnswerFinished,
    ChannelReady,
    Disconnected,
    HeartbeatAnswered,
    Recognised,
    SpeechStarted,
)
from avatarwire.codecs.aliyun.messages import PCM_RATE, AskType
from avatarwire.codecs.aliyun.tokens import decode_channel_token

from ..flow import FlowError, Step
from ..talk import DOCUMENTED, Flows, check, there
from .flow_talk import AliyunTalk as Talk

__all__ = ["FLOWS"]

QUESTION: Final = "When does the museum open?"
LONG_QUESTION: Final = "Please tell me everything about the history of this house, from the first stone to the last."
ANNOUNCEMENT: Final = "Welcome to the reception desk."
FRAGMENTS: Final = ("The lift ", "is on your ", "left.")


def tone(seconds: float) -> bytes:
    """A quiet 440 Hz tone: PCM, 16 kHz, 16-bit little-endian, mono (ALI-R115)."""
    count = round(seconds * PCM_RATE)
    return struct.pack(f"<{count}h", *(round(4000 * math.sin(math.tau * 440 * n / PCM_RATE)) for n in range(count)))


# --- the steps ---


async def _start(talk: Talk) -> None:
    wanted = http.StartAvatarSessionRequest(project_id=talk.place.text("project_id"), request_id=str(uuid.uuid4()))
    talk.session = await talk.calls.call(http.START_AVATAR_SESSION, wanted)
    check(bool(talk.session.channel_token), "no channelToken")


async def _connect(talk: Talk) -> None:
    await talk.connect()
    talk.narrator.note("the token in the URL is the whole authentication; the URL is used as it came")


async def _prepare(talk: Talk) -> None:
    talk.converse()
    await talk.until(ChannelReady)


async def _join(talk: Talk) -> None:
    token = decode_channel_token(there(talk.session.channel_token, "no channelToken")).value
    talk.narrator.note("not done: the video travels by RTC, and no media is rendered here")
    talk.narrator.note(
        f"a client would join channel {token.channel_id} as user {token.user_id} of application {token.app_id}, "
        f"within {token.expire_time} s, with the token in channelToken"
    )


async def _opening(talk: Talk) -> None:
    finished = await talk.answer(talk.client.open_remarks())
    check(bool(finished.text), "the opening remarks are empty")
    talk.narrator.note(f'the avatar says "{finished.text}"')


async def _text(talk: Talk) -> None:
    finished = await talk.answer(talk.client.send_text(QUESTION))
    check(bool(finished.text), "the answer is empty")
    talk.narrator.note(f'asked "{QUESTION}", answered "{finished.text}"')
    finished = await talk.answer(talk.client.send_text(ANNOUNCEMENT, ask=AskType.BROADCAST))
    check(finished.text == ANNOUNCEMENT, "something else is spoken than was sent")
    talk.narrator.note("broadcast: spoken as it stands")
    stream = talk.client.start_text_stream()
    for fragment in FRAGMENTS[:-1]:
        stream.send(fragment)
    stream.end(FRAGMENTS[-1])
    finished = await talk.answer(stream.message_id)
    check(finished.text == "".join(FRAGMENTS), "something else is spoken than was sent")
    talk.narrator.note("streamed: START, CONTENT and END under one message id are one text")


async def _speech(talk: Talk) -> None:
    speech = talk.client.start_speech()
    started = await talk.until(SpeechStarted)
    check(started.success, "the server refuses to listen")
    speech.send(tone(0.128))
    speech.end()
    heard = await talk.until(Recognised)
    check(bool(heard.success and heard.text), "nothing was recognised")
    finished = await talk.answer(speech.id)
    talk.narrator.note(f'recognised "{heard.text}", answered "{finished.text}"')


async def _audio(talk: Talk) -> None:
    talk.client.send_audio(tone(0.3))
    await _heartbeat(talk)
    await _interrupt(talk)


async def _interrupt(talk: Talk) -> None:
    drive_id = talk.client.send_text(LONG_QUESTION)
    await talk.until(AnswerChunk, lambda event: event.drive_id == drive_id)
    (interrupted,) = talk.client.interrupt()
    await talk.connection.flush()
    check(isinstance(interrupted, AnswerFinished) and interrupted.interrupted, "the answer is not interrupted")
    talk.narrator.note("interrupted in the middle of its answer; what still comes of it is dropped")
    await _heartbeat(talk)


async def _heartbeat(talk: Talk) -> None:
    """Whatever the server had to say to what was sent before has come when the pong comes."""
    talk.client.ping(talk.now())
    await talk.until(HeartbeatAnswered)


async def _stop(talk: Talk) -> None:
    stopped = await talk.calls.call(
        http.STOP_AVATAR_SESSION,
        http.StopAvatarSessionRequest(
            project_id=talk.place.text("project_id"), session_id=there(talk.session.session_id, "no sessionId")
        ),
    )
    check(stopped.status == "Stopped", f"the status is {stopped.status}")


async def _close(talk: Talk) -> None:
    talk.client.close()
    await talk.connection.flush()
    await talk.socket.close()
    gone = talk.lost()[-1]
    if not (isinstance(gone, Disconnected) and gone.clean and gone.announced):
        raise FlowError(f"the WebSocket did not close cleanly: {gone}")
    talk.narrator.note(f"close code {gone.code} {gone.reason}".rstrip())


START: Final = Step(
    "Start a session", "A signed HTTP call gives the session id, the WebSocket URL and the RTC token.", _start
)
CONNECT: Final = Step(
    "Open the WebSocket", "One connection carries the whole conversation, one frame in each message.", _connect
)
PREPARE: Final = Step("Prepare the channel", "Ask until the answer is READY; nothing may be driven before.", _prepare)
JOIN: Final = Step("Join the RTC channel", "That is where the avatar is seen and heard.", _join)
OPENING: Final = Step(
    "Opening remarks", "The avatar introduces itself; the text comes in packets, the last one says so.", _opening
)
TEXT: Final = Step("Drive with text", "Ask, let speak as it stands, and let speak while it is being written.", _text)
SPEECH: Final = Step("Drive with speech", "A start packet, raw PCM, an end packet: recognised, then answered.", _speech)
AUDIO: Final = Step(
    "Drive with audio", "Audio is spoken as it is, unanswered; then a heartbeat, and an interruption.", _audio
)
INTERRUPT: Final = Step("Interrupt", "A long answer is stopped in the middle of it.", _interrupt)
STOP: Final = Step("Stop the session", "By HTTP, before the WebSocket is closed.", _stop)
CLOSE: Final = Step("Close the WebSocket", "With code 1000, from both sides.", _close)

FLOWS: Final = Flows(
    Talk,
    {
        # The ten of the document.
        DOCUMENTED: (START, CONNECT, PREPARE, JOIN, OPENING, TEXT, SPEECH, AUDIO, STOP, CLOSE),
        "text": (START, CONNECT, PREPARE, TEXT, STOP, CLOSE),
        "speech": (START, CONNECT, PREPARE, SPEECH, STOP, CLOSE),
        "interrupt": (START, CONNECT, PREPARE, INTERRUPT, STOP, CLOSE),
    },
)
