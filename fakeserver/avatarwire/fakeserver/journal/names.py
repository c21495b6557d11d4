"""The names under which secrets stand.

Only names may live here; how a secret looks inside text is said in ``rules.py``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

__all__ = ["NAMES", "SECRET_NAMES", "flat", "is_credentials", "is_secret", "may_be_secret"]

SECRET_NAMES: Final = (
    "access-key-secret",
    "access-token",
    "agora-token",
    "api-key",
    "api-secret",
    "app-key",
    "app-secret",
    "auth-key",
    "auth-token",
    "client-secret",
    "cookie",
    "csrf-token",
    "id-token",
    "mqtt-password",
    "passwd",
    "password",
    "private-key",
    "private-token",
    "pwd",
    "refresh-token",
    "rtc-token",
    "secret",
    "secret-key",
    "security-token",
    "session-token",
    "set-cookie",
    "sign",
    "signature",
    "token",
    "tx-secret",
    "urtc-token",
    "ws-secret",
    "x-acs-bearer-token",
    "x-acs-security-token",
)
"""Names whose value is secret, words joined by ``-``. Case and joining do not matter: ``accessKeySecret``,
``access_key_secret`` and ``Access-Key-Secret`` are one name. Any of them may follow ``X-``, as in ``X-Api-Key``."""

_ENDINGS: Final = (
    "access-token",
    "api-key",
    "app-key",
    "auth-token",
    "passwd",
    "password",
    "private-key",
    "pwd",
    "refresh-token",
    "secret",
    "secret-key",
    "security-token",
    "session-token",
)
"""How names end that are secret whatever is before that, such as ``customerAppSecret``."""


def _joined(names: tuple[str, ...]) -> str:
    return "|".join(name.replace("-", "[-_. ]?") for name in names)


_JOINING: Final = str.maketrans("", "", "-_")
_CREDENTIALS: Final = frozenset(("authentication", "authorization", "proxyauthorization", "xauthorization"))
NAMES: Final = rf"(?:x[-_](?:[a-z0-9]{{1,16}}[-_])?)?(?:{_joined(SECRET_NAMES)})|[\w.-]{{1,32}}?(?:{_joined(_ENDINGS)})"
"""An expression for any of them, case ignored."""
_NAME: Final = re.compile(rf"\s*(?:{NAMES})\s*", re.IGNORECASE | re.ASCII)


@lru_cache(maxsize=4096)
def is_secret(name: str) -> bool:
    """Whether a field, header or query parameter of this name holds a secret."""
    return _NAME.fullmatch(name) is not None


def flat(name: str) -> str:
    """A name without its case and joining."""
    return name.translate(_JOINING).lower()


def is_credentials(name: str) -> bool:
    """Whether a header of this name says who asks: a scheme, then what is secret."""
    return flat(name) in _CREDENTIALS


def may_be_secret(name: str) -> bool:
    """Whether the whole value of a field of this name or part of it may be a secret."""
    return is_secret(name) or is_credentials(name) or flat(name) == "channeltoken"
