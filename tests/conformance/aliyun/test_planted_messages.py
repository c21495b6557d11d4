"""Messages of our own fake are made wrong, and the cases that are about them find it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest

from tests.conformance.aliyun.places import expect_found, judged_fake

OUT: Final[dict[str, tuple[dict[str, Any], tuple[str, ...]]]] = {
    "a start without webSocketUrl": (
        {"message": "StartAvatarSession.response", "do": "remove", "fields": ["webSocketUrl"]},
        ("http.start.gives_session",),
    ),
    "a start without channelToken": (
        {"message": "StartAvatarSession.response", "do": "remove", "fields": ["channelToken"]},
        ("http.start.gives_channel_token", "http.start.channel_token_members"),
    ),
    "a channel token without nonce": (
        {
            "message": "StartAvatarSession.response",
            "do": "set",
            "fields": {"channelToken": '{"channelId":"1","token":"2","expireTime":600,"userId":"3","appId":"4"}'},
        },
        ("http.start.channel_token_members",),
    ),
    "a session id that is a number": (
        {"message": "StartAvatarSession.response", "do": "set", "fields": {"sessionId": 1}},
        ("http.start.ids_are_texts", "http.StartAvatarSession.declared"),
    ),
    "an unknown stop status": (
        {"message": "StopAvatarSession.response", "do": "set", "fields": {"status": "STOPPED"}},
        ("http.stop.says_stopped",),
    ),
    "a project without status": (
        {"message": "QueryAvatarProject.response", "do": "remove", "fields": ["status"]},
        ("http.QueryAvatarProject.states",),
    ),
    "a list without total": (
        {"message": "ListAnchor.response", "do": "remove", "fields": ["total"]},
        ("http.lists.success", "http.lists.total"),
    ),
    "a figure that is not Usable": (
        {"message": "ListAnchor.response", "do": "set", "fields": {"list[0].status": "Deleted"}},
        ("http.ListAnchor.usable",),
    ),
    "a flag instead of 0 and 1": (
        {"message": "ListAnchor.response", "do": "set", "fields": {"list[0].supportBgChange": True}},
        ("http.ListAnchor.background",),
    ),
    "a voice id that is a text": (
        {"message": "ListVoiceModels.response", "do": "set", "fields": {"list[0].voiceId": "101"}},
        ("http.ListVoiceModels.ids",),
    ),
    "a language that is none": (
        {"message": "ListVoiceModels.response", "do": "set", "fields": {"list[0].voiceLanguage": "de"}},
        ("http.ListVoiceModels.language",),
    ),
    "a validity in words": (
        {
            "message": "QueryAvatarResource.response",
            "do": "set",
            "fields": {"queryResourceInfoList[0].validPeriodTime": "never"},
        },
        ("http.QueryAvatarResource.valid_period",),
    ),
    "a text that is not a success": (
        {"message": "SendTextMsg.response", "do": "set", "fields": {"status": "OK"}},
        ("http.SendTextMsg.success", "any.flow.java_sample"),
    ),
    "an error without Code": (
        {"message": "http.error", "do": "remove", "fields": ["Code"]},
        ("http.QueryAvatarProject.error_form", "http.calls.unknown_path_code"),
    ),
    "no answer to one operation": (
        {"message": "CheckSession.response", "do": "drop"},
        ("http.CheckSession.started",),
    ),
    "no session id of the channel": (
        {"message": "channel_ready.response", "do": "remove", "fields": ["sessionId"]},
        ("ws.channel.shape", "ws.channel.declared"),
    ),
    "a channel of another business type": (
        {"message": "channel_ready.response", "do": "set", "fields": {"header.bizType": 130}},
        ("ws.channel.shape",),
    ),
    "a channel that is answered twice": (
        {"message": "channel_ready.response", "do": "duplicate"},
        ("ws.channel.each_is_answered",),
    ),
    "an opening that does not finish": (
        {"message": "opening.response", "do": "set", "fields": {"finish": False}},
        ("ws.opening.finishes",),
    ),
    "an opening that finishes in every packet": (
        {"message": "opening.response", "do": "set", "fields": {"finish": True}},
        ("ws.opening.finishes",),
    ),
    "an answer in another session's name": (
        {"message": "text_drive.response", "do": "set", "fields": {"sessionId": "another"}},
        ("ws.text.layout", "ws.together.at_once"),
    ),
    "an answer with another id": (
        {"message": "text_drive.response", "do": "set", "fields": {"messageId": "another"}},
        ("ws.text.message_id", "ws.stream.message_id"),
    ),
    "an answer without success": (
        {"message": "text_drive.response", "do": "remove", "fields": ["success"]},
        ("ws.text.layout", "ws.text.declared"),
    ),
    "an answer in a message frame": (
        {"message": "text_drive.response", "do": "set", "fields": {"header.frameType": 2}},
        ("ws.header.reply_types",),
    ),
    "an answer that says binary": (
        {"message": "text_drive.response", "do": "set", "fields": {"header.dataType": 0}},
        ("ws.header.data_types",),
    ),
    "an answer that comes twice": (
        {"message": "text_drive.response", "do": "duplicate"},
        ("ws.text.finishes", "ws.stream.finishes"),
    ),
    "an answer that is lost": (
        {"message": "text_drive.response", "do": "drop"},
        ("ws.text.question", "ws.stream.text", "any.flow.document"),
    ),
    "half an answer": (
        {"message": "text_drive.response", "do": "truncate", "bytes": 30},
        ("ws.text.question",),
    ),
    "a start of speech without success": (
        {"message": "asr.start.response", "do": "remove", "fields": ["success"]},
        ("ws.speech.start_answered", "ws.speech.start_declared"),
    ),
    "no result of speech": (
        {"message": "asr.result", "do": "drop"},
        ("ws.speech.recognised",),
    ),
    "no answer to speech": (
        {"message": "asr.drive_reply", "do": "drop"},
        ("ws.speech.answered", "ws.speech.broadcast_text"),
    ),
    "no pong": (
        {"message": "heartbeat.pong", "do": "drop"},
        ("ws.heartbeat.pong", "ws.heartbeat.during_answer", "ws.channel.before.ping"),
    ),
    "two pongs": (
        {"message": "heartbeat.pong", "do": "duplicate"},
        ("ws.heartbeat.each",),
    ),
    "a pong of another frame type": (
        {"message": "heartbeat.pong", "do": "set", "fields": {"header.frameType": 14}},
        ("ws.heartbeat.pong",),
    ),
    "an error that is no number": (
        {"message": "general.message", "do": "set", "fields": {"code": "10000"}},
        ("ws.error.shape", "ws.error.declared"),
    ),
    "an error of another code": (
        {"message": "general.message", "do": "set", "fields": {"code": 500}},
        ("ws.error.code",),
    ),
    "no errors": (
        {"message": "general.message", "do": "drop"},
        ("ws.error.shape", "ws.header.unknown_biz_type", "ws.text_drive.missing.text", "ws.frame.no_json"),
    ),
    "a forced close of another type": (
        {"message": "session.force_close", "do": "set", "fields": {"header.bizType": 4}},
        ("ws.force_close.closes",),
    ),
}


@pytest.mark.parametrize("bug", OUT)
def test_a_message_that_is_wrong_is_found(tmp_path: Path, bug: str) -> None:
    rule, names = OUT[bug]
    with judged_fake(tmp_path) as (fake, endpoint):
        fake.faults.add(**rule)
        expect_found(endpoint, names)
