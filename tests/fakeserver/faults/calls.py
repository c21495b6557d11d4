"""Calls of Aliyun's operations by the standard library: whatever comes back, failures too."""

from __future__ import annotations

import http.client
import json
from typing import Any

from tests.fakeserver.aliyun.running import BASE, LIMIT
from tests.fakeserver.aliyun.socket_talk import Talk


class Answer:
    """An answer: status, headers, the body as it came and as JSON."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def call(talk: Talk, operation: str = "startAvatarSession", *, timeout: float = LIMIT, **parameters: Any) -> Answer:
    connection = http.client.HTTPConnection(talk.fake.host, talk.fake.port, timeout=timeout)
    try:
        fields = {"projectId": talk.fake.project_id, "requestId": "rq-1", **parameters}
        connection.request("POST", f"{BASE}/{operation}", json.dumps(fields))
        return Answer(connection.getresponse())
    finally:
        connection.close()
