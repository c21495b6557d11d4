"""The data in the answers of the HTTP operations: pages, the token, pull addresses, the session.

The envelope around it is in `envelope.py`; objects that are rows of pages or inside others, in `types.py`.

Source: 3.1, 3.5, 3.7, 3.8, 3.12, 3.13, 3.15 to 3.18.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Final, Self

from ...core.constraints import OneOf, Required
from ...core.masking import Masked
from ...message import Message, doc
from ..messages.parts import Part, int64
from ..messages.times import time_doc
from .types import ChangeVoiceVO, LiveInfoVO, LiveRecordVo, MaterialVo, PlayaddrVO, PublicMaterialVO, TtsModelVo

__all__ = [
    "DATA_TYPES",
    "ChangeVoicePage",
    "LivePage",
    "LiveRecordPage",
    "MaterialPage",
    "PageVO",
    "PathData",
    "PathVO",
    "PublicMaterialPage",
    "SessionVo",
    "SpeakerPage",
    "TTSResultVO",
    "TokenVO",
]


class TokenVO(Masked, Part):
    """Data of getAccessToken (3.1)."""

    secrets: ClassVar[frozenset[str]] = frozenset({"token", "mqtt_password"})

    token: Annotated[str, doc("access token, for every later call; secret", "GJ-R003", min_length=1)]
    expiration_time: Annotated[
        int, int64("life of the token in seconds, anew with each call", "GJ-R007", ge=0, example=3600)
    ]
    start_time: Annotated[str, time_doc("when the key pair becomes valid", "GJ-E15")]
    end_time: Annotated[str, time_doc("when the key pair stops being valid", "GJ-E15")]
    mqtt_user: Annotated[str, doc("user name for MQTT", "GJ-R015", example="user-1")] | None = None
    mqtt_password: Annotated[str, doc("password for MQTT; secret", "GJ-R015")] | None = None


class PageVO(Part):
    """One page of a list; the rows are typed by its subclasses (3.5, 3.7, 3.8, 3.12, 3.15, 3.16)."""

    records: Annotated[tuple[Any, ...], doc("rows of the page", "GJ-R041")]
    total: Annotated[int, int64("rows on all pages", "GJ-R041", ge=0)]
    size: Annotated[int, int64("rows of a page", "GJ-E26", ge=0, example=10)]
    current: Annotated[int, int64("page, counted from 1", "GJ-E27", ge=0, example=1)] | None = None
    pages: Annotated[int, int64("number of pages", "GJ-E27", ge=0)] | None = None

    @classmethod
    def of(cls, rows: Sequence[Any], page: int, page_size: int, shown: Callable[[Any], Any] = lambda row: row) -> Self:
        """One page out of all rows, with all that the sections say of pages (GJ-E27); past the end it is empty.

        Args:
            rows: of all pages.
            page: counted from 1.
            page_size: rows of a page.
            shown: makes a row of the answer of one of the rows.
        """
        first = (page - 1) * page_size
        return cls(
            records=tuple(map(shown, rows[first : first + page_size])),
            total=len(rows),
            size=page_size,
            current=page,
            pages=-(-len(rows) // page_size),
        )

    @property
    def page_count(self) -> int:
        """Number of pages, computed where it was not given (GJ-E27)."""
        return self.pages if self.pages is not None else -(-self.total // max(self.size, 1))


class LivePage(PageVO):
    """Data of queryLivePage (3.5)."""

    records: Annotated[tuple[LiveInfoVO, ...], doc("live rooms", "GJ-R041")]


class MaterialPage(PageVO):
    """Data of queryMaterial (3.7)."""

    records: Annotated[tuple[MaterialVo, ...], doc("materials of the room", "GJ-R041")]


class SpeakerPage(PageVO):
    """Data of listPlatformSpeakers (3.8)."""

    records: Annotated[tuple[TtsModelVo, ...], doc("voices of the platform", "GJ-R041")]

    constraints = (Required("records[].id", clause="", expected="an integer"),)


class ChangeVoicePage(PageVO):
    """Data of listChangeVoices (3.12)."""

    records: Annotated[tuple[ChangeVoiceVO, ...], doc("voices to convert to", "GJ-R041")]


class PublicMaterialPage(PageVO):
    """Data of queryPublicMaterials (3.15)."""

    records: Annotated[tuple[PublicMaterialVO, ...], doc("public materials", "GJ-R041")]


class LiveRecordPage(PageVO):
    """Data of queryLiveRecords (3.16)."""

    records: Annotated[tuple[LiveRecordVo, ...], doc("broadcasts", "GJ-E25")]


class TTSResultVO(Part):
    """Data of synthesizeAndChangeVoice (3.13)."""

    file_path: Annotated[str, doc("URL of the sound", "GJ-E37", example="http://127.0.0.1/sample.wav")]
    duration: Annotated[int, int64("length of the sound, unit not documented", "GJ-E31", ge=0)]


class PathData(Part):
    """The addresses inside the data of getPullPath, one level down as in the sample (GJ-E47)."""

    playaddr: Annotated[PlayaddrVO, doc("where to pull", "GJ-E47")]


class PathVO(Part):
    """Data of getPullPath, with a success flag of its own (3.17, GJ-E49)."""

    message: Annotated[str, doc("what became of it", "GJ-E49", example="success")]
    ok: Annotated[bool, doc("whether it succeeded", "GJ-E49")]
    info: Annotated[str, doc("free text", "GJ-E49")]
    data: Annotated[PathData, doc("the addresses", "GJ-R071")]

    constraints = (
        OneOf("ok", (True,), clause="GJ-E49", tolerated=True, reason="ok is false where the code says success"),
    )


class SessionVo(Part):
    """Data of createLiveSession, which the document calls sessionVo (3.18)."""

    live_id: Annotated[int, int64("id of the live room", "GJ-E53", example=4001)] | None = None
    session_id: Annotated[str, doc("id of the session", "GJ-R065", min_length=1, example="session-1")]
    expiration_time: Annotated[
        int, int64("seconds of silence after which the session is destroyed", "GJ-R066", ge=0, example=30)
    ]
    topic_sub: Annotated[
        str, doc("topic the client subscribes to; sender of its messages", "GJ-E05", min_length=1, example="7/topic-1")
    ]
    topic_pub: Annotated[str, doc("topic the client publishes to", "GJ-E05", min_length=1, example="live-proxy-0")]


DATA_TYPES: Final[Mapping[str, type[Message]]] = MappingProxyType(
    {
        "TokenVO": TokenVO,
        "PageVO": PageVO,
        "TTSResultVO": TTSResultVO,
        "PathVO": PathVO,
        "sessionVo": SessionVo,
    }
)
"""Data of single operations, by the document's names."""
