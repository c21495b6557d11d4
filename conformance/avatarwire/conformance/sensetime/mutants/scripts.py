"""Mutants about live scripts that are right, and about messages as they are declared."""

from __future__ import annotations

from typing import Final

from ...mutants.mutant import Mutant, set_to
from ..server.scripts import CASES
from .making import joined, made, reject

__all__ = ["SCRIPTS"]

_PREFIX: Final = "sensetime."
_RIGHT: Final = tuple(
    case for case in CASES if case.id.startswith("sensetime.script.live.takes.") or case.id.endswith(".smallest")
)
"""Cases about scripts that have to be taken."""

SCRIPTS: Final[tuple[Mutant, ...]] = (
    made(
        "no_script_is_taken",
        "createLive is refused, whatever its script is.",
        " ".join(["ST-LIVE-01", "ST-LIVE-06", *dict.fromkeys(clause for case in _RIGHT for clause in case.clauses)]),
        joined("", (case.id.removeprefix(_PREFIX) for case in _RIGHT))
        + " http.create.right_after_wrong http.create.user_data",
        faults=[reject("createLive.request")],
    ),
    made(
        "a_message_breaks_its_declaration",
        "isSuccess is a text, which only reading by the declaration shows.",
        "ST-NET-05 ST-TKO-05",
        "http.command.accepted any.messages.declared",
        faults=[set_to("takeoverCommand.response", {"data.isSuccess": "true"})],
    ),
)
"""All of them."""
