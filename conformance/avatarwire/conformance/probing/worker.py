"""Carries out runs in a process of its own: ``python -m avatarwire.conformance.probing.worker``.

A client may do anything to the process that it runs in; whoever wants to know of that starts another one. A line of
JSON comes in for each run, and one goes out. What the client prints, and what its logs say, is not among these lines.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from types import FrameType
from typing import IO, Final, NoReturn

import msgspec
from hypothesis.configuration import set_hypothesis_home_dir

from avatarwire.codecs.errors import AvatarwireError

from ..fuzzing.search import Again, Fuzz, Fuzzing, fuzzed, tried_again
from ..searching import database_of
from .adapter import worded
from .choosing import Taped
from .failure import Failure
from .freedoms import Allowed, freedoms_of
from .jumping import Stuck
from .looping import Told
from .oracles import ORACLES, SEARCHED
from .plan import Client, Deviation, Ended, Outcome, Plan
from .search import Found, Hunt, hunted
from .subject import subject_of
from .watch import Blocked, GivingUp

__all__ = [
    "DIED",
    "OUTER",
    "Boxed",
    "LastWords",
    "Order",
    "Result",
    "Search",
    "carried_out",
    "is_spent",
    "main",
    "searched",
]

_OUTPUT: Final = 2000
"""Characters of what a client has printed that are kept, the last ones."""
_LINES: Final = 20
_AT_ONCE: Final = 5.0
"""Real seconds in which what is told to end has ended."""
DIED: Final = "the process of the client died"
OUTER: Final = "AVATARWIRE_OUTER_PYTHONPATH"
"""Variable that has the `PYTHONPATH` of whoever starts this process."""


class Order(msgspec.Struct, frozen=True, tag="run"):
    """A run that is wanted.

    Attributes:
        plan: of the run.
        offers: whether to say what else the vendor could have done with each message.
        searched: whether it is judged as in a search.
        story: whether what happened is wanted, however it ended.
    """

    plan: Plan
    offers: bool = False
    searched: bool = False
    story: bool = False


class Search(msgspec.Struct, frozen=True, kw_only=True, tag="search"):
    """A search that is wanted.

    Attributes:
        vendor, client, allowed, patience, delay, seconds, examples, seed: as of `search.Hunt`.
        corpus: where examples are kept; empty for nowhere.
        box: file that has the talk at hand, for when this process does not outlive it.
    """

    vendor: str
    client: Client
    allowed: Allowed
    patience: float
    delay: float
    seconds: float | None
    examples: int | None
    seed: int
    corpus: str
    box: str


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """How far a search is, or what it has found.

    Attributes:
        over: whether it is over.
        runs, outcomes, reached, failures, unsteady: as of `search.Found`.
        unable: why nothing can be said of the client; empty where something can.
    """

    over: bool
    runs: int = 0
    outcomes: dict[str, int] = msgspec.field(default_factory=dict[str, int])
    reached: dict[str, int] = msgspec.field(default_factory=dict[str, int])
    failures: tuple[Failure, ...] = ()
    unsteady: tuple[str, ...] = ()
    unable: str = ""


class LastWords(msgspec.Struct, frozen=True, tag="last words"):
    """What a process says that can go on no more, in the place of an answer.

    Attributes:
        outcome, detail: of what it was about.
    """

    outcome: Outcome
    detail: str


class Boxed(msgspec.Struct, frozen=True):
    """The talk at hand."""

    plan: Plan
    tape: tuple[Deviation, ...]


def carried_out(order: Order) -> Ended:
    """Carries out a run, in this process, and says what it came to."""
    plan = order.plan
    try:
        subject = subject_of(plan.client)
    except AvatarwireError as error:
        return Ended(outcome="raised", unable=str(error))
    chooser = Taped(plan.vendor, freedoms_of(plan.vendor), plan.tape, delay=plan.delay, offers=order.offers)
    return subject.tried(plan, chooser, SEARCHED if order.searched else ORACLES, story=order.story)


def is_spent(order: Order, ended: Ended) -> bool:
    """Whether something of the client may still be at work in the process that has carried out a run."""
    return ended.outcome in ("hang", "livelock") and not order.plan.client.command


def searched(order: Search, progress: Callable[[Result], object]) -> Result:
    """Carries out a search, in this process.

    Args:
        order: what is wanted.
        progress: is told from time to time how far it is.
    """
    box = Path(order.box)

    def boxed(plan: Plan, tape: tuple[Deviation, ...]) -> None:
        box.write_bytes(msgspec.json.encode(Boxed(plan, tape)))

    def result(found: Found, *, over: bool) -> Result:
        return Result(
            over=over,
            runs=found.runs,
            outcomes=dict(found.outcomes),
            reached=dict(found.reached),
            failures=tuple(found.failures),
            unsteady=tuple(found.unsteady),
        )

    try:
        subject = subject_of(order.client)
        name = f"{order.vendor} {order.client.text} {order.allowed}"
        hunt = Hunt(
            vendor=order.vendor,
            allowed=order.allowed,
            patience=order.patience,
            delay=order.delay,
            seconds=order.seconds,
            examples=order.examples,
            seed=order.seed,
            database=database_of(order.corpus, name) if order.corpus else None,
            box=boxed,
        )
        return result(hunted(hunt, subject, lambda found: progress(result(found, over=False))), over=True)
    except AvatarwireError as error:
        return Result(over=True, unable=str(error))


def _fuzzed(order: Fuzz, progress: Callable[[Fuzzing], object]) -> Fuzzing:
    try:
        return fuzzed(order, progress)
    except AvatarwireError as error:
        return Fuzzing(over=True, unable=str(error))


def _ended(number: int, frame: FrameType | None) -> NoReturn:
    signal.signal(signal.SIGTERM, _passed_over)  # what ends now is not to be interrupted
    raise Told


def _passed_over(number: int, frame: FrameType | None) -> None:
    """A function, since programs of a client would inherit that a signal is ignored."""


def main() -> None:
    """Carries out orders until there are no more, or until it is told to end."""
    # Programs of a client are not to import what this process does: theirs may be another Python.
    outer = os.environ.pop(OUTER, None)
    os.environ.pop("PYTHONPATH", None)
    if outer is not None:
        os.environ["PYTHONPATH"] = outer
    signal.signal(signal.SIGINT, _passed_over)  # whoever gives the orders is interrupted, too, and ends this process
    orders, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    lines = SimpleQueue[bytes]()
    threading.Thread(target=_listen, args=(orders, lines), daemon=True).start()
    with tempfile.TemporaryFile() as printed:
        for descriptor in (1, 2):
            os.dup2(printed.fileno(), descriptor)
        GivingUp.to = partial(_given_up, answers)
        try:
            signal.signal(signal.SIGTERM, _ended)
            _work(lines, answers, printed)
        except Told:
            pass
        except BaseException as error:
            _say_last(answers, "raised", f"{DIED}: {_last_line(error)}")
    _leave()


def _given_up(answers: IO[bytes], why: Stuck) -> None:
    _say_last(answers, "hang" if isinstance(why, Blocked) else "livelock", str(why))
    _leave()


def _say_last(answers: IO[bytes], outcome: Outcome, detail: str) -> None:
    with suppress(OSError, ValueError):
        _answer(answers, LastWords(outcome, detail))


def _last_line(error: BaseException) -> str:
    """That of its traceback, and where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    at = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    return f"{worded(error)}{at}"


def _leave() -> NoReturn:
    """Whatever threads of a client are still at work; what it has started ends with this process's group."""
    if os.getpgrp() == os.getpid():
        with suppress(OSError):
            os.killpg(0, signal.SIGKILL)
    os._exit(0)


def _listen(orders: IO[bytes], lines: SimpleQueue[bytes]) -> None:
    """Takes orders; when whoever gives them is gone, the one at hand is ended, and this process."""
    for line in orders:
        lines.put(line)
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(_AT_ONCE)
    _leave()


def _work(lines: SimpleQueue[bytes], answers: IO[bytes], printed: IO[bytes]) -> None:
    while True:
        line = lines.get()
        order = msgspec.json.decode(line, type=Order | Search | Fuzz | Again)
        os.ftruncate(printed.fileno(), 0)
        os.lseek(printed.fileno(), 0, os.SEEK_SET)
        if isinstance(order, Search | Fuzz):
            set_hypothesis_home_dir(Path(order.box).parent)  # not where somebody works
        if isinstance(order, Search):
            _answer(answers, searched(order, partial(_answer, answers)))
            continue
        if isinstance(order, Fuzz):
            _answer(answers, _fuzzed(order, partial(_answer, answers)))
            continue
        if isinstance(order, Again):
            _answer(answers, tried_again(order))
            continue
        ended = _with_remarks(carried_out(order), _tail(printed))
        _answer(answers, ended)
        if is_spent(order, ended):
            break


def _with_remarks(ended: Ended, text: str) -> Ended:
    """What a run came to, with what the client has printed and logged at the end of its story."""
    if not text:
        return ended
    told = tuple(f"the client has printed: {line}" for line in text.splitlines()[-_LINES:])
    detail = f"{ended.detail}\n{text}".strip() if ended.outcome == "raised" else ended.detail
    return msgspec.structs.replace(ended, detail=detail, story=(*ended.story, *told) if ended.story else ())


def _answer(answers: IO[bytes], what: object) -> None:
    answers.write(msgspec.json.encode(what) + b"\n")
    answers.flush()


def _tail(printed: IO[bytes]) -> str:
    sys.stdout.flush()
    sys.stderr.flush()
    printed.seek(0)
    return printed.read().decode(errors="replace")[-_OUTPUT:].strip()


if __name__ == "__main__":
    main()
