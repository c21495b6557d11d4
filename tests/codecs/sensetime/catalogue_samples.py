"""Right texts of every entry of the catalogue, which between them have a value for every declared field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from avatarwire.codecs.sensetime import http
from avatarwire.codecs.sensetime.messages import interactive
from avatarwire.codecs.sensetime.messages.beautify import Beautify
from avatarwire.codecs.sensetime.wire import microphone

from .auth.test_login import SAMPLES as TOKENS
from .http_samples import CASES, quoted
from .messages.test_callbacks import BOTH

__all__ = ["LIVE_SCRIPT", "SAMPLES"]

_RETOUCHED: Final = ",".join(
    f'"{name}":{1 if name in ("whiten_mode", "smooth_mode") else 0.5}' for name in Beautify.__struct_encode_fields__
)

LIVE_SCRIPT: Final = (
    '{"version":"0.0.2","recycle":0,"live_type":"interactive","stream_mode":true,"resolution":[1080,1920],'
    '"bit_rate":3.5,"sentence_break":true,"sceneList":[{'
    '"digital_role":{"id":12,"face_feature_id":"feature-1","name":"Lin","url":"https://files.example.com/lin.zip",'
    '"position":{"x":10,"y":60},"scale":1.0},'
    '"tts_config":{"qid":"voice-1","id":"lin","name":"Lin","vendor_id":3,"language":"zh-CN","pitch_offset":0.0,'
    '"speed_ratio":1.0,"volume":100},'
    '"tts_query":{"content":"Welcome to our shop, come in.","ssml":false},'
    '"audios":[{"url":"https://files.example.com/a.mp3"}],'
    '"backgrounds":[{"type":1,"name":"street","url":"https://files.example.com/b.mp4","rect":[0,0,1080,1920],'
    '"cycle":true,"start":0,"duration":-1}],'
    '"foregrounds":[{"type":0,"name":"logo","url":"https://files.example.com/f.png","rect":[0,0,310,88],"start":0,'
    '"duration":5000}],'
    f'"effects":{{"version":"1.0","beautify":{{{_RETOUCHED}}}}},'
    '"quick_response":[],"opening_words":"Good morning!"}]}'
)

_TAKEOVER_SCRIPT: Final = (
    '{"tts_query":{"content":"We are closing in ten minutes.","ssml":false},'
    '"audio":"https://files.example.com/a.mp3",'
    '"foregrounds":[{"url":"https://files.example.com/f.png","rect":[0,0,310,88],"start":0,"duration":5000}],'
    '"backgrounds":{"url":"https://files.example.com/b.jpg","rect":[0,0,1080,1920],"start":100,"duration":-1}}'
)

_NOTICE: Final = '{"sessionId":"live-1","commandTraceId":"takeover-1","timestamp":1900000000}'


def _socket(row: microphone.WireMessage) -> str:
    text = f'"code":{row.code},"message":"{microphone.TEXTS[row.code or 0]}"'
    return f'{{{text},"data":{_NOTICE}}}' if "takeover" in row.id else f"{{{text}}}"


_PERSONA: Final = (
    '{"name":"Lin","gender":"female","identity":"shop keeper","nickname":"Linnie",'
    '"feeling_toward":[{"name":"Ann","level":3}],"detail_setting":"likes tea","other_setting":"none"}'
)
_ASR: Final = '{"type":"ASR8","config":{"language":"zh-CN"}}'
_NLP: Final = f'{{"type":"NLP10","max_reply_token":1200,"prompt_header":{quoted(f"[{_PERSONA}]")}}}'
_EXTRA: Final = (
    '{"quick_response_enable":true,"quick_response_random":false,"quick_response_delay":800,"command_immediate":true}'
)
_CUSTOM: Final = (
    '{"urtcToken":"own-token","urtcUid":"7","urtcAppId":"own-app","urtcChannelId":"own-channel","userData":"shop 4"}'
)
_CONFIG: Final = (
    f'{{"data":{quoted(LIVE_SCRIPT)},"nlp":{_NLP},"asr":{_ASR},"container":"element","onmessage":"function",'
    f'"onstream":"function","extra":{_EXTRA},"custom":{_CUSTOM}}}'
)
_ROLE: Final = (
    '{"name":"Lin","info":"keeps the shop","welcome":"One moment","thumbnail":"lin.mp4",'
    f'"json":{LIVE_SCRIPT},"asr":{_ASR},"nlp":{_NLP},"extra":{_EXTRA}}}'
)


def _pushed(row: interactive.SdkRow) -> str:
    service, type_, status = row.kind
    return (
        f'{{"service":"{service}","trace":"opening_1900000000000","type":"{type_}","status":"{status}",'
        '"text":"Good morning!","query":"","answer":"At nine.","error":"query is empty","index":1,"id":"reply-1"}'
    )


SAMPLES: Final[Mapping[str, Sequence[str | bytes]]] = {
    **{
        f"{known.id}.request": [
            msgspec.json.encode(case.request.to_dict()) for case in CASES if case.operation is known
        ]
        for known in http.OPERATIONS
    },
    **{
        f"{known.id}.response": [case.answered for case in CASES if case.operation is known and case.data is not None]
        for known in http.OPERATIONS
    },
    **TOKENS,
    **{row.id: [_socket(row)] for row in microphone.MESSAGES if row.codec is not None},
    **{row.id: [_pushed(row)] for row in interactive.MESSAGES},
    "SdkMessage": [_pushed(row) for row in interactive.MESSAGES],
    "SdkCreateConfig": [_CONFIG],
    "Role": [_ROLE],
    "AsrConfig": [_ASR],
    "NlpConfig": [_NLP],
    "Persona": [_PERSONA],
    "LiveScript": [LIVE_SCRIPT],
    "Beautify": [f"{{{_RETOUCHED}}}"],
    "TakeoverScript": [_TAKEOVER_SCRIPT],
    "http.error": ['{"code":40001,"message":"no such live","data":false}'],
    "Envelope": ['{"code":0,"message":"success","data":true}'],
    "Pagination": ['{"pageNo":1,"numberPages":1,"numberRecords":2,"pageSize":10,"startIndex":0}'],
    "CallbackBody": [text for _, text in BOTH],
    "MicFrame": [f'{{"code":18,"message":"{microphone.TEXTS[18]}","data":{_NOTICE}}}'],
}
