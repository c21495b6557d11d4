"""The memory of nonces that were used: a signed request serves once (ALI-E67). Time is passed in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from heapq import heappop, heappush
from typing import Protocol

from .canonical import wire_bytes

__all__ = ["NonceMemory", "NonceStore"]


class NonceStore(Protocol):
    """Remembers which nonces were used."""

    def remember(self, access_key_id: str, nonce: str, *, now: float, until: float) -> bool:
        """Takes a nonce into use.

        Args:
            access_key_id: key that signed with it; different keys may use the same nonce.
            nonce: text of any length.
            now: epoch seconds.
            until: epoch seconds up to which the request's own date would still be accepted.

        Returns:
            False when that key used this nonce before.
        """
        ...


class NonceMemory:
    """A `NonceStore` in memory, for one process.

    Expired nonces leave by the time passed in. At the limit the nonce that would expire first makes room, so
    memory stays bounded and a replay can slip through only under more than `limit` requests per window.
    """

    def __init__(self, limit: int = 100_000) -> None:
        """`limit`: most nonces remembered at once, at least 1."""
        if limit < 1:
            raise ValueError(f"limit is {limit}, expected at least 1")
        self._limit = limit
        self._expiry: list[tuple[float, bytes]] = []
        self._used: set[bytes] = set()

    @property
    def remembered(self) -> int:
        """How many nonces are remembered now."""
        return len(self._used)

    def remember(self, access_key_id: str, nonce: str, *, now: float, until: float) -> bool:
        """See `NonceStore.remember`."""
        while self._expiry and self._expiry[0][0] < now:
            self._forget_first()
        # A digest, because the nonce's length is the client's choice and ours is the memory.
        digest = hashlib.sha256(wire_bytes(f"{len(access_key_id)}:{access_key_id}{nonce}")).digest()
        if digest in self._used:
            return False
        if len(self._used) >= self._limit:
            self._forget_first()
        self._used.add(digest)
        heappush(self._expiry, (until, digest))
        return True

    def saved(self) -> list[tuple[float, bytes]]:
        """Until when each nonce is remembered, and its hash, for another memory to know (`restored`)."""
        return sorted(self._expiry)

    def restored(self, nonces: Iterable[tuple[float, bytes]]) -> None:
        """Remembers what another memory did, in the place of all that it did, as much as there is room for."""
        self._expiry = sorted(nonces)[-self._limit :]  # sorted is a heap
        self._used = {digest for _, digest in self._expiry}

    def _forget_first(self) -> None:
        self._used.discard(heappop(self._expiry)[1])
