"""United States: what cities agreed or were ordered to pay over the conduct of their police.

A settlement binds a city as a judgment does, and is an entry of `judgment`. The day the case was
closed is taken for the day it became final; the day of payment is not published, so that no payment
is made up. A case that was closed with nothing to pay is kept with the amount 0.
"""

from __future__ import annotations

import pyarrow.compute as pc

from troth.sources.ledgers import written
from troth.sources.ledgers.base import Cells, Format, Translated, renamed

_CALLED = {"body_name": "city", "amount": "amount_awarded", "final_date": "closed_date"}


def _read(cells: Cells) -> Translated:
    place = pc.binary_join_element_wise(cells["state"], cells["city"], ":")
    return Translated(
        (
            renamed(
                "judgment",
                cells,
                _CALLED,
                judgment_id=written.key_of(cells.file, cells.lines),
                body_id=written.after("name:US:", place),
                currency=cells.always("USD"),
            ),
        )
    )


US_SETTLEMENTS = Format(
    name="us_police_settlements",
    meaning="Settlements and judgments of cities, without the names of anybody.",
    source="FiveThirtyEight, police settlements (CC BY, to be confirmed); a body is `name:US:`, its state and its name",
    fills=("judgment",),
    needed=("city", "state", "closed_date", "amount_awarded", "calendar_year"),
    read=_read,
)
