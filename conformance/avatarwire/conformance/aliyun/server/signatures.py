"""Cases about signatures ("ACS3-HMAC-SHA256", as the published SDK signs; the document leaves signing to it)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Final
from urllib.parse import urlsplit

from ...engine.bench import expect
from ...engine.case import Case
from ...engine.http_calls import Reply
from ..bench import AliyunBench, Signed
from ..cases import case
from ..verifiers import accepted, declined, refused

__all__ = ["CASES"]

_OPERATION: Final = "QueryAvatarResource"
_MINUTE: Final = 60.0

Send = Callable[[AliyunBench], Awaitable[Reply]]


def _changed(change: Callable[[Signed], None]) -> Send:
    """A call that is changed after it was signed."""

    async def send(bench: AliyunBench) -> Reply:
        signed = bench.signed(_OPERATION, {})
        change(signed)
        return await bench.go(signed)

    return send


def _without(name: str) -> Send:
    return _changed(lambda signed: signed.headers.__delitem__(name))


def _with(name: str, value: Callable[[str], str]) -> Send:
    return _changed(lambda signed: signed.headers.update({name: value(signed.headers.get(name, ""))}))


async def wrong_secret(bench: AliyunBench) -> Reply:
    return await bench.call(_OPERATION, {}, secret=bench.made_up("no-secret-"))


async def unknown_key(bench: AliyunBench) -> Reply:
    return await bench.call(_OPERATION, {}, key_id="LTAI5tNobodyHasThisOne")


async def too_late(bench: AliyunBench) -> Reply:
    return await bench.call(_OPERATION, {}, late=16 * _MINUTE)


async def too_early(bench: AliyunBench) -> Reply:
    return await bench.call(_OPERATION, {}, late=-16 * _MINUTE)


async def nonce_again(bench: AliyunBench) -> Reply:
    nonce = bench.made_up()
    accepted(await bench.call(_OPERATION, {}, nonce=nonce))
    return await bench.call(_OPERATION, {}, nonce=nonce)


async def replayed(bench: AliyunBench) -> Reply:
    signed = bench.signed(_OPERATION, {})
    accepted(await bench.go(signed))
    return await bench.go(signed)


async def changed_body(bench: AliyunBench) -> Reply:
    session = await bench.started()
    other = session.id[::-1]
    signed = bench.signed("CheckSession", {"projectId": session.project_id, "sessionId": other})
    signed.body = signed.body.replace(other.encode(), session.id.encode())
    return await bench.go(signed)


async def changed_body_and_hash(bench: AliyunBench) -> Reply:
    session = await bench.started()
    given = {"projectId": session.project_id, "sessionId": session.id}
    signed, other = bench.signed("CheckSession", given), bench.signed("CheckSession", {**given, "x": 1})
    signed.body, name = other.body, "x-acs-content-sha256"
    signed.headers[name] = other.headers[name]
    return await bench.go(signed)


async def changed_query(bench: AliyunBench) -> Reply:
    signed = bench.signed("QueryAvatarProject", {"projectId": "1"})
    signed.url = signed.url.replace("projectId=1", f"projectId={bench.project_id}")
    return await bench.go(signed)


async def more_query(bench: AliyunBench) -> Reply:
    signed = bench.signed("QueryAvatarProject", {"projectId": bench.project_id})
    signed.url += "&idempotentId=1"
    return await bench.go(signed)


async def other_path(bench: AliyunBench) -> Reply:
    given = {"projectId": bench.project_id, "projectIdList": bench.project_id}
    signed, other = bench.signed("QueryAvatarProject", given), bench.signed("ListAvatarProject", given)
    signed.url = signed.url.replace(urlsplit(signed.url).path, urlsplit(other.url).path)
    return await bench.go(signed)


def _unsigned_host(signed: Signed) -> None:
    """A list of signed headers that leaves the host open to be changed."""
    signed.headers["Authorization"] = signed.headers["Authorization"].replace("host;", "")


_AUTHORIZATION: Final = "Authorization"
_REFUSED: Final[tuple[tuple[str, str, Send, tuple[str, ...]], ...]] = (
    ("wrong_secret", "A signature with another secret", wrong_secret, ("SignatureDoesNotMatch",)),
    ("unknown_key", "A signature with an unknown key", unknown_key, ("InvalidAccessKeyId.NotFound",)),
    ("too_late", "A signature of sixteen minutes ago", too_late, ("InvalidTimeStamp.Expired",)),
    ("too_early", "A signature of sixteen minutes ahead", too_early, ("InvalidTimeStamp.Expired",)),
    ("nonce_again", "Another call with the same nonce", nonce_again, ("SignatureNonceUsed",)),
    ("replayed", "The very same call again", replayed, ("SignatureNonceUsed",)),
    ("changed_body", "A call whose body was changed after signing", changed_body, ("SignatureDoesNotMatch",)),
    (
        "changed_body_and_hash",
        "A call whose body and hash were changed after signing",
        changed_body_and_hash,
        ("SignatureDoesNotMatch",),
    ),
    ("changed_query", "A call whose query was changed after signing", changed_query, ("SignatureDoesNotMatch",)),
    ("more_query", "A call whose query was added to after signing", more_query, ("SignatureDoesNotMatch",)),
    (
        "other_path",
        "A call that is sent to another path than it was signed for",
        other_path,
        ("SignatureDoesNotMatch",),
    ),
    (
        "changed_header",
        "A call one of whose signed headers was changed",
        _with("accept", lambda _: "*/*"),
        ("SignatureDoesNotMatch",),
    ),
    (
        "changed_signature",
        "A call whose signature was changed",
        _with(_AUTHORIZATION, lambda value: value[:-1] + ("0" if value[-1] != "0" else "1")),
        ("SignatureDoesNotMatch",),
    ),
    (
        "short_signature",
        "A call with half a signature",
        _with(_AUTHORIZATION, lambda value: value[:-32]),
        ("SignatureDoesNotMatch", "IncompleteSignature"),
    ),
    ("unsigned_header", "A call with an x-acs header that is not signed", _with("x-acs-extra", lambda _: "1"), ()),
    ("unsigned_host", "A call whose host is not signed", _changed(_unsigned_host), ()),
    (
        "date_form",
        "A call with a date of another form",
        _with("x-acs-date", lambda _: "Sun, 29 Nov 2026 00:00:00 GMT"),
        (),
    ),
    ("no_authorization", "A call without Authorization", _without(_AUTHORIZATION), ("IncompleteSignature",)),
    ("no_date", "A call without x-acs-date", _without("x-acs-date"), ("IncompleteSignature",)),
    ("no_nonce", "A call without x-acs-signature-nonce", _without("x-acs-signature-nonce"), ("IncompleteSignature",)),
    ("no_hash", "A call without x-acs-content-sha256", _without("x-acs-content-sha256"), ("IncompleteSignature",)),
    (
        "other_algorithm",
        "A call with another algorithm",
        _with(_AUTHORIZATION, lambda value: value.replace("ACS3-HMAC-SHA256", "ACS3-HMAC-MD5")),
        ("IncompleteSignature",),
    ),
    (
        "bearer",
        "A call with a bearer token",
        _with(_AUTHORIZATION, lambda _: "Bearer abcdef"),
        ("IncompleteSignature",),
    ),
    (
        "no_signature",
        "A call whose Authorization has no Signature",
        _with(_AUTHORIZATION, lambda value: value.partition(",Signature=")[0]),
        ("IncompleteSignature",),
    ),
    (
        "no_credential",
        "A call whose Authorization has no Credential",
        _with(_AUTHORIZATION, lambda value: value.replace("Credential=", "Credentials=")),
        ("IncompleteSignature",),
    ),
)
"""What is wrong, in words, how it is sent, and the codes of the vendor's lists that go with it."""


def _refusals() -> Iterator[Case[AliyunBench]]:
    for name, what, send, codes in _REFUSED:

        async def is_refused(bench: AliyunBench, send: Send = send) -> None:
            declined(await send(bench))
            accepted(await bench.call(_OPERATION, {}))

        async def is_coded(bench: AliyunBench, send: Send = send, codes: tuple[str, ...] = codes) -> None:
            refused(await send(bench), *codes)

        yield case(f"http.signature.{name}", f"{what} is refused.", "ACS3 ALI-E67", is_refused, "invalid")
        if codes:
            title = f"{what} is refused as {' or '.join(codes)}."
            yield case(f"http.signature.code.{name}", title, "ALI-E66 ALI-E67", is_coded, "invalid")


# --- what is right ---


async def in_time(bench: AliyunBench) -> None:
    for late in (14 * _MINUTE, -14 * _MINUTE):
        accepted(await bench.call(_OPERATION, {}, late=late))


async def more_headers(bench: AliyunBench) -> None:
    accepted(
        await bench.call(_OPERATION, {}, headers={"user-agent": "conformance  of  two spaces", "x-acs-extra": "1"})
    )


async def long_nonce(bench: AliyunBench) -> None:
    accepted(await bench.call(_OPERATION, {}, nonce=(bench.made_up() * 4)[:64]))


async def order_of_query(bench: AliyunBench) -> None:
    given = {"useScene": "realTimeInteractivity", "resSpecType": "BASIC_MODEL", "coverRate": "9:16"}
    signed = bench.signed("ListAnchor", given)
    path, _, query = signed.url.partition("?")
    signed.url = f"{path}?{'&'.join(reversed(query.split('&')))}"
    accepted(await bench.go(signed))


async def forms_of_query(bench: AliyunBench) -> None:
    for space in ("+", "%20"):
        query = f"projectIdList={bench.project_id}&note=a{space}b"
        accepted(await bench.call("ListAvatarProject", {}, query=query))


async def unsigned_header(bench: AliyunBench) -> None:
    signed = bench.signed(_OPERATION, {})
    signed.headers["x-forwarded-for"] = "127.0.0.1"
    accepted(await bench.go(signed))


async def same_nonce_elsewhere(bench: AliyunBench) -> None:
    found = [await bench.call(_OPERATION, {}, nonce=bench.made_up()) for _ in range(3)]
    expect(all(reply.status == 200 for reply in found), "three successes", [reply.status for reply in found])


_HTTP: Final = "http.signature."
CASES: Final = (
    *_refusals(),
    case(_HTTP + "in_time", "A signature of fourteen minutes ago or ahead is accepted.", "ACS3 ALI-E67", in_time),
    case(_HTTP + "more_headers", "Further headers may be signed.", "ACS3 ALI-E67", more_headers),
    case(_HTTP + "long_nonce", "A nonce may have 64 digits.", "ACS3 ALI-E67", long_nonce),
    case(
        _HTTP + "order_of_query", "The order of the query does not matter.", "ACS3 ALI-E67", order_of_query, exact=True
    ),
    case(_HTTP + "forms_of_query", "A space of the query may be + or %20.", "ACS3 ALI-E67", forms_of_query),
    case(_HTTP + "header_of_proxy", "Headers that others add need not be signed.", "ACS3 ALI-E67", unsigned_header),
    case(_HTTP + "new_nonces", "Calls with nonces of their own are accepted.", "ACS3 ALI-E67", same_nonce_elsewhere),
)
