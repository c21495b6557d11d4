"""What has to be there before a session can be opened and a text be spoken: token, presenter, materials, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar, cast

from ...aio.exchange import Exchange
from ...aio.place import Place
from ...errors import HttpError, RefusedError
from ...message import Message
from ...operation import HttpRequest, Operation
from .. import http
from ..http_enums import ErrorCode, MaterialType
from ..resources import AudioDriven, DtHuman, Layer, Matting, ResourceElement, Template

__all__ = ["Studio"]

RequestT = TypeVar("RequestT", bound=Message)
ResponseT = TypeVar("ResponseT")

GREETING: Final = "你好。"
"""Spoken at the beginning where the live room has nothing else to play, which a session cannot do without (GJ-E69)."""


class Studio:
    """The HTTP side of one account and one live room.

    Args:
        place: where, who, which room.
        timeout: seconds of silence after which a call fails.

    Attributes:
        live_id: the room.
        token: of the account; empty before the first call.
        mqtt_user, mqtt_password: of the account, as the token's answer had them.
    """

    def __init__(self, place: Place, timeout: float) -> None:
        self.live_id: Final = cast("int", place.number("live_id"))
        self.token = ""
        self.mqtt_user: str | None = None
        self.mqtt_password: str | None = None
        self._place: Final = place
        url = place.url("http_url", ("http", "https"))
        self._exchange: Final = Exchange(url, timeout, self._headers, trust=place.trust)
        self._voice: tuple[int, str] | None = None
        self._sequence: Final = place.texts("sequence")
        self._materials: Final = place.numbers("material_ids")

    def _headers(self, name: str, request: HttpRequest) -> Mapping[str, str]:
        if name == http.GET_ACCESS_TOKEN.id:
            return request.headers
        if not self.token:
            # A call that is tried again while another one has lost the token, and got none.
            raise RefusedError("there is no token", clause="GJ-R009")
        return {**request.headers, http.TOKEN_HEADER: self.token}

    async def close(self) -> None:
        """Closes what is still open."""
        await self._exchange.close()

    async def call(
        self, operation: Operation[RequestT, ResponseT], request: RequestT, *, attempts: int = 2
    ) -> ResponseT:
        """Makes one call, with another token if that has run out (GJ-R014).

        Raises:
            HttpError, CodecError, ConnectionLostError, TimeoutError: it failed.
        """
        if not self.token:
            await self.log_in()
        try:
            return await self._exchange.call(operation, request, attempts=attempts)
        except HttpError as error:
            if error.code != str(int(ErrorCode.TOKEN_INVALID)):
                raise
            await self.log_in()
            return await self._exchange.call(operation, request, attempts=attempts)

    async def log_in(self) -> None:
        """Gets a token."""
        self.token = ""
        key = http.GetAccessTokenRequest(app_id=self._place.text("app_id"), app_secret=self._place.text("app_secret"))
        found = await self._exchange.call(http.GET_ACCESS_TOKEN, key, attempts=2)
        self.token, self.mqtt_user, self.mqtt_password = found.token, found.mqtt_user, found.mqtt_password

    async def open(self) -> http.SessionVo:
        """A new session of the room (3.18)."""
        wanted = http.CreateLiveSessionRequest(live_id=self.live_id)
        return await self.call(http.CREATE_LIVE_SESSION, wanted, attempts=1)

    async def presenter(self) -> ResourceElement:
        """The digital human: in the scene of the place, or else in the platform's first one (3.10, GJ-R090)."""
        scene_code, sequence = self._place.text("scene_code"), self._sequence
        if not scene_code or sequence is None:
            robots = await self.call(http.LIST_PLATFORM_ROBOTS, http.ListPlatformRobotsRequest())
            scenes = [scene for robot in robots for scene in robot.scene_list or ()]
            fitting = [scene for scene in scenes if scene_code in ("", scene.scene_code)]
            if not scene_code and not fitting:
                raise RefusedError("the platform lists no scene, and the place names none", clause="GJ-R027")
            scene_code = scene_code or fitting[0].scene_code
            sequence = tuple(scene.video_cover_url for scene in fitting[:1] if scene.video_cover_url)
        template = Template(sequence=sequence, ud_code=scene_code, matting=Matting.KEEP)
        driven = AudioDriven(ud_code_used=scene_code, templates=(template,))
        return ResourceElement(type=Layer.CENTER, res_options=DtHuman(name="dthuman", audio_driven=driven))

    async def playlist(self) -> tuple[int, ...]:
        """What a session begins with: the materials of the place, or the room's first one, or a greeting (GJ-E69)."""
        if self._materials:
            return self._materials
        page = await self.call(
            http.QUERY_MATERIAL, http.QueryMaterialRequest(live_id=self.live_id, page=1, page_size=1)
        )
        return tuple(material.id for material in page.records[:1]) or (await self.text(GREETING),)

    async def text(self, text: str) -> int:
        """A text as a material (3.6); its id."""
        source, speaker = await self._speaker()
        wanted = http.UploadMaterialRequest(
            live_id=self.live_id,
            material_type=MaterialType.TEXT,
            text=text,
            tts_source=source,
            tts_speaker=speaker,
            volume=0.0,
            intonation=0.0,
            speed_rate=0.0,
        )
        return await self.call(http.UPLOAD_MATERIAL, wanted)

    async def _speaker(self) -> tuple[int, str]:
        """A voice: the place's, or else the platform's first one (3.8)."""
        if self._voice is None:
            source, speaker = self._place.number("tts_source"), self._place.text("tts_speaker")
            if source is None or not speaker:
                page = await self.call(
                    http.LIST_PLATFORM_SPEAKERS, http.ListPlatformSpeakersRequest(page=1, page_size=1)
                )
                if not page.records:
                    raise RefusedError("the platform lists no voice, and the place names none", clause="GJ-R057")
                source, speaker = page.records[0].tts_source, page.records[0].tts_speaker
            self._voice = source, speaker
        return self._voice
