"""What the commands ``decode`` and ``encode`` do: messages read and shown, described and written.

The commands themselves are in `cli.py`, messages in words in `textform.py`, and the arguments in `items.py`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

import msgspec

from .cli import FINE, USAGE, WRONG_DATA, complain, fail, new_console
from .core.entry import Catalogue, Sender
from .core.findings import Finding
from .core.json_text import is_text
from .errors import AvatarwireError, CodecError, FailureError
from .items import Item, message_items, object_items
from .output_files import OutputError, OutputFile, check_distinct
from .textform import COLOURS, FrameText, decode_text, encode_text, printable

__all__ = ["decode", "encode"]


def decode(
    about: Catalogue,
    arguments: list[str],
    sender: Sender | None,
    strict: bool,
    as_id: str,
    *,
    in_json: bool,
    every: bool,
) -> int:
    """Reads messages and shows each; gives the exit code.

    Args:
        about: the vendor's catalogue.
        arguments: messages, names of files, or ``-``.
        sender: who has sent them; None to find out.
        strict: refuse documented variants.
        as_id: what they are to be read as; empty to find out.
        in_json: one JSON object a line, else explained.
        every: tell everything that is wrong with a message, and not only the first of it.
    """
    code = FINE
    show = partial(_json_line, every=every) if in_json else _explained
    for item in _readable(message_items(arguments, sys.stdin.buffer, in_hex=about.is_binary)):
        try:
            show(item, decode_text(about, item.message(), sender, strict, as_id=as_id))
        except (CodecError, FailureError) as error:
            show(item, error)
            for told in _findings(error) if every else (error,):
                code = complain(f"{item.place}: {told}", WRONG_DATA)
    return code


def encode(
    about: Catalogue,
    arguments: list[str],
    sender: Sender | None,
    as_id: str,
    raw: OutputFile | None,
    *,
    strict: bool,
) -> int:
    """Writes messages; gives the exit code.

    Args:
        about: the vendor's catalogue.
        arguments: objects, names of files, or ``-``.
        sender: whose messages they have to be; None for anybody's.
        as_id: what message they are the bodies of; empty where they say that themselves.
        raw: where the one message is written as it is; None prints each.
        strict: refuse what only lenient reading takes.
    """
    code = FINE
    messages: list[bytes] = []
    try:
        if raw is not None:
            raw.check()
            check_distinct([raw], map(OutputFile, filter(os.path.exists, arguments)))
    except OutputError as error:
        return complain(str(error), USAGE)
    for item in _readable(object_items(arguments, sys.stdin.buffer)):
        try:
            fields = item.fields()
            given = {"message": as_id, "body": fields} if as_id else fields
            message = encode_text(about, given, sender, strict=strict)
        except CodecError as error:
            code = complain(f"{item.place}: {error}", WRONG_DATA)
            continue
        if raw is None:
            print(message.decode() if is_text(message) else message.hex(), flush=True)
        else:
            messages.append(message)
    return _written(messages, raw) if raw is not None and code == FINE else code


def _written(frames: list[bytes], raw: OutputFile) -> int:
    if len(frames) != 1:
        return complain(f"--raw takes one frame, not {len(frames)}: nothing marks where one ends", USAGE)
    try:
        raw.write_bytes(frames[0])
    except OutputError as error:
        return complain(str(error), USAGE)
    return FINE


def _readable(items: Iterable[Item]) -> Iterable[Item]:
    try:
        yield from items
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}")


_ERROR_MEMBERS: Final = ("message", "code", "reason", "offset", "path", "expected", "clause")
_FINDING_MEMBERS: Final = ("clause", "path", "reason", "expected", "level")


def _findings(error: AvatarwireError) -> Sequence[object]:
    """Everything that is wrong with a message; the error itself where that is all."""
    found: Sequence[Finding] = getattr(error, "findings", ())
    return found if len(found) > 1 else (error,)


def _json_line(item: Item, text: FrameText | AvatarwireError, *, every: bool) -> None:
    if isinstance(text, FrameText):
        shown: Mapping[str, Any] = text.fields
    else:
        members = {name: getattr(text, name) for name in _ERROR_MEMBERS if hasattr(text, name)}
        if every:
            found: Sequence[Finding] = getattr(text, "findings", ())
            members["findings"] = [{name: getattr(it, name) for name in _FINDING_MEMBERS} for it in found]
        shown = {"error": {"place": item.place, **members}}
    print(msgspec.json.encode(shown).decode(), flush=True)


_SHOWN_BYTES: Final = 16
_SHOWN_TEXT: Final = 160


def _explained(item: Item, text: FrameText | AvatarwireError) -> None:
    """The frame taken apart, its bytes and their meanings in one colour, then its body."""
    if not isinstance(text, FrameText):
        return
    from rich.highlighter import JSONHighlighter
    from rich.text import Text

    console = new_console()
    console.print(Text.assemble((item.place, "dim"), "  ", (text.title, "bold")))
    for colour, span in zip(COLOURS, text.spans, strict=False):
        data = text.raw[span.start : span.end]
        dump = data[:_SHOWN_BYTES].hex(" ") + (" …" if len(data) > _SHOWN_BYTES else "")
        row = (f"{dump:{3 * _SHOWN_BYTES + 2}}{span.name:14}", colour)
        console.print(Text.assemble("  ", row, printable(span.meaning)))
    body = msgspec.json.format(msgspec.json.encode(_shortened(text.fields["body"])), indent=2).decode()
    for line in body.splitlines():
        console.print(Text("  ") + JSONHighlighter()(Text(printable(line))))
    for name in ("deviations", "unknownFields", "unknownCodes"):
        if text.fields.get(name):
            told = msgspec.json.encode(text.fields[name]).decode()
            console.print(Text.assemble("  ", (f"{name}: ", "red"), printable(told)))


def _shortened(value: Any) -> Any:
    """A body with its longest texts, such as audio, cut."""
    return {
        name: f"{item[:_SHOWN_TEXT]}… ({len(item)} characters)"
        if isinstance(item, str) and len(item) > _SHOWN_TEXT
        else item
        for name, item in value.items()
    }
