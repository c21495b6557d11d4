"""Guiji's codec against hand-written code: the largest request, a small one, and a heartbeat.

Every contender is a row of its group's table; ratios are measured apart from those rows, contenders in turn
(`ratios.py`).
"""

from __future__ import annotations

from typing import Final

from pytest_benchmark.fixture import BenchmarkFixture

from avatarwire.benchmarks import floors_guiji as floors
from avatarwire.benchmarks.contenders import CODEC, HAND, RULED, Group, at_most, at_most_ruled, cases, contest
from avatarwire.benchmarks.ratios import Judge
from avatarwire.codecs import guiji
from avatarwire.codecs.guiji.client.request_builder import Asking

SESSION: Final = "5b0f64c8-19d7-4d36-9c55-6b41d8f0a2e7"
TOKEN: Final = "7F3C9A1E" * 16
SCENE: Final = "700100200300401"
ASKING: Final = Asking(SESSION, f"77001/topicSendClient{SESSION}", 4100, TOKEN)
WHOLE: Final = guiji.DrawOptions(x=0, y=0, width=1080, height=1920)


RES_LIST: Final = (
    guiji.ResourceElement(type=guiji.Layer.CENTER, res_options=guiji.RtmpOutput(name="rtmp")),
    guiji.ResourceElement(
        type=guiji.Layer.CENTER,
        res_options=guiji.AiVoiceDistort(name="aivoicedistort", distort_state=False, speeker_id=0),
    ),
    guiji.ResourceElement(
        type=guiji.Layer.CENTER,
        res_options=guiji.DtHuman(
            name="dthuman",
            audio_driven=guiji.AudioDriven(
                ud_code_used=SCENE,
                random_play=False,
                templates=(
                    guiji.Template(
                        sequence=("https://media.example/scenes/401_1080x1920.mp4",),
                        ud_code=SCENE,
                        matting=guiji.Matting.KEEP,
                    ),
                ),
            ),
        ),
        draw_options=WHOLE,
    ),
    guiji.ResourceElement(
        type=guiji.Layer.FORE,
        res_options=guiji.Image(name="image", url="https://media.example/join.png"),
        draw_options=WHOLE,
    ),
    guiji.ResourceElement(
        type=guiji.Layer.FORE,
        res_options=guiji.Player(name="video", url="https://media.example/clip.mp4", mute=True, loop=-1),
        draw_options=WHOLE,
    ),
    guiji.ResourceElement(
        type=guiji.Layer.BACK,
        res_options=guiji.Image(
            name="background",
            url="https://media.example/blue.png",
            exclusive=guiji.Exclusive(same_name_in_group=True),
        ),
        draw_options=WHOLE.replace(zidx=-1),
    ),
)
"""As in the document's sample: every kind of element once."""

CREATE: Final = ASKING.create(9, RES_LIST, [300001], guiji.VideoSize(width=1080, height=1920))
MANAGE: Final = ASKING.manage(10, guiji.PlaylistAction.INSERT_AT_SILENT, pcm_ids=[300002])
CREATE_WIRE: Final = guiji.encode(CREATE)
MANAGE_WIRE: Final = guiji.encode(MANAGE)
HEARTBEAT_WIRE: Final = (
    b'{"id":15,"method":"HeartBeat","params":{"sessionId":":---:' + SESSION.encode() + b'","state":"Running"}}'
)

GROUPS: Final = (
    Group(
        "CreateNewSession.request decode",
        {
            HAND: (floors.decode_from_client, (CREATE_WIRE,)),
            RULED: (floors.decode_ruled_from_client, (CREATE_WIRE,)),
            CODEC: (guiji.decode, (CREATE_WIRE, "client")),
        },
        at_most_ruled(1.2, 1.3),
    ),
    Group(
        "CreateNewSession.request encode",
        {HAND: (floors.encode, (floors.decode_from_client(CREATE_WIRE),)), CODEC: (guiji.encode, (CREATE,))},
        at_most(1.5),
    ),
    Group(
        "pushPlayListManager.request decode",
        {HAND: (floors.decode_from_client, (MANAGE_WIRE,)), CODEC: (guiji.decode, (MANAGE_WIRE, "client"))},
        # Without any check of a rule it is 1.5: the floor keeps no raw bytes, and so small a message is read in less
        # than half a microsecond.
        at_most(2.1),
    ),
    Group(
        "HeartBeat decode",
        {HAND: (floors.decode_heartbeat, (HEARTBEAT_WIRE,)), CODEC: (guiji.decode, (HEARTBEAT_WIRE, "server"))},
        # The floor reads nothing but heartbeats, so it takes a message without a method for one.
        at_most(2.4),
    ),
)


@cases(GROUPS)
def test_contender(group: Group, name: str, benchmark: BenchmarkFixture, judge: Judge) -> None:
    contest(group, name, benchmark, judge)
