"""What a case about Guiji works with: calls with a token, rooms, materials, sessions, and connections to the broker.

Bodies and payloads are plain JSON values, written and read by hand here, so that a case can send anything, and so that
a mistake of the codecs is not shared by the judge. Where the document leaves open how an answer looks, both readings
are understood here; which one is used is judged by cases of their own. What is said on MQTT is in `talk.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import urlencode

from avatarwire.codecs import catalogue

from ..engine.bench import Bench, expect
from ..engine.case import Skip
from ..engine.control import Control
from ..engine.http_calls import Reply
from .heard import Session, id_of, part
from .talk import Talk

__all__ = [
    "FAILED",
    "STATUSES",
    "Account",
    "GuijiBench",
    "accepted",
    "code_of",
    "list_of",
    "nothing_given",
    "object_of",
    "refused",
    "rows_of",
]

VENDOR: Final = "guiji"

STATUSES: Final = (200, 201, 401, 403, 404)
"""HTTP statuses that each operation lists (GJ-E10)."""
FAILED: Final = 500
"""The code of whatever has no code of its own (GJ-R017)."""
_AUDIO: Final = "http://127.0.0.1/audio/one-48k.wav"


@dataclass(frozen=True, slots=True)
class Account:
    """A key pair, and what its token's answer has.

    Attributes:
        token: of the account.
        mqtt_user, mqtt_password: for the broker; None where none are given (GJ-R015).
        fields: all of the answer's data.
    """

    token: str
    mqtt_user: str | None
    mqtt_password: str | None
    fields: Mapping[str, Any]


class GuijiBench(Bench):
    """One case about Guiji at work."""

    _account: Account | None = None
    _other: Account | None = None
    _scene: tuple[str, Sequence[str]] | None = None

    # --- who calls ---

    @property
    def control(self) -> Control:
        """The control endpoint; whoever uses it may end tokens, so that from now on each case has its own.

        Raises:
            Skip: there is none.
        """
        self.run.kept["is_moved"] = True
        return super().control

    def remembered(self) -> Callable[[], None]:
        known, account = super().remembered(), self._account

        def back() -> None:
            known()
            self._account = account

        return back

    async def account(self) -> Account:
        """The account that the case uses; its token is that of other cases, as long as nobody moves time."""
        if self._account is None:
            self._account = None if self.run.kept.get("is_moved") else self.run.kept.get("account")
        if self._account is None:
            self._account = await self.log_in(self.endpoint.text("app_id"), self.endpoint.text("app_secret"))
            self.run.kept.setdefault("account", self._account)
        return self._account

    async def other_account(self) -> Account:
        """Another account.

        Raises:
            Skip: the endpoint is described with one only.
        """
        if self._other is None:
            self._other = await self.log_in(*self.key_pair("other"))
        return self._other

    def key_pair(self, which: str) -> tuple[str, str]:
        """Another key pair of the endpoint.

        Args:
            which: ``other`` for another account, ``early`` for one before its startTime, ``late`` for one after its
                endTime.

        Raises:
            Skip: the endpoint is described without it.
        """
        app_id, app_secret = (self.endpoint.text(f"{which}_app_{end}") for end in ("id", "secret"))
        if not (app_id and app_secret):
            raise Skip(f"it needs another key pair: {which}_app_id and {which}_app_secret in the ready file")
        return app_id, app_secret

    async def log_in(self, app_id: str, app_secret: str) -> Account:
        """Gets a token.

        Raises:
            Differs: there is none.
        """
        fields = object_of(accepted(await self.ask_for_token(app_id, app_secret)))
        expect(isinstance(fields.get("token"), str), "a token", fields)
        return Account(
            str(fields["token"]),
            fields.get("mqttUser") or self.endpoint.text("mqtt_user") or None,
            fields.get("mqttPassword") or self.endpoint.text("mqtt_password") or None,
            fields,
        )

    async def ask_for_token(self, app_id: str, app_secret: str) -> Reply:
        """Asks for a token; whatever is answered."""
        return await self.call("getAccessToken", {"appId": app_id, "appSecret": app_secret}, token="")

    async def token(self) -> str:
        """The token of the account that the case uses."""
        return (await self.account()).token

    # --- calls ---

    async def call(
        self,
        operation: str,
        parameters: Any = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str | None] | None = None,
        method: str = "",
        body: bytes | None = None,
    ) -> Reply:
        """Makes a call.

        Args:
            operation: its id, such as ``createLive``.
            parameters: plain JSON values; nothing about them is checked.
            token: in the header of that name; None for that of the account of the case, empty for no header.
            headers: instead of those of the same name, or beside them; None leaves one out.
            method: of HTTP, where not the right one.
            body: what goes out instead of the JSON of the parameters.

        Raises:
            Differs: no answer comes.
        """
        known = catalogue.vendor(VENDOR).operations[operation]
        token = await self.token() if token is None else token
        given: dict[str, str | None] = {"source": "sdk", "token": token or None, **(headers or {})}
        data, query = body or b"", ""
        if known.parameters_in == "query":
            query = urlencode(_texts(parameters or {}))
        else:
            data = self.dumped({} if parameters is None else parameters) if body is None else body
            given = {"content-type": "application/json", **given}
        url = self.endpoint.url + known.path + (f"?{query}" if query else "")
        sent = {name: value for name, value in given.items() if value is not None}
        return await self.exchange(method or known.method, url, sent, data, operation=operation)

    async def data(self, operation: str, parameters: Any = None) -> Any:
        """The data of a call that has to succeed."""
        return accepted(await self.call(operation, parameters))

    # --- rooms and materials ---

    async def room(self, **changes: Any) -> int:
        """A live room of the case's own."""
        given = {"cutinFlag": True, "liveName": self.made_up("room "), **changes}
        return _integer(accepted(await self.call("createLive", given)), "the id of the room")

    async def live_id(self) -> int:
        """The room of sessions: that of the endpoint, or else one of the case's own."""
        given = self.endpoint.text("live_id")
        return int(given) if given.isdigit() else await self.room()

    async def material(self, live_id: int | None = None, **changes: Any) -> int:
        """A sound as a material; its id."""
        room = await self.live_id() if live_id is None else live_id
        given = {"liveId": room, "materialType": "AUDIO", "materialUrl": _AUDIO, **changes}
        return _integer(accepted(await self.call("uploadMaterial", given)), "the id of the material")

    async def voice(self) -> tuple[int, str]:
        """A voice of the platform: ttsSource and ttsSpeaker."""
        if "voice" not in self.run.kept:
            rows = rows_of(await self.data("listPlatformSpeakers", {"page": 1, "pageSize": 1}))
            if not rows:
                raise Skip("it needs a voice, and the platform lists none")
            self.run.kept["voice"] = part(rows, 0, "ttsSource"), part(rows, 0, "ttsSpeaker")
        source, speaker = self.run.kept["voice"]
        return source, speaker

    async def any_material(self) -> int:
        """A sound of the room of sessions, that other cases may use, too."""
        if "material" not in self.run.kept:
            self.run.kept["material"] = await self.material()
        return int(self.run.kept["material"])

    async def text_material(self, live_id: int, **changes: Any) -> dict[str, Any]:
        """What registers a text as a material."""
        source, speaker = await self.voice()
        return {
            "liveId": live_id,
            "materialType": "TEXT",
            "text": "你好,欢迎来到直播间。",
            "ttsSource": source,
            "ttsSpeaker": speaker,
            "volume": 0.0,
            "intonation": 0.0,
            "speedRate": 0.0,
            **changes,
        }

    async def scene(self) -> tuple[str, Sequence[str]]:
        """A scene of a digital human: its code and the URLs of its template videos (GJ-R092)."""
        if self._scene is None:
            code, sequence = self.endpoint.text("scene_code"), self.endpoint.values.get("sequence")
            if not code or not sequence:
                for scene in await self.scenes():
                    if code in ("", scene.get("sceneCode")):
                        code, sequence = str(scene.get("sceneCode")), [scene.get("videoCoverUrl") or ""]
            if not code:
                raise Skip("it needs a scene, and the platform lists none")
            self._scene = code, list(cast("Sequence[str]", sequence or ()))
        return self._scene

    async def scenes(self) -> list[dict[str, Any]]:
        """All scenes of the platform's presenters."""
        robots = list_of(await self.data("listPlatformRobots"))
        return [scene for robot in robots for scene in list_of(robot.get("sceneList") or [])]

    async def other_scene(self) -> str:
        """The code of another scene of the platform."""
        code, _ = await self.scene()
        for scene in await self.scenes():
            if scene.get("sceneCode") != code:
                return str(scene.get("sceneCode"))
        raise Skip("it needs two scenes, and the platform lists one")

    # --- sessions ---

    async def opened(self, live_id: int | None = None, account: Account | None = None, **changes: Any) -> Session:
        """A session that was opened over HTTP; nothing is said about it on MQTT yet."""
        account = account or await self.account()
        room = live_id or await self.live_id()
        given = {"liveId": room, **changes}
        fields = object_of(accepted(await self.call("createLiveSession", given, token=account.token)))
        texts = {name: fields.get(name) for name in ("sessionId", "topicSub", "topicPub")}
        expect(all(isinstance(text, str) and text for text in texts.values()), "the session's id and topics", fields)
        return Session(fields["sessionId"], room, fields["topicSub"], fields["topicPub"], account.token, fields)

    async def connected(self, account: Account | None = None, client_id: str | None = None) -> Talk:
        """A connection to the broker that is logged in and has no session yet."""
        account = account or await self.account()
        talk = Talk(self)
        talk.link = await self.mqtt(self.mqtt_url, id_of=lambda way, _, data: id_of(way, data, talk.asked))
        code = await talk.link.login(
            self.made_up("avatarwire") if client_id is None else client_id,
            user=account.mqtt_user,
            password=account.mqtt_password,
        )
        expect(code == 0, "CONNACK with return code 0", f"return code {code}")
        return talk

    async def joined(self, session: Session | None = None, account: Account | None = None, qos: int = 1) -> Talk:
        """A connection that listens to what is said about a session; by default one of its own (GJ-R072)."""
        session = session or await self.opened(account=account)
        talk = await self.connected(account)
        await talk.join(session, qos)
        return talk

    async def created(self, playlist: Sequence[int] = (), **params: Any) -> Talk:
        """A session of its own that runs: CreateNewSession has succeeded."""
        talk = await self.joined()
        await talk.create(playlist or [await self.any_material()], **params)
        return talk

    @property
    def mqtt_url(self) -> str:
        """Of the broker.

        Raises:
            Skip: nobody says where it is.
        """
        url = self.endpoint.text("mqtt_url")
        if not url:
            raise Skip("it needs the broker: mqtt_url in the ready file")
        return url


# --- what is judged of answers ---


def code_of(reply: Reply) -> int | None:
    """The code of an answer, as an integer, also where it is a text of digits (GJ-E11); None where there is none."""
    code = reply.json.get("code")
    if isinstance(code, str) and code.isdigit():
        return int(code)
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def accepted(reply: Reply) -> Any:
    """The data of an answer, which has to be a success: code 200 (GJ-R017).

    Raises:
        Differs: it is none.
    """
    holds = reply.status in (200, 201) and code_of(reply) == 200
    expect(holds and reply.json.get("success", True) not in (False, "false"), "code 200", reply)
    return reply.json.get("data")


def refused(reply: Reply, code: int = FAILED) -> dict[str, Any]:
    """The fields of an answer, which has to be a failure with a code (GJ-R016, GJ-R017).

    Raises:
        Differs: it is none.
    """
    holds = reply.status in STATUSES and code_of(reply) == code
    expect(holds and reply.json.get("success", False) in (False, "false"), f"code {code}, and no success", reply)
    return reply.json


def nothing_given(reply: Reply) -> None:
    """An answer about something that does not exist: a failure, or a success that gives nothing.

    Raises:
        Differs: it gives something.
    """
    data = reply.json.get("data")
    is_success = code_of(reply) == 200
    ok = cast("dict[str, Any]", data).get("ok") if isinstance(data, dict) else None
    if is_success:
        holds = data in (None, False, 0, [], {}) or ok is False
    else:
        holds = code_of(reply) not in (None, 100501, 100502)
    expect(holds and reply.status in STATUSES, "a failure, or a success without data", reply)


def rows_of(page: Any) -> list[dict[str, Any]]:
    """The rows of a page, by either name (GJ-E25).

    Raises:
        Differs: it is no page.
    """
    fields = object_of(page)
    return list_of(fields.get("records", fields.get("list")))


def object_of(value: Any) -> dict[str, Any]:
    """A JSON object.

    Raises:
        Differs: it is none.
    """
    expect(isinstance(value, dict), "an object", value)
    return cast("dict[str, Any]", value)


def list_of(value: Any) -> list[dict[str, Any]]:
    """A list of JSON objects.

    Raises:
        Differs: it is none.
    """
    expect(isinstance(value, list), "a list of objects", value)
    return [object_of(item) for item in cast("list[object]", value)]


def _integer(value: Any, what: str) -> int:
    expect(isinstance(value, int) and not isinstance(value, bool), f"{what}, an integer", value)
    return int(value)


def _texts(parameters: Any) -> dict[str, str]:
    return {
        str(key): value if isinstance(value, str) else json.dumps(value)
        for key, value in cast("Mapping[str, Any]", parameters).items()
    }
