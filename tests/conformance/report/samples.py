"""Results of a run, made by hand: every verdict and level, every kind of evidence, and texts that want to be more."""

from __future__ import annotations

from typing import Any, Final

from avatarwire.conformance.engine.result import CaseResult, Evidence, Summary

HOSTILE: Final = (
    "<script>alert(1)</script> ]]> | `x` ``y`` **b** [l](http://h.example) <!-- --> &amp; "
    "\x00\x1b[2J\x7f\u202e 数字人 😀"
)
"""Text that somebody else wrote."""

FRAME: Final = bytes([0, 1, 131]) + b"00000001" + '{"sessionId":"7","x":"数"}'.encode()

SPANS: Final = (
    ("frameType", 0, 1, "0: normal"),
    ("dataType", 1, 2, "1: text"),
    ("bizType", 2, 3, "131: channel ready"),
    ("serialNumber", 3, 11, "'00000001'"),
    ("payload", 11, len(FRAME), f"{len(FRAME) - 11} bytes of JSON"),
)

CALL: Final = b'POST /start HTTP/1.1\r\nHost: fake\r\n\r\n{"projectId": "1"}'

EVIDENCE: Final = (
    Evidence(
        time=0.0, connection="http-1", transport="http", direction="out", message="StartAvatarSession.request",
        text="POST /start HTTP/1.1", body={"projectId": "1"}, raw=CALL.hex(), size=len(CALL),
    ),
    Evidence(
        time=0.01, connection="ws-1", transport="ws", direction="out", message="channel_ready.request",
        body={"sessionId": "7", "x": "数"}, raw=FRAME.hex(), size=len(FRAME), spans=SPANS,
        agreed=True,
    ),
    Evidence(
        time=0.02, connection="ws-1", transport="ws", direction="in", message="channel_ready.response",
        raw=b"\xff".hex(), size=1, invalid=("status: expected a string [ALI-R078]",), agreed=False,
    ),
    Evidence(
        time=0.03, connection="mqtt-1", transport="mqtt", direction="in", message="rpc.result", text="iot/7/out",
        body={"id": 7, "result": [HOSTILE]}, raw=b'{"id":7}'.hex(), size=5000,
    ),
    Evidence(
        time=0.04, connection="callback-1", transport="callback", direction="in", message="callback.script",
        body={"taskId": "1"}, raw=b'{"taskId":"1"}'.hex(), size=14,
    ),
    Evidence(time=0.05, connection="", transport="note", direction="out", text="time was moved by 30 s"),
)  # fmt: skip


def result(id_: str, verdict: Any = "ok", level: Any = "must", **other: Any) -> CaseResult:
    members: dict[str, Any] = {
        "clauses": ("ALI-R024",), "title": "A started session has an id.", "seconds": 0.25,
        "expected": ("a sessionId",), "observed": "as expected", "evidence": (),
    }  # fmt: skip
    return CaseResult(id=id_, vendor="aliyun", side="server", level=level, verdict=verdict, **members | other)


OK: Final = result("aliyun.http.start.gives_session", evidence=EVIDENCE)
FAILED: Final = result(
    "aliyun.ws.header.unknown_biz_type", "failed", clauses=("ALI-R082", "ALI-R024"), expected=("an error", "a close"),
    observed=HOSTILE, title=f"A frame of a kind that nobody knows is answered {HOSTILE}", evidence=EVIDENCE * 20,
    wire=(("fragmented",), ("chunked", "key_order")), differs=(("fragmented",),),
)  # fmt: skip
RESULTS: Final = (
    OK,
    FAILED,
    result("aliyun.ws.order.advised", "non_strict", "should", clauses=("ALI-R076",), observed="the other way round"),
    result("aliyun.ws.sample.seen", "informational", "observed", clauses=("ALI-R004",), observed="a" * 50_000),
    result("aliyun.ws.open.question", "informational", "ambiguous", clauses=("ALI-E67",), observed="another reading"),
    result("aliyun.http.list.missing", "unimplemented", clauses=("ALI-R028",), observed="status 501"),
    result("aliyun.ws.push.needs_control", "skipped", clauses=("ALI-R083",), observed="it needs control"),
    result("aliyun.ws.push.needs_control_too", "skipped", clauses=("ALI-R083",), observed="it needs control"),
    result(
        "aliyun.ws.push.unreached", "skipped", clauses=("ALI-T-text_drive.response.finish",), unjudged=True,
        observed="connection refused", expected=(),
    ),
)  # fmt: skip

SUMMARY: Final = Summary(
    vendor="aliyun",
    side="server",
    endpoint="http://127.0.0.1:8080/<b>",
    version="0.1.0",
    began="2026-11-29T01:02:03Z",
    seconds=1.5,
    cases=len(RESULTS),
    verdicts={"ok": 1, "non_strict": 1, "informational": 2, "unimplemented": 1, "failed": 1, "skipped": 3},
    clauses=7,
    unjudged=("aliyun.ws.push.unreached",),
    differences={"aliyun.ws.header.unknown_biz_type": f"failed {HOSTILE}"},
    exit_code=2,
)
EMPTY: Final = Summary(
    vendor="aliyun", side="server", endpoint="x", version="0", began="2026-11-29T01:02:03Z", seconds=0, cases=0,
    verdicts={}, clauses=0,
)  # fmt: skip
