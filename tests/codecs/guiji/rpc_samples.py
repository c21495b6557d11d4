"""Every message over MQTT once, as JSON text beside the body it stands for, each with every member it may have."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from avatarwire.codecs.guiji import resources as res
from avatarwire.codecs.guiji.messages import notifications as n
from avatarwire.codecs.guiji.messages import replies as p
from avatarwire.codecs.guiji.messages import rpc_requests as r
from avatarwire.codecs.message import Message

SESSION: Final = "8f0a"
TOPIC: Final = "77001/topicSendClient8f0a"
TOKEN: Final = "7F3C"
SCENE: Final = "7001"


class Sample(NamedTuple):
    """One message."""

    message: str
    sender: Any
    text: str
    body: Message

    @property
    def data(self) -> bytes:
        return self.text.encode()

    @property
    def fields(self) -> dict[str, Any]:
        """The message decoded, to be changed at will."""
        fields: dict[str, Any] = json.loads(self.text)
        return fields


# --- elements ---

WHOLE: Final = res.DrawOptions(x=0, y=0, width=1080, height=1920)
WHOLE_TEXT: Final = '{"x":0,"y":0,"width":1080,"height":1920}'

OUTPUT: Final = res.ResourceElement(type=res.Layer.CENTER, res_options=res.RtmpOutput(name="rtmp"))
OUTPUT_TEXT: Final = '{"type":"center","resOptions":{"type":"rtmp","name":"rtmp"}}'

VOICE: Final = res.ResourceElement(
    type=res.Layer.CENTER,
    res_options=res.AiVoiceDistort(name="aivoicedistort", distort_state=False, speeker_id=0),
)
VOICE_TEXT: Final = (
    '{"type":"center","resOptions":{"type":"aivoicedistort","name":"aivoicedistort",'
    '"distortState":false,"speekerId":0}}'
)

HUMAN: Final = res.ResourceElement(
    type=res.Layer.CENTER,
    res_options=res.DtHuman(
        name="dthuman",
        audio_driven=res.AudioDriven(
            ud_code_used=SCENE,
            random_play=False,
            templates=(
                res.Template(sequence=("http://127.0.0.1/desk.mp4",), ud_code=SCENE, matting=res.Matting.KEEP),
                res.Template(ud_code="7002"),
            ),
        ),
    ),
    draw_options=WHOLE,
)
HUMAN_TEXT: Final = (
    '{"type":"center","resOptions":{"type":"dthuman","name":"dthuman","audioDriven":{"mode":"livestream",'
    '"udCodeUsed":"7001","randomPlay":false,"templates":['
    '{"sequence":["http://127.0.0.1/desk.mp4"],"udCode":"7001","matting":0},{"udCode":"7002"}],"quarter":0}},'
    f'"drawOptions":{WHOLE_TEXT}}}'
)

PICTURE: Final = res.ResourceElement(
    type=res.Layer.FORE, res_options=res.Image(name="image", url="http://127.0.0.1/粉丝.png")
)
PICTURE_TEXT: Final = '{"type":"fore","resOptions":{"type":"image","name":"image","url":"http://127.0.0.1/粉丝.png"}}'

VIDEO: Final = res.ResourceElement(
    type=res.Layer.FORE,
    res_options=res.Player(name="video", url="http://127.0.0.1/clip.mp4", mute=True, loop=-1),
)
VIDEO_TEXT: Final = (
    '{"type":"fore","resOptions":{"type":"player","name":"video","url":"http://127.0.0.1/clip.mp4",'
    '"mute":true,"loop":-1}}'
)

BACKGROUND: Final = res.ResourceElement(
    type=res.Layer.BACK,
    res_options=res.Image(
        name="background",
        url="http://127.0.0.1/blue.png",
        exclusive=res.Exclusive(same_name_in_group=True),
        transport="tcp",
    ),
    draw_options=WHOLE.replace(zidx=-1),
)
BACKGROUND_TEXT: Final = (
    '{"type":"back","resOptions":{"type":"image","name":"background","url":"http://127.0.0.1/blue.png",'
    '"exclusive":{"SameNameInGroup":true},"transport":"tcp"},'
    f'"drawOptions":{WHOLE_TEXT[:-1]},"zidx":-1}}}}'
)

ELEMENTS: Final = (OUTPUT, VOICE, HUMAN, PICTURE, VIDEO, BACKGROUND)
ELEMENT_TEXTS: Final = (OUTPUT_TEXT, VOICE_TEXT, HUMAN_TEXT, PICTURE_TEXT, VIDEO_TEXT, BACKGROUND_TEXT)


# --- requests ---


def _envelope(id_: int) -> dict[str, Any]:
    return {"id": id_, "session_id": SESSION, "sender": TOPIC}


def _text(method: str, id_: int, params: str, more: str = "") -> str:
    return (
        f'{{"method":"{method}","id":{id_},"sessionId":"8f0a","sender":"77001/topicSendClient8f0a",{more}'
        f'"params":{{"sessionId":"8f0a"{"," if params else ""}{params}}}}}'
    )


def _execute(name: str, command: r.KnownCommand) -> r.ExecSessionResList:
    item = r.ExecuteItem(name=name, options=command)
    return r.ExecSessionResList(**_envelope(13), params=r.ExecuteParams(session_id=SESSION, execute_list=(item,)))


def _manage(**arguments: Any) -> r.PushPlayListManager:
    return r.PushPlayListManager(**_envelope(10), params=r.PlaylistParams(session_id=SESSION, **arguments))


CREATE: Final = Sample(
    "CreateNewSession.request",
    "client",
    _text(
        "CreateNewSession",
        9,
        '"rule":"DTHumanLivestreamWithAudioRelay","mode":"checkheartbeat","videoSize":{"width":1080,"height":1920},'
        f'"token":"7F3C","resList":[{",".join(ELEMENT_TEXTS)}],"playlist":[300001,300002]',
        '"liveId":4100,"token":"7F3C","livePlatform":3,',
    ),
    r.CreateNewSession(
        **_envelope(9),
        live_id=4100,
        token=TOKEN,
        live_platform=3,
        params=r.CreateParams(
            session_id=SESSION,
            rule="DTHumanLivestreamWithAudioRelay",
            mode="checkheartbeat",
            video_size=res.VideoSize(width=1080, height=1920),
            token=TOKEN,
            res_list=ELEMENTS,
            playlist=(300001, 300002),
        ),
    ),
)
MODIFY: Final = Sample(
    "ModifySessionResList.request",
    "client",
    _text(
        "ModifySessionResList",
        14,
        '"rmvRes":{"resList":[{"type":"fore","resOptions":{"name":"video"}}]},'
        f'"addRes":{{"resList":[{",".join((BACKGROUND_TEXT, *ELEMENT_TEXTS[:-1]))}]}}',
    ),
    r.ModifySessionResList(
        **_envelope(14),
        params=r.ModifyParams(
            session_id=SESSION,
            rmv_res=r.RemovedResources(
                res_list=(res.RemovedResource(type=res.Layer.FORE, res_options=res.ResourceName(name="video")),)
            ),
            add_res=r.AddedResources(res_list=(BACKGROUND, *ELEMENTS[:-1])),
        ),
    ),
)
DESTROY: Final = Sample(
    "DestroySession.request",
    "client",
    _text("DestroySession", 11, '"cause":"the show is over"'),
    r.DestroySession(**_envelope(11), params=r.DestroyParams(session_id=SESSION, cause="the show is over")),
)
SWITCH: Final = Sample(
    "ExecSessionResList.switchTemplate.request",
    "client",
    _text(
        "ExecSessionResList",
        13,
        '"executeList":[{"name":"dthuman","options":{"method":"switchTemplate","args":{"drivenMode":"audioDriven",'
        f'"audioDriven":{{"udCode":"7002"}},"drawOptions":{WHOLE_TEXT}}}}}}}]',
    ),
    _execute(
        "dthuman",
        r.SwitchTemplate(args=r.TemplateSwitch(audio_driven=r.AudioTarget(ud_code="7002"), draw_options=WHOLE)),
    ),
)
SET_PUSH: Final = Sample(
    "ExecSessionResList.setpushstreams.request",
    "client",
    _text(
        "ExecSessionResList",
        13,
        '"executeList":[{"name":"rtmp","options":{"method":"setpushstreams",'
        '"args":{"pushurls":["rtmp://a.test/live","rtmps://b.test/live?key=1"]}}}]',
    ),
    _execute(
        "rtmp",
        r.SetPushStreams(args=r.PushUrls(pushurls=("rtmp://a.test/live", "rtmps://b.test/live?key=1"))),
    ),
)
CLOSE_PUSH: Final = Sample(
    "ExecSessionResList.closepushstreams.request",
    "client",
    _text(
        "ExecSessionResList",
        13,
        '"executeList":[{"name":"rtmp","options":{"method":"closepushstreams",'
        '"args":{"pushurls":["rtmp://a.test/live"]}}}]',
    ),
    _execute("rtmp", r.ClosePushStreams(args=r.PushUrls(pushurls=("rtmp://a.test/live",)))),
)
INSERT: Final = Sample(
    "pushPlayListManager.request",
    "client",
    _text("pushPlayListManager", 10, '"action":"insertPlayList","oldPcmId":6,"index":1,"pcmIds":[300003]'),
    _manage(action=r.PlaylistAction.INSERT, old_pcm_id=6, index=1, pcm_ids=(300003,)),
)
ADD: Final = Sample(
    "pushPlayListManager.request",
    "client",
    _text("pushPlayListManager", 10, '"action":"addPlayList","pcmIds":[300003]'),
    _manage(action=r.PlaylistAction.ADD, pcm_ids=(300003,)),
)
DELETE: Final = Sample(
    "pushPlayListManager.request",
    "client",
    _text("pushPlayListManager", 10, '"action":"delPlayListIndex","index":0'),
    _manage(action=r.PlaylistAction.DELETE, index=0),
)
GET: Final = Sample(
    "pushPlayListManager.request",
    "client",
    _text("pushPlayListManager", 10, '"action":"getPlayList"'),
    _manage(action=r.PlaylistAction.GET),
)
CUT_IN: Final = Sample(
    "pushPlayListManager.request",
    "client",
    _text("pushPlayListManager", 10, '"action":"insertPlayListAtSilent","pcmIds":[300003]'),
    _manage(action=r.PlaylistAction.INSERT_AT_SILENT, pcm_ids=(300003,)),
)

REQUESTS: Final = (CREATE, MODIFY, DESTROY, SWITCH, SET_PUSH, CLOSE_PUSH, INSERT, ADD, DELETE, GET, CUT_IN)


# --- answers ---


def _answer(message: str, id_: int, said: str, kind: type[p.Result], body: p.ResultBody) -> Sample:
    text = f'{{"id":{id_},"sessionId":"8f0a","result":{{"sessionId":"8f0a",{said}}}}}'
    return Sample(message, "server", text, kind(id=id_, session_id=SESSION, result=body))


CREATED: Final = _answer(
    "CreateNewSession.result",
    9,
    '"message":"make sess complete!"',
    p.CreateNewSessionResult,
    p.CreatedBody(session_id=SESSION, message="make sess complete!"),
)
MODIFIED: Final = _answer(
    "ModifySessionResList.result",
    14,
    '"message":"done"',
    p.ModifySessionResListResult,
    p.TextBody(session_id=SESSION, message="done"),
)
CLOSED: Final = _answer(
    "DestroySession.result",
    11,
    '"ok":true,"info":"close sess ok"',
    p.DestroySessionResult,
    p.DestroyedBody(session_id=SESSION, ok=True, info="close sess ok"),
)
EXECUTED: Final = tuple(
    _answer(
        f"ExecSessionResList.{command}.result",
        13,
        '"message":"done"',
        p.ExecSessionResListResult,
        p.TextBody(session_id=SESSION, message="done"),
    )
    for command in ("switchTemplate", "setpushstreams", "closepushstreams")
)
LISTED: Final = Sample(
    "pushPlayListManager.result",
    "server",
    '{"id":10,"sessionId":"8f0a","result":{"sessionId":"8f0a","message":"","ok":true,"data":[6,300003]}}',
    p.PushPlayListManagerResult(
        id=10, session_id=SESSION, result=p.PlaylistBody(session_id=SESSION, ok=True, data=(6, 300003))
    ),
)
NOT_LISTED: Final = Sample(
    "pushPlayListManager.result",
    "server",
    '{"id":10,"sessionId":"8f0a","result":{"sessionId":"8f0a","message":"no such index","ok":false}}',
    p.PushPlayListManagerResult(
        id=10, session_id=SESSION, result=p.PlaylistBody(session_id=SESSION, ok=False, message="no such index")
    ),
)
ANY_RESULT: Final = Sample(
    "result",
    "server",
    '{"id":4,"sessionId":"8f0a","result":{"sessionId":"8f0a","message":"m","ok":true,"info":"i","data":[1]}}',
    p.Result(
        id=4,
        session_id=SESSION,
        result=p.ResultBody(session_id=SESSION, message="m", ok=True, info="i", data=(1,)),
    ),
)
ERROR: Final = Sample(
    "error",
    "server",
    '{"id":9,"sessionId":"8f0a","error":{"sessionId":"8f0a","message":"no such session","code":-32001}}',
    p.ErrorReply(
        id=9,
        session_id=SESSION,
        error=p.ErrorBody(session_id=SESSION, message="no such session", code=p.RpcErrorCode.NO_SUCH_SESSION),
    ),
)

RESULTS: Final = (CREATED, MODIFIED, CLOSED, *EXECUTED, LISTED, NOT_LISTED)


# --- notifications ---

HEARTBEAT: Final = Sample(
    "HeartBeat",
    "server",
    '{"method":"HeartBeat","id":15,"params":{"sessionId":":---:8f0a","state":"Running"}}',
    n.HeartBeat(id=15, params=n.HeartBeatParams(session_id=":---:8f0a", state="Running")),
)
HEARTBEAT_REPLY: Final = Sample(
    "HeartBeat.reply",
    "client",
    '{"id":15,"result":{"sessionId":":---:8f0a","message":"Heartbeat received."},"sessionId":"8f0a",'
    '"sender":"77001/topicSendClient8f0a"}',
    p.HeartBeatReply(
        id=15,
        result=p.HeartBeatReplyBody(session_id=":---:8f0a", message="Heartbeat received."),
        session_id=SESSION,
        sender=TOPIC,
    ),
)
DESTROYED: Final = Sample(
    "SessionState.Destroy",
    "server",
    '{"method":"SessionState","id":73,"params":{"state":"Destroy","sessionId":"8f0a","cause":"idle "}}',
    n.SessionDestroyed(id=73, params=n.DestroyState(session_id=SESSION, cause="idle ")),
)
STREAM: Final = Sample(
    "SessionState.StreamPlay",
    "server",
    '{"method":"SessionState","id":74,"params":{"state":"StreamPlay","sessionId":"8f0a","playaddr":{'
    '"rtmp":{"lan":"rtmp://10.0.0.1/a","wan":"rtmp://10.0.0.2/a"},"rtsp":{"lan":"rtsp://10.0.0.1/a","wan":"rtsp://10.0.0.2/a"},'
    '"http-flv":{"lan":"http://10.0.0.1/a.flv","wan":"http://10.0.0.2/a.flv"}}}}',
    n.StreamPlay(
        id=74,
        params=n.StreamPlayState(
            session_id=SESSION,
            playaddr=n.PlayAddresses(
                rtmp=n.StreamAddresses(lan="rtmp://10.0.0.1/a", wan="rtmp://10.0.0.2/a"),
                rtsp=n.StreamAddresses(lan="rtsp://10.0.0.1/a", wan="rtsp://10.0.0.2/a"),
                http_flv=n.StreamAddresses(lan="http://10.0.0.1/a.flv", wan="http://10.0.0.2/a.flv"),
            ),
        ),
    ),
)
SHOWN: Final = Sample(
    "SessionState.Show",
    "server",
    '{"method":"SessionState","id":75,"sessionId":"8f0a","params":{"state":"Show","sessionId":"8f0a",'
    '"info":"here I am","udCode":"7001","id":"dthuman#1","name":"dthuman","type":"dthuman"}}',
    n.Show(
        id=75,
        session_id=SESSION,
        params=n.ShowState(
            session_id=SESSION, info="here I am", ud_code=SCENE, id="dthuman#1", name="dthuman", type="dthuman"
        ),
    ),
)
PLAYING: Final = Sample(
    "SessionState.playlist",
    "server",
    '{"method":"SessionState","id":76,"sessionId":"8f0a","params":{"sessionId":"8f0a","status":"begin",'
    '"type":"playList","nowPcmId":6,"playList":"[9,12]"}}',
    n.PlaylistState.of(message_id=76, session_id=SESSION, status=n.PlaybackStatus.BEGIN, now_pcm_id=6, to_play=[9, 12]),
)

NOTIFICATIONS: Final = (HEARTBEAT, DESTROYED, STREAM, SHOWN, PLAYING)
SAMPLES: Final = (*REQUESTS, *RESULTS, ANY_RESULT, ERROR, *NOTIFICATIONS, HEARTBEAT_REPLY)


def changed(sample: Sample, change: Callable[[dict[str, Any]], object]) -> bytes:
    """The sample with its members changed."""
    fields = sample.fields
    change(fields)
    return json.dumps(fields, ensure_ascii=False).encode()


def at(path: str, value: object) -> Callable[[dict[str, Any]], object]:
    """Sets the member at a wire path such as ``params.resList[0].type``; ``...`` as the value takes it away."""
    steps = [
        int(step) if step.isdigit() else step for step in path.replace("[", ".").replace("]", "").split(".") if step
    ]

    def change(fields: dict[str, Any]) -> None:
        here: Any = fields
        for step in steps[:-1]:
            here = here[step]
        if value is ...:
            del here[steps[-1]]
        else:
            here[steps[-1]] = value

    return change
