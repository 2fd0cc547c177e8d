"""Single values, read strictly: dates, codes, identifiers. Nothing is repaired or guessed."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

#: A public contract outside these years is a typing error (real data has 0001 and 2301).
FIRST_YEAR, LAST_YEAR = 1900, 2199

INSTANT = pa.timestamp("us", tz="UTC")

_EARLIEST = pa.scalar(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), INSTANT)
_LATEST = pa.scalar(datetime(LAST_YEAR, 12, 31, 23, 59, 59, tzinfo=UTC), INSTANT)

_DATE = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[T ](\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?(Z|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)

_CURRENCY = re.compile(r"[A-Z]{3}")

#: What publishers write where they have no identifier, with or without a scheme in front of it
#: (`IT-CF-NAN`). Digits in front make it another thing: `80012345-0` ends in a check digit.
_PLACEHOLDER = re.compile(
    r"(?:\D*[-:])?(?:nan|null|none|n/?a|undefined|unknown)"
    r"|(?:[a-z]{2,3}-[a-z]{2,8}[-:]|[-:])?(?:0+|-+|\.+|x+)?",
    re.IGNORECASE,
)


_SURE_ENDINGS = frozenset("123456789")


class BadDate(ValueError):
    """Why a text is no date that can be used."""


def instant(text: str) -> tuple[datetime, str]:
    """The moment in UTC and how it was written: `zoned`, `local` (taken as UTC) or `day`.

    Raises `BadDate` when it is not ISO 8601, no day of the calendar, or outside 1900 to 2199.
    """
    found = _DATE.fullmatch(text)
    if found is None:
        raise BadDate("expected a date such as 2024-05-31 or 2024-05-31T12:00:00Z")
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        moment = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0),
            int(((fraction or "") + "000000")[:6]), tzinfo=_zone(zone),
        ).astimezone(UTC)  # fmt: skip
    except (ValueError, OverflowError):
        raise BadDate("no such day or time in the calendar") from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise BadDate(f"expected a year from {FIRST_YEAR} to {LAST_YEAR}")
    return moment, "day" if hour is None else "zoned" if zone else "local"


def _zone(text: str | None) -> timezone:
    if text is None or text == "Z":
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-offset if text[0] == "-" else offset)


def instants(texts: Sequence[str | None]) -> tuple[pa.Array, pa.Array, list[int]]:
    """Many dates at once: the moments, how each was written, and the rows that are no dates.

    A row that is no date is null in both arrays. Where every text is a full date-time with a zone,
    Arrow reads them together; otherwise each different text is read once by `instant`.
    """
    written = pa.array(texts, pa.string())
    try:
        moments = written.cast(INSTANT)
    except pa.ArrowInvalid:
        return _instants_one_by_one(texts)
    span = pc.min_max(moments)
    earliest, latest = span["min"], span["max"]
    if earliest.is_valid and (
        pc.less(earliest, _EARLIEST).as_py() or pc.greater(latest, _LATEST).as_py()
    ):
        return _instants_one_by_one(texts)
    return moments, pc.if_else(pc.is_valid(moments), "zoned", pa.scalar(None, pa.string())), []


def _instants_one_by_one(texts: Sequence[str | None]) -> tuple[pa.Array, pa.Array, list[int]]:
    read: dict[str, tuple[datetime | None, str | None]] = {}
    for text in set(texts):
        if text is not None:
            try:
                read[text] = instant(text)
            except BadDate:
                read[text] = (None, None)
    pairs = [(None, None) if text is None else read[text] for text in texts]
    bad = [row for row, text in enumerate(texts) if text is not None and read[text][0] is None]
    return (
        pa.array([moment for moment, _ in pairs], INSTANT),
        pa.array([form for _, form in pairs], pa.string()),
        bad,
    )


def why_bad(text: str) -> str:
    """Why `instants` left this text out."""
    try:
        instant(text)
    except BadDate as error:
        return str(error)
    raise AssertionError(f"{text!r} is a date")


def is_currency(text: str) -> bool:
    """Three capital letters, as ISO 4217 writes them."""
    return _CURRENCY.fullmatch(text) is not None


#: How a scheme of identifiers begins by the list of org-id.guide: the country, then the register.
_SCHEME = re.compile(r"([A-Z]{2})-[A-Z]")


def country_of(*texts: str | None) -> str | None:
    """The country of the first of these texts that begins with a scheme of identifiers."""
    for text in texts:
        found = None if text is None else _SCHEME.match(text)
        if found is not None:
            return found[1]
    return None


def identifier(raw: str | int | float | None) -> str | None:
    """An identifier as text without spaces around it; null for nothing and for placeholders."""
    if raw is None:
        return None
    # 7.0 is the number 7, and both are the same key of a dictionary.
    text = str(int(raw) if isinstance(raw, float) and raw.is_integer() else raw).strip()
    # No placeholder ends in a digit from 1 to 9, and most identifiers do.
    if text[-1:] in _SURE_ENDINGS:
        return text
    return None if _PLACEHOLDER.fullmatch(text) else text


#: A key is the first 63 bits of a digest, so that it fits a signed 64-bit integer.
_KEY_MASK = (1 << 63) - 1


def public_key_of(text: str) -> int:
    """The key of something that may be known to all: the first 63 bits of its SHA-256."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") & _KEY_MASK


def keyed_hash(text: str, secret: bytes) -> int:
    """The key of somebody who may be a person: 63 bits of BLAKE2b under a secret."""
    digest = _under(secret).copy()
    digest.update(text.encode())
    return int.from_bytes(digest.digest(), "big") & _KEY_MASK


@functools.lru_cache(maxsize=4)
def _under(secret: bytes) -> hashlib.blake2b:
    """The digest of nothing yet: taking in the secret is half the work."""
    return hashlib.blake2b(digest_size=8, key=secret)


def spread(values: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Each value as many times as its count: a parent's column for its children."""
    return np.repeat(values, counts)


def numbered(counts: np.ndarray) -> np.ndarray:
    """0, 1, 2 ... within each parent, for parents with these many children."""
    total = int(counts.sum())
    starts = np.cumsum(counts) - counts
    found: np.ndarray = np.arange(total, dtype=np.int64) - np.repeat(starts, counts)
    return found
