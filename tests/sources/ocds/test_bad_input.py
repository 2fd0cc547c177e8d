"""What is broken is named with its place and stored, and never stops the rest."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import zstandard

from tests.sources.loading import Store, loaded, written
from troth.errors import InputError
from troth.sources import files, packing
from troth.sources.ocds import faults

BUYER = '"buyer":{"id":"IT-CF-00125680033"}'
GOOD = ['{"ocid":"ocds-1",' + BUYER + "}", '{"ocid":"ocds-2",' + BUYER + "}"]


def line(**parts: object) -> str:
    return json.dumps({"ocid": "ocds-bad", **parts})


def between(bad: str | bytes) -> bytes:
    """A bad line between two good ones."""
    raw = bad if isinstance(bad, bytes) else bad.encode()
    return GOOD[0].encode() + b"\n" + raw + b"\n" + GOOD[1].encode() + b"\n"


#: Name, line, code, JSON path, value that is shown, and a word of the message.
REFUSED: list[tuple[str, str | bytes, str, str, str | None, str]] = [
    ("cut short", '{"ocid":"ocds-bad","tender":{"sta', "E001", "$", "'\"'", "not JSON at byte 30"),
    (
        "cut short in a list",
        '{"ocid":"ocds-bad","awards":[',
        "E001",
        "$",
        "the end",
        "not JSON at byte 30",
    ),
    (
        "invalid UTF-8 in a field that is read",
        b'{"ocid":"ocds-bad\xff"}',
        "E002",
        "$",
        r"b'\xff'",
        "byte 18",
    ),
    (
        "invalid UTF-8 in a field that is not",
        b'{"ocid":"ocds-bad","x":"caf\xe9"}',
        "E002",
        "$",
        r"b'\xe9'",
        "byte 28",
    ),
    ("NaN", '{"ocid":"ocds-bad","x":NaN}', "E001", "$", "NaN", "NaN is no JSON number"),
    ("Infinity", '{"ocid":"ocds-bad","x":-Infinity}', "E001", "$", "-Infinity", "no JSON number"),
    (
        "two objects on a line",
        f"{GOOD[0]} {GOOD[1]}",
        "E001",
        "$",
        "'{'",
        f"begins at byte {len(GOOD[0]) + 2}",
    ),
    ("something behind the object", f"{GOOD[0]}#", "E001", "$", "'#'", "a second JSON value"),
    (
        "a raw control character",
        b'{"ocid":"ocds-bad","x":"a\x01b"}',
        "E001",
        "$",
        r"'\x01'",
        "invalid control character",
    ),
    ("single quotes", "{'ocid':'ocds-bad'}", "E001", "$", '"\'"', "not JSON at byte 2"),
    (
        "a byte order mark inside",
        b"\xef\xbb\xbf" + GOOD[0].encode(),
        "E001",
        "$",
        r"'\ufeff'",
        "BOM",
    ),
    (
        "nested 100,000 deep",
        '{"ocid":"ocds-bad","x":' + "[" * 100_000 + "]" * 100_000 + "}",
        "E003",
        "$",
        None,
        "too deeply",
    ),
    (
        "nested and cut short",
        '{"ocid":"ocds-bad","x":' + "[" * 100_000,
        "E003",
        "$",
        None,
        "too deeply",
    ),
    ("a scalar", "5", "E004", "$", "5", "expected an OCDS release, found a number"),
    ("a text", '"Mario Rossi"', "E004", "$", None, "found text"),
    ("null", "null", "E004", "$", None, "found nothing"),
    ("an empty list", "[]", "E004", "$", None, "without any release"),
    ("a list of scalars", "[1]", "E004", "$", "1", "found a number"),
    ("an empty package", '{"releases":[]}', "E004", "$", None, "without any release"),
    (
        "a package of something else",
        '{"ocid":"ocds-bad","releases":{}}',
        "E004",
        "/releases",
        None,
        "an object",
    ),
    ("an empty object", "{}", "E005", "/ocid", None, "is missing"),
    ("an empty ocid", '{"ocid":""}', "E005", "/ocid", None, "is empty"),
    ("an ocid that is a number", '{"ocid":5}', "E005", "/ocid", "5", "is a number"),
    (
        "an ocid with half a character",
        r'{"ocid":"\ud800"}',
        "E005",
        "/ocid",
        None,
        "half of a pair",
    ),
    (
        "a record without releases",
        '{"records":[{"ocid":"ocds-bad"}]}',
        "E005",
        "/compiledRelease",
        None,
        "without",
    ),
    (
        "a record that links",
        '{"ocid":"ocds-bad","releases":[{"url":"https://x"}]}',
        "E006",
        "/releases",
        None,
        "links",
    ),
]


@pytest.mark.parametrize(
    ("bad", "code", "path", "value", "message"),
    [one[1:] for one in REFUSED],
    ids=[one[0] for one in REFUSED],
)
def test_a_record_that_cannot_be_read_is_named_and_left_out(
    tmp_path: Path, bad: str | bytes, code: str, path: str, value: str | None, message: str
) -> None:
    store = loaded(tmp_path, written(tmp_path, between(bad)))

    assert store.ocids() == ["ocds-1", "ocds-2"]
    assert store.account() == {
        "rows_in": 3,
        "rows_kept": 2,
        "rows_rejected": 1,
        "fields_rejected": 0,
    }
    [row] = store.rejected()
    found = {name: row[name] for name in ("level", "code", "file", "line", "path", "value")}
    assert found == {
        "level": "record",
        "code": code,
        "file": "releases.jsonl",
        "line": 2,
        "path": path,
        "value": value,
    }
    inside = (
        bad.index("{", 1)
        if isinstance(bad, str) and bad.startswith('{"records"')
        else bad.index("1")
        if bad == "[1]"
        else 0
    )
    assert row["offset"] == len(GOOD[0]) + 1 + inside
    assert message in row["message"]
    assert row["next_step"] == faults.FAULTS[code][1]


#: Name, release, code, path, value, what stays of it (SQL) and what that gives.
LEFT_OUT: list[tuple[str, str | bytes, str, str, str | None, str, Any]] = [
    ("text for an amount", line(awards=[{"value": {"amount": "12,5 EUR", "currency": "EUR"}}]), "E012", "/awards/0/value/amount", "12,5 EUR", "SELECT currency FROM award", "EUR"),
    ("digits as text", line(awards=[{"value": {"amount": "125.5", "currency": "EUR"}}]), "E012", "/awards/0/value/amount", "125.5", "SELECT count(*) FROM award", 1),
    ("1e400", '{"ocid":"ocds-bad","awards":[{"value":{"amount":1e400,"currency":"EUR"}}]}', "E013", "/awards/0/value/amount", "1e400", "SELECT count(*) FROM award", 1),
    ("a number of 5,000 digits", '{"ocid":"ocds-bad","awards":[{"value":{"amount":' + "9" * 5_000 + ',"currency":"EUR"}}]}', "E013", "/awards/0/value/amount", "9" * 199 + "…", "SELECT count(*) FROM award", 1),
    ("a number beyond int64", '{"ocid":"ocds-bad","tender":{"numberOfTenderers":99999999999999999999}}', "E013", "/tender/numberOfTenderers", "99999999999999999999", "SELECT tenderers_stated FROM tender WHERE pid > 0 ORDER BY pid LIMIT 1", None),
    ("two and a half bidders", line(tender={"numberOfTenderers": 2.5, "status": "x"}), "E011", "/tender/numberOfTenderers", "2.5", "SELECT status FROM tender WHERE status = 'x'", "x"),
    ("true for a text", line(tender={"status": True, "procurementMethod": "open"}), "E011", "/tender/status", "true", "SELECT method FROM tender WHERE method = 'open'", "open"),
    ("an object for a list", line(awards={"id": "1"}, tender={"status": "x"}), "E014", "/awards", None, "SELECT status FROM tender WHERE status = 'x'", "x"),
    ("tenderers as an object", line(tender={"tenderers": {"name": "Mario Rossi"}, "status": "x"}), "E014", "/tender/tenderers", None, "SELECT status FROM tender WHERE status = 'x'", "x"),
    ("a tenderer that is a name", line(tender={"tenderers": [{"id": "A"}, "Mario Rossi"]}), "E011", "/tender/tenderers/1", None, "SELECT max(tenderers_listed) FROM tender", 1),
    ("an award that is a text", line(awards=["Mario Rossi", {"status": "active"}]), "E011", "/awards/0", None, "SELECT award_no FROM award WHERE status = 'active'", 1),
    ("half a character", r'{"ocid":"ocds-bad","tender":{"status":"\udc80","procurementMethod":"open"}}', "E011", "/tender/status", None, "SELECT method FROM tender WHERE method = 'open'", "open"),
    ("the year 1", line(date="0001-01-01T00:00:00Z"), "E021", "/date", "0001-01-01T00:00:00Z", "SELECT count(*) FROM process WHERE released_at IS NOT NULL", 0),
    ("the year 2301", line(tender={"tenderPeriod": {"endDate": "2301-01-01T00:00:00Z"}}), "E021", "/tender/tenderPeriod/endDate", "2301-01-01T00:00:00Z", "SELECT count(*) FROM tender WHERE period_end IS NULL", 3),
    ("30 February", line(awards=[{"date": "2024-02-30"}]), "E021", "/awards/0/date", "2024-02-30", "SELECT date FROM award", None),
    ("no currency", line(awards=[{"value": {"amount": 5}}]), "E031", "/awards/0/value/currency", None, "SELECT amount FROM award", 5.0),
    ("a currency in words", line(contracts=[{"value": {"amount": 5, "currency": "Euro"}}]), "E032", "/contracts/0/value/currency", "Euro", "SELECT currency FROM contract", None),
    ("a buyer IT-CF-NAN", line(buyer={"id": "IT-CF-NAN"}), "E041", "/buyer/id", "IT-CF-NAN", "SELECT body_key FROM process WHERE ocid = 'ocds-bad'", None),
    ("a buyer who is a person", line(buyer={"id": "IT-CF-RSSMRA80A01H501U", "name": "Mario Rossi"}), "E042", "/buyer/id", None, "SELECT body_name FROM process WHERE ocid = 'ocds-bad'", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("bad", "code", "path", "value", "kept", "gives"),
    [one[1:] for one in LEFT_OUT],
    ids=[one[0] for one in LEFT_OUT],
)
def test_a_value_that_cannot_be_used_is_named_and_the_rest_of_the_record_stays(
    tmp_path: Path, bad: str, code: str, path: str, value: str | None, kept: str, gives: Any
) -> None:
    store = loaded(
        tmp_path,
        written(tmp_path, between(bad if '"buyer"' in bad else bad[:-1] + "," + BUYER + "}")),
    )

    assert store.ocids() == ["ocds-1", "ocds-2", "ocds-bad"]
    account = store.account()
    assert (account["rows_in"], account["rows_kept"], account["rows_rejected"]) == (3, 3, 0)
    row = next(row for row in store.rejected() if row["code"] == code and row["ocid"] == "ocds-bad")
    found = {name: row[name] for name in ("level", "file", "line", "offset", "path", "value")}
    place = {"level": "field", "file": "releases.jsonl", "line": 2, "offset": len(GOOD[0]) + 1}
    assert found == {**place, "path": path, "value": value}
    assert row["message"] and row["next_step"] == faults.FAULTS[code][1]
    assert list(store.ask(kept)[0].values()) == [gives]


@pytest.mark.parametrize(
    "balance",
    ["", "   ", '{"ocid":"ocds-3",\n"x":1}', '{"ocid":"ocds-3","x":[{}\n,{}]}'],
    ids=["a blank line", "spaces", "an object on two lines", "a list on two lines"],
)
def test_as_many_objects_as_lines_are_not_yet_an_object_a_line(
    tmp_path: Path, balance: str
) -> None:
    """Two objects on one line and none on another: the sum is right and the places are not."""
    text = f"{GOOD[0]} {GOOD[0]}\n{balance}\n{GOOD[1]}\n"
    store = loaded(tmp_path, written(tmp_path, text))
    assert store.ocids() == ["ocds-2"]
    refused = [row["line"] for row in store.rejected() if row["level"] == "record"]
    broken = balance.count("\n") + 1 if balance.strip() else 0
    assert refused == [1, *range(2, 2 + broken)]
    [row] = store.ask('SELECT first_line + "row" AS line FROM process JOIN chunk USING (chunk)')
    assert row["line"] == 2 + max(broken, 1)


def test_a_name_given_twice_is_seen_by_an_audit_alone(tmp_path: Path) -> None:
    """The fast decoder keeps the last value, as Python does, and cannot see that there were two."""
    twice = '{"ocid":"ocds-bad","tender":{"status":"a","status":"b","Mario":1,"Mario":2},"buyer":{"id":"X-1"}}'
    path = written(tmp_path, between(twice))

    assert "E015" not in loaded(tmp_path, path).codes()
    store = loaded(tmp_path, path, audit=True)
    assert [
        (row["line"], row["path"], row["value"])
        for row in store.rejected()
        if row["code"] == "E015"
    ] == [
        (2, "/tender/?", None),  # a name that the standard does not know may be anybody's
        (2, "/tender/status", None),
    ]
    assert store.ask("SELECT status FROM tender WHERE status IS NOT NULL") == [{"status": "b"}]
    # What a run finds does not depend on how the one before it read.
    assert store.load(path) == "read"
    assert "E015" not in store.codes()
    assert store.load(path) == "reuse"


def test_many_wrong_values_refuse_the_record(tmp_path: Path) -> None:
    bad = line(awards=[{"status": 5}] * 1_001)
    store = loaded(tmp_path, written(tmp_path, between(bad)))
    assert store.ocids() == ["ocds-1", "ocds-2"]
    assert [
        (row["code"], row["path"], row["ocid"])
        for row in store.rejected()
        if row["level"] == "record"
    ] == [("E004", "/awards/1000/status", "ocds-bad")]


# -- whole files ------------------------------------------------------------------------------

FILES: list[tuple[str, bytes, str, str]] = [
    ("nothing", b"", "E004", "the file is empty"),
    ("spaces", b" \n\r\n\t ", "E004", "the file is empty"),
    ("a CSV file", b"name,amount\nMario Rossi,5\n", "E001", "not JSON at byte 1"),
    ("a picture", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), "E002", "not UTF-8"),
    ("a number", b"5", "E004", "found a number"),
    ("a text", b'"Mario Rossi"', "E004", "found text"),
    ("null", b"null\n", "E004", "found nothing"),
    ("UTF-16", '{"ocid":"ocds-1"}'.encode("utf-16"), "E002", "UTF-16"),
    (
        "UTF-16 without its mark",
        '{"ocid":"ocds-1"}'.encode("utf-16-le"),
        "E001",
        "not JSON at byte 2",
    ),
    ("a page", b"<!DOCTYPE html>\n<html><body>404</body></html>\n", "E001", "not JSON at byte 1"),
    (
        "two packages one after the other",
        b'{\n"releases":[{"ocid":"ocds-1"}]\n}\n{\n"releases":[]\n}\n',
        "E001",
        "a second JSON value",
    ),
    ("an archive of nothing", b"PK\x05\x06" + bytes(18), "E004", "the archive is empty"),
    ("a broken archive", b"PK\x03\x04" + bytes(60), "E010", "no readable directory"),
    ("a broken .gz", b"\x1f\x8b" + bytes(60), "E010", "damaged"),
    ("a broken .zst", b"\x28\xb5\x2f\xfd" + b"\xff" * 60, "E010", "damaged"),
]


@pytest.mark.parametrize(
    ("data", "code", "message"), [one[1:] for one in FILES], ids=[one[0] for one in FILES]
)
def test_a_file_that_is_no_ocds_is_one_rejected_record(
    tmp_path: Path, data: bytes, code: str, message: str
) -> None:
    bad = written(tmp_path, data, "bad")
    good = written(tmp_path, "\n".join(GOOD), "good.jsonl")
    store = loaded(tmp_path, bad, good)

    assert store.ocids() == ["ocds-1", "ocds-2"]
    assert store.account() == {
        "rows_in": 3,
        "rows_kept": 2,
        "rows_rejected": 1,
        "fields_rejected": store.account()["fields_rejected"],
    }
    [row] = [row for row in store.rejected() if row["level"] == "record"]
    assert (row["file"], row["code"]) == ("bad", code)
    assert message in row["message"]


def test_nothing_but_a_bad_file_is_a_store_without_processes(tmp_path: Path) -> None:
    store = loaded(tmp_path, written(tmp_path, b""))
    assert store.ocids() == []
    assert store.ask("SELECT count(*) AS n FROM fact_award") == [{"n": 0}]
    assert store.account()["rows_rejected"] == 1


def test_a_document_that_breaks_off_says_in_which_line(tmp_path: Path) -> None:
    store = loaded(
        tmp_path, written(tmp_path, '{\n"releases": [\n  {"ocid": "ocds-1"},\n  {"ocid" "x"}\n]}')
    )
    [row] = store.rejected()
    assert (row["line"], row["offset"]) == (4, 38)
    assert "byte 49" in row["message"]


def test_in_a_list_or_package_only_what_is_bad_is_left_out(tmp_path: Path) -> None:
    bad = '{"ocid":"ocds-1"},5,{"ocid":"ocds-2","awards":"x"},null,{"records":[{"ocid":"o","compiledRelease":{"ocid":"ocds-3"}},7]}'
    store = loaded(tmp_path, written(tmp_path, f"[\n{bad}\n]"))
    assert store.ocids() == ["ocds-1", "ocds-2", "ocds-3"]
    assert [row["code"] for row in store.rejected() if row["level"] == "record"] == [
        "E004",
        "E004",
        "E004",
    ]
    assert [row["path"] for row in store.rejected() if row["code"] == "E014"] == ["/awards"]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("last", [True, False], ids=["final line end", "none"])
def test_line_ends_blank_lines_and_a_mark_are_no_faults(
    tmp_path: Path, end: bytes, last: bool
) -> None:
    texts = [b"", GOOD[0].encode(), b"  ", GOOD[1].encode()]
    store = loaded(
        tmp_path, written(tmp_path, b"\xef\xbb\xbf" + end.join(texts) + (end if last else b""))
    )
    assert store.account()["rows_in"] == store.account()["rows_kept"] == 2
    lines = store.ask(
        'SELECT ocid, first_line + "row" AS line FROM process JOIN chunk USING (chunk) ORDER BY 1'
    )
    assert [row["line"] for row in lines] == [2, 4]


# -- packed files -----------------------------------------------------------------------------

MANY = b"".join(
    b'{"ocid":"ocds-%05d","x":"%s"}\n' % (n, hashlib.sha256(b"%d" % n).hexdigest().encode())
    for n in range(5_000)
)


def zst(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(data)


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize("pack", [gzip.compress, zst], ids=["gz", "zst"])
def test_a_packed_file_that_was_cut_short_gives_what_it_still_holds(
    tmp_path: Path, pack: Any
) -> None:
    packed = pack(MANY)
    store = loaded(
        tmp_path,
        written(tmp_path, packed[: len(packed) * 2 // 3], "a.gz"),
        written(tmp_path, GOOD[0], "b.jsonl"),
    )

    kept = store.account()["rows_kept"]
    assert 500 < kept < 5_000
    [row] = [row for row in store.rejected() if row["level"] == "record"]
    assert (row["code"], row["file"], row["line"]) == ("E010", "a.gz", kept)
    assert row["offset"] == len(b"".join(MANY.splitlines(keepends=True)[: kept - 1]))
    assert "cut short" in row["message"]
    assert "ocds-1" in store.ocids()


@pytest.mark.parametrize("pack", [gzip.compress, zst], ids=["gz", "zst"])
def test_a_damaged_byte_is_noticed(tmp_path: Path, pack: Any) -> None:
    packed = bytearray(pack(MANY))
    packed[-5 if packed[0] == 0x1F else -1] ^= 0xFF  # in the checksum
    store = loaded(tmp_path, written(tmp_path, bytes(packed), "a"))
    assert [row["code"] for row in store.rejected() if row["level"] == "record"] == ["E010"]


def test_members_packed_one_behind_the_other_are_all_read(tmp_path: Path) -> None:
    half = len(MANY) // 2
    for name, data in {
        "gz": gzip.compress(MANY[:half]) + gzip.compress(MANY[half:]),
        "zst": zst(MANY[:half]) + zst(MANY[half:]),
    }.items():
        store = loaded(tmp_path, written(tmp_path, data, name))
        assert store.account()["rows_kept"] == 5_000


def test_an_archive_with_several_members_names_each(tmp_path: Path) -> None:
    data = zipped(
        **{
            "b.jsonl": GOOD[0].encode(),
            "a/c.json": b'{"releases":[' + GOOD[1].encode() + b"]}",
            "readme.txt": b"hello",
        }
    )
    store = loaded(tmp_path, written(tmp_path, data, "all.zip"))
    assert store.ocids() == ["ocds-1", "ocds-2"]
    accounts = {
        row["file"]: (row["rows_kept"], row["rows_rejected"]) for row in store.rows("input")
    }
    assert accounts == {
        "all.zip!a/c.json": (1, 0),
        "all.zip!b.jsonl": (1, 0),
        "all.zip!readme.txt": (0, 1),
    }
    assert len({row["sha256"] for row in store.rows("input")}) == 1


def test_a_damaged_member_does_not_stop_its_neighbours(tmp_path: Path) -> None:
    data = bytearray(zipped(**{"a.jsonl": MANY, "b.jsonl": GOOD[0].encode()}))
    data[200] ^= 0xFF
    store = loaded(tmp_path, written(tmp_path, bytes(data), "all.zip"))
    assert "ocds-1" in store.ocids()
    assert [(row["file"], row["code"]) for row in store.rejected() if row["level"] == "record"] == [
        ("all.zip!a.jsonl", "E010")
    ]


@pytest.mark.parametrize(
    "pack", [gzip.compress, zst, lambda data: zipped(**{"a.jsonl": data})], ids=["gz", "zst", "zip"]
)
def test_a_bomb_is_put_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: Any) -> None:
    monkeypatch.setattr(packing, "RATIO_COUNTS_FROM", 4 * 1024 * 1024)
    bomb = pack(GOOD[0].encode() + b"\n" + b" " * 30_000_000)
    store = loaded(
        tmp_path, written(tmp_path, bomb, "bomb"), written(tmp_path, GOOD[1], "good.jsonl")
    )
    assert "ocds-2" in store.ocids()
    [row] = [row for row in store.rejected() if row["level"] == "record"]
    assert (row["code"], row["file"].split("!")[0]) == ("E009", "bomb")
    assert "200 times its size" in row["message"]


def test_an_archive_of_too_many_members_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "MOST_MEMBERS", 3)
    data = zipped(**{f"{n}.json": b"{}" for n in range(4)})
    store = loaded(tmp_path, written(tmp_path, data, "all.zip"))
    assert [(row["code"], row["message"]) for row in store.rejected()] == [
        ("E009", "4 files in one archive; at most 3 are read")
    ]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gz"])
def test_a_line_that_is_too_long_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: Any
) -> None:
    monkeypatch.setattr(files, "LONGEST_LINE", 2_000_000)
    monkeypatch.setattr(files, "HEAD", 100)
    monkeypatch.setattr(files, "PIECE", 1_000)
    long = b'{"ocid":"ocds-long","x":"' + b"y" * 3_000_000 + b'"}'
    store = loaded(tmp_path, written(tmp_path, pack(b'{"ocid":"ocds-0"}\n' + between(long)), "a"))
    assert store.ocids() == ["ocds-0", "ocds-1", "ocds-2"]
    [row] = [row for row in store.rejected() if row["code"] == "E009"]
    assert (row["line"], row["offset"]) == (3, 18 + len(GOOD[0]) + 1)
    lines = store.ask(
        'SELECT first_line + "row" AS line FROM process JOIN chunk USING (chunk) ORDER BY 1'
    )
    assert [row["line"] for row in lines] == [1, 2, 4]


# -- memory -----------------------------------------------------------------------------------

_CHILD = """
import sys
from pathlib import Path
from tests.sources.loading import loaded
store = loaded(Path(sys.argv[1]), sys.argv[2])
memory = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(len(store.ocids()), ",".join(sorted(set(store.codes()))), memory.split()[1])
"""


def in_child(folder: Path, path: Path) -> tuple[int, str, int]:
    """Loaded by a process of its own: processes kept, codes, and its memory at most, in MB."""
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(folder), str(path)],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    kept, codes, memory = done.stdout.split(" ")
    return int(kept), codes, int(memory) // 1024


@pytest.mark.parametrize("broken", [False, True], ids=["sound", "one wrong value"])
def test_a_line_of_50_mb_fits_into_a_gigabyte(tmp_path: Path, broken: bool) -> None:
    bid = '{{"id":"{0}","status":"valid","value":{{"amount":{0},"currency":"EUR"}},"tenderers":[{{"id":"A-{0}"}}]}}'
    status = "5" if broken else '"x"'
    bids = ",".join(bid.format(number) for number in range(550_000))
    big = f'{{"ocid":"ocds-bad",{BUYER},"tender":{{"status":{status}}},"bids":{{"details":[{bids}]}}}}'
    assert len(big) > 50_000_000
    kept, codes, memory = in_child(tmp_path, written(tmp_path, between(big)))
    assert kept == 3
    assert ("E011" in codes) is broken
    assert memory < 1024


def test_deep_nesting_costs_no_memory(tmp_path: Path) -> None:
    deep = ('{"a":' * 100_000).join(['{"ocid":"ocds-deep","x":', "1" + "}" * 100_001])
    kept, codes, memory = in_child(tmp_path, written(tmp_path, between(deep)))
    assert (kept, "E003" in codes) == (2, True)
    assert memory < 400


# -- strict -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ("{", "E001 releases.jsonl, line 2, byte 53, $ = the end: not JSON"),
        (
            line(buyer={"id": "X-1"}, awards=[{"value": {"amount": 5}}]),
            "E031 releases.jsonl, line 2, byte 53, ocds-bad, /awards/0/value/currency: an amount",
        ),
    ],
    ids=["a record", "a value"],
)
def test_strict_stops_at_the_first_fault_and_leaves_the_store_as_it_was(
    tmp_path: Path, bad: str, told: str
) -> None:
    path = written(tmp_path, f"{GOOD[0]}\n{bad}\n{{\n")
    store = Store(tmp_path / "store")
    with pytest.raises(InputError, match="E0") as stopped:
        store.load(path, strict=True)
    text = str(stopped.value)
    assert text.startswith(told)
    assert text.endswith(faults.FAULTS[told[:4]][1])
    assert not (tmp_path / "store" / "CURRENT").exists()


def test_strict_takes_what_has_no_fault(tmp_path: Path) -> None:
    store = loaded(
        tmp_path,
        written(
            tmp_path, '{"ocid":"ocds-1",' + BUYER + "}\n" + '{"ocid":"ocds-2",' + BUYER + "}\n"
        ),
        strict=True,
    )
    assert store.ocids() == ["ocds-1", "ocds-2"]


def test_strict_stops_at_a_broken_file_before_it_reads_the_next(tmp_path: Path) -> None:
    cut = written(
        tmp_path, gzip.compress(MANY.replace(b'"x"', BUYER.encode() + b',"x"'))[:-500], "a.gz"
    )
    with pytest.raises(InputError, match=r"^E010 a\.gz, byte \d+, \$: the packing breaks off"):
        loaded(tmp_path, cut, written(tmp_path, "{", "b.jsonl"), strict=True)
