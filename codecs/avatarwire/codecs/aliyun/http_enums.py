"""The values the HTTP operations name, and what each of them stands for.

Only enumerations and constants live here. Those that requests use are closed: anything else is refused. Those that only
replies use are lists of what is documented: the fields stay open text, so that a later value survives.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Final

__all__ = [
    "DEFAULT_CHANNELS",
    "DEFAULT_PAGE",
    "DEFAULT_PAGE_SIZE",
    "SELECTED_STATUSES",
    "AnchorResSpecType",
    "AnchorStatus",
    "AnchorType",
    "DigitalHumanType",
    "Gender",
    "LayerType",
    "MaterialFormat",
    "OperateType",
    "ProjectStatus",
    "ResSpecType",
    "ResType",
    "SaveOperateType",
    "ScaleType",
    "SendTextStatus",
    "SendTextType",
    "SessionQueryStatus",
    "SessionStatus",
    "StopStatus",
    "SupportBgChange",
    "TtsVersion",
    "UseScene",
    "VoiceLanguage",
    "VoiceResSpecType",
    "VoiceType",
]

DEFAULT_PAGE: Final = 1
"""Page that a list query without a page number means (ALI-R057, ALI-E64); pages count from 1."""
DEFAULT_PAGE_SIZE: Final = 10
"""Entries of a page when a list query names no size (ALI-R052, ALI-R057)."""
DEFAULT_CHANNELS: Final = 1
"""Lines that a project is published with when no number is given (ALI-R047)."""


# --- used by requests: closed ---


class ScaleType(StrEnum):
    """Aspect ratio of a canvas or a figure (ALI-R012, ALI-R058)."""

    PORTRAIT = "9:16"
    LANDSCAPE = "16:9"

    @property
    def canvas(self) -> tuple[int, int]:
        """Width and height of the canvas in pixels (ALI-R012)."""
        return _CANVAS[self]


_CANVAS: Final[Mapping[ScaleType, tuple[int, int]]] = {
    ScaleType.PORTRAIT: (1080, 1920),
    ScaleType.LANDSCAPE: (1920, 1080),
}


class AnchorResSpecType(StrEnum):
    """Tier of a figure (ALI-R055)."""

    BASIC_MODEL = "BASIC_MODEL"
    ADVANCED_MODEL = "ADVANCED_MODEL"


class VoiceResSpecType(StrEnum):
    """Tier of a voice (ALI-R064)."""

    BASIC_VOICE = "BASIC_VOICE"
    ADVANCED_VOICE = "ADVANCED_VOICE"


class ResSpecType(StrEnum):
    """Tier of a project or a resource (ALI-R013); figures and voices have enumerations of their own (ALI-E80)."""

    STANDARD = "STANDARD"
    ADVANCED = "ADVANCED"

    @property
    def anchor_tier(self) -> AnchorResSpecType:
        """The tier of the figures for such a project (ALI-E80)."""
        return AnchorResSpecType.BASIC_MODEL if self is ResSpecType.STANDARD else AnchorResSpecType.ADVANCED_MODEL

    @property
    def voice_tier(self) -> VoiceResSpecType:
        """The tier of the voices for such a project (ALI-E80)."""
        return VoiceResSpecType.BASIC_VOICE if self is ResSpecType.STANDARD else VoiceResSpecType.ADVANCED_VOICE


class LayerType(StrEnum):
    """What a picture layer shows (ALI-R015)."""

    BACKGROUND = "BACKGROUND"
    ANCHOR = "ANCHOR"


class MaterialFormat(StrEnum):
    """MIME type of a background (ALI-R019, ALI-R043)."""

    MP4 = "video/mp4"
    """Appears in replies; a save request must not use it (ALI-E73)."""
    PNG = "image/png"
    JPG = "image/jpg"
    """An unregistered spelling of `JPEG`, with the same meaning (ALI-E74)."""
    JPEG = "image/jpeg"

    @property
    def canonical(self) -> MaterialFormat:
        """The one spelling to compare by (ALI-E74)."""
        return MaterialFormat.JPEG if self is MaterialFormat.JPG else self


class SaveOperateType(StrEnum):
    """What SaveAvatarProject does (ALI-R033)."""

    CREATE = "CREATE"
    EDIT = "EDIT"


class OperateType(StrEnum):
    """What OperateAvatarProject does (ALI-R046)."""

    DELETE = "DELETE"
    OFFLINE = "OFFLINE"
    DEPLOY = "DEPLOY"


class ResType(StrEnum):
    """Which resources a project is published on (ALI-R048)."""

    FREE = "FREE"
    FORMAL = "FORMAL"
    """Paid."""


class SessionQueryStatus(StrEnum):
    """Which sessions QuerySessionInfo looks for (ALI-R051)."""

    STARTED = "STARTED"
    STOPPED = "STOPPED"


class AnchorType(StrEnum):
    """Public or private figures (ALI-R056)."""

    PUBLIC_MODEL = "PUBLIC_MODEL"
    PRIVATE_MODEL = "PRIVATE_MODEL"


class DigitalHumanType(StrEnum):
    """Class of a figure (ALI-R059)."""

    DYNAMIC_REALITY = "dynamicReality"
    """Cannot be used at present (ALI-E94)."""
    STATIC_TRANSPARENCY = "staticTransparency"


class UseScene(StrEnum):
    """What figures and voices are for (ALI-R055, ALI-R064)."""

    REAL_TIME_INTERACTIVITY = "realTimeInteractivity"


class VoiceType(StrEnum):
    """Public or private voices (ALI-R065)."""

    PRIVATE_VOICE = "PRIVATE_VOICE"
    PUBLIC_VOICE = "PUBLIC_VOICE"


class SendTextType(IntEnum):
    """How SendTextMsg takes its text; 1 is documented, the meanings are those of the text drive (ALI-E98)."""

    ASK = 1
    BROADCAST = 2


# --- used by replies only: documented values of open fields ---


class ProjectStatus(StrEnum):
    """How far the publication of a project is (ALI-R010)."""

    DRAFT = "DRAFT"
    DELETED = "DELETED"
    DEPLOYING = "DEPLOYING"
    DEPLOYED = "DEPLOYED"
    DEPLOY_FAIL = "DEPLOY_FAIL"
    OFFLINE = "OFFLINE"
    """Not among the states that the reply to a save lists (ALI-E76)."""


class StopStatus(StrEnum):
    """What became of a session that was to stop (ALI-R029)."""

    STOPPED = "Stopped"
    STOPPED_FAIL = "StoppedFail"


class SessionStatus(StrEnum):
    """State of a session (ALI-R054)."""

    FREE = "FREE"
    """Idle; an avatar of the advanced tier never is."""
    BUSY = "BUSY"
    STOPPED = "STOPPED"


class SendTextStatus(StrEnum):
    """What became of a text (ALI-R070)."""

    SUCCESS = "SUCCESS"


class AnchorStatus(StrEnum):
    """State of a figure (ALI-R062)."""

    USABLE = "Usable"


class Gender(StrEnum):
    """Of figures and voices; the two have to agree (ALI-R061)."""

    F = "F"
    M = "M"


class SupportBgChange(IntEnum):
    """Whether a figure's background can be replaced (ALI-R063)."""

    NO = 0
    YES = 1


class VoiceLanguage(StrEnum):
    """Language of a voice (ALI-R066)."""

    ZH = "zh"
    EN = "en"


class TtsVersion(IntEnum):
    """Version of the speech synthesis (ALI-R066)."""

    V0 = 0
    V1 = 1
    V2 = 2


SELECTED_STATUSES: Final[Mapping[SessionQueryStatus, frozenset[SessionStatus]]] = MappingProxyType(
    {
        SessionQueryStatus.STARTED: frozenset({SessionStatus.FREE, SessionStatus.BUSY}),
        SessionQueryStatus.STOPPED: frozenset({SessionStatus.STOPPED}),
    }
)
"""Which session states each filter value selects (ALI-E79)."""
