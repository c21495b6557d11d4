"""The public names. Adding one is a decision, removing one breaks users: both have to be made here too."""

from __future__ import annotations

import importlib
from typing import Final

import pytest

from tests.project.tree import SHIPPED, files, module_name, portion

# Every package in the wheel and its `__all__`, sorted. A package that exports nothing itself, because its
# modules are imported by name, has an empty tuple.
PUBLIC: Final[dict[str, tuple[str, ...]]] = {
    "avatarwire.codecs": (
        "AvatarwireError",
        "CodecError",
        "ConnectionLostError",
        "DecodeError",
        "EncodeError",
        "FailureError",
        "HttpError",
        "LocalProtocolError",
        "ProtocolError",
        "RefusedError",
        "RemoteProtocolError",
        "RpcError",
        "SignatureError",
        "TokenError",
        "UnsupportedError",
        "ValidationError",
    ),
    "avatarwire.codecs.aio": (),
    "avatarwire.codecs.core": (),
    "avatarwire.codecs.aliyun": (
        "AskType",
        "AsrDataRequest",
        "AsrDriveReply",
        "AsrEndRequest",
        "AsrResult",
        "AsrStartRequest",
        "AsrStartResponse",
        "AudioDriveRequest",
        "BizType",
        "Body",
        "CATALOGUE",
        "ChannelReadyRequest",
        "ChannelReadyResponse",
        "ChannelStatus",
        "DataFlag",
        "DataType",
        "DriveReply",
        "ErrorCode",
        "ForceClose",
        "Frame",
        "FrameType",
        "GeneralMessage",
        "HEADER",
        "HEADER_CODEC",
        "Header",
        "HeartbeatPing",
        "HeartbeatPong",
        "InterruptRequest",
        "MAX_FRAME_SIZE",
        "OpeningRequest",
        "OpeningResponse",
        "PartialChannelReadyRequest",
        "PartialTextDriveRequest",
        "Recovering",
        "TextDriveRequest",
        "TextDriveResponse",
        "TextDriveType",
        "Unknown",
        "client",
        "decode",
        "encode",
        "encode_as",
        "encode_raw",
        "http",
        "new_serial_number",
        "signature",
        "tokens",
    ),
    "avatarwire.codecs.guiji": (
        "AddedResources",
        "AiVoiceDistort",
        "AudioDriven",
        "AudioTarget",
        "CATALOGUE",
        "ClosePushStreams",
        "CreateNewSession",
        "CreateParams",
        "DestroyParams",
        "DestroySession",
        "DrawOptions",
        "DtHuman",
        "ErrorReply",
        "Exclusive",
        "ExecSessionResList",
        "ExecuteItem",
        "ExecuteParams",
        "Head",
        "HeartBeat",
        "HeartBeatReply",
        "Image",
        "LIVE_PLATFORM",
        "Layer",
        "MAX_PACKET_SIZE",
        "MODE",
        "Matting",
        "ModifyParams",
        "ModifySessionResList",
        "Packet",
        "PlaybackStatus",
        "Player",
        "PlaylistAction",
        "PlaylistKind",
        "PlaylistParams",
        "PlaylistState",
        "PushPlayListManager",
        "PushUrls",
        "RULE",
        "RemovedResource",
        "RemovedResources",
        "ResourceElement",
        "ResourceName",
        "Result",
        "RpcErrorCode",
        "RtmpOutput",
        "SessionDestroyed",
        "SetPushStreams",
        "Show",
        "StreamPlay",
        "SwitchTemplate",
        "Template",
        "TemplateSwitch",
        "Unknown",
        "UnknownCommand",
        "UnknownResource",
        "VideoSize",
        "client",
        "decode",
        "encode",
        "http",
        "peek",
        "topics",
    ),
    "avatarwire.codecs.sensetime": (
        "Audio",
        "Background",
        "BackgroundType",
        "Beautify",
        "CATALOGUE",
        "CallbackBody",
        "DigitalRole",
        "Effects",
        "Foreground",
        "ForegroundType",
        "HistoryStatus",
        "LiveScript",
        "LiveStatus",
        "NlpDevice",
        "Position",
        "SHANGHAI",
        "Scene",
        "SmoothMode",
        "SortValue",
        "TakeoverImage",
        "TakeoverQuery",
        "TakeoverScript",
        "TakeoverStatus",
        "TtsConfig",
        "TtsQuery",
        "WhitenMode",
        "callbacks",
        "client",
        "decode_live",
        "decode_takeover",
        "encode",
        "faults_of",
        "format_time",
        "http",
        "interactive",
        "microphone",
        "microphone_url",
        "parse_time",
        "role",
        "tokens",
    ),
    "avatarwire.fakeserver": (
        "Clock",
        "ClockError",
        "Entry",
        "ExpectationError",
        "FakeAliyun",
        "FakeGuiji",
        "FakeSenseTime",
        "FakeServer",
        "FakeServerError",
        "Finding",
        "Journal",
        "RealClock",
        "ScenarioError",
        "Violation",
        "VirtualClock",
    ),
    "avatarwire.fakeserver.aliyun": (
        "AccountFixture",
        "AliyunScenario",
        "AnchorFixture",
        "Answer",
        "AnswerFunction",
        "FakeAliyun",
        "ProjectFixture",
        "Question",
        "ResourceFixture",
        "VoiceFixture",
    ),
    "avatarwire.fakeserver.guiji": (
        "AccountFixture",
        "CategoryFixture",
        "ChangeVoiceFixture",
        "FakeGuiji",
        "GuijiScenario",
        "PublicMaterialFixture",
        "RobotFixture",
        "RoomFixture",
        "SceneFixture",
        "SpeakerFixture",
    ),
    "avatarwire.fakeserver.sensetime": (
        "AccountFixture",
        "AnswerFunction",
        "FakeSenseTime",
        "NlpFunction",
        "NlpQuestion",
        "SenseTimeScenario",
        "SpokenQuestion",
    ),
    "avatarwire.fakeserver.http": (),
    "avatarwire.fakeserver.journal": (
        "Criteria",
        "Digest",
        "Direction",
        "Entry",
        "ExpectationError",
        "Finding",
        "Journal",
        "Level",
        "Transport",
        "Violation",
    ),
    "avatarwire.fakeserver.transports": (),
    "avatarwire.fakeserver.transports.mqtt": (),
    "avatarwire.codecs.aliyun.auth": (),
    "avatarwire.codecs.aliyun.client": ("InteractionClient", "new_message_id"),
    "avatarwire.codecs.aliyun.wire": (),
    "avatarwire.codecs.export": (),
    "avatarwire.codecs.guiji.client": ("CLIENT_DESTROY", "SessionClient"),
    "avatarwire.codecs.guiji.messages": (),
    "avatarwire.codecs.guiji.wire": (),
    "avatarwire.codecs.sensetime.auth": (),
    "avatarwire.codecs.sensetime.client": ("LiveClient", "MicrophoneClient"),
    "avatarwire.codecs.sensetime.messages": (),
    "avatarwire.codecs.sensetime.wire": (),
    "avatarwire.conformance": (),
}


def exported(package: str) -> list[str]:
    """What a package exports, by its own word."""
    names: list[str] = getattr(importlib.import_module(package), "__all__", [])
    return names


# Operations and their parts: what each has is held by the vendors' own tests.
TABLES = {f"avatarwire.codecs.{vendor}.http" for vendor in ("aliyun", "guiji", "sensetime")}


def test_every_package_is_listed() -> None:
    packages = {
        module_name(path)
        for component in SHIPPED
        for path in files(portion(component), ".py")
        if path.name == "__init__.py"
    }
    assert packages == set(PUBLIC) | TABLES


@pytest.mark.parametrize("package", PUBLIC)
def test_public_names(package: str) -> None:
    assert tuple(sorted(exported(package))) == PUBLIC[package]


@pytest.mark.parametrize("package", PUBLIC)
def test_public_names_exist(package: str) -> None:
    module = importlib.import_module(package)
    assert [name for name in exported(package) if not hasattr(module, name)] == []


def test_the_namespace_itself_exports_nothing() -> None:
    """A name here would need an ``__init__.py``, and that would hide the other components."""
    assert not hasattr(importlib.import_module("avatarwire"), "__version__")
