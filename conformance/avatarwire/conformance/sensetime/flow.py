"""The flows of SenseTime: those that the documents have of a live, one after the other, and parts of them by name.

The steps live here. What carries them is in `flow_talk.py`, how steps are carried out in the package's `flow.py`.

Source: both documents; the login is observed in public clients (ST-E101).
"""

from __future__ import annotations

import math
import struct
from typing import Final

from avatarwire.codecs.sensetime import http
from avatarwire.codecs.sensetime.auth.web_token import WEB_TOKEN, WebTokenRequest
from avatarwire.codecs.sensetime.client.live import LiveClient
from avatarwire.codecs.sensetime.events import (
    CancelAnswered,
    LiveCreated,
    LiveEnded,
    LiveReady,
    LiveStarted,
    MicrophoneReady,
    QueueListed,
    ReorderAnswered,
    RtcTokenRenewed,
    TakeoverAnswered,
    TakeoverChanged,
    TakeoverEnded,
    TakeoverNoticed,
)
from avatarwire.codecs.sensetime.http import CreateLiveRequest
from avatarwire.codecs.sensetime.messages.enums import LiveStatus, NlpDevice, TakeoverStatus
from avatarwire.codecs.sensetime.messages.interactive import (
    AsrEof,
    AsrText,
    CommandEof,
    NlpAnswer,
    OpeningAnswer,
    RecordEof,
)
from avatarwire.codecs.sensetime.options import LiveOptions
from avatarwire.codecs.sensetime.script import INTERACTIVE, LiveScript, TakeoverScript
from avatarwire.codecs.sensetime.script_parts import DigitalRole, Position, Scene, TakeoverQuery, TtsConfig, TtsQuery
from avatarwire.codecs.sensetime.wire.microphone import SAMPLE_RATE

from ..flow import Step
from ..talk import DOCUMENTED, Flows, check
from .flow_talk import ANSWER, LIBRARY, QUESTION
from .flow_talk import SenseTimeTalk as Talk

__all__ = ["FLOWS"]

OPTIONS: Final = LiveOptions(start_at_once=False, poll_interval=1.0)

OPENING: Final = "Hello, what would you like to know?"


def _script() -> LiveScript:
    scene = Scene(
        digital_role=DigitalRole(id=1, position=Position(x=0, y=0), scale=1.0),
        tts_config=TtsConfig(qid="a-voice"),
        tts_query=TtsQuery(content="Welcome to our shop, please come in.", ssml=False),
        opening_words=OPENING,
    )
    return LiveScript(live_type=INTERACTIVE, scene_list=(scene,))


def _speech(text: str) -> TakeoverScript:
    return TakeoverScript(tts_query=TakeoverQuery(content=text, ssml=False))


def _tone(seconds: float) -> bytes:
    """A tone, as 16-bit PCM."""
    samples = range(int(seconds * SAMPLE_RATE))
    return b"".join(struct.pack("<h", int(20_000 * math.sin(2 * math.pi * 440 * at / SAMPLE_RATE))) for at in samples)


# --- the steps ---


async def _log_in(talk: Talk) -> None:
    await talk.log_in()
    talk.narrator.note("the access token lives for 8 hours, and is refreshed every 3.5 hours, never within 3")


async def _hand_out(talk: Talk) -> None:
    token = await talk.calls.call(WEB_TOKEN, WebTokenRequest())
    check(token.expires_in >= 3600, f"the page's token lives for {token.expires_in} s only")
    talk.narrator.note("the refresh token stays with the servers")


async def _create(talk: Talk) -> None:
    talk.begin(LiveClient(CreateLiveRequest.of(_script(), user_data="demonstration"), OPTIONS))
    talk.client.create(talk.now())
    created = await talk.until(LiveCreated)
    check(created.status == LiveStatus.INITIALISING, f"the status is {created.status}")
    await talk.until(LiveReady)


async def _start(talk: Talk) -> None:
    talk.client.start()
    await talk.until(LiveStarted)
    talk.narrator.note("not done: pulling the stream by RTC, as no media is rendered here")


async def _renew(talk: Talk) -> None:
    talk.client.renew_rtc_token()
    await talk.until(RtcTokenRenewed)


async def _command(talk: Talk) -> None:
    talk.client.say(_speech("Please wait a moment, an important notice."))
    answered = await talk.until(TakeoverAnswered)
    check(answered.accepted, "the takeover is not accepted")
    await talk.until(TakeoverChanged, lambda event: event.status is TakeoverStatus.STARTED)


async def _queue(talk: Talk) -> None:
    ids: list[str] = []
    for text in ("The first one of three in a row.", "The second of three in a row.", "The third of three in a row."):
        talk.client.queue(_speech(text * 10))
        ids.append((await talk.until(TakeoverAnswered)).trace_id)
    talk.client.reorder(ids[2], 1)
    check((await talk.until(ReorderAnswered)).success, "the third one is not moved")
    talk.client.list_queue()
    listed = (await talk.until(QueueListed)).trace_ids
    wanted = [ids[2], ids[1]]
    check([it for it in listed if it in wanted] == wanted, "the third one is not before the second")
    talk.client.cancel(ids[1])
    check((await talk.until(CancelAnswered)).success, "the second one is not cancelled")


async def _clear(talk: Talk) -> None:
    talk.client.cancel()
    check((await talk.until(CancelAnswered)).success, "they are not cancelled")
    talk.narrator.note("a microphone would be refused with code 7 as long as something plays")


async def _speak(talk: Talk) -> None:
    await talk.open_microphone()
    await talk.hear(MicrophoneReady)
    talk.microphone.end(_tone(0.2))
    await talk.connection.flush()
    talk.narrator.note("16 kHz, 16-bit, mono PCM: an assumption of ours, the document does not say")


async def _notice(talk: Talk) -> None:
    talk.client.say(_speech("This one is told of on the socket."))
    await talk.until(TakeoverAnswered)
    for status in (TakeoverStatus.STARTED, TakeoverStatus.FINISHED):
        told = await talk.hear(TakeoverNoticed)
        check(told.status is status, f"the socket tells {told.status}")
    await talk.until(TakeoverEnded)


async def _converse(talk: Talk) -> None:
    talk.narrator.note("the documents describe the messages, not what carries them: this endpoint is ours")
    await talk.open_page()
    opening = await talk.pushed(OpeningAnswer)
    check(opening.words == OPENING, f"the opening line is {opening.words}")
    await talk.pushed(CommandEof)
    await talk.type_in(QUESTION)
    for kind in (AsrText, AsrEof, RecordEof, NlpAnswer, CommandEof):
        message = await talk.pushed(kind)
        check(kind is not NlpAnswer or message.words == ANSWER, f"the answer is {message.words}")


async def _ask(talk: Talk) -> None:
    question = http.NlpReplyRequest(
        query=QUESTION,
        session="session-1",
        device=NlpDevice.WINDOWS,
        trace="trace-1",
        app_id=LIBRARY,
        language="zh",
    )
    reply = await talk.calls.call(http.NLP_REPLY, question)
    check(reply.answer == ANSWER, f"the answer is {reply.answer!r}")
    talk.narrator.note("the one answer without an envelope")


async def _close(talk: Talk) -> None:
    talk.client.close(talk.now())
    ended = await talk.until(LiveEnded)
    check(ended.status is LiveStatus.CLOSED, f"it ended with {ended.status}")
    await talk.closed()


async def _review(talk: Talk) -> None:
    page = await talk.calls.call(http.HISTORY_LIST, http.HistoryListRequest())
    check(any(row.session_id == talk.client.session_id for row in page.result or ()), "the live is not listed")


LOG_IN: Final = Step("Log in", "appId and appKey sign the login; the token goes into every other call.", _log_in)
HAND_OUT: Final = Step(
    "Hand a token to a page", "What a proxy of the customer does; the refresh token is not told.", _hand_out
)
CREATE: Final = Step(
    "Create a live", "Its script travels as JSON in a text; a callback tells when the stream is there.", _create
)
START: Final = Step("Start it", "Now the stream is pushed; from here on a heartbeat is due every minute.", _start)
RENEW: Final = Step("Renew the RTC token", "When the RTC SDK says that the one before is about to end.", _renew)
COMMAND: Final = Step(
    "Take over at once", "A text is spoken instead of the script; what happens to it is called back.", _command
)
QUEUE: Final = Step("Manage the queue", "Three in a row; the last one moved forward, one cancelled.", _queue)
CLEAR: Final = Step("Cancel everything", "What plays and what waits, before somebody takes the microphone.", _clear)
SPEAK: Final = Step("Speak", "Begin, ready, PCM, eof.", _speak)
NOTICE: Final = Step(
    "Hear of takeovers", "As long as the socket is open it tells what happens to takeovers, too.", _notice
)
CONVERSE: Final = Step(
    "Talk to the avatar", "An opening line; then a question is heard, answered, and the answer spoken.", _converse
)
ASK: Final = Step("Ask a library", "Question and answer without a live.", _ask)
CLOSE: Final = Step("Close the live", "A callback, and the end of the sockets.", _close)
REVIEW: Final = Step("Look at the history", "The lives that are over.", _review)

FLOWS: Final = Flows(
    Talk,
    {
        DOCUMENTED: (
            LOG_IN, HAND_OUT, CREATE, START, RENEW, COMMAND, QUEUE, CLEAR, SPEAK, NOTICE, CONVERSE, ASK, CLOSE, REVIEW,
        ),
        "takeovers": (LOG_IN, CREATE, START, COMMAND, QUEUE, CLEAR, CLOSE),
        "microphone": (LOG_IN, CREATE, START, SPEAK, NOTICE, CLOSE),
    },
)  # fmt: skip
