"""Secrets are taken out of everything that is shown or logged: of decoded values, headers and findings.

Only how the rules reach each kind of thing may live here; what a secret is stands in ``rules.py``, whose functions on
text and bytes are here too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Final, cast

from avatarwire.codecs.core.findings import Finding
from avatarwire.fakeserver.journal.names import SECRET_NAMES, flat, is_credentials, is_secret, may_be_secret
from avatarwire.fakeserver.journal.rules import MASK, RULES, Rule, could_hold_a_secret, mask_bytes, masked
from avatarwire.fakeserver.journal.walking import Walk

__all__ = [
    "MASK",
    "RULES",
    "SECRET_NAMES",
    "Rule",
    "is_secret",
    "mask_bytes",
    "mask_finding",
    "mask_headers",
    "mask_url",
    "mask_value",
    "masked",
]


def mask_value(value: object) -> object:
    """A decoded value without secrets: strings by the rules, fields, keys and pairs by their names.

    It is copied only where something was masked, see :class:`Walk`; a value without secrets is returned as it is.
    """
    return _WALK(value)


def mask_headers(headers: tuple[tuple[str, str], ...], secret: Collection[str] = ()) -> tuple[tuple[str, str], ...]:
    """HTTP headers without secrets.

    The same as `mask_value` gives; the values of all headers whose names are innocent are looked at together.

    Args:
        headers: name and value pairs.
        secret: names, in lower case, of more headers whose values are masked whole.
    """
    if secret:
        headers = tuple(
            [(name, MASK) if value and name.lower() in secret else (name, value) for name, value in headers]
        )
    innocent = "\n".join([value for name, value in headers if _is_innocent_name(name)])
    suspect = could_hold_a_secret(innocent)
    return tuple(
        [
            pair
            if not suspect and _is_innocent_name(pair[0])
            else (masked(pair[0]), cast("str", _WALK.field(pair[0], pair[1])))
            for pair in headers
        ]
    )


@lru_cache(maxsize=1024)
def _is_innocent_name(name: str) -> bool:
    return not (may_be_secret(name) or could_hold_a_secret(name))


def _named(name: object, value: object) -> object:
    """The value of a field: masked whole when its name says so, keeping only what is no secret by itself."""
    if not isinstance(name, str) or isinstance(value, bool):
        return Walk.UNDECIDED
    if is_secret(name):
        if isinstance(value, str | bytes | bytearray):
            return MASK if value else value
        return MASK if isinstance(value, int | float | memoryview) else _BLANK(value)
    if isinstance(value, str):
        if is_credentials(name):
            return _mask_credentials(value)
        if flat(name) == "channeltoken" and value and not value.lstrip().startswith("{"):
            return MASK
    return Walk.UNDECIDED


_WALK: Final = Walk(masked, mask_bytes, _named)
_BLANK: Final = Walk(
    lambda text: MASK if text else text, lambda data: MASK.encode() if data else data, number=lambda _: MASK
)
"""Of what a secret name stands for nothing is shown, however it is nested."""


_USER: Final = re.compile(r"(://)[^\s/?#]+(?=@)")
_FRAGMENT: Final = re.compile(r"(://[^\s#]*#)\S+")


def mask_url(text: str) -> str:
    """A text without secrets, which may be an address that somebody has set: without who asks and the fragment, too."""
    return masked(_FRAGMENT.sub(rf"\1{MASK}", _USER.sub(rf"\1{MASK}", text)))


def _mask_credentials(value: str) -> str:
    """An Authorization header: the scheme stays, and what an ACS3 header says beside its signature."""
    scheme, _, rest = value.partition(" ")
    if not rest:
        return MASK if value else value
    told, mark, signature = rest.rpartition("Signature=")
    if mark and scheme.startswith("ACS3-") and signature.isalnum() and told.startswith("Credential="):
        return f"{scheme} {told}{mark}{MASK}"  # what every signed call looks like: the rules would take their time
    return masked(value) if "signature=" in rest.lower() else f"{scheme} {MASK}"


# -- findings ------------------------------------------------------------------------------------------------

_STEPS: Final = re.compile(r"""[.\[\]"'/:\s]+""")
_QUOTED: Final = re.compile(r"""(?<!\w)b?(["'])(?:(?!\1)[^\\]|\\[\s\S])*+(?:\1|\\?\Z)""")
_GOT: Final = re.compile(
    r"""\bgot\ (?!'\*\*\*'|
        (?:\d+\ (?:characters|items|bytes)|(?:a|an)\ \w+|text|null|true\ or\ false|bool|int|float|str|bytes|dict|list
        |NoneType)(?=[,;.\s\[]|\Z))
        .*""",
    re.VERBOSE | re.DOTALL,
)


def mask_finding(finding: Finding, text: Callable[[str], str] = masked) -> Finding:
    """A finding without secrets: its texts by the rules, and no value where its path names a secret field.

    Args:
        finding: as it was made.
        text: what takes secrets out of a text.
    """
    path, reason, expected = text(finding.path), text(finding.reason), text(finding.expected)
    if any(may_be_secret(step) for step in _STEPS.split(finding.path)):
        reason, expected = _without_values(reason), _without_values(expected)
    members = tuple([text(member) for member in finding.members])
    if (path, reason, expected, members) == (finding.path, finding.reason, finding.expected, finding.members):
        return finding
    return finding.replace(path=path, reason=reason, expected=expected, members=members)


def _without_values(text: str) -> str:
    """A sentence without what it quotes: ``got 'abc'`` or ``got 5``, but not what is said of a size or a type."""
    return _GOT.sub(f"got {MASK}", _QUOTED.sub(f"'{MASK}'", text))
