"""The flows of Guiji: those that the document has of a broadcast, one after the other, and parts of them by name.

The steps live here. What carries them is in `flow_talk.py`, how steps are carried out in the package's `flow.py`.

Source: sections 1.2, 3 and 4 (flows GJ-F1 to GJ-F10).
"""

from __future__ import annotations

from typing import Final

from avatarwire.codecs.guiji import http
from avatarwire.codecs.guiji.events import (
    Created,
    ElementShown,
    Ended,
    EndReason,
    HeartbeatAnswered,
    PlaybackBegan,
    PlaybackEnded,
    StreamStarted,
)
from avatarwire.codecs.guiji.http_enums import MaterialType
from avatarwire.codecs.guiji.resources import (
    AudioDriven,
    DrawOptions,
    DtHuman,
    Exclusive,
    Image,
    Layer,
    Matting,
    Player,
    ResourceElement,
    RtmpOutput,
    Template,
    VideoSize,
)

from ..flow import Step
from ..talk import DOCUMENTED, Flows, check, there
from .flow_talk import GuijiTalk as Talk

__all__ = ["FLOWS"]

FULL: Final = VideoSize(width=1080, height=1920)
WHOLE: Final = DrawOptions(x=0, y=0, width=FULL.width, height=FULL.height)
PUSH_TO: Final = ("rtmp://127.0.0.1/one", "rtmp://127.0.0.1/two")


# --- the steps ---


async def _log_in(talk: Talk) -> None:
    key = http.GetAccessTokenRequest(app_id=talk.place.text("app_id"), app_secret=talk.place.text("app_secret"))
    talk.login = await talk.calls.call(http.GET_ACCESS_TOKEN, key)
    talk.narrator.note(f"the token goes into header {http.TOKEN_HEADER} of every other call, and lives anew with each")


async def _prepare(talk: Talk) -> None:
    robots = await talk.calls.call(http.LIST_PLATFORM_ROBOTS, http.ListPlatformRobotsRequest())
    check(bool(robots and robots[0].scene_list), "there is no presenter with a scene")
    talk.presenter = robots[0]
    # What tells more of a scene has its place in the lists only (GJ-E21).
    scenes = tuple(scene.replace(scene_type=None, cover_url=None) for scene in talk.presenter.scene_list or ())
    presenter = talk.presenter.replace(scene_list=scenes)
    parameters = http.CreateLiveRequest(cutin_flag=True, live_name="demonstration", robot_list=(presenter,))
    talk.live_id = await talk.calls.call(http.CREATE_LIVE, parameters)


async def _register(talk: Talk) -> None:
    voices = await talk.calls.call(http.LIST_PLATFORM_SPEAKERS, http.ListPlatformSpeakersRequest())
    check(bool(voices.records), "there is no voice")
    voice = voices.records[0]
    text = http.UploadMaterialRequest(
        live_id=talk.live_id,
        material_type=MaterialType.TEXT,
        material_description="a greeting",
        text="Welcome to the show.",
        tts_source=voice.tts_source,
        tts_speaker=voice.tts_speaker,
        volume=0.0,
        intonation=0.0,
        speed_rate=0.0,
    )
    sound = http.UploadMaterialRequest(
        live_id=talk.live_id,
        material_type=MaterialType.AUDIO,
        material_description="a jingle",
        material_url="http://127.0.0.1/jingle.wav",
    )
    talk.materials = [await talk.calls.call(http.UPLOAD_MATERIAL, parameters) for parameters in (text, sound)]


async def _open(talk: Talk) -> None:
    wanted = http.CreateLiveSessionRequest(live_id=talk.live_id, name="demonstration")
    talk.session = await talk.calls.call(http.CREATE_LIVE_SESSION, wanted)
    talk.narrator.note(f"without a message for {talk.session.expiration_time} s the session would be destroyed")


async def _connect(talk: Talk) -> None:
    await talk.connect()
    talk.narrator.note(f"connected to {talk.mqtt_url}, listening at topicSub; requests go to topicPub")


async def _create(talk: Talk) -> None:
    elements = (
        ResourceElement(type=Layer.CENTER, res_options=RtmpOutput(name="rtmp")),
        ResourceElement(type=Layer.CENTER, res_options=_human(talk.presenter), draw_options=WHOLE),
        ResourceElement(
            type=Layer.FORE,
            res_options=Player(name="video", url="http://127.0.0.1/clip.mp4", mute=True, loop=-1),
            draw_options=DrawOptions(x=700, y=900, width=250, height=500),
        ),
        _background("blue"),
    )
    talk.client.create(res_list=elements, playlist=talk.materials, video_size=FULL, now=talk.now())
    created = await talk.until(Created)
    talk.narrator.note(f'the server says "{created.text}"')


def _human(robot: http.RobotVO) -> DtHuman:
    """A presenter, to be switched between its scenes."""
    scenes = list(robot.scene_list or ())
    templates = tuple(
        Template(
            sequence=(scene.video_cover_url or "",),
            ud_code=scene.scene_code,
            # A basic scene has a green screen (GJ-E21).
            matting=Matting.KEY_OUT_GREEN if scene.scene_type == 0 else Matting.KEEP,
        )
        for scene in scenes
    )
    driven = AudioDriven(mode="livestream", ud_code_used=scenes[0].scene_code, templates=templates, quarter=0)
    return DtHuman(name="dthuman", audio_driven=driven)


def _background(colour: str) -> ResourceElement:
    options = Image(
        name="background",
        url=f"http://127.0.0.1/{colour}.png",
        exclusive=Exclusive(same_name_in_group=True),
    )
    return ResourceElement(type=Layer.BACK, res_options=options, draw_options=WHOLE.replace(zidx=-1))


async def _stream(talk: Talk) -> None:
    started = await talk.until(StreamStarted)
    addresses = there(started.addresses, "StreamPlay names no addresses")
    await talk.until(ElementShown, lambda event: event.kind == "dthuman")
    path = await talk.calls.call(
        http.GET_PULL_PATH,
        http.GetPullPathRequest(live_id=talk.live_id, session_id=talk.session.session_id, duration=600),
    )
    pulled = path.data.playaddr.rtmp.lan
    check(addresses.to_dict()["rtmp"]["lan"] == pulled, "getPullPath has other addresses than StreamPlay")
    talk.narrator.note(f"not done: pulling {pulled}, as no media is rendered here")


async def _play(talk: Talk) -> None:
    text, sound = talk.materials
    client, now = talk.client, talk.now
    await talk.until(PlaybackBegan, lambda event: event.pcm_id == text)
    await talk.answer(client.add([text, sound], now=now()))
    await talk.answer(client.insert(1, [sound], now=now()))
    await talk.answer(client.delete(1, old_pcm_id=sound, now=now()))
    listed = await talk.answer(client.get_playlist(now=now()))
    check(listed.playlist == (text, sound, text, sound), f"the playlist is {listed.playlist}")
    await talk.answer(client.cut_in([sound], now=now()))
    await talk.until(PlaybackBegan, lambda event: event.cut_in)
    await talk.until(PlaybackEnded, lambda event: event.cut_in)
    talk.narrator.note("the sound cut in at a silent point of the text, which then went on")


async def _dress(talk: Talk) -> None:
    client, now = talk.client, talk.now
    await talk.answer(client.modify(add=[_background("green")], now=now()))
    await talk.until(ElementShown, lambda event: event.name == "background")
    scene = list(talk.presenter.scene_list or ())[-1].scene_code
    await talk.answer(client.switch_template(scene, draw_options=WHOLE, now=now()))
    shown = await talk.until(ElementShown, lambda event: event.kind == "dthuman")
    check(shown.ud_code == scene, f"scene {shown.ud_code} is shown")


async def _push(talk: Talk) -> None:
    client, now = talk.client, talk.now
    await talk.answer(client.set_push_streams(PUSH_TO, now=now()))
    await talk.answer(client.close_push_streams(PUSH_TO[:1], now=now()))


async def _live(talk: Talk) -> None:
    heartbeat = await talk.until(HeartbeatAnswered)
    await talk.connection.flush()
    talk.narrator.note(f"heartbeat {heartbeat.heartbeat_id} was answered under its own id, its prefix repeated")


async def _destroy(talk: Talk) -> None:
    talk.client.destroy(now=talk.now())
    ended = await talk.until(Ended)
    check(ended.reason is EndReason.CLOSED, f"the session ended otherwise: {ended.reason}")
    await talk.leave()


async def _review(talk: Talk) -> None:
    page = await talk.calls.call(http.QUERY_LIVE_RECORDS, http.QueryLiveRecordsRequest())
    records = [record for record in page.records if record.session_id == talk.session.session_id]
    check(len(records) == 1, "there is no record of the broadcast")


TOKEN: Final = Step(
    "Get a token", "appId and appSecret give the token of all later calls, and the login of the broker.", _log_in
)
ROOM: Final = Step("Prepare a live room", "A presenter of the platform, with the scenes it can be seen in.", _prepare)
MATERIALS: Final = Step(
    "Register materials", "A text to be spoken and a sound; their ids make up playlists.", _register
)
OPEN: Final = Step("Open a session", "Over HTTP; the answer names the session and its two topics.", _open)
CONNECT: Final = Step("Connect to the broker", "Listen at topicSub first, so that nothing is missed.", _connect)
CREATE: Final = Step(
    "Create the session", "One message with presenter, layers and playlist; the answer comes once it runs.", _create
)
STREAM: Final = Step(
    "Obtain the stream", "StreamPlay and getPullPath name the same addresses; Show tells what is seen.", _stream
)
PLAYLIST: Final = Step("Manage the playlist", "Append, insert, delete, ask; and have something cut in.", _play)
LAYERS: Final = Step(
    "Change layers and scene", "Another background takes the place of the one before; another scene.", _dress
)
PUSH: Final = Step("Push to other platforms", "Two addresses, then one of them no more.", _push)
LIVE: Final = Step(
    "Stay alive", "The server asks, the client answers; three times without an answer is the end.", _live
)
DESTROY: Final = Step(
    "Destroy the session", "Over MQTT; then it is gone, and a new one would have to be opened.", _destroy
)
RECORD: Final = Step("Look at the record", "Over HTTP: what was broadcast when.", _review)

FLOWS: Final = Flows(
    Talk,
    {
        DOCUMENTED: (
            TOKEN, ROOM, MATERIALS, OPEN, CONNECT, CREATE, STREAM, PLAYLIST, LAYERS, PUSH, LIVE, DESTROY, RECORD,
        ),
        "playlist": (TOKEN, ROOM, MATERIALS, OPEN, CONNECT, CREATE, PLAYLIST, DESTROY),
        "layers": (TOKEN, ROOM, MATERIALS, OPEN, CONNECT, CREATE, LAYERS, DESTROY),
    },
)  # fmt: skip
