"""A trace in forms that other tools read: HAR with WebSocket messages, lines of JSON, and a capture of a network."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from avatarwire.codecs.installed import installed_version
from avatarwire.fakeserver.journal.har import to_har
from avatarwire.fakeserver.trace.converting import entries_of
from avatarwire.fakeserver.trace.packets import pcap
from avatarwire.fakeserver.trace.reading import Trace
from avatarwire.fakeserver.trace.showing import as_json

__all__ = ["EXPORTS"]


def _ndjson(trace: Trace) -> bytes:
    """A header line and a line for each entry."""
    return "".join(f"{line}\n" for line in (msgspec.json.encode(trace.meta).decode(), *as_json(trace))).encode()


def _har(trace: Trace) -> bytes:
    """HAR 1.2, with ``_webSocketMessages`` as browsers write them at the call that opened the socket."""
    log: Any = to_har(entries_of(trace), version=installed_version(), base_url="http://127.0.0.1")
    calls = {str(entry.connection): index for index, entry in enumerate(_calls(trace))}
    for entry in trace.entries:
        index = calls.get(entry.connection)
        if entry.transport != "ws" or entry.direction == "note" or index is None:
            continue
        log["log"]["entries"][index].setdefault("_webSocketMessages", []).append(_message(trace, entry))
    return msgspec.json.format(msgspec.json.encode(log), indent=2) + b"\n"


def _calls(trace: Trace) -> list[Any]:
    """The entries that are calls in a HAR, in its order."""
    return [it for it in trace.entries if it.transport in ("http", "callback") and "method" in it.meta]


def _message(trace: Trace, entry: Any) -> dict[str, Any]:
    data = trace.data(entry) or b""
    is_text = bool(entry.text)
    return {
        "type": "send" if entry.direction == "in" else "receive",
        "time": entry.time,
        "opcode": 1 if is_text else 2,
        "data": data.decode() if is_text else base64.b64encode(data).decode(),
        "_message": entry.message,
    }


EXPORTS: Final[Mapping[str, Callable[[Trace], bytes]]] = {"har": _har, "ndjson": _ndjson, "pcap": pcap}
"""By the kind that is asked for, which is also the end of the file's name."""
