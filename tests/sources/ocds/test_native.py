"""The fast way takes what is beyond doubt, and both ways give the same rows."""

from __future__ import annotations

import itertools
import json
import weakref
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from tests.sources.loading import Store
from tests.sources.ocds.strategies import files, line_of, releases, right_releases
from tests.sources.ocds.test_against_oracle import EXAMPLE, compare
from troth.sources.fields import identifier
from troth.sources.ocds import native
from troth.sources.ocds.flatten import Memory

pytestmark = pytest.mark.skipif(
    not native.IS_THERE, reason="the fast reader was not compiled: it needs libsimdjson-dev"
)

numbers = itertools.count()

BUYER = {"id": "XX-GOV-7", "name": "Town"}
VALUE = {"amount": 1, "currency": "EUR"}
FIRM = {"id": "GB-COH-01234567", "name": "Firm Ltd"}


def taken(*lines: bytes) -> tuple[list[int], list[list[int]]]:
    """The rows that the fast way took of these lines, and the places of those it left."""
    reader = native.Native(Memory(b"secret"))
    found = reader.take(b"\n".join(lines), 0, 0)
    rows = reader.rows()["process"]["row"].to_pylist()
    assert len(rows) == found.lines
    return rows, found.left.tolist()


def is_taken(**parts: Any) -> bool:
    release = {"ocid": "ocds-1", "buyer": BUYER, **parts}
    rows, _ = taken(json.dumps(release, ensure_ascii=False).encode())
    return rows == [0]


@settings(max_examples=150)
@given(release=right_releases)
def test_a_release_in_which_all_is_right_is_taken(release: dict[str, Any]) -> None:
    for award in release.get("awards") or ():
        award["suppliers"] = None  # whose names would have to be looked up here
    assert taken(line_of(release)) == ([0], [])


def test_of_what_is_left_the_place_is_given() -> None:
    good = line_of({"ocid": "ocds-1", "buyer": BUYER})
    assert taken(good, b"{", b"", good) == (
        [0, 3],
        [[len(good) + 1, len(good) + 2, 1], [len(good) + 3, len(good) + 3, 2]],
    )


@pytest.mark.parametrize(
    "parts",
    [
        {"buyer": {"id": 7}},
        {"buyer": {"id": "IT-CF-NAN"}},
        {"buyer": {"id": "000"}},
        {"buyer": {"id": " 7"}},
        {"buyer": {"id": "IT-CF-RSSMRA80A01H501U"}},  # a natural person
        {"buyer": {"name": "Town"}},
        {"releases": [{}]},
        {"compiledRelease": {}},
        {"records": [{}]},
        {"tag": " compiled "},
        {"date": "2024-02-30"},
        {"date": "2301-01-01"},
        {"date": "2024-05-31 12:00"},
        {"date": "2024-05-31T24:00:00Z"},
        {"date": "2024-05-31T12:00:00." + "9" * 30 + "Z"},
        {"date": 5},
        {"tender": {"numberOfTenderers": 2.5}},
        {"tender": {"numberOfTenderers": -1}},
        {"tender": {"tenderers": [{"name": "no id"}]}},
        {"tender": {"tenderPeriod": []}},
        {"bids": {"details": [{"tenderers": [{"name": "no id"}]}]}},
        {"bids": {"statistics": [{"measure": "bids", "value": "2"}]}},
        {"awards": [None]},
        {"awards": [{"value": {"amount": 1}}]},
        {"awards": [{"value": {"amount": "1", "currency": "EUR"}}]},
        {"awards": [{"value": {"amount": 1e16, "currency": "EUR"}}]},
        {"awards": [{"value": {"currency": "euro"}}]},
        {"awards": [{"suppliers": [{"identifier": {"id": "1"}}]}]},
        {"contracts": [{"documents": [{"documentType": "contractSigned", "datePublished": ""}]}]},
        {"contracts": [{"amendment": 1}]},
        {"contracts": [{"milestones": [{"dueDate": "soon"}]}]},
        {"contracts": [{"implementation": {"transactions": [{"value": {"amount": 1}}]}}]},
        {"contracts": [{"implementation": []}]},
        {"awards": [{"hasSubcontracting": "yes"}]},
        {"awards": [{"subcontracting": {"minimumPercentage": 30}}]},
        {"planning": []},
        {"planning": {"documents": [{"documentType": 1}]}},
        {"complaints": [1]},
        {"tender": {"value": {"amount": 1}}},
        {"tender": {"bidOpening": {"date": "?"}}},
        {"tender": {"documents": [{"documentType": "tenderNotice", "datePublished": "?"}]}},
        {"tender": {"enquiries": [{"answer": "\u00a0"}]}},
        {"tender": {"participationFees": [{"value": "free"}]}},
    ],
)
def test_what_leaves_a_doubt_is_left_to_the_careful_way(parts: dict[str, Any]) -> None:
    assert not is_taken(**parts)


@given(st.text(alphabet="01x-NAnaullEf/.: \u00a0\u017f\n", max_size=12))
@example("PE-PN-e3dc00dcfd")
@example("1-NAN")
@example("FR-SIRET- 77567706500119")
def test_an_identifier_that_is_taken_is_one_as_it_stands(text: str) -> None:
    if is_taken(buyer={"id": text}):
        assert identifier(text) == text
    else:
        assert "1" not in text or text != text.strip() or not text.isascii() or "\n" in text


def test_what_nobody_asks_for_is_checked_too() -> None:
    good = line_of({"ocid": "ocds-1", "buyer": BUYER, "unread": [1]})
    assert taken(good)[0] == [0]
    for wrong in (b"NaN", b"01", b'"\xff"', b'"\\ud800"', b"1e400", b"[1,]", b'"\t"'):
        assert taken(good.replace(b"[1]", wrong))[0] == []
    assert taken(good + b" {}")[0] == []


def test_what_python_may_find_too_deep_is_left() -> None:
    for depth, rows in ((90, [0]), (110, []), (1_000, [])):
        deep = b"[" * depth + b"]" * depth
        assert taken(line_of({"ocid": "a", "buyer": BUYER, "x": 1})[:-2] + deep + b"}")[0] == rows


def test_what_would_fill_a_column_beyond_its_offsets_is_left() -> None:
    """Each award without a class of its own has the tender's."""
    item = {"classification": {"id": "c" * 100_000}}
    few, many = ({"tender": {"items": [item]}, "awards": [{}] * count} for count in (10, 3_000))
    assert is_taken(**few)
    assert not is_taken(**many)


def test_a_line_that_is_left_leaves_nothing_behind() -> None:
    """The doubt comes last, in a contract; bids and awards of that line were made by then."""
    parts = {
        "bids": {"details": [{"value": VALUE, "tenderers": [FIRM], "status": "valid"}] * 3},
        "awards": [{"id": "1", "suppliers": [FIRM], "value": VALUE}],
    }
    doubtful = line_of({"ocid": "a", "buyer": BUYER, **parts, "contracts": [{"dateSigned": "?"}]})
    good = line_of({"ocid": "b", "buyer": BUYER, **parts})
    memory = Memory(b"secret")
    reader = native.Native(memory)

    reader.take(doubtful + b"\n" + good, 0, 0)

    rows = {name: table.num_rows for name, table in reader.rows().items()}
    assert rows == {"process": 1, "tender": 1, "bid": 3, "award": 1, "contract": 0, "party": 4}
    (firm,) = memory.firms.values()
    assert firm.pid == len(doubtful) + 1
    assert not any(table.num_rows for table in reader.rows().values())


def test_of_a_line_that_is_left_no_body_is_told() -> None:
    """A careful reading may refuse the whole record: here, for as many tags that are no texts."""
    memory = Memory(b"secret")
    reader = native.Native(memory)
    for wrong in ({"tag": [5] * 2_000}, {"buyer": {**BUYER, "name": 5}}, {"date": 5}):
        reader.take(line_of({"ocid": "a", "buyer": BUYER, **wrong}), 0, 0)
    assert memory.bodies == {}


@pytest.mark.parametrize("there", [True, False])
def test_a_lot_may_have_an_empty_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    monkeypatch.setattr(native, "IS_THERE", there)
    path = tmp_path / "two.jsonl"
    release = {"ocid": "a", "buyer": BUYER, "awards": [{"relatedLot": ""}, {"relatedLots": []}]}
    path.write_bytes(line_of(release) + b"\n" + line_of({"ocid": "b", "buyer": BUYER}) + b"\n")
    store = Store(tmp_path / "store")

    store.load(path)

    assert [row["lot"] for row in store.rows("award")] == [1, 0]


@pytest.mark.parametrize("in_front", [True, False])
def test_the_record_that_comes_first_says_who_a_firm_is(tmp_path: Path, in_front: bool) -> None:
    """Also where that record is one of those left to the careful way."""
    award = {"suppliers": [{"id": "X-1", "name": "First Ltd"}]}
    doubtful = line_of({"ocid": "a", "buyer": BUYER, "date": "?", "awards": [award]})
    award = {"suppliers": [{"id": "X-1", "name": "Second Ltd"}]}
    good = line_of({"ocid": "b", "buyer": BUYER, "awards": [award]})
    path = tmp_path / "two.jsonl"
    path.write_bytes(b"\n".join([doubtful, good] if in_front else [good, doubtful]) + b"\n")
    store = Store(tmp_path / "store")

    store.load(path)

    (firm,) = store.rows("firm")
    assert firm["name"] == ("First Ltd" if in_front else "Second Ltd")


@pytest.mark.parametrize("there", [True, False])
def test_what_a_party_states_is_found_however_the_name_of_the_field_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    """JSON allows any letter as an escape; a person must not be named for it."""
    monkeypatch.setattr(native, "IS_THERE", there)
    path = tmp_path / "two.jsonl"
    firm = {"id": "IT-CF-00215150236", "name": "Mario Rossi"}
    party = {"id": firm["id"], "details": {"legalEntityType": "Persona Natural"}}
    release = {"ocid": "a", "buyer": BUYER, "awards": [{"suppliers": [firm]}], "parties": [party]}
    escaped = line_of(release).replace(b"legalEntity", b"lega\\u006cEntity")
    path.write_bytes(escaped + b"\n" + line_of({"ocid": "b", "buyer": BUYER}) + b"\n")
    store = Store(tmp_path / "store")

    store.load(path)

    (found,) = store.rows("firm")
    assert (found["kind"], found["name"], found["shown_by"]) == ("natural_person", None, "stated")


@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=(Phase.explicit, Phase.generate),  # as in test_against_oracle
)
@given(
    right=st.lists(right_releases, min_size=1, max_size=20),
    odd=st.lists(releases, max_size=3),
    piece=st.sampled_from([500, 8 * 1024 * 1024]),
)
def test_same_rows_as_the_oracle_on_random_data_that_is_mostly_right(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    right: list[dict[str, Any]],
    odd: list[dict[str, Any]],
    piece: int,
) -> None:
    monkeypatch.setattr("troth.sources.files.PIECE", piece)
    folder = tmp_path / f"case-{next(numbers)}"
    folder.mkdir()
    path = folder / "releases.jsonl"
    path.write_bytes(b"\n".join(map(line_of, [*right, *odd, *right[:1]])) + b"\n\n")
    store = Store(folder / "store")
    store.load(path)
    compare(store, [path])


@settings(
    max_examples=10,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=(Phase.explicit, Phase.generate),
)
@given(content=files)
def test_without_the_fast_way_the_rows_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setattr(native, "IS_THERE", False)
    folder = tmp_path / f"case-{next(numbers)}"
    folder.mkdir()
    path = folder / "releases.jsonl"
    path.write_bytes(content + b'\n\n{"ocid":"ocds-cccccc-1"}\n')
    store = Store(folder / "store")
    store.load(path)
    compare(store, [path])


def test_most_of_the_bundled_example_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the fast way would be fast on nothing but made-up records."""
    import gzip

    lines = kept = 0
    for packed in sorted(EXAMPLE.glob("*.jsonl.gz")):
        data = gzip.decompress(packed.read_bytes())
        reader = native.Native(Memory(b"secret"))
        kept += reader.take(data, 0, 0).lines
        lines += data.count(b"\n")
    assert kept > lines / 2


def test_a_fault_in_what_is_asked_of_python_is_raised() -> None:
    reader = native.Native(Memory(b""))
    reader.memory.meet = None  # type: ignore[assignment]
    release = {"ocid": "a", "buyer": BUYER, "awards": [{"suppliers": [FIRM]}]}
    with pytest.raises(TypeError):
        reader.take(line_of(release), 0, 0)
    assert {table.num_rows for table in reader.rows().values()} == {0}


def test_a_reader_that_nobody_uses_is_gone() -> None:
    """Else each load of a long-lived process would keep the firms of all earlier ones."""
    memory = Memory(b"secret")
    reader = native.Native(memory)
    reader.take(line_of({"ocid": "a", "buyer": BUYER, "awards": [{"suppliers": [FIRM]}]}), 0, 0)
    left = weakref.ref(memory)
    del memory, reader
    assert left() is None
