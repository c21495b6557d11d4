"""A client as a program that talks once, so that it can be judged clause by clause.

    avatarwire conform aliyun --client -- python examples/judged_client.py
    python examples/judged_client.py

The second command runs the first, for some cases. The client here is the driver of whichever vendor it is given; put
your own in its place. Each case is a talk of its own with a fake that is made for it.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

TEXTS = ("The first visitor asks when the museum opens", "The second visitor asks where the library is")


async def talk(vendor: str, place: dict[str, Any], seconds: float) -> None:
    """Says two texts, stays as long as it was asked to, and ends the session."""
    until = asyncio.get_running_loop().time() + seconds
    async with import_module(f"avatarwire.codecs.{vendor}.aio").connect(place) as session:
        for text in TEXTS:
            await session.say(text)
        await asyncio.sleep(until - asyncio.get_running_loop().time())


def judged() -> None:
    """Talks once, as the case demands."""
    if os.environ["AVATARWIRE_FLOW"] != "text":
        sys.exit(127)  # not supported: the case is skipped
    ((vendor, place),) = json.loads(Path(os.environ["AVATARWIRE_READY"]).read_text()).items()
    try:
        asyncio.run(talk(vendor, place, float(os.environ["AVATARWIRE_SECONDS"])))
    except Exception as error:
        sys.exit(f"{type(error).__name__}: {error}")  # whoever cannot go on says so


def main() -> None:
    """Has it judged, as the command in the docstring does."""
    command = [sys.executable, "-c", "from avatarwire.codecs.cli import main; main()", "conform", "aliyun", "--client"]
    command += ["--only", "aliyun.client.talk", "--", sys.executable, __file__]
    sys.exit(subprocess.run(command, check=False).returncode)  # noqa: S603


if __name__ == "__main__":
    if "AVATARWIRE_READY" in os.environ:
        judged()
    else:
        main()
