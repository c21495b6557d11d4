"""Everything the fake SenseTime server can be told, with its default: table ``[sensetime]`` of a scenario.

Only declarations live here. Where the documents leave something open, the field names the erratum whose ruling the
default follows, so that the other reading can be chosen.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta

from avatarwire.fakeserver.faults.table import FaultyTable
from avatarwire.fakeserver.scenario import ScenarioTable
from avatarwire.fakeserver.scenario.types import in_code

__all__ = [
    "AccountFixture",
    "AnswerFunction",
    "LiveOutcome",
    "NlpFunction",
    "NlpQuestion",
    "SenseTimeScenario",
    "SpeechOutcome",
    "SpokenQuestion",
]

Seconds: TypeAlias = Annotated[float, Meta(ge=0)]
Text: TypeAlias = Annotated[str, Meta(min_length=1)]
Header: TypeAlias = Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]+$(?!\n)")]
Url: TypeAlias = Annotated[str, Meta(pattern=r"^(https?://[^\s]+)?$(?!\n)")]

LiveOutcome: TypeAlias = Literal["ready", "slow", "failed", "abnormal", "platform_full", "customer_full"]
"""What becomes of a live that is made: 35; 32, then 35; 32, then 99; 9; 97; 98."""

SpeechOutcome: TypeAlias = Literal["heard", "stop", "fail"]
"""What becomes of a round of speech: nothing is wrong; code 4; code 5."""


class AccountFixture(ScenarioTable, kw_only=True, frozen=True):
    """One app of a customer, and what belongs to it."""

    app_id: Text
    app_key: Text
    channels: Annotated[
        Annotated[int, Meta(ge=0)] | None, Meta(description="lives it may have at a time; more are 98 (ST-LIVE-14)")
    ] = None
    callback_url: Annotated[
        Url | None, Meta(description="where its callbacks go; None: callback_url of the table (ST-E99)")
    ] = None
    auth_key: Annotated[
        str, Meta(description="callbacks are signed with it, in a way of ours (ST-E95); empty: not")
    ] = ""


class NlpQuestion(msgspec.Struct, frozen=True):
    """What a function that answers nlpReply is asked.

    Attributes:
        query: the question.
        app_id: the library.
        session: equal for all questions of one conversation (ST-NLP-05).
        trace: id of the question.
        device: of the asker.
    """

    query: str
    app_id: str
    session: str
    trace: str
    device: str


class SpokenQuestion(msgspec.Struct, frozen=True):
    """What a function that answers in an interactive live is asked.

    Attributes:
        text: what was said.
        session_id: of the live.
        trace: of the round (ST-E126).
        source: whether it was typed or spoken.
    """

    text: str
    session_id: str
    trace: str
    source: Literal["text", "speech"]


AnswerFunction: TypeAlias = "Callable[[SpokenQuestion], str | Iterable[str] | Awaitable[Any] | None]"
"""Answers what is said to an interactive live, plain or async: one answer or several, None for the default one. A plain
one runs in the server's loop, so it must not block. For code only, not for files."""

NlpFunction: TypeAlias = "Callable[[NlpQuestion], str | None]"
"""Answers a question, None for a miss; runs in the server's loop, so it must not block. For code only, not for files.
What it raises is told in error_message (ST-E72)."""

_ACCOUNT: Final = AccountFixture(app_id="fake-app-id", app_key="fake-app-key")
_ANSWERS: Final[Mapping[str, str]] = {"你们几点开门?": "我们每天九点开门,欢迎光临。"}
_LIBRARIES: Final[Mapping[str, Mapping[str, str]]] = {
    "fake-library": {"几点开门": "每天九点开门,欢迎光临。", "when do you open": "We open at nine o'clock every day."}
}


class SenseTimeScenario(FaultyTable, kw_only=True, frozen=True):
    """Table ``[sensetime]``."""

    strict: Annotated[bool, Meta(description="refuse what the documents forbid, naming the clause")] = False

    accounts: Annotated[tuple[AccountFixture, ...], Meta(min_length=1, description="who may call")] = (_ACCOUNT,)

    # The user centre
    token_seconds: Annotated[float, Meta(gt=0, description="life of an access token (ST-TOK-01)")] = 8 * 3600.0
    tokens_valid: Annotated[
        int,
        Meta(
            ge=1, description="access tokens of an account valid at a time; a further one retires the oldest (ST-E103)"
        ),
    ] = 2
    refresh_seconds: Annotated[Seconds, Meta(description="least time between a token and its refresh (ST-E102)")] = (
        3 * 3600.0
    )
    early_refresh: Annotated[
        Literal["refuse", "repeat"], Meta(description="a refresh before that: refused, or the same token (ST-E102)")
    ] = "refuse"
    refresh_token_seconds: Annotated[
        Annotated[float, Meta(gt=0)] | None, Meta(description="life of a refresh token; None: no end (ST-E104)")
    ] = None
    rotate_refresh_tokens: Annotated[bool, Meta(description="a refresh gives another refresh token (ST-E104)")] = False
    login_age_seconds: Annotated[
        Annotated[float, Meta(gt=0)] | None, Meta(description="age at which a login is refused; None: at none")
    ] = None
    token_header: Annotated[Header, Meta(description="header with the access token, in any case (ST-E01)")] = (
        "Authorization"  # noqa: S105 - a name
    )
    token_failure: Annotated[
        Literal["code", "401"],
        Meta(description="a wrong token: a code, or status 401 without a body (ST-E01, ST-E105)"),
    ] = "code"  # noqa: S105 - a choice
    proxy_refresh_seconds: Annotated[
        float, Meta(gt=0, description="age at which the proxy for web pages gets a new token (ST-TOK-05)")
    ] = 3.5 * 3600.0
    cors_origins: Annotated[
        tuple[Text, ...], Meta(description="origins whose pages may call; * for all (ST-TOK-09)")
    ] = ()

    # Lives
    initialising_seconds: Annotated[
        Seconds, Meta(description="from createLive to 35; 0: answered with 35 at once, else with 32 (ST-LIVE-09)")
    ] = 0.0
    slow_seconds: Annotated[Seconds, Meta(description="the same for outcomes slow and failed")] = 2.0
    outcomes: Annotated[
        tuple[LiveOutcome, ...], Meta(description="what becomes of lives, in turn; after the last they are ready")
    ] = ()
    platform_channels: Annotated[
        Annotated[int, Meta(ge=0)] | None, Meta(description="lives there may be at a time; more are 97 (ST-LIVE-14)")
    ] = None
    heartbeat_seconds: Annotated[
        Annotated[float, Meta(gt=0)] | None,
        Meta(description="gap between heartbeats, counted from createLive, that closes with 50; None: none (ST-E23)"),
    ] = 180.0
    crossing_seconds: Annotated[
        Seconds,
        Meta(
            description="what comes so soon after the server has ended a live or a round of speech, or refused a "
            "token, may have crossed that on its way: no error in the journal (ST-E09, ST-E23, ST-MIC-12)"
        ),
    ] = 1.0
    close_ended: Annotated[
        Literal["false", "code"], Meta(description="closing a live that is over: data false, or a code (ST-E25)")
    ] = "false"
    before_start: Annotated[
        Literal["accept", "refuse"], Meta(description="takeovers of a live at 35, before startLive")
    ] = "accept"
    ended_kept: Annotated[int, Meta(ge=0, description="lives that are over and remembered; the oldest go first")] = (
        10_000
    )
    page_size_limit: Annotated[int, Meta(ge=1, description="most rows of a page of historyList (ST-E30)")] = 100
    utc_offset_hours: Annotated[
        float, Meta(ge=-14, le=14, description="zone of all dates, hours east of Greenwich (ST-E32)")
    ] = 8.0

    # RTC
    rtc_app_id: Annotated[Text, Meta(description="rtcAppId of lives without an RTC app of their own")] = "fake-rtc-app"
    rtc_token_seconds: Annotated[float, Meta(gt=0, description="life of an RTC token (ST-E33)")] = 3600.0
    rtc_warning_seconds: Annotated[
        Seconds, Meta(description="time before its end at which the journal notes it (ST-LIVE-29)")
    ] = 30.0

    # Takeovers, as calls
    short_speech: Annotated[
        Literal["refuse", "accept"], Meta(description="less than 10 characters to be spoken (ST-E37)")
    ] = "refuse"
    queue_limit: Annotated[
        Annotated[int, Meta(ge=1)] | None, Meta(description="takeovers a queue may have; None: any number (ST-E47)")
    ] = None
    takeover_during_speech: Annotated[
        Literal["refuse", "accept"], Meta(description="takeovers while the microphone is spoken into (ST-E56)")
    ] = "refuse"
    cancelled_status: Annotated[
        Literal[37, 39], Meta(description="callback of a takeover that was cancelled (ST-E49)")
    ] = 37

    # Takeovers, on the clock
    command_during_takeover: Annotated[
        Literal["preempt", "wait"],
        Meta(description="a command while one plays: that one is over, or the command is the next to play (ST-E11)"),
    ] = "preempt"
    characters_per_second: Annotated[
        float, Meta(gt=0, description="pace of text that is spoken, where speed_ratio is 1 (ST-E79)")
    ] = 5.0
    audio_seconds: Annotated[
        Mapping[str, Seconds], Meta(description="length of files that are spoken, by URL or path (ST-E35)")
    ] = msgspec.field(default_factory=dict[str, float])
    default_audio_seconds: Annotated[Seconds, Meta(description="length of a file of another URL")] = 3.0
    download_seconds: Annotated[
        Mapping[str, Seconds], Meta(description="how long fetching takes, by URL (ST-TKO-14)")
    ] = msgspec.field(default_factory=dict[str, float])
    default_download_seconds: Annotated[Seconds, Meta(description="how long fetching of other files takes")] = 0.0
    download_threshold: Annotated[
        Seconds, Meta(description="fetching that takes longer is answered with 33 (ST-TKO-13); shorter, not waited for")
    ] = 10.0
    missing_files: Annotated[
        tuple[str, ...], Meta(description="URLs that are not to be had: their takeovers fail with 39")
    ] = ()

    # The microphone socket
    microphone_token: Annotated[
        Literal["session", "either"],
        Meta(description="what opens the socket: sessionToken only, or the account's access token, too (ST-E02)"),
    ] = "session"  # noqa: S105 - a choice
    any_client_type: Annotated[bool, Meta(description="another clientType than BROWSER is let in (ST-E59)")] = False
    microphone_ready: Annotated[
        Literal["begin", "open"],
        Meta(description="code 2 is sent in answer to begin; or on connecting, the first begin unanswered (ST-E60)"),
    ] = "begin"
    second_microphone: Annotated[
        Literal["replace", "refuse"],
        Meta(description="a second socket of a live: closes the first, or is refused with HTTP status 409 (ST-E62)"),
    ] = "replace"
    speech_outcomes: Annotated[
        tuple[SpeechOutcome, ...],
        Meta(description="what becomes of rounds of speech, in turn: stop is code 4, fail 5, at the first packet"),
    ] = ()
    microphone_code: Annotated[
        Literal["integer", "text"], Meta(description="how code is written on the socket (ST-E57)")
    ] = "integer"
    notice_timestamp: Annotated[
        Literal["seconds", "milliseconds"], Meta(description="timestamp of codes 18, 19 and 20 (ST-E66)")
    ] = "seconds"
    max_frame_bytes: Annotated[
        int, Meta(ge=1024, description="a larger message closes a socket with 1009 (ST-E132)")
    ] = 1024 * 1024

    # Interactive lives
    opening_words: Annotated[
        str, Meta(description="opening line of lives whose script has none; empty: none (ST-E92)")
    ] = ""
    transcripts: Annotated[
        tuple[str, ...],
        Meta(min_length=1, description="what is heard in rounds of speech, in turn; the last one is repeated"),
    ] = ("你们几点开门?",)
    partial_seconds: Annotated[
        float, Meta(gt=0, description="seconds of speech after which it is told what was heard so far (ST-E125)")
    ] = 0.5
    interactive_answers: Annotated[
        Mapping[str, str], Meta(description="answers of the model, by what was said; exact")
    ] = msgspec.field(default_factory=lambda: dict(_ANSWERS))
    default_answer: Annotated[str, Meta(description="its answer to anything else; {text} stands for what was said")] = (
        "您说的是:{text}"
    )
    interactive_answer: Annotated[
        Any, in_code("function that answers in place of the model (code only); goes before the table")
    ] = None

    # nlpReply
    libraries: Annotated[
        Mapping[str, Mapping[str, str]], Meta(description="answers by library and exact question (ST-E70)")
    ] = msgspec.field(default_factory=lambda: dict(_LIBRARIES))
    nlp_answer: Annotated[Any, in_code("function that answers nlpReply (code only); goes before the libraries")] = None

    # Answers
    code_base: Annotated[
        int, Meta(ge=1, le=2**31, description="codes of failures begin here; all of them are ours (ST-E05)")
    ] = 10_000
    failure_data: Annotated[
        Literal["omitted", "null", "empty"], Meta(description="data of failures: none, null or {} (ST-E07)")
    ] = "omitted"
    max_body_bytes: Annotated[int, Meta(ge=1024, description="larger HTTP bodies are refused (ST-E132)")] = 1024 * 1024

    # Callbacks
    callback_url: Annotated[Url, Meta(description="where callbacks go; empty: nowhere (ST-E99)")] = ""
    callback_delay: Annotated[Seconds, Meta(description="from the event to the callback")] = 0.0
    callback_timeout: Annotated[float, Meta(gt=0, description="seconds a receiver has for its answer (ST-E96)")] = 5.0
    callback_retries: Annotated[
        tuple[Seconds, ...], Meta(description="waits before each further try of one that failed (ST-E96)")
    ] = (0.5, 1.0)
    callback_beyond_loopback: Annotated[
        bool, Meta(description="callbacks may go to other machines; otherwise to this one only")
    ] = False
    callback_carrier: Annotated[
        Literal["header", "query", "body"],
        Meta(description="where timestamp and signature are; in the body they are signed without (ST-E95)"),
    ] = "header"
    signer: Annotated[
        Any,
        in_code("signs callbacks (code only), for every account; None: HMAC-SHA256 with its auth_key", "sign"),
    ] = None

    # Bad days
