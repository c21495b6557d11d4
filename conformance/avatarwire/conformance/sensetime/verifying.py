"""What is judged of SenseTime's answers: a success, a refusal in any form that the documents leave open, a declaration.

The documents say that code 0 is success and anything else a failure (ST-NET-05), and no more: neither the codes nor the
HTTP status of failures (ST-E05), nor whether a takeover that is not accepted is a failure (ST-E09). So a refusal is any
of these, and what this project has ruled is judged apart.
"""

from __future__ import annotations

import re
from typing import Any, Final, cast

from avatarwire.codecs import catalogue
from avatarwire.codecs.errors import CodecError, FailureError

from ..engine.bench import expect
from ..engine.case import Differs
from ..engine.derived import level_of
from ..engine.http_calls import Reply

__all__ = [
    "VENDOR",
    "accepted",
    "declared",
    "is_date",
    "is_refused",
    "members",
    "refused",
    "succeeded",
]

VENDOR: Final = "sensetime"
_DATE: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]) ([01]\d|2[0-3]):[0-5]\d:[0-5]\d", re.ASCII)


def accepted(reply: Reply) -> Any:
    """The data of an answer, which has to be a success: status 200, code 0 and a message.

    Raises:
        Differs: it is none.
    """
    fields = reply.json
    holds = reply.status == 200 and _code(fields) == 0 and isinstance(fields.get("message"), str)
    expect(holds, "status 200, code 0 and a message", reply)
    return fields.get("data")


def succeeded(reply: Reply) -> Any:
    """The data of an answer by which a call has done what it was asked to: true, or isSuccess true.

    Raises:
        Differs: it has not.
    """
    data = accepted(reply)
    holds = data is True or members(data).get("isSuccess") is True
    expect(holds, "code 0, and data true or isSuccess true", reply)
    return data


def members(data: object) -> dict[str, Any]:
    """The members of a JSON object; none of anything else."""
    return cast("dict[str, Any]", data) if isinstance(data, dict) else {}


def is_refused(reply: Reply) -> bool:
    """Whether an answer is a refusal in any of the forms that the documents leave open."""
    fields = reply.json
    if 400 <= reply.status < 500:
        return "code" not in fields or _code(fields) != 0
    if reply.status != 200:
        return False
    if "code" not in fields:
        # nlpReply is answered without an envelope (ST-NET-07).
        return bool(fields.get("error_message"))
    data = fields.get("data")
    if _code(fields) == 0:
        return data is False or members(data).get("isSuccess") is False
    return _code(fields) is not None


def refused(reply: Reply, why: str = "") -> None:
    """Judges that an answer is a refusal.

    Args:
        reply: the answer.
        why: what was wrong with the call.

    Raises:
        Differs: it is none.
    """
    about = f" of {why}" if why else ""
    expect(
        is_refused(reply),
        (f"a refusal{about}: a code other than 0", "data that says false", "an HTTP status from 400 to 499"),
        reply,
    )


def declared(message: str, data: bytes) -> None:
    """Judges that a message of the endpoint is as it is declared, documented variants being none.

    Args:
        message: its id in the catalogue.
        data: its bytes.

    Raises:
        Differs: it breaks a rule that binds.
    """
    try:
        catalogue.vendor(VENDOR).decode(message, data, strict=True)
    except FailureError as error:
        raise Differs(f"{message} of a success", str(error)) from None
    except CodecError as error:
        if level_of(VENDOR, error.clause or "") in ("must", "should"):
            raise Differs(f"{message} as it is declared", str(error)) from None


def is_date(value: object) -> bool:
    """Whether a value is a date as it is to be written: yyyy-MM-dd HH:mm:ss (ST-LIVE-27)."""
    return isinstance(value, str) and bool(_DATE.fullmatch(value))


def _code(fields: dict[str, Any]) -> int | None:
    """The code of an envelope; digits count as a number (ST-E06). None where there is none."""
    code = fields.get("code")
    if isinstance(code, str) and code.lstrip("-").isdigit():
        return int(code)
    return code if isinstance(code, int) and not isinstance(code, bool) else None
