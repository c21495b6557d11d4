"""A flow with a fake server: it is started for that, and everything that crosses the wire is told."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from .fakes import fake
from .flow import Narrator, Summary, Tell, carry_out
from .talk import DOCUMENTED, Flows, TalkT

__all__ = ["demonstrate"]


async def demonstrate(
    vendor: str,
    flows: Flows[TalkT],
    tell: Tell,
    *,
    flow: str = DOCUMENTED,
    host: str = "127.0.0.1",
    trace: Path | None = None,
    **changes: Any,
) -> Summary:
    """Starts a fake, goes through the steps of a flow with it, and tells of everything that crosses the wire.

    Args:
        vendor: whose fake.
        flows: those of the vendor.
        tell: takes the events.
        flow: name of the one that is carried out.
        host: address for the fake to listen on, at free ports.
        trace: where everything is recorded; None for nowhere.
        changes: tunables of the fake's scenario, such as ``heartbeat_seconds=1.0``.

    Raises:
        NoFakeError: there is no fake here.
        AvatarwireError: the fake cannot be started, a change is wrong, or the trace cannot be written.
    """
    async with AsyncExitStack() as until:
        talk = flows.talk(until)
        made = fake(vendor, host=host, **{**await talk.tunables(), **changes})
        if trace is not None:
            title = f"avatarwire demo {vendor}"
            until.enter_context(made.tracing(trace, title=title, source="demo", option="--trace"))
        server = await until.enter_async_context(made)
        narrator = Narrator(vendor, tell, asyncio.get_running_loop().time)
        talk.meet(server, narrator)
        narrator.note(f"the fake {vendor} server listens on {talk.where}")
        return await carry_out(
            flows.named[flow], talk, narrator, broken_rules=lambda: server.journal.violations(level="error")
        )
