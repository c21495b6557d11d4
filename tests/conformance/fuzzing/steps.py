"""Steps that several tests use."""

from __future__ import annotations

import json
from typing import Any, Final

from avatarwire.conformance.fuzzing.steps import Step

__all__ = ["ASK", "SAID", "about", "sent"]


def sent(message: str, biz_type: int, fields: Any, **more: Any) -> Step:
    """A frame of Aliyun."""
    data = bytes([0, 1, biz_type]) + b"00000001" + json.dumps(fields).encode()
    return Step("send", message=message, data=data.hex(), fill=1, **more)


def about(message: str, fields: Any, *, fill: int = 1, **more: Any) -> Step:
    """A call."""
    return Step("call", message=message, data=json.dumps(fields).encode().hex(), fill=fill, **more)


TEXT: Final = {"sessionId": "x", "text": "what is there to be seen in this town", "askType": 1, "messageId": "m-1"}

SAID: Final = (Step("start"), Step("connect", how="ready"), sent("text_drive.request", 128, TEXT))
"""A session of Aliyun in which something is said."""

ASK: Final = about("SendTextMsg.request", {"projectId": "x", "sessionId": "x", "text": "hello", "askType": 1})
"""Something is said over HTTP."""
