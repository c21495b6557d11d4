"""A text that is the JSON of another message: checked with the message that holds it, paths from the text on.

Only this kind of rule lives here; the other kinds are in `constraints.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, Protocol

from ..errors import DecodeError, ValidationError
from .checking import against
from .constraints import Constraint
from .findings import Finding, below
from .paths import Shape

__all__ = ["JsonString", "TextCodec"]


class TextCodec(Protocol):
    """What reads a text: a JSON codec."""

    @property
    def type(self) -> Any:
        """The message that the text says."""
        ...

    def decode(self, data: bytes) -> Any:
        """The message, with what was found (`Received`)."""
        ...

    def findings(self, data: bytes) -> Sequence[Finding]:
        """Everything by which the text is not as it should be sent."""
        ...


class JsonString(Constraint, frozen=True):
    """A text is the JSON of another message: an object, whose rules have clauses of their own.

    Attributes:
        path: wire path of the text.
        codec: reads it; `codec.type` is the other message.
        as_sent: whether it is held to what only a sender is held to.
        rules: further rules about the other message, where it stands here.
    """

    kind: ClassVar[str] = "json"

    path: str
    codec: TextCodec
    as_sent: bool = False
    rules: tuple[Constraint, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path,)

    @property
    def text(self) -> str:
        also = "".join(f"; in it, {rule.text}" for rule in self.rules)
        return f"{self.path} is JSON text of a {self.codec.type.__name__}{also}"

    def findings(self, message: Any, shape: Shape) -> Iterator[Finding]:
        for path, text in shape.values(message, self.path):
            if text is not None:
                yield from (below(path, item) for item in self._judged(text))

    def test(self, shape: Shape, name: Callable[[object], str]) -> str:
        value = shape.expression(self.path)
        return "" if value is None else value.unless_absent(f"not {name(self._judged)}({value.source})")

    def schema(self, shape: Shape) -> None:
        return None

    def _judged(self, text: str) -> Sequence[Finding]:
        # Half surrogate pairs pass here: the codec finds them not to be UTF-8 and says so.
        data = text.encode("utf-8", "surrogatepass")
        try:
            decoded = self.codec.decode(data)
            found = decoded.findings
            if self.rules:
                found = (*found, *against(self.rules, decoded.value))
        except ValidationError as error:
            # Only JSON that is no object has an offset.
            if error.offset is not None:
                return (self._found("", error.reason, f"{error.expected}, as text"),)
            found = error.findings
        except DecodeError as error:
            where = "" if error.offset is None else f" at byte {error.offset} of the text"
            return (self._found("", f"{error.reason}{where}", f"{error.expected}, as text"),)
        return self.codec.findings(data) if self.as_sent else found
