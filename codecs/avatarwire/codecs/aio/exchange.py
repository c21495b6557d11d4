"""HTTP calls by httpx: one operation after the other at one address. Only the calling lives here."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Final, Self, TypeVar
from urllib.parse import urlsplit

import httpx

from ..errors import ConnectionLostError
from ..message import Message
from ..operation import HttpRequest, Operation

__all__ = ["Exchange", "is_local"]

RequestT = TypeVar("RequestT", bound=Message)
ResponseT = TypeVar("ResponseT")

_LOCAL: Final = ("127.", "localhost", "::1")


def is_local(url: str) -> bool:
    """Whether a URL is on this machine, where no proxy of the environment can help."""
    return (urlsplit(url).hostname or "").startswith(_LOCAL)


class Exchange:
    """Makes calls.

    Args:
        url: of the service, without a path.
        timeout: seconds of silence after which a call fails.
        headers: further headers for a request of an operation, such as its signature; None for none.
        trust: what https trusts; None for what this machine does.
    """

    def __init__(
        self,
        url: str,
        timeout: float,
        headers: Callable[[str, HttpRequest], Mapping[str, str]] | None = None,
        *,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self.url: Final = url
        self._timeout: Final = timeout
        self._headers = headers
        # Certificates are costly to load.
        secure = urlsplit(url).scheme == "https"
        self._http: Final = httpx.AsyncClient(
            timeout=timeout, trust_env=not is_local(url), verify=trust if secure and trust is not None else secure
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes what is still open."""
        await self._http.aclose()

    async def call(
        self, operation: Operation[RequestT, ResponseT], request: RequestT, *, attempts: int = 1
    ) -> ResponseT:
        """Makes one call.

        Args:
            operation, request: what to ask for.
            attempts: how often to try while no answer comes: more than once where a repeat does no harm.

        Raises:
            HttpError: the service refuses it.
            CodecError: the answer cannot be read.
            ConnectionLostError, TimeoutError: there is no answer.
        """
        status, body = await self.send(operation.id, operation.encode_request(request), attempts=attempts)
        return operation.decode_response(status, body).value

    async def send(self, name: str, request: HttpRequest, *, attempts: int = 1) -> tuple[int, bytes]:
        """Makes one call; its status and body.

        Raises:
            ConnectionLostError, TimeoutError: there is no answer.
        """
        while True:
            attempts -= 1
            try:
                return await self._sent(name, request)
            except (ConnectionLostError, TimeoutError):
                if attempts < 1:
                    raise

    async def _sent(self, name: str, request: HttpRequest) -> tuple[int, bytes]:
        headers: dict[str, Any] = dict(request.headers if self._headers is None else self._headers(name, request))
        try:
            answer = await self._http.request(
                request.method, self.url + request.target, headers=headers, content=request.body
            )
        except httpx.TimeoutException:
            raise TimeoutError(f"{name}: nothing came for {self._timeout:g} s") from None
        except (httpx.RequestError, httpx.InvalidURL) as error:
            raise ConnectionLostError(f"{name}: {str(error) or type(error).__name__}") from error
        return answer.status_code, answer.content
