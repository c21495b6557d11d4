"""Right requests and answers of all operations, as JSON texts beside the values they stand for."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import jsonschema

from avatarwire.codecs.guiji import http
from avatarwire.codecs.guiji.http_enums import LiveStatusName, MaterialType, Posture, Proportion, SceneType
from avatarwire.codecs.message import Message
from avatarwire.codecs.operation import Operation

WRAPPED: Final = '{{"code":200,"msg":"处理成功","success":true,"data":{}}}'


def schema_accepts(schema: dict[str, Any], value: object) -> bool:
    """Whether a JSON Schema takes a decoded value."""
    validator: Any = jsonschema.Draft202012Validator(schema)
    return bool(validator.is_valid(value))


def enveloped(data: str) -> bytes:
    """The body of a success with this data."""
    return WRAPPED.format(data).encode()


class Case(NamedTuple):
    operation: Operation[Any, Any]
    request: Message
    sent: str
    """The query, or the body."""
    data: Any
    answered: str
    """The data."""

    @property
    def body(self) -> bytes:
        return enveloped(self.answered)


SCENE: Final = http.SceneVO(
    scene_code="2001",
    proportion=Proportion.PORTRAIT,
    posture=Posture.SITTING,
    duration=60,
    scene_name="studio",
    example_url="http://127.0.0.1/e.mp4",
    video_cover_url="http://127.0.0.1/c.mp4",
)
SCENE_TEXT: Final = (
    '{"sceneCode":"2001","proportion":"9:16","posture":"2","duration":60,"sceneName":"studio",'
    '"exampleUrl":"http://127.0.0.1/e.mp4","videoCoverUrl":"http://127.0.0.1/c.mp4"}'
)
LISTED_SCENE: Final = SCENE.replace(scene_type=SceneType.LIVE.value, cover_url="http://127.0.0.1/s.png")
LISTED_SCENE_TEXT: Final = SCENE_TEXT[:-1] + ',"sceneType":2,"coverUrl":"http://127.0.0.1/s.png"}'


def robot(scene: http.SceneVO) -> http.RobotVO:
    return http.RobotVO(
        id=31,
        cover_url="http://127.0.0.1/r.png",
        robot_desc="news",
        robot_code="3001",
        robot_name=" Lin",
        scene_list=(scene,),
    )


def robot_text(scene: str) -> str:
    return (
        '{"id":31,"coverUrl":"http://127.0.0.1/r.png","robotDesc":"news","robotCode":"3001","robotName":" Lin",'
        f'"sceneList":[{scene}]}}'
    )


LIVE: Final = http.LiveInfoVO(id=4001, cutin_flag=True, live_name="shop", robot_list=(robot(SCENE),))
LIVE_TEXT: Final = f'{{"id":4001,"cutinFlag":true,"liveName":"shop","robotList":[{robot_text(SCENE_TEXT)}]}}'


def page_text(rows: str) -> str:
    return f'{{"records":[{rows}],"total":21,"size":20,"current":2,"pages":2}}'


def page(type_: type[Message], row: Message) -> Message:
    return type_(records=(row,), total=21, size=20, current=2, pages=2)


VOICE: Final = http.TtsModelVo(
    tts_name="Amy",
    tts_introduction="clear|calm",
    tts_speaker="speaker-1",
    tts_category="general",
    tts_audition="http://127.0.0.1/a.wav",
    tts_cover="http://127.0.0.1/a.png",
    tts_source=10,
    languages=("cn", "en"),
    ssml_flag=False,
    f0up_key_flag=True,
    user_category="standard",
)
VOICE_TEXT: Final = (
    '"ttsName":"Amy","ttsIntroduction":"clear|calm","ttsSpeaker":"speaker-1","ttsCategory":"general",'
    '"ttsAudition":"http://127.0.0.1/a.wav","ttsCover":"http://127.0.0.1/a.png","ttsSource":10,'
    '"languages":["cn","en"],"ssmlFlag":false,"f0upKeyFlag":true,"userCategory":"standard"}'
)
PATH_TEXT: Final = (
    '{"message":"success","ok":true,"info":"ready","data":{"playaddr":{'
    '"rtmp":{"lan":"rtmp://127.0.0.1/a","wan":"rtmp://127.0.0.2/a"},'
    '"rtsp":{"lan":"rtsp://127.0.0.1/a","wan":"rtsp://127.0.0.2/a"},'
    '"http_flv":{"lan":"http://127.0.0.1/a.flv","wan":"http://127.0.0.2/a.flv"}}}}'
)

CASES: Final = (
    Case(
        http.GET_ACCESS_TOKEN,
        http.GetAccessTokenRequest(app_id="app-1", app_secret="hush"),
        '{"appId":"app-1","appSecret":"hush"}',
        http.TokenVO(
            token="AB12",
            expiration_time=3600,
            start_time="2026-01-01 00:00:00",
            end_time="2027-01-01 00:00:00",
            mqtt_user="user-1",
            mqtt_password="pass-1",
        ),
        '{"token":"AB12","expirationTime":3600,"startTime":"2026-01-01 00:00:00","endTime":"2027-01-01 00:00:00",'
        '"mqttUser":"user-1","mqttPassword":"pass-1"}',
    ),
    Case(
        http.CREATE_LIVE,
        http.CreateLiveRequest(cutin_flag=False, live_name="shop", robot_list=(robot(SCENE),)),
        f'{{"cutinFlag":false,"liveName":"shop","robotList":[{robot_text(SCENE_TEXT)}]}}',
        4001,
        "4001",
    ),
    Case(
        http.UPDATE_LIVE,
        http.UpdateLiveRequest(id=4001, cutin_flag=True, live_name="store", robot_list=(robot(SCENE),)),
        f'{{"id":4001,"cutinFlag":true,"liveName":"store","robotList":[{robot_text(SCENE_TEXT)}]}}',
        True,
        "true",
    ),
    Case(http.QUERY_LIVE, http.QueryLiveRequest(id=4001), "id=4001", LIVE, LIVE_TEXT),
    Case(
        http.QUERY_LIVE_PAGE,
        http.QueryLivePageRequest(page=2, page_size=20),
        "page=2&pageSize=20",
        page(http.LivePage, LIVE),
        page_text(LIVE_TEXT),
    ),
    Case(
        http.UPLOAD_MATERIAL,
        http.UploadMaterialRequest(
            live_id=4001,
            material_type=MaterialType.TEXT,
            change_voice_speaker="change-1",
            material_description="greeting",
            text="你好",
            tts_source=10,
            tts_speaker="speaker-1",
            volume=-20,
            intonation=0.5,
            speed_rate=20,
            f0up_key=-20,
        ),
        '{"liveId":4001,"materialType":"TEXT","changeVoiceSpeaker":"change-1","materialDescription":"greeting",'
        '"text":"你好","ttsSource":10,"ttsSpeaker":"speaker-1","volume":-20.0,"intonation":0.5,"speedRate":20.0,'
        '"f0upKey":-20}',
        5001,
        "5001",
    ),
    Case(
        http.UPLOAD_MATERIAL,
        http.UploadMaterialRequest(
            live_id=4001, material_type=MaterialType.AUDIO, material_url="https://127.0.0.1/hello.wav"
        ),
        '{"liveId":4001,"materialType":"AUDIO","materialUrl":"https://127.0.0.1/hello.wav"}',
        5002,
        "5002",
    ),
    Case(
        http.QUERY_MATERIAL,
        http.QueryMaterialRequest(live_id=4001, material_type=MaterialType.AUDIO, page=2, page_size=20),
        '{"page":2,"pageSize":20,"liveId":4001,"materialType":"AUDIO"}',
        page(
            http.MaterialPage,
            http.MaterialVo(
                id=5001,
                material_type="AUDIO",
                material_description="greeting",
                text="",
                material_url="http://127.0.0.1/hello.wav",
                live_id=4001,
                duration=1500,
                created_time="2026-03-01 08:00:00",
            ),
        ),
        page_text(
            '{"id":5001,"materialType":"AUDIO","materialDescription":"greeting","text":"",'
            '"materialUrl":"http://127.0.0.1/hello.wav","liveId":4001,"duration":1500,'
            '"createdTime":"2026-03-01 08:00:00"}'
        ),
    ),
    Case(
        http.LIST_PLATFORM_SPEAKERS,
        http.ListPlatformSpeakersRequest(page=2, page_size=20),
        "page=2&pageSize=20",
        page(http.SpeakerPage, VOICE.replace(id=61)),
        page_text('{"id":61,' + VOICE_TEXT),
    ),
    Case(
        http.LIST_CUSTOMIZED_SPEAKERS,
        http.ListCustomizedSpeakersRequest(),
        "",
        (VOICE,),
        "[{" + VOICE_TEXT + "]",
    ),
    Case(
        http.LIST_PLATFORM_ROBOTS,
        http.ListPlatformRobotsRequest(),
        "",
        (robot(LISTED_SCENE),),
        f"[{robot_text(LISTED_SCENE_TEXT)}]",
    ),
    Case(
        http.LIST_CUSTOMIZED_ROBOTS,
        http.ListCustomizedRobotsRequest(),
        "",
        (robot(LISTED_SCENE),),
        f"[{robot_text(LISTED_SCENE_TEXT)}]",
    ),
    Case(
        http.LIST_CHANGE_VOICES,
        http.ListChangeVoicesRequest(),
        "",
        page(
            http.ChangeVoicePage,
            http.ChangeVoiceVO(
                id=7001,
                speaker_code="change-1",
                speaker_name=" deep",
                tts_audition="http://127.0.0.1/d.wav",
                tts_cover="http://127.0.0.1/d.png",
            ),
        ),
        page_text(
            '{"id":7001,"speakerCode":"change-1","speakerName":" deep","ttsAudition":"http://127.0.0.1/d.wav",'
            '"ttsCover":"http://127.0.0.1/d.png"}'
        ),
    ),
    Case(
        http.LIST_CHANGE_VOICES,
        http.ListChangeVoicesRequest(page=2, page_size=20),
        "page=2&pageSize=20",
        http.ChangeVoicePage(records=(), total=0, size=20),
        '{"records":[],"total":0,"size":20}',
    ),
    Case(
        http.SYNTHESIZE_AND_CHANGE_VOICE,
        http.SynthesizeAndChangeVoiceRequest(
            change_voice_speaker="change-1",
            tts_source=10,
            tts_speaker="speaker-1",
            volume=1,
            intonation=2,
            speed_rate=3,
            f0up_key=4,
            text="hello",
        ),
        '{"changeVoiceSpeaker":"change-1","ttsSource":10,"ttsSpeaker":"speaker-1","volume":1.0,"intonation":2.0,'
        '"speedRate":3.0,"f0upKey":4,"text":"hello"}',
        http.TTSResultVO(file_path="http://127.0.0.1/s.wav", duration=71),
        '{"filePath":"http://127.0.0.1/s.wav","duration":71}',
    ),
    Case(
        http.QUERY_MATERIAL_CATEGORIES,
        http.QueryMaterialCategoriesRequest(code="节日"),
        "code=%E8%8A%82%E6%97%A5",
        (
            http.MaterialCategoryVO(id=81, name="festive", code="festive"),
            http.MaterialCategoryVO(id=82, parent_code="festive", name="spring", code="spring"),
        ),
        '[{"id":81,"name":"festive","code":"festive"},'
        '{"id":82,"parentCode":"festive","name":"spring","code":"spring"}]',
    ),
    Case(
        http.QUERY_PUBLIC_MATERIALS,
        http.QueryPublicMaterialsRequest(code="spring", parent_code="festive", name="灯", page=2, page_size=20),
        "code=spring&name=%E7%81%AF&page=2&pageSize=20&parentCode=festive",
        page(
            http.PublicMaterialPage,
            http.PublicMaterialVO(
                id=91,
                category_code="spring",
                name="lantern",
                code="lantern-1",
                file_url="http://127.0.0.1/灯笼.gif",
                file_type="gif",
                cover_url="http://127.0.0.1/l.png",
            ),
        ),
        page_text(
            '{"id":91,"categoryCode":"spring","name":"lantern","code":"lantern-1",'
            '"fileUrl":"http://127.0.0.1/灯笼.gif","fileType":"gif","coverUrl":"http://127.0.0.1/l.png"}'
        ),
    ),
    Case(
        http.QUERY_LIVE_RECORDS,
        http.QueryLiveRecordsRequest(page=2, page_size=20),
        "page=2&pageSize=20",
        page(
            http.LiveRecordPage,
            http.LiveRecordVo(
                id=11,
                live_name="shop",
                mode_name="Lin",
                live_status_name=LiveStatusName.NOT_LIVE,
                crop_name="example company",
                begin_time="2026-03-01 08:00",
                total_duration_str="00:01:04",
                session_id="session-1",
                live_id=4001,
                duration=1.07,
            ),
        ),
        page_text(
            '{"id":11,"liveName":"shop","modeName":"Lin","liveStatusName":"未开播","cropName":"example company",'
            '"beginTime":"2026-03-01 08:00","totalDurationStr":"00:01:04","sessionId":"session-1","liveId":4001,'
            '"duration":1.07}'
        ),
    ),
    Case(
        http.GET_PULL_PATH,
        http.GetPullPathRequest(live_id=4001, session_id="session-1", duration=180),
        "duration=180&liveId=4001&sessionId=session-1",
        http.PathVO(
            message="success",
            ok=True,
            info="ready",
            data=http.PathData(
                playaddr=http.PlayaddrVO(
                    rtmp=http.RtmpVO(lan="rtmp://127.0.0.1/a", wan="rtmp://127.0.0.2/a"),
                    rtsp=http.RtspVO(lan="rtsp://127.0.0.1/a", wan="rtsp://127.0.0.2/a"),
                    http_flv=http.HttpFlvVO(lan="http://127.0.0.1/a.flv", wan="http://127.0.0.2/a.flv"),
                )
            ),
        ),
        PATH_TEXT,
    ),
    Case(
        http.CREATE_LIVE_SESSION,
        http.CreateLiveSessionRequest(live_id=4001, name="evening"),
        '{"liveId":4001,"name":"evening"}',
        http.SessionVo(
            live_id=4001,
            session_id="session-1",
            expiration_time=30,
            topic_sub="7/topicSendClient-1",
            topic_pub="live-proxy-0",
        ),
        '{"liveId":4001,"sessionId":"session-1","expirationTime":30,"topicSub":"7/topicSendClient-1",'
        '"topicPub":"live-proxy-0"}',
    ),
)
