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

from avatarwire.codecs.core.findings import Finding
from avatarwire.codecs.errors import CodecError, ValidationError
from avatarwire.codecs.message import Message
from avatarwire.codecs.operation import Operation
from avatarwire.codecs.sensetime import script
from avatarwire.codecs.sensetime.http import (
    CREATE_LIVE,
    TAKEOVER_COMMAND,
    TAKEOVER_COMMAND_V1,
    TAKEOVER_QUEUE,
)
from avatarwire.fakeserver.entry import Violation
from avatarwire.fakeserver.reading import Judged, Judgement, at, broken, received, told
from avatarwire.fakeserver.sensetime.refusals import Failure, Refusal
from avatarwire.fakeserver.sensetime.scenario import SenseTimeScenario

__all__ = ["ADVISED", "Reading", "read"]

ADVISED: Final = frozenset(
    {
        "ST-E19",  # uids as numbers, or with zeros in front
        "ST-E21",  # values of an own RTC app without the flag: ignored
        "ST-E30",  # another sortName: ignored
        "ST-E35",  # an audio file that is no URL: it may fail later
        "ST-E39",  # the other shape of backgrounds
        "ST-E41",  # images in a retiring command: ignored
        "ST-E52",  # a full-width semicolon
        "ST-E77",  # any number for the seven beautify keys of the sample
        "ST-E89",  # cycle of an image: ignored
        "ST-SCR-05",  # further scenes: ignored
    }
)
"""Deviations that the rulings accept in either mode."""

_MISPLACED: Final = "ST-NET-04"
_UNKNOWN: Final = "ST-E43"
_JUDGEMENT: Final = Judgement(ADVISED, misplaced=_MISPLACED, unknown=_UNKNOWN)

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
        broken_rules = [_violation(fault, "error") for fault in error.findings[:_SHOWN]]
        raise Refusal(_all_of(error.findings), Failure.PARAMETER, *broken_rules) from None
    except CodecError as error:
        raise Refusal(told(error), Failure.PARAMETER, broken(error, "ST-NET-04")) from None
    faults = _faults(operation, judged)
    held = [fault for fault in faults if _is_held(fault, operation, query, body, scenario)]
    errors = [fault for fault in faults if fault.clause not in ADVISED or fault in held]
    refusing = (errors if scenario.strict else held) if held or scenario.strict else []
    violations = (
        *(_violation(fault, "error" if fault in errors else "warning") for fault in faults[:_SHOWN]),
        *(found for found in judged.violations if found.clause in (_MISPLACED, _UNKNOWN)),
        *_unknown_of_script(operation, judged, {fault.path for fault in faults}),
    )
    refused = Refusal(_all_of(refusing), Failure.PARAMETER) if refusing else None
    deviations = tuple(dict.fromkeys((*judged.deviations, *(fault.clause for fault in faults))))
    return Reading(judged.value, deviations, violations, refused)


def _faults(operation: Operation[Any, Any], judged: Judged) -> Sequence[Finding]:
    """All that is noticed in a request that can be understood.

    The script is judged anew as something that is sent: only then it is told what is missing in it.
    """
    found = [Finding(item.clause, item.path, item.reason, item.expected) for item in judged.found]
    kind = _KINDS.get(operation.id)
    if kind is None:
        return found
    known = {(fault.clause, fault.path) for fault in found}
    for fault in script.findings_of(_param(judged.value), kind):
        path = f"param.{fault.path}" if fault.path else "param"
        if (fault.clause, path) not in known:
            found.append(fault.replace(path=path))
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

_Held = Callable[[Any, SenseTimeScenario], bool]
"""Whether a deviation is refused, by the value at its path."""


def _always(value: object, scenario: SenseTimeScenario) -> bool:
    del value, scenario
    return True


def _too_short(value: object, scenario: SenseTimeScenario) -> bool:
    del value
    return scenario.short_speech == "refuse"


_HELD: Final[Mapping[str, _Held]] = MappingProxyType(
    {
        "ST-E20": _always,  # the channel could not be told again
        "ST-E36": _always,
        "ST-E39": lambda value, _: isinstance(value, list) and len(cast("list[object]", value)) > 1,
        "ST-E40": _always,
        "ST-E44": _always,
        "ST-E74": _always,
        "ST-E75": _always,
        "ST-E86": _always,
        "ST-E88": lambda value, _: value != 0,
        "ST-E91": _always,
        "ST-SCR-12": _too_short,
        "ST-TKO-23": _too_short,
    }
)
"""What the rulings have a fake refuse, by erratum or rule."""

_VOICE: Final = ".tts_config"
"""Its absence is the one of ST-E74 that is not refused."""


def _is_held(
    fault: Finding, operation: Operation[Any, Any], query: str, body: bytes, scenario: SenseTimeScenario
) -> bool:
    rule = _HELD.get(fault.clause)
    if rule is None or fault.path.endswith(_VOICE):
        return False
    fields: Mapping[str, Any] = received(operation, query, body)
    path = fault.path
    if path.startswith("param.") and isinstance(text := fields.get("param"), str):
        fields, path = received(operation, "", text.encode("utf-8", "replace")), path.removeprefix("param.")
    return rule(at(fields, path), scenario)


# --- how it is told ---


def _violation(fault: Finding, level: Any) -> Violation:
    reason = f"{fault.reason}, expected {fault.expected}" if fault.expected else fault.reason
    return Violation(fault.clause or _MISPLACED, fault.path, reason, level=level)


def _all_of(faults: Sequence[Finding]) -> str:
    """The faults as one sentence: the first of them, and how many more there are."""
    text = "; ".join(str(fault) for fault in faults[:_TOLD])
    more = len(faults) - _TOLD
    return f"{text} (and {more} more)" if more > 0 else text
