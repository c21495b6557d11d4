"""The control endpoint of a fake, for cases that need an event of the vendor, or time to pass."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from .case import Differs, NotJudged, Skip
from .http_calls import Reply, call, request_bytes

__all__ = ["Control"]

_NOT_FOUND: Final = 404
_CONFLICT: Final = 409
_UNPROCESSABLE: Final = 422
_OK: Final = range(200, 300)


class Control:
    """The control endpoint, as one vendor's cases use it.

    Args:
        vendor: such as ``aliyun``.
        given: ``url`` and ``token``, as the ready file has them.
        patience: real seconds of silence to bear.
        note: is told what was asked for.
        told_time: is told what the clock says: its kind, epoch seconds.
    """

    def __init__(
        self,
        vendor: str,
        given: Mapping[str, str],
        patience: float,
        note: Callable[[str], None],
        told_time: Callable[[str, float], None] = lambda kind, now: None,
    ) -> None:
        self._vendor: Final = vendor
        self._url: Final = given["url"].rstrip("/")
        self._token: Final = given["token"]
        self._patience: Final = patience
        self._note: Final = note
        self._told_time: Final = told_time

    async def command(self, name: str, **arguments: Any) -> Any:
        """Has the fake do something, such as ``force_close``.

        Raises:
            Skip: it has no such command.
            Differs: it does not know the session that the endpoint has named.
            NotJudged: it does not do it.
        """
        self._note(f"control: {name} {arguments or ''}".rstrip())
        reply = await self._asked("POST", f"/v1/{self._vendor}/commands/{name}", arguments)
        if reply.status in (400, _NOT_FOUND) and not ("session" in arguments and "session" in str(reply)):
            raise Skip(f"the control endpoint does not do it: {reply}")
        return self._read(reply)

    async def push(self, message: str, body: object, session: str) -> None:
        """Has the fake send a message now.

        Raises:
            Differs: it does not know the session that the endpoint has named.
            NotJudged: it does not.
        """
        self._note(f"control: send {message}")
        fields = {"message": message, "body": body, "session": session}
        self._read(await self._asked("POST", f"/v1/{self._vendor}/send", fields))

    async def advance(self, seconds: float) -> None:
        """Lets time pass on the fake's clock, for all its sessions.

        Raises:
            Skip: it runs on real time.
        """
        self._note(f"control: {seconds:g} s pass")
        reply = await self._asked("POST", "/v1/clock", {"advance": seconds})
        if reply.status == _CONFLICT:
            raise Skip('the endpoint runs on real time; a scenario\'s [server] clock = "virtual" gives it another')
        self._time(reply)

    async def time(self) -> tuple[str, float]:
        """The kind of the fake's clock, and epoch seconds by it."""
        return self._time(await self._asked("GET", "/v1/clock"))

    async def now(self) -> float:
        """Epoch seconds, by the fake's clock."""
        return (await self.time())[1]

    async def is_virtual(self) -> bool:
        """Whether time can be moved."""
        return (await self.time())[0] != "real"

    async def _asked(self, method: str, path: str, fields: object = None) -> Reply:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        body = b"" if fields is None else json.dumps(fields).encode()
        url = self._url + path
        return await call(url, request_bytes(method, url, headers, body, ()), patience=self._patience)

    def _time(self, reply: Reply) -> tuple[str, float]:
        state = self._read(reply)
        found = str(state["kind"]), float(state["now"])
        self._told_time(*found)
        return found

    def _read(self, reply: Reply) -> Any:
        if reply.status in (_NOT_FOUND, _UNPROCESSABLE):
            # It knows its own sessions: what the endpoint has named is none.
            raise Differs("a session that the control endpoint knows", str(reply))
        if reply.status not in _OK:
            raise NotJudged(f"the control endpoint refuses: {reply}")
        return json.loads(reply.body) if reply.body else None
