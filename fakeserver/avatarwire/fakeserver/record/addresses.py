"""Addresses in answers, and those of the proxy in their place, so that a client's further connections come this way.

Only the origin of a URL is exchanged, byte by byte in the body as it came: path, query and token, and whatever else
the answer says, stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Final

from avatarwire.fakeserver.record.upstream import Origin, RecordError

__all__ = ["Addresses"]

MOST: Final = 32
"""Origins that get a port of their own."""
_URL: Final = re.compile(rb"\b(https?|wss?)(:(?:\\?/){2})([A-Za-z0-9.\-_:\[\]]{1,300})")
_SOCKETS: Final = (b"ws", b"wss")
_LOCAL: Final = {b"http": b"http", b"https": b"http", b"ws": b"ws", b"wss": b"ws"}


class Addresses:
    """Which local address stands for which origin.

    Args:
        upstream: the origin of the endpoint itself.
        listen: opens one more port for an origin, and gives host and port.
        told: called with each pair of addresses, the local one first.
    """

    def __init__(
        self,
        upstream: Origin,
        listen: Callable[[Origin], Awaitable[str]],
        told: Callable[[str, str], object],
    ) -> None:
        self._upstream: Final = upstream
        self._listen: Final = listen
        self._told: Final = told
        self._local: Final[dict[Origin, str]] = {}

    @property
    def pairs(self) -> dict[str, str]:
        """Local addresses, and what each stands for."""
        return {f"http://{place}": origin.url for origin, place in self._local.items()}

    async def local(self, origin: Origin) -> str:
        """Host and port that stand for an origin; empty where there are too many already."""
        if origin not in self._local:
            if len(self._local) >= MOST:
                return ""
            self._local[origin] = place = await self._listen(origin)
            self._told(f"http://{place}", origin.url)
        return self._local[origin]

    async def rewritten(self, body: bytes) -> bytes:
        """A body with the addresses exchanged: of all sockets, and of the endpoint itself."""
        if b"://" not in body and b":\\/\\/" not in body:
            return body
        places: dict[tuple[bytes, bytes], bytes] = {}
        for scheme, _, authority in _URL.findall(body):
            if (scheme, authority) not in places and (place := await self._place(scheme, authority)):
                places[scheme, authority] = place.encode()

        def exchanged(found: re.Match[bytes]) -> bytes:
            place = places.get((found[1], found[3]))
            return found[0] if place is None else _LOCAL[found[1]] + found[2] + place

        return _URL.sub(exchanged, body) if places else body

    async def _place(self, scheme: bytes, authority: bytes) -> str:
        try:
            origin = Origin.parse(f"{scheme.decode()}://{authority.decode()}", "")
        except RecordError:
            return ""
        return await self.local(origin) if scheme in _SOCKETS or origin == self._upstream else ""
