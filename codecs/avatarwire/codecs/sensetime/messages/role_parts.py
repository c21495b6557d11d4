"""What roles and the SDK's configuration are made of: recogniser, model, characters, options, own fields.

Only these objects live here; what holds them is in `role.py`. Which types of recognisers and models there are, and what
else these can be given, is in documents that are not public: their objects are open (ST-E128).

Source: "Create live" (004 L63-110), "JSON of a role" (004 L288-303), complete sample (004 L304-358).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Final, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from ...core.constraints import Limits, Needs, Required, when
from ...core.conversion import prepared
from ...core.error_mapping import UNREADABLE, malformed_json, validation_error
from ...core.masking import Masked
from ...core.validation import Validated
from ...message import Message, doc, integer
from ..envelope import VENDOR
from .rtc import MAX_CHANNEL_ID, UID_PATTERN, ascii_only, plain_uid, uid

__all__ = [
    "DEFAULT_ASR",
    "DEFAULT_DELAY",
    "AsrConfig",
    "AsrSettings",
    "Custom",
    "Extra",
    "Feeling",
    "NlpConfig",
    "Persona",
    "read_personas",
    "write_personas",
]

DEFAULT_ASR: Final = "ASR5"
"""Recogniser of a role that names none (ST-ROL-02)."""
DEFAULT_DELAY: Final = 1000
"""Milliseconds before a filler phrase (ST-SDK-08)."""


# --- recogniser and model ---


class AsrSettings(Message, rename=None):
    """Settings of a recogniser; open (ST-E128)."""

    language: Annotated[str, doc("language to recognise; in samples only", "ST-E128", example="zh-CN")] | UnsetType = (
        UNSET
    )


class AsrConfig(Message, rename=None):
    """The recogniser (004 L63-110); its settings are in `config` (ST-E111). An empty one is the default (ST-ROL-02)."""

    type: (
        Annotated[str, doc("kind of recogniser", "ST-E114", values=[DEFAULT_ASR, "ASR8"], example=DEFAULT_ASR)]
        | UnsetType
    ) = UNSET
    config: Annotated[AsrSettings, doc("its settings, may be empty; in samples only", "ST-E111")] | UnsetType = UNSET

    constraints = (
        Needs(("config",), "type", clause="ST-E114", expected="the recogniser that the settings are of"),
        *when(
            "config",
            (),
            Required("type", clause="AW-ST-EMPTY-ASR", level="note", tolerated=True, reason="no recogniser is named"),
            negated=True,
        ),
    )


class Feeling(Message, rename=None):
    """How a character feels about another; in samples only."""

    name: Annotated[str, doc("the other character", "ST-ROL-06")] | UnsetType = UNSET
    level: Annotated[int, integer("how strongly, on an unknown scale", "ST-ROL-06", example=3)] | UnsetType = UNSET


class Persona(Message, rename=None):
    """One character that a model plays or talks to; in samples only (ST-ROL-06)."""

    name: Annotated[str, doc("its name", "ST-ROL-06")] | UnsetType = UNSET
    gender: Annotated[str, doc("its gender, in words", "ST-ROL-06")] | UnsetType = UNSET
    identity: Annotated[str, doc("who it is", "ST-ROL-06")] | UnsetType = UNSET
    nickname: Annotated[str, doc("its nickname", "ST-ROL-06")] | UnsetType = UNSET
    feeling_toward: Annotated[tuple[Feeling, ...], doc("feelings about others", "ST-ROL-06")] | UnsetType = UNSET
    detail_setting: Annotated[str, doc("long description", "ST-ROL-06")] | UnsetType = UNSET
    other_setting: Annotated[str, doc("further description", "ST-ROL-06")] | UnsetType = UNSET


_Personas: TypeAlias = Annotated[tuple[Persona, ...], doc("all of them", "ST-ROL-06")]


class NlpConfig(Message, rename=None):
    """The language model (004 L63-110); its settings stand beside `type` (ST-E111).

    One without a type is read, as the annotated sample of a role has an empty one, and is not to be written.
    """

    type: Annotated[str, doc("kind of model", "ST-E128", values=["NLP10"], example="NLP10")] | UnsetType = UNSET
    max_reply_token: Annotated[int, integer("longest reply, tokens; in samples only", "ST-E128", example=1200)] | (
        UnsetType
    ) = UNSET
    prompt_header: (
        Annotated[
            str,
            doc(
                "characters, a list of Persona as JSON text; in samples only",
                "ST-ROL-06",
                example="[]",
                text_of=tuple[Persona, ...],
            ),
        ]
        | UnsetType
    ) = UNSET

    @property
    def personas(self) -> tuple[Persona, ...]:
        """What `prompt_header` says.

        Raises:
            DecodeError, ValidationError: as `read_personas`.
        """
        return () if self.prompt_header is UNSET else read_personas(self.prompt_header)

    constraints = (Required("type", clause="ST-E128", tolerated=True, expected="a kind of model"),)


def read_personas(text: str) -> tuple[Persona, ...]:
    """The characters of a `prompt_header`.

    Raises:
        DecodeError: not JSON.
        ValidationError: JSON, but no list of characters.
    """
    prepared(tuple[Persona, ...])
    try:
        return msgspec.json.decode(text, type=tuple[Persona, ...])
    except msgspec.ValidationError as error:
        raise validation_error(_Personas, str(error), vendor=VENDOR, message="Persona") from None
    except UNREADABLE as error:
        data = text.encode("utf-8", "surrogatepass")
        raise malformed_json(error, data, vendor=VENDOR, message="Persona", clause="ST-ROL-06") from None


def write_personas(personas: Sequence[Persona]) -> str:
    """The text of a `prompt_header`."""
    return msgspec.json.encode(personas).decode()


# --- options ---


class Extra(Message, rename=None):
    """Filler phrases and interruption (004 L63-110). A field that is left out has its default (`settled`)."""

    quick_response_enable: Annotated[bool, doc("whether filler phrases are spoken; default true", "ST-SDK-08")] | (
        UnsetType
    ) = UNSET
    quick_response_random: Annotated[bool, doc("whether they are picked at random; default true", "ST-SDK-08")] | (
        UnsetType
    ) = UNSET
    quick_response_delay: (
        Annotated[int | float, doc("time before one, ms; default 1000", "ST-SDK-08", example=DEFAULT_DELAY)] | UnsetType
    ) = UNSET
    command_immediate: Annotated[bool, doc("whether to interrupt at once; default true", "ST-SDK-08")] | (
        UnsetType
    ) = UNSET

    def settled(self) -> Extra:
        """A copy in which the defaults are filled in (ST-SDK-08)."""
        given = {name: value for name in _DEFAULTS if (value := getattr(self, name)) is not UNSET}
        return Extra(**{**_DEFAULTS, **given})


_DEFAULTS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "quick_response_enable": True,
        "quick_response_random": True,
        "quick_response_delay": DEFAULT_DELAY,
        "command_immediate": True,
    }
)


class Custom(Masked, Validated):
    """The customer's own fields of a live (004 L63-110). `urtc_app_id` asks for the customer's RTC app (ST-E21)."""

    secrets: ClassVar[frozenset[str]] = frozenset({"urtc_token"})

    urtc_token: Annotated[str, doc("the customer's RTC token; secret", "ST-SDK-09")] | UnsetType = UNSET
    urtc_uid: (
        Annotated[str, doc("RTC uid, decimal digits of 32 bits", "ST-LIVE-04", pattern=UID_PATTERN, example="1024")]
        | UnsetType
    ) = UNSET
    urtc_app_id: Annotated[str, doc("the customer's RTC app; needed with the others", "ST-SDK-09")] | UnsetType = UNSET
    urtc_channel_id: Annotated[str, doc("RTC channel id, at most 64 characters", "ST-LIVE-05")] | UnsetType = UNSET
    user_data: Annotated[str, doc("the customer's, returned in callbacks as it is", "ST-LIVE-06")] | UnsetType = UNSET

    @property
    def uses_own_app(self) -> bool:
        """Whether the customer's own RTC app is to be used (ST-E21)."""
        return self.urtc_app_id is not UNSET

    constraints = (
        Needs(
            ("urtcToken", "urtcUid", "urtcChannelId"),
            "urtcAppId",
            clause="ST-SDK-09",
            expected="the app that the other RTC values belong to",
        ),
        uid("urtcUid"),
        plain_uid("urtcUid"),
        Limits("urtcChannelId", max_length=MAX_CHANNEL_ID, clause="ST-LIVE-05", tolerated=True),
        ascii_only("urtcChannelId"),
    )
