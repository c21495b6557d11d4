"""Messages that are not as they are declared: one member each, by a table."""

from __future__ import annotations

from typing import Any, Final

from ...mutants.mutant import set_to
from .parts import aliyun

__all__ = ["MUTANTS"]

_ROWS: Final[tuple[tuple[str, str, Any, str, str], ...]] = (
    (
        "ListAvatarProject.response",
        "queryAvatarProjectResultList",
        "none",
        "ALI-R009",
        "http.ListAvatarProject.declared",
    ),
    ("QueryAvatarProject.response", "status", 1, "ALI-R010", "http.QueryAvatarProject.declared"),
    ("StartAvatarSession.response", "webSocketUrl", 1, "ALI-R024", "http.StartAvatarSession.declared"),
    ("StopAvatarSession.response", "status", 1, "ALI-R029", "http.StopAvatarSession.declared"),
    (
        "QueryAvatarResource.response",
        "queryResourceInfoList[0].type",
        1,
        "ALI-R031",
        "http.QueryAvatarResource.declared",
    ),
    ("SaveAvatarProject.response", "status", 1, "ALI-R044", "http.SaveAvatarProject.declared"),
    ("OperateAvatarProject.response", "success", "yes", "ALI-R049", "http.OperateAvatarProject.declared"),
    ("QuerySessionInfo.response", "total", "many", "ALI-R053", "http.QuerySessionInfo.declared"),
    ("ListAnchor.response", "total", "many", "ALI-R060", "http.ListAnchor.declared"),
    ("ListVoiceModels.response", "total", "many", "ALI-R060", "http.ListVoiceModels.declared"),
    ("CheckSession.response", "status", 1, "ALI-E97", "http.CheckSession.declared"),
    ("SendTextMsg.response", "status", 1, "ALI-R070", "http.SendTextMsg.declared"),
    ("channel_ready.response", "status", 1, "ALI-R113", "ws.channel.declared"),
    ("opening.response", "finish", "no", "ALI-R096", "ws.opening.declared"),
    ("text_drive.response", "success", "yes", "ALI-R105", "ws.text.declared any.messages.declared"),
    ("asr.start.response", "success", "yes", "ALI-R107", "ws.speech.start_declared"),
    ("asr.result", "finish", "no", "ALI-R109 ALI-E36", "ws.speech.result_declared"),
    ("asr.drive_reply", "content", 1, "ALI-R110", "ws.speech.answer_declared"),
    ("general.message", "code", "10000", "ALI-R118", "ws.error.declared"),
)
"""Message, member, a value that it must not have, clause, case."""

MUTANTS: Final = tuple(
    aliyun(
        f"undeclared.{message}",
        f"{message} has {path} {value!r}.",
        clauses,
        cases,
        faults=[set_to(message, {path: value})],
    )
    for message, path, value, clauses, cases in _ROWS
)
