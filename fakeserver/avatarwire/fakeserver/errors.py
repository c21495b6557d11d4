"""What a fake server raises to whoever uses it."""

from __future__ import annotations

from avatarwire.codecs.errors import AvatarwireError

__all__ = ["FakeServerError", "UnknownError"]


class FakeServerError(AvatarwireError):
    """A fake server cannot start, was used when it is not running, or cannot do what it was told.

    Attributes:
        key: the argument that is to blame, empty where none is.
    """

    def __init__(self, reason: str, *, key: str = "") -> None:
        super().__init__(reason)
        self.key = key


class UnknownError(FakeServerError):
    """Something was named that the fake server does not know: a session, a message.

    Attributes:
        suggestion: what was probably meant, empty when nothing comes near.
    """

    def __init__(self, reason: str, *, key: str, suggestion: str = "") -> None:
        super().__init__(f"{reason}; did you mean {suggestion}?" if suggestion else reason, key=key)
        self.suggestion = suggestion
