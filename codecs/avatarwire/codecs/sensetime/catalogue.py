"""Everything that travels between a client and SenseTime, as data.

Only the list lives here; each row is declared where its role is: operations in `http/`, login and refresh, which no
document describes, in `auth/login.py`, callbacks in `messages/callbacks.py`, scripts in `script.py`, the socket in
`wire/microphone.py`, what the SDK reports to a page in `messages/interactive.py`, roles in `messages/role.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..core.carrier import Callback, HttpResponsePart, Part, SdkPush, SocketMessage
from ..core.entry import DIRECTIONS, Catalogue, Direction, Entry, entries_of, first_line
from ..core.json_codec import JsonCodec
from ..message import Message
from . import http, script, tokens
from .envelope import VENDOR, Envelope
from .messages import beautify, callbacks, interactive, role, role_parts
from .wire import microphone
from .wire.dispatch import dispatch
from .wire.microphone_url import PATH

__all__ = ["CATALOGUE"]

_TYPES: Final[tuple[tuple[str, Direction, type[Message], str, tuple[str, ...]], ...]] = (
    (
        "LiveScript",
        "client->server",
        script.LiveScript,
        "003 L858-1061",
        ("ST-LIVE-01", "ST-SCR-01", "ST-SCR-02", "ST-SCR-03", "ST-SCR-04", "ST-SCR-05", "ST-E74", "ST-E75", "ST-E92"),
    ),
    (
        "Beautify",
        "client->server",
        beautify.Beautify,
        "003 L858-1061",
        ("ST-SCR-24", "ST-SCR-55", "ST-SCR-56", "ST-E77", "ST-E78", "ST-E80", "ST-E81"),
    ),
    (
        "TakeoverScript",
        "client->server",
        script.TakeoverScript,
        "003 L1063-1119",
        ("ST-TKO-23", "ST-TKO-24", "ST-TKO-25", "ST-TKO-26", "ST-TKO-27", "ST-TKO-28", "ST-E36", "ST-E39", "ST-E40"),
    ),
    ("Envelope", "server->client", Envelope, "003 L17-79", ("ST-NET-05", "ST-E05", "ST-E06", "ST-E07", "ST-E08")),
    ("Pagination", "server->client", http.Pagination, "003 L738-814", ("ST-E29",)),
    ("MicFrame", "both", microphone.MicFrame, "003 L439-545", ("ST-MIC-01", "ST-E57", "ST-E64", "ST-E67")),
    (
        "SdkMessage",
        "server->client",
        interactive.SdkMessage,
        "004 L152-237",
        ("ST-MSG-01", "ST-MSG-02", "ST-E122", "ST-E124", "ST-E126", "ST-E127"),
    ),
    (
        "SdkCreateConfig",
        "client->server",
        role.SdkCreateConfig,
        "004 L63-110",
        ("ST-SDK-05", "ST-SDK-06", "ST-SDK-08", "ST-SDK-09", "ST-E21", "ST-E107", "ST-E112", "ST-E119"),
    ),
    (
        "Role",
        "both",
        role.Role,
        "004 L288-303",
        ("ST-ROL-01", "ST-ROL-02", "ST-ROL-03", "ST-ROL-04", "ST-ROL-05", "ST-E93", "ST-E109", "ST-E115"),
    ),
    ("AsrConfig", "both", role_parts.AsrConfig, "004 L288-303", ("ST-ROL-02", "ST-E114", "ST-E128")),
    ("NlpConfig", "both", role_parts.NlpConfig, "004 L288-303", ("ST-ROL-06", "ST-E111", "ST-E128")),
    ("Persona", "both", role_parts.Persona, "004 L304-358", ("ST-ROL-06",)),
)
"""Objects that travel inside others, or in more than one message: id, who sends it, type, section, clauses."""


_INSIDE: Final[Mapping[str, tuple[str, ...]]] = {
    "LiveScript": ("createLive.request: param", "SdkCreateConfig: data"),
    "TakeoverScript": (
        "takeoverCommandV1.request: param",
        "takeoverCommand.request: param",
        "takeoverQueue.request: param",
    ),
}
"""Those that travel as JSON text in a field, and where."""

_CODECS: Final[Mapping[type[Message], JsonCodec[Any]]] = {
    known.type: known for known in (script.LIVE, script.TAKEOVER, interactive.ANY, role.SDK_CONFIG, role.ROLE)
}
"""What reads and writes those of them that travel by themselves."""

_SPEECH: Final = f"audio/pcm;rate={microphone.SAMPLE_RATE};channels=1"
"""What speech is taken to be; the document does not give it (ST-E61)."""


def _token_calls() -> tuple[Entry, ...]:
    """Login and refresh: entries only, as they are no operations of the document (ST-E101)."""
    return tuple(entry for known in (tokens.LOGIN, tokens.REFRESH) for entry in entries_of(known))


CATALOGUE: Final = Catalogue.of(
    VENDOR,
    operations=http.OPERATIONS,
    dispatch=dispatch,
    entries=(
        *_token_calls(),
        Entry(
            http.HTTP_ERROR.message,
            "response",
            "server->client",
            "a call failed",
            http.HttpErrorBody,
            "003 L17-79",
            ("ST-NET-05", "ST-E05"),
            codec=http.HTTP_ERROR,
            carrier=HttpResponsePart(),
        ),
        *(
            Entry(
                row.id,
                "message",
                DIRECTIONS[row.sender],
                row.title,
                row.codec.type if row.codec is not None else None,
                row.section,
                row.clauses,
                codec=row.codec,
                media_type="" if row.codec is not None else _SPEECH,
                carrier=SocketMessage(PATH, row.code, "application/json" if row.codec is not None else _SPEECH),
                wire=None if row.codec is not None else microphone.SpeechCodec(),
            )
            for row in microphone.MESSAGES
        ),
        *(
            Entry(
                row.id,
                "message",
                "server->client",
                row.title,
                row.body,
                row.section,
                row.clauses,
                codec=row.codec,
                carrier=SdkPush(*row.kind),
            )
            for row in interactive.MESSAGES
        ),
        Entry(
            callbacks.CALLBACK.message,
            "message",
            "server->client",
            "the state of a live or of a takeover has changed",
            callbacks.CallbackBody,
            "003 L1121-1147",
            (
                "ST-CBK-01",
                "ST-CBK-02",
                "ST-CBK-03",
                "ST-CBK-04",
                "ST-CBK-05",
                "ST-CBK-06",
                "ST-CBK-07",
                "ST-CBK-08",
            ),
            codec=callbacks.CALLBACK,
            carrier=Callback("POST", callbacks.CONTENT_TYPE),
        ),
        *(
            Entry(
                id_,
                "type",
                direction,
                first_line(type_),
                type_,
                section,
                clauses,
                codec=_CODECS.get(type_),
                carrier=Part(_INSIDE.get(id_, ())),
            )
            for id_, direction, type_, section, clauses in _TYPES
        ),
    ),
)
"""Fifteen operations with their two entries each, the two calls for tokens likewise, the failure of a call, the
callback, the twelve messages of the socket, the seven that the SDK hands to a page, and the types."""
