"""The tunables of the fake guiji server as keywords, for type checkers: ``**changes`` of its class.

Written by ``make docs`` from `scenario.py`, which says what each does; nothing else may live here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypedDict

from avatarwire.fakeserver.faults.rule import Fault
from avatarwire.fakeserver.guiji.fixtures import (
    CategoryFixture,
    ChangeVoiceFixture,
    PublicMaterialFixture,
    RobotFixture,
    SpeakerFixture,
)
from avatarwire.fakeserver.guiji.scenario import AccountFixture, RoomFixture
from avatarwire.fakeserver.toxics.toxic import Toxic

__all__ = ["GuijiChanges"]


class GuijiChanges(TypedDict, total=False):
    """Tunables by name; `GuijiScenario` has their meaning, ranges and defaults."""

    faults: Sequence[Fault | Mapping[str, object]]
    bad_day: str | Sequence[str]
    toxics: Sequence[Toxic | Mapping[str, object]]
    expiration_seconds: int
    interaction: Literal["any", "heartbeats"]
    prepare_seconds: float
    stream_start: Literal["create", "execute"]
    stream_seconds: float
    topic_pub: str
    stream_host: str
    crossing_seconds: float
    sessions_kept: int
    heartbeat_seconds: Literal["third"] | float | None
    missed_heartbeats: int | None
    heartbeat_prefix: bool
    audio_seconds: float
    characters_per_second: float
    shortest_text_seconds: float
    silent_seconds: float
    loop_playlist: bool
    unknown_materials: Literal["refuse", "play"]
    max_playlist: int
    max_elements: int
    cut_in_literal: Literal["insertlis", "insertlist", "insertList"]
    allow_unknown_commands: bool
    timeout_cause: str
    heartbeat_cause: str
    notification_qos: Literal[0, 1, 2]
    max_message_bytes: int
    strict: bool
    accounts: Sequence[AccountFixture | Mapping[str, object]]
    rooms: Sequence[RoomFixture | Mapping[str, object]]
    platform_speakers: Sequence[SpeakerFixture | Mapping[str, object]]
    customized_speakers: Sequence[SpeakerFixture | Mapping[str, object]]
    platform_robots: Sequence[RobotFixture | Mapping[str, object]]
    customized_robots: Sequence[RobotFixture | Mapping[str, object]]
    change_voices: Sequence[ChangeVoiceFixture | Mapping[str, object]]
    categories: Sequence[CategoryFixture | Mapping[str, object]]
    public_materials: Sequence[PublicMaterialFixture | Mapping[str, object]]
    token_seconds: float
    token_headers: Sequence[str]
    bearer: bool
    token_error_status: Literal[200, 401]
    tokens_kept: int
    code_form: Literal["integer", "text"]
    text_member: Literal["msg", "message"]
    live_page_form: Literal["page", "room"]
    record_rows: Literal["records", "list"]
    page_size_member: Literal["size", "pageSize"]
    path_form: Literal["playaddr", "table"]
    utc_offset_hours: float
    change_voice: bool
    sample_seconds: float
    company: str
    media_host: str
    records_kept: int
    max_body_bytes: int
    max_rooms: int
    max_materials: int
