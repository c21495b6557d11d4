"""Fakes as endpoints that are judged, each with a ready file. Only what tests of conformance share lives here."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from avatarwire.fakeserver.server import FakeServer
from avatarwire.fakeserver.vendors import VENDORS

__all__ = ["ready", "running"]


def ready(fake: FakeServer, file: Path, *, control: bool = True, **changes: Any) -> Path:
    """Writes the ready file of a fake, with other values where some are given."""
    content: dict[str, Any] = {fake.journal.vendor: {**fake.ready, **changes}}
    if control:
        content["control"] = {"url": fake.control.url, "token": fake.control.token}
    file.write_text(json.dumps(content))
    return file


@contextmanager
def running(vendor: str, folder: Path, **options: Any) -> Generator[tuple[FakeServer, Path]]:
    """A fake in a thread of its own, and its ready file."""
    with VENDORS[vendor].make(**options) as fake:
        yield fake, ready(fake, folder / "ready.json")
