"""Calls to SenseTime with an access token, and where that comes from.

Bodies are plain JSON values, so that a case can send anything. Which token is valid is known to all cases of a run, as
a further login may retire it (ST-TOK-02).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final, cast
from urllib.parse import urlencode

from avatarwire.codecs import catalogue
from avatarwire.codecs.operation import Operation
from avatarwire.codecs.sensetime.tokens import LOGIN, REFRESH

from ..engine.bench import Bench, expect
from ..engine.case import NotJudged, Skip, Unimplemented
from ..engine.http_calls import Reply
from .verifying import VENDOR, accepted, is_refused, members

__all__ = ["SenseTimeCalls", "operation_of"]

_TOKEN: Final = "access_token"  # noqa: S105 - a name
_SPEAKING: Final = 15.0
"""Real seconds that a short text may take to be spoken."""
_CHECKED: Final = "checked"


class SenseTimeCalls(Bench):
    """The calls of one case."""

    # --- calls ---

    async def call(
        self,
        operation: str,
        parameters: Any = None,
        *,
        authorization: str | None = None,
        body: bytes | None = None,
        method: str = "",
        path: str = "",
    ) -> Reply:
        """Makes a call with the access token.

        Args:
            operation: its id, such as ``createLive``.
            parameters: plain JSON values; nothing about them is checked.
            authorization: value of the header instead of the access token; empty for no such header.
            body: what goes out instead of the JSON of the parameters.
            method, path: other than those of the operation.

        Raises:
            Differs: no answer comes.
        """
        known = operation_of(operation)
        if authorization is None:
            authorization = f"Bearer {await self.access_token()}"
        headers = {"Content-Type": "application/json"}
        if authorization:
            headers["Authorization"] = authorization
            self.secrets.add(authorization)
        url, data = self.endpoint.url + (path or known.path), b""
        method = method or known.method
        if method == "GET":
            url += f"?{urlencode(_texts(parameters))}" if parameters else ""
        else:
            data = self.dumped({} if parameters is None else parameters) if body is None else body
        return await self.exchange(method, url, headers, data, operation=operation)

    # --- tokens ---

    async def access_token(self) -> str:
        """The access token that is valid in this run: the endpoint's, or one of a login where that is none any more."""
        kept = self.run.kept
        if _CHECKED not in kept:
            lock = cast("asyncio.Lock", kept.setdefault("lock", asyncio.Lock()))
            async with lock:
                if _CHECKED not in kept:
                    kept[_TOKEN] = await self._first_token()
                    kept[_CHECKED] = True
        return str(kept[_TOKEN])

    async def _first_token(self) -> str:
        token = str(self.run.kept.get(_TOKEN) or self.endpoint.text(_TOKEN))
        if token and not is_refused(await self.call("runningList", authorization=f"Bearer {token}")):
            return token
        if not self.endpoint.text("app_key"):
            if token:
                return token
            raise NotJudged("there is neither an access token nor a key for a login")
        return str(members((await self.login()).json.get("data")).get("accessToken") or token)

    async def login(
        self, parameters: Mapping[str, Any] | None = None, *, key: str | None = None, app_id: str | None = None
    ) -> Reply:
        """Logs in (observed in public clients, ST-E101).

        Args:
            parameters: of the call; signed ones where they are left out.
            key: of the app, where not the right one.
            app_id: of the app, where not the right one.

        Raises:
            Skip: the endpoint's description has no key.
            Unimplemented: it has no login.
        """
        given = self.signed(key=key, app_id=app_id) if parameters is None else parameters
        reply = await self.call("login", given, authorization="")
        if reply.status == 404:
            raise Unimplemented("there is no login, which no document describes")
        return reply

    def signed(self, *, key: str | None = None, app_id: str | None = None) -> dict[str, Any]:
        """Parameters of a login: MD5 over the app, the time and the key, in hex (observed, ST-E101).

        Raises:
            Skip: the endpoint's description has no key.
        """
        right = self.endpoint.text("app_key")
        if not right:
            raise Skip("it needs a login, and the endpoint's description has no app_key")
        app = self.endpoint.text("app_id") if app_id is None else app_id
        timestamp = str(int(self.run.today() * 1000))
        text = f"{app}{timestamp}{right if key is None else key}"
        sign = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
        return {"appId": app, "timestamp": timestamp, "sign": sign, "grantType": "sign"}

    async def logged_in(self) -> dict[str, Any]:
        """The data of a login; the access token that it gives is the run's from now on, as it may retire others.

        Raises:
            Differs: it fails.
        """
        data = members(accepted(await self.login()))
        expect(bool(data.get("accessToken")), "data with an accessToken", data)
        self.uses(str(data["accessToken"]))
        return data

    def uses(self, token: str) -> None:
        """Has all cases of the run use another access token from now on."""
        self.run.kept.update({_TOKEN: token, _CHECKED: True})

    async def refresh(self, refresh_token: str) -> Reply:
        """Refreshes (observed in public clients, ST-E101)."""
        given = {"appId": self.endpoint.text("app_id"), "grantType": "refreshToken"}
        return await self.call("refresh", given, authorization=f"Bearer {refresh_token}" if refresh_token else "")

    async def knows(self, token: str) -> bool:
        """Whether an access token is valid."""
        return not is_refused(await self.call("runningList", authorization=f"Bearer {token}"))

    # --- time ---

    async def let_pass(self, seconds: float) -> None:
        """Lets time pass on a fake's virtual clock, for all its lives; real time passes of its own."""
        if self.endpoint.control and await self.control.is_virtual():
            await self.control.advance(seconds)
            # The access token may have come to its end.
            self.run.kept.pop(_CHECKED, None)

    @property
    def speaking_patience(self) -> float:
        """Real seconds to wait for the end of a short text that is spoken; where `let_pass` passes time, no more."""
        return self.patience if self.run.is_virtual else max(self.patience, _SPEAKING)


def operation_of(name: str) -> Operation[Any, Any]:
    """An operation by its id."""
    known: Mapping[str, Operation[Any, Any]] = {LOGIN.id: LOGIN, REFRESH.id: REFRESH}
    return known.get(name) or catalogue.vendor(VENDOR).operations[name]


def _texts(parameters: Any) -> dict[str, str]:
    return {
        str(key): value if isinstance(value, str) else json.dumps(value)
        for key, value in cast("Mapping[str, Any]", parameters).items()
    }
