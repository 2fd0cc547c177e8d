"""The scale on which a figure is drawn: where it begins and ends, and how its numbers are written.

Every scale holds 0, so that lengths may be compared; one that holds figures below 0 begins below.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from troth.publish.wording import bare, unit_of, with_unit, written
from troth.site.draw import nice_top, share_ticks

#: Into about how many parts a scale is cut.
PARTS = 4

#: Round numbers that a part may be long, times a power of ten.
ROUND = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Axis:
    """From `first` to `last`, in what `scale` counts (`wording.SCALES`).

    `is_share`: figures are shares of cases, compared with all cases together; others are compared
    with the middle one.
    """

    first: float
    last: float
    step: float
    scale: str = "percent"
    is_share: bool = True
    language: str = "en"

    def part(self, value: float) -> float:
        """How far along the scale a value lies, from 0 to 1; one beyond an end lies at it."""
        return min(max((value - self.first) / (self.last - self.first), 0.0), 1.0)

    def holds(self, value: float) -> bool:
        return self.first <= value <= self.last

    @property
    def ticks(self) -> list[float]:
        if self.first == 0 and self.is_share:
            return share_ticks(self.last)
        parts = round((self.last - self.first) / self.step)
        return [self.first + self.step * part for part in range(parts + 1)]

    def tick(self, value: float) -> str:
        """A number of the scale as short as it is exact; only per cents have their sign."""
        if self.scale in ("percent", "percentage points"):
            return f"{100 * value:.6g}" + (" %" if self.scale == "percent" else "")
        return f"{value:,.6g}"

    @property
    def reach(self) -> str:
        """From where to where it goes: "0–60 days", "-20–40 %"."""
        first, last = (self.tick(end).removesuffix(" %") for end in (self.first, self.last))
        return f"{first}–{with_unit(last, self.scale, self.language)}"

    def written(self, value: float) -> str:
        """A figure with what it counts in."""
        return written(value, self.scale, self.language).replace("\u00a0", " ")

    def bare(self, value: float | None) -> str:
        """The same without what it counts in; nothing of what is not known."""
        return "" if value is None else bare(value, self.scale)

    def headed(self, word: str) -> str:
        """The heading of a column of such figures: the word, and what they count in."""
        unit = unit_of(self.scale, self.language)
        return f"{word}, {unit}" if unit else word


def axis(
    values: Iterable[float | None], scale: str = "percent", is_share: bool = True,
    language: str = "en",
) -> Axis:  # fmt: skip
    """The scale that holds these values and 0; those that are not known need no room."""
    known = [value for value in values if value is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    if is_share:
        top = nice_top(high)
        return Axis(0.0, top, top / PARTS, scale, True, language)
    if low == high:
        high = 1.0
    step = _round_up((high - low) / PARTS)
    first, last = step * math.floor(low / step), step * math.ceil(high / step)
    return Axis(first, last, step, scale, False, language)


def _round_up(length: float) -> float:
    """The next round number."""
    power: float = 10.0 ** math.floor(math.log10(length))
    # A length a hair above a round number, as arithmetic makes them, is that number.
    return next(power * one for one in ROUND if power * one >= length * (1 - 1e-9))
