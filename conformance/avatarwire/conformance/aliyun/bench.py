"""What a case about Aliyun works with: signed calls, projects and sessions of its own, and their sockets.

Bodies are plain JSON values, so that a case can send anything, and so that a mistake of the codecs is not shared by the
judge. What is said on a socket is in `talk.py`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from avatarwire.codecs import catalogue
from avatarwire.codecs.aliyun import signature
from avatarwire.codecs.errors import CodecError

from ..engine.bench import Bench, expect
from ..engine.case import Differs, Skip
from ..engine.http_calls import Reply
from ..engine.web_socket import Closed, Refused
from .talk import Frame, Talk
from .verifiers import VENDOR, accepted

__all__ = ["FRAMES", "AliyunBench", "Session", "Signed"]

FRAMES: Final[tuple[dict[str, Any], ...]] = (
    {
        "layers": [
            {
                "type": "ANCHOR",
                "positionX": 0,
                "positionY": 480,
                "width": 1080,
                "height": 1440,
                "material": {"id": "310001"},
            },
            {
                "type": "BACKGROUND",
                "material": {"url": "http://127.0.0.1/backgrounds/lobby.png", "format": "image/png"},
            },
        ],
        "videoScript": {"voiceTemplateId": "101", "speedRate": "1.0"},
    },
)
"""Scenes of a project of 9:16, but for the ids of figure and voice."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session that was started.

    Attributes:
        id, url: as the answer has them.
        fields: all of the answer.
        project_id: of which project.
    """

    id: str
    url: str
    fields: Mapping[str, Any]
    project_id: str

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the URL."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.url).query).items()}

    def url_with(self, **changes: str | None) -> str:
        """The URL with other parameters; None takes one out."""
        query = {name: value for name, value in {**self.query, **changes}.items() if value is not None}
        return urlunsplit(urlsplit(self.url)._replace(query=urlencode(query)))

    @property
    def token_parts(self) -> list[str]:
        """The three parts of the URL's token (ALI-R075)."""
        return self.query.get("token", "").split(".")

    def token_object(self, index: int) -> dict[str, Any]:
        """Header (0) or claims (1) of the URL's token."""
        try:
            part = self.token_parts[index]
            return cast("dict[str, Any]", json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))
        except (ValueError, IndexError):
            raise Differs("a token of three parts, each Base64 of JSON", "another") from None


@dataclass(slots=True)
class Signed:
    """A request that is signed, and may be changed before it goes out."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


class AliyunBench(Bench):
    """One case about Aliyun at work."""

    @property
    def project_id(self) -> str:
        """The project that sessions are of."""
        return self.endpoint.text("project_id")

    # --- calls ---

    async def call(self, operation: str, parameters: Any, **how: Any) -> Reply:
        """Makes a signed call.

        Args:
            operation: its id, such as ``StartAvatarSession``.
            parameters: plain JSON values; nothing about them is checked.
            how: as for `signed`.

        Raises:
            Differs: no answer comes.
        """
        return await self.go(self.signed(operation, parameters, **how), operation)

    async def go(self, signed: Signed, operation: str = "") -> Reply:
        """Makes a call that was signed before."""
        return await self.exchange(signed.method, signed.url, signed.headers, signed.body, operation=operation)

    def signed(
        self,
        operation: str,
        parameters: Any,
        *,
        key_id: str = "",
        secret: str = "",
        late: float = 0,
        nonce: str = "",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        query: str | None = None,
        method: str = "",
        path: str = "",
    ) -> Signed:
        """A request that could be made.

        Args:
            operation, parameters: as for `call`.
            key_id, secret: of the access key, where not the right ones.
            late: seconds by which it is signed too late.
            nonce: of the signature.
            body, query: what goes out instead of the parameters.
            headers: further ones, signed as well.
            method, path: where not those of the operation.
        """
        known = catalogue.vendor(VENDOR).operations[operation]
        method, path = method or known.method, path or known.path
        data, more = b"", dict(headers or {})
        if known.parameters_in == "query":
            query = urlencode(_texts(parameters)) if query is None else query
        else:
            data = self.dumped(parameters) if body is None else body
            more.setdefault("content-type", "application/json; charset=utf-8")
        given = signature.sign(
            method,
            path,
            query or "",
            more,
            data,
            access_key_id=key_id or self.endpoint.text("access_key_id"),
            access_key_secret=secret or self.endpoint.text("access_key_secret"),
            action=operation,
            host=urlsplit(self.endpoint.url).netloc,
            date=self.run.today() - late,
            nonce=nonce or self.made_up(),
        )
        return Signed(method, self.endpoint.url + path + (f"?{query}" if query else ""), dict(given), data)

    # --- projects ---

    async def own_project(self, **changes: Any) -> str:
        """Creates a project of its own and waits until it is published; it is deleted when the case is over.

        Args:
            changes: of the parameters.
        """
        given = {**await self.new_project(), **changes}
        fields = accepted(await self.call("SaveAvatarProject", given))
        project_id = str(fields.get("projectId", ""))
        expect(bool(project_id), "a projectId", fields)
        deleting = {"projectId": project_id, "operateType": "DELETE"}
        self.at_the_end(lambda: self.call("OperateAvatarProject", deleting))
        await self.settled(project_id)
        return project_id

    async def new_project(self) -> dict[str, Any]:
        """Parameters that create a project."""
        return {
            "operateType": "CREATE",
            "projectName": self.made_up("conformance "),
            "scaleType": "9:16",
            "resSpecType": "STANDARD",
            "frames": await self.scenes(),
        }

    async def scenes(self) -> list[dict[str, Any]]:
        """Scenes that a project of 9:16 can have: a figure that there is, with a voice that suits it."""
        found = deepcopy(list(FRAMES))
        found[0]["layers"][0]["material"]["id"] = (await self._figure())[0]
        found[0]["videoScript"]["voiceTemplateId"] = await self.voice()
        return found

    async def voice(self, *, suits: bool = True) -> str:
        """The id of a voice that suits the figure of `scenes`, or does not (ALI-R061).

        Raises:
            Skip: there is none.
        """
        gender = (await self._figure())[1]
        for each in await self._listed("ListVoiceModels", "BASIC_VOICE"):
            if (each.get("voiceGender") == gender) is suits:
                return str(each.get("voiceId"))
        raise Skip(f"it needs a voice that {'suits' if suits else 'does not suit'} the first figure of ListAnchor")

    async def _figure(self) -> tuple[str, object]:
        """Id and gender of the first figure that there is.

        Raises:
            Skip: there is none.
        """
        for each in await self._listed("ListAnchor", "BASIC_MODEL"):
            return str(each.get("anchorId") or each.get("anchoId")), each.get("gender")
        raise Skip("it needs a figure, and ListAnchor lists none")

    async def _listed(self, operation: str, tier: str) -> list[dict[str, Any]]:
        """What there is to choose from, asked for once in a run."""
        known = self.run.kept
        if operation not in known:
            given = {"useScene": "realTimeInteractivity", "resSpecType": tier}
            known[operation] = accepted(await self.call(operation, given)).get("list") or []
        return cast("list[dict[str, Any]]", known[operation])

    async def project(self, project_id: str) -> dict[str, Any]:
        """The details of a project."""
        return accepted(await self.call("QueryAvatarProject", {"projectId": project_id}))

    async def settled(self, project_id: str) -> dict[str, Any]:
        """The details of a project whose publication has come to its end."""
        pause = 0.05
        found: dict[str, Any] = {}
        for _ in range(60):
            found = await self.project(project_id)
            if found.get("status") != "DEPLOYING":
                return found
            await self.pause(pause)
            pause = min(pause * 1.5, 1.0)
        raise Differs("a publication that comes to its end", found.get("status") or "")

    # --- sessions ---

    async def started(self, **parameters: Any) -> Session:
        """Starts a session, which is stopped when the case is over.

        Raises:
            Differs: it does not start.
        """
        given = {"projectId": self.project_id, "requestId": self.made_up("rq-"), **parameters}
        fields = accepted(await self.call("StartAvatarSession", given))
        project_id = str(given["projectId"])
        session = Session(str(fields.get("sessionId", "")), str(fields.get("webSocketUrl", "")), fields, project_id)
        self.at_the_end(lambda: self.stopped(session))
        return session

    async def stopped(self, session: Session) -> Reply:
        """Stops a session."""
        return await self.call("StopAvatarSession", {"projectId": session.project_id, "sessionId": session.id})

    async def sessions(self, project_id: str, status: str, **more: Any) -> dict[str, Any]:
        """A page of the sessions of a project."""
        given = {"projectId": project_id, "statusList": status, "pageNo": 1, "pageSize": 100, **more}
        return accepted(await self.call("QuerySessionInfo", given))

    async def status_of(self, session: Session) -> object:
        """What CheckSession says of a session."""
        given = {"projectId": session.project_id, "sessionId": session.id}
        return accepted(await self.call("CheckSession", given)).get("status")

    # --- sockets ---

    async def connected(self, session: Session, url: str = "") -> Talk:
        """Opens the WebSocket of a session.

        Raises:
            Refused: the handshake is refused.
        """
        return Talk(self, session, await self.web_socket(url or session.url, id_of=_id_of))

    async def prepared(self, session: Session | None = None) -> Talk:
        """A session of its own, with a WebSocket whose channel is ready (ALI-R077)."""
        talk = await self.connected(session or await self.started())
        await talk.until_ready()
        return talk

    async def turned_away(self, session: Session, url: str) -> str:
        """How somebody is turned away who must not have a socket: at the handshake, or by 10001 and a close (ALI-E51).

        Raises:
            Differs: the socket is open, and stays so.
        """
        try:
            talk = await self.connected(session, url)
        except Refused as refusal:
            expect(refusal.status == 0 or 400 <= refusal.status < 500, "a status 4xx", refusal)
            return str(refusal)
        found = await talk.receive(self.patience / 2)
        if isinstance(found, Frame) and found.is_error:
            found = await talk.receive(self.patience / 2)
        expect(isinstance(found, Closed), ("a refused handshake", "the end of the connection"), found or "an open one")
        return str(found)


def _texts(parameters: Any) -> dict[str, str]:
    return {
        str(key): value if isinstance(value, str) else json.dumps(value)
        for key, value in cast("Mapping[str, Any]", parameters).items()
    }


def _id_of(direction: str, data: bytes, is_text: bool) -> str:
    """Which message a frame is, or seems to be where it is wrong."""
    if is_text:
        return ""
    known = catalogue.vendor(VENDOR)
    try:
        return known.dispatched(data, "client" if direction == "out" else "server").received.id
    except CodecError as error:
        return error.message if error.message in known else ""
