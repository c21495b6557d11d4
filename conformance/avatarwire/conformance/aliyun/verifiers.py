"""What an answer over HTTP has to be: a success, a refusal, or what its declaration says."""

from __future__ import annotations

from typing import Any, Final, cast

from avatarwire.codecs import catalogue
from avatarwire.codecs.errors import CodecError

from ..engine.bench import expect
from ..engine.case import Differs
from ..engine.http_calls import Reply

__all__ = ["VENDOR", "accepted", "declared", "declined", "not_found", "objects", "refused"]

VENDOR: Final = "aliyun"


def accepted(reply: Reply) -> dict[str, Any]:
    """The fields of an answer, which has to be a success.

    Raises:
        Differs: it is none.
    """
    expect(reply.status == 200 and bool(reply.json), "status 200 and a JSON object", reply)
    return reply.json


def declined(reply: Reply) -> None:
    """An answer has to be a refusal: a status of 4xx, or what the reply of the operation has for a failure.

    Raises:
        Differs: it is none.
    """
    fields = reply.json
    failed = fields.get("success") is False or bool(fields.get("errorCode")) or fields.get("status") == "StoppedFail"
    holds = 400 <= reply.status < 500 or (reply.status == 200 and failed)
    expect(holds, ("a status 4xx", "an answer that says it has failed"), reply)


def refused(reply: Reply, *codes: str, status: int = 0) -> dict[str, Any]:
    """The fields of an answer, which has to be a refusal in the form of Aliyun: ``Code``, ``Message``, ``RequestId``.

    Args:
        reply: the answer.
        codes: one of which it has to have; any where there are none.
        status: that it has to have; any from 400 to 499 where it is 0.

    Raises:
        Differs: it is none.
    """
    words = f"status {status or '4xx'}, a Code{' of ' + ' or '.join(codes) if codes else ''} and a Message"
    fields = reply.json
    holds = reply.status == status if status else 400 <= reply.status < 500
    holds = holds and isinstance(fields.get("Code"), str) and isinstance(fields.get("Message"), str)
    expect(holds and (not codes or fields["Code"] in codes), words, reply)
    return fields


def not_found(reply: Reply) -> None:
    """An answer has to be a refusal in the form of Aliyun, as something that is named is not there."""
    fields = refused(reply)
    expect(bool(fields["Code"]) and bool(fields["Message"]), "a Code and a Message with something in them", reply)


def objects(fields: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects of a list that an answer has to have.

    Raises:
        Differs: it has none.
    """
    given = fields.get(name)
    found = cast("list[object]", given) if isinstance(given, list) else [None]
    expect(all(isinstance(each, dict) for each in found), f"a list of objects {name}", fields)
    return cast("list[dict[str, Any]]", found)


def declared(entry_id: str, data: bytes) -> None:
    """A message has to be what its declaration says, no variants understood.

    Raises:
        Differs: it is not.
    """
    try:
        catalogue.vendor(VENDOR).decode(entry_id, data, strict=True)
    except CodecError as error:
        raise Differs(f"{entry_id} as it is declared", str(error)) from None
