"""Moments of RFC 3339 as Cardinal takes them: a date, a time and a zone, or nothing."""

from __future__ import annotations

import math
import re
from datetime import date
from fractions import Fraction

_MOMENT = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?"
    r"(?:[Zz]|([+\-\u2212])(\d{2}):(\d{2}))",
    re.ASCII,
)

SECONDS_A_DAY = 86_400

#: Seconds since the first day of year 1 in UTC, exactly.
Moment = int | Fraction

#: Beyond so many digits of a second Cardinal looks no further.
_DIGITS = 9

#: The calendar repeats itself after so many years, and Python's has no year 0.
_CYCLE, _DAYS_OF_CYCLE = 400, 146_097


def moment(text: str) -> Moment | None:
    """Seconds since the first day of year 1, in UTC; nothing where the text is no such moment."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = map(int, found.groups()[:6])
    fraction, sign, zone_hours, zone_minutes = found.groups()[6:]
    cycle = 1 if year == 0 else 0
    try:
        days = date(year + cycle * _CYCLE, month, day).toordinal() - cycle * _DAYS_OF_CYCLE
    except ValueError:
        return None
    # A leap second is written as the sixtieth.
    if hour > 23 or minute > 59 or second > 60:
        return None
    offset = 0
    if sign:
        offset = int(zone_hours) * 3600 + int(zone_minutes) * 60
        if int(zone_minutes) > 59 or offset >= SECONDS_A_DAY:
            return None
        offset = offset if sign == "+" else -offset
    whole = days * SECONDS_A_DAY + hour * 3600 + minute * 60 + second - offset
    return whole + Fraction(f"0.{fraction[:_DIGITS]}") if fraction else whole


def whole_days(start: Moment, end: Moment) -> int:
    """Days from start to end, cut off towards zero."""
    return math.trunc(Fraction(end - start, SECONDS_A_DAY))
