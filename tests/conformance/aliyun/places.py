"""Our own fake as an endpoint of which everything may be asked. Only what these tests share lives here."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from avatarwire.conformance.engine.case import Need
from avatarwire.conformance.engine.endpoint import Endpoint, from_ready_file
from avatarwire.fakeserver.server import FakeServer
from tests.conformance.endpoints import running

__all__ = ["VIRTUAL", "judged_fake"]

VIRTUAL: Final[dict[str, Any]] = {"clock": "virtual"}
"""Table ``[server]`` of a scenario whose time passes when it is moved."""


@contextmanager
def judged_fake(folder: Path, **server: Any) -> Generator[tuple[FakeServer, Endpoint]]:
    """A fake, and the endpoint that it is.

    Args:
        folder: for its ready file.
        server: keys of table ``[server]`` beside the clock; ``aliyun`` is the vendor's table.
    """
    scenario = {"aliyun": server.pop("aliyun", {}), "server": {**VIRTUAL, **server}}
    with running("aliyun", folder, scenario=scenario) as (fake, ready):
        granted: frozenset[Need] = frozenset({"invalid", "destructive", "billable"})
        yield fake, replace(from_ready_file("aliyun", ready), permissions=granted)
