"""Calls of a control endpoint over HTTP, and the errors that its problems are."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from avatarwire.fakeserver.clock import ClockError
from avatarwire.fakeserver.errors import FakeServerError, UnknownError
from avatarwire.fakeserver.scenario import ScenarioError
from avatarwire.fakeserver.snapshot import SnapshotError, SnapshotVersionError

__all__ = ["Link", "path_of"]

_PREFIX: Final = "urn:avatarwire:problem:"
_OK: Final = 200
_STALE: Final = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)
"""What shows that a connection that was kept had ended before the call came."""


def path_of(*parts: str) -> str:
    """A path below ``/v1``, from its parts."""
    return "/".join(("/v1", *(quote(part, safe="") for part in parts)))


class Link:
    """Calls an endpoint; each thread has a connection of its own.

    Args:
        url, token: of the endpoint.
        timeout: real seconds to wait for an answer.

    Attributes:
        url: as given.

    Raises:
        FakeServerError: `url` is none of HTTP.
    """

    def __init__(self, url: str, token: str, timeout: float) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            raise FakeServerError("control: expected the URL of an endpoint, http://HOST:PORT", key="url")
        self.url: Final = url
        self._place: Final = (parts.hostname, parts.port or 80)
        self._headers: Final = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._timeout: Final = timeout
        self._mine: Final = threading.local()
        self._open: Final[set[http.client.HTTPConnection]] = set()
        self._lock: Final = threading.Lock()

    def get(self, path: str, *, wait: float = 0.0, **query: object) -> Any:
        """What a GET gives.

        Args:
            path: of the call.
            wait: real seconds that the endpoint may hold it.
            query: parameters; None for one that is left out.
        """
        given = {name: value for name, value in query.items() if value is not None}
        if wait:
            given["wait"] = wait
        return self._call("GET", f"{path}?{urlencode(given)}" if given else path, wait=wait)

    def post(self, path: str, body: Mapping[str, Any] | None = None, *, wait: float = 0.0) -> Any:
        """What a POST gives; `wait` as for `get`."""
        return self._call("POST", path, msgspec.json.encode(body or {}, enc_hook=str), wait=wait)

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        """What a PUT gives."""
        return self._call("PUT", path, msgspec.json.encode(body, enc_hook=str))

    def delete(self, path: str) -> Any:
        """What a DELETE gives."""
        return self._call("DELETE", path)

    def close(self) -> None:
        """Closes all connections."""
        with self._lock:
            gone = tuple(self._open)
            self._open.clear()
        for connection in gone:
            connection.close()

    def _call(self, method: str, path: str, body: bytes | None = None, *, wait: float = 0.0) -> Any:
        try:
            status, data = self._answered(method, path, body, self._timeout + wait)
            answer: Any = msgspec.json.decode(data)
        except (OSError, http.client.HTTPException, msgspec.MsgspecError) as fault:
            reason = str(fault) or type(fault).__name__
            raise FakeServerError(f"control at {self.url} cannot be reached: {reason}") from None
        if status != _OK:
            raise _error(answer, path)
        return answer

    def _answered(self, method: str, path: str, body: bytes | None, timeout: float) -> tuple[int, bytes]:
        kept: http.client.HTTPConnection | None = getattr(self._mine, "connection", None)
        if kept is not None:
            try:
                return self._on(kept, method, path, body, timeout)
            except _STALE:
                self._forget(kept)
        connection = http.client.HTTPConnection(*self._place, timeout=timeout)
        with self._lock:
            self._open.add(connection)
        self._mine.connection = connection
        return self._on(connection, method, path, body, timeout)

    def _on(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None, timeout: float
    ) -> tuple[int, bytes]:
        connection.timeout = timeout
        if connection.sock is not None:
            connection.sock.settimeout(timeout)
        try:
            connection.request(method, path, body, self._headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except BaseException:
            # Whatever comes on it later would be taken for the answer to another call.
            self._forget(connection)
            raise

    def _forget(self, connection: http.client.HTTPConnection) -> None:
        with self._lock:
            self._open.discard(connection)
        self._mine.connection = None
        connection.close()


def _error(problem: Mapping[str, Any], path: str) -> Exception:
    """The error that a problem is, the same as in code."""
    kind = str(problem.get("type", "")).removeprefix(_PREFIX)
    detail, key = str(problem.get("detail", "")), str(problem.get("key", ""))
    suggestion = str(problem.get("suggestion", ""))
    what = path.partition("?")[0].rpartition("/")[2]
    if what in ("faults", "toxics") and kind in ("unknown-name", "wrong-value"):
        plain = detail.removesuffix(f"; did you mean {suggestion}?").removeprefix("scenario: ")
        return ScenarioError("", key, plain.removeprefix(f"{key}: "), suggestion)
    if kind == "other-version" or (what == "snapshot" and kind in ("bad-request", "unknown-name", "wrong-value")):
        plain = detail.removeprefix("snapshot: ").removeprefix(f"{key}: ")
        return (SnapshotVersionError if kind == "other-version" else SnapshotError)(plain, key=key)
    if kind == "busy-clock":
        return ClockError(detail)
    if kind == "unknown-name" and what == "journal":
        return ValueError(detail)
    if kind in ("unknown-name", "not-found"):
        return UnknownError(detail.removesuffix(f"; did you mean {suggestion}?"), key=key, suggestion=suggestion)
    return FakeServerError(detail, key=key)
