"""The adversary in a test: ``@adversary(vendor=...)`` gives a test a `run`, to be called with the class of an adapter.

    @adversary(vendor="aliyun", allow="errata")
    def test_my_client(run: Run) -> None:
        run(MyAdapter)

How long it searches, the profile says, of the option ``--hypothesis-profile`` or of the variable
``AVATARWIRE_PROFILE``: ``ci`` a minute, ``nightly`` an hour; any other ten seconds.
"""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, get_args

from hypothesis import settings

from avatarwire.codecs.errors import AvatarwireError

from ..failure_files import FOLDER, written
from ..suites import VENDOR_NAMES
from .failure import Failure
from .freedoms import Allowed
from .plan import Client
from .probe import usual
from .search import Found, Hunt, hunted
from .subject import subject_of

__all__ = ["PROFILES", "Broken", "Run", "adversary"]

PROFILES: Final[Mapping[str, float]] = {"ci": 60.0, "nightly": 3600.0}
"""Real seconds of a search, by the name of the profile."""
_SECONDS: Final = 10.0
_VARIABLE: Final = "AVATARWIRE_PROFILE"


class Broken(AssertionError):
    """Something breaks the client: the text tells what, and how it goes again."""


class Run:
    """What a test calls with its client.

    Args:
        hunt: what is looked for.
        save: where failures go.

    Attributes:
        found: what was found by the last call.
    """

    def __init__(self, hunt: Callable[[bool], Hunt], save: Path) -> None:
        self._hunt: Final = hunt
        self._save: Final = save
        self.found = Found()

    def __call__(self, make: Callable[[], Any]) -> Found:
        """Looks for what breaks a client.

        Args:
            make: the class of an adapter, or what makes one.

        Raises:
            Broken: something does.
            CouldNotSearch: the client does not get through a talk that goes as documented.
        """
        __tracebackhide__ = True
        module, name = getattr(make, "__module__", ""), getattr(make, "__qualname__", "")
        subject = subject_of(Client(name=f"{module}:{name}"), make)
        self.found = hunted(self._hunt(subject.real), subject)
        if self.found.failures:
            raise Broken("\n".join(self._told(failure) for failure in self.found.failures))
        return self.found

    def _told(self, failure: Failure) -> str:
        try:
            replay = f"avatarwire replay {written(failure, self._save)}"
        except OSError as error:
            replay = f"{self._save}: {error.strerror or error}"
        return "\n".join((failure.text, *(f"  {line}" for line in failure.story), f"  {replay}"))


def adversary(
    *,
    vendor: str,
    allow: Allowed = "faults",
    patience: float | None = None,
    horizon: float | str = 0.0,
    seconds: float | None = None,
    examples: int | None = None,
    seed: int = 0,
    save: Path = FOLDER,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Has a test be called with a `run`.

    Args:
        vendor: with whose fake.
        allow: what the vendor is allowed: ``documented``, ``errata``, ``faults`` or ``hostile``.
        patience: seconds for which a call may last; 300 of jumping time, 5 of real time.
        horizon: seconds, or text such as ``8h``, for which the session is left alone before its end.
        seconds: real ones of the search; None for what the profile says.
        examples: talks at most, in the place of a time.
        seed: of what is drawn.
        save: where failures go.

    Raises:
        AvatarwireError: there is no such vendor or level, or no such time.
    """
    if vendor not in VENDOR_NAMES:
        raise AvatarwireError(f"vendor: expected one of {', '.join(VENDOR_NAMES)}, got {vendor!r}")
    if allow not in get_args(Allowed):
        raise AvatarwireError(f"allow: expected one of {', '.join(get_args(Allowed))}, got {allow!r}")
    left_alone = _in_seconds(horizon)

    def hunt(real: bool) -> Hunt:
        usual_patience, delay = usual(real=real)
        return Hunt(
            vendor=vendor,
            allowed=allow,
            patience=usual_patience if patience is None else patience,
            delay=delay,
            horizon=left_alone,
            seconds=seconds if seconds is not None or examples is not None else _of_profile(),
            examples=examples,
            seed=seed,
            database=settings().database,
        )

    def decorated(test: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(test)
        def with_run(*arguments: Any, **more: Any) -> Any:
            __tracebackhide__ = True
            return test(*arguments, run=Run(hunt, save), **more)

        signature = inspect.signature(test)
        if "run" not in signature.parameters:
            raise AvatarwireError(f"{test.__name__} has no parameter run")
        # pytest looks for fixtures by the names of the parameters: `run` is none.
        others = [it for name, it in signature.parameters.items() if name != "run"]
        with_run.__signature__ = signature.replace(parameters=others)  # type: ignore[attr-defined]
        return with_run

    return decorated


def _of_profile() -> float:
    name = os.environ.get(_VARIABLE) or settings.get_current_profile_name()
    return PROFILES.get(name, _SECONDS)


_UNITS: Final = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def _in_seconds(time: float | str) -> float:
    """Raises: AvatarwireError: it is no time."""
    if not isinstance(time, str):
        return float(time)
    unit = _UNITS.get(time[-1:])
    try:
        return float(time[:-1]) * unit if unit else float(time)
    except ValueError:
        raise AvatarwireError(f"horizon: expected seconds, or a time such as 8h, got {time!r}") from None
