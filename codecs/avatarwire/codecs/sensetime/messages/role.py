"""Who an interactive live is with: a role with its script, its recogniser and its model, and what the SDK is made with.

Roles, their file, and the SDK's configuration live here; the objects inside are in `role_parts.py`. Some of these are
open: members that are not declared are kept in what was received, and can be written with `more` (ST-E128).

Source: "Create live" (004 L63-110), "JSON of a role" (004 L288-303), complete sample (004 L304-358).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import StringIO
from types import MappingProxyType
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from ...core.error_mapping import UNREADABLE, UNWRITABLE, malformed_json, unwritable
from ...core.findings import below, deviation
from ...core.json_forms import BOM_REPAIR
from ...core.json_string import JsonString
from ...core.json_text import check_crowd, is_json, read
from ...core.received import Received
from ...core.repairs import Convert, Reshape, apply_raw, is_object, objects
from ...core.validation import Validated, ValidatingCodec
from ...errors import DecodeError, EncodeError, ValidationError
from ...message import doc
from ..envelope import VENDOR
from ..script import LIVE, LiveScript, decode_live, encode, live_repairs
from .number_forms import uid_number
from .role_parts import DEFAULT_ASR, AsrConfig, Custom, Extra, NlpConfig

__all__ = [
    "MAX_ROLES",
    "ROLE",
    "SDK_CONFIG",
    "Role",
    "SdkCreateConfig",
    "decode_role",
    "decode_roles",
    "encode_config",
    "encode_role",
    "plain_json",
]

# --- role and configuration ---


class Role(Validated, rename=None):
    """One role of ``roles.json`` (004 L288-303). Its script is an object here, a text for the SDK (ST-ROL-03)."""

    name: Annotated[str, doc("name of the character", "ST-ROL-01")]
    info: Annotated[str, doc("who it is", "ST-ROL-01")]
    welcome: Annotated[str, doc("line shown while loading; it is not spoken", "ST-E93")]
    thumbnail: Annotated[str, doc("picture or mp4 video, best below 5M: URL or file name", "ST-ROL-04")]
    json: Annotated[LiveScript, doc("the live script", "ST-ROL-03")]
    asr: Annotated[AsrConfig, doc("the recogniser; ASR5 if none is given", "ST-ROL-02")] | UnsetType = UNSET
    nlp: Annotated[NlpConfig, doc("the language model", "ST-ROL-01")]
    extra: Annotated[Extra, doc("filler phrases and interruption", "ST-SDK-08")] | UnsetType = UNSET

    @property
    def recogniser(self) -> AsrConfig:
        """The recogniser that is used (ST-ROL-02)."""
        return AsrConfig(type=DEFAULT_ASR) if self.asr is UNSET or self.asr.type is UNSET else self.asr

    def create_config(self, **others: Any) -> SdkCreateConfig:
        """What the SDK is given to create a live with this role; `others` are further fields.

        Raises:
            ValidationError: the script is not as it should be sent.
        """
        given = {} if self.extra is UNSET else {"extra": self.extra}
        return SdkCreateConfig.of(self.json, nlp=self.nlp, asr=self.recogniser, **{**given, **others})


class SdkCreateConfig(Validated, rename=None):
    """What a page gives the SDK to create a live (004 L63-110).

    What the script has beside its own fields does not count: `asr`, `nlp` and `extra` are taken from here (ST-E112).
    Three fields are no JSON in a page: an element and two functions.
    """

    data: Annotated[str, doc("the live script, a LiveScript as JSON text", "ST-SDK-05")]
    nlp: Annotated[NlpConfig, doc("the language model", "ST-SDK-05")]
    asr: Annotated[AsrConfig, doc("the recogniser", "ST-E113")] | UnsetType = UNSET
    container: Annotated[Any, doc("element to show the live in; quickBoot needs it", "ST-SDK-06")] | UnsetType = UNSET
    onmessage: Annotated[Any, doc("function for pushed messages", "ST-E119")] | UnsetType = UNSET
    onstream: Annotated[Any, doc("function for the arrival of the stream", "ST-E119")] | UnsetType = UNSET
    extra: Annotated[Extra, doc("filler phrases and interruption", "ST-SDK-08")] | UnsetType = UNSET
    custom: Annotated[Custom, doc("the customer's own fields", "ST-SDK-09")] | UnsetType = UNSET

    @classmethod
    def of(cls, script: LiveScript, **others: Any) -> SdkCreateConfig:
        """The configuration for a script, written as `script.encode` does; `others` are the other fields.

        Raises:
            ValidationError: the script is not as it should be sent, or a rule is broken.
        """
        return cls(data=encode(script), **others)

    @property
    def script(self) -> LiveScript:
        """What `data` says."""
        return decode_live(self.data).value

    def check_quick_boot(self) -> None:
        """Raises `ValidationError` if quickBoot could not be called with it (ST-SDK-06)."""
        if self.container is UNSET:
            raise ValidationError(
                "required field is missing",
                vendor=VENDOR,
                message="SdkCreateConfig",
                path="container",
                expected="an element, as quickBoot starts at once",
                clause="ST-SDK-06",
            )

    constraints = (JsonString("data", LIVE, as_sent=True, clause="ST-SDK-05"),)


# --- documented variants ---


def _parsed(value: Any) -> Any | None:
    """The object that a text holds (ST-E115)."""
    if not isinstance(value, str):
        return None
    try:
        decoded = read(value.encode())
    except UNREADABLE:
        return None
    return decoded if is_object(decoded) else None


def _flat_nlp(fields: dict[str, Any]) -> tuple[str, str] | None:
    """Settings of the model under config, as those of a recogniser are (ST-E111)."""
    for _, nlp in objects(fields, "nlp"):
        if is_object(nlp.get("config")):
            settings = nlp.pop("config")
            nlp.update({name: value for name, value in settings.items() if name not in nlp})
            return "nlp.config", "the settings of nlp are under config"
    return None


def _deep_nlp(fields: dict[str, Any]) -> None:
    nlp = fields["nlp"]
    fields["nlp"] = {"type": nlp["type"], "config": {name: value for name, value in nlp.items() if name != "type"}}


_NLP: Final = Reshape(
    "ST-E111",
    "nlp.config",
    to=_flat_nlp,
    variant=_deep_nlp,
    does="the settings of nlp are under config",
    expected="them beside type",
    written={"properties": {"nlp": {"not": {"required": ["config"], "properties": {"config": {"type": "object"}}}}}},
)

ROLE: Final = ValidatingCodec(
    Role,
    vendor=VENDOR,
    message="Role",
    repairs=(
        Convert("ST-E115", "json", to=_parsed, does="{name} is a text, not an object", example='{"version":"0.0.2"}'),
        *live_repairs("json"),
        _NLP,
    ),
    form_clause="ST-ROL-01",
)
"""JSON codec of roles."""

SDK_CONFIG: Final = ValidatingCodec(
    SdkCreateConfig,
    vendor=VENDOR,
    message="SdkCreateConfig",
    repairs=(_NLP, uid_number("custom.urtcUid")),
    form_clause="ST-SDK-05",
)
"""JSON codec of configurations."""


# --- the file of roles ---

MAX_ROLES: Final = 1024 * 1024
"""Most bytes of a role, or of a file of roles, that are read; the document knows no limit (ST-E132)."""

# A text or a comment without an end reaches to the end of everything, so that each is passed over once; and nothing is
# tried again another way, as that takes memory for each character.
_TEXT: Final = r""""[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)"""
_COMMENT: Final = re.compile(rf"{_TEXT}|//[^\n]*+|/\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/|\Z)", re.DOTALL)
_COMMA: Final = re.compile(rf"{_TEXT}|,(?=[ \t\r\n]*+(?:[}}\]]|\Z))", re.DOTALL)
_LINE: Final = re.compile(r"[^\n]+")


def plain_json(text: str) -> str:
    """A text without comments and without commas behind the last member, as samples of roles have them (ST-E109).

    Blanks take their place, so that positions stay what they are. For files of roles only: nothing on the wire has
    comments.
    """
    return _blanked(_COMMA, _blanked(_COMMENT, text))


def _blanked(loose: re.Pattern[str], text: str) -> str:
    """Blanks in place of what is found, but for a text, and for a comment that has no end."""
    # `re.sub` would keep an object for each piece of the text until it joins them.
    kept, end = StringIO(newline=""), 0
    for found in loose.finditer(text):
        part = found[0]
        if part[0] == '"' or (part.startswith("/*") and (part == "/*/" or not part.endswith("*/"))):
            continue
        kept.write(text[end : found.start()])
        kept.write(_LINE.sub(lambda line: " " * len(line[0]), part))
        end = found.end()
    kept.write(text[end:])
    return kept.getvalue()


def decode_role(text: str | bytes, *, strict: bool = False) -> Received[Role]:
    """Reads one role.

    Raises:
        DecodeError: not JSON, or more than `MAX_ROLES` bytes.
        ValidationError: JSON, but no role; its `findings` are all there are.
    """
    return ROLE.decode(_utf8(text), strict=strict)


_LOOSE_JSON: Final = deviation("ST-E109", "", "comments, or commas too many", "JSON")


def decode_roles(text: str | bytes, *, strict: bool = False) -> tuple[Received[Role], ...]:
    """Reads a file of roles: a list, or one alone.

    Comments and commas too many are understood and reported with every role of the file (ST-E109), unless `strict`.

    Raises:
        DecodeError: not JSON, or more than `MAX_ROLES` bytes.
        ValidationError: JSON, but no list of roles; its `findings` are all there are of the first that is none.
    """
    data, marks = apply_raw((BOM_REPAIR,), _utf8(text))
    if strict:
        ROLE.refuse(marks)
    noticed = tuple(marks)
    if not strict and not is_json(data):
        # One character a byte: all that is looked for is ASCII, and positions stay what they are.
        plain = plain_json(data.decode("latin-1")).encode("latin-1")
        if is_json(plain):
            data, noticed = plain, (*noticed, _LOOSE_JSON)
    if not data.lstrip().startswith(b"["):
        role = ROLE.decode(data, strict=strict)
        return (Received(role.value, (*noticed, *role.findings), role.raw, role.id),)
    try:
        check_crowd(data)
        items = msgspec.json.decode(data, type=list[msgspec.Raw])
    except UNREADABLE as error:
        raise malformed_json(error, data, vendor=VENDOR, message="Role", clause="ST-ROL-01") from None
    roles: list[Received[Role]] = []
    for index, item in enumerate(items):
        try:
            role = ROLE.decode(bytes(item), strict=strict)
        except ValidationError as error:
            found = [below(f"[{index}]", item) for item in error.findings]
            raise ValidationError.of(found, vendor=VENDOR, message="Role") from None
        roles.append(Received(role.value, (*noticed, *role.findings), role.raw, role.id))
    return tuple(roles)


def encode_role(role: Role, *, more: Mapping[str, Mapping[str, Any]] = MappingProxyType({})) -> str:
    """The JSON text of a role.

    Args:
        role: the role.
        more: members that are not declared, by the wire path of the object that gets them, such as ``nlp`` or
            ``asr.config`` (ST-E128).

    Raises:
        EncodeError: no role, or `more` names no object of it, or a member that it has already.
        ValidationError: a rule is broken.
    """
    return _with_members(ROLE, role, more)


def encode_config(config: SdkCreateConfig, *, more: Mapping[str, Mapping[str, Any]] = MappingProxyType({})) -> str:
    """The JSON text of a configuration; arguments and errors are those of `encode_role`."""
    return _with_members(SDK_CONFIG, config, more)


def _with_members(codec: ValidatingCodec[Any], value: Validated, more: Mapping[str, Mapping[str, Any]]) -> str:
    data = codec.encode(value)
    if not more:
        return data.decode()
    fields = read(data)
    for path, members in more.items():
        holder = next((found for _, found in objects(fields, path)), None)
        taken = None if holder is None else sorted(set(holder) & set(members))
        if holder is None or taken:
            reason = "no such object" if holder is None else f"{', '.join(taken or ())} is there already"
            raise EncodeError(reason, vendor=VENDOR, message=codec.message, path=path)
        holder.update(members)
    try:
        return msgspec.json.encode(fields).decode()
    except UNWRITABLE as error:
        raise EncodeError(unwritable(error), vendor=VENDOR, message=codec.message) from None


def _utf8(text: str | bytes) -> bytes:
    try:
        data = text if isinstance(text, bytes) else text[: MAX_ROLES + 1].encode()
    except UnicodeEncodeError as error:
        raise DecodeError(unwritable(error), vendor=VENDOR, message="Role", clause="ST-ROL-01") from None
    size = max(len(data), len(text))
    if size > MAX_ROLES:
        limit = f"at most {MAX_ROLES} bytes"
        raise DecodeError(
            f"{size} bytes", vendor=VENDOR, message="Role", offset=MAX_ROLES, expected=limit, clause="ST-E132"
        )
    return data
