"""The URL of the microphone socket: built by clients, taken apart by servers.

Only the URL lives here. The token in its query is the sessionToken of a live, not that of the account (ST-E02); how
the document writes it contradicts itself (ST-E03), so every form of it is understood and one is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Final, Literal, cast
from urllib.parse import quote, unquote, urlsplit

from msgspec import field as member

from ...core.constraints import OneOf
from ...core.findings import Finding, deviation
from ...core.json_codec import JsonCodec
from ...core.masking import Masked
from ...core.received import Received
from ...errors import ValidationError
from ...message import doc, ruled
from ..envelope import VENDOR

__all__ = [
    "BASE",
    "BROWSER",
    "MAX_URL",
    "PATH",
    "MicrophoneQuery",
    "MicrophoneUrl",
    "build_url",
    "parse_query",
    "parse_url",
]

PATH: Final = "/api/live-takeover-cc/v1/material/live/channel/command/microphone"
"""Path of the socket (ST-MIC-02)."""
BASE: Final = "wss://aigc.softsugar.com"
"""Where the socket is by default; the scheme is that of the sample (ST-E04)."""
BROWSER: Final = "BROWSER"
"""The one clientType there is: the end that makes the speech (ST-MIC-03)."""
MAX_URL: Final = 16 * 1024
"""Most characters of a URL that are read."""

_MOST_PARAMETERS: Final = 32
_DEFAULT_PORTS: Final[Mapping[str, int]] = MappingProxyType({"ws": 80, "wss": 443})
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f]")
_HALF_PAIR: Final = re.compile(r"[\ud800-\udfff]")
_BEARER: Final = re.compile(r"(?:(bearer)( +|\+|$))?(.*)", re.IGNORECASE | re.DOTALL)
_PREFIX: Final = "Bearer "
_NAMES: Final = ("clientType", "sessionId", "Authorization")
_FORM: Final = "wss://host/path?clientType=…&sessionId=…&Authorization=…"


class MicrophoneQuery(Masked):
    """Query parameters of the microphone socket (003 L439-545, ST-MIC-02)."""

    secrets: ClassVar[frozenset[str]] = frozenset({"authorization"})

    client_type: Annotated[str, doc("kind of the connecting end: BROWSER, who makes the speech", "ST-MIC-03")] = ruled(
        default=BROWSER
    )
    session_id: Annotated[str, doc("id of the live, from createLive", "ST-MIC-02", min_length=1, example="live-1")]
    authorization: Annotated[
        str,
        doc(
            "Bearer, a space and the sessionToken of the live; secret",
            "ST-MIC-04",
            pattern=r"^Bearer [^\s]+$(?!\n)",
        ),
    ] = member(name="Authorization")

    @property
    def token(self) -> str:
        """The sessionToken (ST-E02)."""
        return self.authorization.removeprefix(_PREFIX)

    @property
    def text(self) -> str:
        """The query as it is written, without the question mark."""
        values = (self.client_type, self.session_id, self.authorization)
        return "&".join(f"{name}={quote(value, safe='')}" for name, value in zip(_NAMES, values, strict=True))

    constraints = (OneOf("clientType", (BROWSER,), clause="ST-E59", tolerated=True),)


_QUERY: Final = JsonCodec(MicrophoneQuery, vendor=VENDOR, message="microphone URL", entry="")


@dataclass(frozen=True, slots=True, kw_only=True)
class MicrophoneUrl:
    """The URL of a microphone socket taken apart.

    Attributes:
        scheme, host, port, path: where it leads; an IPv6 address without brackets, the path never empty.
        query: what it says.
        deviations: ids of the errata by which the query differs from the ruled form.
    """

    scheme: Literal["ws", "wss"]
    host: str
    port: int
    path: str
    query: MicrophoneQuery = field(repr=False)
    deviations: tuple[str, ...] = ()

    @property
    def session_id(self) -> str:
        """Id of the live."""
        return self.query.session_id

    @property
    def token(self) -> str:
        """The sessionToken; secret."""
        return self.query.token

    @property
    def text(self) -> str:
        """The URL in its ruled form, the default port left out; it holds the token."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}?{self.query.text}"


# --- building ---


def build_url(session_id: str, session_token: str, *, base: str = BASE) -> str:
    """The URL at which to speak into a live (ST-MIC-02 to ST-MIC-04).

    Args:
        session_id: id of the live.
        session_token: from createLive or queryStat; with or without the word Bearer in front.
        base: ``ws`` or ``wss``, a host, perhaps a port and the beginning of a path; ``http`` and ``https`` stand for
            the two.

    Raises:
        ValidationError: an empty id or token, white space in the token, or no such base.
    """
    query = MicrophoneQuery(session_id=session_id, authorization=_PREFIX + session_token.removeprefix(_PREFIX))
    parts = _split(base, _BASE_SCHEMES)
    if "?" in base:
        raise _bad("", "the base has a query", "a scheme and a host")
    return MicrophoneUrl(
        scheme=parts.scheme, host=parts.host, port=parts.port, path=parts.path.rstrip("/") + PATH, query=query
    ).text


# --- taking apart ---


def parse_url(url: str, *, strict: bool = False, any_client_type: bool = False) -> MicrophoneUrl:
    """Takes the URL of a microphone socket apart, also one with a space in its query as in the sample (ST-E03).

    Args:
        url: absolute; the path is not checked.
        strict, any_client_type: as for `parse_query`.

    Raises:
        ValidationError: longer than 16 KiB, no absolute ws or wss URL, or a query that `parse_query` refuses.
    """
    parts = _split(url)
    query = parse_query(parts.query, strict=strict, any_client_type=any_client_type)
    return MicrophoneUrl(
        scheme=parts.scheme,
        host=parts.host,
        port=parts.port,
        path=parts.path or "/",
        query=query.value,
        deviations=query.deviations,
    )


def parse_query(raw_query: str, *, strict: bool = False, any_client_type: bool = False) -> Received[MicrophoneQuery]:
    """Reads the query of a connection; parameters it does not know are left aside.

    A plus sign stands for a space between Bearer and the token only: tokens may hold one (ST-E03).

    Args:
        raw_query: as on the wire, without the question mark.
        strict: refuse every form of Authorization but the ruled one.
        any_client_type: whether to take another clientType than BROWSER (ST-E59).

    Returns:
        What it says. `Received.raw` is empty, for nobody should keep a query that holds a token.

    Raises:
        ValidationError: longer than 16 KiB, more than 32 parameters, text that is not UTF-8, or one of the three
            parameters missing, empty, given twice or wrong.
    """
    values, found = _values(raw_query)
    found += _repair(values)
    decoded = _QUERY.convert(values)
    other = [item for item in decoded.value.check() if not any_client_type]
    _QUERY.refuse([*other, *(found if strict else ())])
    return Received(decoded.value, (*found, *decoded.findings), b"")


def _values(raw_query: str) -> tuple[dict[str, Any], list[Finding]]:
    """The three parameters, percent-decoded; plus signs stay."""
    _check_text(raw_query)
    pieces = [piece for piece in raw_query.split("&") if piece]
    if len(pieces) > _MOST_PARAMETERS:
        raise _bad("", f"{len(pieces)} parameters", f"at most {_MOST_PARAMETERS}")
    found: dict[str, list[str]] = {}
    for piece in pieces:
        name, _, value = piece.partition("=")
        if (known := unquote(name)) in _NAMES:
            found.setdefault(known, []).append(_decoded(known, value))
    for name in _NAMES:
        if name not in found:
            raise _bad(name, "required parameter is missing", "the three parameters once each")
        if len(found[name]) > 1:
            raise _bad(name, f"given {len(found[name])} times", "once")
    raw_space = deviation("ST-E03", "Authorization", "a space stands in the URL as it is")
    return {name: values[0] for name, values in found.items()}, [raw_space] if " " in raw_query else []


def _decoded(name: str, value: str) -> str:
    if " " in value and name != "Authorization":
        raise _bad(name, "a space stands in the URL as it is", "percent-encoded UTF-8")
    try:
        return unquote(value, errors="strict")
    except UnicodeDecodeError:
        raise _bad(name, "not UTF-8 text", "percent-encoded UTF-8") from None


def _repair(values: dict[str, Any]) -> list[Finding]:
    """Brings Authorization into its ruled form, and reports what it differed by."""
    path = "Authorization"
    word, gap, token = cast("re.Match[str]", _BEARER.fullmatch(values[path])).groups()
    values[path] = _PREFIX + token
    if word is None:
        return [deviation("ST-E03", path, "the token stands without Bearer in front")]
    found: list[Finding] = []
    if word != _PREFIX.strip():
        found.append(deviation("ST-E01", path, "Bearer is in other letters"))
    if gap != " ":
        found.append(deviation("ST-E03", path, "something else than one space follows Bearer"))
    return found


@dataclass(frozen=True, slots=True)
class _Parts:
    scheme: Literal["ws", "wss"]
    host: str
    port: int
    path: str
    query: str


_SCHEMES: Final[Mapping[str, Literal["ws", "wss"]]] = MappingProxyType({"ws": "ws", "wss": "wss"})
_BASE_SCHEMES: Final[Mapping[str, Literal["ws", "wss"]]] = MappingProxyType({**_SCHEMES, "http": "ws", "https": "wss"})


def _split(url: str, schemes: Mapping[str, Literal["ws", "wss"]] = _SCHEMES) -> _Parts:
    _check_text(url)
    head, _, query = url.partition("?")
    if _CONTROLS.search(url) or " " in head:
        raise _bad("", "it has white space or control characters", "a URL")
    try:
        parts = urlsplit(head)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _bad("", "host or port cannot be read", _FORM) from None
    scheme = schemes.get(parts.scheme)
    if scheme is None or not host:
        raise _bad("", "not a WebSocket URL", "ws or wss and a host")
    if "#" in url:
        raise _bad("", "it has a fragment", "none in a WebSocket URL")
    return _Parts(scheme, host, _DEFAULT_PORTS[scheme] if port is None else port, parts.path, query)


def _check_text(text: str) -> None:
    if len(text) > MAX_URL:
        raise _bad("", f"{len(text)} characters long", f"at most {MAX_URL} characters")
    if _HALF_PAIR.search(text):
        raise _bad("", "it has half a surrogate pair", "percent-encoded UTF-8")


def _bad(path: str, reason: str, expected: str) -> ValidationError:
    return ValidationError(
        reason, vendor=VENDOR, message=_QUERY.message, path=path, expected=expected, clause="ST-MIC-02"
    )
