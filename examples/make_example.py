"""Makes the bundled example from the shared collection of real contracting processes.

    python examples/make_example.py ../shared/data/ocds

Whole bodies are taken, not random lines, so that figures have their cases; dirt stays as it was
published. Whoever is not shown to be a legal person gets a made-up identifier in place of name and
identifier, the same one throughout; contact points are left out. The same collection gives the
same bytes.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from troth.sources.fields import identifier
from troth.sources.persons import shown

HERE = Path(__file__).resolve().parent / "italy-france"

#: Municipalities whose register of contracts is large enough for figures, and departments of
#: Messina, Palermo and others whose OCDS is original (no currencies, spaces in roles and tags).
ITALY = {
    "it-anac-l190-csv": (
        "IT-CF-84006890481",
        "IT-CF-00354730392",
        "IT-CF-01232710374",
        "IT-CF-00351040423",
    ),
    "it-appaltipop-ocds": ("IT-CF-00080270838",),
}

#: Hospitals, departments, towns and housing companies of several sizes.
FRANCE = {
    "fr-decp-2019": (
        "FR-RCS-26440013600471", "FR-RCS-26690025700046", "FR-RCS-38758193700035",
        "FR-RCS-27500002400016", "FR-RCS-22170001600738", "FR-RCS-22360001600016",
        "FR-RCS-21770284400010", "FR-RCS-20003070800016", "FR-RCS-24620036400080",
        "FR-RCS-21690266800013", "FR-RCS-28620001900045", "FR-RCS-22460001500511",
    )
}  # fmt: skip

#: No more of one body than this, so that the whole stays small: the first by line.
MOST_OF_ONE_BODY = 2_000

#: Buyers without a usable identifier: a little of the dirt that every collection has.
PLACEHOLDER, MOST_PLACEHOLDERS = "IT-CF-NAN", 12

_PERSONAL = ("contactPoint", "additionalContactPoints", "email", "telephone", "faxNumber")


def main(collection: Path) -> None:
    for name, chosen in (("italy", ITALY), ("france", FRANCE)):
        path = HERE / f"{name}.jsonl.gz"
        masker = _Masker("IT-CF" if name == "italy" else "FR-SIRET")
        lines = [masker.line(record) for record in _records(collection, chosen)]
        path.write_bytes(gzip.compress(b"".join(lines), mtime=0))
        print(
            f"{path.name}: {len(lines):,} processes, {path.stat().st_size:,} bytes, "
            f"{masker.hidden:,} not shown"
        )


def _records(collection: Path, chosen: dict[str, tuple[str, ...]]) -> Iterator[dict[str, Any]]:
    taken: dict[str, int] = {}
    with (
        gzip.open(collection / "real.jsonl.gz", "rb") as lines,
        gzip.open(collection / "provenance.csv.gz", "rt", encoding="utf-8") as rows,
    ):
        for line, row in zip(lines, csv.DictReader(rows), strict=True):
            bodies = chosen.get(row["source"])
            if bodies is None:
                continue
            record = json.loads(line)
            buyer = (record.get("buyer") or {}).get("id")
            most = MOST_PLACEHOLDERS if buyer == PLACEHOLDER else MOST_OF_ONE_BODY
            if (buyer in bodies or buyer == PLACEHOLDER) and taken.get(buyer, 0) < most:
                taken[buyer] = taken.get(buyer, 0) + 1
                yield record


class _Masker:
    """Gives everybody who is not shown to be a legal person one made-up identifier each."""

    def __init__(self, scheme: str) -> None:
        self.scheme = scheme
        self.stand_ins: dict[str, str] = {}

    @property
    def hidden(self) -> int:
        return len(self.stand_ins)

    def line(self, record: dict[str, Any]) -> bytes:
        public = {
            identifier((record.get("buyer") or {}).get("id")),
            identifier(((record.get("tender") or {}).get("procuringEntity") or {}).get("id")),
        }
        self._mask(record, public)
        return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

    def _mask(self, value: Any, public: set[str | None]) -> None:
        if isinstance(value, list):
            for one in value:
                self._mask(one, public)
        if not isinstance(value, dict):
            return
        for key in _PERSONAL:
            value.pop(key, None)
        for key in ("suppliers", "tenderers", "parties"):
            for one in value.get(key) or () if isinstance(value.get(key), list) else ():
                if isinstance(one, dict):
                    self._mask_organisation(one, public)
        for inner in value.values():
            self._mask(inner, public)

    def _mask_organisation(self, one: dict[str, Any], public: set[str | None]) -> None:
        text = identifier(one.get("id"))
        name = one.get("name") if isinstance(one.get("name"), str) else None
        if text in public and text is not None:
            return
        if shown(text, None, None, name).kind == "legal_person":
            return
        known = text or f"name:{name}"
        stand_in = self.stand_ins.setdefault(
            known, f"{self.scheme}-PERSON{len(self.stand_ins) + 1:04d}"
        )
        roles = one.get("roles")
        one.clear()
        one.update({"id": stand_in, "name": "not shown"} | ({"roles": roles} if roles else {}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
