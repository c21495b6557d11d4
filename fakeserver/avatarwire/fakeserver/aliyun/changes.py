"""The tunables of the fake aliyun server as keywords, for type checkers: ``**changes`` of its class.

Written by ``make docs`` from `scenario.py`, which says what each does; nothing else may live here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypedDict

from avatarwire.fakeserver.aliyun.scenario import (
    AccountFixture,
    AnchorFixture,
    Answer,
    ProjectFixture,
    ResourceFixture,
    Transcript,
    VoiceFixture,
)
from avatarwire.fakeserver.faults.rule import Fault
from avatarwire.fakeserver.toxics.toxic import Toxic

__all__ = ["AliyunChanges"]


class AliyunChanges(TypedDict, total=False):
    """Tunables by name; `AliyunScenario` has their meaning, ranges and defaults."""

    faults: Sequence[Fault | Mapping[str, object]]
    bad_day: str | Sequence[str]
    toxics: Sequence[Toxic | Mapping[str, object]]
    strict: bool
    verify_signatures: bool
    accounts: Sequence[AccountFixture | Mapping[str, object]]
    projects: Sequence[ProjectFixture | Mapping[str, object]]
    anchors: Sequence[AnchorFixture | Mapping[str, object]]
    voices: Sequence[VoiceFixture | Mapping[str, object]]
    resources: Sequence[ResourceFixture | Mapping[str, object]]
    deploy_seconds: float
    deploy_failures: Sequence[str]
    channel_quota: bool
    failing_lists: Sequence[Literal["ListAnchor", "ListVoiceModels"]]
    token_seconds: float
    socket_refusal: Literal["handshake", "frame"]
    channel_token_seconds: int
    channel_token_epoch: bool
    gslb: Sequence[str]
    line_seconds: float | None
    idle_seconds: float | None
    heartbeat_seconds: float | None
    stop_statuses: Sequence[Literal["Stopped", "StoppedFail"]]
    stop_unknown: Literal["StoppedFail", "error"]
    stopped_kept: int
    polls_until_ready: int
    channel_statuses: Sequence[Literal["INIT", "FAIL", "READY"]]
    before_ready: Literal["refuse", "queue", "ignore"]
    crossing_seconds: float
    opening: str | Sequence[str] | Answer | Mapping[str, object]
    answers: Mapping[str, str | Answer | Mapping[str, object]]
    default_answer: str | Answer | Mapping[str, object]
    without_agent: Literal["answer", "refuse"]
    transcripts: Sequence[str | Transcript | Mapping[str, object]]
    chunk_characters: int
    cumulative: bool
    separate_finish: bool
    first_chunk_seconds: float
    chunk_seconds: float
    broadcast_reply: Literal["finish", "none"]
    speech_broadcast_reply: Literal["finish", "none"]
    overlap: Literal["queue", "replace", "reject"]
    interrupt_reply: Literal["finish", "none"]
    recovery_reply: Literal["none", "finish"]
    http_text_on_socket: bool
    asr_reply_biz_type: Literal[128, 129]
    data_outside_speech: Literal["ignore", "refuse"]
    echo_serial_numbers: bool
    pong_payload: str
    push_payload: str | None
    force_close_seconds: float
    second_connection: Literal["replace", "force_close", "refuse"]
    close_on_bad_frame: bool
    max_frame_bytes: int
    max_body_bytes: int
    max_queue: int
