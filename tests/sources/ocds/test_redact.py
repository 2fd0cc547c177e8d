"""A record is shown without persons, whatever it looks like."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.ocds.strategies import releases
from troth.sources.ocds.redact import DEEPEST, MOST_NAMES, NOT_SHOWN, cleaner, redact

PERSON = {"id": "IT-CF-RSSMRA80A01H501U", "name": "Mario Rossi"}
LEGAL = {"id": "IT-CF-00215150236", "name": "Alfa S.r.l."}
BODY = {"id": "IT-CF-00125680033", "name": "Comune di Novara"}


def shown(**parts: Any) -> Any:
    return redact({"ocid": "ocds-1", "buyer": BODY, **parts})[0]


def test_a_legal_person_and_a_body_are_shown_and_others_are_numbered() -> None:
    found = shown(
        awards=[{"suppliers": [PERSON, LEGAL, {"name": "Chi sa"}]}, {"suppliers": [PERSON]}]
    )
    hidden = {"id": "party 1", "name": NOT_SHOWN}
    assert found["awards"][0]["suppliers"] == [hidden, LEGAL, {"id": "party 2", "name": NOT_SHOWN}]
    assert found["awards"][1]["suppliers"] == [hidden]
    assert found["buyer"] == BODY


def test_a_reference_is_shown_by_its_party() -> None:
    party = {"id": "7", "name": "Alfa", "identifier": {"scheme": "IT-CF", "id": "00215150236"}}
    reference = {"id": "7", "name": "Alfa"}
    assert shown(parties=[party], awards=[{"suppliers": [reference]}])["awards"][0][
        "suppliers"
    ] == [reference]


@pytest.mark.parametrize(
    "party",
    [
        {
            "id": "7",
            "name": "Rossi S.r.l.",
            "identifier": {"scheme": "IT-CF", "id": "RSSMRA80A01H501U"},
        },
        {"id": "IT-CF-00215150236", "name": "X", "details": {"legalEntityType": "Persona natural"}},
        {"id": "IT-CF-RSSMRA80A01H501U", "name": "Rossi S.r.l."},
    ],
)
def test_evidence_of_a_person_outweighs_any_other(party: dict[str, Any]) -> None:
    mentioned = shown(
        parties=[party], awards=[{"suppliers": [{"id": party["id"], "name": "Rossi S.r.l."}]}]
    )
    assert mentioned["awards"][0]["suppliers"][0]["name"] == NOT_SHOWN
    assert mentioned["parties"][0] == {"id": "party 1", "name": NOT_SHOWN}


def test_a_person_as_buyer_is_not_shown() -> None:
    assert shown(buyer=PERSON)["buyer"]["name"] == NOT_SHOWN
    assert (
        shown(tender={"procuringEntity": PERSON})["tender"]["procuringEntity"]["name"] == NOT_SHOWN
    )


@pytest.mark.parametrize(
    "text",
    [
        "Incarico a Mario Rossi", "ROSSI  MARIO, architetto", "Rossi-Mario", "avv. Rossi", "c.f. RSSMRA80A01H501U",
        "IT-CF-RSSMRA80A01H501U", "(mario)",
    ],
)  # fmt: skip
def test_names_are_left_out_of_texts(text: str) -> None:
    found = shown(tender={"title": text}, awards=[{"suppliers": [PERSON]}])
    assert "[not shown]" in found["tender"]["title"]
    assert not {"mario", "rossi", "rssmra80a01h501u"} & set(
        found["tender"]["title"].lower().replace("-", " ").split()
    )


def test_other_texts_stay_and_so_do_words_that_only_contain_a_name() -> None:
    found = shown(tender={"title": "Rossignoli e Marionette"}, awards=[{"suppliers": [PERSON]}])
    assert found["tender"]["title"] == "Rossignoli e Marionette"
    assert (
        cleaner({"ocid": "x"})("Mario Rossi") == "Mario Rossi"
    )  # nobody hidden, nothing to look for


def test_an_identifier_that_is_a_number_is_left_out_wherever_it_stands() -> None:
    found = shown(
        awards=[{"suppliers": [{"id": 20445566, "name": "Chi sa"}], "relatedBid": 20445566}]
    )
    assert found["awards"][0]["relatedBid"] is None


def test_half_of_a_pair_of_characters_is_shown_as_its_escape() -> None:
    half = json.loads(r'"bad \ud800 title"')
    found = shown(tender={"title": half}, awards=[{"suppliers": [{**LEGAL, "name": half}]}])
    assert found["tender"]["title"] == r"bad \ud800 title"
    assert found["awards"][0]["suppliers"][0]["name"] == r"bad \ud800 title"
    json.dumps(found, ensure_ascii=False).encode()


def test_with_too_many_to_look_for_texts_are_left_out() -> None:
    many = [{"id": f"XX-{n:07}", "name": f"Nome {n} Cognome"} for n in range(MOST_NAMES)]
    assert (
        shown(tender={"title": "anything"}, awards=[{"suppliers": many}])["tender"]["title"]
        == "[not shown]"
    )


@pytest.mark.parametrize(
    "name",
    [
        "contactPoint",
        "signatories",
        "author",
        "former_value",
        "judge",
        "beneficialOwners",
        "x_anything",
    ],
)
def test_a_field_that_no_standard_names_is_left_out_and_counted(name: str) -> None:
    record = {"ocid": "ocds-1", "tender": {"id": "1", name: {"name": "Mario Rossi"}}}
    found, left_out = redact(record)
    assert found == {"ocid": "ocds-1", "tender": {"id": "1"}}
    assert left_out == 1


def test_a_legal_person_is_shown_without_its_contacts() -> None:
    party = {
        **LEGAL,
        "contactPoint": {"name": "M"},
        "details": {"scale": "sme", "owner": "M", "name": "M"},
        "persons": [{"name": "M"}],
        "roles": ["supplier", "Mario Rossi", 5],
    }
    assert shown(parties=[party])["parties"] == [
        {**LEGAL, "details": {"scale": "sme"}, "roles": ["supplier"]}
    ]


HOSTILE: list[Any] = [
    {
        "parties": 5,
        "buyer": "Mario Rossi",
        "tender": {"procuringEntity": ["Mario Rossi"], "tenderers": "Mario Rossi"},
    },
    {"awards": {"suppliers": [[PERSON]]}},
    {"awards": [None, True, {"suppliers": ["Mario Rossi", 5, None, [], {}]}]},
    {
        "awards": [
            {
                "suppliers": [
                    {
                        "id": {"id": "Mario Rossi"},
                        "name": ["Mario Rossi"],
                        "identifier": "Mario Rossi",
                        "details": "Mario Rossi",
                    }
                ]
            }
        ]
    },
    {
        "contracts": [
            {
                "implementation": {
                    "transactions": [
                        {"payee": "Mario Rossi", "payer": {"name": {"name": "Mario Rossi"}}}
                    ]
                }
            }
        ]
    },
    {
        "parties": [
            {"id": "1", "name": "Mario Rossi", "roles": "Mario Rossi"},
            {"id": "1", "identifier": {"scheme": 5, "id": True}},
        ]
    },
]


@pytest.mark.parametrize("parts", HOSTILE)
def test_whatever_stands_in_the_place_of_an_organisation_is_not_shown(
    parts: dict[str, Any],
) -> None:
    found, left_out = redact({"ocid": "ocds-1", **parts})
    assert "Mario Rossi" not in json.dumps(found)
    assert left_out > 0


def test_depth_is_bounded() -> None:
    deep: dict[str, Any] = {"name": "Mario Rossi"}
    for _ in range(900):
        deep = {"tender": deep}
    found, left_out = redact({"ocid": "ocds-1", **deep})
    assert json.dumps(found).count("tender") == DEEPEST + 1
    assert (left_out, "Mario" in json.dumps(found)) == (1, False)


@given(releases)
def test_no_person_of_a_random_record_is_shown(release: dict[str, Any]) -> None:
    found, _ = redact(release)
    assert found["ocid"] == release["ocid"]
    assert not any(
        secret in json.dumps(found) for secret in ("RSSMRA80A01H501U", "Mario Rossi", "10100070970")
    )


def test_a_shown_name_stays_though_a_word_of_it_is_anothers() -> None:
    found = shown(
        awards=[{"suppliers": [{"name": "Comune"}, {**LEGAL, "name": "Comune Alfa S.r.l."}]}]
    )
    assert found["buyer"] == BODY
    assert found["awards"][0]["suppliers"][1]["name"] == "Comune Alfa S.r.l."


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "ocid",
                        "parties",
                        "suppliers",
                        "buyer",
                        "id",
                        "name",
                        "identifier",
                        "details",
                        "tender",
                        "roles",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=20,
    )
)
def test_no_shape_of_record_is_too_odd(value: Any) -> None:
    record = value if isinstance(value, dict) else {"tender": value}
    assert isinstance(redact(record)[0], dict)
