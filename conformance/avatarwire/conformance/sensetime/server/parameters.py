"""Cases that the declarations give: each rule about the parameters of an operation broken, one at a time.

What has to come of it is a refusal, and that nothing else has: the live goes on, its queue is as it was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from ...engine.bench import expect
from ...engine.derived import Breakage, cases_of
from ..bench import SenseTimeBench, spoken
from ..calling import operation_of
from ..case import SenseTimeCase
from ..verifying import VENDOR, refused
from .creating import OWN_APP

__all__ = ["CASES"]

_SCRIPT: Final = spoken("Nobody will ever hear this.")
_SAMPLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "createLive": {"param": '{"sceneList":[]}', **OWN_APP, "userData": "data"},
    "heartbeat": {"sessionId": "live-1"},
    "startLive": {"sessionId": "live-1"},
    "takeoverCommandV1": {"sessionId": "live-1", "param": _SCRIPT},
    "takeoverCommand": {"sessionId": "live-1", "param": _SCRIPT},
    "takeoverQueue": {"sessionId": "live-1", "priority": 1, "param": _SCRIPT},
    "takeoverReorder": {"sessionId": "live-1", "commandTraceId": "takeover-1", "priority": 1},
    "takeoverCancel": {"sessionId": "live-1", "commandTraceId": "takeover-1"},
    "takeoverQueueList": {"sessionId": "live-1"},
    "nlpReply": {
        "appId": "fake-library", "device": "ios", "language": "zh", "query": "几点开门", "session": "s", "trace": "t",
    },
    "closeLive": {"sessionId": "live-1"},
    "queryStat": {"sessionId": "live-1"},
    "historyList": {
        "sessionId": "live-1", "status": 5, "pageNo": 1, "pageSize": 10, "sortName": "startTime", "sortValue": "asc",
    },
    "rtcAudienceToken": {"sessionId": "live-1", "rtcChannelId": "channel-1"},
}  # fmt: skip
"""Right parameters of each operation that has any; real ids take the place of these."""

_OPEN: Final = frozenset({("too_small", "pageNo"), ("too_small", "pageSize")})
"""What the documents do not forbid in words."""


def _encoded(operation: str) -> Any:
    if operation_of(operation).method == "GET":
        return lambda values: urlencode(values).encode()
    return lambda values: json.dumps(values).encode()


async def filled_in(bench: SenseTimeBench, sample: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Right parameters with real ids, and the queue of the live; it has none where there is no live."""
    given = dict(sample)
    if "urtcUid" in given:
        return {**given, "param": bench.param}, []
    if "sessionId" not in given:
        return given, []
    live = await bench.started()
    given["sessionId"] = live.id
    ids: list[str] = []
    if "commandTraceId" in given:
        ids = [await bench.queue(live) for _ in range(2)]
        given["commandTraceId"] = ids[1]
    if "rtcChannelId" in given:
        given["rtcChannelId"] = (await bench.stat(live)).get("rtcChannelId")
    return given, ids


def _tried(operation: str) -> Any:
    async def tried(bench: SenseTimeBench, broken: Breakage) -> None:
        right, ids = await filled_in(bench, _SAMPLES[operation])
        reply = await bench.call(operation, broken.change(right))
        if operation == "createLive":
            await bench.not_created(reply, broken.text)
            return
        refused(reply, broken.text)
        if "sessionId" in right:
            stat = await bench.call("queryStat", {"sessionId": right["sessionId"]})
            expect(stat.json.get("data", {}).get("status") == 2, "a live that is in progress still", stat)
        if ids:
            queue = await bench.call("takeoverQueueList", {"sessionId": right["sessionId"]})
            expect(queue.json.get("data", {}).get("commandTraceIds") == ids, "the queue as it was", queue)

    return tried


def _cases(operation: str) -> list[SenseTimeCase]:
    found: list[SenseTimeCase] = cases_of(
        VENDOR,
        f"{VENDOR}.http.{operation}",
        f"{operation}.request",
        _SAMPLES[operation],
        _encoded(operation),
        _tried(operation),
        title=f"{operation} with {{text}} is refused.",
    )
    # An empty id is unknown like any other, and what creating.py breaks is not broken again.
    return [
        each
        for each in found
        if not any(each.id.endswith(f".{kind}.{path}") for kind, path in _OPEN)
        and ".too_short." not in each.id
        and ("urtc" not in each.id or ".wrong_type." in each.id)
    ]


CASES: Final[tuple[SenseTimeCase, ...]] = tuple(each for operation in _SAMPLES for each in _cases(operation))
