"""The tunables of the fake sensetime server as keywords, for type checkers: ``**changes`` of its class.

Written by ``make docs`` from `scenario.py`, which says what each does; nothing else may live here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict

from avatarwire.fakeserver.faults.rule import Fault
from avatarwire.fakeserver.sensetime.scenario import AccountFixture
from avatarwire.fakeserver.toxics.toxic import Toxic

__all__ = ["SenseTimeChanges"]


class SenseTimeChanges(TypedDict, total=False):
    """Tunables by name; `SenseTimeScenario` has their meaning, ranges and defaults."""

    faults: Sequence[Fault | Mapping[str, object]]
    bad_day: str | Sequence[str]
    toxics: Sequence[Toxic | Mapping[str, object]]
    strict: bool
    accounts: Sequence[AccountFixture | Mapping[str, object]]
    token_seconds: float
    tokens_valid: int
    refresh_seconds: float
    early_refresh: Literal["refuse", "repeat"]
    refresh_token_seconds: float | None
    rotate_refresh_tokens: bool
    login_age_seconds: float | None
    token_header: str
    token_failure: Literal["code", "401"]
    proxy_refresh_seconds: float
    cors_origins: Sequence[str]
    initialising_seconds: float
    slow_seconds: float
    outcomes: Sequence[Literal["ready", "slow", "failed", "abnormal", "platform_full", "customer_full"]]
    platform_channels: int | None
    heartbeat_seconds: float | None
    crossing_seconds: float
    close_ended: Literal["false", "code"]
    before_start: Literal["accept", "refuse"]
    ended_kept: int
    page_size_limit: int
    utc_offset_hours: float
    rtc_app_id: str
    rtc_token_seconds: float
    rtc_warning_seconds: float
    short_speech: Literal["refuse", "accept"]
    queue_limit: int | None
    takeover_during_speech: Literal["refuse", "accept"]
    cancelled_status: Literal[37, 39]
    command_during_takeover: Literal["preempt", "wait"]
    characters_per_second: float
    audio_seconds: Mapping[str, float]
    default_audio_seconds: float
    download_seconds: Mapping[str, float]
    default_download_seconds: float
    download_threshold: float
    missing_files: Sequence[str]
    microphone_token: Literal["session", "either"]
    any_client_type: bool
    microphone_ready: Literal["begin", "open"]
    second_microphone: Literal["replace", "refuse"]
    speech_outcomes: Sequence[Literal["heard", "stop", "fail"]]
    microphone_code: Literal["integer", "text"]
    notice_timestamp: Literal["seconds", "milliseconds"]
    max_frame_bytes: int
    opening_words: str
    transcripts: Sequence[str]
    partial_seconds: float
    interactive_answers: Mapping[str, str]
    default_answer: str
    interactive_answer: Any
    libraries: Mapping[str, Mapping[str, str]]
    nlp_answer: Any
    code_base: int
    failure_data: Literal["omitted", "null", "empty"]
    max_body_bytes: int
    callback_delay: float
    callback_timeout: float
    callback_retries: Sequence[float]
    callback_beyond_loopback: bool
    callback_carrier: Literal["header", "query", "body"]
    signer: Any
