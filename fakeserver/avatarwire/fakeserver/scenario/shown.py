"""How a scenario is shown: in a failed test, a log or an error, where nobody looks for its secrets.

Only that lives here; what a secret is, is said in ``journal/rules.py``. What is to be read back is made by ``dump``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

import msgspec

from avatarwire.fakeserver.journal.masking import MASK, is_secret, mask_bytes, mask_url
from avatarwire.fakeserver.journal.walking import Walk

__all__ = ["shown_value"]


def _named(name: object, value: object) -> object:
    if isinstance(name, str) and isinstance(value, str | bytes | int | float) and is_secret(name):
        return value if isinstance(value, bool) or not value else MASK
    return Walk.UNDECIDED


_WALK: Final = Walk(mask_url, mask_bytes, _named)


def shown_value(name: str, value: object) -> object:
    """What a key of a scenario says, without secrets; functions and other values of code as they are.

    Args:
        name: of the key.
        value: what it says.
    """
    if isinstance(value, str | bytes | Mapping | list | tuple | msgspec.Struct):
        return _WALK.field(name, cast("object", value))
    return value
