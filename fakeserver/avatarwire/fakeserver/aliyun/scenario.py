"""Everything the fake Aliyun server can be told, with its default: table ``[aliyun]`` of a scenario.

Only declarations live here. Where the document leaves something open, the field names the erratum whose ruling the
default follows, so that the other reading can be chosen.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta

from avatarwire.fakeserver.faults.table import FaultyTable
from avatarwire.fakeserver.scenario import ScenarioTable
from avatarwire.fakeserver.scenario.types import in_code

__all__ = [
    "AccountFixture",
    "AliyunScenario",
    "AnchorFixture",
    "Answer",
    "AnswerFunction",
    "ProjectFixture",
    "Question",
    "ResourceFixture",
    "Transcript",
    "VoiceFixture",
]

Seconds: TypeAlias = Annotated[float, Meta(ge=0)]
Text: TypeAlias = Annotated[str, Meta(min_length=1)]


class AccountFixture(ScenarioTable, kw_only=True, frozen=True):
    """One access key and the main account it belongs to (ALI-R001)."""

    access_key_id: Text
    access_key_secret: Text
    main_id: Annotated[str, Meta(min_length=1, description="main account id, digits; the token's aliyunMainId")] = (
        "1602000000000001"
    )


class ProjectFixture(ScenarioTable, kw_only=True, frozen=True):
    """A project that exists from the start."""

    id: Text
    main_id: Annotated[str, Meta(description="main account it belongs to; empty: the first account's")] = ""
    name: str = "reception desk"
    status: Literal["DRAFT", "DELETED", "DEPLOYING", "DEPLOYED", "DEPLOY_FAIL", "OFFLINE"] = "DEPLOYED"
    agent_id: Annotated[str, Meta(description="empty: no agent is bound (ALI-E27)")] = "agent-1"
    scale_type: Literal["9:16", "16:9"] = "9:16"
    res_spec_type: Literal["STANDARD", "ADVANCED"] = "STANDARD"
    error_msg: str = ""
    frames: Annotated[tuple[dict[str, Any], ...], Meta(description="scenes, as SaveAvatarProject takes them")] = ()
    channels: Annotated[int, Meta(ge=1, description="lines it is deployed with")] = 1


class AnchorFixture(ScenarioTable, kw_only=True, frozen=True):
    """A figure that ListAnchor knows (API 9.2)."""

    id: Text
    name: str
    gender: Literal["F", "M"]
    tier: Literal["BASIC_MODEL", "ADVANCED_MODEL"] = "BASIC_MODEL"
    anchor_type: Literal["PUBLIC_MODEL", "PRIVATE_MODEL"] = "PUBLIC_MODEL"
    digital_human_type: Literal["dynamicReality", "staticTransparency"] = "staticTransparency"
    cover_rate: Literal["9:16", "16:9"] = "9:16"
    support_bg_change: Literal[0, 1] = 1
    category: Annotated[str, Meta(description="anchorCategory of later service releases; empty: none")] = ""


class VoiceFixture(ScenarioTable, kw_only=True, frozen=True):
    """A voice that ListVoiceModels knows (API 10.2)."""

    id: Annotated[int, Meta(ge=1, le=2**63 - 1)]
    name: str
    gender: Literal["F", "M"]
    tier: Literal["BASIC_VOICE", "ADVANCED_VOICE"] = "BASIC_VOICE"
    voice_type: Literal["PUBLIC_VOICE", "PRIVATE_VOICE"] = "PUBLIC_VOICE"
    language: Literal["zh", "en"] = "zh"
    tts_version: Literal[0, 1, 2] = 2


class ResourceFixture(ScenarioTable, kw_only=True, frozen=True):
    """Lines the account has bought (API 5)."""

    id: Text
    type: Literal["STANDARD", "ADVANCED"] = "STANDARD"
    channels: Annotated[int, Meta(ge=0, description="lines that can be deployed at the same time")] = 1000
    valid_seconds: Annotated[float, Meta(gt=0, description="validity from the start of the server")] = 30 * 86400.0


class Answer(ScenarioTable, kw_only=True, frozen=True):
    """What the avatar says to a question."""

    content: Annotated[str | tuple[str, ...], Meta(description="the text, or the packets it comes in")]
    related_images: tuple[str, ...] = ()
    related_videos: tuple[str, ...] = ()
    success: Annotated[bool, Meta(description="false: a business refusal (ALI-E29)")] = True


class Transcript(ScenarioTable, kw_only=True, frozen=True):
    """What is recognised of an utterance."""

    text: str
    partials: Annotated[
        tuple[str, ...], Meta(description="results before the last one, with finish false: one a packet of speech")
    ] = ()
    success: Annotated[bool, Meta(description="false: nothing is recognised, and the question is refused")] = True


class Question(msgspec.Struct, frozen=True):
    """What an answering function is asked.

    Attributes:
        text: the question, or the recognised speech.
        session_id, project_id, agent_id: where it was asked; the agent id is empty when none is bound.
        message_id: id of the drive.
        kind: ``text`` or ``speech``.
    """

    text: str
    session_id: str
    project_id: str
    agent_id: str
    message_id: str
    kind: Literal["text", "speech"] = "text"


Said: TypeAlias = "str | Answer | tuple[str, ...]"
"""An answer: its text, a complete `Answer`, or the packets it comes in."""

AnswerFunction: TypeAlias = "Callable[[Question], Said | Awaitable[Said]]"
"""Answers a question, plain or async; runs in the server's loop, so it must not block. For code only, not for files."""

DEFAULT_PROJECT: Final = "510020003000400001"

_ANCHORS: Final = (
    AnchorFixture(id="310001", name="Lin", gender="F"),
    AnchorFixture(id="310002", name="Bo", gender="M"),
    AnchorFixture(id="310003", name="Yu", gender="F", cover_rate="16:9", support_bg_change=0),
    AnchorFixture(id="320001", name="Lin HD", gender="F", tier="ADVANCED_MODEL"),
    AnchorFixture(id="330001", name="house figure", gender="M", anchor_type="PRIVATE_MODEL"),
)
_VOICES: Final = (
    VoiceFixture(id=101, name="clear", gender="F"),
    VoiceFixture(id=102, name="calm", gender="M"),
    VoiceFixture(id=103, name="bright", gender="F", language="en", tts_version=1),
    VoiceFixture(id=201, name="clear HD", gender="F", tier="ADVANCED_VOICE"),
    VoiceFixture(id=301, name="house voice", gender="M", voice_type="PRIVATE_VOICE"),
)
_FRAME: Final[Mapping[str, Any]] = {
    "layers": [
        {
            "type": "ANCHOR",
            "positionX": 0,
            "positionY": 480,
            "width": 1080,
            "height": 1440,
            "material": {"id": "310001"},
        },
        {
            "type": "BACKGROUND",
            "material": {"url": "http://127.0.0.1/backgrounds/lobby.png", "format": "image/png"},
        },
    ],
    "videoScript": {"voiceTemplateId": "101", "speedRate": "1.0"},
}


class AliyunScenario(FaultyTable, kw_only=True, frozen=True):
    """Table ``[aliyun]``."""

    strict: Annotated[bool, Meta(description="refuse what the document forbids, naming the clause")] = False
    verify_signatures: Annotated[bool, Meta(description="check ACS3 signatures, dates and nonces")] = True

    accounts: Annotated[tuple[AccountFixture, ...], Meta(min_length=1, description="who may call")] = (
        AccountFixture(access_key_id="LTAI5tFakeAccessKeyId01", access_key_secret="fake-access-key-secret-01"),  # noqa: S106 - a fixture, not a secret
    )
    projects: Annotated[tuple[ProjectFixture, ...], Meta(description="projects that exist from the start")] = (
        ProjectFixture(id=DEFAULT_PROJECT, frames=(dict(_FRAME),)),
    )
    anchors: Annotated[tuple[AnchorFixture, ...], Meta(description="figures there are")] = _ANCHORS
    voices: Annotated[tuple[VoiceFixture, ...], Meta(description="voices there are")] = _VOICES
    resources: Annotated[tuple[ResourceFixture, ...], Meta(description="lines the account has bought")] = (
        ResourceFixture(id="res-standard-1"),
        ResourceFixture(id="res-advanced-1", type="ADVANCED"),
    )

    # Projects
    deploy_seconds: Annotated[Seconds, Meta(description="from DEPLOYING to DEPLOYED")] = 0.1
    deploy_failures: Annotated[
        tuple[str, ...], Meta(description="names or ids of projects whose deployment ends in DEPLOY_FAIL")
    ] = ()
    channel_quota: Annotated[
        bool, Meta(description="sessions of a project are limited to the lines it is deployed with (ALI-E89)")
    ] = False

    failing_lists: Annotated[
        tuple[Literal["ListAnchor", "ListVoiceModels"], ...],
        Meta(description="lists that are answered with success false, errorCode and errorMessage (ALI-R060)"),
    ] = ()

    # Sessions and tokens
    token_seconds: Annotated[float, Meta(gt=0, description="life of the token in webSocketUrl (ALI-E53)")] = 3600.0
    socket_refusal: Annotated[
        Literal["handshake", "frame"],
        Meta(description="a token that is no good: 401 at the handshake, or 10001 on the socket and 1008 (ALI-E51)"),
    ] = "handshake"
    channel_token_seconds: Annotated[int, Meta(ge=1, description="expireTime of channelToken (ALI-E54)")] = 600
    channel_token_epoch: Annotated[bool, Meta(description="expireTime as epoch seconds instead (ALI-E54)")] = False
    gslb: Annotated[tuple[str, ...], Meta(description="access points in channelToken; none: no key (ALI-E55)")] = ()
    line_seconds: Annotated[
        Annotated[float, Meta(ge=0)] | None,
        Meta(description="life of a line; then the session is closed by force (ALI-R122)"),
    ] = None
    idle_seconds: Annotated[
        Annotated[float, Meta(ge=0)] | None,
        Meta(description="silence after which a session is closed by force (ALI-E104)"),
    ] = None
    heartbeat_seconds: Annotated[
        Annotated[float, Meta(ge=0)] | None,
        Meta(description="silence on the socket after which it is closed (ALI-E03)"),
    ] = None
    stop_statuses: Annotated[
        tuple[Literal["Stopped", "StoppedFail"], ...],
        Meta(
            description="scripted answers of StopAvatarSession for sessions that there are; the last one is repeated; "
            "StoppedFail lets the session live; empty: Stopped (ALI-R029)"
        ),
    ] = ()
    stop_unknown: Annotated[
        Literal["StoppedFail", "error"], Meta(description="stopping an unknown session (ALI-E121)")
    ] = "StoppedFail"
    stopped_kept: Annotated[
        int, Meta(ge=0, description="stopped sessions that are remembered; the oldest become unknown")
    ] = 10_000

    # Channel preparation
    polls_until_ready: Annotated[int, Meta(ge=0, description="INIT answers before READY (ALI-E16)")] = 2
    channel_statuses: Annotated[
        tuple[Literal["INIT", "FAIL", "READY"], ...],
        Meta(description="scripted answers; the last one is repeated (ALI-E17); empty: polls_until_ready"),
    ] = ()
    before_ready: Annotated[Literal["refuse", "queue", "ignore"], Meta(description="drives before READY (ALI-E19)")] = (
        "refuse"
    )
    crossing_seconds: Annotated[
        Seconds,
        Meta(
            description="what comes so soon after a push of the server, and before the client reacts to it, may have "
            "crossed it: a note in the journal (ALI-R078, ALI-R122)"
        ),
    ] = 1.0

    # Answers
    opening: Annotated[
        str | tuple[str, ...] | Answer, Meta(description="opening remarks, the packets they come in, or an answer")
    ] = "Hello, I am your digital assistant. How can I help you?"
    answers: Annotated[
        Mapping[str, str | Answer], Meta(description="answers by exact question; others get default_answer")
    ] = msgspec.field(default_factory=dict[str, "str | Answer"])
    default_answer: Annotated[str | Answer, Meta(description="{text} stands for the question")] = "You asked: {text}"
    answer: Annotated[Any, in_code("function that answers (code only); goes before the table")] = None
    without_agent: Annotated[
        Literal["answer", "refuse"], Meta(description="questions to a project without an agent (ALI-E27)")
    ] = "answer"
    transcripts: Annotated[
        tuple[str | Transcript, ...],
        Meta(description="what is recognised, utterance by utterance; the last one is repeated"),
    ] = ("what is the weather like today",)
    chunk_characters: Annotated[int, Meta(ge=0, description="characters a packet; 0: the whole answer in one")] = 12
    cumulative: Annotated[bool, Meta(description="packets repeat what was said so far (ALI-E22)")] = False
    separate_finish: Annotated[
        bool, Meta(description="end with an empty packet instead of finishing in the last one (ALI-E22)")
    ] = False
    first_chunk_seconds: Annotated[Seconds, Meta(description="until the first packet of an answer")] = 0.0
    chunk_seconds: Annotated[Seconds, Meta(description="between packets")] = 0.02
    broadcast_reply: Annotated[Literal["finish", "none"], Meta(description="reply to a broadcast (ALI-E23)")] = "finish"
    speech_broadcast_reply: Annotated[
        Literal["finish", "none"], Meta(description="reply to speech in broadcast mode (ALI-R110)")
    ] = "finish"
    overlap: Annotated[
        Literal["queue", "replace", "reject"], Meta(description="a drive during a running one (ALI-E115)")
    ] = "queue"
    interrupt_reply: Annotated[
        Literal["finish", "none"], Meta(description="how an interrupted answer ends (ALI-E33)")
    ] = "finish"
    recovery_reply: Annotated[
        Literal["none", "finish"], Meta(description="how an answer ends that a broken line cuts off (ALI-E48)")
    ] = "none"
    http_text_on_socket: Annotated[
        bool, Meta(description="answers to SendTextMsg also arrive on the socket (ALI-E116)")
    ] = False
    asr_reply_biz_type: Annotated[
        Literal[128, 129], Meta(description="business type of answers to speech (ALI-E35)")
    ] = 128
    data_outside_speech: Annotated[
        Literal["ignore", "refuse"], Meta(description="speech data without a start packet (ALI-E39)")
    ] = "ignore"

    # The socket
    echo_serial_numbers: Annotated[bool, Meta(description="replies carry the request's serial number (ALI-E04)")] = True
    pong_payload: Annotated[str, Meta(description="payload of a pong (ALI-E03)")] = "{}"
    push_payload: Annotated[
        str | None, Meta(description="payload of pushes 3 and 4; None: the session id (ALI-E47)")
    ] = None
    force_close_seconds: Annotated[Seconds, Meta(description="from force-close to the close frame (ALI-E49)")] = 0.0
    second_connection: Annotated[
        Literal["replace", "force_close", "refuse"],
        Meta(
            description="another socket for the same session: the older one is closed, is closed with a push 3 before, "
            "or the new one is refused (ALI-E114)"
        ),
    ] = "replace"
    close_on_bad_frame: Annotated[
        bool, Meta(description="strict mode closes with 1003 or 1007 after a bad frame (ALI-E09)")
    ] = False
    max_frame_bytes: Annotated[int, Meta(ge=1024, description="larger frames close with 1009 (ALI-E10)")] = (
        16 * 1024 * 1024
    )
    max_body_bytes: Annotated[int, Meta(ge=1024, description="larger HTTP bodies are refused")] = 1024 * 1024
    max_queue: Annotated[int, Meta(ge=1, description="drives a session may have waiting")] = 1000

    # Bad days
