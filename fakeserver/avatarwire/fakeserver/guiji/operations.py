"""What each of the eighteen HTTP operations does to the state, and what it answers.

One method an operation, and the table of them. They are given a request that was decoded and is let in; a call that
cannot be carried out ends in a `Refusal`. Routing, tokens and errors are in `http.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Final, TypeAlias

from avatarwire.codecs.guiji import http
from avatarwire.fakeserver.guiji.errors import no_session, refused, unfit
from avatarwire.fakeserver.guiji.scenario import AccountFixture, GuijiScenario
from avatarwire.fakeserver.guiji.sessions import Address, LiveSession
from avatarwire.fakeserver.guiji.state import GuijiState
from avatarwire.fakeserver.http.exchange import Exchange
from avatarwire.fakeserver.http.pipeline import Handler
from avatarwire.fakeserver.journal.entry import Violation

__all__ = ["Operations"]

_Exchange: TypeAlias = Exchange[AccountFixture]

_COVERS_SHOWN: Final = 8
"""Scenes without a video that are told of one request."""


class Operations:
    """The operations, over one state.

    Attributes:
        handlers: what carries out each operation, by its id.
    """

    def __init__(self, state: GuijiState, scenario: GuijiScenario) -> None:
        self._state: Final = state
        self._scenario: Final = scenario
        self.handlers: Final[Mapping[str, Handler[AccountFixture]]] = MappingProxyType(
            {
                "getAccessToken": self.get_access_token,
                "createLive": self.create_live,
                "updateLive": self.update_live,
                "queryLive": self.query_live,
                "queryLivePage": self.query_live_page,
                "uploadMaterial": self.upload_material,
                "queryMaterial": self.query_material,
                "listPlatformSpeakers": self.list_platform_speakers,
                "listCustomizedSpeakers": self.list_customized_speakers,
                "listPlatformRobots": self.list_platform_robots,
                "listCustomizedRobots": self.list_customized_robots,
                "listChangeVoices": self.list_change_voices,
                "synthesizeAndChangeVoice": self.synthesize_and_change_voice,
                "queryMaterialCategories": self.query_material_categories,
                "queryPublicMaterials": self.query_public_materials,
                "queryLiveRecords": self.query_live_records,
                "getPullPath": self.get_pull_path,
                "createLiveSession": self.create_live_session,
            }
        )

    # Tokens

    def get_access_token(self, request: http.GetAccessTokenRequest, exchange: _Exchange) -> http.TokenVO:
        """A new token; earlier ones stay valid (3.1, GJ-E07)."""
        del exchange
        return self._state.tokens.issue(request.app_id, request.app_secret)

    # Live rooms

    def create_live(self, request: http.CreateLiveRequest, exchange: _Exchange) -> int:
        """A new room (3.2)."""
        exchange.violations += islice(_without_cover(request), _COVERS_SHOWN)
        return self._state.rooms.create(request, exchange.account).id

    def update_live(self, request: http.UpdateLiveRequest, exchange: _Exchange) -> bool:
        """Changes a room (3.3)."""
        self._state.rooms.update(request, exchange.account)
        return True

    def query_live(self, request: http.QueryLiveRequest, exchange: _Exchange) -> http.LiveInfoVO:
        """One room (3.4)."""
        return self._state.rooms.require(request.id, exchange.account, "id").shown()

    def query_live_page(self, request: http.QueryLivePageRequest, exchange: _Exchange) -> http.LivePage:
        """A page of the account's rooms, the oldest first (3.5)."""
        rooms = self._state.rooms.of(exchange.account)
        return http.LivePage.of(rooms, request.page, request.page_size, lambda room: room.shown())

    # Materials

    def upload_material(self, request: http.UploadMaterialRequest, exchange: _Exchange) -> int:
        """A new material, which can be played at once (3.6, GJ-E35)."""
        room = self._state.rooms.require(request.live_id, exchange.account)
        if request.tts_source is not None and request.tts_speaker is not None:
            self._check_speaker(request.tts_source, request.tts_speaker, request.f0up_key, exchange)
        self._check_conversion(request.change_voice_speaker)
        return self._state.materials.add(room, request, exchange.now).id

    def query_material(self, request: http.QueryMaterialRequest, exchange: _Exchange) -> http.MaterialPage:
        """A page of a room's materials, the oldest first (3.7)."""
        room = self._state.rooms.require(request.live_id, exchange.account)
        materials = room.materials_of(request.material_type)
        return http.MaterialPage.of(materials, request.page, request.page_size, self._state.materials.shown)

    # What there is to choose from

    def list_platform_speakers(
        self, request: http.ListPlatformSpeakersRequest, exchange: _Exchange
    ) -> http.SpeakerPage:
        """A page of the platform's voices (3.8)."""
        del exchange
        return http.SpeakerPage.of(self._state.stock.platform_speakers, request.page, request.page_size)

    def list_customized_speakers(
        self, request: http.ListCustomizedSpeakersRequest, exchange: _Exchange
    ) -> tuple[http.TtsModelVo, ...]:
        """The account's own voices (3.9)."""
        del request, exchange
        return tuple(self._state.stock.customized_speakers)

    def list_platform_robots(
        self, request: http.ListPlatformRobotsRequest, exchange: _Exchange
    ) -> tuple[http.RobotVO, ...]:
        """The platform's presenters (3.10)."""
        del request, exchange
        return tuple(self._state.stock.platform_robots)

    def list_customized_robots(
        self, request: http.ListCustomizedRobotsRequest, exchange: _Exchange
    ) -> tuple[http.RobotVO, ...]:
        """The account's own presenters (3.11)."""
        del request, exchange
        return tuple(self._state.stock.customized_robots)

    def list_change_voices(self, request: http.ListChangeVoicesRequest, exchange: _Exchange) -> http.ChangeVoicePage:
        """A page of the voices to convert to; an empty one where that is not enabled (3.12, GJ-R058)."""
        del exchange
        return http.ChangeVoicePage.of(self._state.stock.change_voices, request.page, request.page_size)

    def synthesize_and_change_voice(
        self, request: http.SynthesizeAndChangeVoiceRequest, exchange: _Exchange
    ) -> http.TTSResultVO:
        """Where a sample of the voice would be: the same file for every text (3.13, GJ-E36)."""
        if not self._scenario.change_voice:
            raise refused("voice conversion is not enabled for this account [GJ-R058]")
        self._check_speaker(request.tts_source, request.tts_speaker, request.f0up_key, exchange)
        self._check_conversion(request.change_voice_speaker)
        return http.TTSResultVO(
            file_path=self._state.stock.sample(request.change_voice_speaker or request.tts_speaker),
            duration=round(self._scenario.sample_seconds),
        )

    def query_material_categories(
        self, request: http.QueryMaterialCategoriesRequest, exchange: _Exchange
    ) -> tuple[http.MaterialCategoryVO, ...]:
        """All categories, or the one of a code (3.14, GJ-E41)."""
        del exchange
        return self._state.stock.categories(request.code)

    def query_public_materials(
        self, request: http.QueryPublicMaterialsRequest, exchange: _Exchange
    ) -> http.PublicMaterialPage:
        """A page of public materials (3.15, GJ-E42)."""
        del exchange
        found = self._state.stock.public_materials(request)
        return http.PublicMaterialPage.of(found, request.page, request.page_size)

    # Sessions

    def query_live_records(self, request: http.QueryLiveRecordsRequest, exchange: _Exchange) -> http.LiveRecordPage:
        """A page of the account's broadcasts, the newest first (3.16)."""
        records = self._state.records
        return http.LiveRecordPage.of(records.of(exchange.account), request.page, request.page_size, records.shown)

    def get_pull_path(self, request: http.GetPullPathRequest, exchange: _Exchange) -> http.PathVO:
        """The addresses that StreamPlay tells, too, once CreateNewSession has succeeded (3.17, GJ-E52)."""
        self._state.rooms.require(request.live_id, exchange.account)
        session = self._session(request.session_id, exchange.account)
        if session.live_id != request.live_id:
            raise unfit("GJ-R069", "liveId", f"the session belongs to live room {session.live_id}")
        if not session.running:
            reason = "the session is over" if session.destroyed else "CreateNewSession has not succeeded yet"
            raise unfit("GJ-R070", "sessionId", reason)
        pull = session.pull_addresses
        addresses = http.PlayaddrVO(
            rtmp=http.RtmpVO(**_urls(pull.rtmp)),
            rtsp=http.RtspVO(**_urls(pull.rtsp)),
            http_flv=http.HttpFlvVO(**_urls(pull.http_flv)),
        )
        return http.PathVO(message="success", ok=True, info="pull addresses", data=http.PathData(playaddr=addresses))

    def create_live_session(self, request: http.CreateLiveSessionRequest, exchange: _Exchange) -> http.SessionVo:
        """A new session, to be opened over MQTT (3.18)."""
        room = self._state.rooms.require(request.live_id, exchange.account)
        session = self._state.sessions.create(room, request.name or "", exchange.account)
        return http.SessionVo(
            live_id=session.live_id,
            session_id=session.id,
            expiration_time=session.expiration,
            topic_sub=session.topic_sub,
            topic_pub=session.topic_pub,
        )

    # Pieces

    def _session(self, session_id: str, account: AccountFixture) -> LiveSession:
        session = self._state.sessions.get(session_id)
        if session is None or session.account != account:
            raise no_session(session_id)
        return session

    def _check_speaker(self, source: int, speaker: str, f0up_key: int | None, exchange: _Exchange) -> None:
        """Holds a voice against those there are (GJ-R057); only strict mode refuses one that there is not."""
        voice = self._state.stock.speaker(source, speaker)
        if voice is None:
            reason = f"no voice has ttsSource {source} and ttsSpeaker {speaker}"
            if self._scenario.strict:
                raise unfit("GJ-R057", "ttsSpeaker", reason)
            exchange.violations.append(Violation("GJ-R057", "ttsSpeaker", reason, level="warning"))
        elif f0up_key is not None and not voice.f0up_key_flag:
            reason = "the voice does not take it"
            exchange.violations.append(Violation("GJ-R056", "f0upKey", reason, level="warning"))

    def _check_conversion(self, code: str | None) -> None:
        if code is not None and self._scenario.strict and not self._state.stock.has_change_voice(code):
            raise unfit("GJ-E32", "changeVoiceSpeaker", f"no voice has speakerCode {code}")


def _without_cover(request: http.CreateLiveRequest) -> Iterator[Violation]:
    """Scenes without the video that sessions of the room need; it may be left out all the same (GJ-R029)."""
    for at, robot in enumerate(request.robot_list or ()):
        for index, scene in enumerate(robot.scene_list or ()):
            if not scene.video_cover_url:
                path = f"robotList[{at}].sceneList[{index}].videoCoverUrl"
                yield Violation("GJ-R029", path, "left out, and CreateNewSession needs it", level="warning")


def _urls(address: Address) -> dict[str, str]:
    return {"lan": address.lan, "wan": address.wan}
