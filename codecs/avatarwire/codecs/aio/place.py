"""Where a service is and who may use it, read from whatever a caller has: a mapping, a fake server, any object.

Only the reading lives here; which keys a vendor needs is in its `aio/talk.py`.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, Final, TypeVar, cast
from urllib.parse import urlsplit

from ..errors import ValidationError, shown

__all__ = ["Place"]

T = TypeVar("T")

CA_FILE: Final = "ca_file"
"""Key of every place: path of a certificate to trust, as PEM."""

_NESTED: Final = ("credentials", "ready")
"""Members that may hold further keys, as what a probe hands to an adapter does."""


class Place:
    """What is known of one service, by the keys of the ready file.

    Args:
        vendor: for errors.
        given: a mapping, or an object with attributes of these names.
        overrides: what goes before that.
        needed, optional: keys that are looked for, beside ``ca_file``.

    Raises:
        ValidationError: a key is missing, empty, or not known.
    """

    def __init__(
        self,
        vendor: str,
        given: object,
        overrides: Mapping[str, object],
        *,
        needed: Iterable[str],
        optional: Iterable[str] = (),
    ) -> None:
        self.vendor: Final = vendor
        needed, known = tuple(needed), (*needed, *optional, CA_FILE)
        if strangers := sorted(set(overrides) - set(known)):
            raise self.wrong(", ".join(strangers), "no such key", expected=", ".join(known))
        self._values: Final[dict[str, object]] = {}
        for key in known:
            value = overrides[key] if key in overrides else _look(given, key)
            if value is not None:
                self._values[key] = value
        if missing := [key for key in needed if self._values.get(key, "") == ""]:
            raise self.wrong(", ".join(missing), "missing", expected="a value for each of them")
        clock: object = None if isinstance(given, Mapping) else getattr(given, "clock", None)
        self.now: Final[Callable[[], float]] = getattr(clock, "now", time.time)
        """Epoch seconds: by the clock of a fake in this process, which may be a virtual one."""

    def __repr__(self) -> str:
        # Some of the values are secret.
        return f"Place({self.vendor!r}, {', '.join(self._values)})"

    def text(self, key: str, default: str = "") -> str:
        """A text."""
        return self._typed(key, str, default, "text")

    def number(self, key: str) -> int | None:
        """A whole number; None where it is not given."""
        return self._typed(key, int, None, "an integer")

    def texts(self, key: str) -> tuple[str, ...] | None:
        """Several texts, or a single one; None where they are not given."""
        value = self._values.get(key) or None
        given = (value,) if isinstance(value, str) else value
        return self._several(key, given, str, "a text or several")

    def numbers(self, key: str) -> tuple[int, ...] | None:
        """Several whole numbers; None where they are not given."""
        return self._several(key, self._values.get(key), int, "integers")

    def url(self, key: str, schemes: tuple[str, ...]) -> str:
        """A URL without a slash at its end."""
        value = self.text(key)
        if not value.startswith(tuple(f"{scheme}://" for scheme in schemes)) or not _is_address(value):
            raise self.wrong(key, "not such a URL", expected=" or ".join(f"{scheme}://..." for scheme in schemes))
        return value.rstrip("/")

    @cached_property
    def trust(self) -> ssl.SSLContext | None:
        """What TLS connections trust: ``ca_file`` beside what this machine does; None where no ``ca_file`` is given.

        Raises:
            ValidationError: that is no file of certificates.
        """
        ca_file = self.text(CA_FILE)
        if not ca_file:
            return None
        context = ssl.create_default_context()
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            reason = "no certificate in it" if isinstance(error, ssl.SSLError) else "cannot be read"
            raise self.wrong(CA_FILE, reason, expected="path of a file of certificates, as PEM") from None
        return context

    def get(self, key: str) -> Any:
        """Whatever is there; None for nothing."""
        return self._values.get(key)

    def wrong(self, key: str, reason: str, *, expected: str = "") -> ValidationError:
        """An error about a key; it does not repeat the value, which may be secret."""
        return ValidationError(reason, vendor=self.vendor, message="place", path=key, expected=expected)

    def _several(self, key: str, value: object, kind: type[T], expected: str) -> tuple[T, ...] | None:
        if value is None:
            return None
        if not isinstance(value, list | tuple):
            raise self.wrong(key, f"got {shown(type(value).__name__)}", expected=expected)
        items = tuple(cast("Iterable[object]", value))
        for item in items:
            if not isinstance(item, kind) or isinstance(item, bool):
                raise self.wrong(key, f"got {shown(type(item).__name__)}", expected=expected)
        return cast("tuple[T, ...]", items)

    def _typed(self, key: str, kind: type[T], default: T | None, expected: str) -> T:
        value = self._values.get(key, default)
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            raise self.wrong(key, f"got {shown(type(value).__name__)}", expected=expected)
        return cast("T", value)


def _is_address(url: str) -> bool:
    """Whether a URL has a host, and a port that can be one where it has any."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _look(given: object, key: str) -> object:
    """The value of a key, or None."""
    for holder in (given, *(_member(given, name) for name in _NESTED)):
        value = _member(holder, key)
        if value is not None:
            return value
    return None


def _member(holder: object, key: str) -> object:
    if isinstance(holder, Mapping):
        return cast("Mapping[str, object]", holder).get(key)
    return getattr(holder, key, None)
