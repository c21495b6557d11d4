"""Decoders beside the catalogue, each with the inputs that are hard for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from avatarwire.codecs import aliyun, guiji
from avatarwire.codecs.aliyun import signature, tokens
from avatarwire.codecs.guiji.wire.rpc import peek
from avatarwire.codecs.sensetime import script
from avatarwire.codecs.sensetime.messages import callbacks, role
from avatarwire.codecs.sensetime.wire import microphone, microphone_url
from avatarwire.fakeserver.scenario.file import FileFault, read
from avatarwire.fakeserver.scenario.table import ScenarioError

from .hostile_growth import FAMILIES, Decoder

__all__ = ["of_files", "of_readers", "of_signatures"]

_FRAME: Final = bytes([0, 1, 128]) + b"SERIAL01"


def of_readers() -> Iterator[Decoder]:
    """What reads a text or a frame whichever message it is."""
    readers: dict[str, Callable[[bytes], object]] = {
        "aliyun frame": lambda data: aliyun.decode(_FRAME + data),
        "aliyun channel token": tokens.decode_channel_token,
        "guiji payload": guiji.decode,
        "guiji payload, strictly": lambda data: guiji.decode(data, strict=True),
        "guiji payload, peeked": peek,
        "sensetime message": lambda data: microphone.decode(data.decode()),
        "sensetime callback": callbacks.decode,
        "sensetime live script": script.decode_live,
        "sensetime live script, as sent": lambda data: script.faults_of(data, "live"),
        "sensetime takeover script": script.decode_takeover,
        "sensetime first value": lambda data: script.split_first(data.decode()),
        "sensetime role": role.decode_role,
        "sensetime roles": role.decode_roles,
    }
    wholes: dict[str, Callable[[int], bytes]] = dict(FAMILIES)
    wholes["roles, all wrong"] = lambda size: b"[" + b",".join([b"{}"] * (size // 3)) + b"]"
    wholes["scenes, all empty"] = lambda size: b'{"sceneList":[' + b",".join([b"{}"] * (size // 3)) + b"]}"
    wholes["resources, all wrong"] = lambda size: (
        b'{"id":1,"method":"CreateNewSession","params":{"sessionId":"s","resList":['
        + b",".join([b'{"type":"x"}'] * (size // 13))
        + b"]}}"
    )
    wholes["comments only"] = lambda size: b"[" + b"/**/" * (size // 4) + b"]"
    wholes["line comments only"] = lambda size: b"[\n" + b"//\n" * (size // 3) + b"]"
    for name, reader in readers.items():
        for family, made in wholes.items():
            yield Decoder(name, family, made, reader)


def of_signatures() -> Iterator[Decoder]:
    """A request whose signature is wrong, and query strings."""
    queries: dict[str, Callable[[int], bytes]] = {
        "many names": lambda size: b"&".join(b"%x=%%20" % n for n in range(size // 8)),
        "one name again": lambda size: b"a=1&" * (size // 4),
        "escapes": lambda size: b"a=" + b"%41" * (size // 3),
        "separators": lambda size: b"&" * size,
        "marks": lambda size: b"a=" + b"!'()*" * (size // 5),
    }
    readers: dict[str, Callable[[str], object]] = {
        "aliyun signature": _wrongly_signed,
        "aliyun query of the socket": tokens.parse_websocket_query,
        "sensetime query of the microphone": microphone_url.parse_query,
    }
    for name, reader in readers.items():
        for family, made in queries.items():
            yield Decoder(name, family, made, partial(_as_text, reader))
    yield Decoder("aliyun signature", "many headers", _header_names, partial(_as_text, signature.parse_authorization))


def _header_names(size: int) -> bytes:
    return b",".join(b"x-%d" % n for n in range(size // 6))


def _as_text(reader: Callable[[str], object], data: bytes) -> object:
    return reader(data.decode())


def _wrongly_signed(query: str) -> None:
    headers = signature.sign(
        "GET", "/p", query, access_key_id="k", access_key_secret="s", action="A", host="h", date=1.8e9, nonce="1" * 32
    )
    headers["Authorization"] = headers["Authorization"][:-64] + "0" * 64
    signature.verify(
        "GET", "/p", query, headers, b"", secret_for={"k": "s"}.get, now=1.8e9, nonces=signature.NonceMemory()
    )


def of_files(folder: Path) -> Iterator[Decoder]:
    """Scenario files of each format; `folder` is where they are put."""
    of_toml: dict[str, Callable[[int], bytes]] = {
        "key of many parts": lambda size: b"a." * (size // 2) + b"b=1",
        "keys of parts": lambda size: b"\n".join(b".".join([b"a"] * 30 + [b"b%d=1" % n]) for n in range(size // 70)),
        "many keys": lambda size: b"\n".join(b"k%d=1" % n for n in range(size // 8)),
        "keys of one table": lambda size: b"\n".join(b"a.k%d=1" % n for n in range(size // 10)),
        "many tables": lambda size: b"\n".join(b"[t%d]" % n for n in range(size // 8)),
        "list of tables": lambda size: b"[[a]]\n" * (size // 6),
        "deep lists": lambda size: b"a=" + b"[" * size,
        "inline tables": lambda size: b"a=[" + b"{a=1}," * (size // 6) + b"]",
        "long text": lambda size: b'a="' + b'\\"' * (size // 2) + b'"',
        "open text": lambda size: b'a="""' + b'\\"""' * (size // 4),
        "long integer": lambda size: b"a=" + b"1" * size,
        "long word": lambda size: b"a" * size,
        "comments": lambda size: b"#a.\n" * (size // 4),
        "blanks": lambda size: b"a" + b" " * size + b".",
    }
    of_yaml: dict[str, Callable[[int], bytes]] = {
        "many keys": lambda size: b"\n".join(b"k%d: 1" % n for n in range(size // 9)),
        "many items": lambda size: b"a: [" + b"1," * (size // 2) + b"]",
        "deep lists": lambda size: b"[" * size,
        "deep objects": lambda size: b"{a: " * (size // 4),
        "deep blocks": lambda size: b"- " * (size // 2),
        "long text": lambda size: b"a: " + b"x" * size,
        "long text of escapes": lambda size: b'a: "' + b'\\"' * (size // 2) + b'"',
        "long integer": lambda size: b"a: " + b"1" * size,
        "question marks": lambda size: b"? " * (size // 2),
        "one key again": lambda size: b"a: 1\n" * (size // 5),
        "anchors": lambda size: b"\n".join(b"- &a%d 1" % n for n in range(size // 9)),
        "comments": lambda size: b"#a\n" * (size // 3),
    }
    formats = {"json": FAMILIES, "toml": of_toml, "yaml": of_yaml}
    for suffix, families in formats.items():
        for family, made in families.items():
            yield Decoder(f"scenario file, {suffix}", family, made, partial(_from_file, folder / f"s.{suffix}"))


def _from_file(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    try:
        read(path)
    except FileFault as fault:
        # What its caller makes of it.
        raise ScenarioError(str(path), "", str(fault)) from None
