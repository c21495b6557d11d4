"""The messages of the socket as they travel: which there are, who sends each, and reading whichever one it is."""

from __future__ import annotations

from typing import Any, Final, Literal

from avatarwire.codecs.core.entry import Dispatched
from avatarwire.codecs.core.json_codec import JsonCodec
from avatarwire.codecs.core.json_text import look
from avatarwire.codecs.core.repairs import is_object
from avatarwire.codecs.errors import ValidationError

from .messages import CODECS, FORM, VENDOR, TalkMessage, kind_of

__all__ = ["BY_TYPE", "PATH", "SENDERS", "Sender", "dispatch", "encode"]

Sender = Literal["client", "server"]

PATH: Final = "/toy/socket"
"""Where the socket is; its query names the talk."""

_BY_KIND: Final[dict[str, JsonCodec[Any]]] = {kind_of(codec.type): codec for codec in CODECS}
BY_TYPE: Final[dict[type[TalkMessage], JsonCodec[Any]]] = {codec.type: codec for codec in CODECS}

SENDERS: Final[dict[str, Sender]] = {
    codec.message: "client" if codec.message.endswith(".request") else "server" for codec in CODECS
}
"""Who sends each."""


def dispatch(data: bytes, sender: Sender | None, strict: bool) -> Dispatched:
    """Reads a message, whichever it is.

    Raises:
        DecodeError: not JSON, no message, or one that breaks a rule.
    """
    members = look(data)
    codec = _BY_KIND.get(str(members.get("kind"))) if is_object(members) else None
    if codec is None:
        raise ValidationError("no such message", vendor=VENDOR, path="kind", expected=", ".join(_BY_KIND), clause=FORM)
    by = SENDERS[codec.message]
    if sender not in (None, by):
        raise ValidationError(f"{codec.message} from the {sender}", vendor=VENDOR, expected=by, clause=FORM)
    return Dispatched(codec.decode(data, strict=strict), by)


def encode(message: TalkMessage) -> str:
    """Writes one message."""
    return BY_TYPE[type(message)].encode(message).decode()
