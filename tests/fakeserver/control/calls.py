"""Calls of a control endpoint, by the standard library alone."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from avatarwire.fakeserver.control import Control

__all__ = ["LIMIT", "Answer", "Caller"]

LIMIT: Final = 10.0
"""Real seconds after which a test that waits has failed."""


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        status, headers: of HTTP.
        body: its JSON.
    """

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def kind(self) -> str:
        """The kind of problem it tells of."""
        assert self.headers["content-type"] == "application/problem+json"
        assert self.body["status"] == self.status
        assert self.body["title"]
        assert self.body["detail"]
        return str(self.body["type"]).removeprefix("urn:avatarwire:problem:")


class Caller:
    """Somebody who calls an endpoint; not necessarily somebody who may.

    Args:
        control: the endpoint.
        headers: in the place of the token.

    Attributes:
        place, token: of the endpoint.
    """

    def __init__(self, control: Control, headers: Mapping[str, str] | None = None) -> None:
        self.place: Final = (control.host, control.port)
        self.token: Final = control.token
        self._headers: Final = {"Authorization": f"Bearer {control.token}"} if headers is None else headers

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One call, on a connection of its own.

        Args:
            method, path: the request line.
            body: written as JSON; None for none.
            data: the very bytes, in the place of that.
            headers: further ones.
        """
        connection = http.client.HTTPConnection(*self.place, timeout=LIMIT)
        try:
            sent = json.dumps(body).encode() if body is not None else data
            connection.request(method, path, sent, {**self._headers, **(headers or {})})
            answer = connection.getresponse()
            text = answer.read()
            shown = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, shown, json.loads(text) if text else None)
        finally:
            connection.close()

    def get(self, path: str) -> Any:
        """What a GET gives."""
        return self._done(self.call("GET", path))

    def post(self, path: str, body: object = None) -> Any:
        """What a POST gives."""
        return self._done(self.call("POST", path, body))

    def delete(self, path: str) -> Any:
        """What a DELETE gives."""
        return self._done(self.call("DELETE", path))

    def raw(self, data: bytes) -> bytes:
        """Sends bytes that may be no HTTP, and gives back all that comes until the connection ends."""
        with socket.create_connection(self.place, timeout=LIMIT) as line:
            line.sendall(data)
            received = b""
            while piece := line.recv(65536):
                received += piece
            return received

    def _done(self, answer: Answer) -> Any:
        assert answer.status == 200, answer.body
        assert answer.headers["content-type"] == "application/json"
        return answer.body


def place_of(url: str) -> tuple[str, int]:
    """Host and port of a URL."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port
