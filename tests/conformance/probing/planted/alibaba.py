"""Alibaba's published SDK as a client that is right: it calls, and opens no socket."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from alibabacloud_intelligentcreation20240313 import models
from alibabacloud_intelligentcreation20240313.client import Client
from alibabacloud_tea_openapi.models import Config

from avatarwire.conformance.probing.adapter import Given

TEXT = 1
"""The type of a text that is asked (ALI-E98)."""


class Alibaba:
    """A session, texts for it, and its end; whatever fails is the caller's."""

    def __init__(self) -> None:
        self.sdk: Any = None
        self.project = ""
        self.session = ""

    async def start(self, place: Given) -> None:
        url = urlsplit(place.http_url)
        self.sdk = Client(
            Config(
                access_key_id=place.credentials["access_key_id"],
                access_key_secret=place.credentials["access_key_secret"],
                endpoint=url.netloc,
                protocol=url.scheme,
            )
        )
        self.project = place.credentials["project_id"]
        request = models.StartAvatarSessionRequest(project_id=self.project, request_id=str(uuid4()))
        self.session = (await self.sdk.start_avatar_session_async(request)).body.session_id

    async def say(self, text: str) -> None:
        request = models.SendTextMsgRequest(
            project_id=self.project, session_id=self.session, request_id=str(uuid4()), text=text, type=TEXT
        )
        answer = (await self.sdk.send_text_msg_async(request)).body
        if answer.status != "SUCCESS":
            raise RuntimeError(f"not said: {answer.status}")

    async def stop(self) -> None:
        if self.session:
            request = models.StopAvatarSessionRequest(project_id=self.project, session_id=self.session)
            await self.sdk.stop_avatar_session_async(request)
