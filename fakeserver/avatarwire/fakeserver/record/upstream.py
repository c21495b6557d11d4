"""Where a recording passes on to: addresses, and whom it trusts there.

Only that lives here. There is no way to go on with a certificate that is not trusted.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, Self
from urllib.parse import urlsplit

from avatarwire.codecs.errors import shown
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.transports.mqtt.address import BrokerAddress

__all__ = ["Origin", "RecordError", "broker_of", "credentials_of", "trust"]

_PORTS: Final = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_AS_HTTP: Final = {"http": "http", "https": "https", "ws": "http", "wss": "https"}


class RecordError(FakeServerError):
    """A recording cannot be made as asked; the text names what is wrong with what."""


class Origin(NamedTuple):
    """A host that is called.

    Attributes:
        scheme: ``http`` or ``https``; the same for sockets.
        host: without brackets around an IPv6 address.
        port: its port.
    """

    scheme: str
    host: str
    port: int

    @classmethod
    def parse(cls, url: str, what: str) -> Self:
        """The origin of a URL.

        Args:
            url: http, https, ws or wss, with a path or without.
            what: what named it, for the error.

        Raises:
            RecordError: it is none.
        """
        try:
            parts = urlsplit(url.strip())
            host, port = parts.hostname, parts.port
        except ValueError:
            parts, host, port = urlsplit(""), None, None
        if parts.scheme not in _PORTS or not host or "@" in parts.netloc or port == 0:
            raise RecordError(f"{what}: got {shown(url)}, expected a URL such as https://host or http://127.0.0.1:8080")
        return cls(_AS_HTTP[parts.scheme], host, port or _PORTS[parts.scheme])

    @classmethod
    def whole(cls, url: str, what: str) -> Self:
        """The same of a URL that says nothing else.

        Raises:
            RecordError: it is none, or has a path or a query, of which a call's own path leaves nothing.
        """
        origin = cls.parse(url, what)
        parts = urlsplit(url.strip())
        if parts.path not in ("", "/") or parts.query or parts.fragment:
            raise RecordError(f"{what}: got {shown(url)}, expected a URL without a path: calls have their own")
        return origin

    @property
    def authority(self) -> str:
        """As the header Host has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """Without a path."""
        return f"{self.scheme}://{self.authority}"


def credentials_of(content: object, vendor: str, what: str) -> Mapping[str, Any]:
    """The vendor's part of a ready file.

    Raises:
        RecordError: it has none.
    """
    part = content.get(vendor) if isinstance(content, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if not isinstance(part, dict):
        raise RecordError(f"{what}: it says nothing of {vendor}, expected an object of that name")
    return dict(part)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


def broker_of(credentials: Mapping[str, Any]) -> BrokerAddress | None:
    """The MQTT broker of a vendor's part of a ready file; None where it names none.

    Raises:
        RecordError: it is no URL of a broker.
    """
    url = credentials.get("mqtt_url")
    if not url:
        return None
    try:
        return BrokerAddress.parse(str(url))
    except FakeServerError as error:
        raise RecordError(f"mqtt_url of --ready: {error}") from None


def trust(credentials: Mapping[str, Any]) -> ssl.SSLContext:
    """Whom to trust: ``ca_file`` of the ready file, or the authorities of this machine.

    Raises:
        RecordError: the file cannot be read, or holds no certificate.
    """
    file = credentials.get("ca_file")
    if not file:
        return ssl.create_default_context()
    try:
        return ssl.create_default_context(cafile=Path(str(file)))
    except OSError as error:  # an SSLError is one
        raise RecordError(f"ca_file of --ready: {file}: {error.strerror or error}") from None
