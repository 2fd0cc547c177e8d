"""Every format: named once, told by its header, and about tables that there are."""

import pytest

from troth.errors import UsageError
from troth.sources.ledgers.formats import FORMATS, PUBLISHED, is_about_a_person, is_known, named
from troth.tables import LEDGERS


def test_a_format_says_what_it_is_and_fills_ledgers() -> None:
    for name, one in FORMATS.items():
        assert one.name == name
        assert one.meaning
        assert one.source
        assert set(one.fills) <= set(LEDGERS)
        assert one.fills


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_the_columns_of_what_others_publish_tell_one_format(name: str) -> None:
    one = PUBLISHED[name]
    for header in (one.needed, (*one.needed, *one.optional)):
        if not one.nested:
            assert [f.name for f in FORMATS.values() if f.recognises(header)] == [name]
    assert is_known(one.needed) is not one.nested


def test_a_column_about_a_person_is_known_by_its_name() -> None:
    for name in (
        "complainant",
        "holder",
        "assessor_name",
        "Supplier Name",
        "contactPoint",
        "judge",
    ):
        assert is_about_a_person(name), name
    for name in ("body_name", "supplier", "assessor", "unit", "place"):
        assert not is_about_a_person(name), name


def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    assert named("invoice").name == "invoice"
    with pytest.raises(UsageError, match="There are: term, body_year, invoice"):
        named("invoices")
