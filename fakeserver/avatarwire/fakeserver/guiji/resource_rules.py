"""What a client asks a session to show, held against the scenes there are (GJ-R092), and whether it can be shown.

Only this judging lives here: strict mode refuses what is wrong, and otherwise it is a warning in the journal. What the
codec sees by itself, such as a `udCodeUsed` without template, is not looked for again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final, TypeAlias

from msgspec import UNSET

from avatarwire.codecs.errors import shown
from avatarwire.codecs.guiji.messages import rpc_requests as requests
from avatarwire.codecs.guiji.resources import AudioDriven, DtHuman, Image, Player, ResourceElement, Template
from avatarwire.fakeserver.journal.entry import Level, Violation

__all__ = ["Covers", "broken"]

Covers: TypeAlias = Callable[[str], "Collection[str] | None"]
"""The videoCoverUrl values of a sceneCode, as far as there are some; None for a code that no presenter has."""

_URL: Final = re.compile(r"[Hh][Tt][Tt][Pp][Ss]?://\S")
_SOURCE: Final = "3.10 or 3.11, or of the live room"


def broken(request: requests.Request, covers: Covers, *, strict: bool) -> Iterator[Violation]:
    """Rules that the elements of a request break.

    Args:
        request: CreateNewSession, ModifySessionResList, or another one, which has no elements.
        covers: the scenes there are.
        strict: whether such a request is refused: each violation is an error then, and otherwise a warning.
    """
    level: Level = "error" if strict else "warning"
    for path, element in _elements(request):
        for inner, clause, reason, expected in _found(element, covers):
            yield Violation(clause, f"{path}.resOptions.{inner}", reason, expected, level)


_Broken: TypeAlias = tuple[str, str, str, str]
"""Path, clause, reason, what was expected."""


def _elements(request: requests.Request) -> Iterator[tuple[str, ResourceElement]]:
    if isinstance(request, requests.CreateNewSession):
        where, elements = "params.resList", request.params.res_list
    elif isinstance(request, requests.ModifySessionResList):
        where, elements = "params.addRes.resList", request.params.add_res.res_list
    else:
        return
    for index, element in enumerate(elements):
        yield f"{where}[{index}]", element


def _found(element: ResourceElement, covers: Covers) -> Iterable[_Broken]:
    match element.res_options:
        case DtHuman(audio_driven=driven):
            return _driven(driven, covers)
        case Image(url=url) | Player(url=url):
            return _picture(None if url is UNSET else url)
        case _:
            return ()


def _driven(driven: AudioDriven, covers: Covers) -> Iterator[_Broken]:
    for index, template in enumerate(driven.templates):
        path = f"audioDriven.templates[{index}]"
        known = covers(template.ud_code)
        if known is None:
            yield f"{path}.udCode", "GJ-R092", f"got {shown(template.ud_code)}", f"a sceneCode of {_SOURCE}"
        yield from _sequence(f"{path}.sequence", template, known or ())


def _sequence(path: str, template: Template, known: Collection[str]) -> Iterable[_Broken]:
    urls = () if template.sequence is UNSET else template.sequence
    expected = f"the videoCoverUrl of scene {template.ud_code}"
    if not urls:
        yield path, "GJ-R092", "no videos of the scene", expected
    for index, url in enumerate(urls):
        if known and url not in known:
            yield f"{path}[{index}]", "GJ-R092", f"got {shown(url)}", expected
        elif not _URL.match(url):
            yield f"{path}[{index}]", "GJ-R092", f"got {shown(url)}", "a URL"


def _picture(url: str | None) -> Iterable[_Broken]:
    if url is None:
        yield "url", "GJ-R103", "required field is missing", "a URL"
    elif not _URL.match(url):
        yield "url", "GJ-R103", f"got {shown(url)}", "a URL"
