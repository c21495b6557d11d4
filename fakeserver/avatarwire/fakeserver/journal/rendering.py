"""The one way out of the journal: what is kept as it came becomes, masked, what is shown.

Every reader, every export and every failure gets its entries from :func:`shown` and its findings from
:func:`shown_finding`. Only that step may live here; what is secret is said in ``masking.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import cast

from avatarwire.fakeserver.journal.entry import NO_META, Entry, Finding
from avatarwire.fakeserver.journal.literals import Literals
from avatarwire.fakeserver.journal.masking import mask_bytes, mask_finding, mask_headers, mask_value, masked
from avatarwire.fakeserver.journal.record import Occurrence, Record

__all__ = ["shown", "shown_finding", "unmasked"]


def shown(record: Record, vendor: str, secret_headers: Collection[str] = ()) -> Entry:
    """What anybody may see of a record; masked when first asked for, and the same entry from then on.

    Args:
        record: as it came.
        vendor: name of the vendor.
        secret_headers: names of headers, in lower case, whose values are secret although no name says so.
    """
    entry = record.entry
    if entry is None:
        record.entry = entry = _entry(record, vendor, secret_headers)
    return entry


def _entry(record: Record, vendor: str, secret_headers: Collection[str]) -> Entry:
    more = record.more
    raw, body = record.raw, record.body
    if raw is not None:
        raw = mask_bytes(raw)
    if body is not None:
        body = mask_value(body)
    literals = Literals(more.secrets) if more.secrets else None
    if literals is not None:
        raw, body = None if raw is None else literals.data(raw), literals.value(body)
    meta: Mapping[str, object] = NO_META
    if more.meta or more.headers:
        meta = cast("Mapping[str, object]", mask_value(more.meta))
        if more.headers:
            meta = {**meta, "headers": mask_headers(more.headers, secret_headers)}
        if literals is not None:
            meta = cast("Mapping[str, object]", literals.value(meta))

    def text(value: str) -> str:
        value = masked(value)
        return value if literals is None else literals.text(value)

    return Entry(
        seq=record.seq,
        time=record.time,
        transport=record.transport,
        direction=record.direction,
        connection=text(record.connection),
        vendor=vendor,
        session=text(record.session),
        message=text(record.message),
        raw=raw,
        body=body,
        audio=more.audio,
        omitted=more.omitted,
        deviations=tuple([text(erratum) for erratum in more.deviations]),
        violations=tuple([mask_finding(violation, text) for violation in more.violations]),
        status=more.status,
        reply_to=record.reply_to,
        meta=meta,
    )


def unmasked(record: Record, vendor: str) -> Entry:
    """The same with all that is secret, for who has asked for that: a trace that is to be replayed elsewhere."""
    more = record.more
    meta = {**more.meta, "headers": list(map(list, more.headers))} if more.headers else more.meta
    return Entry(
        seq=record.seq,
        time=record.time,
        transport=record.transport,
        direction=record.direction,
        connection=record.connection,
        vendor=vendor,
        session=record.session,
        message=record.message,
        raw=record.raw,
        body=record.body,
        audio=more.audio,
        omitted=more.omitted,
        deviations=more.deviations,
        violations=more.violations,
        status=more.status,
        reply_to=record.reply_to,
        meta=meta,
    )


def shown_finding(sighting: Occurrence, vendor: str) -> Finding:
    """What anybody may see of a violation; masked when first asked for, and the same finding from then on."""
    finding = sighting.finding
    if finding is None:
        literals = Literals(sighting.secrets)

        def text(value: str) -> str:
            return literals.text(masked(value))

        place = Entry(
            sighting.seq,
            sighting.time,
            sighting.transport,
            "note",
            connection=text(sighting.connection),
            vendor=vendor,
            session=text(sighting.session),
            message=text(sighting.message),
        )
        sighting.finding = finding = Finding.of(mask_finding(sighting.violation, text), place)
    return finding
