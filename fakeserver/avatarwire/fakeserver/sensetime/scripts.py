"""What is found in the scripts of a call, and what of it is refused in either mode.

Only what SenseTime's rules say about parameters lives here: the judging is every vendor's (`http/validation.py`),
decoding the codecs'. Scripts are judged in full: all that is wrong with one is told at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, cast

from avatarwire.codecs.core.findings import Finding, below
from avatarwire.codecs.core.received import Received
from avatarwire.codecs.errors import CodecError, ValidationError
from avatarwire.codecs.sensetime import script
from avatarwire.codecs.sensetime.http import CREATE_LIVE, TAKEOVER_COMMAND, TAKEOVER_COMMAND_V1, TAKEOVER_QUEUE
from avatarwire.fakeserver.http.exchange import Exchange, members
from avatarwire.fakeserver.http.refusal import Refusal
from avatarwire.fakeserver.http.validation import Held, Inside, at, by_ledger, told
from avatarwire.fakeserver.sensetime.errors import Failure, refused
from avatarwire.fakeserver.sensetime.scenario import SenseTimeScenario

__all__ = ["SCRIPTS", "held", "refuse"]

_TOLD: Final = 5
"""Faults that a message tells before it only counts them."""


def _looking_into(kind: script.ScriptKind) -> Inside:
    """Looks into the scripts of a kind, in ``param``.

    A script is judged anew as something that is sent: only then it is told what is missing in it. Members that nothing
    declares are misspelt ones, more often than not.
    """

    def find(exchange: Exchange[Any], received: Received[Any]) -> tuple[Sequence[Finding], Iterable[str]]:
        examined = script.examine(received.value.param, kind)
        exchange.inside = examined.received.value
        known = {(item.clause, item.path) for item in received.findings}
        more = [below("param", item) for item in examined.findings]
        more = [item for item in more if (item.clause, item.path) not in known]
        # Those stand for others, as is told already.
        paths = {item.path for item in (*received.findings, *more)}
        return more, (path for name in examined.unknown if (path := f"param.{name}") not in paths)

    return find


SCRIPTS: Final[Mapping[str, Inside]] = MappingProxyType(
    {
        CREATE_LIVE.id: _looking_into("live"),
        TAKEOVER_COMMAND_V1.id: _looking_into("takeover"),
        TAKEOVER_COMMAND.id: _looking_into("takeover"),
        TAKEOVER_QUEUE.id: _looking_into("takeover"),
    }
)
"""What looks into the script of an operation, by its id."""


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


def held(scenario: SenseTimeScenario) -> Held:
    """What is refused in either mode: what the ledger says, without the exceptions."""

    def is_held(exchange: Exchange[Any], finding: Finding) -> bool:
        if not by_ledger(exchange, finding) or finding.path.endswith(_VOICE):
            return False
        exception = _EXCEPTIONS.get(finding.clause)
        return exception is None or not exception(_value(exchange.parameters, finding.path), scenario)

    return is_held


def _value(fields: Mapping[str, Any], path: str) -> Any:
    """What stands at a path of a request, that may lead into a script."""
    text = fields.get("param")
    if path.startswith("param.") and isinstance(text, str):
        fields, path = members(text.encode("utf-8", "replace")), path.removeprefix("param.")
    return at(fields, path)


def refuse(exchange: Exchange[Any], error: CodecError) -> Refusal:
    """The refusal of parameters: one sentence of the first faults, and how many more there are."""
    del exchange
    if not isinstance(error, ValidationError):
        return refused(told(error), Failure.PARAMETER)
    text = "; ".join(str(fault) for fault in error.findings[:_TOLD])
    more = len(error.findings) - _TOLD
    return refused(f"{text} (and {more} more)" if more > 0 else text, Failure.PARAMETER)
