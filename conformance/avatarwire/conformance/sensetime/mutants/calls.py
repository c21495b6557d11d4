"""Mutants about what all calls have in common: the envelope, paths, bodies, tokens, refusals."""

from __future__ import annotations

from typing import Final

from ...mutants.mutant import Mutant, remove, set_to
from ..server.envelope import OPERATIONS
from .making import joined, made, patched

__all__ = ["CALLS"]

_NO_SUCH_LIVE: Final = 10005
_WITH_BODY: Final = tuple(name for name in OPERATIONS if name not in ("queryStat", "runningList"))
_OF_LIVES: Final = (
    "takeoverCommand", "takeoverCommandV1", "takeoverQueue", "takeoverQueueList", "takeoverReorder", "takeoverCancel",
    "heartbeat", "startLive", "closeLive", "rtcAudienceToken",
)  # fmt: skip
_ONE_VERSION: Final = tuple(name for name in OPERATIONS if name not in ("createLive", "takeoverCommand"))

CALLS: Final[tuple[Mutant, ...]] = (
    made(
        "success_without_message",
        "A success has no message.",
        "ST-NET-05 ST-LIVE-17",
        "http.envelope.success http.heartbeat.success http.heartbeat.started http.body.escaped http.body.white_space",
        faults=[remove("heartbeat.response", "message")],
    ),
    made(
        "failure_with_code_0",
        "A failure has code 0.",
        "ST-NET-05",
        "http.envelope.failure http.heartbeat.unknown_live",
        faults=[set_to("heartbeat.response", {"code": 0}, where={"code": _NO_SUCH_LIVE})],
    ),
    made(
        "failure_without_text",
        "A failure does not say why.",
        "ST-NET-05",
        "http.envelope.failure",
        faults=[set_to("heartbeat.response", {"message": ""}, where={"code": _NO_SUCH_LIVE})],
    ),
    patched(
        "failures_have_a_status",
        "Failures have HTTP status 400.",
        "ST-E05 ST-E105",
        "http.envelope.failure_status centre.token.end_is_told",
    ),
    made(
        "failure_with_data",
        "A failure has data.",
        "ST-E07",
        "http.envelope.failure_data",
        faults=[set_to("heartbeat.response", {"data": {"sessionId": "s"}}, where={"code": _NO_SUCH_LIVE})],
    ),
    *(
        made(
            f"failure_says_true_{operation}",
            f"A failure of {operation} says isSuccess true.",
            "ST-E08",
            f"http.envelope.says_false.{operation}",
            faults=[set_to(f"{operation}.response", {"data.isSuccess": True}, where={"data.isSuccess": False})],
        )
        for operation in ("takeoverCommand", "takeoverReorder", "takeoverCancel")
    ),
    patched(
        "any_path",
        "Any path and any method is carried out.",
        "AW-NO-GUESS ST-NET-08",
        " ".join(
            (
                "http.path.unknown http.path.delete",
                joined("http.path.version.", _ONE_VERSION),
                joined("http.method.", OPERATIONS),
            )
        ),
    ),
    patched(
        "any_parameters",
        "Wrong parameters are taken, and bodies that are no JSON.",
        " ".join(("ST-NET-05 ST-E37 ST-LIVE-01 ST-E51", joined("ST-T-", (f"{it}.request" for it in _WITH_BODY)))),
        " ".join(
            (
                "http.takeoverCancel.wrong_form.commandTraceId",
                joined("http.", (f"{it}.wrong_type.whole" for it in _WITH_BODY)),
                joined("http.body.no_json.", _WITH_BODY),
                joined("http.", (f"{it}.refuses.blanks" for it in ("takeoverCommand", "takeoverCommandV1"))),
                "http.takeoverQueue.refuses.blanks http.create.param.no_json",
            )
        ),
    ),
    patched(
        "any_live",
        "Lives there are none of are known.",
        "ST-NET-05",
        f"{joined('http.', (f'{it}.unknown_live' for it in _OF_LIVES))} http.stat.unknown",
    ),
    patched(
        "any_access_token",
        "Calls need no token.",
        "ST-NET-02 ST-E12 ST-LIVE-12 ST-TOK-02 ST-E103 ST-E105 ST-TOK-01",
        " ".join(
            (
                joined("http.token.missing.", OPERATIONS),
                joined("http.token.wrong.", OPERATIONS),
                "http.token.empty http.token.nothing_done http.token.session_token centre.token.refresh_is_no_access",
                "centre.token.at_most_two centre.token.ends centre.token.end_is_told",
            )
        ),
    ),
    patched(
        "any_state",
        "A live takes any call, whatever its state is.",
        "ST-E24 ST-E23 ST-LIVE-18 ST-E09 ST-E33 ST-E45 ST-E51 ST-TKO-16 ST-TKO-20 ST-E56",
        "http.start.closed http.heartbeat.closed http.close.twice http.close.takes_no_takeover isolation.cancel "
        "http.close.takes_no_cancellation http.rtc_token.closed http.rtc_token.own_app http.reorder.playing "
        "http.reorder.unknown http.cancel.unknown http.cancel.partly http.cancel.twice http.cancel.message "
        "isolation.reorder "
        "ws.microphone.takeover_while_speaking",
    ),
    patched(
        "one_form_of_token",
        "A token needs the word Bearer as it is written.",
        "ST-E01",
        "http.token.bare http.token.lower_case",
    ),
)
"""All of them."""
