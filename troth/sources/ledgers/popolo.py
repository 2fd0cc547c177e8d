"""Popolo: memberships of posts, of which only that the holder changed is kept.

A membership of a body without a post, such as a seat in a parliament, is held by many at once, and
who comes next in it is nobody's question: it is no term of a post.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from troth.sources.ledgers import written
from troth.sources.ledgers.base import Cells, Format, Refused, Translated, renamed

#: Roles in which many serve at once.
_OF_MANY = r"(?i)^(?:member|mp|councillor|councilor|deputy|senator|representative)$"
_ACTING = r"(?i)\b(?:acting|interim|ad interim|caretaker)\b"

_CALLED = {
    "term_id": "id",
    "post": "role",
    "start_date": "start_date",
    "end_date": "end_date",
    "holder": "person_id",
    "body_id": "organization_id",
    "body_name": "organization",
}


def _rows(document: Any) -> Iterator[Mapping[str, Any]]:
    """Each membership with the post and the organisation that it is of. No name of a person is
    looked at."""
    organizations, posts = (_by_id(document, name) for name in ("organizations", "posts"))
    memberships = document.get("memberships")
    for number, one in enumerate(memberships if isinstance(memberships, list) else ()):
        if not isinstance(one, dict):
            yield {"id": "", "what": "no object"}
            continue
        post = posts.get(str(one.get("post_id")), {})
        named = one.get("organization_id") or post.get("organization_id")
        organization = organizations.get(str(named), {})
        yield {
            "id": one.get("id") or f"membership {number}",
            "person_id": one.get("person_id"),
            "organization_id": _identifier(organization) or named,
            "organization": organization.get("name"),
            "post_id": one.get("post_id"),
            "role": one.get("role") or post.get("role") or post.get("label"),
            "start_date": one.get("start_date"),
            "end_date": one.get("end_date"),
        }


def _by_id(document: Any, name: str) -> dict[str, Mapping[str, Any]]:
    found = document.get(name)
    parts = found if isinstance(found, list) else []
    return {str(one["id"]): one for one in parts if isinstance(one, dict) and "id" in one}


def _identifier(organization: Mapping[str, Any]) -> str | None:
    """The first identifier that has a scheme, with it in front."""
    stated = organization.get("identifiers")
    for one in stated if isinstance(stated, list) else ():
        if isinstance(one, dict) and one.get("scheme") and one.get("identifier"):
            return f"{one['scheme']}-{one['identifier']}"
    return None


def _read(cells: Cells) -> Translated:
    roles, posts = cells["role"], cells["post_id"]
    many = pc.or_(pc.is_null(roles), pc.match_substring_regex(roles, _OF_MANY))
    seat = pc.and_(pc.is_null(posts), pc.fill_null(many, True))
    said = "a membership and no post: many have one at once"
    refused = Refused("E069", cells.lines.filter(seat), "role", roles.filter(seat), said)
    rows = cells.where(pc.invert(seat))
    acting = pc.match_substring_regex(rows["role"], _ACTING)
    held = pc.coalesce(rows["role"], rows["post_id"])
    entries = renamed(
        "term",
        rows,
        _CALLED,
        term_id=written.after(f"{cells.file}:", rows["id"]),
        post=pc.coalesce(rows["post_id"], held),
        acting=pc.if_else(acting, pa.scalar("yes"), pa.scalar(None, pa.string())),
    )
    return Translated((entries,), (refused,))


POPOLO = Format(
    name="popolo",
    meaning="Terms of posts. Who held one is used to see whether the holder changed, and let go; names"
    " of people are not read. A seat that many have at once (a membership without a post) is no term."
    " A year or a month is no day.",
    source="Popolo, a document with its memberships, organizations and posts (as of EveryPolitician);"
    " a body is the first identifier of its organization with a scheme, else its id",
    fills=("term",),
    needed=("memberships", "organizations"),
    optional=("posts",),
    read=_read,
    rows_of_document=_rows,
)
