"""What all searches by Hypothesis have in common: their settings, how they object, where they keep examples.

What is searched for in clients is in `probing/`, in codecs and fakes in `fuzzing/`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, suppress
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.database import DirectoryBasedExampleDatabase, ExampleDatabase
from hypothesis.errors import Flaky, HypothesisException

from avatarwire.codecs.errors import AvatarwireError

__all__ = ["CouldNotSearch", "Objection", "database_of", "drawing", "objection", "objections_kept"]

_ALL_HEALTH_CHECKS: Final = tuple(cast("Iterable[HealthCheck]", HealthCheck))
"""Hypothesis is told how long an example may take, and how much of it is drawn."""


_STEPS: Final = 30
"""Steps of an example at most, where it has several."""


class CouldNotSearch(AvatarwireError):
    """Nothing can be said: a client does not even get through a talk that goes as documented, or there is no corpus."""


def drawing(
    examples: int,
    database: ExampleDatabase | None = None,
    *,
    # Not `Phase.target`: climbing takes any time where the draws are texts.
    phases: Sequence[Phase] = (Phase.reuse, Phase.generate),
) -> settings:
    """Settings by which examples are drawn and nothing else is done: they are made simpler elsewhere.

    They have to come after a seed, which takes the corpus from those that it finds.

    Args:
        examples: at most.
        database: where they are kept; None for nowhere.
        phases: of what Hypothesis does.
    """
    return settings(
        max_examples=examples,
        database=database,
        deadline=None,
        derandomize=False,
        phases=phases,
        verbosity=Verbosity.quiet,
        suppress_health_check=_ALL_HEALTH_CHECKS,
        print_blob=False,
        report_multiple_bugs=False,
        stateful_step_count=_STEPS,
    )


class Objection(AssertionError):
    """Something does not hold. Hypothesis tells failures apart by their class."""


@cache
def _kind_of(name: str) -> type[Objection]:
    return type(f"Objection_{name}", (Objection,), {})


def objection(name: str, detail: str = "") -> Objection:
    """An objection to what has a name; one class for each."""
    return _kind_of(name)(detail)


def objections_kept() -> AbstractContextManager[None]:
    """Passes over what has objected: it is kept where it was seen, and need not come twice."""
    return suppress(Objection, BaseExceptionGroup, Flaky, HypothesisException)


# --- where examples are kept ---


class _Named(ExampleDatabase):
    """Examples of one search, apart from those of others in the same place.

    Args:
        inner: where they are.
        name: of the search.
    """

    def __init__(self, inner: ExampleDatabase, name: str) -> None:
        super().__init__()
        self._inner: Final = inner
        self._name: Final = name.encode()

    def _key(self, key: bytes) -> bytes:
        return hashlib.sha256(self._name + b"\0" + key).digest()

    def save(self, key: bytes, value: bytes) -> None:
        self._inner.save(self._key(key), value)

    def fetch(self, key: bytes) -> Iterable[bytes]:
        return self._inner.fetch(self._key(key))

    def delete(self, key: bytes, value: bytes) -> None:
        self._inner.delete(self._key(key), value)


def database_of(place: str, name: str) -> ExampleDatabase:
    """Where examples are kept that machines share.

    Args:
        place: a folder, or ``redis://HOST:PORT/NUMBER``.
        name: of the search.

    Raises:
        CouldNotSearch: there is no library for that, nothing is there that can be reached, or it is no folder.
    """
    if not place.startswith(("redis://", "rediss://", "unix://")):
        if Path(place).exists() and not Path(place).is_dir():
            raise CouldNotSearch(f"--corpus {place}: it is no folder")
        return _Named(DirectoryBasedExampleDatabase(place), name)
    try:
        import redis
        from hypothesis.extra.redis import RedisExampleDatabase
    except ImportError:
        raise CouldNotSearch('--corpus: a corpus in Redis needs its library: pip install "redis>=5"') from None
    # Examples are asked for where no error is heard of any more. A URL may have a password in it.
    try:
        connection: Any = cast("Any", redis.Redis).from_url(place)
        connection.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        raise CouldNotSearch(f"--corpus: Redis cannot be reached: {type(error).__name__}") from None
    return _Named(RedisExampleDatabase(connection), name)
