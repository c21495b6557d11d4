"""What one HTTP operation is: one value from which routes, clients, fakes, schemas and cases are read.

Only the vendor-neutral description of an HTTP call lives here, and how its parameters travel. Which operations exist
is the vendor's business (`<vendor>/http.py`), and so are signatures and error bodies' meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, Literal, Protocol, TypeVar, cast
from urllib.parse import parse_qsl, quote

from .core.findings import deviation
from .core.introspection import declaration, undeclared
from .core.json_codec import JsonCodec
from .core.json_text import is_json_like, look
from .core.received import Received
from .errors import DecodeError, EncodeError, HttpError, shown
from .message import Message

__all__ = [
    "AnswerCodec",
    "HttpRequest",
    "Operation",
    "RequestCodec",
    "ResponseCodec",
    "decode_http_error",
    "http_failure",
]

RequestT = TypeVar("RequestT", bound=Message)
ResponseT = TypeVar("ResponseT")

_OK: Final = 200

JSON_CONTENT_TYPE: Final = "application/json; charset=utf-8"

_ERROR_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "code": ("Code", "code", "errorCode"),
    "message": ("Message", "message", "msg", "errorMessage", "errorMsg"),
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


class ResponseCodec(Protocol[ResponseT]):
    """What an operation asks of the codec of its answers: `JsonCodec`, or `EnvelopeCodec` where data is wrapped.

    Attributes:
        type: of what a caller gets: a message, or any type msgspec knows.
        message: catalogue id, such as ``createLive.response``.
        envelope: name of the type that the data is wrapped in; empty where it is not.
    """

    type: Any
    message: str
    envelope: str

    def encode(self, value: ResponseT, *, strict: bool = True) -> bytes:
        """The body of a successful answer."""
        ...

    def decode(self, data: bytes, *, strict: bool = False) -> Received[ResponseT]:
        """What the body of a successful answer says."""
        ...


def http_failure(status: int, body: bytes) -> HttpError | None:
    """The failure that an answer reports by its status; None for 2xx."""
    return None if 200 <= status < 300 else decode_http_error(status, body)


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
        headers: headers every request of it carries; a body has the content type of JSON unless they say another.
        joined: wire names of list parameters that travel as one comma-joined query value.
        auth: name of the authentication scheme, such as ``ACS3-HMAC-SHA256``.
        failure: gives the failure that a status and a body report, None for a success. Vendors that report failures
            in an envelope under status 200 have their own.
        error: codec of the body of a failure, the same for all operations of a vendor.
        body_clause: clause by which parameters of a query are understood that come as a JSON object in the body, where
            there is no query; empty where they are not.
    """

    id: str
    vendor: str
    title: str
    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    parameters_in: Literal["query", "body"]
    request: JsonCodec[RequestT]
    response: ResponseCodec[ResponseT]
    section: str = ""
    clauses: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    joined: frozenset[str] = frozenset()
    auth: str = ""
    failure: Callable[[int, bytes], HttpError | None] = http_failure
    error: JsonCodec[Any] | None = None
    body_clause: str = ""

    def encode_request(self, request: RequestT, *, strict: bool = True) -> HttpRequest:
        """The HTTP request that carries `request`.

        Args:
            request: the parameters.
            strict: refuse what only lenient reading takes.

        Raises:
            EncodeError: a message of another type, or a list item that cannot be distinguished from two once joined.
            ValidationError: a rule between fields is broken.
        """
        body = self.request.encode(request, strict=strict)
        if self.parameters_in == "body":
            return HttpRequest(
                self.method, self.path, headers={"content-type": JSON_CONTENT_TYPE, **self.headers}, body=body
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

    def decode_request(self, query: str = "", body: bytes = b"", *, strict: bool = False) -> Received[RequestT]:
        """Reads the parameters of a received request from where this operation carries them.

        A body that is empty counts as an object without members, as clients send for a call without parameters.

        Raises:
            DecodeError: the body is not JSON, or the query is not UTF-8.
            ValidationError: a parameter is missing, mistyped or out of range.
        """
        if self.parameters_in == "body":
            return self.request.decode(body or b"{}", strict=strict)
        if self.body_clause and body and not query:
            return self._misplaced(body, strict=strict)
        return self.request.convert(self._query_fields(query), strict=strict, text_values=True)

    def examine_request(self, query: str = "", body: bytes = b"") -> tuple[Received[RequestT], dict[str, Any]]:
        """As `decode_request` does, and the parameters that nothing declares, by wire path; both from one reading.

        Raises:
            DecodeError, ValidationError: as for `decode_request`.
        """
        if self.parameters_in == "body":
            return self.request.examine(body or b"{}")
        if self.body_clause and body and not query:
            received = self._misplaced(body)
            return received, received.unknown_fields()
        fields = self._query_fields(query)
        return self.request.convert(fields, text_values=True), undeclared(declaration(self.request.type), fields)

    def _misplaced(self, body: bytes, *, strict: bool = False) -> Received[RequestT]:
        """Parameters of a query that came in the body."""
        read = self.request.decode(body, strict=strict)
        reason = "the parameters are in the body, not in the query"
        found = deviation(self.body_clause, "", reason, level="warning")
        if strict:
            self.request.refuse((found,))
        return Received(read.value, (found, *read.findings), read.raw, read.id)

    def _query_fields(self, query: str) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        try:
            query.encode()
            pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=100)
        except ValueError as error:
            raise DecodeError(f"unreadable query: {error}", vendor=self.vendor, message=self.request.message) from None
        for name, value in pairs:
            if name in self.joined:
                fields.setdefault(name, []).extend(part for part in value.split(",") if part)
            else:
                fields[name] = value
        return fields

    def encode_response(self, response: ResponseT) -> bytes:
        """The JSON body of a successful answer."""
        return self.response.encode(response)

    def decode_response(self, status: int, body: bytes, *, strict: bool = False) -> Received[ResponseT]:
        """Reads an answer.

        Raises:
            HttpError: a failure; the error carries status, code, message and request id.
            DecodeError, ValidationError: the answer is no failure, but its body is not what the operation returns.
        """
        self._raise(self.failure(status, body))
        return self.response.decode(body, strict=strict)

    def decode_body(self, body: bytes, *, strict: bool = False) -> Received[ResponseT]:
        """The same for a body alone, whose status is not known: that of a failure is known by its members.

        Raises:
            HttpError: a failure; its status is 0 unless failures of the vendor come with status 200.
            DecodeError, ValidationError: as for `decode_response`.
        """
        self._raise(self.failure(_OK, body))
        if _reported(self.error, body) is not None:
            self._raise(self.failure(0, body))
        return self.response.decode(body, strict=strict)

    def _raise(self, failed: HttpError | None) -> None:
        if failed is not None:
            told = _reported(self.error, failed.body)
            if told is not None:
                failed.received = told
            raise failed


def _reported(codec: JsonCodec[Any] | None, body: bytes) -> Received[Any] | None:
    """The failure that a body reports; None for a body of another form."""
    try:
        return None if codec is None else codec.decode(body)
    except DecodeError:
        return None


class RequestCodec:
    """The parameters of one operation as they travel: a body, or a query, percent-encoded and without question mark."""

    def __init__(self, operation: Operation[Any, Any]) -> None:
        self._operation = operation

    def decode(self, data: bytes, *, strict: bool = False) -> Received[Any]:
        """Reads the parameters.

        Raises:
            DecodeError, ValidationError: as for `Operation.decode_request`.
        """
        if self._operation.parameters_in == "body":
            read = self._operation.decode_request(body=data, strict=strict)
            return read if data else Received(read.value, read.findings, data, read.id, read.raw)
        has_mark = data.startswith(b"?")
        if self._operation.body_clause and is_json_like(data):
            return self._operation.decode_request(body=data, strict=strict)
        if has_mark or is_json_like(data):
            got = "a question mark in front" if has_mark else "JSON, and no query"
            codec = self._operation.request
            raise DecodeError(
                got, vendor=codec.vendor, message=codec.message, offset=0, expected="name=value&name=value"
            )
        read = self._operation.decode_request(data.decode("utf-8", "surrogateescape"), strict=strict)
        return Received(read.value, read.findings, data, read.id, read.raw)

    def encode(self, value: Any, *, strict: bool = True) -> bytes:
        """Writes them.

        Raises:
            EncodeError, ValidationError: as for `Operation.encode_request`.
        """
        request = self._operation.encode_request(value, strict=strict)
        return request.body if self._operation.parameters_in == "body" else request.query.encode()


class AnswerCodec:
    """The answers of one operation as they travel: their body."""

    def __init__(self, operation: Operation[Any, Any]) -> None:
        self._operation = operation

    def decode(self, data: bytes, *, strict: bool = False) -> Received[Any]:
        """Reads a success.

        Raises:
            HttpError, DecodeError, ValidationError: as for `Operation.decode_body`.
        """
        return self._operation.decode_body(data, strict=strict)

    def encode(self, value: Any, *, strict: bool = True) -> bytes:
        """Writes a success.

        Raises:
            EncodeError, ValidationError: as for the codec of the answers.
        """
        return self._operation.response.encode(value, strict=strict)


def decode_http_error(status: int, body: bytes) -> HttpError:
    """The error that a failed call's body describes; a body that is no JSON object is kept as it came."""
    decoded = look(body)
    fields = cast("dict[str, Any]", decoded) if isinstance(decoded, dict) else {}
    told = {
        role: next((str(fields[name]) for name in names if isinstance(fields.get(name), (str, int))), "")
        for role, names in _ERROR_FIELDS.items()
    }
    return HttpError(status, told["code"], told["message"], request_id=told["request_id"], body=body)
