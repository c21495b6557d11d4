"""Whether each extra installs beside the newest release of the libraries that users have anyway.

    python -m tests.project.installs client fakeserver conformance tls

pip resolves each pair and installs nothing. What others release may break this at any time, so it is no test.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
NEIGHBOURS: Final = (
    "websockets",
    "httpx",
    "aiohttp",
    "aiomqtt",
    "paho-mqtt",
    "fastapi",
    "pydantic",
    "hypothesis",
    "schemathesis",
    "locust",
    "moto",
)


def pip(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs pip; what it says is in the result."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def resolved(*requirements: str) -> dict[str, str]:
    """Versions that pip would install into an empty environment, by name.

    Raises:
        ValueError: there are none that fit together; the error is pip's last line.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        done = pip("install", "-qq", "--dry-run", "--ignore-installed", "--report", str(report), *requirements)
        if done.returncode:
            raise ValueError(next((line for line in reversed(done.stderr.splitlines()) if line.strip()), "no reason"))
        items = json.loads(report.read_bytes())["install"]
    return {item["metadata"]["name"].lower(): item["metadata"]["version"] for item in items}


def main(extras: list[str]) -> int:
    """Tries every extra beside every neighbour; the exit code is 1 when one of them does not go."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        built = pip("wheel", "-qq", "--no-deps", "--wheel-dir", folder, str(ROOT))
        if built.returncode:
            print(built.stderr, file=sys.stderr)
            return 1
        (wheel,) = Path(folder).glob("*.whl")
        for neighbour in NEIGHBOURS:
            newest = resolved(neighbour)[neighbour]
            for extra in extras:
                try:
                    found = resolved(f"{wheel}[{extra}]", f"{neighbour}=={newest}")
                except ValueError as error:
                    failed += 1
                    print(f"avatarwire[{extra}] beside {neighbour} {newest}: does not install: {error}", flush=True)
                else:
                    print(f"avatarwire[{extra}] beside {neighbour} {newest}: {len(found)} packages", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
