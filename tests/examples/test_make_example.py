"""The bundled example is small, names no person, and shows levels as well as withheld ones."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from examples import make_example
from tests.shared import shared
from troth.pipeline import Options, run_to_score
from troth.sources.persons import shown

FOLDER = Path(make_example.__file__).parent / "italy-france"
MOST_BYTES = 3_000_000

PERSONAL_CODE = re.compile(r"\b[A-Z]{6}\d\d[A-Z]\d\d[A-Z]\d{3}[A-Z]\b")


def records() -> Iterator[dict[str, Any]]:
    for path in sorted(FOLDER.glob("*.jsonl.gz")):
        for line in gzip.decompress(path.read_bytes()).splitlines():
            yield json.loads(line)


def firms() -> Iterator[dict[str, Any]]:
    for record in records():
        public = {record.get("buyer", {}).get("id")}
        public |= {record.get("tender", {}).get("procuringEntity", {}).get("id")}
        parts = [record.get("parties"), record.get("tender", {}).get("tenderers")]
        parts += [award.get("suppliers") for award in record.get("awards", [])]
        yield from (one for part in parts for one in part or [] if one.get("id") not in public)


def test_it_is_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= MOST_BYTES


def test_its_licences_are_told() -> None:
    text = (FOLDER / "LICENCES.md").read_text()
    assert all(path.name in text for path in FOLDER.glob("*.gz"))
    assert "CC-BY-4.0" in text
    assert "Licence Ouverte" in text


def test_no_natural_person_is_named() -> None:
    masked = re.compile(r"(?:IT-CF|FR-SIRET)-PERSON\d{4}")
    known = Counter()
    for firm in firms():
        name = firm.get("name")
        if masked.fullmatch(str(firm.get("id"))):
            assert name == "not shown"
            assert shown(firm["id"], None, None, name).kind == "unknown"  # published like a person
            known["masked"] += 1
        elif name is not None and not name.startswith("not shown PERSON"):
            words = set(make_example._words(name))
            assert not words & make_example._GIVEN, name
            known["named"] += 1
    assert known["masked"] > 1_000
    assert known["named"] > 10_000


def test_no_personal_code_and_no_contact_stands_in_it() -> None:
    for path in sorted(FOLDER.glob("*.jsonl.gz")):
        text = gzip.decompress(path.read_bytes()).decode()
        assert PERSONAL_CODE.findall(text) == []
        assert re.findall(r"contactPoint|\w@\w+\.\w|telephone", text) == []


@pytest.mark.parametrize(
    "title",
    ["Incarico legale avv. Quaglioni", "incarico a Mario R.", "spettacolo con Quagliarella"],
)
def test_a_title_that_may_name_somebody_is_left_out(title: str) -> None:
    masker = make_example._Masker("IT-CF", Counter({"spettacolo": 900, "con": 900}))
    line = masker.line({"ocid": "ocds-1", "buyer": {"id": "X-1"}, "tender": {"title": title}})
    assert json.loads(line)["tender"] == {}


@pytest.mark.parametrize(
    ("supplier", "is_shown"),
    [
        ({"id": "IT-CF-00215150236", "name": "Alfa Costruzioni S.r.l."}, True),
        ({"id": "IT-CF-00215150236", "name": "Associazione culturale Alfa"}, True),
        ({"id": "IT-CF-00215150236", "name": "Quagliarella Ermenegildo"}, False),
        ({"id": "FR-SIRET-53025578500020", "name": "ANATOLE BLOOMFIELD"}, False),
        ({"id": "IT-CF-00215150236", "name": "Alfa di Rossi e C. SNC"}, False),
        ({"id": "IT-CF-RSSMRA80A01H501U", "name": "Alfa S.r.l."}, False),
        ({"id": "IT-CF-00215150236"}, False),
        ({"id": "IT-CF-NAN"}, True),  # nobody: nothing to leave out
    ],
)
def test_a_supplier_is_named_only_where_its_name_is_an_organisations(
    supplier: dict[str, Any], is_shown: bool
) -> None:
    masker = make_example._Masker("IT-CF", Counter())
    record = {"ocid": "ocds-1", "awards": [{"suppliers": [{**supplier, "roles": ["supplier"]}]}]}
    [found] = json.loads(masker.line(record))["awards"][0]["suppliers"]
    assert (found == {**supplier, "roles": ["supplier"]}) is is_shown
    assert found["roles"] == ["supplier"]


def test_it_shows_levels_and_withheld_ones(tmp_path: Path) -> None:
    scored = run_to_score([str(FOLDER)], Options(out=tmp_path))
    published = int(scored.levels.published.sum())
    assert published >= 8
    assert len(scored.levels.published) - published >= 10
    [run] = scored.run.to_pylist()
    assert run["rows_in"] == run["rows_kept"] == sum(1 for _ in records())
    assert run["fields_rejected"] > 1_000  # dirt as it was published


def test_the_same_collection_gives_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = shared("data/ocds")
    monkeypatch.setattr(make_example, "HERE", tmp_path)
    make_example.main(collection)
    for path in sorted(FOLDER.glob("*.jsonl.gz")):
        found, kept = (gzip.decompress((at / path.name).read_bytes()) for at in (tmp_path, FOLDER))
        assert found == kept, path.name
