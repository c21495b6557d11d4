"""What is decided about every attribute of the state of a fake: a snapshot has it, or it is no state, for a reason.

Only the decisions live here; `test_nothing_forgotten.py` holds them against what there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["NO_STATE", "SAVED", "WHOLE"]

SAVED: Final[Mapping[str, Mapping[str, str]]] = {
    "aliyun": {
        "AliyunBehaviour": "_nonces rng said state",
        "AliyunState": "_tokens projects sessions stock",
        "Project": (
            "agent_id channels error_code error_msg frames id main_id name res_spec_type scale_type script_model_tag "
            "status"
        ),
        "Projects": "_by_id",
        "Session": ("channel_id created_at custom_push_url id last_activity left project request_id stopped user_id"),
        "Sessions": "_by_id _by_project _by_request _stopped",
        "SocketTokens": "_keys",
        "Stock": "since",
    },
    "guiji": {
        "GuijiBehaviour": "live rng said state",
        "GuijiState": "materials records rooms sessions tokens",
        "Conversation": "_answers _ids _stream_started _streaming heartbeats layers outgoing pending playback session",
        "Element": "id resource ud_code",
        "Elements": "_numbers elements",
        "Heartbeats": "_answered _on_its_way _open withheld",
        "Live": "_conversations",
        "LiveRecord": "account begun ended id live_id live_name presenters session_id",
        "LiveSession": (
            "account cause created end ended expiration id last_activity name pull_addresses push_urls room stage "
            "topic_pub topic_sub"
        ),
        "Address": "lan wan",
        "PullAddresses": "http_flv rtmp rtsp",
        "Material": "created id request room_id",
        "Materials": "_ids",
        "Outgoing": "last_id",
        "Playback": "_cut_ins _pausing _playing _playlist _since _started",
        "_Item": "begun by cut_in length pcm_id played saying",
        "Records": "_by_session _ids",
        "Room": "account cutin_flag id materials name robots",
        "Rooms": "_ids _of _robot_ids _rooms",
        "Sessions": "_by_id _by_topic _destroyed",
        "Tokens": "_issued _rejected",
        "_Issued": "account until",
    },
    "sensetime": {
        "SenseTimeBehaviour": "rng said sockets state",
        "SenseTimeState": "lives tokens",
        "Dialogue": "_asked _conversation _numbers _opened _transcripts _voice",
        "Live": (
            "account announced created ended fails id known_over last_heartbeat result rtc script session_token "
            "started status takeovers user_data"
        ),
        "Lives": "_by_id _ended _outcomes _running",
        "Rtc": "app_id channel_id own token uid until warned",
        "Sockets": "_lines _outcomes",
        "_Line": "dialogue live",
        "Takeover": "position reason saying seconds status trace_id",
        "TakeoverQueue": "_fetched _playing _waiting",
        "Tokens": "_access _grants _proxies _rejected _valid",
        "_Access": "account issued text until",
        "_Grant": "account access until",
        "_Round": "counts shown silenced text trace",
        "Voice": "_said _waiting",
    },
    "every": {
        "SaidLog": "_last _sayings _size",
        "Saying": "accepted ended message number refused session state text",
        "RejectedTokens": "_rejected",
        "_Rejected": "since",
        "Numbers": "next",
        "InTurn": "used",
        "Faults": "_numbers _rules",
        "Armed": "acted id matched rule",
        "Acts": "_since faults rng silent",
        "Toxics": "_toxics rng",
        "Schedule": "_pending",
        "Callbacks": "_queues",
        "Queued": "attempt callback due",
        "EmbeddedBroker": "_anonymous _sessions _subscriptions",
        "_Session": "client_id inflight user",
        "Inflight": "_bytes _kept _last _received",
        "Subscriptions": "_by_session _by_topic",
    },
}
"""Attributes of each class that a snapshot has, or that are made from what it has; by vendor."""

_SCENARIO: Final = "a tunable, or what is looked up in one: those of the fake that takes the snapshot count"
_PART: Final = "another part, or the way to one"
_SOCKET: Final = "ends with the connection"
_USER: Final = "a function of the test: configuration"
_JOURNAL: Final = "only for the journal, which is not in a snapshot"

NO_STATE: Final[Mapping[str, Mapping[str, Mapping[str, str]]]] = {
    "aliyun": {
        _SCENARIO: {
            "AliyunState": "_scenario",
            "Projects": "_deploy_seconds _failing",
            "Sessions": "_idle_seconds _limit_channels _line_seconds _stopped_kept",
            "Stock": "_anchors _resources _voices",
            "Sockets": "_scenario paths",
        },
        _PART: {
            "AliyunBehaviour": "surface turn",
            "AliyunState": "_rng _socket_url _turn",
            "Projects": "_rng _stock _turn",
            "Sessions": "_happened _turn",
            "Sockets": "_guard _lines _state",
            "Lines": "_turn said",
        },
        _SOCKET: {
            "AliyunBehaviour": "lines",
            "Lines": "_newest",
            "Outgoing": "_asr_biz_type _echo _scenario _serial_numbers _whole session_id",
            "Session": "attached talk",
        },
    },
    "guiji": {
        _SCENARIO: {
            "GuijiBehaviour": "scenario",
            "GuijiState": "stock zone",
            "Conduct": "_crossing",
            "Conversation": "_scenario",
            "Heartbeats": "_every _limit",
            "Live": "_scenario",
            "Materials": "_scenario",
            "Methods": "_scenario",
            "Outgoing": "_scenario",
            "Playback": "_longest _loop _silent_seconds",
            "Reader": "_max_size",
            "Records": "_scenario",
            "Rooms": "_scenario",
            "Sessions": "_scenario",
            "Stock": (
                "_covers _host _scenario change_voices customized_robots customized_speakers platform_robots "
                "platform_speakers"
            ),
            "Tokens": "_accounts _scenario _valid",
            "_Mqtt": "_passwords _topic_pub",
        },
        _PART: {
            "GuijiBehaviour": "mqtt surface turn",
            "GuijiState": "_rng said",
            "Conduct": "_turn listeners",
            "Conversation": "_turn",
            "Heartbeats": "_key _lost _send _turn",
            "Live": "_methods _reader _state _turn conduct read",
            "Materials": "_shown_time",
            "Methods": "_destroy _state",
            "Outgoing": "_session",
            "Playback": "_accept _key _length _tell _turn",
            "Reader": "_sessions",
            "Records": "_shown_time _turn",
            "Sessions": "_new_id _turn expired",
            "Tokens": "_rng _turn",
            "_Mqtt": "_sessions read rejected take",
        },
        _JOURNAL: {"Conversation": "_beats"},
    },
    "sensetime": {
        _SCENARIO: {
            "SenseTimeBehaviour": "scenario",
            "SenseTimeState": "_scenario _zone",
            "Conduct": "_crossing",
            "Dialogue": "_scenario",
            "Lives": "_scenario",
            "Origins": "_allowed",
            "Reporter": "_scenario",
            "Sockets": "_origins _scenario paths",
            "TakeoverQueue": "_factor _scenario",
            "Tokens": "_accounts _scenario",
            "Voice": "_scenario",
        },
        _PART: {
            "SenseTimeBehaviour": "surface turn",
            "SenseTimeState": "_rng _turn conduct report said",
            "Conduct": "_turn",
            "Dialogue": "_guard _live _rng _tell _turn",
            "Live": "observers",
            "Lives": "_new_id _queues _report _rng _turn",
            "Origins": "is_own_host",
            "Reporter": "_date",
            "Sockets": "_guard _rng _state turn",
            "TakeoverQueue": "_accept _new_id _tell _turn",
            "Tokens": "_rng _turn",
            "Voice": "_live _over _turn",
            "_Line": "observer",
        },
        _SOCKET: {"Dialogue": "_hearing", "Live": "speaking", "_Line": "microphone pages", "_Round": "cause"},
    },
    "every": {
        _SCENARIO: {
            "SaidLog": "_characters _kept",
            "RejectedTokens": "_crossing _kept",
            "InTurn": "_items",
            "Faults": "_given _means",
            "Acts": "seed spans",
            "Toxics": "_given _ports",
            "Callbacks": "_delay _retries _timeout",
            "EmbeddedBroker": "_bound _limits _scheme _wanted _was_started",
            "Inflight": "_messages _size",
        },
        _PART: {
            "SaidLog": "_now",
            "Saying": "now",
            "RejectedTokens": "_turn",
            "Faults": "_by_message _fit _lock changed",
            "Armed": "_owner side",
            "Acts": "_changed _command hub",
            "Toxics": "_acted _reach clock journal",
            "Schedule": "_clock _ending",
            "Callbacks": "_client _clock _guard _hub _lasts _stopped _tasks",
            "EmbeddedBroker": "_clock _hooks _hub _port left",
            "_Session": "key",
        },
        _SOCKET: {
            "Acts": "hung lanes",
            "EmbeddedBroker": "_of",
            "_Session": "connect connection",
            "_Rejected": "callers",
        },
        _USER: {"Faults": "_chooser _is_choosing"},
        _JOURNAL: {"Callbacks": "_connections", "Faults": "_chosen failures"},
    },
}
"""The other attributes, by vendor and reason."""

WHOLE: Final[Mapping[str, str]] = {
    "a conversation ends with its socket, and a new one begins anew (ALI-E114)": (
        "Answers Drives Interaction Line Listener Streams _Utterance"
    ),
    "somebody on a socket, who is gone": "Microphone Page Peer Speech",
    "how calls are answered: a table, which nothing changes": (
        "AliyunHttp Common GuijiHttp Rules SenseTimeHttp Surface Validation"
    ),
    "calls functions of the test": "Guard Holds Threads",
    "time itself, which is that of the fake that takes the snapshot": "AttachedLoops VirtualClock _VirtualTimer",
    "one turn": "Turn",
    "a value": "End Failure SessionStage",
}
"""Classes of which a snapshot has nothing, by reason."""
