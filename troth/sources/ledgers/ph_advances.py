"""Philippines: cash advances that local governments gave and that nobody had accounted for.

The amounts were taken from the text of audit reports by a program, and some are not what the report
says: a decimal point lost makes a town owe more than a province. Nothing is corrected. An amount
from a thousand million pesos on is marked as doubtful: there are 13 among 5,440, and the 99th
percentile is 297 million. That bound is our own choice.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from troth.sources.ledgers import written
from troth.sources.ledgers.base import Cells, Format, Translated, renamed

DOUBTFUL_FROM = 1_000_000_000

_LARGE = r"^[0-9]{10,}(?:\.[0-9]+)?$"  # as many digits as the bound has

_CALLED = {"body_name": "lgu", "date": "year", "amount": "unliquidated"}


def _read(cells: Cells) -> Translated:
    years = written.or_nothing(cells["year"], "NA")
    full = pc.match_substring_regex(years, "^[0-9]{4}$")
    ends = pc.if_else(full, pc.binary_join_element_wise(years, "12-31", "-"), years)
    amounts = written.or_nothing(cells["unliquidated"], "NA")
    large = pc.match_substring_regex(amounts, _LARGE)
    place = pc.binary_join_element_wise(cells["province"], cells["lgu"], ":")
    return Translated(
        (
            renamed(
                "arrears_stock",
                cells,
                _CALLED,
                body_id=written.after("name:PH:", place),
                date=ends,
                stock=cells.always("advances"),
                item=cells.always("all"),
                bucket=cells.always("all"),
                basis=cells.always("extracted"),
                amount=amounts,
                currency=cells.always("PHP"),
                doubtful=pc.if_else(large, "yes", pc.if_else(pc.is_valid(amounts), "no", _NOTHING)),
            ),
        )
    )


_NOTHING = pa.scalar(None, pa.string())

PH_ADVANCES = Format(
    name="ph_unliquidated_advances",
    meaning="Cash advances not accounted for at the end of a year, by local government.",
    source="OpenAudit (CC BY 4.0), from executive summaries of the Commission on Audit; a body is"
    " `name:PH:`, its province and its name; a year that has not four digits is refused",
    fills=("arrears_stock",),
    needed=("lgu", "province", "year", "unliquidated"),
    read=_read,
)
