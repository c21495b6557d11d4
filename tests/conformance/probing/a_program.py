"""A program that is driven by lines of JSON and talks to nobody: ``python a_program.py WAY``, the way it goes wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any, Final

Order = dict[str, Any]


def say(value: object) -> None:
    """A line on stdout."""
    sys.stdout.write(f"{json.dumps(value)}\n")
    sys.stdout.flush()


def fine(order: Order) -> None:
    """What is asked is done."""
    say({"id": order["id"], "ok": True})


def wait_for_ever(order: Order) -> None:
    """No answer."""
    del order
    threading.Event().wait()


def spin(order: Order) -> None:
    """No answer either, and much to compute."""
    while order:
        pass


def die(order: Order) -> None:
    """An answer, and then the end, with last words."""
    fine(order)
    sys.exit("no such project")


def killed(order: Order) -> None:
    """The end, from outside."""
    del order
    os.kill(os.getpid(), signal.SIGKILL)


def leave_a_child(order: Order) -> None:
    """The end, with a child that holds the pipes open."""
    del order
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    os._exit(4)


def flood(order: Order) -> None:
    """Very many lines that are no answers."""
    while order:
        sys.stdout.write("y\n" * 1000)


def one_line(order: Order) -> None:
    """A line without an end."""
    while order:
        sys.stdout.write("y" * 1000)


def flood_of_errors(order: Order) -> None:
    """Very much on stderr, and then an answer."""
    sys.stderr.write("a long log\n" * 100_000)
    fine(order)


def twice(order: Order) -> None:
    """Two answers."""
    fine(order)
    fine(order)


def chatty(order: Order) -> None:
    """A log on stdout, and an answer."""
    sys.stdout.write('connecting ...\n{"level": "info", "text": "connected"}\n[1, 2]\n\n{ no json\n')
    fine(order)


def nameless(order: Order) -> None:
    """An answer without an id."""
    del order
    say({"ok": True})


def floating(order: Order) -> None:
    """An answer of a language without whole numbers."""
    say({"id": float(order["id"]), "ok": True})


def eventful(order: Order) -> None:
    """Trouble is told by an event."""
    say({"event": f"trouble with {order['do']}"})
    fine(order)


def complain(order: Order) -> None:
    """An error is reported, of which half a character is missing."""
    say({"id": order["id"], "error": "quota \ud800"})


def unclear(order: Order) -> None:
    """An answer that says neither."""
    say({"id": order["id"], "result": "ok"})


def unasked(order: Order) -> None:
    """An answer to something else."""
    say({"id": order["id"] + 70, "ok": True})


def deaf(order: Order) -> None:
    """It closes its stdout and goes on."""
    os.close(1)
    wait_for_ever(order)


def without_interrupt(order: Order) -> None:
    """It cannot interrupt: what it says goes on until then."""
    if order["do"] == "interrupt":
        os._exit(127)
    if order["do"] != "say":
        fine(order)


def unsupported(order: Order) -> None:
    """It can do nothing."""
    del order
    sys.exit(127)


WAYS: Final[dict[str, Callable[[Order], None]]] = {
    way.__name__: way
    for way in (
        fine, wait_for_ever, spin, die, killed, leave_a_child, flood, one_line, flood_of_errors, twice, chatty,
        nameless, floating, eventful, complain, unclear, unasked, deaf, without_interrupt, unsupported,
    )
}  # fmt: skip


def main(way: str) -> None:
    """Takes orders until there are no more."""
    for line in sys.stdin:
        WAYS.get(way, fine)(json.loads(line))
    if way == "stay":
        threading.Event().wait()
    if way == "late_error":
        sys.exit(3)


if __name__ == "__main__":
    main(sys.argv[1])
