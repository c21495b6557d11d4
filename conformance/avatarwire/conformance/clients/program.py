"""An adapter as a program that cases can judge: ``python -m avatarwire.conformance.clients.program MODULE:CLASS``.

The talk is a fixed one: `start`, two texts, whatever else the case asks for, staying as long as asked, `stop`. What a
call raises is said on stderr and makes the exit code 1; what the adapter lacks, 127.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ..probing.adapter import BadClient, given_to, is_blocking, loaded, unblocked, worded
from ..probing.processes import NOT_SUPPORTED

__all__ = ["main", "talked"]

_TEXTS: Final = ("The first visitor asks when the museum opens", "The second visitor asks where the library is")
_LONG: Final = "The third visitor wants to hear everything about the history of this house from its first stone on"
_SPEECH: Final = b"\x01\x00" * 3200
"""A fifth of a second of PCM, 16 kHz, 16-bit little-endian, mono."""
_A_MOMENT: Final = 0.2
"""Real seconds after which an answer is interrupted."""
_BAD_USAGE: Final = 2


class _Lacks(Exception):
    """The adapter has no method for what the case asks for."""


async def talked(adapter: Any, vendor: str, ready: Mapping[str, Any], flow: str, seconds: float) -> list[str]:
    """Has an adapter talk once.

    Args:
        adapter: an `avatarwire.conformance.probing.adapter.Adapter`.
        vendor, ready: of the ready file.
        flow: ``text``, ``interrupt`` or ``speech``.
        seconds: that it stays at least.

    Returns:
        What went wrong.

    Raises:
        _Lacks: it has no method for that.
    """
    errors: list[str] = []
    method = {"interrupt": "interrupt", "speech": "speak"}.get(flow, "say")
    if not callable(getattr(adapter, method, None)):
        raise _Lacks(method)
    until = asyncio.get_running_loop().time() + seconds

    async def tried(what: str, call: Any) -> None:
        try:
            await call
        except Exception as error:
            errors.append(f"{what}: {worded(error)}")

    await tried("start", adapter.start(given_to(vendor, ready, errors.append)))
    for text in _TEXTS:
        await tried("say", adapter.say(text))
    if flow == "interrupt":
        saying = asyncio.ensure_future(tried("say", adapter.say(_LONG)))
        await asyncio.wait([saying], timeout=_A_MOMENT)
        await tried("interrupt", adapter.interrupt())
        await saying
    elif flow == "speech":
        await tried("speak", adapter.speak(_SPEECH))
    await asyncio.sleep(max(0.0, until - asyncio.get_running_loop().time()))
    await tried("stop", adapter.stop())
    return errors


def main(arguments: Sequence[str]) -> int:
    """Runs the adapter of that name once."""
    try:
        (name,) = arguments
        ready: Mapping[str, Any] = json.loads(Path(os.environ["AVATARWIRE_READY"]).read_text())
        make = loaded(name, "MODULE:CLASS")
    except (ValueError, KeyError, OSError, BadClient) as error:
        _say(f"to be run by avatarwire conform V --client -- ...: {worded(error)}")
        return _BAD_USAGE
    adapter = unblocked(make()) if is_blocking(make) else make()
    (vendor, part), *_ = ready.items()
    flow, seconds = os.environ.get("AVATARWIRE_FLOW", "text"), float(os.environ.get("AVATARWIRE_SECONDS", "0"))
    try:
        errors = asyncio.run(talked(adapter, vendor, part, flow, seconds))
    except _Lacks as lacking:
        _say(f"the adapter has no {lacking}")
        return NOT_SUPPORTED
    for line in errors:
        _say(line)
    return 1 if errors else 0


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
