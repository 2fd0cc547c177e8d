"""The walls that a table must stand behind before it may join the vocabulary.

A figure is about a public body or about nobody. What a table may hold is decided here, from its
declaration alone, so that a change that would let a person be scored fails before any data exist
(docs/no-persons.md).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator

from troth.errors import PersonError
from troth.tables.base import Table, Type
from troth.tables.body import PUBLIC_BODY

# fmt: off
#: A column with one of these words in its name says how good or bad somebody is.
SCORE_WORDS = frozenset({
    "score", "scores", "rank", "ranks", "ranking", "rating", "ratings", "rated", "level", "levels",
    "points", "point", "value", "values", "micropoints", "hits", "index", "grade", "percentile",
    "decile", "quantile", "stars", "mark", "marks", "normalised", "contribution", "penalty", "risk",
    "suspicion", "flags", "flagged",
})

#: A column (or a key of a published file) with one of these in its name is about a person.
PERSON_WORDS = frozenset({
    "contact", "contactpoint", "contactperson", "email", "emailaddress", "mail", "phone",
    "phonenumber", "telephone", "mobile", "fax", "faxnumber", "signatory", "signatories", "signer",
    "signers", "signed_by", "judge", "judges", "holder", "holders", "officeholder", "person",
    "persons", "people", "officer", "officers", "mayor", "minister", "notary", "commissioner",
    "complainant", "complainants", "petitioner", "requester", "applicant", "citizen", "surname",
    "forename", "lastname", "firstname", "last_name", "first_name", "birth", "birthday", "gender",
    "nationality", "passport",
})
# fmt: on

#: Counts over a whole data set. They have no column that says whom they are about, and may not.
ABOUT_NOBODY = frozenset({"coverage", "sensitivity"})

#: The only tables in which anybody has a name: bodies, and firms shown to be legal persons.
NAMED = frozenset({"body", "firm"})

#: How a column says which firm it is about.
FIRM_COLUMNS = frozenset({"firm_key", "firm_id", "supplier_key", "supplier_id", "tenderer_key"})

BODY_COLUMNS = frozenset({"body_id", "body_key", "body_kind"})

FIGURES = frozenset({Type.INTEGER, Type.NUMBER, Type.BOOLEAN})


def breaches(tables: Iterable[Table]) -> list[str]:
    """What in these tables could come to be a figure about a person, one sentence each."""
    return [found for table in tables for found in _breaches(table)]


def uphold(tables: Iterable[Table]) -> None:
    """Refuse tables that could hold a figure about a person."""
    found = breaches(tables)
    if found:
        raise PersonError("\n".join([*found, "See docs/no-persons.md for what a table may hold."]))


def is_score_like(name: str) -> bool:
    return not SCORE_WORDS.isdisjoint(_words(name))


def is_person_like(name: str) -> bool:
    """Whether a name of a column, or a key such as `contactPoint`, is that of a person's data."""
    words = _words(name)
    pairs = {"_".join(pair) for pair in itertools.pairwise(words)}
    return not PERSON_WORDS.isdisjoint({*words, *pairs})


def _words(name: str) -> list[str]:
    """The words of `contactPoint`, `contact_point` and `Contact-Point1` alike."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return re.findall(r"[a-z]+", spaced.lower())


def _breaches(table: Table) -> Iterator[str]:
    where = f"table {table.name}"
    for column in table:
        if is_person_like(column.name):
            yield f"{where}: column {column.name} is about a person; drop it at the door"
        if _is_name(column.name) and table.name not in NAMED:
            yield f"{where}: column {column.name}: names stand in `body` and `firm` only"
    yield from _scores(table, where)
    yield from _firms(table, where)
    if "body_kind" in table.names and not _is_keyed_by_body(table):
        yield f"{where}: body_id and body_kind must promise a registered {PUBLIC_BODY}, always"


def _is_name(column: str) -> bool:
    """A column of somebody's name; the name that a record gives a body is `body_name`."""
    return _words(column)[-1] == "name" and column != "body_name"


def _scores(table: Table, where: str) -> Iterator[str]:
    """A score-like figure needs a public body in its row; a score-like text needs one too where
    the row could be about a firm.
    """
    about_firm = any(_is_firm(table, name) for name in table.names)
    if _is_keyed_by_body(table):
        return
    if table.name in ABOUT_NOBODY and not about_firm and not BODY_COLUMNS & set(table.names):
        return
    for column in table:
        if is_score_like(column.name) and (column.type in FIGURES or about_firm):
            yield (
                f"{where}: column {column.name} reads like a score, and the table is not keyed by"
                " body_id and body_kind"
            )


def _firms(table: Table, where: str) -> Iterator[str]:
    """`firm` holds no figures, and no other table adds figures up by firm."""
    if table.name == "firm":
        for column in table:
            if column.type in FIGURES and column.name not in table.key:
                yield f"{where}: column {column.name} is a figure; `firm` may hold none"
    elif table.key and all(_is_firm(table, name) for name in table.key):
        yield f"{where}: its key is a firm; figures are about public bodies only"


def _is_firm(table: Table, name: str) -> bool:
    return name in FIRM_COLUMNS or table[name].promise.refers_to.startswith("firm.")


def _is_keyed_by_body(table: Table) -> bool:
    if not {"body_id", "body_kind"} <= set(table.names):
        return False
    body, kind = table["body_id"].promise, table["body_kind"].promise
    return (
        body.required
        and body.refers_to == "body.body_id"
        and kind.required
        and kind.one_of == (PUBLIC_BODY,)
    )
