"""A release: a dated folder that holds everything a reader needs, and that never changes.

It is written aside, looked over for anything about a person, made durable, and only then given its
name, so that a run killed at any moment leaves the releases before it as they were. The same tables
give the same bytes, in whatever order their rows come.
"""

from __future__ import annotations

import fcntl
import hashlib
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from troth.errors import PersonError, TrothError, VerificationError
from troth.link.register import Register
from troth.publish import as_json
from troth.publish.as_csv import write_csv
from troth.publish.as_sqlite import write_sqlite
from troth.publish.persons import refuse_leaks
from troth.sources.persons import is_natural_person
from troth.store.generations import sync
from troth.tables import VOCABULARY, results, walls
from troth.tables.base import Table
from troth.tables.body import BODY, FIRM
from troth.tables.check import check

#: What a release holds, in this order.
TABLES: dict[str, Table] = {table.name: table for table in (BODY, FIRM, *results.TABLES)}

#: Too long for people to read as a table; the Parquet and CSV files have it.
NOT_IN_SQLITE = ("record",)

#: With more bodies than this, their JSON is one file of lines and not a file each.
BODY_FILES = 5_000

#: What the JSON of a body says beside its row in `body`.
ABOUT_BODY = ("score", "contribution", "estimate", "alternative", "measurement", "missing")

MANIFEST = "manifest.json"
SUMS = "manifest.sha256"

_PACKAGE_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_CSV_DIALECT = {
    "header": True,
    "delimiter": ",",
    "lineTerminator": "\r\n",
    "quoteChar": '"',
    "doubleQuote": True,
}

Tables = Mapping[str, pa.Table]


@dataclass(frozen=True)
class Colophon:
    """What a release says of how it was made, beside its tables."""

    catalogue: Sequence[Mapping[str, object]]
    recipe: Mapping[str, object]
    licences: Sequence[Mapping[str, str]]


def write(
    tables: Tables,
    *,
    catalogue: Sequence[Mapping[str, object]],
    recipe: Mapping[str, object],
    out: Path,
    licences: Sequence[Mapping[str, str]] = (),
) -> Path:
    """Write these tables as a release under `out/releases` and give its folder.

    If the same release is there already, nothing changes; if one of that name with other bytes is
    there, that is an error, since a release never changes. `licences` are those of the input data
    (`name` or `path`, and `title`).
    """
    ready = prepared(tables)
    name = release_name(ready["run"])
    releases = out / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    with _only_writer(releases):
        aside = releases / f".{name}.partial"
        aside.mkdir()
        _fill(aside, name, ready, Colophon(catalogue, recipe, licences))
        refuse_leaks(aside)
        _seal(aside, name)
        final = releases / name
        if final.exists():
            _same_or_refuse(final, aside)
            shutil.rmtree(aside)
        else:
            _make_durable(aside)
            aside.rename(final)
            sync(releases)
            sync(out)
    return final


def prepared(tables: Tables) -> dict[str, pa.Table]:
    """The tables of a release: complete, about registered public bodies only, checked, sorted."""
    walls.uphold(VOCABULARY.values())
    _refuse_other_tables(tables)
    register = Register(tables["body"], is_person=is_natural_person)
    for name, data in tables.items():
        if "body_kind" in TABLES[name].names:
            register.admit(data, name)
    _refuse_named_persons(tables["firm"])
    broken = [fault for name, data in tables.items() for fault in check(TABLES[name], data, tables)]
    if broken:
        raise VerificationError(
            "These tables do not keep their promises:\n" + "\n".join(str(fault) for fault in broken)
        )
    return {name: in_order(table, tables[name]) for name, table in TABLES.items()}


def _refuse_other_tables(tables: Tables) -> None:
    lacking, other = TABLES.keys() - tables.keys(), tables.keys() - TABLES.keys()
    if lacking or other:
        raise VerificationError(
            f"A release holds {', '.join(TABLES)}."
            f" Missing: {sorted(lacking)}; unknown: {sorted(other)}."
        )


def _refuse_named_persons(firm: pa.Table) -> None:
    named = pc.or_(pc.is_valid(firm.column("name")), pc.is_valid(firm.column("firm_id")))
    wrong = pc.and_not(named, pc.fill_null(pc.equal(firm.column("kind"), "legal_person"), False))
    row = pc.index(wrong, True).as_py()
    if row >= 0:
        raise PersonError(
            f"firm, row {row}: has a name or an identifier, and is not shown to be a legal person."
            " See docs/no-persons.md."
        )


def in_order(table: Table, data: pa.Table) -> pa.Table:
    """The rows sorted by the key, then by every other column, in one piece."""
    data = data.select(list(table.names)).replace_schema_metadata(None).cast(table.arrow)
    keys = [*table.key, *(name for name in table.names if name not in table.key)]
    order = pc.sort_indices(data, sort_keys=[(name, "ascending") for name in keys])
    return data.take(order).combine_chunks()


def release_name(run: pa.Table) -> str:
    if run.num_rows != 1:
        raise VerificationError(f"table run has {run.num_rows} rows; a release is of one run")
    as_of, run_id = run.column("as_of")[0].as_py(), run.column("run_id")[0].as_py()
    if not re.fullmatch(r"[0-9a-f]{6,}", run_id):
        raise VerificationError(f"run_id {run_id!r} is not 6 or more hexadecimal digits")
    return f"{as_of.isoformat()}-{run_id[:6]}"


@contextmanager
def _only_writer(releases: Path) -> Iterator[None]:
    """One writer at a time; what a killed one left behind is removed."""
    with (releases / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise TrothError(
                f"{releases}: another run is writing a release. Wait for it."
            ) from error
        for left in releases.glob(".*.partial"):
            shutil.rmtree(left)
        yield


# --- what a release holds ---------------------------------------------------------------------


def _fill(folder: Path, name: str, tables: dict[str, pa.Table], colophon: Colophon) -> None:
    for kind in ("parquet", "csv", "json"):
        (folder / kind).mkdir()
    for table_name, data in tables.items():
        _write_parquet(data, folder / "parquet" / f"{table_name}.parquet")
        write_csv(TABLES[table_name], data, folder / "csv" / f"{table_name}.csv")
    kept = {n: (TABLES[n], data) for n, data in tables.items() if n not in NOT_IN_SQLITE}
    write_sqlite(kept, folder / "troth.sqlite")
    _write_json(folder / "json", name, tables, colophon)
    (folder / "README.txt").write_text(_readme(name, tables), encoding="utf-8")
    package = as_json.document(_package(folder, name, tables, colophon.licences))
    (folder / "datapackage.json").write_text(package, encoding="utf-8")


def _write_parquet(data: pa.Table, path: Path) -> None:
    pq.write_table(
        data,
        path,
        version="2.6",
        data_page_version="1.0",
        compression="zstd",
        compression_level=3,
        row_group_size=131_072,
        store_schema=False,
        write_page_checksum=True,
    )


def _write_json(folder: Path, name: str, tables: dict[str, pa.Table], colophon: Colophon) -> None:
    by_code = sorted(colophon.catalogue, key=lambda card: str(card["code"]))
    documents = {
        "catalogue": as_json.document(by_code),
        "recipe": as_json.document(colophon.recipe),
    }
    run = as_json.objects(TABLES["run"], tables["run"]).to_pylist()[0]
    coverage = as_json.objects(TABLES["coverage"], tables["coverage"]).to_pylist()
    documents["run"] = run + "\n"
    documents["coverage"] = "[\n" + ",\n".join(coverage) + "\n]\n"
    for title, text in documents.items():
        (folder / f"{title}.json").write_text(text, encoding="utf-8")
    _write_bodies(folder, name, tables)


def _write_bodies(folder: Path, name: str, tables: dict[str, pa.Table]) -> None:
    """The twin of each body's page, for bodies that answer for at least one process."""
    body = tables["body"].filter(pc.greater(tables["body"].column("processes"), 0))
    about = {n: (TABLES[n], tables[n]) for n in ABOUT_BODY}
    twins = as_json.twins({"release": name}, (BODY, body), about)
    if body.num_rows > BODY_FILES:
        with (folder / "bodies.jsonl").open("w", encoding="utf-8", newline="") as file:
            for _, text in twins:
                file.write(text.replace("\n", "") + "\n")
        return
    (folder / "bodies").mkdir()
    for body_id, text in twins:
        path = folder / "bodies" / f"{body_slug(body_id)}.json"
        path.write_text(text, encoding="utf-8", newline="")


#: Names that some systems keep for devices, whatever follows the first dot.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)")

_LONGEST_SLUG = 120


def body_slug(body_id: str) -> str:
    """A file name for a body: different for different bodies, also where case does not count.

    Small letters, digits and `-` stand for themselves, anything else as `_` and two hexadecimal
    digits for each byte. Capitals are written small, and which letters were capitals follows after
    a dot as a hexadecimal number. A very long name is cut, and ends in two dots and a digest.
    """
    written = "".join(_slug_piece(byte) for byte in body_id.encode())
    letters = [char for char in body_id if char.isascii() and char.isalpha()]
    capitals = int("0" + "".join("1" if char.isupper() else "0" for char in letters), 2)
    slug = (written or "_") + (f".{capitals:x}" if capitals else "")
    if len(slug) > _LONGEST_SLUG:
        return f"{slug[:60]}..{hashlib.sha256(body_id.encode()).hexdigest()[:32]}"
    if _DEVICES.match(slug):
        return f"_{ord(slug[0]):02x}{slug[1:]}"
    return slug


def _slug_piece(byte: int) -> str:
    char = chr(byte).lower() if byte < 128 else ""
    return char if char.isascii() and (char.isalnum() or char == "-") else f"_{byte:02x}"


# --- what it says of itself -------------------------------------------------------------------


def _package(
    folder: Path, name: str, tables: dict[str, pa.Table], licences: Sequence[Mapping[str, str]]
) -> dict[str, object]:
    resources = [_table_resource(folder, n, "csv") for n in tables]
    resources += [_table_resource(folder, n, "parquet") for n in tables]
    resources.append(
        _file_resource(folder, "troth.sqlite", "sqlite", "All tables but `record` as one database")
    )
    for path in sorted((folder / "json").glob("*.json")):
        words = f"{path.stem}, for programs"
        resources.append(_file_resource(folder, f"json/{path.name}", f"json-{path.stem}", words))
    bodies = _bodies_resource(folder)
    if bodies is not None:
        resources.append(bodies)
    package: dict[str, object] = {
        "$schema": _PACKAGE_PROFILE,
        "name": f"troth-{name}",
        "title": f"Troth release {name}",
        "description": "Whether public bodies keep their word: figures, cases behind them, method.",
        "version": name,
        "resources": resources,
    }
    if licences:
        package["licenses"] = [dict(licence) for licence in licences]
    return package


def _table_resource(folder: Path, table_name: str, kind: str) -> dict[str, object]:
    table = TABLES[table_name]
    title = "" if kind == "csv" else f"-{kind}"
    path = f"{kind}/{table_name}.{kind}"
    resource = _file_resource(folder, path, table_name + title, table.meaning)
    if kind == "parquet":
        del resource["bytes"]  # validators that read Parquet count no bytes and call it a mismatch
    else:
        described = table.frictionless()
        references = _foreign_keys(table)
        if references:
            described["foreignKeys"] = references
        resource |= {
            "type": "table",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "dialect": _CSV_DIALECT,
            "schema": described,
        }
    return resource


def _foreign_keys(table: Table) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for column in table:
        name, _, wanted = column.promise.refers_to.partition(".")
        if name in TABLES and name != table.name:
            reference = {"resource": name, "fields": [wanted]}
            found.append({"fields": [column.name], "reference": reference})
    return found


def _file_resource(folder: Path, path: str, name: str, description: str) -> dict[str, object]:
    file = folder / path
    return {
        "name": name,
        "path": path,
        "description": description,
        "format": file.suffix.lstrip("."),
        "bytes": file.stat().st_size,
        "hash": f"sha256:{_digest(file)}",
    }


def _bodies_resource(folder: Path) -> dict[str, object] | None:
    lines = folder / "json" / "bodies.jsonl"
    if lines.exists():
        words = f"What the page of each body says, a body a line (there are more than {BODY_FILES})"
        return _file_resource(folder, "json/bodies.jsonl", "json-bodies", words)
    files = sorted((folder / "json" / "bodies").glob("*.json"))
    if not files:
        return None
    return {
        "name": "json-bodies",
        "path": [f"json/bodies/{path.name}" for path in files],
        "description": "What the page of each body says, a body a file (digests: manifest.json)",
        "format": "json",
    }


def _readme(name: str, tables: dict[str, pa.Table]) -> str:
    bodies = tables["body"].num_rows
    run = tables["run"].to_pylist()[0]
    return f"""Troth release {name}

Whether public bodies keep their word, measured from what they publish themselves.

  judged as of    {run["as_of"]}
  by              troth {run["code_version"]}, recipe {run["recipe"]}
  public bodies   {bodies}
  records found   {run["rows_in"]}
  used            {run["rows_kept"]}
  not usable      {run["rows_rejected"]} (each with its reason in `rejected`)

There is no figure about a natural person in here, and no name of one.

  csv/          every table as CSV: RFC 4180, UTF-8, decimal point, ISO dates; an absent value is
                empty. A text that a spreadsheet would run as a formula has an apostrophe in front.
  parquet/      the same tables, for programs
  troth.sqlite  the same tables but `record`, as one database
  json/         the run, the coverage, the catalogue of indicators, the recipe, and each body
  datapackage.json  what every column means (Frictionless Data Package 2)
  manifest.json, manifest.sha256  size and SHA-256 of every file

To see that nothing was changed:

  sha256sum --check --quiet manifest.sha256

This release never changes. A correction is a new release, and both stay.
"""


# --- sealing ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """One file of a release."""

    path: str
    bytes: int
    sha256: str


def entries(folder: Path, without: Sequence[str] = (MANIFEST, SUMS)) -> list[Entry]:
    """Every file in the folder, in the order of their paths."""
    paths = {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }
    return [
        Entry(name, paths[name].stat().st_size, _digest(paths[name]))
        for name in sorted(paths)
        if name not in without
    ]


def _seal(folder: Path, name: str) -> None:
    """The manifest, and the same digests with its own in the form that `sha256sum` reads."""
    listed = entries(folder)
    described = {"release": name, "files": [asdict(entry) for entry in listed]}
    (folder / MANIFEST).write_text(as_json.document(described), encoding="utf-8")
    sums = [*listed, Entry(MANIFEST, 0, _digest(folder / MANIFEST))]
    lines = [f"{e.sha256}  {e.path}\n" for e in sums]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _same_or_refuse(final: Path, aside: Path) -> None:
    there, made = entries(final, without=()), entries(aside, without=())
    if there != made:
        changed = sorted({e.path for e in set(there) ^ set(made)})
        raise VerificationError(
            f"{final} exists and is not what these tables give: {', '.join(changed[:5])}"
            f"{' ...' if len(changed) > 5 else ''}. A release never changes; a correction needs a"
            " new run. `troth` left it as it was."
        )


def _make_durable(folder: Path) -> None:
    """Every file and folder on disk before the name is."""
    for path in sorted(folder.rglob("*")):
        sync(path)
    sync(folder)
