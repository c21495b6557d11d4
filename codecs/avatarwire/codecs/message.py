"""JSON messages: the base struct, strict and lenient decoding, deviations.

What every vendor's JSON bodies share lives here: how a field is declared, how a message is validated when it is made,
how one is decoded (the strict type first, the documented variants only when that fails) and how an error is reported
(`core/error_mapping.py` turns msgspec's words into ours). What a particular message looks like lives with its vendor.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar, Final, Self, TypeVar, cast, dataclass_transform

import msgspec
from msgspec import UNSET

from .core.checking import checker
from .core.constraints import Constraint
from .core.conversion import convert
from .core.error_mapping import UNWRITABLE, unwritable, validation_error
from .core.findings import Finding, refused
from .core.json_text import read
from .core.members import Int64, Ruled, doc, integer, ruled
from .errors import ValidationError

__all__ = ["Int64", "Message", "MessageT", "doc", "integer", "ruled", "was_made"]

MessageT = TypeVar("MessageT", bound="Message")

_dump: Final = msgspec.json.Encoder().encode

_BYTES: Final = (bytes,)


class MessageMeta(msgspec.StructMeta):
    """Validates a message when a caller makes one, and makes every field of every message keyword-only.

    msgspec validates what it decodes but trusts constructors. Decoding does not pass through here, so only hand-made
    messages pay; as messages are frozen, whatever exists is valid and encoding need not look again.
    """

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> Any:
        # msgspec inherits the other options of a struct, but not this one.
        options.setdefault("kw_only", True)
        # Each class gets its own once it is needed; inherited ones would check the rules of the base.
        namespace.setdefault("check", _first_check)
        own = {attribute: value.value for attribute, value in namespace.items() if isinstance(value, Ruled)}
        if own:
            for attribute in own:
                del namespace[attribute]
            inherited = {
                attribute: value for base in reversed(bases) for attribute, value in _ruled_values(base).items()
            }
            namespace["ruled_values"] = MappingProxyType({**inherited, **own})
        return super().__new__(mcls, name, bases, namespace, **options)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        try:
            names = _wire_names(cls, *args)
            given = {**_ruled_values(cls), **kwargs}
            fields = {names[name]: value for name, value in given.items() if value is not UNSET}
        except (KeyError, TypeError):
            # A misspelt argument, or one without a name: msgspec has the words for it.
            return super().__call__(*args, **kwargs)
        return _made(cast("type[Message]", cls), fields)


def _first_check(message: Any) -> tuple[Finding, ...]:
    """Puts the compiled function in its own place, for all later messages of the class."""
    cls = cast("Any", type(message))
    compiled = checker(cls)
    type.__setattr__(cls, "check", compiled)
    return compiled(message)


def _ruled_values(cls: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", getattr(cls, "ruled_values", {}))


@cache
def _wire_names(cls: msgspec.StructMeta) -> Mapping[str, str]:
    return dict(zip(cls.__struct_fields__, cls.__struct_encode_fields__, strict=True))


def _made(cls: type[MessageT], fields: dict[str, Any]) -> MessageT:
    """The message as it would arrive on the other side, every rule held."""
    try:
        # Where bytes are asked for, only bytes will do: msgspec would take a text for Base64 otherwise.
        made = convert(fields, cls, builtin_types=_BYTES)
        _dump(made)
    except msgspec.ValidationError as error:
        raise cls.refusal(fields) or validation_error(cls, str(error), message=cls.__name__) from None
    except UNWRITABLE as error:
        raise ValidationError(unwritable(error), message=cls.__name__) from None
    try:
        found = made.check()
    except ValidationError as error:
        raise error.located(message=cls.__name__) from None
    if barred := refused(found):
        raise cls.refusal(fields) or ValidationError.of(barred, message=cls.__name__)
    if cls.__struct_config__.dict:
        cast("Any", made).__dict__[_MADE] = True
    return made


_MADE: Final = "made"
"""Says, in the dict of a message whose class has one, that all rules were checked when it was made."""


def was_made(message: Message) -> bool:
    """Whether it is known that a message was made by a caller and not changed, so that it holds all rules.

    Only messages of classes with ``dict=True`` remember that; copies and what was received do not.
    """
    return _MADE in getattr(message, "__dict__", ())


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(msgspec.field, ruled))
class Message(msgspec.Struct, frozen=True, rename="camel", gc=False, metaclass=MessageMeta):
    """Base of every JSON message and of the objects inside one.

    Attributes are snake_case, the wire names are camelCase. Making one validates it: types, ranges, enumerations and
    the rules between fields; `ValidationError` names the field and the clause. Messages never change once made.
    """

    constraints: ClassVar[tuple[Constraint, ...]] = ()
    """The rules between fields, those of the bases apart: read by `check`, the schema, the catalogue and strategies."""
    ruled_values: ClassVar[Mapping[str, Any]] = MappingProxyType({})
    """The values of the fields that are `ruled`, by attribute."""

    def check(self) -> tuple[Finding, ...]:
        """Checks the rules between fields, of this message and of the messages in it.

        Returns:
            What can be understood although it is not the ruled form. Strict decoding and making a message refuse it.

        Raises:
            ValidationError: for what cannot be understood; its `findings` are all there are.
        """
        return _first_check(self)

    @classmethod
    def ruled_members(cls) -> dict[str, Any]:
        """What is the same in every such message, by wire name: its tag, if any, and the fields that are `ruled`."""
        config = cls.__struct_config__
        tag = {} if config.tag_field is None else {config.tag_field: config.tag}
        return {**tag, **{_wire_names(cls)[name]: value for name, value in cls.ruled_values.items()}}

    @classmethod
    def refusal(cls, fields: Mapping[str, Any]) -> ValidationError | None:
        """A fuller account of why no such message can be made of `fields` than the first error; None if there is none.

        Asked only once a message has been refused (`core/validation.py`).
        """
        return None

    @classmethod
    def trusted(cls, **fields: Any) -> Self:
        """Makes a message without validating it, in a third of the time.

        For a server's hot path, where every value is known to be right: what is made here goes out as it is.
        """
        if cls.ruled_values:
            fields = {**cls.ruled_values, **fields}
        return cast("Self", msgspec.StructMeta.__call__(cls, **fields))

    def replace(self, **changes: Any) -> Self:
        """A copy with some fields changed, validated like a new one."""
        fields = {name: getattr(self, name) for name in self.__struct_fields__}
        return type(self)(**{**fields, **changes})

    def to_dict(self) -> dict[str, Any]:
        """The message as plain JSON values under wire names."""
        return cast("dict[str, Any]", read(_dump(self)))
