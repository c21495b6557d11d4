"""What is said when a library of the extra ``[fakeserver]`` is not installed. Only that lives here."""

from __future__ import annotations

from typing import Final

__all__ = ["explained"]

_LIBRARIES: Final = frozenset({"aiohttp", "jwt", "multidict", "yaml", "yarl"})


def explained(name: str, error: ModuleNotFoundError) -> ModuleNotFoundError:
    """The error of an import, with what to install where that helps.

    Args:
        name: what was imported.
        error: what went wrong.

    Returns:
        An error that names the extra, and what was imported last; the same one where something else is missing.
    """
    if (error.name or "").partition(".")[0] not in _LIBRARIES:
        return error
    text = f"{name} needs {error.name}, which is not installed: pip install 'avatarwire[fakeserver]'"
    return ModuleNotFoundError(text, name=error.name)
