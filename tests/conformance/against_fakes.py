"""All cases against all fakes, by the commands a user has: ``python -m tests.conformance.against_fakes``.

Prints a line a vendor and run, and ends with 1 if any case has failed or could not be judged. Each run has fakes of its
own, whose clock is virtual and whose callbacks are heard, so that no case is skipped for want of these.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from avatarwire.conformance.engine.callbacks import free_port
from avatarwire.conformance.suites import VENDOR_NAMES
from tests.conformance.guiji.endpoints import ACCOUNTS

__all__ = ["Judged", "judged"]

COMMAND: Final = (sys.executable, "-c", "from avatarwire.codecs.cli import main; main()")
PAUSE: Final = 0.05
"""Real seconds between two looks whether the fakes have started."""
TRIES: Final = 1200
SCENARIO: Final = {"server": {"clock": "virtual"}, "guiji": {"accounts": ACCOUNTS}}


@dataclass(frozen=True)
class Judged:
    """One run of one vendor's cases."""

    vendor: str
    code: int
    seconds: float
    counts: dict[str, int]
    wrong: list[str]

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {verdict}" for verdict, count in self.counts.items() if count)
        return "\n    ".join([f"{self.vendor}: exit code {self.code}, {self.seconds:.1f} s, {counts}", *self.wrong])


@contextmanager
def fakes(folder: Path, *options: str) -> Generator[tuple[Path, str]]:
    """Fakes of all vendors in a process of their own: the ready file, and where their callbacks go."""
    address = f"127.0.0.1:{free_port()}"
    ready, scenario = folder / "ready.json", folder / "scenario.json"
    scenario.write_text(json.dumps(SCENARIO))
    arguments = ("--scenario", scenario, "--ready-file", ready, "--callback-url", f"http://{address}/", *options)
    with subprocess.Popen([*COMMAND, "serve", *map(str, arguments)], stdout=subprocess.DEVNULL) as server:
        try:
            for _ in range(TRIES):
                if ready.exists():
                    break
                with suppress(subprocess.TimeoutExpired):
                    raise SystemExit(f"the fakes do not start: exit code {server.wait(PAUSE)}")
            yield ready, address
        finally:
            server.terminate()


def judged(folder: Path, vendors: Sequence[str], strict: bool, options: Sequence[str]) -> list[Judged]:
    """Runs the cases of some vendors, one vendor after the other."""
    found: list[Judged] = []
    with fakes(folder, *(["--strict"] if strict else [])) as (ready, address):
        for vendor in vendors:
            report = folder / f"{vendor}.ndjson"
            arguments = ["--ready", ready, "--callback-listen", address, "--ndjson", report, *options]
            asked = subprocess.run(
                [*COMMAND, "conform", vendor, *map(str, arguments)], check=False, capture_output=True, text=True
            )
            if not report.exists():
                raise SystemExit(asked.stdout + asked.stderr)
            found.append(_read(vendor, asked.returncode, report))
    return found


def _read(vendor: str, code: int, report: Path) -> Judged:
    *cases, summary = [json.loads(line) for line in report.read_bytes().splitlines()]

    def line(case: dict[str, Any]) -> str:
        return f"{case['verdict']} {case['id']}: {case['observed']}"

    wrong = [line(case) for case in cases if case["verdict"] in ("failed", "non_strict") or case.get("unjudged")]
    return Judged(vendor, code, summary["seconds"], summary["verdicts"], wrong)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> int:
    """Does what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("vendors", nargs="*", default=list(VENDOR_NAMES))
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=1)
    parser.add_argument("--strict", action="store_true", help="the fakes are strict")
    parser.add_argument("--keep", type=Path, help="folder for the NDJSON reports of the last run")
    parser.add_argument("--options", default="", help="further arguments of avatarwire conform")
    given = parser.parse_args()

    def one(number: int) -> list[Judged]:
        with tempfile.TemporaryDirectory() as folder:
            found = judged(Path(folder), given.vendors, given.strict, given.options.split())
            if given.keep is not None and number == 0:
                given.keep.mkdir(parents=True, exist_ok=True)
                for report in Path(folder).glob("*.ndjson"):
                    (given.keep / report.name).write_bytes(report.read_bytes())
            return found

    bad = 0
    with ThreadPoolExecutor(given.at_once) as pool:
        for found in pool.map(one, range(given.runs)):
            for each in found:
                _say(str(each))
            _say(f"all: {sum(each.seconds for each in found):.1f} s")
            bad += sum(each.code != 0 or bool(each.wrong) for each in found)
    _say(f"{given.runs} runs, {bad} of {given.runs * len(given.vendors)} with something wrong")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
