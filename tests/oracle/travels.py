"""Cases on their way through units, slow and obvious: one case at a time, one event at a time."""

from collections.abc import Sequence

Event = tuple[float, str, str | None]  # day, what, unit


def travel(events: Sequence[Event], as_of: float) -> dict[str, object]:
    """Path, hand-offs, returns, days open and days paused of one case that begins with `received`."""
    path: list[str | None] = []
    open_days = paused_days = 0.0
    clock = "runs"
    for number, (day, what, unit) in enumerate(events):
        if what in ("received", "transfer") and (not path or path[-1] != unit):
            path.append(unit)
        if what in ("received", "resume", "reopened"):
            clock = "runs"
        elif what == "pause":
            clock = "paused"
        elif what in ("closed", "withdrawn"):
            clock = "over"
        until = events[number + 1][0] if number + 1 < len(events) else as_of
        if clock != "over":
            open_days += until - day
        if clock == "paused":
            paused_days += until - day
    returns = sum(unit in path[:place] for place, unit in enumerate(path))
    known = None not in path
    return {
        "handoffs": len(path) - 1 if known else None,
        "returns": returns if known else None,
        "open_days": open_days,
        "paused_days": paused_days,
        "is_open": clock != "over",
    }
