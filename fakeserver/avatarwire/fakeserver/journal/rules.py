"""What a secret is, and how it is taken out of text and bytes.

Two tables say what a secret is: :data:`SECRET_NAMES` (fields, headers and query parameters whose whole value
is secret) and :data:`RULES` (how a secret looks inside text: JSON, JSON inside a JSON string, URLs, header
lines, JWTs). Only these tables and the functions that walk them may live here. A masked value reads ``***``;
an empty value stays empty, because "no token" and "a token" have to look different.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

__all__ = [
    "MASK",
    "RULES",
    "SECRET_NAMES",
    "Rule",
    "could_hold_a_secret",
    "flat",
    "is_credentials",
    "is_secret",
    "mask_bytes",
    "masked",
    "may_be_secret",
]

MASK: Final = "***"

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
_SUSPECT_NAMES: Final = _FLAT_NAMES | _CREDENTIALS | {"channeltoken"}
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
        rf"""(["'])({_NAMES})\1(\s*:\s*b?)(["'])(?:(?!\4)[^\\]|\\[\s\S])+(\4|\\?\Z)""",
        rf"\1\2\1\3\4{MASK}\5",
    ),
    Rule(
        "json number",
        _HINTS,
        (":",),
        rf"""(["'])({_NAMES})\1(\s*:\s*)-?\d[\d.eE+-]*""",
        rf'\1\2\1\3"{MASK}"',
    ),
    # a parameter that was given more than once, or as a list where a text belongs
    Rule(
        "json list",
        _HINTS,
        ("[",),
        rf"""(["'])({_NAMES})\1(\s*:\s*)\[(?=\s*["'\d-])"""
        r"""(?:[\s,\d.eE+-]|"(?:[^"\\]|\\[\s\S])*+(?:"|\\?\Z)|'(?:[^'\\]|\\[\s\S])*+(?:'|\\?\Z))++(\]?)""",
        rf'\1\2\1\3["{MASK}"\4',
    ),
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
        rf"""((?<![\w-])(?:{_NAMES})=b?)(["'])(?:(?!\2)[^\\]|\\[\s\S])+(\2|\\?\Z)""",
        rf"\1\2{MASK}\3",
    ),
    # ?token=… and a form body, where a value may hold what ends one elsewhere
    Rule(
        "query parameter",
        _HINTS,
        ("=",),
        rf"((?:\A|\?|&|\\u0026)(?:{_NAMES})=)"
        r"""(?:[^&\s"'\\#,;()<>]|[,;()']++(?=[\w%~.+/=-]))+""",
        rf"\1{MASK}",
    ),
    Rule(
        "query parameter inside a parameter",
        _HINTS,
        ("=", "%3d"),
        rf"((?:%26|%3f)(?:{_NAMES})(?:=|%3d))"
        r"""(?:(?!%26)[^&\s"'\\#,;()<>])+""",
        rf"\1{MASK}",
    ),
    # Signature=… of an ACS3 header, and wherever else
    Rule(
        "parameter",
        _HINTS,
        ("=",),
        rf"""((?<![\w-])(?:{_NAMES})=)(?!b["'])[^&\s"'\\#,;()<>]+""",
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
    Rule("user of a url", ("://",), ("@",), r"(://[^\s/@:\"'\\?#]*:)[^\s/@\"'\\?#]+(?=@)", rf"\1{MASK}"),
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

_ESCAPE: Final = r"(\\+)u00([2-7][0-9a-f])|%([2-7][0-9a-f])"
_TEXT_ESCAPE: Final = re.compile(_ESCAPE, re.IGNORECASE)
_BYTE_ESCAPE: Final = re.compile(_ESCAPE.encode(), re.IGNORECASE)


def is_secret(name: str) -> bool:
    """Whether a field, header or query parameter of this name holds a secret."""
    return flat(name) in _FLAT_NAMES


def flat(name: str) -> str:
    """A name without its case and joining."""
    return name.translate(_JOINING).lower()


def is_credentials(name: str) -> bool:
    """Whether a header of this name says who asks: a scheme, then what is secret."""
    return flat(name) in _CREDENTIALS


def may_be_secret(name: str) -> bool:
    """Whether the whole value of a field of this name or part of it may be a secret."""
    return flat(name) in _SUSPECT_NAMES


def could_hold_a_secret(text: str) -> bool:
    """Whether a text has a word that hints at a secret, or escapes that could hide one."""
    lowered = text.lower()
    return "%" in text or "\\u" in text or any(hint in lowered for hint in _TEXT_HINTS)


def masked(text: str) -> str:
    """``text`` without secrets: for log lines, error texts and ``repr``."""
    text = _masked(text)
    if "%" in text or "\\u" in text:
        plain = _TEXT_ESCAPE.sub(_plain_text, text)
        if plain != text and (shown := _masked(plain)) != plain:
            return shown
    return text


def mask_bytes(data: bytes) -> bytes:
    """``data`` without secrets; the very same object when it holds no word that hints at one."""
    data = _masked_bytes(data)
    if b"%" in data or b"\\u" in data:
        plain = _BYTE_ESCAPE.sub(_plain_bytes, data)
        if plain != data and (shown := _masked_bytes(plain)) != plain:
            return shown
    return data


def _plain_text(found: re.Match[str]) -> str:
    """A sign that was written as an escape; in JSON a quotation mark and a backslash keep theirs."""
    char = chr(int(found[2] or found[3], 16))
    return found[1] + char if found[1] and char in '"\\' else char


def _plain_bytes(found: re.Match[bytes]) -> bytes:
    char = bytes((int(found[2] or found[3], 16),))
    return found[1] + char if found[1] and char in b'"\\' else char


def _masked(text: str) -> str:
    lowered = text.lower()
    present = {hint for hint in _TEXT_HINTS if hint in lowered}
    if present:
        for hints, marks, pattern, replacement in _TEXT_RULES:
            if not present.isdisjoint(hints) and any(mark in lowered for mark in marks):
                text = pattern.sub(replacement, text)
    return text


def _masked_bytes(data: bytes) -> bytes:
    lowered = data.lower()
    present = {hint for hint in _BYTE_HINTS if hint in lowered}
    if present:
        for hints, marks, pattern, replacement in _BYTE_RULES:
            if not present.isdisjoint(hints) and any(mark in lowered for mark in marks):
                data = pattern.sub(replacement, data)
    return data
