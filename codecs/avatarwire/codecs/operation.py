"""What one HTTP operation is: one value from which routes, clients, fakes, schemas and cases are read.

Only the vendor-neutral description of an HTTP call lives here, and how its parameters travel. Which operations exist
is the vendor's business (`<vendor>/http.py`), and so are signatures and error bodies' meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, Literal, TypeVar, cast
from urllib.parse import parse_qsl, quote

import msgspec

from .errors import DecodeError, EncodeError, HttpError, shown
from .message import UNREADABLE, Decoded, JsonCodec, Message

__all__ = ["HttpRequest", "Operation", "decode_http_error"]

RequestT = TypeVar("RequestT", bound=Message)
ResponseT = TypeVar("ResponseT", bound=Message)

JSON_CONTENT_TYPE: Final = "application/json; charset=utf-8"

_ERROR_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "code": ("Code", "code", "errorCode"),
    "message": ("Message", "message", "errorMessage", "errorMsg"),
    "request_id": ("RequestId", "requestId"),
}
"""Names under which services report a failure; the first that is there counts."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """An HTTP request without its host, its signature or a connection: what to hand to any HTTP client.

    Attributes:
        method: such as ``GET``.
        path: absolute path, not percent-encoded further.
        query: the query string as sent, without the question mark.
        headers: header names in lower case.
        body: empty when there is none.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""

    @property
    def target(self) -> str:
        """Path and query as in the request line."""
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass(frozen=True, slots=True)
class Operation(Generic[RequestT, ResponseT]):
    """One HTTP operation of a vendor.

    Attributes:
        id: the vendor's name of it, such as ``StartAvatarSession``.
        vendor: such as ``aliyun``.
        title: one line.
        method, path: the request line.
        parameters_in: ``query`` (no body) or ``body`` (a JSON object, no query).
        request, response: codecs of the two sides.
        section: where the vendor's document describes it.
        clauses: ids of the rules about it.
        headers: headers every request of it carries.
        joined: wire names of list parameters that travel as one comma-joined query value.
        auth: name of the authentication scheme, such as ``ACS3-HMAC-SHA256``.
    """

    id: str
    vendor: str
    title: str
    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    parameters_in: Literal["query", "body"]
    request: JsonCodec[RequestT]
    response: JsonCodec[ResponseT]
    section: str = ""
    clauses: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    joined: frozenset[str] = frozenset()
    auth: str = ""

    def encode_request(self, request: RequestT) -> HttpRequest:
        """The HTTP request that carries `request`.

        Raises:
            EncodeError: a message of another type, or a list item that cannot be told from two once joined.
            ValidationError: a rule between fields is broken.
        """
        body = self.request.encode(request)
        if self.parameters_in == "body":
            return HttpRequest(
                self.method, self.path, headers={**self.headers, "content-type": JSON_CONTENT_TYPE}, body=body
            )
        query = "&".join(
            f"{quote(name, safe='')}={quote(self._query_text(name, value), safe='')}"
            for name, value in sorted(request.to_dict().items())
        )
        return HttpRequest(self.method, self.path, query, self.headers)

    def _query_text(self, name: str, value: Any) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if name not in self.joined:
            return str(value)
        items = [str(item) for item in value]
        for index, item in enumerate(items):
            if not item or "," in item:
                raise EncodeError(
                    f"got {shown(item)}",
                    vendor=self.vendor,
                    message=self.request.message,
                    path=f"{name}[{index}]",
                    expected="text that is not empty and has no comma",
                )
        return ",".join(items)

    def decode_request(self, query: str = "", body: bytes = b"", *, strict: bool = False) -> Decoded[RequestT]:
        """Reads the parameters of a received request from where this operation carries them.

        A body that is empty counts as an object without members, as clients send for a call without parameters.

        Raises:
            DecodeError: the body is not JSON, or the query is not UTF-8.
            ValidationError: a parameter is missing, mistyped or out of range.
        """
        if self.parameters_in == "body":
            return self.request.decode(body or b"{}", strict=strict)
        fields: dict[str, Any] = {}
        try:
            pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=100)
        except ValueError as error:
            raise DecodeError(f"unreadable query: {error}", vendor=self.vendor, message=self.request.message) from None
        for name, value in pairs:
            if name in self.joined:
                fields.setdefault(name, []).extend(part for part in value.split(",") if part)
            else:
                fields[name] = value
        return self.request.convert(fields, strict=strict, text_values=True)

    def encode_response(self, response: ResponseT) -> bytes:
        """The JSON body of a successful answer."""
        return self.response.encode(response)

    def decode_response(self, status: int, body: bytes, *, strict: bool = False) -> Decoded[ResponseT]:
        """Reads an answer.

        Raises:
            HttpError: the status is not 2xx; the error carries status, code, message and request id.
            DecodeError, ValidationError: a 2xx answer whose body is not what the operation returns.
        """
        if not 200 <= status < 300:
            raise decode_http_error(status, body)
        return self.response.decode(body, strict=strict)


def decode_http_error(status: int, body: bytes) -> HttpError:
    """The error that a failed call's body describes; a body that is no JSON object is kept as it came."""
    try:
        decoded: Any = msgspec.json.decode(body)
    except UNREADABLE:
        decoded = None
    fields = cast("dict[str, Any]", decoded) if isinstance(decoded, dict) else {}
    told = {
        role: next((str(fields[name]) for name in names if isinstance(fields.get(name), (str, int))), "")
        for role, names in _ERROR_FIELDS.items()
    }
    return HttpError(status, told["code"], told["message"], request_id=told["request_id"], body=body)
