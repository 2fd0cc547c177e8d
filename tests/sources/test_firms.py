"""Rows of firms: a name is looked at once, and stands only in the row of a legal person."""

from __future__ import annotations

from troth.sources.firms import Met, firm_table
from troth.sources.persons import Shown

LEGAL, PERSON = Shown("legal_person", "identifier"), Shown("natural_person", "identifier")


def test_where_nothing_else_tells_the_name_does_and_what_tells_nothing_is_not_kept() -> None:
    table = firm_table(
        {
            3: Met(0, "GB-COH-01234567", "Firm", "GB-COH", LEGAL),
            1: Met(0, "X-1", "Impresa S.r.l.", "X", None),
            2: Met(0, "X-2", "Maria Rossi", "Maria Rossi", None),
            4: Met(0, None, None, "IT-CF", PERSON),
        }
    )

    assert table.select(["firm_key", "kind", "firm_id", "name", "shown_by"]).to_pylist() == [
        _row(1, "legal_person", "X-1", "Impresa S.r.l.", "legal_form"),
        _row(2, "unknown", None, None, "nothing"),
        _row(3, "legal_person", "GB-COH-01234567", "Firm", "identifier"),
        _row(4, "natural_person", None, None, "identifier"),
    ]
    assert table["scheme"].to_pylist() == ["X", None, "GB-COH", "IT-CF"]


def _row(*values: object) -> dict[str, object]:
    return dict(zip(("firm_key", "kind", "firm_id", "name", "shown_by"), values, strict=True))
