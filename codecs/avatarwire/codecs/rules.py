"""How rules between fields are told once and read three ways: by `check`, by the schema and by the leniencies.

Only the machinery lives here. Which field asks what of its neighbours is said beside the message concerned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, Final

from msgspec import UNSET

from .core.findings import Finding, deviation
from .errors import ValidationError
from .message import Message

__all__ = ["Variant", "given", "judged", "nested", "nested_in"]


@dataclass(frozen=True, slots=True)
class Variant:
    """What one value of a discriminating field asks of its neighbours.

    Attributes:
        tag: wire name of the discriminating field, such as ``operateType``.
        value: its value, such as ``CREATE``.
        needs: wire paths that must be there, each with the clause that says so. A missing one is an error.
        omits: wire paths that must not be there, likewise. A present one is a deviation: it is ignored.
    """

    tag: str
    value: str | int
    needs: Mapping[str, str] = field(default_factory=dict[str, str])
    omits: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def _said(self) -> str:
        return str(self.value).lower() if isinstance(self.value, bool) else str(self.value)

    def check(self, present: Set[str]) -> tuple[Finding, ...]:
        """Judges the wire paths that are there.

        Raises:
            ValidationError: one that is needed is not.
        """
        for path, clause in self.needs.items():
            if path not in present:
                raise ValidationError(
                    "required field is missing",
                    path=path,
                    expected=f"a value, as {self.tag} is {self._said}",
                    clause=clause,
                )
        return tuple(self.superfluous(path) for path in self.omits if path in present)

    def superfluous(self, path: str) -> Finding:
        """The deviation for a field that this variant leaves out."""
        return deviation(self.omits[path], path, f"{path} is left out when {self.tag} is {self._said}")

    def schema(self) -> Mapping[str, Any]:
        """The same as a member of JSON Schema's ``allOf``."""
        asked = [_needed(path) for path in self.needs] + [_left_out(path) for path in self.omits]
        return {
            "if": {"properties": {self.tag: {"const": self.value}}, "required": [self.tag]},
            "then": {"allOf": asked},
        }


def _needed(path: str) -> dict[str, Any]:
    head, _, rest = path.partition(".")
    return {"properties": {head: _needed(rest)}} if rest else {"required": [head]}


def _left_out(path: str) -> dict[str, Any]:
    head, _, rest = path.partition(".")
    return {"properties": {head: _left_out(rest)}} if rest else {"not": {"required": [head]}}


def judged(variants: Sequence[Variant], value: str | int, present: Set[str]) -> tuple[Finding, ...]:
    """What the variant for `value` says about the wire paths that are there; nothing, if there is none for it.

    Raises:
        ValidationError: as `Variant.check` does.
    """
    return tuple(item for variant in variants if variant.value == value for item in variant.check(present))


def given(message: Message, path: str = "") -> frozenset[str]:
    """Wire paths of the fields of `message` that are there, each below `path`; null counts as absent."""
    names = zip(message.__struct_encode_fields__, message.__struct_fields__, strict=True)
    prefix = f"{path}." if path else ""
    return frozenset(prefix + wire for wire, name in names if getattr(message, name) not in _ABSENT)


_ABSENT: Final = (UNSET, None)


def nested(path: str, part: Message) -> tuple[Finding, ...]:
    """`part.check()`, told with the wire path of `part` in its parent.

    Raises:
        ValidationError: as `part.check()` does.
    """
    try:
        found = part.check()
    except ValidationError as error:
        raise ValidationError(
            error.reason, path=_below(path, error.path), expected=error.expected, clause=error.clause
        ) from None
    return tuple(item.replace(path=_below(path, item.path)) for item in found)


def nested_in(path: str, parts: Iterable[Message]) -> tuple[Finding, ...]:
    """`nested` for every item of the list at a wire path.

    Raises:
        ValidationError: as `Message.check` of an item does.
    """
    return tuple(found for index, part in enumerate(parts) for found in nested(f"{path}[{index}]", part))


def _below(path: str, inner: str) -> str:
    return f"{path}.{inner}" if inner else path
