"""Days on which nobody works, and weekend days on which people do: data, since each year's is new."""

from troth.tables.base import REQUIRED, Column, Promise, Table, Type

WORKING_CALENDAR = Table(
    "working_calendar",
    "One day of a calendar on which work rests though it is no weekend, or is done though it is one.",
    (
        Column("calendar", Type.TEXT, "the calendar, such as GB-ENG or CN", "", REQUIRED),
        Column("day", Type.DATE, "the day", "", REQUIRED),
        Column(
            "kind",
            Type.TEXT,
            "off: a holiday; worked: a weekend day that is made a working day",
            "",
            Promise(required=True, one_of=("off", "worked")),
        ),
    ),
    key=("calendar", "day"),
    source="METHODS section 1, time rules: terms in working days",
)

TABLES = (WORKING_CALENDAR,)
