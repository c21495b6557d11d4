"""The demonstration of Guiji: the documented flows of a broadcast, by real sockets, with the codecs' own client.

The steps live here. What carries them is in `demo_talk.py`, how steps are told in `demonstration.py`, how that looks in
`timeline_view.py`.

Source: sections 1.2, 3 and 4 (flows GJ-F1 to GJ-F10).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

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
from avatarwire.fakeserver.clock import Clock, RealClock
from avatarwire.fakeserver.demonstration import DemonstrationFault, Narrator, Step, Summary, Tell, carry_out
from avatarwire.fakeserver.guiji.demo_talk import Talk, there
from avatarwire.fakeserver.guiji.server import FakeGuiji

__all__ = ["STEPS", "demonstrate"]

VENDOR: Final = "guiji"

PACE: Final[Mapping[str, Any]] = {
    "heartbeat_seconds": 0.5,
    "audio_seconds": 0.8,
    # The text is spoken until the end, however slow the machine: its place in the playlist is known all the time.
    "shortest_text_seconds": 600.0,
    "silent_seconds": 0.2,
}
"""What the fake is told: it goes on faster than a service would, for nobody likes to wait for a demonstration."""

FULL: Final = VideoSize(width=1080, height=1920)
WHOLE: Final = DrawOptions(x=0, y=0, width=FULL.width, height=FULL.height)
PUSH_TO: Final = ("rtmp://127.0.0.1/one", "rtmp://127.0.0.1/two")


def _check(holds: bool, reason: str) -> None:
    if not holds:
        raise DemonstrationFault(reason)


# --- the steps ---


async def _log_in(talk: Talk) -> None:
    await talk.log_in()
    talk.narrator.note(f"the token goes into header {http.TOKEN_HEADER} of every other call, and lives anew with each")


async def _prepare(talk: Talk) -> None:
    robots = await talk.call(http.LIST_PLATFORM_ROBOTS, http.ListPlatformRobotsRequest())
    _check(bool(robots and robots[0].scene_list), "there is no presenter with a scene")
    talk.robot = robots[0]
    # What tells more of a scene has its place in the lists only (GJ-E21).
    scenes = tuple(scene.replace(scene_type=None, cover_url=None) for scene in talk.presenter.scene_list or ())
    presenter = talk.presenter.replace(scene_list=scenes)
    parameters = http.CreateLiveRequest(cutin_flag=True, live_name="demonstration", robot_list=(presenter,))
    talk.live_id = await talk.call(http.CREATE_LIVE, parameters)


async def _register(talk: Talk) -> None:
    voices = await talk.call(http.LIST_PLATFORM_SPEAKERS, http.ListPlatformSpeakersRequest())
    _check(bool(voices.records), "there is no voice")
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
    talk.materials = [await talk.call(http.UPLOAD_MATERIAL, parameters) for parameters in (text, sound)]


async def _open(talk: Talk) -> None:
    await talk.open()
    talk.narrator.note(f"without a message for {talk.session.expiration_time} s the session would be destroyed")


async def _connect(talk: Talk) -> None:
    await talk.connect()
    talk.narrator.note(f"connected to {talk.fake.mqtt_url}, listening at topicSub; requests go to topicPub")


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
    talk.client.create(res_list=elements, playlist=talk.materials, video_size=FULL, now=talk.narrator.now())
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
    path = await talk.call(
        http.GET_PULL_PATH,
        http.GetPullPathRequest(live_id=talk.live_id, session_id=talk.session.session_id, duration=600),
    )
    pulled = path.data.playaddr.rtmp.lan
    _check(addresses.to_dict()["rtmp"]["lan"] == pulled, "getPullPath has other addresses than StreamPlay")
    talk.narrator.note(f"not done: pulling {pulled}, as no media is rendered here")


async def _play(talk: Talk) -> None:
    text, sound = talk.materials
    client, now = talk.client, talk.narrator.now
    await talk.until(PlaybackBegan, lambda event: event.pcm_id == text)
    await talk.answer(client.add([text, sound], now=now()))
    await talk.answer(client.insert(1, [sound], now=now()))
    await talk.answer(client.delete(1, old_pcm_id=sound, now=now()))
    listed = await talk.answer(client.get_playlist(now=now()))
    _check(listed.playlist == (text, sound, text, sound), f"the playlist is {listed.playlist}")
    await talk.answer(client.cut_in([sound], now=now()))
    await talk.until(PlaybackBegan, lambda event: event.cut_in)
    await talk.until(PlaybackEnded, lambda event: event.cut_in)
    talk.narrator.note("the sound cut in at a silent point of the text, which then went on")


async def _dress(talk: Talk) -> None:
    client, now = talk.client, talk.narrator.now
    await talk.answer(client.modify(add=[_background("green")], now=now()))
    await talk.until(ElementShown, lambda event: event.name == "background")
    scene = list(talk.presenter.scene_list or ())[-1].scene_code
    await talk.answer(client.switch_template(scene, draw_options=WHOLE, now=now()))
    shown = await talk.until(ElementShown, lambda event: event.kind == "dthuman")
    _check(shown.ud_code == scene, f"scene {shown.ud_code} is shown")


async def _push(talk: Talk) -> None:
    client, now = talk.client, talk.narrator.now
    await talk.answer(client.set_push_streams(PUSH_TO, now=now()))
    await talk.answer(client.close_push_streams(PUSH_TO[:1], now=now()))
    pushed = talk.fake.session(talk.session.session_id).push_urls
    _check(pushed == list(PUSH_TO[1:]), f"it is pushed to {pushed}")


async def _live(talk: Talk) -> None:
    heartbeat = await talk.until(HeartbeatAnswered)
    await talk.flush()
    talk.narrator.note(f"heartbeat {heartbeat.heartbeat_id} was answered under its own id, its prefix repeated")


async def _destroy(talk: Talk) -> None:
    talk.client.destroy(now=talk.narrator.now())
    ended = await talk.until(Ended)
    _check(ended.reason is EndReason.CLOSED, f"the session ended otherwise: {ended.reason}")
    await talk.leave()


async def _review(talk: Talk) -> None:
    page = await talk.call(http.QUERY_LIVE_RECORDS, http.QueryLiveRecordsRequest())
    records = [record for record in page.records if record.session_id == talk.session.session_id]
    _check(len(records) == 1, "there is no record of the broadcast")


STEPS: Final[tuple[Step[Talk], ...]] = (
    Step("Get a token", "appId and appSecret give the token of all later calls, and the login of the broker.", _log_in),
    Step("Prepare a live room", "A presenter of the platform, with the scenes it can be seen in.", _prepare),
    Step("Register materials", "A text to be spoken and a sound; their ids make up playlists.", _register),
    Step("Open a session", "Over HTTP; the answer names the session and its two topics.", _open),
    Step("Connect to the broker", "Listen at topicSub first, so that nothing is missed.", _connect),
    Step(
        "Create the session", "One message with presenter, layers and playlist; the answer comes once it runs.", _create
    ),
    Step("Obtain the stream", "StreamPlay and getPullPath name the same addresses; Show tells what is seen.", _stream),
    Step("Manage the playlist", "Append, insert, delete, ask; and have something cut in.", _play),
    Step("Change layers and scene", "Another background takes the place of the one before; another scene.", _dress),
    Step("Push to other platforms", "Two addresses, then one of them no more.", _push),
    Step("Stay alive", "The server asks, the client answers; three times without an answer is the end.", _live),
    Step("Destroy the session", "Over MQTT; then it is gone, and a new one would have to be opened.", _destroy),
    Step("Look at the record", "Over HTTP: what was broadcast when.", _review),
)
"""The documented flows, one after the other."""


async def demonstrate(tell: Tell, *, host: str = "127.0.0.1", clock: Clock | None = None, **changes: Any) -> Summary:
    """Starts a fake, goes through the steps with it, and tells of everything that crosses the wire.

    Args:
        tell: takes the events.
        host: address for the fake to listen on, at free ports.
        clock: where times come from; real time by default.
        changes: tunables of the fake's scenario, such as ``heartbeat_seconds=1.0``.

    Raises:
        FakeServerError: the fake cannot be started.
        ScenarioError: a change is wrong.
    """
    import httpx

    async with (
        FakeGuiji(host=host, **{**PACE, **changes}) as fake,
        httpx.AsyncClient(trust_env=False) as calls,
    ):
        narrator = Narrator(VENDOR, tell, RealClock() if clock is None else clock)
        narrator.note(f"the fake {VENDOR} server listens on {fake.http_url}, its broker on {fake.mqtt_url}")
        talk = Talk(fake, narrator, calls)
        try:
            return await carry_out(STEPS, talk, narrator, broken_rules=lambda: fake.journal.violations(level="error"))
        finally:
            await talk.leave()
