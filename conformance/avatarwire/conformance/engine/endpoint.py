"""The endpoint that is judged: where it is, who may use it, and what may be done to it.

It is described by a ready file, as ``avatarwire serve`` writes it and anybody may change it, or by a URL with the
credentials in the environment. Only the reading lives here.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import urlsplit

from avatarwire.codecs import catalogue

from .case import Need
from .secrets import Secrets

__all__ = ["BadEndpoint", "Endpoint", "from_environment", "from_ready_file", "vendors_of"]

_HTTP: Final = ("http", "https")
_CONTROL_CHARACTERS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SPACE: Final = re.compile(r"\s")
_SCHEMES: Final = ("http", "https", "ws", "wss", "mqtt", "mqtts")
_CONTROL: Final = "control"
_LARGEST: Final = 4 * 1024 * 1024


class BadEndpoint(Exception):
    """The description of an endpoint is wrong; the text says what of it."""


@dataclass(frozen=True)
class Endpoint:
    """What is judged.

    Attributes:
        vendor: whose protocol it speaks.
        values: by the keys of the ready file, such as ``http_url`` and ``access_key_id``.
        control: of a fake: ``url`` and ``token`` of its control endpoint; empty where there is none.
        permissions: what may be done to it.
    """

    vendor: str
    values: Mapping[str, Any]
    control: Mapping[str, str] = field(default_factory=dict[str, str])
    permissions: frozenset[Need] = frozenset()

    @property
    def url(self) -> str:
        """Of its HTTP calls, without a slash at the end."""
        return str(self.values["http_url"]).rstrip("/")

    @property
    def is_local(self) -> bool:
        """Whether all of it is on this machine, as a fake is and no vendor."""
        urls = [str(value) for key, value in self.values.items() if key.endswith("_url") and value]
        return all(_is_loopback(urlsplit(url).hostname or "") for url in urls)

    def permitting(self, *, invalid: bool, agreed: bool) -> Endpoint:
        """The same, with permissions.

        Args:
            invalid: to send what the documents forbid.
            agreed: to do what is destructive or costs money; nobody has to agree to that on this machine.
        """
        granted = self.permissions
        if invalid:
            granted |= {"invalid"}
        if agreed or self.is_local:
            granted |= {"destructive", "billable"}
        return replace(self, permissions=granted)

    def check(self, needs: Iterable[str]) -> None:
        """Looks whether all is there that cases need.

        Args:
            needs: keys; of several with ``|`` between them one is enough.

        Raises:
            BadEndpoint: something is missing.
        """
        for keys in needs:
            if not any(self.text(key) for key in keys.split("|")):
                names = " or ".join(keys.split("|"))
                variables = " or ".join(f"AVATARWIRE_{self.vendor}_{key}".upper() for key in keys.split("|"))
                raise BadEndpoint(f"{self.vendor}: {names} is missing: in the ready file, or {variables} for a target")

    def text(self, key: str) -> str:
        """A value; empty where it is not given."""
        return str(self.values.get(key) or "")

    def learn(self, secrets: Secrets) -> None:
        """Tells what of it is secret."""
        secrets.learn(dict(self.values))
        secrets.learn(dict(self.control))
        for key, value in self.values.items():
            if key.endswith(("_secret", "password")):
                secrets.add(value)


def from_ready_file(vendor: str, path: Path) -> Endpoint:
    """The endpoint that a ready file describes.

    Raises:
        BadEndpoint: it cannot be read, or has no such vendor.
    """
    parts = _ready(path)
    values = parts.get(vendor)
    if not isinstance(values, dict):
        there = ", ".join(key for key in parts if key != _CONTROL) or "nothing"
        raise BadEndpoint(f"{path}: no {vendor}; it has {there}")
    control = parts.get(_CONTROL)
    return _checked(Endpoint(vendor, cast("dict[str, Any]", values), _control(control, path)), str(path))


def _control(given: object, path: Path) -> dict[str, str]:
    """The control endpoint of a ready file; empty where it has none."""
    if given is None:
        return {}
    found = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
    url, token = found.get("url"), found.get("token")
    if not _is_url(url, _HTTP) or not isinstance(token, str):
        raise BadEndpoint(f"{path}: {_CONTROL}: expected an http url and a token")
    return {"url": str(url), "token": token}


def vendors_of(path: Path) -> list[str]:
    """The vendors that a ready file has.

    Raises:
        BadEndpoint: it cannot be read, or has none.
    """
    parts = _ready(path)
    found = [vendor for vendor in catalogue.VENDORS if vendor in parts]
    if not found:
        raise BadEndpoint(f"{path}: it has none of {', '.join(catalogue.VENDORS)}")
    return found


def _ready(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _LARGEST:
            raise BadEndpoint(f"{path}: not a ready file")
        ready: object = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadEndpoint(f"{path}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise BadEndpoint(f"{path}: not JSON") from None
    if not isinstance(ready, dict):
        raise BadEndpoint(f"{path}: not a ready file: a JSON object with a member for each vendor")
    return cast("dict[str, Any]", ready)


def from_environment(vendor: str, url: str, environment: Mapping[str, str] | None = None) -> Endpoint:
    """The endpoint at a URL; its credentials are in ``AVATARWIRE_<VENDOR>_<KEY>``, by the keys of the ready file.

    A value that is a JSON list is read as that.

    Raises:
        BadEndpoint: the URL is none.
    """
    prefix = f"AVATARWIRE_{vendor.upper()}_"
    given = os.environ if environment is None else environment
    values: dict[str, Any] = {
        name.removeprefix(prefix).lower(): _value(text) for name, text in given.items() if name.startswith(prefix)
    }
    values["http_url"] = url
    return _checked(Endpoint(vendor, values), "--target")


def _value(text: str) -> Any:
    """Lists are JSON; anything else is the text itself, as ids and secrets may look like numbers."""
    if text.startswith("["):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return text


def _checked(endpoint: Endpoint, where: str) -> Endpoint:
    for key, value in endpoint.values.items():
        _check_value(f"{where}: {endpoint.vendor}.{key}", value)
    ca_file = endpoint.text("ca_file")
    if ca_file and not Path(ca_file).is_file():
        raise BadEndpoint(f"{where}: {endpoint.vendor}.ca_file: no such file")
    if endpoint.text("http_url") and not _is_url(endpoint.text("http_url"), _HTTP):
        raise BadEndpoint(f"{where}: {endpoint.vendor}.http_url: not a URL of {', '.join(_HTTP)}")
    if not _is_plain(endpoint.text("http_url")):
        raise BadEndpoint(f"{where}: {endpoint.vendor}.http_url: no user, query or fragment belongs there")
    for key, value in endpoint.values.items():
        if key.endswith("_url") and value and not _is_url(value):
            raise BadEndpoint(f"{where}: {endpoint.vendor}.{key}: not a URL of {', '.join(_SCHEMES)}")
    if not endpoint.text("http_url"):
        raise BadEndpoint(f"{where}: {endpoint.vendor}.http_url: missing")
    return endpoint


def _check_value(where: str, value: object) -> None:
    """Values are texts without control characters, numbers, or lists of these."""
    items: list[object] = cast("list[object]", value) if isinstance(value, list) else [value]
    if not all(item is None or isinstance(item, str | int | float) for item in items):
        raise BadEndpoint(f"{where}: expected a text, a number or a list of these")
    if any(isinstance(item, str) and _CONTROL_CHARACTERS.search(item) for item in items):
        raise BadEndpoint(f"{where}: there are control characters in it")


def _is_url(value: object, schemes: tuple[str, ...] = _SCHEMES) -> bool:
    if not isinstance(value, str) or _SPACE.search(value):
        return False
    try:
        parts = urlsplit(value)
        (parts.hostname or "").encode("idna")
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:  # UnicodeError is one
        return False


def _is_plain(url: str) -> bool:
    """Whether a URL has neither credentials nor anything behind its path."""
    return not any(mark in url for mark in "@?#")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
