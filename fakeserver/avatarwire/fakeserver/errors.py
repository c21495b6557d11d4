"""What a fake server raises to whoever uses it."""

from __future__ import annotations

from avatarwire.codecs.errors import AvatarwireError

__all__ = ["FakeServerError"]


class FakeServerError(AvatarwireError):
    """A fake server cannot start, or was used when it is not running."""
