"""Everything the fake Guiji server can be told, with its default: table ``[guiji]`` of a scenario.

Only declarations live here; those about live sessions are in `scenario_live.py`, what there is to choose from by
default, in `fixtures.py`. Where the document leaves something open, the field names the erratum whose ruling the
default follows, so that the other reading can be chosen.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from msgspec import Meta

from avatarwire.fakeserver.guiji.fixtures import (
    CATEGORIES,
    CHANGE_VOICES,
    CUSTOMIZED_ROBOTS,
    CUSTOMIZED_SPEAKERS,
    PLATFORM_ROBOTS,
    PLATFORM_SPEAKERS,
    PUBLIC_MATERIALS,
    CategoryFixture,
    ChangeVoiceFixture,
    PublicMaterialFixture,
    RobotFixture,
    SceneFixture,
    SpeakerFixture,
)
from avatarwire.fakeserver.guiji.scenario_live import LiveTunables
from avatarwire.fakeserver.scenario import ScenarioTable

__all__ = [
    "AccountFixture",
    "CategoryFixture",
    "ChangeVoiceFixture",
    "GuijiScenario",
    "PublicMaterialFixture",
    "RobotFixture",
    "RoomFixture",
    "SceneFixture",
    "SpeakerFixture",
]

Text: TypeAlias = Annotated[str, Meta(min_length=1)]
Seconds: TypeAlias = Annotated[float, Meta(ge=0)]
Time: TypeAlias = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$")]


class AccountFixture(ScenarioTable, kw_only=True, frozen=True):
    """One key pair, and what belongs to it (GJ-R001)."""

    app_id: Text
    app_secret: Text
    number: Annotated[str, Meta(pattern=r"^[0-9]+$", description="begins the topics of its sessions (GJ-E05)")] = (
        "2000001"
    )
    start_time: Annotated[Time, Meta(description="the key pair is valid from then on (GJ-R012)")] = (
        "2020-01-01 00:00:00"
    )
    end_time: Annotated[Time, Meta(description="and until then (GJ-R013)")] = "2099-12-31 23:59:59"
    mqtt_user: Annotated[str, Meta(description="user name for MQTT; empty: none is issued (GJ-E04)")] = "fake-mqtt-user"
    mqtt_password: Annotated[str, Meta(description="password for MQTT; empty: none is issued")] = "fake-mqtt-password"  # noqa: S105 - a fixture

    def __repr__(self) -> str:
        return f"AccountFixture(app_id={self.app_id!r}, number={self.number!r}, mqtt_user={self.mqtt_user!r})"


class RoomFixture(ScenarioTable, kw_only=True, frozen=True):
    """A live room that exists from the start, of the first account."""

    id: Annotated[int, Meta(ge=1)]
    name: Text
    cutin_flag: bool = False
    robots: Annotated[tuple[str, ...], Meta(description="codes of its presenters, out of those there are")] = ()


_ACCOUNT: Final = AccountFixture(app_id="fake-app-id", app_secret="fake-app-secret")  # noqa: S106 - a fixture


class GuijiScenario(LiveTunables, kw_only=True, frozen=True):
    """Table ``[guiji]``."""

    strict: Annotated[bool, Meta(description="refuse what the document forbids, naming the clause")] = False

    accounts: Annotated[tuple[AccountFixture, ...], Meta(min_length=1, description="who may call")] = (_ACCOUNT,)
    rooms: Annotated[tuple[RoomFixture, ...], Meta(description="live rooms that exist from the start")] = ()
    platform_speakers: Annotated[tuple[SpeakerFixture, ...], Meta(description="voices of the platform")] = (
        PLATFORM_SPEAKERS
    )
    customized_speakers: Annotated[tuple[SpeakerFixture, ...], Meta(description="voices of the account")] = (
        CUSTOMIZED_SPEAKERS
    )
    platform_robots: Annotated[tuple[RobotFixture, ...], Meta(description="presenters of the platform")] = (
        PLATFORM_ROBOTS
    )
    customized_robots: Annotated[tuple[RobotFixture, ...], Meta(description="presenters of the account")] = (
        CUSTOMIZED_ROBOTS
    )
    change_voices: Annotated[tuple[ChangeVoiceFixture, ...], Meta(description="voices to convert to")] = CHANGE_VOICES
    categories: Annotated[tuple[CategoryFixture, ...], Meta(description="categories of public materials")] = CATEGORIES
    public_materials: Annotated[tuple[PublicMaterialFixture, ...], Meta(description="public materials")] = (
        PUBLIC_MATERIALS
    )

    # Tokens
    token_seconds: Annotated[float, Meta(ge=1, description="life of a token, anew with each call (GJ-E07)")] = 3600.0
    token_headers: Annotated[
        tuple[Text, ...], Meta(min_length=1, description="headers that carry the token, in any case (GJ-E01)")
    ] = ("token",)
    bearer: Annotated[bool, Meta(description="Authorization: Bearer carries it, too (GJ-E01)")] = True
    token_error_status: Annotated[Literal[200, 401], Meta(description="HTTP status of token errors (GJ-E10)")] = 200
    tokens_kept: Annotated[int, Meta(ge=1, description="tokens that are valid at a time; the oldest go first")] = 10_000

    # ResponseShapes of answers
    code_form: Annotated[Literal["integer", "text"], Meta(description="code in 3.2 to 3.17 (GJ-E11)")] = "integer"
    text_member: Annotated[Literal["msg", "message"], Meta(description="text in 3.2 to 3.17 (GJ-E12)")] = "msg"
    live_page_form: Annotated[
        Literal["page", "room"], Meta(description="queryLivePage: a page, or the sample's one room (GJ-E22)")
    ] = "page"
    record_rows: Annotated[Literal["records", "list"], Meta(description="rows of queryLiveRecords (GJ-E25)")] = (
        "records"
    )
    page_size_member: Annotated[
        Literal["size", "pageSize"], Meta(description="page size in listPlatformSpeakers, queryLiveRecords (GJ-E26)")
    ] = "size"
    path_form: Annotated[
        Literal["playaddr", "table"], Meta(description="getPullPath: with the sample's level, or without (GJ-E47)")
    ] = "playaddr"
    utc_offset_hours: Annotated[
        float, Meta(ge=-14, le=14, description="zone of all times in and out, hours east of Greenwich (GJ-E15)")
    ] = 8.0

    # What there is
    change_voice: Annotated[bool, Meta(description="voice conversion is enabled for the account (GJ-R058)")] = True
    sample_seconds: Annotated[Seconds, Meta(description="duration of synthesizeAndChangeVoice (GJ-E31)")] = 3.0
    company: Annotated[Text, Meta(description="cropName of live records (GJ-E44)")] = "example company"
    media_host: Annotated[Text, Meta(description="host of pictures and samples; nothing serves them")] = (
        "http://127.0.0.1"
    )
    records_kept: Annotated[int, Meta(ge=1, description="live records that are remembered; the oldest go first")] = (
        10_000
    )
    max_body_bytes: Annotated[int, Meta(ge=1024, description="larger HTTP bodies are refused")] = 1024 * 1024
    max_rooms: Annotated[int, Meta(ge=1, description="live rooms an account may have")] = 100_000
    max_materials: Annotated[int, Meta(ge=1, description="materials a live room may have")] = 100_000

    # Bad days
