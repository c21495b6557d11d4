"""How a recording reads what passes between clients and Guiji. Tokens pass as they are.

Only that lives here; what passes it on is every vendor's (`record/`).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final

from avatarwire.codecs.errors import CodecError
from avatarwire.codecs.guiji.http import OPERATIONS
from avatarwire.codecs.guiji.wire import rpc
from avatarwire.fakeserver.guiji.http import forms, validation
from avatarwire.fakeserver.guiji.rpc_errors import envelope, unreadable
from avatarwire.fakeserver.guiji.scenario import GuijiScenario
from avatarwire.fakeserver.record.wire import Heard, Sender, Wire, heard

__all__ = ["recorded"]

_LARGEST: Final = 16 * 1024 * 1024
"""Bytes of a payload that are read."""
_REMEMBERED: Final = 4096
"""Requests that a later message may answer."""


def recorded(credentials: Mapping[str, Any]) -> Wire:
    """What a recording has to know.

    Args:
        credentials: of the vendor's part of the ready file, or what there is of it.
    """
    del credentials
    return Wire(
        operations=OPERATIONS,
        validation=validation(strict=False),
        checks=forms(strict=False),
        delivery=_Payloads(),
        secret_headers=GuijiScenario().token_headers,
    )


class _Payloads:
    """Reads the payloads of all connections: a result does not say what it answers, and may go to another client."""

    def __init__(self) -> None:
        self._asked: Final[OrderedDict[str, str]] = OrderedDict()

    def __call__(self, data: bytes | str, sender: Sender) -> Heard:
        """Reads one."""
        payload = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
        head = envelope(payload)
        # Ids count for each session, and for each side that asks.
        other = "server" if sender == "client" else "client"
        number = "" if head.id is None else f"{head.session_id} {head.id}"
        is_answer = head.kind in ("result", "error")
        asks = f"{sender} {number}" if number and not is_answer else ""
        answers = f"{other} {number}" if number and is_answer else ""
        try:
            packet = rpc.decode(payload, sender, answers=self._asked.get(answers, ""), max_size=_LARGEST)
        except CodecError as error:
            return Heard(violations=(unreadable(error, head).violation,), session=head.session_id)
        if asks and packet.message:
            self._asked[asks] = packet.message
            if len(self._asked) > _REMEMBERED:
                self._asked.popitem(last=False)
        session = packet.session_id
        return heard(
            packet.message, packet.body, packet.findings, session=session, asks=(asks,) if asks else (), answers=answers
        )
