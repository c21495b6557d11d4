"""The values the HTTP operations name, and what each of them stands for.

Only enumerations and constants live here. Those that requests use and the document closes are closed: anything else is
refused. Those of what is listed are documented values of open text, so that a later value survives.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Final

__all__ = [
    "DEFAULT_PAGE",
    "DEFAULT_PAGE_SIZE",
    "LARGEST_VOICE_SETTING",
    "SUCCESS",
    "SUCCESS_TEXT",
    "ErrorCode",
    "Language",
    "LiveStatusName",
    "MaterialType",
    "Posture",
    "Proportion",
    "SceneType",
]

DEFAULT_PAGE: Final = 1
"""Page that a query without a page number means (GJ-R040); pages count from 1."""
DEFAULT_PAGE_SIZE: Final = 10
"""Rows of a page when a query names no size (GJ-R040)."""
LARGEST_VOICE_SETTING: Final = 20
"""volume, intonation, speedRate and f0upKey lie between this and its negative, both included (GJ-E33)."""
SUCCESS: Final = 200
"""Code of a success (GJ-R017)."""
SUCCESS_TEXT: Final = "处理成功"
"""Text of a success in every sample: handled successfully."""


class ErrorCode(IntEnum):
    """Codes of an answer, which all come under HTTP status 200 (2.3, GJ-E09)."""

    SUCCESS = 200
    FAILURE = 500
    """Anything that has no code of its own (GJ-R017)."""
    TOKEN_MISSING = 100501
    """No token, or an empty one (GJ-R009)."""
    TOKEN_INVALID = 100502
    """A token that is no longer valid (GJ-R010)."""
    WRONG_SECRET = 100503
    """A wrong appId or appSecret (GJ-R011)."""
    NOT_YET_VALID = 100504
    """The key pair is used before startTime (GJ-R012)."""
    KEY_EXPIRED = 100505
    """The key pair is used after endTime (GJ-R013)."""


class MaterialType(StrEnum):
    """Kind of a material (GJ-R045)."""

    AUDIO = "AUDIO"
    """Sound behind a URL."""
    TEXT = "TEXT"
    """Words to speak."""


class Proportion(StrEnum):
    """Aspect ratio of a presenter's picture (GJ-R036)."""

    LANDSCAPE = "16:9"
    PORTRAIT = "9:16"


class Posture(StrEnum):
    """How a presenter is placed (GJ-R037); a text of one digit (GJ-E20)."""

    OTHER = "0"
    STANDING = "1"
    SITTING = "2"


class SceneType(IntEnum):
    """Class of a scene (GJ-R038)."""

    BASIC = 0
    """Recorded before a green screen."""
    VIP = 1
    """Other kinds."""
    LIVE = 2
    """Used by default."""

    @property
    def matting(self) -> int:
        """The matting of templates in CreateNewSession: 1 keys out green, 0 keeps the background (GJ-E21)."""
        return int(self is SceneType.BASIC)


class Language(StrEnum):
    """Language that a voice speaks (GJ-R055)."""

    CN = "cn"
    EN = "en"


class LiveStatusName(StrEnum):
    """Label of a live record's state (GJ-R063)."""

    LIVE = "直播中"
    """Being broadcast."""
    NOT_LIVE = "未开播"
