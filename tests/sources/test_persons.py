"""Who is a natural person is decided by the identifier's scheme and form, never by a guess."""

from __future__ import annotations

import pytest

from troth.sources.persons import (
    is_natural_person,
    is_scheme,
    scheme_of,
    shown,
    shown_by_identifier,
    shown_by_name,
    shown_by_statement,
)

LEGAL, PERSON, UNKNOWN = "legal_person", "natural_person", "unknown"

FORMS = [
    # Codice fiscale: 11 digits or the 16 characters of a person, also with letters for digits.
    ("IT-CF", "00215150236", LEGAL),
    ("IT-CF", "RSSMRA80A01H501U", PERSON),
    ("IT-CF", "rssmra80a01h501u", PERSON),
    ("IT-CF", "RSSMRALMALMHRLMU", PERSON),
    ("IT-CF", "PERSON0001", UNKNOWN),
    ("IT-CF", "0021515023", UNKNOWN),
    ("IT-CF", "002151502361", UNKNOWN),
    # SIRET, SIREN.
    ("FR-SIRET", "78471226700060", LEGAL),
    ("FR-SIRET", "784712267", UNKNOWN),
    ("FR-RCS", "784712267", LEGAL),
    ("FR-SIREN", "78471226700060", UNKNOWN),
    # Peru's RUC: 20 legal persons; 10, 15, 16, 17 natural ones.
    ("PE-RUC", "20100070970", LEGAL),
    ("PE-RUC", "10445566771", PERSON),
    ("PE-RUC", "15445566771", PERSON),
    ("PE-RUC", "17445566771", PERSON),
    ("PE-RUC", "30100070970", UNKNOWN),
    ("PE-DNI", "44556677", PERSON),
    ("GB-COH", "SC123456", LEGAL),
    ("GB-COH", "997 058 925", UNKNOWN),
    ("PY-RUC", "80013820-1", LEGAL),
    ("PY-RUC", "4455667-1", UNKNOWN),
    ("CO-RUE", "899999061-9", LEGAL),
    ("CO-CC", "12345678", PERSON),
    ("MX-RFC", "ABC010101AB1", LEGAL),
    ("MX-RFC", "ABCD010101AB1", PERSON),
    ("XX-NEW", "00215150236", UNKNOWN),
    (None, "00215150236", UNKNOWN),
]


@pytest.mark.parametrize(("scheme", "identifier", "kind"), FORMS)
def test_scheme_and_form_decide(scheme: str | None, identifier: str, kind: str) -> None:
    found = shown_by_identifier(scheme, identifier)
    assert (found.kind if found else UNKNOWN) == kind
    if scheme is not None:
        assert shown(f"{scheme}-{identifier}", None, None, None).kind == kind
        assert shown(identifier, scheme, None, None).kind == kind
        assert is_natural_person(f"{scheme}-{identifier}") is (kind == PERSON)


def test_the_scheme_may_stand_before_the_identifier() -> None:
    assert scheme_of("IT-CF-00215150236") == ("IT-CF", "00215150236")
    assert scheme_of("IT-CF-00215150236", "XX-YY") == ("IT-CF", "00215150236")
    assert scheme_of("00215150236", "IT-CF") == ("IT-CF", "00215150236")
    assert scheme_of("US_OR-PDX-109191") == (None, "US_OR-PDX-109191")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("IT-CF", True),
        ("PE-RUC", True),
        ("Mario Rossi", False),
        ("RSSMRA80A01H501U", False),
        (None, False),
        ("it-cf", False),
    ],
)
def test_only_what_is_written_like_a_scheme_is_kept_of_a_person(
    text: str | None, is_one: bool
) -> None:
    assert is_scheme(text) is is_one


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Costruzioni Alfa S.r.l.", LEGAL),
        ("ROSSI MARIO & C. SNC", LEGAL),
        ("EURL DUPONT", LEGAL),
        ("Müller GmbH", LEGAL),
        ("Mario Rossi", UNKNOWN),
        ("Studio Legale Rossi", UNKNOWN),
        ("DITTA ROSSI", UNKNOWN),
        ("Dupont Sa", UNKNOWN),  # two letters are a family name too
        ("EIRL MARTIN JEAN", UNKNOWN),  # in France, a natural person
        ("Persona fisica be0918", UNKNOWN),
        ("not shown", UNKNOWN),
        ("", UNKNOWN),
        (None, UNKNOWN),
    ],
)
def test_a_legal_form_in_the_name_shows_a_legal_person_and_nothing_shows_none(
    name: str | None, kind: str
) -> None:
    found = shown_by_name(name)
    assert (found.kind if found else UNKNOWN) == kind
    assert shown(None, None, None, name).kind == kind


@pytest.mark.parametrize(
    ("stated", "kind"),
    [
        ("Persona Juridica", LEGAL),
        (" persona jurídica ", LEGAL),
        ("Persona Natural", PERSON),
        ("natural person", PERSON),
        ("other", UNKNOWN),
        (None, UNKNOWN),
    ],
)
def test_what_the_register_states(stated: str | None, kind: str) -> None:
    found = shown_by_statement(stated)
    assert (found.kind if found else UNKNOWN) == kind


@pytest.mark.parametrize(
    ("identifier", "stated", "name", "expected"),
    [
        ("IT-CF-RSSMRA80A01H501U", "Persona juridica", "Rossi S.r.l.", (PERSON, "identifier")),
        ("IT-CF-00215150236", "Persona natural", "Rossi S.r.l.", (PERSON, "stated")),
        ("IT-CF-00215150236", None, "Mario Rossi", (LEGAL, "identifier")),
        ("XX-1", "Persona juridica", None, (LEGAL, "stated")),
        ("XX-1", None, "Rossi S.r.l.", (LEGAL, "legal_form")),
        ("XX-1", None, "Rossi", (UNKNOWN, "nothing")),
        (None, None, None, (UNKNOWN, "nothing")),
    ],
)
def test_evidence_of_a_person_outweighs_any_other(
    identifier: str | None, stated: str | None, name: str | None, expected: tuple[str, str]
) -> None:
    found = shown(identifier, None, stated, name)
    assert (found.kind, found.by) == expected
