"""The part of table ``[guiji]`` of a scenario that tells how live sessions go: time, heartbeats, playback, texts.

Only declarations live here. `scenario.py` adds the rest of the table. Where the document leaves something open, the
field names the erratum whose ruling the default follows, so that the other reading can be chosen.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from avatarwire.fakeserver.faults.table import FaultyTable

__all__ = ["LiveTunables"]

Seconds: TypeAlias = Annotated[float, Meta(ge=0)]
Text: TypeAlias = Annotated[str, Meta(min_length=1)]


class LiveTunables(FaultyTable, kw_only=True, frozen=True):
    """What a scenario can say about live sessions and the conversation over MQTT."""

    # Sessions
    expiration_seconds: Annotated[
        int, Meta(ge=1, description="expirationTime of a session: silence after which it is destroyed (GJ-R066)")
    ] = 30
    interaction: Annotated[
        Literal["any", "heartbeats"],
        Meta(description="what counts as interaction: every valid message, or heartbeat replies only (GJ-E54, GJ-E85)"),
    ] = "any"
    prepare_seconds: Annotated[Seconds, Meta(description="from CreateNewSession to make sess complete! (GJ-R083)")] = (
        0.0
    )
    stream_start: Annotated[
        Literal["create", "execute"],
        Meta(
            description="what starts the stream: CreateNewSession, or the first ExecSessionResList that has the "
            "resource rtmp do something: setpushstreams, or what is not documented (GJ-E52, GJ-E77)"
        ),
    ] = "create"
    stream_seconds: Annotated[
        Seconds, Meta(description="from what starts the stream to StreamPlay and all that follows (GJ-E52)")
    ] = 0.0
    topic_pub: Annotated[
        str, Meta(min_length=1, pattern=r"^[^+#\x00]*$", description="topic all clients publish to (GJ-E05)")
    ] = "live-proxy-0"
    stream_host: Annotated[Text, Meta(description="host of pull addresses; nothing listens there (GJ-E50)")] = (
        "127.0.0.1"
    )
    crossing_seconds: Annotated[
        Seconds,
        Meta(
            description="what comes so soon after the server has ended a session, or refused a token, may have "
            "crossed that on its way: no error in the journal (GJ-R118, GJ-R014)"
        ),
    ] = 1.0
    sessions_kept: Annotated[
        int, Meta(ge=0, description="destroyed sessions that are remembered; the oldest become unknown")
    ] = 10_000

    # Heartbeats
    heartbeat_seconds: Annotated[
        Literal["third"] | Annotated[float, Meta(ge=0.001)] | None,
        Meta(
            description="between heartbeats, from CreateNewSession on (GJ-E85); third: a third of expirationTime; "
            "none: there are none"
        ),
    ] = "third"
    missed_heartbeats: Annotated[
        Annotated[int, Meta(ge=1)] | None,
        Meta(description="so many unanswered in a row destroy the session; none: they never do (GJ-E85)"),
    ] = None
    heartbeat_prefix: Annotated[
        bool, Meta(description="params.sessionId of a heartbeat begins with :---: (GJ-E84)")
    ] = True

    # Playback
    audio_seconds: Annotated[float, Meta(gt=0, description="length of AUDIO materials (GJ-E35)")] = 10.0
    characters_per_second: Annotated[float, Meta(gt=0, description="of TEXT materials being spoken (GJ-E35)")] = 5.0
    shortest_text_seconds: Annotated[float, Meta(gt=0, description="least length of TEXT materials")] = 3.0
    silent_seconds: Annotated[
        Seconds, Meta(description="between silent points of a material, where it is cut into; 0: anywhere (GJ-E80)")
    ] = 1.0
    loop_playlist: Annotated[bool, Meta(description="what was played to its end is played again at the end")] = False
    unknown_materials: Annotated[
        Literal["refuse", "play"],
        Meta(description="ids in the playlist of CreateNewSession that are no materials of the room (GJ-E69)"),
    ] = "refuse"
    max_playlist: Annotated[int, Meta(ge=1, description="items that a playlist may hold")] = 1000
    max_elements: Annotated[int, Meta(ge=1, description="resources that may be added to what a session holds")] = 1000
    cut_in_literal: Annotated[
        Literal["insertlis", "insertlist", "insertList"],
        Meta(description="type of notifications about cut-ins (GJ-E87)"),
    ] = "insertlis"

    # Messages
    allow_unknown_commands: Annotated[
        bool, Meta(description="unknown options.method of ExecSessionResList succeed without effect (GJ-E77)")
    ] = False
    timeout_cause: Annotated[str, Meta(description="cause of SessionState Destroy after silence (GJ-E90)")] = (
        "no interaction within expirationTime"
    )
    heartbeat_cause: Annotated[
        str, Meta(description="cause of SessionState Destroy after unanswered heartbeats (GJ-E90)")
    ] = "heartbeats were not answered"
    notification_qos: Annotated[
        Literal[0, 1, 2], Meta(description="quality of service of heartbeats and notifications (GJ-E04)")
    ] = 1
    max_message_bytes: Annotated[int, Meta(ge=1024, description="larger messages are refused")] = 256 * 1024
