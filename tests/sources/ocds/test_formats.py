"""However the same releases are wrapped and packed, the same rows come of them."""

from __future__ import annotations

import gzip
import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import zstandard

from tests.sources.loading import Store, loaded, written
from troth.errors import InputError

RELEASES: list[dict[str, Any]] = [
    {
        "ocid": f"ocds-aaaaaa-{number}",
        "id": "1",
        "date": f"2024-01-0{number}T00:00:00Z",
        "tag": ["compiled"],
        "buyer": {"id": "IT-CF-00125680033", "name": "Comune di Novara"},
        "tender": {"status": "complete", "procurementMethod": "open", "numberOfTenderers": number},
        "awards": [
            {
                "id": "A",
                "date": "2024-02-01T00:00:00Z",
                "value": {"amount": 10 * number, "currency": "EUR"},
                "suppliers": [{"id": f"IT-CF-0021515023{number}", "name": "Impresa S.r.l."}],
            }
        ],
    }
    for number in (1, 2, 3)
]

TEXTS = [json.dumps(one) for one in RELEASES]


def package(releases: list[Any]) -> dict[str, Any]:
    return {
        "uri": "https://example.org",
        "publishedDate": "2024-01-01T00:00:00Z",
        "releases": releases,
        "version": "1.1",
    }


def records(key: str) -> list[dict[str, Any]]:
    whole = [
        {
            "ocid": one["ocid"],
            "compiledRelease": one,
            "releases": [{"url": "https://x", "date": "2024", "tag": ["x"]}],
        }
        for one in RELEASES
    ]
    parts = [{"ocid": one["ocid"], "releases": [one]} for one in RELEASES]
    return whole if key == "compiledRelease" else parts


SHAPES = {
    "JSON Lines": "\n".join(TEXTS) + "\n",
    "a release package": json.dumps(package(RELEASES)),
    "a release package, indented": json.dumps(package(RELEASES), indent=2),
    "a release package, indented by nothing": json.dumps(package(RELEASES), indent=0),
    "a release package, one release a line": '{"releases":[\n' + ",\n".join(TEXTS) + "\n]}",
    "a record package with compiledRelease": json.dumps({"records": records("compiledRelease")}),
    "a record package with releases": json.dumps(
        {"records": records("releases"), "packages": []}, indent=1
    ),
    "JSON Lines of records": "\n".join(json.dumps(one) for one in records("compiledRelease")),
    "JSON Lines of records with releases": "\n".join(
        json.dumps(one) for one in records("releases")
    ),
    "JSON Lines of release packages": "\n".join(json.dumps(package([one])) for one in RELEASES),
    "JSON Lines of record packages": "\n".join(
        json.dumps({"records": [one]}) for one in records("compiledRelease")
    ),
    "a list of releases": json.dumps(RELEASES),
    "a list of releases, one a line": "[\n" + "\n,".join(TEXTS) + "\n]",
    "a list of packages": json.dumps([package(RELEASES[:1]), package(RELEASES[1:])]),
    "a list of records": json.dumps(records("compiledRelease")),
    "JSON Lines of lists": "\n".join(f"[{text}]" for text in TEXTS),
}


def content(store: Store) -> dict[str, list[dict[str, Any]]]:
    """The rows without what says where they stood; firms as the firms they are."""
    firms = {row["firm_key"]: row["firm_id"] for row in store.rows("firm")}
    ocids = {row["pid"]: row["ocid"] for row in store.rows("process")}
    found = {}
    for name in ("process", "tender", "award", "contract", "party"):
        rows = [{**row, "pid": ocids[row["pid"]]} for row in store.rows(name)]
        for row in rows:
            for place in ("chunk", "row", "length"):
                row.pop(place, None)
            for key in ("firm_key", "supplier_key"):
                if key in row:
                    row[key] = firms[row[key]]
        found[name] = sorted(rows, key=str)
    return found


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What JSON Lines give; the others are compared with it."""
    folder = tmp_path_factory.mktemp("plain")
    store = loaded(folder, written(folder, SHAPES["JSON Lines"]))
    found = content(store)
    assert [row["tenderers_stated"] for row in found["tender"]] == [1, 2, 3]
    assert {row["firm_key"] for row in found["party"]} == {
        f"IT-CF-0021515023{n}" for n in (1, 2, 3)
    }
    return found


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_rows(tmp_path: Path, plain: dict[str, Any], shape: str) -> None:
    store = loaded(tmp_path, written(tmp_path, SHAPES[shape], "data.json"))
    assert store.account() == {
        "rows_in": 3,
        "rows_kept": 3,
        "rows_rejected": 0,
        "fields_rejected": 0,
    }
    assert content(store) == plain


@pytest.mark.parametrize("shape", SHAPES)
def test_every_record_can_be_found_again(tmp_path: Path, shape: str) -> None:
    """The place that a pid points at holds the record, whatever it is wrapped in."""
    from troth.sources.records import records as shown

    store = loaded(tmp_path, written(tmp_path, gzip.compress(SHAPES[shape].encode()), "data.gz"))
    pids = [row["pid"] for row in store.rows("process")]
    found = list(shown(store.generation, store.engine(), pids))
    assert [one.shown["ocid"] for one in found] == [one["ocid"] for one in RELEASES]
    assert [one.shown["tender"]["numberOfTenderers"] for one in found] == [1, 2, 3]


def zipped(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside/data.jsonl", data)
    return buffer.getvalue()


PACKINGS = {
    "plain": bytes,
    "gz": gzip.compress,
    "zst": zstandard.ZstdCompressor().compress,
    "zip": zipped,
}


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("shape", ["JSON Lines", "a release package, indented"])
def test_every_packing_gives_the_same_rows(
    tmp_path: Path, plain: dict[str, Any], packing: str, shape: str
) -> None:
    data = PACKINGS[packing](SHAPES[shape].encode())
    store = loaded(tmp_path, written(tmp_path, data, "data"))  # told by its bytes, not by its name
    assert content(store) == plain


def test_a_folder_a_glob_and_single_files_give_the_same_rows(
    tmp_path: Path, plain: dict[str, Any]
) -> None:
    folder = tmp_path / "in"
    written(folder, TEXTS[0], "a.json")
    written(folder, gzip.compress(TEXTS[1].encode()), "deeper/b.jsonl.gz")
    written(folder, zstandard.ZstdCompressor().compress(TEXTS[2].encode()), "deeper/c.zst")
    written(folder, "not looked at", "readme.txt")
    for given in (
        [folder],
        [f"{folder}/a*", f"{folder}/*/?.*"],
        [folder / "deeper" / "c.zst", folder / "a.json", folder / "deeper"],
    ):
        assert content(loaded(tmp_path, *given)) == plain


def test_standard_input_is_kept_so_that_records_can_be_shown(
    tmp_path: Path, plain: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stdin(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    stdin(SHAPES["JSON Lines"])
    store = loaded(tmp_path, "-")
    assert content(store) == plain
    stdin(SHAPES["JSON Lines"])
    assert store.load("-") == "reuse"  # the same bytes are the same input
    stdin(json.dumps({**RELEASES[0], "ocid": "ocds-aaaaaa-9"}))
    assert store.load("-", update=True) == "update"
    assert len(store.ocids()) == 4


def test_nothing_to_read_says_what_to_give(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    store = Store(tmp_path / "store")
    for given, told in (
        (["none.json"], "no such file or folder"),
        ([f"{tmp_path}/*.x"], "no file fits"),
        ([tmp_path / "empty"], "no file in this folder ends in .* Name the file itself"),
        ([], "no input"),
    ):
        with pytest.raises(InputError, match=told):
            store.load(*given)


def test_ocds_1_0_names_its_organisations_by_identifier(
    tmp_path: Path, plain: dict[str, Any]
) -> None:
    """OCDS 1.0 has no parties and no ids of organisations, and a single `amendment`."""
    old = json.loads(json.dumps(RELEASES))
    for release in old:
        release["buyer"] = {
            "identifier": {"scheme": "IT-CF", "id": "00125680033"},
            "name": "Comune di Novara",
        }
        for award in release["awards"]:
            for supplier in award["suppliers"]:
                supplier["identifier"] = {
                    "scheme": "IT-CF",
                    "id": supplier.pop("id").removeprefix("IT-CF-"),
                }
    store = loaded(tmp_path, written(tmp_path, json.dumps(package(old)), "old.json"))
    assert content(store) == plain

    changed = [
        {
            "ocid": "ocds-aaaaaa-1",
            "contracts": [
                {"id": "1", "amendment": {"rationale": "x"}},
                {"id": "2", "amendments": [{}, {}]},
                {"id": "3"},
            ],
        }
    ]
    assert [
        row["changes"]
        for row in loaded(tmp_path, written(tmp_path, json.dumps(changed))).rows("contract")
    ] == [1, 2, 0]


def test_tenderers_of_ocds_1_0_count_by_identifier(tmp_path: Path) -> None:
    tenderers = [
        {"identifier": {"scheme": "IT-CF", "id": f"0021515023{n % 2}"}, "name": f"N {n}"}
        for n in range(3)
    ]
    bids = {
        "details": [
            {"id": "1", "status": "valid", "tenderers": tenderers[:1]},
            {"id": "2", "status": "valid", "tenderers": tenderers[1:]},
        ]
    }
    release = {"ocid": "ocds-aaaaaa-1", "tender": {"tenderers": tenderers}, "bids": bids}
    store = loaded(tmp_path, written(tmp_path, json.dumps([release])))
    [tender] = store.rows("tender")
    assert (tender["tenderers_listed"], tender["tenderers_bidding"]) == (2, 2)
    assert sorted(row["tenderers"] for row in store.rows("bid")) == [1, 2]
