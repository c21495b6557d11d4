"""Hand-written contenders for Guiji's messages: what a good engineer would write for these messages alone.

A floor gives the same typed result as the codec: one struct a message, kinds told apart by their tags, the same limits
on members. It keeps no raw bytes, reads one direction, holds no rule between members but where it says so, and has no
word for what is wrong.
Only contenders live here; what is compared is in `test_codec_guiji.py`.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Annotated, Final, Literal, dataclass_transform

import msgspec
from msgspec import UNSET, UnsetType

__all__ = ["decode_from_client", "decode_heartbeat", "decode_ruled_from_client", "encode"]

Text = Annotated[str, msgspec.Meta(min_length=1)]
Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
Positive = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]


class Layer(StrEnum):
    FORE = "fore"
    CENTER = "center"
    BACK = "back"


class Matting(IntEnum):
    KEEP = 0
    KEY_OUT = 1


class Action(StrEnum):
    ADD = "addPlayList"
    INSERT = "insertPlayList"
    DELETE = "delPlayListIndex"
    GET = "getPlayList"
    INSERT_AT_SILENT = "insertPlayListAtSilent"


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(msgspec.field,))
class Base(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """What all of them are."""


class VideoSize(Base):
    width: Positive
    height: Positive


class DrawOptions(Base):
    x: Int64 | UnsetType = UNSET
    y: Int64 | UnsetType = UNSET
    width: Int64 | UnsetType = UNSET
    height: Int64 | UnsetType = UNSET
    zidx: Int64 | UnsetType = UNSET


class Template(Base, kw_only=True):
    sequence: tuple[str, ...] | UnsetType = UNSET
    ud_code: Text
    matting: Matting | UnsetType = UNSET


class AudioDriven(Base, kw_only=True):
    mode: Literal["livestream"] = "livestream"
    ud_code_used: Text
    random_play: bool | UnsetType = UNSET
    templates: Annotated[tuple[Template, ...], msgspec.Meta(min_length=1)]
    quarter: Literal[0] = 0


class Exclusive(Base):
    same_name_in_group: bool = msgspec.field(name="SameNameInGroup")


class Options(Base, tag_field="type"):
    name: Text


class Rtmp(Options, tag="rtmp"):
    pass


class Distort(Options, tag="aivoicedistort"):
    distort_state: bool | UnsetType = UNSET
    speeker_id: Int64 | UnsetType = UNSET


class Human(Options, tag="dthuman"):
    name: Literal["dthuman"]
    audio_driven: AudioDriven


class Image(Options, tag="image"):
    url: str | UnsetType = UNSET
    exclusive: Exclusive | UnsetType = UNSET
    transport: str | UnsetType = UNSET


class Player(Options, tag="player"):
    url: str | UnsetType = UNSET
    mute: bool | UnsetType = UNSET
    loop: Int64 | UnsetType = UNSET


class Element(Base):
    type: Layer
    res_options: Rtmp | Distort | Human | Image | Player
    draw_options: DrawOptions | UnsetType = UNSET


class CreateParams(Base):
    session_id: Text
    rule: Literal["DTHumanLivestreamWithAudioRelay"]
    mode: Literal["checkheartbeat"]
    video_size: VideoSize
    token: Text
    res_list: tuple[Element, ...]
    playlist: Annotated[tuple[Int64, ...], msgspec.Meta(min_length=1)]


class Request(Base, tag_field="method"):
    id: Int64
    session_id: Text
    sender: Text


class Create(Request, tag="CreateNewSession"):
    live_id: Int64
    token: Text
    live_platform: Int64
    params: CreateParams


class Named(Base):
    name: Text


class Removed(Base):
    type: Layer
    res_options: Named


class RemovedList(Base):
    res_list: tuple[Removed, ...] = ()


class AddedList(Base):
    res_list: tuple[Element, ...] = ()


class ModifyParams(Base):
    session_id: Text
    rmv_res: RemovedList = RemovedList()
    add_res: AddedList = AddedList()


class Modify(Request, tag="ModifySessionResList"):
    params: ModifyParams


class DestroyParams(Base):
    session_id: Text
    cause: str | UnsetType = UNSET


class Destroy(Request, tag="DestroySession"):
    params: DestroyParams


class Target(Base):
    ud_code: Text


class Switch(Base, kw_only=True):
    driven_mode: Literal["audioDriven"] = "audioDriven"
    audio_driven: Target
    draw_options: DrawOptions | UnsetType = UNSET


class Urls(Base):
    pushurls: Annotated[tuple[Annotated[str, msgspec.Meta(pattern=r"^rtmps?://.")], ...], msgspec.Meta(min_length=1)]


class SwitchTemplate(Base, tag_field="method", tag="switchTemplate"):
    args: Switch


class SetPush(Base, tag_field="method", tag="setpushstreams"):
    args: Urls


class ClosePush(Base, tag_field="method", tag="closepushstreams"):
    args: Urls


class Item(Base):
    name: Text
    options: SwitchTemplate | SetPush | ClosePush


class ExecuteParams(Base):
    session_id: Text
    execute_list: Annotated[tuple[Item, ...], msgspec.Meta(min_length=1)]


class Execute(Request, tag="ExecSessionResList"):
    params: ExecuteParams


class PlaylistParams(Base):
    session_id: Text
    action: Action
    old_pcm_id: Int64 | UnsetType = UNSET
    index: Int64 | UnsetType = UNSET
    pcm_ids: tuple[Int64, ...] | UnsetType = UNSET


class Manage(Request, tag="pushPlayListManager"):
    params: PlaylistParams


class HeartBeatParams(Base):
    session_id: Text
    state: str | UnsetType = UNSET


class HeartBeat(Base, tag_field="method", tag="HeartBeat"):
    id: Int64
    params: HeartBeatParams


decode_from_client: Final = msgspec.json.Decoder(Create | Modify | Destroy | Execute | Manage).decode
decode_heartbeat: Final = msgspec.json.Decoder(HeartBeat).decode
encode: Final = msgspec.json.Encoder().encode


def decode_ruled_from_client(data: bytes) -> Create | Modify | Destroy | Execute | Manage:
    """The same, and a figure is asked for, which begins with its first template."""
    body: Create | Modify | Destroy | Execute | Manage = decode_from_client(data)
    if type(body) is Create:
        has_figure = False
        for element in body.params.res_list:
            if type(element.res_options) is Human:
                driven = element.res_options.audio_driven
                if driven.templates[0].ud_code != driven.ud_code_used:
                    raise ValueError
                has_figure = True
        if not has_figure:
            raise ValueError
    return body
