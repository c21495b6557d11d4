"""Where examples are kept: apart from those of other searches, in a folder or in Redis."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fakeredis import FakeRedis

from avatarwire.conformance.searching import database_of


def held(database: Any) -> list[bytes]:
    return sorted(database.fetch(b"key"))


@pytest.mark.parametrize("place", ["folder", "redis"])
def test_searches_in_one_place_do_not_see_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    server: Any = FakeRedis()

    def connected(url: str) -> Any:
        del url
        return server

    monkeypatch.setattr("redis.Redis.from_url", connected)
    where = "redis://127.0.0.1/0" if place == "redis" else str(tmp_path)
    mine, same, other = (database_of(where, name) for name in ("mine", "mine", "other"))
    mine.save(b"key", b"one")
    mine.save(b"key", b"two")
    assert held(same) == [b"one", b"two"]
    assert held(other) == []
    same.delete(b"key", b"one")
    assert held(mine) == [b"two"]
