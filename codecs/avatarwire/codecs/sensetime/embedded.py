"""Scripts as JSON text inside a member of another message: judged with it, every fault told from that member on.

Only what connects the two lives here. What a script is, `script.py` says; which messages hold one, their own modules.
"""

from __future__ import annotations

from typing import Any

from ..core.findings import Finding
from ..errors import DecodeError, ValidationError
from ..thorough import ThoroughCodec, beneath

__all__ = ["judge_text", "refused_text"]


def judge_text(codec: ThoroughCodec[Any], path: str, text: str) -> tuple[Finding, ...]:
    """What can be understood of a script although it is not the ruled form.

    Args:
        codec: of the script.
        path: wire path of the member that holds it.
        text: JSON.

    Raises:
        ValidationError: no such script; the error's `faults` are all there are.
    """
    try:
        # Half surrogate pairs pass here: the codec finds them not to be UTF-8 and says so.
        data = text.encode("utf-8", "surrogatepass")
        found = codec.decode_lenient(data)[1] if codec.decode(data).deviations else ()
    except ValidationError as error:
        raise ValidationError.of(beneath(path, error.findings)) from None
    except DecodeError as error:
        where = "" if error.offset is None else f" at byte {error.offset} of the text"
        raise ValidationError(
            f"{error.reason}{where}", path=path, expected=f"{error.expected}, as text", clause=error.clause
        ) from None
    return tuple(item.replace(path=f"{path}.{item.path}" if item.path else path) for item in found)


def refused_text(codec: ThoroughCodec[Any], path: str, text: object) -> ValidationError | None:
    """Why a message that is made cannot hold a text: all at once, what could be understood as well; None if it can."""
    if not text or not isinstance(text, str):
        return None
    try:
        found = judge_text(codec, path, text)
    except ValidationError as error:
        return error
    told = [Finding(item.clause, item.path, item.reason, item.expected, tolerated=True) for item in found]
    return ValidationError.of(told) if told else None
