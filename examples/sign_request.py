"""Signing an HTTP request (ACS3-HMAC-SHA256), verifying it, and learning why a signature is refused.

    python examples/sign_request.py

Nothing is sent. Date and nonce are fixed, so that the output is the same every time; a service takes the time and
a random text.
"""

from __future__ import annotations

from avatarwire.codecs import SignatureError
from avatarwire.codecs.aliyun import http, signature
from avatarwire.codecs.aliyun.http_enums import SessionQueryStatus
from avatarwire.codecs.operation import HttpRequest

ACCESS_KEY_ID = "example-key-id"
ACCESS_KEY_SECRET = "example-key-secret"
HOST = "127.0.0.1:8080"
NOW = 1_790_000_000.0


def sign(call: HttpRequest, *, host: str = HOST, secret: str = ACCESS_KEY_SECRET) -> dict[str, str]:
    """The headers that a client sends with a call."""
    return signature.sign(
        call.method,
        call.path,
        call.query,
        call.headers,
        call.body,
        access_key_id=ACCESS_KEY_ID,
        access_key_secret=secret,
        action=http.QUERY_SESSION_INFO.id,
        host=host,
        date=NOW,
        nonce="5ca1ab1e" * 4,
    )


def arrive(call: HttpRequest, headers: dict[str, str]) -> None:
    """What a server says to a request that arrives with these headers."""
    try:
        verified = signature.verify(
            call.method,
            call.path,
            call.query,
            {**headers, "host": HOST},
            call.body,
            secret_for={ACCESS_KEY_ID: ACCESS_KEY_SECRET}.get,
            now=NOW + 2,
            nonces=signature.NonceMemory(),
        )
    except SignatureError as error:
        print(error.code)
        # The rest is both canonical requests in full.
        print(error.explanation.partition("our canonical request")[0])
    else:
        print(f"let in: {verified.action} {verified.version} by {verified.access_key_id}\n")


def main() -> None:
    """Signs a call rightly, without the port of its host, and with the key that older schemes use."""
    call = http.QUERY_SESSION_INFO.encode_request(
        http.QuerySessionInfoRequest(
            project_id="640218735900112233",
            status_list=(SessionQueryStatus.STARTED, SessionQueryStatus.STOPPED),
            page_no=1,
        )
    )
    signed = sign(call)
    print(f"{call.method} {call.target} HTTP/1.1")
    for name, value in signed.items():
        print(f"{name}: {value}")

    print("\n-- as it was sent")
    arrive(call, signed)
    print("-- signed for a host without its port")
    arrive(call, sign(call, host="127.0.0.1"))
    print("-- signed with an ampersand after the secret")
    arrive(call, sign(call, secret=f"{ACCESS_KEY_SECRET}&"))


if __name__ == "__main__":
    main()
