"""How a recording reads what passes between clients and Aliyun, and signs calls anew, whose signature covers the host.

Only that lives here; what passes it on is every vendor's (`record/`).
"""

from __future__ import annotations

import hmac
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final

from avatarwire.codecs.aliyun.auth.canonical import canonical_request, sha256_hex
from avatarwire.codecs.aliyun.catalogue import CATALOGUE
from avatarwire.codecs.aliyun.http import OPERATIONS
from avatarwire.codecs.aliyun.messages import AsrStartRequest, TextDriveRequest, TextDriveResponse
from avatarwire.codecs.aliyun.signature import ALGORITHM, NonceMemory, parse_authorization, verify
from avatarwire.codecs.aliyun.wire.frame import Frame, decode
from avatarwire.codecs.aliyun.wire.header import HEADER_SIZE
from avatarwire.codecs.aliyun.wire.table import BY_ID
from avatarwire.codecs.core.headers import Collected
from avatarwire.codecs.errors import CodecError, SignatureError, shown
from avatarwire.fakeserver.aliyun.frame_errors import received_frame, unreadable
from avatarwire.fakeserver.aliyun.http import named, validation
from avatarwire.fakeserver.aliyun.session_credentials import SOCKET_PATH
from avatarwire.fakeserver.effects import HttpCall
from avatarwire.fakeserver.journal.entry import Violation
from avatarwire.fakeserver.record.wire import UNSIGNED, Heard, Sender, Signed, Signing, Socket, Wire, heard

__all__ = ["recorded"]

_LARGEST: Final = 16 * 1024 * 1024
"""Bytes of a frame that are read."""
_REMEMBERED: Final = 4096
"""Serial numbers and ids of texts that an answer may be to."""
_SPOKEN: Final = "asr.drive_reply"
_KEYS: Final = ("access_key_id", "access_key_secret")


def recorded(credentials: Mapping[str, Any]) -> Wire:
    """What a recording has to know.

    Args:
        credentials: of the vendor's part of the ready file, or what there is of it.
    """
    return Wire(
        operations=OPERATIONS,
        validation=validation(strict=False),
        checks=(named(strict=False),),
        sockets={SOCKET_PATH: Socket(_Frames)},
        socket_keys={"ws_url": SOCKET_PATH},
        header_bytes=HEADER_SIZE,
        signing=_signing(credentials),
        lacking=_lacking(credentials),
    )


class _Frames:
    """Reads the frames of one connection.

    An answer to speech and one to a text are the same bytes (ALI-R110): which it is tells the serial number that it
    has, or the id of a message, of what the client has sent.
    """

    def __init__(self) -> None:
        self._texts: Final[OrderedDict[str, None]] = OrderedDict()
        self._has_spoken = False

    def __call__(self, data: bytes | str, sender: Sender) -> Heard:
        """Reads one."""
        if isinstance(data, str):
            reason = f"a text message of {len(data)} characters; frames are binary messages"
            return Heard(violations=(Violation("ALI-R085", "", reason),))
        try:
            frame = decode(data, sender, max_size=_LARGEST)
        except CodecError as error:
            return Heard(error.message if error.message in BY_ID else "", violations=(unreadable(error),))
        serial = frame.serial_number.hex()
        return self._from_client(frame, serial) if sender == "client" else self._from_server(frame, serial)

    def _from_client(self, frame: Frame, serial: str) -> Heard:
        body = frame.body
        if isinstance(body, AsrStartRequest):
            self._has_spoken = True
        elif isinstance(body, TextDriveRequest):
            self._texts[serial] = self._texts[body.message_id] = None
            while len(self._texts) > _REMEMBERED:
                self._texts.popitem(last=False)
        received = received_frame(frame, strict=False)
        return Heard(
            frame.message, received.body, received.deviations, received.violations, audio=received.audio, asks=(serial,)
        )

    def _from_server(self, frame: Frame, serial: str) -> Heard:
        body, message = frame.body, frame.message
        if (
            isinstance(body, TextDriveResponse)
            and self._has_spoken
            and not {serial, body.message_id} & self._texts.keys()
        ):
            body, message = CATALOGUE.decode(_SPOKEN, frame.raw).value, _SPOKEN
        return heard(message, body, frame.findings, answers=serial)


def _lacking(credentials: Mapping[str, Any]) -> tuple[str, ...]:
    """What signing needs and is not there, in words."""
    missing = [key for key in _KEYS if not credentials.get(key)]
    if not missing:
        return ()
    return (f"calls are signed for one host, and to sign them anew takes {' and '.join(missing)} in --ready",)


def _signing(credentials: Mapping[str, Any]) -> Signing:
    key_id, secret = (str(credentials.get(key) or "") for key in _KEYS)
    lacking = _lacking(credentials)
    nonces = NonceMemory()

    def sign(call: HttpCall, host: str, now: float) -> Signed:
        headers = call.by_name
        given = headers.get("authorization")
        if not given or not given[0].lstrip().startswith(ALGORITHM):
            return UNSIGNED
        if lacking and headers.get("host") != [host]:
            return Signed(missing=lacking[0])
        try:
            authorization = parse_authorization(given[0])
        except SignatureError as error:
            return Signed(violations=(_wrong(error),))
        if lacking or authorization.credential != key_id:
            reason = f"AccessKey id {shown(authorization.credential)} is not that of --ready: it is not checked"
            return Signed(violations=(Violation("ALI-E67", "Authorization", reason, level="note"),))
        violations = _judged(call, headers, key_id, secret, now, nonces)
        hashed, names = sha256_hex(call.sent), authorization.signed_headers

        def signature(headers: Collected) -> str:
            return canonical_request(call.method, call.path, call.query, headers, names, hashed).signature(secret)

        # What is found fault with may be signed well all the same, as a nonce that was used before.
        if violations and not hmac.compare_digest(
            signature(headers).encode(), authorization.signature.encode("utf-8", "replace")
        ):
            return Signed(violations=violations)
        moved = signature(Collected({**headers, "host": [host]}))
        value = given[0].replace(f"Signature={authorization.signature}", f"Signature={moved}")
        return Signed({"authorization": value}, violations)

    return sign


def _judged(
    call: HttpCall, headers: Collected, key_id: str, secret: str, now: float, nonces: NonceMemory
) -> tuple[Violation, ...]:
    """What is wrong with the client's own signature."""
    try:
        verify(
            call.method,
            call.path,
            call.query,
            headers,
            call.sent,
            secret_for={key_id: secret}.get,
            now=now,
            nonces=nonces,
        )
    except SignatureError as error:
        return (_wrong(error),)
    return ()


def _wrong(error: SignatureError) -> Violation:
    return Violation(error.clause, "Authorization", error.reason)
