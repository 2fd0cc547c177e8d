"""Makes the bundled example from the shared collection of real contracting processes.

    python examples/make_example.py ../shared/data/ocds

Whole bodies are taken, not random lines, so that figures have their cases; dirt stays as it was
published. What could name a natural person is left out, on the safe side: a supplier keeps name and
identifier only where its name says that it is an organisation, and a title only where none of its
words looks like a name. The same collection gives the same bytes.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from rigour.names import NameTypeTag, SymbolCategory, analyze_names

from troth.sources.fields import identifier
from troth.sources.persons import is_natural_person, shown_by_name

HERE = Path(__file__).resolve().parent / "italy-france"

#: Municipalities whose registers name method and bidders (Prato, Bologna, Ancona, Salerno, Venezia,
#: Forlì, Sassari, Ravenna), and some whose OCDS is original, with its dirt: no currencies, no
#: methods, suppliers `IT-CF-NAN`, spaces in roles and tags (Messina, San Giuseppe Jato, Catania,
#: Torino, Palermo, Terni).
ITALY = {
    "it-anac-l190-csv": (
        "IT-CF-84006890481",
        "IT-CF-01232710374",
        "IT-CF-00351040423",
        "IT-CF-80000330656",
        "IT-CF-00339370272",
        "IT-CF-00606620409",
        "IT-CF-00239740905",
        "IT-CF-00354730392",
    ),
    "it-appaltipop-ocds": (
        "IT-CF-00080270838",
        "IT-CF-80025760820",
        "IT-CF-00137020871",
        "IT-CF-00514490010",
        "IT-CF-80016350821",
        "IT-CF-00175660554",
    ),
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

#: Buyers without a usable identifier: a little of the dirt that every collection has.
PLACEHOLDER, MOST_PLACEHOLDERS = "IT-CF-NAN", 12

_PERSONAL = ("contactPoint", "additionalContactPoints", "email", "telephone", "faxNumber")

#: A word that looks like a name and stands in fewer titles of the collection than this is one.
RARE = 60

#: Shorter words are articles and initials; what is tagged among them is chance.
SHORTEST_WORD = 3

#: Words before or instead of a person's name.
_TITLES = frozenset(
    """avv avvocato avvocata avvocati dott dottor dottssa dottoressa dr ing ingegner ingegnere arch
    architetto geom geometra prof professor professoressa sig signor signora rag ragionier notaio
    maestro don suor perito cav onorevole eredi famiglia minore m mr mme mlle monsieur madame maitre
    docteur veuve""".split()
)

#: Given names that are frequent enough to stand in many titles.
_GIVEN = frozenset(
    """mario giuseppe antonio giovanni luigi francesco angelo vincenzo pietro salvatore carlo franco
    domenico bruno paolo michele giorgio aldo sergio luciano marco andrea alessandro stefano roberto
    maurizio massimo claudio fabio gianni enrico riccardo alberto daniele matteo davide simone luca
    lorenzo filippo giacomo emilio cesare guido renato piero tommaso maria anna giuseppina rosa angela
    giovanna teresa lucia carmela caterina francesca paola laura elena silvia chiara sara giulia elisa
    barbara cristina daniela patrizia monica alessandra roberta valentina federica jean pierre michel
    andre philippe rene louis alain jacques bernard marcel daniel roger robert paul claude christian
    henri georges nicolas marie jeanne francoise monique catherine nathalie isabelle jacqueline anne
    sylvie martine madeleine nicole christine charles victor hugo jules emile""".split()
)

#: Words that say that a name is an organisation's.
_ORGANISED = re.compile(
    r"""\b(?:s\.?\s?p\.?\s?a|s\.?\s?r\.?\s?l\.?\s?s?|s\.?\s?n\.?\s?c|s\.?\s?a\.?\s?s|s\.?\s?a\.?\s?r\.?\s?l
    |s\.?\s?c\.?\s?a?\.?\s?r\.?\s?l|soc(?:ieta|iet[àa]'?|iete|iété|\.)?|coop\w*|consorzi\w*|associazion\w*
    |association|fondazion\w*|fondation|istitut\w*|institut\w*|universit\w*|banca|banque|ente|azienda
    |comune|provincia|regione|ministero|agenzia|agence|asl|ausl|onlus|ats?i|r\.?t\.?i|groupement|groupe
    |gruppo|sas|sarl|eurl|sasu|scop|spa|srl|snc|gie|s\.?a|ltd|gmbh|inc|ag|federazion\w*|automobile\ club
    |camera\ di\ commercio|opera\ pia|parrocchia|circolo|polisportiva|a\.?s\.?d)(?![\w])""",
    re.IGNORECASE | re.VERBOSE,
)


#: `Rossi & C.`: the name of a partnership is that of a partner.
_AND_PARTNERS = re.compile(r"(?:&|\be)\s*c\b|\bf\.?lli\b|\bfratelli\b|\beredi\b", re.IGNORECASE)


def main(collection: Path) -> None:
    frequent = _frequencies(collection)
    for name, chosen in (("italy", ITALY), ("france", FRANCE)):
        path = HERE / f"{name}.jsonl.gz"
        masker = _Masker("IT-CF" if name == "italy" else "FR-SIRET", frequent)
        lines = [masker.line(record) for record in _records(collection, chosen)]
        path.write_bytes(gzip.compress(b"".join(lines), mtime=0))
        size, hidden = path.stat().st_size, len(masker.stand_ins)
        print(
            f"{path.name}: {len(lines):,} processes, {size:,} bytes, {hidden:,} suppliers not shown, "
            f"{masker.titles_left_out:,} titles left out"
        )


def _lines(collection: Path) -> Iterator[tuple[bytes, dict[str, str]]]:
    with (
        gzip.open(collection / "real.jsonl.gz", "rb") as lines,
        gzip.open(collection / "provenance.csv.gz", "rt", encoding="utf-8") as rows,
    ):
        yield from zip(lines, csv.DictReader(rows), strict=True)


def _frequencies(collection: Path) -> Counter[str]:
    """In how many titles of the Italian and French sources each word stands."""
    found: Counter[str] = Counter()
    for line, row in _lines(collection):
        if row["source"] in ITALY or row["source"] in FRANCE:
            found.update(set(_words(_title(json.loads(line)) or "")))
    return found


def _records(collection: Path, chosen: dict[str, tuple[str, ...]]) -> Iterator[dict[str, Any]]:
    placeholders = 0
    for line, row in _lines(collection):
        bodies = chosen.get(row["source"])
        if bodies is None:
            continue
        record = json.loads(line)
        buyer = (record.get("buyer") or {}).get("id")
        is_placeholder = buyer == PLACEHOLDER and placeholders < MOST_PLACEHOLDERS
        placeholders += is_placeholder
        if buyer in bodies or is_placeholder:
            yield record


def _title(record: dict[str, Any]) -> str | None:
    title = (record.get("tender") or {}).get("title")
    return title if isinstance(title, str) else None


def _words(text: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[^\W\d_]+", text)]


@cache
def looks_like_a_name(word: str) -> bool:
    """Whether a word stands in the lists of personal names that rigour has."""
    return any(
        symbol.category == SymbolCategory.NAME
        for name in analyze_names(NameTypeTag.PER, [word])
        for symbol in name.symbols
    )


class _Masker:
    """Gives everybody who may be a natural person one made-up identifier each."""

    def __init__(self, scheme: str, frequent: Counter[str]) -> None:
        self.scheme = scheme
        self.frequent = frequent
        self.stand_ins: dict[str, str] = {}
        self.titles_left_out = 0

    def line(self, record: dict[str, Any]) -> bytes:
        tender = record.get("tender") or {}
        bodies = [one for one in (record.get("buyer"), tender.get("procuringEntity")) if one]
        public = {identifier(one.get("id")) for one in bodies} - {None}
        somebody_hidden = self._mask(record, public)
        for one in bodies:
            _without_contacts(one)
        title = _title(record)
        if title is not None and (somebody_hidden or self._may_name_somebody(title)):
            del tender["title"]
            self.titles_left_out += 1
        return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

    def _mask(self, record: dict[str, Any], public: set[str | None]) -> bool:
        """Give stand-ins in place of names and identifiers; says whether it gave any."""
        somebody_hidden = False
        for one in _organisations(record):
            _without_contacts(one)
            if self._is_shown(one, public):
                continue
            somebody_hidden = True
            text = identifier(one.get("id"))
            known = text or f"name:{one.get('name')}"
            number = self.stand_ins.setdefault(known, f"PERSON{len(self.stand_ins) + 1:04d}")
            kept = {"roles": one["roles"]} if "roles" in one else {}
            if text is not None:
                kept |= {"id": f"{self.scheme}-{number}", "name": "not shown"}
            else:  # whoever has no identifier is told apart by name, and stays without
                kept |= {"id": one.get("id"), "name": f"not shown {number}"}
            one.clear()
            one.update({name: value for name, value in kept.items() if value is not None})
        return somebody_hidden

    def _is_shown(self, one: dict[str, Any], public: set[str | None]) -> bool:
        """A public body, somebody without name and identifier, or an organisation by its name."""
        text = identifier(one.get("id"))
        name = one.get("name") if isinstance(one.get("name"), str) else None
        if text in public or (text is None and not name):
            return True
        if text is not None and is_natural_person(text):
            return False
        if name is None:
            return False
        if _GIVEN & set(_words(name)) or _AND_PARTNERS.search(name):
            return False  # also where a firm bears the name of a partner
        if shown_by_name(name) is not None or _ORGANISED.search(name):
            return True
        words = [word for word in _words(name) if len(word) >= SHORTEST_WORD]
        return bool(words) and not any(looks_like_a_name(word) for word in words)

    def _may_name_somebody(self, title: str) -> bool:
        """Whether a title has a person's title, a frequent given name, or a rare word like a name."""
        words = _words(title)
        if _TITLES & set(words) or _GIVEN & set(words):
            return True
        return any(
            len(word) >= SHORTEST_WORD and self.frequent[word] < RARE and looks_like_a_name(word)
            for word in words
        )


def _without_contacts(one: dict[str, Any]) -> None:
    for key in _PERSONAL:
        one.pop(key, None)


def _organisations(value: Any, under: str = "") -> Iterator[dict[str, Any]]:
    """Suppliers, tenderers and parties, wherever they stand."""
    if isinstance(value, list):
        for inner in value:
            yield from _organisations(inner, under)
    elif isinstance(value, dict):
        if under in ("suppliers", "tenderers", "parties"):
            yield value
        for key, inner in list(value.items()):
            yield from _organisations(inner, key)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
