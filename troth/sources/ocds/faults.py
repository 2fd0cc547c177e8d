"""What can be wrong with a record or a field: its code, and what to do about it."""

from __future__ import annotations

import json
from dataclasses import dataclass

#: Code -> (level, next step). A code is for citing and is never used for something else.
FAULTS: dict[str, tuple[str, str]] = {
    "E001": (
        "record",
        "Mend or remove the line at its source; `troth check` shows it with its surroundings.",
    ),
    "E002": ("record", "Save the file as UTF-8."),
    "E003": ("record", "Nested deeper than any OCDS release; ask the publisher what went wrong."),
    "E004": (
        "record",
        "Give OCDS: a release, a record, a package, or an array of them; one JSON value a line.",
    ),
    "E005": ("record", "Compile the file first (ocdskit compile): a record needs its ocid."),
    "E006": ("record", "Download the release behind the link and pass it as well."),
    "E007": ("record", "Nothing to do: a later release of the same process stands instead."),
    "E008": ("record", "Mend the releases of this process: they cannot be merged into one."),
    "E009": ("record", "Split the file: one line is larger than a record can sensibly be."),
    "E010": ("record", "Fetch the file again: it is damaged or was cut short."),
    "E011": ("field", "Publish the value in the type that OCDS names for the field."),
    "E012": (
        "field",
        "Publish the amount as a number: no spaces, no currency, a point before the decimals.",
    ),
    "E013": ("field", "Publish a number that is not beyond all reason."),
    "E014": ("field", "Publish a list, also when it has one entry."),
    "E015": ("field", "Give each name once: the last value was kept."),
    "E021": (
        "field",
        "Publish the date as ISO 8601 with a time zone, in a year that can be meant.",
    ),
    "E031": ("field", "Publish the currency beside each amount (ISO 4217)."),
    "E032": ("field", "Publish the currency as ISO 4217, for example EUR."),
    "E041": ("field", "Publish buyer/id with an identifier scheme (org-id.guide)."),
    "E042": ("field", "Publish the public body, not the person, as buyer."),
    "E051": ("record", "Give each body one row in the register of bodies, with its identifier."),
    "E052": ("field", "Write the population as digits alone: 2102650, no spaces or commas."),
    "E053": ("record", "Give the row as many cells as the first line has names."),
    "E054": ("field", "Leave the column out: body_id, name, level and population are read."),
    "E055": ("field", "Say the level of government in a word or two: municipality, region."),
    "E060": (
        "record",
        "Fill the columns that every entry must have; `troth template` marks them.",
    ),
    "E061": ("record", "Mend the value: an entry cannot do without it."),
    "E062": ("record", "Give each entry an identifier of its own; the first one was kept."),
    "E063": (
        "record",
        "Give the ledger that holds the entry it belongs to, or mend its identifier.",
    ),
    "E064": ("field", "Write the date as 2024-05-31, in a year that can be meant."),
    "E065": (
        "field",
        "Write the number with digits and a point alone: 1234.50, no spaces, commas or signs.",
    ),
    "E066": ("field", "Write yes or no (true, false, 1 and 0 are read too)."),
    "E067": ("field", "Write one of the words, or the form, that the template names."),
    "E068": ("field", "Look the value up at its source: it is outside what it can be."),
    "E069": ("record", "Nothing to do if the row is no entry, such as a total; else mend it."),
    "E070": ("field", "Give the ledger that holds what is referred to, or mend the identifier."),
    "E071": ("field", "Write one plain value: a text, a number, true or false."),
    "E072": ("record", "Give the row as many cells as the line of column names has."),
    "E073": ("field", "Leave the name out, or use one that the template has."),
    "E074": ("field", "Publish the day of each payment and change, and what a change was of."),
}

LONGEST_VALUE = 200


@dataclass(frozen=True)
class Fault:
    """One thing that could not be used. `pid` locates it; the reader adds file, line and byte."""

    code: str
    path: str
    value: object
    message: str
    pid: int | None = None
    ocid: str | None = None
    #: The byte of the record at which it stands, where that says more than the record's beginning.
    at: int = 0

    @property
    def level(self) -> str:
        return FAULTS[self.code][0]

    @property
    def next_step(self) -> str:
        return FAULTS[self.code][1]

    @property
    def shown_value(self) -> str | None:
        """The value as found, as JSON, shortened."""
        if self.value is None:
            return None
        text = (
            self.value
            if isinstance(self.value, str)
            else json.dumps(self.value, ensure_ascii=False, default=str)
        )
        # A lone surrogate is legal in JSON and in no encoding.
        text = text.encode("utf-8", "backslashreplace").decode()
        return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"

    def row(self, file: str, line: int | None, offset: int | None = None) -> dict[str, object]:
        """The row of `rejected` for this fault at this place."""
        return {
            "level": self.level,
            "code": self.code,
            "file": file,
            "line": line,
            "offset": offset,
            "ocid": self.ocid,
            "path": self.path,
            "value": self.shown_value,
            "message": self.message,
            "next_step": self.next_step,
        }
