"""Masking: what counts as a secret in text, in bytes, in decoded values, and what is left alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote, quote_plus

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatarwire.fakeserver.journal import Violation
from avatarwire.fakeserver.journal.literals import Literals
from avatarwire.fakeserver.journal.masking import RULES, is_secret, mask_bytes, mask_finding, mask_value, masked

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzZXNzaW9uSWQiOiJzLTEifQ.c2lnbmF0dXJl"

MASKED = {
    "json field": ('{"token":"abc","a":1}', '{"token":"***","a":1}'),
    "json field, spaces and escapes": (r'{"password" : "a\"b\\"}', '{"password" : "***"}'),
    "json field, other spellings": (
        '{"AccessKeySecret":"a","app_key":"b"}',
        '{"AccessKeySecret":"***","app_key":"***"}',
    ),
    "json field, cut off": ('{"a":1,"accessToken":"abc', '{"a":1,"accessToken":"***'),
    "json field, cut off within an escape": ('{"secret":"abc\\', '{"secret":"***\\'),
    "json number": ('{"password":123456,"a":1}', '{"password":"***","a":1}'),
    "repr of a dict": ("{'token': 'abc', 'a': 1}", "{'token': '***', 'a': 1}"),
    "repr of a struct": ("Login(user='u', password='a b')", "Login(user='u', password='***')"),
    "json inside a json string": (
        r'{"channelToken":"{\"channelId\":\"c\",\"token\":\"a\\\"b\\nc\",\"nonce\":\"n\"}"}',
        r'{"channelToken":"{\"channelId\":\"c\",\"token\":\"***\",\"nonce\":\"n\"}"}',
    ),
    "json inside a json string, cut off": (r'{"channelToken":"{\"token\":\"ab', r'{"channelToken":"{\"token\":\"***'),
    "json two strings deep": (
        r'"{\"x\":\"{\\\"token\\\":\\\"a\\\\nb\\\",\\\"n\\\":1}\"}"',
        r'"{\"x\":\"{\\\"token\\\":\\\"***\\\",\\\"n\\\":1}\"}"',
    ),
    "channel token that is no json": ('{"channelToken":"opaque"}', '{"channelToken":"***"}'),
    "url": (
        "ws://127.0.0.1/v1/interaction?token=abc&sessionId=s-1",
        "ws://127.0.0.1/v1/interaction?token=***&sessionId=s-1",
    ),
    "url, ampersand escaped in json": (
        r'{"u":"/x?a=1\u0026token=abc\u0026b=2"}',
        r'{"u":"/x?a=1\u0026token=***\u0026b=2"}',
    ),
    "url inside a url": ("next=http%3A%2F%2Fh%3Ftoken%3Dabc%26x%3D1", "next=http%3A%2F%2Fh%3Ftoken%3D***%26x%3D1"),
    "push url": ("rtmp://127.0.0.1/live/x?auth_key=1-0-0-abc&a=1", "rtmp://127.0.0.1/live/x?auth_key=***&a=1"),
    "bearer in a url": ("wss://h/x?Authorization=Bearer%20abc&a=1", "wss://h/x?Authorization=Bearer%20***&a=1"),
    "bare token in a url": ("wss://h/x?Authorization=abc&a=1", "wss://h/x?Authorization=***&a=1"),
    "query, what ends a value elsewhere": (
        "/x?token=a,b;c'(d&sessionId=s-1&password=p%26q",
        "/x?token=***&sessionId=s-1&password=***",
    ),
    "query, a name that is spelt with escapes": ("/x?%74oken=abc&a=1", "/x?token=***&a=1"),
    "json in a query": ("/x?p=%7B%22token%22%3A%22abc%22%7D", '/x?p={"token":"***"}'),
    "json field, a name that is spelt with escapes": (r'{"\u0074oken":"abc"}', '{"token":"***"}'),
    "json inside a json string, quoted by escapes": (
        r'{"x":"{\u0022token\u0022:\u0022abc\u0022}"}',
        r'{"x":"{\"token\":\"***\"}"}',
    ),
    "json list": ('{"token":["abc",5,"d]"],"a":["b"]}', '{"token":["***"],"a":["b"]}'),
    "json list, cut off": ('{"token":["abc","d', '{"token":["***"'),
    "repr of a dict with bytes and numbers": ("{'token': b'abc', 'sign': 5}", "{'token': b'***', 'sign': \"***\"}"),
    "repr of a struct with bytes": ("Login(password=b'a b')", "Login(password=b'***')"),
    "user of a url": ("mqtt://user:abc@127.0.0.1:1883/x", "mqtt://user:***@127.0.0.1:1883/x"),
    "form": ("password=abc&user=u", "password=***&user=u"),
    "acs3 signature": (
        "ACS3-HMAC-SHA256 Credential=AK,SignedHeaders=host;x-acs-date,Signature=0f3a",
        "ACS3-HMAC-SHA256 Credential=AK,SignedHeaders=host;x-acs-date,Signature=***",
    ),
    "header lines": (
        "Host: h\r\nx-acs-security-token: abc\r\ntoken: def\r\n",
        "Host: h\r\nx-acs-security-token: ***\r\ntoken: ***\r\n",
    ),
    "bearer header": ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
    "basic header": ("Authorization: Basic dTpw", "Authorization: Basic ***"),
    "json field, blanks in its name": ('{"token " : "abc"}', '{"token " : "***"}'),
    "json field, words joined otherwise": (
        '{"app.secret":"a","app secret":"b","APP-KEY":"c"}',
        '{"app.secret":"***","app secret":"***","APP-KEY":"***"}',
    ),
    "json field, words before it": (
        '{"x-api-key":"a","customerAppSecret":"b","mqtt_pwd":"c","my.password":"d","privateKey":"e"}',
        '{"x-api-key":"***","customerAppSecret":"***","mqtt_pwd":"***","my.password":"***","privateKey":"***"}',
    ),
    "json value without quotation marks": ('{"token":abc.def,"sign":-1.5e3}', '{"token":"***","sign":"***"}'),
    "json list, nested": ('{"token":[["abc"],{"a":["d}"]},null],"a":[1]}', '{"token":["***"],"a":[1]}'),
    "json list, nested too deeply": ('{"token":[[[[[[["abc"]]]]]]],"a":1}', '{"token":["***"'),
    "json object": ('{"token":{"value":"abc","n":{"m":["d"]}},"a":{}}', '{"token":{"***":"***"},"a":{}}'),
    "json object, cut off": ('{"token":{"value":"abc', '{"token":{"***":"***"'),
    "names without quotation marks": (
        """{token:"abc", sign : 'd\\'e',a:1,password: fgh,pwd:5}""",
        """{token:"***", sign : '***',a:1,password: ***,pwd:***}""",
    ),
    "names without quotation marks, cut off": ('{token:"abc', '{token:"***'),
    "lists without quotation marks": ('{token:["abc",[1]],sign:{a:"b"},a:[1]}', "{token:***,sign:***,a:[1]}"),
    "list inside a json string": (
        r'{"x":"{\"token\":[\"a]b\",\"c\"],\"sign\":{\"d\":\"e\"},\"a\":1}"}',
        r'{"x":"{\"token\":\"***\",\"sign\":\"***\",\"a\":1}"}',
    ),
    "number inside a json string": (r'{"x":"{\"token\":123,\"a\":4}"}', r'{"x":"{\"token\":\"***\",\"a\":4}"}'),
    "parameter, as one of a list": ("/x?token[]=abc&token[0]=def&sign=ghi", "/x?token[]=***&token[0]=***&sign=***"),
    "parameter, as one of a list, with escapes": ("/x?token%5B%5D=abc&a=1", "/x?token[]=***&a=1"),
    "parameter, blanks in its name": ("/x?+token=abc&sign%20=def", "/x?+token=***&sign%20=***"),
    "query, escapes of escapes": ("/x?to%256ben=abc&a=1", "/x?token=***&a=1"),
    "query, escapes of escapes of escapes": ("/x?to%25256ben=abc", "/x?token=***"),
    "fragment": ("http://h/x#access_token=abc&a=1", "http://h/x#access_token=***&a=1"),
    "user of a url, signs in the password": ("http://u:a:b@c@h/x", "http://u:***@h/x"),
    "user of a url alone": ("https://abc@h/x mqtt://user@h", "https://***@h/x mqtt://user@h"),
    "lines of yaml": ("a: 1\n  token: abc\n- sign: def\n", "a: 1\n  token: ***\n- sign: ***\n"),
    "lists of yaml": ("token:\n  - abc\n  - def\na: 1\n", "token: ***\na: 1\n"),
    "part of a form": (
        '--b\r\nContent-Disposition: form-data; name="token"\r\n\r\nabc\r\ndef\r\n--b--',
        '--b\r\nContent-Disposition: form-data; name="token"\r\n\r\n***\r\n--b--',
    ),
    "element": ("<a><appSecret>abc</appSecret></a>", "<a><appSecret>***</appSecret></a>"),
    "name and value": ('[{"name": "token", "value": "abc"}]', '[{"name": "token", "value": "***"}]'),
    "jwt": (f"refused {JWT} as expired", "refused *** as expired"),
}

KEPT = [
    '{"token":"","a":1}',
    '{"token":null}',
    '{"max_reply_token":512,"projectId":"780931376329506816"}',
    '{"channelToken":"{\\"channelId\\":\\"c\\",\\"nonce\\":\\"n\\"}"}',
    "the token of a basic signal: design=blue",
    '{"token":[],"sign":{}}',
    "{token:null,sign: true}",
    "the header is missing, token: expected one of an account",
    "2 keys, sign: or key: what comes first",
    '{"text":"你好"}',
    "",
]


@pytest.mark.parametrize("case", MASKED)
def test_secrets_are_taken_out_of_text_and_bytes_alike(case: str) -> None:
    plain, expected = MASKED[case]
    assert masked(plain) == expected
    assert mask_bytes(plain.encode()) == expected.encode()
    assert masked(expected) == expected


@pytest.mark.parametrize("text", KEPT)
def test_what_is_no_secret_stays(text: str) -> None:
    assert masked(text) == text
    assert mask_bytes(text.encode()) == text.encode()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16", "utf-32-be"])
def test_secrets_are_taken_out_of_wider_text(encoding: str) -> None:
    assert b"abc" not in mask_bytes('{"token":"abc"}'.encode(encoding)).replace(b"\0", b"")
    plain = '{"text":"abc"}'.encode(encoding)
    assert mask_bytes(plain) is plain


def test_bytes_that_are_no_text_stay() -> None:
    data = bytes(range(256))
    assert mask_bytes(data) is data
    assert mask_bytes(b'\xff{"token":"\xfe"}\x00') == b'\xff{"token":"***"}\x00'


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_is_needed(rule: Any) -> None:
    """Without the rule, one of the samples above is not masked as it is with all of them."""

    def every(text: str, but: object = None) -> str:
        for other in RULES:
            if other is not but:
                text = re.sub(other.pattern, other.replacement, text, flags=re.IGNORECASE | re.ASCII)
        return text

    def without(text: str) -> str:
        return every(text, rule)

    assert any(without(plain) != every(plain) for plain, _ in MASKED.values())


@pytest.mark.parametrize(
    "text",
    [
        '{"token":"' + "\\" * 200_000,
        '\\"token\\":\\"' + "\\" * 200_000,
        "token " + "\\" * 200_000 + '"',
        '\\\\"token\\\\":\\\\"' + "\\a" * 100_000,
        '"token"' + " " * 200_000,
        "bearer " + " " * 200_000,
        "token=" * 50_000,
        "{token:" * 50_000,
        '{"token":[' * 20_000,
        '"token":{"a' * 20_000,
        '\\"token\\":[' * 20_000,
        "token:" + "[{" * 50_000,
        "token " + "a_" * 100_000,
        "name=token\r\n" + "a\r\n" * 100_000,
        "\ntoken:\n - x" * 20_000,
        "%2574oken" * 20_000,
    ],
    ids=[
        *("value", "inner value", "row", "deep value", "spaces", "scheme", "parameters", "bare names", "lists"),
        *("objects", "inner lists", "brackets", "words", "forms", "yaml", "escapes"),
    ],
)
def test_hostile_text_takes_no_longer_than_other_text(text: str) -> None:
    """With backtracking gone wrong each of these takes minutes, and the run's time limit ends it."""
    masked(text)


@pytest.mark.parametrize(
    "name",
    [
        *("token", "Token", "access_key_secret", "accessKeySecret", "X-Acs-Security-Token", "sign", " token "),
        *("X-Api-Key", "api key", "X-Auth-Token", "X-Amz-Security-Token", "X-Password", "myAppSecret", "private.key"),
    ],
)
def test_secret_names(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize(
    "name", ["channelToken", "max_reply_token", "tokens", "design", "accessKeyId", "key", "X-Acs-Signature-Nonce", ""]
)
def test_names_that_are_no_secret(name: str) -> None:
    assert not is_secret(name)


# --- decoded values ---


class Login(msgspec.Struct, rename="camel"):
    user: str
    access_key_secret: str = ""
    attempts: int = 0

    def __post_init__(self) -> None:
        if self.access_key_secret and len(self.access_key_secret) < 8:
            raise ValueError("too short")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"token": "abc", "a": 1}, {"token": "***", "a": 1}),
        ({"password": 1234, "sign": b"abc"}, {"password": "***", "sign": "***"}),
        ({"list": [{"Cookie": "abc"}, "x?token=abc"]}, {"list": [{"Cookie": "***"}, "x?token=***"]}),
        (({"token": "abc"}, b"token=abc"), ({"token": "***"}, b"token=***")),
        ({"channelToken": '{"token":"abc"}'}, {"channelToken": '{"token":"***"}'}),
        ({"channelToken": "opaque"}, {"channelToken": "***"}),
        ({"Authorization": "Bearer abc"}, {"Authorization": "Bearer ***"}),
        ({"Authorization": "Digest a=b, c=d"}, {"Authorization": "Digest ***"}),
        ({"authorization": "abc"}, {"authorization": "***"}),
        (
            {"Proxy-Authorization": "ACS3 Credential=AK,Signature=0f"},
            {"Proxy-Authorization": "ACS3 Credential=AK,Signature=***"},
        ),
        ((("Token", "abc"), ("Host", "h")), (("Token", "***"), ("Host", "h"))),
        ([("authorization", "abc"), ("x", "y?token=abc")], [("authorization", "***"), ("x", "y?token=***")]),
        (MappingProxyType({"token": "abc"}), {"token": "***"}),
    ],
)
def test_values_are_masked_by_name_and_by_rule(value: object, expected: object) -> None:
    assert mask_value(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        {"token": "", "channelToken": "", "authorization": "", "n": [1, None, True]},
        {"token": None, "sign": True, "secret": {}, "password": [None, ["", False]]},
        ["a", ("b", 2.5)],
        Login("u"),
        None,
    ],
)
def test_a_value_without_secrets_is_returned_itself(value: object) -> None:
    assert mask_value(value) is value


def test_a_struct_is_copied_and_its_own_checks_do_not_stand_in_the_way() -> None:
    login = Login("u", "sk-0123456", attempts=2)
    shown = mask_value({"data": login})
    assert repr(shown) == "{'data': Login(user='u', access_key_secret='***', attempts=2)}"
    assert login.access_key_secret == "sk-0123456"


def test_very_deep_values_are_cut_off() -> None:
    value: object = "token=abc"
    for _ in range(5000):
        value = [value]
    text = repr(mask_value(value))
    assert text == "[" * 64 + "'*** nested too deeply'" + "]" * 64


def test_of_what_nobody_knows_the_type_is_kept() -> None:
    assert mask_value([object(), ValueError("abc"), int]) == ["<object>", "<ValueError>", "<int>"]


def test_each_of_several_values_of_a_name_is_a_secret() -> None:
    assert mask_value({"token": ["abc", "", {"a": 1}, [None, (b"d", 2)]], "a": [("token", "abc")]}) == {
        "token": ["***", "", {"***": "***"}, [None, (b"***", "***")]],
        "a": [("token", "***")],
    }


# --- findings ---


@pytest.mark.parametrize(
    ("path", "reason", "expected"),
    [
        ("token", "got 'abc'", "got '***'"),
        ("token", "got 'abc", "got '***'"),
        ("data.list[0].rtcToken", "got 12345", "got ***"),
        ("headers.Authorization", "not the token", "not the token"),
        ("token", "got 300 characters", "got 300 characters"),
        ("token", "got an integer", "got an integer"),
        ("token", "got null", "got null"),
        ("token", "the client's name isn't there", "the client's name isn't there"),
        ("text", "got 'abc'", "got 'abc'"),
        ("text", "got {'token': 'abc'}", "got {'token': '***'}"),
    ],
)
def test_a_finding_about_a_secret_quotes_no_value(path: str, reason: str, expected: str) -> None:
    finding = Violation("X-1", path, reason)
    shown = mask_finding(finding)
    assert shown == Violation("X-1", path, expected)
    assert (shown is finding) == (reason == expected)


# --- texts that are secret although no name says so ---


WAYS_TO_WRITE: Final[tuple[Callable[[str], str], ...]] = (
    str,
    json.dumps,
    lambda text: json.dumps(text, ensure_ascii=False),
    lambda text: json.dumps(json.dumps(text)),
    lambda text: quote(text.encode("utf-8", "surrogatepass"), safe=""),
    lambda text: quote_plus(text.encode("utf-8", "surrogatepass")),
    lambda text: msgspec.json.encode(text).decode() if text.isprintable() else text,
)


@given(
    inner=st.text(max_size=8),
    write=st.sampled_from(WAYS_TO_WRITE),
)
def test_a_literal_is_found_however_it_is_written(inner: str, write: Callable[[str], str]) -> None:
    secret = f"S{inner}T"
    written, literals = write(secret), Literals(("other", secret))
    shown = literals.text(written)
    assert shown.strip('"\\') == "***"
    assert literals.data(written.encode("utf-8", "surrogatepass")) == shown.encode("utf-8", "surrogatepass")


# --- any secret at all ---


@given(
    before=st.text(),
    after=st.text(),
    name=st.sampled_from(["token", "accessKeySecret", "app_key"]),
    inner=st.booleans(),
)
def test_no_json_escape_lets_a_secret_through(before: str, after: str, name: str, inner: bool) -> None:
    text = json.dumps({name: f"{before}S3CR3T{after}", "next": "kept"}, ensure_ascii=len(after) % 2 == 0)
    if inner:
        text = json.dumps({"channelToken": text}, ensure_ascii=len(before) % 2 == 0)
    shown = masked(text)
    assert "S3CR3T" not in shown
    assert "kept" in shown
    assert json.loads(shown)  # still JSON
    encoded = mask_bytes(text.encode("utf-8", "surrogatepass"))
    assert encoded == shown.encode("utf-8", "surrogatepass")
