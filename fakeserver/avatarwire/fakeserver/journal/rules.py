"""How a secret looks inside text, and how it is taken out of text and bytes.

:data:`RULES` say it for JSON, JSON inside a JSON string, URLs, header lines, JWTs and the like; under which names
secrets stand is said in ``names.py``. Only that table and the functions that walk it may live here. A masked value is
``***``; an empty value stays empty, because "no token" and "a token" have to look different.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from avatarwire.fakeserver.journal.names import NAMES

__all__ = [
    "MASK",
    "RULES",
    "Rule",
    "could_hold_a_secret",
    "mask_bytes",
    "masked",
]

MASK: Final = "***"

_LAST: Final = ("token", "secret", "passwd", "password", "pwd", "key", "signature", "sign", "cookie")
"""The last words of all names."""
_SUSPECT: Final = rf"(?:{'|'.join(_LAST)})(?=\s{{0,4}}(\S))"
"""Finds what follows such a word, in lower case: most text is spared the expressions by that."""
_QUOTE: Final = ('"', "'")
_COLON: Final = (":",)
_BACKSLASH: Final = ("\\",)
_EQUALS: Final = ("=",)
_ASSIGNING: Final = ("=", "[", "+", "%")
_CLOSING: Final = (">",)

_QUOTED: Final = rf"""(["'])(\s{{0,4}}(?:{NAMES})\s{{0,4}})\1(\s*:\s*"""
"""A name in quotation marks, and the colon; the caller closes the last group."""
_BARE: Final = rf"([{{,]\s{{0,32}}(?:{NAMES})\s{{0,4}}:\s{{0,32}}"
"""The same without quotation marks, where a member of an object may begin."""
_NOTHING: Final = r"(?!(?:null|none|true|false|unset)\b)"
"""What there is instead of a value."""
_STRING: Final = r""""(?:[^"\\]|\\[\s\S])*+(?:"|\\?\Z)|'(?:[^'\\]|\\[\s\S])*+(?:'|\\?\Z)"""


def _inside(depth: int) -> str:
    """What may stand in a list or object of JSON, to so many levels."""
    inner = rf"|[\[{{]{_inside(depth - 1)}(?:[\]}}]|\Z)" if depth else ""
    return rf"""(?:[^"'\[\]{{}}]|{_STRING}{inner})*+"""


_WITHIN: Final = _inside(4)
_INDEX: Final = r"(?:\[[\w.-]{0,16}\])?(?:\+|%20){0,4}"
"""What may stand between the name of a parameter and its equals sign."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How one kind of secret looks inside text.

    Attributes:
        name: what the rule is for.
        hints: lower-case words of which one is present wherever the rule can match, or signs of which one follows the
            last word of a secret name; without one the rule does not run.
        pattern: expression for the text, case ignored; ASCII, so that it serves bytes too.
        replacement: what to put instead, as in :func:`re.sub`.
    """

    name: str
    hints: tuple[str, ...]
    pattern: str
    replacement: str


RULES: Final = (
    # {"token":"…"} and, in the repr of a Python value, {'token': '…'}; also when the text was cut off within
    # the value
    Rule(
        "json field",
        _QUOTE,
        rf"""{_QUOTED}b?)(["'])(?:(?!\4)[^\\]|\\[\s\S])+(\4|\\?\Z)""",
        rf"\1\2\1\3\4{MASK}\5",
    ),
    Rule(
        "json value",
        _QUOTE,
        rf"""{_QUOTED}){_NOTHING}(?!b?["'])[^\s"'\[\]{{}},]+""",
        rf'\1\2\1\3"{MASK}"',
    ),
    # a parameter that was given more than once, or as a list where a text belongs; what is nested more deeply than
    # anything real is masked to the end of the text
    Rule(
        "json list",
        _QUOTE,
        rf"{_QUOTED})\[(?!\s*\]){_WITHIN}(?:(\])|[\s\S]*)",
        rf'\1\2\1\3["{MASK}"\4',
    ),
    Rule(
        "json object",
        _QUOTE,
        rf"{_QUOTED})\{{(?!\s*\}}){_WITHIN}(?:(\}})|[\s\S]*)",
        rf'\1\2\1\3{{"{MASK}":"{MASK}"\4',
    ),
    # {token:"…"}, as JavaScript and people write it
    Rule(
        "name without quotation marks",
        _COLON,
        rf"""{_BARE}b?)(["'])(?:(?!\2)[^\\]|\\[\s\S])+(\2|\\?\Z)""",
        rf"\1\2{MASK}\3",
    ),
    Rule(
        "value without quotation marks",
        _COLON,
        rf"""{_BARE}){_NOTHING}(?!b?["'])[^\s,"'\[\]{{}}]+(?=\s*(?:[,\]}}\r\n]|\Z))""",
        rf"\1{MASK}",
    ),
    Rule(
        "list without quotation marks",
        _COLON,
        rf"{_BARE})[\[{{](?!\s*[\]}}]){_WITHIN}(?:[\]}}]|[\s\S]*)",
        rf"\1{MASK}",
    ),
    # {"channelToken":"{\"token\":\"…\"}"}: the value's own escapes are doubled there
    Rule(
        "json field inside a json string",
        _BACKSLASH,
        rf"""\\"({NAMES})\\"(\s*:\s*)\\"(?:[^"\\]|\\\\\\["\\]|\\\\[^"\\]|\\[^"\\])+(\\"|\\*\Z)""",
        rf'\\"\1\\"\2\\"{MASK}\3',
    ),
    # the look-behind and the possessive run keep a long row of backslashes from being tried at each of them
    Rule(
        "json field in deeper strings",
        _BACKSLASH,
        rf"""(?<!\\)(\\{{2,}}+")({NAMES})\1(\s*:\s*)\1[^"\\]+(?:\\+[^"\\]+)*+""",
        rf"\1\2\1\3\1{MASK}",
    ),
    # the same with what is no text, at any depth
    Rule(
        "json value in strings",
        _BACKSLASH,
        rf"""(?<!\\)(\\++")({NAMES})\1(\s*:\s*){_NOTHING}[^\s"'\\\[\]{{}},]+""",
        rf"\1\2\1\3\1{MASK}\1",
    ),
    Rule(
        "json list in strings",
        _BACKSLASH,
        rf"""(?<!\\)(\\++")({NAMES})\1(\s*:\s*)[\[{{](?!\s*[\]}}])"""
        r"""(?:[^"\\\[\]{}]|\1[^"\\]*(?:\\+[^"\\]+)*+\1)*+(?:[\]}]|[\s\S]*)""",
        rf"\1\2\1\3\1{MASK}\1",
    ),
    Rule(
        "opaque channel token",
        _QUOTE,
        r"""(["'])(channel[-_]?token)\1(\s*:\s*)(["'])(?!\s*\{)(?:(?!\4)[^\\]|\\[\s\S])+(\4|\\?\Z)""",
        rf"\1\2\1\3\4{MASK}\5",
    ),
    # password='…' in the repr of a struct
    Rule(
        "quoted parameter",
        _EQUALS,
        rf"""((?<![\w-])(?:{NAMES})=b?)(["'])(?:(?!\2)[^\\]|\\[\s\S])+(\2|\\?\Z)""",
        rf"\1\2{MASK}\3",
    ),
    # ?token=… and a form body, where a value may hold what ends one elsewhere
    Rule(
        "query parameter",
        _ASSIGNING,
        rf"((?:\A|\?|&|\\u0026)(?:\+|%20)*+(?:{NAMES}){_INDEX}=)"
        r"""(?:[^&\s"'\\#,;()<>]|[,;()']++(?=[\w%~.+/=-]))+""",
        rf"\1{MASK}",
    ),
    Rule(
        "query parameter inside a parameter",
        _ASSIGNING,
        rf"((?:%26|%3f)(?:{NAMES})(?:=|%3d))"
        r"""(?:(?!%26)[^&\s"'\\#,;()<>])+""",
        rf"\1{MASK}",
    ),
    # Signature=… of an ACS3 header, and wherever else
    Rule(
        "parameter",
        _ASSIGNING,
        rf"""((?<![\w-])(?:{NAMES}){_INDEX}=)(?!b["'])[^&\s"'\\#,;()<>]+""",
        rf"\1{MASK}",
    ),
    # of HTTP, of YAML, and of a part of a form
    Rule(
        "header line",
        _COLON,
        rf"((?:^|(?<=\n))[ \t]{{0,32}}(?:- )?(?:{NAMES})[ \t]{{0,4}}:[ \t]*)[^\s{{\[][^\r\n]*",
        rf"\1{MASK}",
    ),
    Rule(
        "lines of a list",
        _COLON,
        rf"((?:^|(?<=\n))[ \t]{{0,32}}(?:{NAMES}):)[ \t]*(?:\r?\n[ \t]*-[ \t]+[^\r\n]+)+",
        rf"\1 {MASK}",
    ),
    Rule(
        "part of a form",
        _QUOTE,
        rf"""(name=["']?(?:{NAMES})["']?[^\r\n]*\r?\n(?:[^\r\n]+\r?\n){{0,8}}\r?\n)(?!--)[^\r\n]+"""
        r"""(?:\r?\n(?!--)[^\r\n]*)*+""",
        rf"\1{MASK}",
    ),
    Rule("element", _CLOSING, rf"(<(?:{NAMES})\s{{0,4}}>)[^<>]+", rf"\1{MASK}"),
    Rule(
        "name and value",
        _QUOTE,
        rf"""("(?:name|key)"\s*:\s*"(?:{NAMES})"\s*,\s*"value"\s*:\s*")(?:[^"\\]|\\[\s\S])+""",
        rf"\1{MASK}",
    ),
    Rule(
        "scheme and credentials",
        ("bearer", "basic"),
        r"(bearer(?:\s+|%20|\+)|authorization[\"']?(?:\s*[:=]\s*|%3d)[\"']?basic(?:\s+|%20|\+))[\w.~+/=-]+",
        rf"\1{MASK}",
    ),
    # a URL that carries what is a header elsewhere
    Rule(
        "credentials in a query",
        ("authorization",),
        r"((?:\?|&|\\u0026|%26|%3f)authorization(?:=|%3d))(?!bearer(?:%20|\+|\s))(?:(?!%26)[^&\s\"'\\#])+",
        rf"\1{MASK}",
    ),
    Rule("user of a url", ("://",), r"(://[^\s/@:\"'\\?#]*:)[^\s/\"'\\?#]+(?=@)", rf"\1{MASK}"),
    Rule("token as the user of a url", ("http",), r"(https?://)[^\s/@:\"'\\?#]+(?=@)", rf"\1{MASK}"),
    Rule("jwt", ("eyj",), r"\beyJ[\w-]{5,}\.eyJ[\w-]{5,}\.[\w-]*", MASK),
)
"""Every kind of secret known, in the order the rules are applied."""

_TEXT_RULES: Final = tuple(
    (frozenset(rule.hints), re.compile(rule.pattern, re.IGNORECASE | re.ASCII), rule.replacement) for rule in RULES
)
_BYTE_RULES: Final = tuple(
    (
        frozenset(hint.encode() for hint in rule.hints),
        re.compile(rule.pattern.encode(), re.IGNORECASE),
        rule.replacement.encode(),
    )
    for rule in RULES
)
_TEXT_HINTS: Final = tuple(dict.fromkeys(hint for rule in RULES for hint in rule.hints if len(hint) > 1))
_BYTE_HINTS: Final = tuple(hint.encode() for hint in _TEXT_HINTS)
_TEXT_SUSPECT: Final = re.compile(_SUSPECT)
_BYTE_SUSPECT: Final = re.compile(_SUSPECT.encode())

_ESCAPE: Final = r"(\\+)u00([2-7][0-9a-f])|%([2-7][0-9a-f])"
_TEXT_ESCAPE: Final = re.compile(_ESCAPE, re.IGNORECASE)
_BYTE_ESCAPE: Final = re.compile(_ESCAPE.encode(), re.IGNORECASE)
_LAYERS: Final = 3
"""How often names may have been written as escapes."""


def could_hold_a_secret(text: str) -> bool:
    """Whether a text has a word that hints at a secret, or escapes that could hide one."""
    lowered = text.lower()
    return "%" in text or "\\u" in text or any(hint in lowered for hint in (*_LAST, *_TEXT_HINTS))


def masked(text: str) -> str:
    """``text`` without secrets: for log lines, error texts and ``repr``."""
    plain = text = _masked(text)
    for _ in range(_LAYERS):
        if "%" not in plain and "\\u" not in plain:
            break
        before, plain = plain, _TEXT_ESCAPE.sub(_plain_text, plain)
        if plain == before:
            break
        if (shown := _masked(plain)) != plain:
            return shown
    return text


def mask_bytes(data: bytes) -> bytes:
    """``data`` without secrets; the very same object when it holds no word that hints at one."""
    plain = data = _masked_bytes(data)
    for _ in range(_LAYERS):
        if b"%" not in plain and b"\\u" not in plain:
            break
        before, plain = plain, _BYTE_ESCAPE.sub(_plain_bytes, plain)
        if plain == before:
            break
        if (shown := _masked_bytes(plain)) != plain:
            return shown
    if b"\0" in data:
        # in UTF-16 or UTF-32 every second sign of a name is none
        plain = data.replace(b"\0", b"")
        if (shown := _masked_bytes(plain)) != plain:
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
    present = {*_TEXT_SUSPECT.findall(lowered), *[hint for hint in _TEXT_HINTS if hint in lowered]}
    if present:
        for hints, pattern, replacement in _TEXT_RULES:
            if not present.isdisjoint(hints):
                text = pattern.sub(replacement, text)
    return text


def _masked_bytes(data: bytes) -> bytes:
    lowered = data.lower()
    present = {*_BYTE_SUSPECT.findall(lowered), *[hint for hint in _BYTE_HINTS if hint in lowered]}
    if present:
        for hints, pattern, replacement in _BYTE_RULES:
            if not present.isdisjoint(hints):
                data = pattern.sub(replacement, data)
    return data
