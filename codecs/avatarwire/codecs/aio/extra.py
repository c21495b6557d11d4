"""What is said when a library of the extra ``[client]`` is not installed. Only that lives here."""

from __future__ import annotations

from typing import Final

__all__ = ["explained"]

_LIBRARIES: Final = frozenset({"aiomqtt", "httpx", "websockets"})


def explained(driver: str, error: ModuleNotFoundError) -> ImportError:
    """The error of an import, with what to install where that helps.

    Args:
        driver: name of the package that was imported.
        error: what went wrong.

    Returns:
        An error that names the extra, or the same one where something else is missing.
    """
    if error.name not in _LIBRARIES:
        return error
    return ImportError(f"{driver} needs {error.name}: pip install 'avatarwire[client]'", name=error.name)
