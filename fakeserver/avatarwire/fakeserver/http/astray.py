"""What is said to a call at a path that there is not: where it may have been meant to go. Only that lives here."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from urllib.parse import unquote

from avatarwire.codecs.operation import Operation
from avatarwire.fakeserver import vendors

__all__ = ["direction"]

_SLASHES: Final = re.compile("/+")


def direction(
    path: str,
    headers: Mapping[str, str],
    operations: Sequence[Operation[Any, Any]],
    sockets: Collection[str],
    meant: str = "",
) -> str:
    """Where a call may have been meant to go, as the rest of a sentence; empty where nothing is known.

    Args:
        path: of the call, at which there is no operation that it could have.
        headers: of the call, by name in lower case.
        operations: which there are.
        sockets: paths of the vendor's WebSockets.
        meant: id of the operation that the call names elsewhere than in its path.
    """
    if headers.get("upgrade", "").strip().lower() == "websocket":
        there = f"sockets are at {' and '.join(sockets)}" if sockets else "this vendor has no WebSocket"
        return f"; it is a WebSocket handshake, and {there}"
    if alike := next((it for it in operations if _bare(it.path) == _bare(path)), None):
        return f"; {alike.id} is at {alike.path}"
    if socket := next((it for it in sockets if _bare(it) == _bare(path)), None):
        return f"; a WebSocket is at {socket}"
    own = operations[0].vendor if operations else ""
    for name, vendor in vendors.VENDORS.items():
        if name != own and _SLASHES.sub("/", path).startswith(vendor.paths):
            return f"; it is one of {name}, and this is the fake of {own}: is the client given the wrong URL?"
    if named := next((it for it in operations if it.id == meant), None):
        return f"; {named.id} is {named.method} {named.path}"
    return ""


def _bare(path: str) -> str:
    """A path without what is easily written otherwise."""
    return _SLASHES.sub("/", unquote(path)).rstrip("/").lower()
