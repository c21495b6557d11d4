"""The codec against hand-written code, and against construct: header, small JSON frames, audio.

Every contender is a row of its group's table. The ratios that the project promises are measured apart from those
rows, contenders in turn (`ratios.py`), because rows that were taken one after the other do not compare.
"""

from __future__ import annotations

from typing import Any, Final

from pytest_benchmark.fixture import BenchmarkFixture

from avatarwire.benchmarks import floors
from avatarwire.benchmarks.contenders import CODEC, HAND, RULED, Group, at_most, at_most_ruled, cases, contest
from avatarwire.benchmarks.ratios import Bound, Judge
from avatarwire.codecs.aliyun import (
    HEADER,
    HEADER_CODEC,
    AskType,
    AsrDataRequest,
    AudioDriveRequest,
    DataFlag,
    Header,
    TextDriveRequest,
    TextDriveResponse,
    decode,
    encode,
)

SERIAL: Final = b"BENCH001"
SESSION: Final = "0b5c4a6e-7d0f-4f6f-9a55-1f2f3b7c9d10"
MESSAGE: Final = "5e0d2f1c-93a8-4c1b-8f5e-7a6b4c3d2e1f"

ASKED: Final = TextDriveRequest(
    session_id=SESSION, text="what can I see here today?", ask_type=AskType.ASK, message_id=MESSAGE
)
ANSWERED: Final = TextDriveResponse(
    success=True, session_id=SESSION, content="an old town and its river", finish=True, message_id=MESSAGE
)
PCM: Final = bytes(range(256)) * 126
"""About a second: 32,256 bytes, 43,008 as Base64 text."""
SPOKEN: Final = AudioDriveRequest(session_id=SESSION, message_id=MESSAGE, audio=PCM, data_flag=DataFlag.CONTENT)
HEARD: Final = AsrDataRequest(PCM[:1024])

ASKED_WIRE: Final = encode(ASKED, SERIAL)
ANSWERED_WIRE: Final = encode(ANSWERED, SERIAL)
SPOKEN_WIRE: Final = encode(SPOKEN, SERIAL)
HEARD_WIRE: Final = encode(HEARD, SERIAL)

HEADER_VALUE: Final[Header] = HEADER_CODEC.decode(ASKED_WIRE)
HEADER_FIELDS: Final = {
    "frameType": HEADER_VALUE.frame_type,
    "dataType": HEADER_VALUE.data_type,
    "bizType": HEADER_VALUE.biz_type,
    "serialNumber": SERIAL,
}
FLOOR_HEADER: Final = floors.decode_header(ASKED_WIRE)
COMPILED: Final[Any] = HEADER.compile()

GROUPS: Final = (
    Group(
        "header decode",
        {
            HAND: (floors.decode_header, (ASKED_WIRE,)),
            CODEC: (HEADER_CODEC.decode, (ASKED_WIRE,)),
            "construct compiled": (COMPILED.parse, (ASKED_WIRE,)),
            "construct": (HEADER.parse, (ASKED_WIRE,)),
        },
        {**at_most(1.15), ("construct", CODEC): Bound("at least", 30)},
    ),
    Group(
        "header encode",
        {
            "hand-written, unguarded": (floors.encode_header_unguarded, (FLOOR_HEADER,)),
            HAND: (floors.encode_header, (FLOOR_HEADER,)),
            CODEC: (HEADER_CODEC.encode, (HEADER_VALUE,)),
            "construct compiled": (COMPILED.build, (HEADER_FIELDS,)),
            "construct": (HEADER.build, (HEADER_FIELDS,)),
        },
        at_most(1.15),
    ),
    Group(
        "text_drive.request decode",
        {
            HAND: (floors.decode_from_client, (ASKED_WIRE,)),
            RULED: (floors.decode_ruled_from_client, (ASKED_WIRE,)),
            CODEC: (decode, (ASKED_WIRE, "client")),
        },
        at_most_ruled(1.2, 1.4),
    ),
    Group(
        "text_drive.request encode",
        {
            HAND: (floors.encode_text_request, (floors.decode_from_client(ASKED_WIRE).body, SERIAL)),
            CODEC: (encode, (ASKED, SERIAL)),
        },
        at_most(1.2),
    ),
    Group(
        "text_drive.response decode",
        {HAND: (floors.decode_from_server, (ANSWERED_WIRE,)), CODEC: (decode, (ANSWERED_WIRE, "server"))},
        at_most(1.2),
    ),
    Group(
        "text_drive.response encode",
        {
            HAND: (floors.encode_text_response, (floors.decode_from_server(ANSWERED_WIRE).body, SERIAL)),
            CODEC: (encode, (ANSWERED, SERIAL)),
        },
        at_most(1.2),
    ),
    Group(
        "audio_drive.request 43 KB decode",
        {HAND: (floors.decode_large_from_client, (SPOKEN_WIRE,)), CODEC: (decode, (SPOKEN_WIRE, "client"))},
        at_most(1.1),
    ),
    Group(
        "audio_drive.request 43 KB encode",
        {
            HAND: (floors.encode_audio_request, (floors.decode_large_from_client(SPOKEN_WIRE).body, SERIAL)),
            CODEC: (encode, (SPOKEN, SERIAL)),
        },
        at_most(1.1),
    ),
    Group(
        "asr.data.request 1 KB decode",
        {HAND: (floors.decode_from_client, (HEARD_WIRE,)), CODEC: (decode, (HEARD_WIRE, "client"))},
        {},
    ),
    Group(
        "asr.data.request 1 KB encode",
        {HAND: (floors.encode_speech, (HEARD.pcm, SERIAL)), CODEC: (encode, (HEARD, SERIAL))},
        {},
    ),
)


@cases(GROUPS)
def test_contender(group: Group, name: str, benchmark: BenchmarkFixture, judge: Judge) -> None:
    contest(group, name, benchmark, judge)
