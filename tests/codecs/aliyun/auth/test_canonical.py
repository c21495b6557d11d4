"""The canonical request against published and captured vectors, and the many ways to write the same query."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatarwire.codecs.aliyun.auth.canonical import (
    CanonicalRequest,
    canonical_query,
    canonical_request,
    collected,
    header_lines,
    sha256_hex,
    wire_bytes,
)

NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

VENDOR_EXAMPLE = CanonicalRequest(
    method="POST",
    path="/",
    query="ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai",
    headers=(
        "host:ecs.cn-shanghai.aliyuncs.com\n"
        "x-acs-action:RunInstances\n"
        f"x-acs-content-sha256:{NOTHING}\n"
        "x-acs-date:2023-10-26T10:22:32Z\n"
        "x-acs-signature-nonce:3156853299f313e23d1673dc12e1703d\n"
        "x-acs-version:2014-05-26\n"
    ),
    signed_headers="host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version",
    body_hash=NOTHING,
)

CAPTURED = f"""\
GET
/yic/yic-console/openService/v1/avatar/project/querySessionInfo
pageNo=1&pageSize=10&projectId=780931376329506816&statusList=STARTED%2CSTOPPED
accept:application/json
host:127.0.0.1:18431
user-agent:AlibabaCloud (Linux; x86_64) Python/3.11.7 Core/0.4.3 TeaDSL/2
x-acs-action:QuerySessionInfo
x-acs-content-sha256:{NOTHING}
x-acs-credentials-provider:static_ak
x-acs-date:2026-11-22T03:29:59Z
x-acs-signature-nonce:a189ae4099ae73d35284d2826ea57d86
x-acs-version:2024-03-13

accept;host;user-agent;x-acs-action;x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;x-acs-signature-nonce;x-acs-version
{NOTHING}"""


def test_the_vendors_published_example_gives_its_published_signature() -> None:
    assert VENDOR_EXAMPLE.signature("YourAccessKeySecret") == (
        "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_a_captured_request_is_rebuilt_line_by_line() -> None:
    request = canonical_request(
        "GET",
        "/yic/yic-console/openService/v1/avatar/project/querySessionInfo",
        "statusList=STARTED,STOPPED&projectId=780931376329506816&pageNo=1&pageSize=10",
        [
            ("Host", "127.0.0.1:18431"),
            ("User-Agent", "AlibabaCloud (Linux; x86_64) Python/3.11.7 Core/0.4.3 TeaDSL/2"),
            ("Accept", "application/json"),
            ("Accept-Encoding", "identity"),
            ("X-Acs-Action", "QuerySessionInfo"),
            ("x-acs-content-sha256", NOTHING),
            ("x-acs-credentials-provider", "static_ak"),
            ("x-acs-date", "2026-11-22T03:29:59Z"),
            ("x-acs-signature-nonce", "a189ae4099ae73d35284d2826ea57d86"),
            ("x-acs-version", "2024-03-13"),
        ],
        CAPTURED.split("\n")[-2].split(";"),
        NOTHING,
    )

    assert request.text == CAPTURED
    assert request.hashed == "65533cd57a048e5ea49739800de5b0d848559c6d5076e7642759069753024bf8"
    assert request.string_to_sign == f"ACS3-HMAC-SHA256\n{request.hashed}"
    assert request.signature("demo-sk-0123") == ("560a64337e34ad4be78f7c930d8a49bfaad629a8e5c0ac43bc04cd7f673ec1b6")


@pytest.mark.parametrize(
    ("sent", "canonical"),
    [
        ("", ""),
        ("b=2&a=1", "a=1&b=2"),
        ("text=good+day", "text=good%20day"),
        ("text=good%20day", "text=good%20day"),
        ("sum=1%2B1", "sum=1%2B1"),
        ("marks=*!'()", "marks=%2A%21%27%28%29"),
        ("marks=%2a%21%27%28%29", "marks=%2A%21%27%28%29"),
        ("bare=%41-%5F.%7e", "bare=A-_.~"),
        ("path=a/b?c", "path=a%2Fb%3Fc"),
        ("equation=a=b", "equation=a%3Db"),
        ("empty=", "empty="),
        ("nameonly", "nameonly="),
        ("&a=1&&b=2&", "a=1&b=2"),
        ("名=%E5%80%BC", "%E5%90%8D=%E5%80%BC"),
        ("broken=%zz%", "broken=%25zz%25"),
        ("latin=%E9", "latin=%E9"),
        ("a=2&b=0&a=1", "a=2&a=1&b=0"),
        ("a%C3%A9=1&a~=2", "a~=2&a%C3%A9=1"),
    ],
)
def test_a_query_has_one_canonical_form_however_it_was_sent(sent: str, canonical: str) -> None:
    assert canonical_query(sent) == canonical


@given(st.text())
def test_the_canonical_query_is_its_own_canonical_form(raw: str) -> None:
    once = canonical_query(raw)

    assert canonical_query(once) == once
    assert once.isascii()


def test_header_values_are_trimmed_outside_only_and_repeats_are_sorted_and_joined() -> None:
    values = {"x-acs-b": [" two ", "one  and more"], "x-acs-a": ["\tvalue"], "unsigned": ["ignored"]}

    assert header_lines(values, ["X-Acs-B", "x-acs-a"]) == "x-acs-b:one  and more,two\nx-acs-a:value\n"


def test_an_empty_path_counts_as_the_root_and_names_keep_the_clients_spelling() -> None:
    request = canonical_request("GET", "", "", {"host": "fake.test", "accept": "*/*"}, ["Host", "accept"], NOTHING)

    assert request.text == f"GET\n/\n\nhost:fake.test\naccept:*/*\n\nHost;accept\n{NOTHING}"


def test_headers_may_come_as_pairs_as_a_mapping_or_with_lists() -> None:
    expected = {"host": ["fake.test"], "via": ["b", "a"]}

    assert collected([("Host", "fake.test"), ("via", "b"), ("Via", "a")]) == expected
    assert collected({"HOST": "fake.test", "Via": ["b", "a"]}) == expected


def test_a_representation_never_shows_header_values() -> None:
    request = canonical_request("GET", "/", "", {"x-acs-security-token": "sts-9"}, ["x-acs-security-token"], NOTHING)

    assert "sts-9" in request.text
    assert "sts-9" not in repr(request)
    assert "headers" not in dict(request.__rich_repr__())


def test_the_body_hash_is_lower_case_hexadecimal() -> None:
    assert sha256_hex(b"") == NOTHING


@pytest.mark.parametrize(
    ("text", "data"),
    [("好", b"\xe5\xa5\xbd"), ("caf\udce9", b"caf\xe9"), ("\ud800", b"\xed\xa0\x80")],
)
def test_any_text_has_bytes(text: str, data: bytes) -> None:
    assert wire_bytes(text) == data
