"""What the tests with Alibaba's published SDK share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from alibabacloud_intelligentcreation20240313 import models
from alibabacloud_intelligentcreation20240313.client import Client
from alibabacloud_tea_openapi.models import Config
from Tea.exceptions import TeaException

from avatarwire.fakeserver.aliyun import (
    AccountFixture,
    AnchorFixture,
    FakeAliyun,
    ProjectFixture,
    ResourceFixture,
    VoiceFixture,
)
from avatarwire.fakeserver.clock import VirtualClock

KEY_ID: Final = "LTAI-test-key"


SECRET: Final = "test-secret-0123"


PROJECT: Final = "610000000000000001"


UUID: Final = re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")


SCENARIO: Final[Mapping[str, Any]] = {
    "accounts": (AccountFixture(access_key_id=KEY_ID, access_key_secret=SECRET, main_id="1900000000000001"),),
    "projects": (
        ProjectFixture(id=PROJECT, name="lobby 大厅", agent_id="agent-7"),
        ProjectFixture(id="610000000000000002", name="draft", status="DRAFT", agent_id=""),
    ),
    "anchors": (
        AnchorFixture(id="77", name="Mei", gender="F", category="host"),
        AnchorFixture(id="78", name="Ken", gender="M"),
        AnchorFixture(id="79", name="Mei HD", gender="F", tier="ADVANCED_MODEL"),
    ),
    "voices": (
        VoiceFixture(id=9007199254740993, name="warm", gender="F"),
        VoiceFixture(id=12, name="deep", gender="M", language="en", tts_version=1),
    ),
    "resources": (ResourceFixture(id="res-9", channels=3, valid_seconds=3600.0),),
}


@dataclass
class World:
    """A fake that is called by the SDK.

    Attributes:
        clock: of the fake; it starts at the present, as the SDK dates its requests.
        session_id: a session that is started.
    """

    fake: FakeAliyun
    clock: VirtualClock
    client: Any
    session_id: str = ""


def sdk(fake: FakeAliyun, *, key_id: str = KEY_ID, secret: str = SECRET, endpoint: str = "") -> Any:
    """The SDK's client, as anybody configures it; its calls are not typed."""
    return Client(
        Config(
            access_key_id=key_id,
            access_key_secret=secret,
            endpoint=endpoint or f"{fake.host}:{fake.port}",
            protocol=urlsplit(fake.http_url).scheme,
        )
    )


def start(client: Any, request_id: str = "rq-1") -> Any:
    return client.start_avatar_session(models.StartAvatarSessionRequest(project_id=PROJECT, request_id=request_id)).body


def code(error: TeaException) -> str:
    """The code of the SDK's exception, which has no type."""
    untyped: Any = error
    return str(untyped.code)
