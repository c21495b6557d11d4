"""What a test can have a fake do: each command is declared once, as a function with its documentation.

From the declaration come the method of the fake, the table ``fake.commands``, by which a command is found and called
by name, the documentation, and what its arguments are held against before anything happens.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial, wraps
from types import MappingProxyType
from typing import (
    Annotated,
    Any,
    Concatenate,
    Final,
    ParamSpec,
    Protocol,
    TypeAlias,
    TypeVar,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec

from avatarwire.codecs.core.conversion import convert
from avatarwire.codecs.errors import shown
from avatarwire.fakeserver.close_codes import SENDABLE, may_be_sent
from avatarwire.fakeserver.effects import Effects
from avatarwire.fakeserver.errors import FakeServerError

__all__ = ["Argument", "CloseCode", "Command", "Expected", "Told", "checked", "command", "table"]

P = ParamSpec("P")
BehaviourT = TypeVar("BehaviourT")

_SESSION: Final = "session_id"
_ENTRY: Final = re.compile(r"^(\w[\w, ]*): (.*)$")


@dataclass(frozen=True, slots=True)
class Expected:
    """What an argument has to be beside its type; stands in its annotation.

    Attributes:
        words: what is expected, for the error.
        holds: whether a value of the type is that.
    """

    words: str
    holds: Callable[[Any], bool]


CloseCode: TypeAlias = Annotated[int, Expected(SENDABLE, may_be_sent)]
"""Of a WebSocket's close frame."""

_EXPECTED: Final[Mapping[object, str]] = MappingProxyType(
    {
        str: "text that UTF-8 can write",
        int: "a whole number",
        bool: "True or False",
        Sequence[int]: "a list of whole numbers",
    }
)
"""What is expected of a plain type, in words."""


class Told(Protocol):
    """A fake, as far as a command needs it."""

    def tell(self, act: Callable[[Any], Effects | None]) -> None:
        """Calls `act` with the fake's behaviour, in its loop, and carries out what comes of it."""
        ...


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a command.

    Attributes:
        name: as a command takes it: ``session`` for a session's id, else the name of the parameter.
        parameter: of the method; a command takes this name too.
        type: annotation of the parameter.
        required: whether it has to be given.
        default: what holds otherwise.
        text: what it is, one sentence; empty where the name says it.
        keyword_only: whether it has to be given by name.
    """

    name: str
    parameter: str
    type: str
    required: bool
    default: object
    text: str
    keyword_only: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """One command: ``fake.commands["drop"](session="s-7", code=1011)`` does what ``fake.drop("s-7", code=1011)`` does.

    Attributes:
        name: of the method, too.
        title: what it does, one sentence.
        arguments: in order.
        method: carries it out; its first argument is the fake.
        fake: whose command it is; None for one that no fake has yet, which cannot be called.
    """

    name: str
    title: str
    arguments: tuple[Argument, ...]
    method: Callable[..., None]
    fake: Any = field(default=None, repr=False, compare=False)

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        """Has the fake do it.

        Args:
            args, kwargs: as `arguments` lists them; by name either as `Argument.name` or as `Argument.parameter`.

        Raises:
            FakeServerError: the fake cannot, as its method says.
            TypeError: an argument is missing, unknown or given twice; or the command has no fake.
        """
        if self.fake is None:
            raise TypeError(f"the command {self.name} is no fake's: take it from fake.commands")
        parameters = {argument.name: argument.parameter for argument in self.arguments}
        named = {parameters.get(name, name): value for name, value in kwargs.items()}
        if len(named) < len(kwargs):
            raise TypeError(f"{self.name}() got an argument twice: {', '.join(kwargs)}")
        self.method(self.fake, *args, **named)

    def of_fake(self, fake: object) -> Command:
        """The same command, of one fake."""
        return replace(self, fake=fake)

    @classmethod
    def of(cls, method: Callable[..., None]) -> Command:
        """The command that a method of a fake is."""
        text = inspect.getdoc(method) or ""
        described = _arguments(text)
        parameters = list(inspect.signature(method).parameters.values())[1:]
        return cls(
            method.__name__,
            text.partition("\n\n")[0].replace("\n", " "),
            tuple(_argument(parameter, described) for parameter in parameters),
            method,
        )


def command(act: Callable[Concatenate[BehaviourT, P], Effects | None]) -> Callable[Concatenate[Told, P], None]:
    """A method of a fake from a function of its behaviour, which may give effects.

    The method holds its arguments against their annotations first.

    Raises:
        FakeServerError: by the method, of an argument that is not what is expected; nothing has changed then.
    """
    signature = inspect.signature(act)
    hints = get_type_hints(act, include_extras=True)

    def called(args: Any, kwargs: Any, behaviour: BehaviourT) -> Effects | None:
        bound = signature.bind(behaviour, *args, **kwargs)
        first, *_ = bound.arguments
        for name, value in bound.arguments.items():
            if name != first:
                bound.arguments[name] = checked(name, value, hints[name])
        return act(*bound.args, **bound.kwargs)

    @wraps(act)
    def tell(fake: Told, /, *args: P.args, **kwargs: P.kwargs) -> None:
        fake.tell(partial(called, args, kwargs))

    return tell


def table(*methods: Callable[..., None]) -> Mapping[str, Command]:
    """The commands that methods are, by name."""
    return MappingProxyType({method.__name__: Command.of(method) for method in methods})


def checked(name: str, value: object, hint: Any) -> Any:
    """The value of an argument, as its annotation has it.

    Args:
        name: of the argument, for the error.
        value: as it was given.
        hint: the annotation, with `Expected` where the type is not all.

    Raises:
        FakeServerError: it is something else, or nothing that can be written as JSON.
    """
    plain, *more = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    expected = [it for it in more if isinstance(it, Expected)]
    given: Any = None
    try:
        given = _converted(value, plain)
        msgspec.json.encode(given)  # which half a surrogate, say, cannot be
        fits = all(it.holds(given) for it in expected)
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError, RecursionError):
        fits = False
    if not fits:
        words = expected[0].words if expected else _EXPECTED.get(plain, plain.__name__)
        raise FakeServerError(f"{name}: expected {words}, got {shown(value)}", key=name)
    return given


def _converted(value: object, plain: Any) -> object:
    if isinstance(value, msgspec.Struct) and plain in type(value).__mro__:
        return value  # of a kind of it, perhaps
    if get_origin(plain) is Sequence and isinstance(value, Sequence) and not isinstance(value, str | bytes):
        value = list(cast("Sequence[object]", value))
    return convert(value, plain, strict=True)


def _argument(parameter: inspect.Parameter, described: Mapping[str, str]) -> Argument:
    required = parameter.default is inspect.Parameter.empty
    return Argument(
        "session" if parameter.name == _SESSION else parameter.name,
        parameter.name,
        str(parameter.annotation),
        required,
        None if required else parameter.default,
        described.get(parameter.name, ""),
        parameter.kind is inspect.Parameter.KEYWORD_ONLY,
    )


def _arguments(text: str) -> dict[str, str]:
    """What a docstring says of each argument."""
    _, _, rest = text.partition("\nArgs:\n")
    found: dict[str, str] = {}
    names: list[str] = []
    for line in rest.partition("\n\n")[0].splitlines():
        if (entry := _ENTRY.match(line.removeprefix("    "))) is not None:
            names = [name.strip() for name in entry[1].split(",")]
            found.update(dict.fromkeys(names, entry[2]))
        else:
            found.update({name: f"{found[name]} {line.strip()}" for name in names})
    return found
