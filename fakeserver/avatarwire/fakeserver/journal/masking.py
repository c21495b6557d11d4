"""Secrets are taken out of everything that is kept, shown or logged.

Two tables say what a secret is: :data:`SECRET_NAMES` (fields, headers and query parameters whose whole value
is secret) and :data:`RULES` (how a secret looks inside text: JSON, JSON inside a JSON string, URLs, header
lines, JWTs). Only these tables and the functions that walk them may live here. A masked value reads ``***``;
an empty value stays empty, because "no token" and "a token" have to look different.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, cast

import msgspec

__all__ = [
    "MASK",
    "RULES",
    "SECRET_NAMES",
    "Rule",
    "is_innocent",
    "is_secret",
    "mask_bytes",
    "mask_headers",
    "mask_value",
    "masked",
]

MASK: Final = "***"
_TOO_DEEP: Final = "*** nested too deeply"
_DEEPEST: Final = 64

SECRET_NAMES: Final = (
    "access-key-secret",
    "access-token",
    "agora-token",
    "api-key",
    "api-secret",
    "app-key",
    "app-secret",
    "auth-key",
    "client-secret",
    "cookie",
    "mqtt-password",
    "passwd",
    "password",
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
``access_key_secret`` and ``Access-Key-Secret`` are one name."""

_JOINING: Final = str.maketrans("", "", "-_")
_FLAT_NAMES: Final = frozenset(name.translate(_JOINING) for name in SECRET_NAMES)
_CREDENTIALS: Final = frozenset(("authorization", "proxyauthorization"))
_NAMES: Final = "|".join(name.replace("-", "[-_]?") for name in SECRET_NAMES)
_HINTS: Final = ("token", "secret", "passw", "key", "sign", "cookie")
"""One of these is part of every secret name; looking for them first spares most text the expressions."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How one kind of secret looks inside text.

    Attributes:
        name: what the rule is for.
        hints: lower-case words of which one is present wherever the rule can match; without one the rule does
            not run.
        marks: lower-case marks of which one has to be present too.
        pattern: expression for the text, case ignored; ASCII, so that it serves bytes too.
        replacement: what to put instead, as in :func:`re.sub`.
    """

    name: str
    hints: tuple[str, ...]
    marks: tuple[str, ...]
    pattern: str
    replacement: str


RULES: Final = (
    # {"token":"…"} and, in the repr of a Python value, {'token': '…'}; also when the text was cut off within
    # the value
    Rule(
        "json field",
        _HINTS,
        (":",),
        rf"""(["'])({_NAMES})\1(\s*:\s*)(["'])(?:(?!\4)[^\\]|\\[\s\S])+(\4|\\?\Z)""",
        rf"\1\2\1\3\4{MASK}\5",
    ),
    Rule("json number", _HINTS, (":",), rf'"({_NAMES})"(\s*:\s*)-?\d[\d.eE+-]*', rf'"\1"\2"{MASK}"'),
    # {"channelToken":"{\"token\":\"…\"}"}: the value's own escapes are doubled there
    Rule(
        "json field inside a json string",
        _HINTS,
        ('\\"',),
        rf"""\\"({_NAMES})\\"(\s*:\s*)\\"(?:[^"\\]|\\\\\\["\\]|\\\\[^"\\]|\\[^"\\])+(\\"|\\*\Z)""",
        rf'\\"\1\\"\2\\"{MASK}\3',
    ),
    # the look-behind and the possessive run keep a long row of backslashes from being tried at each of them
    Rule(
        "json field in deeper strings",
        _HINTS,
        ('\\\\"',),
        rf"""(?<!\\)(\\{{2,}}+")({_NAMES})\1(\s*:\s*)\1[^"\\]+(?:\\+[^"\\]+)*+""",
        rf"\1\2\1\3\1{MASK}",
    ),
    Rule(
        "opaque channel token",
        ("token",),
        (":",),
        r"""(["'])(channel[-_]?token)\1(\s*:\s*)(["'])(?!\s*\{)(?:(?!\4)[^\\]|\\[\s\S])+(\4|\\?\Z)""",
        rf"\1\2\1\3\4{MASK}\5",
    ),
    # password='…' in the repr of a struct
    Rule(
        "quoted parameter",
        _HINTS,
        ("=",),
        rf"""((?<![\w-])(?:{_NAMES})=)(["'])(?:(?!\2)[^\\]|\\[\s\S])+(\2|\\?\Z)""",
        rf"\1\2{MASK}\3",
    ),
    # ?token=…, a form body, Signature=… of an ACS3 header
    Rule(
        "parameter",
        _HINTS,
        ("=", "%3d"),
        rf"((?<![\w-])(?:{_NAMES})=|(?:\?|&|\\u0026|%26|%3f)(?:{_NAMES})(?:=|%3d))"
        r"""(?:(?!%26)[^&\s"'\\#,;()<>])+""",
        rf"\1{MASK}",
    ),
    Rule("header line", _HINTS, (":",), rf"((?:^|(?<=\n))(?:{_NAMES}):[ \t]*)[^\s{{\[][^\r\n]*", rf"\1{MASK}"),
    Rule(
        "scheme and credentials",
        ("bearer", "basic"),
        ("",),
        r"(bearer(?:\s+|%20|\+)|authorization[\"']?(?:\s*[:=]\s*|%3d)[\"']?basic(?:\s+|%20|\+))[\w.~+/=-]+",
        rf"\1{MASK}",
    ),
    # a URL that carries what is a header elsewhere
    Rule(
        "credentials in a query",
        ("authorization",),
        ("=", "%3d"),
        r"((?:\?|&|\\u0026|%26|%3f)authorization(?:=|%3d))(?!bearer(?:%20|\+|\s))(?:(?!%26)[^&\s\"'\\#])+",
        rf"\1{MASK}",
    ),
    Rule("jwt", ("eyj",), (".",), r"\beyJ[\w-]{5,}\.eyJ[\w-]{5,}\.[\w-]*", MASK),
)
"""Every kind of secret known, in the order the rules are applied."""

_TEXT_RULES: Final = tuple(
    (rule.hints, rule.marks, re.compile(rule.pattern, re.IGNORECASE | re.ASCII), rule.replacement) for rule in RULES
)
_BYTE_RULES: Final = tuple(
    (
        tuple(hint.encode() for hint in rule.hints),
        tuple(mark.encode() for mark in rule.marks),
        re.compile(rule.pattern.encode(), re.IGNORECASE),
        rule.replacement.encode(),
    )
    for rule in RULES
)
_TEXT_HINTS: Final = tuple(dict.fromkeys(hint for rule in RULES for hint in rule.hints))
_BYTE_HINTS: Final = tuple(hint.encode() for hint in _TEXT_HINTS)


def is_secret(name: str) -> bool:
    """Whether a field, header or query parameter of this name holds a secret."""
    return name.translate(_JOINING).lower() in _FLAT_NAMES


def masked(text: str) -> str:
    """``text`` without secrets: for log lines, error texts and ``repr``."""
    lowered = text.lower()
    present = {hint for hint in _TEXT_HINTS if hint in lowered}
    if present:
        for hints, marks, pattern, replacement in _TEXT_RULES:
            if not present.isdisjoint(hints) and any(mark in lowered for mark in marks):
                text = pattern.sub(replacement, text)
    return text


def mask_bytes(data: bytes) -> bytes:
    """``data`` without secrets; the very same object when it holds no word that hints at one."""
    lowered = data.lower()
    present = {hint for hint in _BYTE_HINTS if hint in lowered}
    if present:
        for hints, marks, pattern, replacement in _BYTE_RULES:
            if not present.isdisjoint(hints) and any(mark in lowered for mark in marks):
                data = pattern.sub(replacement, data)
    return data


def is_innocent(data: bytes) -> bool:
    """Whether JSON bytes hold no word that hints at a secret, so that nothing decoded from them can be one.

    Escapes could spell such a word in another way; bytes with any are not innocent.
    """
    if b"\\" in data:
        return False
    lowered = data.lower()
    return not any(hint in lowered for hint in _BYTE_HINTS)


def mask_headers(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """HTTP headers without secrets.

    The same as `mask_value` gives, but fit for every request of a server: the values of all headers whose names are
    innocent are looked at together.
    """
    innocent = "\n".join([value for name, value in headers if _is_innocent_name(name)]).lower()
    suspect = any(hint in innocent for hint in _TEXT_HINTS)
    return tuple(
        [
            (name, value)
            if not suspect and _is_innocent_name(name)
            else (name, cast("str", _mask_named(name, value, _DEEPEST)))
            for name, value in headers
        ]
    )


@lru_cache(maxsize=1024)
def _is_innocent_name(name: str) -> bool:
    flat = name.translate(_JOINING).lower()
    return flat not in _FLAT_NAMES and flat not in _CREDENTIALS and flat != "channeltoken"


def mask_value(value: object) -> object:
    """A decoded value without secrets: strings by the rules, fields, keys and pairs by their names.

    Mappings, lists, tuples and msgspec structs are walked and copied only where something was masked; a value
    without secrets is returned as it is. Anything else is passed on. What is nested more than 64 levels deep
    is left out.
    """
    return _mask(value, _DEEPEST)


def _mask(value: object, depth: int) -> object:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, bytes):
        return mask_bytes(value)
    if isinstance(value, Mapping | list | tuple | msgspec.Struct):
        if depth == 0:
            return _TOO_DEEP
        if isinstance(value, msgspec.Struct):
            return _mask_struct(value, depth - 1)
        if isinstance(value, Mapping):
            return _mask_mapping(cast("Mapping[object, object]", value), depth - 1)
        return _mask_sequence(cast("list[object] | tuple[object, ...]", value), depth - 1)
    return value


def _mask_named(name: object, value: object, depth: int) -> object:
    """The value of a field: masked whole when its name says so, keeping only what is no secret by itself."""
    if isinstance(name, str) and isinstance(value, str | bytes | int | float) and not isinstance(value, bool):
        flat = name.translate(_JOINING).lower()
        if flat in _FLAT_NAMES:
            return MASK if value or not isinstance(value, str | bytes) else value
        if flat in _CREDENTIALS and isinstance(value, str):
            return _mask_credentials(value)
        if flat == "channeltoken" and isinstance(value, str) and value and not value.lstrip().startswith("{"):
            return MASK
    return _mask(value, depth)


def _mask_credentials(value: str) -> str:
    """An Authorization header: the scheme stays, and what an ACS3 header says beside its signature."""
    scheme, _, rest = value.partition(" ")
    if not rest:
        return MASK if value else value
    told, mark, signature = rest.rpartition("Signature=")
    if mark and scheme.startswith("ACS3-") and signature.isalnum() and told.startswith("Credential="):
        return f"{scheme} {told}{mark}{MASK}"  # what every signed call looks like: the rules would take their time
    return masked(value) if "signature=" in rest.lower() else f"{scheme} {MASK}"


def _mask_mapping(value: Mapping[object, object], depth: int) -> object:
    result = {key: _mask_named(key, item, depth) for key, item in value.items()}
    changed = any(result[key] is not item for key, item in value.items())
    return result if changed else value


def _mask_sequence(value: list[object] | tuple[object, ...], depth: int) -> object:
    if isinstance(value, tuple) and len(value) == 2:  # maybe a header: a name and its value
        items = [_mask(value[0], depth), _mask_named(value[0], value[1], depth)]
    else:
        items = [_mask(item, depth) for item in value]
    if all(new is old for new, old in zip(items, value, strict=True)):
        return value
    return items if isinstance(value, list) else tuple(items)


def _mask_struct(value: msgspec.Struct, depth: int) -> object:
    cls = type(value)
    changes: dict[str, object] = {}
    for name, encoded in zip(cls.__struct_fields__, cls.__struct_encode_fields__, strict=True):
        old: object = getattr(value, name)
        new = _mask_named(encoded, old, depth)
        if new is not old:
            changes[name] = new
    if not changes:
        return value
    result = copy.copy(value)  # not msgspec.structs.replace: the mask need not keep to the field's own checks
    for name, new in changes.items():
        msgspec.structs.force_setattr(result, name, new)
    return result
