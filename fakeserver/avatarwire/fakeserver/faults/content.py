"""Between what the hub carries and what rules look at: the content of a message, and the message with another one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias, cast

from msgspec.structs import replace

from avatarwire.fakeserver.effects import CallBack, Delivery, HttpAnswer, HttpCall, Leaving, Publish, Send
from avatarwire.fakeserver.faults.changes import Content, with_headers
from avatarwire.fakeserver.faults.rule import Fault

__all__ = ["Broken", "broken", "data_with", "incoming_content", "leaving_content", "leaving_with"]

Broken: TypeAlias = Literal["close", "reset", "hang"]
"""How a callback's connection ends in the place of its POST."""

_SIGNED: Final = frozenset(("set", "remove", "replace"))
"""Actions that change what a vendor says, which it signs; others change bytes on their way."""


def incoming_content(data: Any, prefix: int, spans: Mapping[str, tuple[int, int]]) -> Content:
    """What something that came in consists of.

    Args:
        data: as behaviour reads it: an HTTP call, a delivery, or a message of a WebSocket.
        prefix, spans: of the header of a binary message.
    """
    if isinstance(data, HttpCall):
        in_query = data.query if data.query and not data.body else None
        return Content(data.body, query=in_query, headers=data.headers)
    if isinstance(data, Delivery):
        return Content(data.data, topic=data.topic)
    return _of_socket(cast("bytes | str", data), prefix, spans)


def data_with(data: Any, content: Content) -> Any:
    """Something that came in, with another content.

    Raises:
        UnicodeDecodeError: a text message is no text any more.
    """
    if isinstance(data, HttpCall):
        query = data.query if content.query is None else content.query
        headers = with_headers(data.headers, content.renamed)
        return replace(data, body=content.data, query=query, headers=headers, values=None)
    if isinstance(data, Delivery):
        return replace(data, data=content.data, topic=content.topic)
    return content.data.decode() if content.is_text else content.data


def leaving_content(effect: Leaving, prefix: int, spans: Mapping[str, tuple[int, int]]) -> Content:
    """What something that goes out consists of.

    Args:
        effect: what it is.
        prefix, spans: of the header of a binary message.
    """
    if isinstance(effect, Send):
        return _of_socket(effect.data, prefix, spans)
    if isinstance(effect, HttpAnswer):
        return Content(effect.body, headers=tuple(effect.headers.items()), secrets=effect.secrets)
    if isinstance(effect, Publish):
        return Content(effect.data, topic=effect.topic)
    return Content(cast("CallBack", effect).data)


def leaving_with(effect: Leaving, content: Content, rule: Fault) -> Leaving:
    """Something that goes out, with another content; decoded, that is plain JSON.

    Args:
        effect: what it is.
        content: what it says now.
        rule: what has changed it.
    """
    if isinstance(effect, Send):
        return Send(content.data, effect.message, content.json, effect.cause, is_text=content.is_text)
    if isinstance(effect, HttpAnswer):
        headers = dict(with_headers(tuple(effect.headers.items()), content.renamed))
        return replace(effect, body=content.data, headers=headers, answer=content.json)
    if isinstance(effect, Publish):
        return replace(effect, data=content.data, topic=content.topic, body=content.json)
    assert isinstance(effect, CallBack)  # noqa: S101 - nothing else has a content
    if rule.do in _SIGNED:
        return replace(effect, data=content.data, body=content.json, renamed=content.renamed)
    return replace(effect, posted=content.data, body=content.json)


def broken(effect: CallBack, how: Broken) -> CallBack:
    """A callback whose POST is not completed."""
    return replace(effect, broken=how)


def _of_socket(data: bytes | str, prefix: int, spans: Mapping[str, tuple[int, int]]) -> Content:
    if isinstance(data, str):
        return Content(data.encode(), is_text=True)
    return Content(data, prefix=prefix, spans=spans if prefix else {})
