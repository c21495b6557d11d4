"""The version that is installed; only this question lives here."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

__all__ = ["installed_version"]


def installed_version(otherwise: str = "0") -> str:
    """The version of this project.

    Args:
        otherwise: what is said where it is not installed, but run from its sources.
    """
    try:
        return version("avatarwire")
    except PackageNotFoundError:
        return otherwise
