"""Spain: the mean payment period (PMP) of each body, as published by itself or by the ministry.

The period decides the method: RD 1040/2017 counts from another day from 1 April 2018 on, so that
figures before and since are never joined (METHODS A.3). Rows are taken as they were published;
whether the published mean is that of its parts is for an indicator to ask.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from troth.sources.ledgers import written
from troth.sources.ledgers.base import Cells, Entries, Format, Translated, renamed

#: First day of counting by RD 1040/2017.
RD1040_FROM = "2018-04-01"

#: A body is only named: this and its name.
BODY = "name:ES:"

_QUARTERS = {
    "1": ("01-01", "03-31"),
    "2": ("04-01", "06-30"),
    "3": ("07-01", "09-30"),
    "4": ("10-01", "12-31"),
}
_MONTH_ENDS = ("31", "28", "31", "30", "31", "30", "31", "31", "30", "31", "30", "31")


def _entries(cells: Cells, called: dict[str, str], years: pa.Array, parts: pa.Array) -> Entries:
    periods = pc.binary_join_element_wise(years, parts, "-").dictionary_encode()
    spans = [_span(text) for text in periods.dictionary.to_pylist()]
    starts = pa.array([start for start, _ in spans], pa.string()).take(periods.indices)
    ends = pa.array([end for _, end in spans], pa.string()).take(periods.indices)
    newer = pc.greater_equal(starts, RD1040_FROM)
    amounts = {
        name: written.decimal_comma(cells[called[name]])
        for name in ("paid_days", "paid_amount", "pending_days", "pending_amount", "published_days")
    }
    return renamed(
        "payment_period",
        cells,
        called,
        body_id=written.after(BODY, cells[called["body_name"]]),
        period_start=starts,
        period_end=ends,
        method=pc.if_else(newer, "RD1040", "RD635"),
        currency=cells.always("EUR"),
        **amounts,
    )


def _span(period: str) -> tuple[str, str]:
    """First and last day of `2017-Q1` or `2017-03`; a period written otherwise stays as it is, and
    is found to be no date."""
    year, _, part = period.partition("-")
    quarter = part.upper().removeprefix("Q").removeprefix("T")
    if len(part) == 2 and part.isdigit() and 1 <= int(part) <= 12 and year.isdigit():
        last = _MONTH_ENDS[int(part) - 1]
        leap = part == "02" and int(year) % 4 == 0 and (int(year) % 100 or int(year) % 400 == 0)
        return f"{year}-{part}-01", f"{year}-{part}-{'29' if leap else last}"
    if part[:1].upper() in ("Q", "T") and quarter in _QUARTERS:
        first, end = _QUARTERS[quarter]
        return f"{year}-{first}", f"{year}-{end}"
    return period, period


_MINISTRY = {
    "body_name": "Entidad",
    "period_start": "Periodo",
    "paid_days": "Ratio de operaciones pagadas",
    "paid_amount": "Importe pagos realizados",
    "pending_days": "Ratio de operaciones pendientes",
    "pending_amount": "Importe pagos pendientes",
    "published_days": "PMP",
}

_TRANSCRIBED = {
    "body_name": "entity",
    "period_start": "period",
    "paid_days": "ratio_paid_days",
    "paid_amount": "amount_paid_eur",
    "pending_days": "ratio_pending_days",
    "pending_amount": "amount_pending_eur",
    "published_days": "pmp_published",
}


def _read_ministry(cells: Cells) -> Translated:
    parts = cells["Periodo"]
    # `T1` or `Q1` is a quarter, `1` to `12` a month.
    months = pc.match_substring_regex(parts, "^[0-9]{1,2}$")
    padded = pc.if_else(months, pc.utf8_lpad(parts, width=2, padding="0"), parts)
    return Translated((_entries(cells, _MINISTRY, cells["Ejercicio"], padded),))


def _read_transcribed(cells: Cells) -> Translated:
    both = pc.split_pattern(cells["period"], "-", max_splits=1)
    sound = pc.equal(pc.list_value_length(both), 2)
    both = pc.if_else(sound, both, pa.scalar(["?", "?"], both.type))
    years, parts = pc.list_element(both, 0), pc.list_element(both, 1)
    return Translated((_entries(cells, _TRANSCRIBED, years, parts),))


ES_PMP = Format(
    name="es_pmp",
    meaning="The mean payment period of each body of a local or regional government: ratios and"
    " amounts of what was paid and of what was pending, and the mean (PMP).",
    source="Spanish bodies and the Ministry of Finance, by RD 635/2014 article 6; the body is named"
    " and has no identifier (`name:ES:` and its name); decimal commas or points",
    fills=("payment_period",),
    needed=("Ejercicio", *dict.fromkeys(_MINISTRY.values())),
    read=_read_ministry,
)

ES_PMP_TRANSCRIBED = Format(
    name="es_pmp_transcribed",
    meaning="The same figures, copied from transparency pages under English column names.",
    source="whoever copies them; a period is 2017-Q1 or 2017-03",
    fills=("payment_period",),
    needed=tuple(_TRANSCRIBED.values()),
    read=_read_transcribed,
)
