"""SenseTime interactive live: HTTP in an envelope, scripts as JSON text, the microphone WebSocket, callbacks, tokens.

    >>> from avatarwire.codecs import sensetime
    >>> sensetime.decode_takeover('{"audio":"https://files.example.com/a.mp3"}').value.audio
    'https://files.example.com/a.mp3'
    >>> sensetime.faults_of('{"bit_rate":9,"recycle":0.5}', "live")[0].path
    'recycle'

Scripts and the objects in them are here; `sensetime.http` has the operations, `sensetime.microphone` the messages of
the socket and `sensetime.microphone_url` its URL, `sensetime.interactive` what the SDK reports to a page,
`sensetime.role` the roles of interactive lives, `sensetime.callbacks` what the platform posts, `sensetime.tokens`
login, refresh and the token manager, `sensetime.client` the state machines a service drives.
"""

from . import http, tokens
from .catalogue import CATALOGUE
from .client import live as client
from .messages import callbacks, interactive, role
from .messages.beautify import Beautify, SmoothMode, WhitenMode
from .messages.callbacks import CallbackBody
from .messages.enums import HistoryStatus, LiveStatus, NlpDevice, SortValue, TakeoverStatus
from .messages.times import SHANGHAI, format_time, parse_time
from .script import LiveScript, TakeoverScript, decode_live, decode_takeover, encode, faults_of
from .script_parts import (
    Audio,
    Background,
    BackgroundType,
    DigitalRole,
    Effects,
    Foreground,
    ForegroundType,
    Position,
    Scene,
    TakeoverImage,
    TakeoverQuery,
    TtsConfig,
    TtsQuery,
)
from .wire import microphone, microphone_url

__all__ = [
    "CATALOGUE",
    "SHANGHAI",
    "Audio",
    "Background",
    "BackgroundType",
    "Beautify",
    "CallbackBody",
    "DigitalRole",
    "Effects",
    "Foreground",
    "ForegroundType",
    "HistoryStatus",
    "LiveScript",
    "LiveStatus",
    "NlpDevice",
    "Position",
    "Scene",
    "SmoothMode",
    "SortValue",
    "TakeoverImage",
    "TakeoverQuery",
    "TakeoverScript",
    "TakeoverStatus",
    "TtsConfig",
    "TtsQuery",
    "WhitenMode",
    "callbacks",
    "client",
    "decode_live",
    "decode_takeover",
    "encode",
    "faults_of",
    "format_time",
    "http",
    "interactive",
    "microphone",
    "microphone_url",
    "parse_time",
    "role",
    "tokens",
]
