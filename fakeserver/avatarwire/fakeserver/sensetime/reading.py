"""How a request is read: what is let in, and which rules it breaks nevertheless.

Only what SenseTime's rules say about it lives here: the judging is every vendor's (`fakeserver/reading.py`), decoding
the codecs'. Scripts are judged in full: all that is wrong with one is told at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Any, Final, cast

from avatarwire.codecs.core.findings import Finding, below, clauses_of
from avatarwire.codecs.errors import CodecError, ValidationError
from avatarwire.codecs.ledger import clauses
from avatarwire.codecs.message import Message
from avatarwire.codecs.operation import Operation
from avatarwire.codecs.sensetime import script
from avatarwire.codecs.sensetime.http import CREATE_LIVE, TAKEOVER_COMMAND, TAKEOVER_COMMAND_V1, TAKEOVER_QUEUE
from avatarwire.fakeserver.http.validation import Judged, Judgement, at, broken, received, told
from avatarwire.fakeserver.journal.entry import Violation
from avatarwire.fakeserver.sensetime.errors import Failure, Refusal
from avatarwire.fakeserver.sensetime.scenario import SenseTimeScenario

__all__ = ["Reading", "read"]

_MISPLACED: Final = "ST-NET-04"
_UNKNOWN: Final = "ST-E43"
_JUDGEMENT: Final = Judgement(misplaced=_MISPLACED, unknown=_UNKNOWN)

_TOLD: Final = 5
"""Faults that a message tells before it only counts them."""
_SHOWN: Final = 64
"""Faults of one request that the journal tells."""
_UNKNOWN_SHOWN: Final = 8

_KINDS: Final[Mapping[str, script.ScriptKind]] = MappingProxyType(
    {
        CREATE_LIVE.id: "live",
        TAKEOVER_COMMAND_V1.id: "takeover",
        TAKEOVER_COMMAND.id: "takeover",
        TAKEOVER_QUEUE.id: "takeover",
    }
)
"""The operations that carry a script, and which."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A request that can be understood.

    Attributes:
        value: the request.
        deviations: errata by which it differs from the ruled form.
        violations: the same for the journal, and what else is wrong with it.
        refused: what is answered instead of carrying it out, if anything.
    """

    value: Message
    deviations: tuple[str, ...]
    violations: tuple[Violation, ...]
    refused: Refusal | None


def read(operation: Operation[Any, Any], query: str, body: bytes, scenario: SenseTimeScenario) -> Reading:
    """Reads the parameters of a call.

    Raises:
        Refusal: they cannot be understood; it tells all that is known to be wrong.
    """
    try:
        judged = _JUDGEMENT.judge(operation, query, body)
    except ValidationError as error:
        raise Refusal(_all_of(error.findings), Failure.PARAMETER, *map(_cited, error.findings[:_SHOWN])) from None
    except CodecError as error:
        raise Refusal(told(error), Failure.PARAMETER, broken(error, "ST-NET-04")) from None
    found = _findings(operation, judged)
    is_held = [_is_held(item, operation, query, body, scenario) for item in found]
    levelled = [item.replace(level="error") if held else item for item, held in zip(found, is_held, strict=True)]
    refusing = [
        item
        for item, held in zip(levelled, is_held, strict=True)
        if held or (scenario.strict and item.level == "error")
    ]
    violations = (
        *map(_cited, levelled[:_SHOWN]),
        *(item for item in judged.violations if item.clause in (_MISPLACED, _UNKNOWN)),
        *_unknown_of_script(operation, judged, {item.path for item in found}),
    )
    refused = Refusal(_all_of(refusing), Failure.PARAMETER) if refusing else None
    return Reading(judged.value, clauses_of([*judged.findings, *found]), violations, refused)


def _findings(operation: Operation[Any, Any], judged: Judged) -> list[Finding]:
    """All that is noticed in a request that can be understood.

    The script is judged anew as something that is sent: only then it is told what is missing in it.
    """
    found = [*judged.findings]
    kind = _KINDS.get(operation.id)
    if kind is None:
        return found
    known = {(item.clause, item.path) for item in found}
    for item in script.faults_of(_param(judged.value), kind):
        inner = below("param", item)
        if (inner.clause, inner.path) not in known:
            found.append(inner)
    return found


def _param(request: Message) -> str:
    return cast("str", getattr(request, "param", ""))


def _unknown_of_script(operation: Operation[Any, Any], judged: Judged, told_of: Set[str]) -> Sequence[Violation]:
    """Members of a script that nothing declares: misspelt ones, more often than not.

    Args:
        operation, judged: the request.
        told_of: paths of members that stand for others, as is told already.
    """
    kind = _KINDS.get(operation.id)
    if kind is None:
        return ()
    codec = script.LIVE if kind == "live" else script.TAKEOVER
    names = codec.decode(_param(judged.value).encode()).unknown_fields()
    paths = (path for name in names if (path := f"param.{name}") not in told_of)
    reason = "no such member, it is ignored"
    return [Violation(_UNKNOWN, path, reason, level="warning") for path in islice(paths, _UNKNOWN_SHOWN)]


# --- what is refused in either mode, although the codecs understand it ---

_Exception = Callable[[Any, SenseTimeScenario], bool]
"""Whether what the ledger has a server refuse is let in all the same, by the value at its path."""


def _short_speech(value: object, scenario: SenseTimeScenario) -> bool:
    del value
    return scenario.short_speech != "refuse"


_EXCEPTIONS: Final[Mapping[str, _Exception]] = MappingProxyType(
    {
        "ST-E39": lambda value, _: not isinstance(value, list) or len(cast("list[object]", value)) < 2,
        "ST-E88": lambda value, _: value == 0,
        "ST-SCR-12": _short_speech,
        "ST-TKO-23": _short_speech,
    }
)
"""By erratum or rule."""

_VOICE: Final = ".tts_config"
"""Its absence is the one of ST-E74 that is not refused."""


def _is_held(
    fault: Finding, operation: Operation[Any, Any], query: str, body: bytes, scenario: SenseTimeScenario
) -> bool:
    if not clauses(operation.vendor).refuses(fault.clause) or fault.path.endswith(_VOICE):
        return False
    exception = _EXCEPTIONS.get(fault.clause)
    if exception is None:
        return True
    fields: Mapping[str, Any] = received(operation, query, body)
    path = fault.path
    if path.startswith("param.") and isinstance(text := fields.get("param"), str):
        fields, path = received(operation, "", text.encode("utf-8", "replace")), path.removeprefix("param.")
    return not exception(at(fields, path), scenario)


# --- how it is told ---


def _cited(finding: Finding) -> Violation:
    """With the clause about the form of calls, where no other is about it."""
    return finding if finding.clause else finding.replace(clause=_MISPLACED)


def _all_of(faults: Sequence[Finding]) -> str:
    """The faults as one sentence: the first of them, and how many more there are."""
    text = "; ".join(str(fault) for fault in faults[:_TOLD])
    more = len(faults) - _TOLD
    return f"{text} (and {more} more)" if more > 0 else text
