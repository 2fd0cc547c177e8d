"""The states of a case, as fact tables code them (small integers, so that facts stay small)."""

#: The rule does not concern the case; it did not happen; it happened; a comparison is to decide.
NOT_APPLICABLE, NOT_FLAGGED, FLAGGED, OPEN = 0, 1, 2, 3

#: 10 and up: the n-th needed field was missing. 100 and up: the n-th contradiction was found.
FIRST_MISSING, FIRST_FAULT = 10, 100

#: Not a state but the mark of a case whose process a later one replaced; it counts nowhere.
REPLACED = 127

#: What is missing when a comparison found nothing fit to compare a case with.
NO_PEERS = "comparable cases"

#: The kinds of case, each the key of a canonical table.
CASE_KEYS = {
    "tender": ("pid",),
    "award": ("pid", "award_no"),
    "contract": ("pid", "contract_no"),
}

#: What every fact row carries beside its states, so that comparisons find their peers.
BASE_COLUMNS = ("body_key", "year", "class4", "class2", "category")


def in_words(state: int, missing: tuple[str, ...], faults: tuple[str, ...]) -> tuple[str, str]:
    """A state as people name it, and the field or contradiction behind it (else an empty text)."""
    if state >= FIRST_FAULT:
        return "error", faults[state - FIRST_FAULT]
    if state >= FIRST_MISSING:
        return "insufficient_data", missing[state - FIRST_MISSING]
    return {NOT_APPLICABLE: "not_applicable", NOT_FLAGGED: "not_flagged", FLAGGED: "flagged"}[
        state
    ], ""
