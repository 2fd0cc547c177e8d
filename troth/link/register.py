"""The register of public bodies: the only source of a `BodyId`, and the gate before a release.

Nothing is measured, shown or published under an identifier that is not in it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Never
from weakref import WeakKeyDictionary, WeakValueDictionary

import pyarrow as pa
import pyarrow.compute as pc

from troth.errors import PersonError
from troth.tables.body import PUBLIC_BODY

SEALED = "a BodyId is made by Register.of alone, from a table of registered public bodies"


class _Sealed(type):
    """A class that nobody can call, derive from or change."""

    def __call__(cls, *_: object, **__: object) -> Never:
        raise PersonError(SEALED)

    def __setattr__(cls, name: str, value: object) -> Never:
        raise PersonError(SEALED)

    def __delattr__(cls, name: str) -> Never:
        raise PersonError(SEALED)


class BodyId(metaclass=_Sealed):
    """One registered public body. Equal texts give the same object.

    The text is not kept in the object but in the vault of this module, so that an object got
    another way (`object.__new__`, a pickle) has none and is of no use.
    """

    __slots__ = ("__weakref__",)

    def __init_subclass__(cls, **_: object) -> Never:
        raise PersonError(SEALED)

    @property
    def text(self) -> str:
        return _text_of(self)

    def __str__(self) -> str:
        return _text_of(self)

    def __repr__(self) -> str:
        return f"BodyId({_text_of(self)!r})"

    def __copy__(self) -> BodyId:
        return self

    def __deepcopy__(self, _: object) -> BodyId:
        return self

    def __reduce_ex__(self, _: object) -> Never:
        raise PersonError(SEALED)


def _vault() -> tuple[Callable[[str], BodyId], Callable[[BodyId], str]]:
    made: WeakValueDictionary[str, BodyId] = WeakValueDictionary()
    texts: WeakKeyDictionary[BodyId, str] = WeakKeyDictionary()
    lock = threading.Lock()

    def mint(text: str) -> BodyId:
        with lock:
            known = made.get(text)
            if known is None:
                known = object.__new__(BodyId)
                made[text] = known
                texts[known] = text
            return known

    def text_of(body: BodyId) -> str:
        text = texts.get(body)
        if text is None:
            raise PersonError(f"this BodyId was not made by a register: {SEALED}")
        return text

    return mint, text_of


_mint, _text_of = _vault()


@dataclass(frozen=True)
class Refusal:
    """Why one row of a body table (counted from 0) cannot be registered."""

    row: int
    body_id: str | None
    reason: str

    def __str__(self) -> str:
        return f"row {self.row}, {self.body_id!r}: {self.reason}"


IsPerson = Callable[[str], bool]


def refusals(body: pa.Table, is_person: IsPerson) -> list[Refusal]:
    """The rows of a body table that are no public bodies to be measured, each with one reason.

    `is_person` says whether an identifier has the form of a natural person's. An office of one
    person is refused unless the table says that it is staffed; where that is unknown, it is not.
    """
    return list(_refusals(body, is_person))


def admissible(body: pa.Table, is_person: IsPerson) -> tuple[pa.Table, list[Refusal]]:
    """The rows that can be registered, in their order, and the refusals of the others."""
    refused = refusals(body, is_person)
    rows = {one.row for one in refused}
    return body.take(
        pa.array([r for r in range(body.num_rows) if r not in rows], pa.int64())
    ), refused


def _refusals(body: pa.Table, is_person: IsPerson) -> Iterator[Refusal]:
    _need(body, "body", "body_id", "body_kind", "seats", "staffed")
    ids = body.column("body_id")
    alone = pc.fill_null(pc.equal(body.column("seats"), 1), False)
    staffed = pc.fill_null(body.column("staffed"), False)
    reasons: dict[int, str] = {}
    for reason, holds in (
        ("it has no identifier", pc.fill_null(pc.equal(ids, ""), True)),
        (f"its kind is not {PUBLIC_BODY}", _is_not_public(body.column("body_kind"))),
        ("an office of one person without staff of its own", pc.and_not(alone, staffed)),
    ):
        for row in pc.indices_nonzero(holds).to_pylist():
            reasons.setdefault(row, reason)
    for row, text in enumerate(ids.to_pylist()):
        if row not in reasons and is_person(text):
            reasons[row] = "its identifier has the form of a natural person's"
    for row in sorted(reasons):
        yield Refusal(row, ids[row].as_py(), reasons[row])


class Register:
    """The public bodies that figures may be about."""

    def __init__(self, body: pa.Table, *, is_person: IsPerson) -> None:
        """Of these bodies. One row that cannot be registered refuses the whole table: leave such
        rows out first with `admissible`, and say that you did.
        """
        refused = refusals(body, is_person)
        if refused:
            more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
            raise PersonError(f"table body, {refused[0]}{more}. See docs/no-persons.md.")
        self._ids = body.column("body_id").combine_chunks()

    def __len__(self) -> int:
        return len(self._known)

    def __contains__(self, text: object) -> bool:
        return text in self._known

    def of(self, text: str) -> BodyId:
        """The body with this identifier."""
        if text not in self._known:
            raise PersonError(f"{text!r} is not a registered public body")
        return _mint(text)

    def admit(self, data: pa.Table, name: str = "table") -> pa.Table:
        """The same table, if every row is about a registered public body."""
        _need(data, name, "body_id", "body_kind")
        ids = data.column("body_id")
        foreign = pc.invert(pc.is_in(ids, value_set=self._ids))
        mistaken = _is_not_public(data.column("body_kind"))
        row = pc.index(pc.or_(foreign, mistaken), True).as_py()
        if row >= 0:
            marked = f"is not marked as {PUBLIC_BODY}"
            about = marked if mistaken[row].as_py() else "is not a registered public body"
            raise PersonError(
                f"{name}, row {row}: {ids[row].as_py()!r} {about}. Figures are about registered"
                " public bodies only; see docs/no-persons.md."
            )
        return data

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self._ids.to_pylist())


def _is_not_public(kind: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(pc.not_equal(kind, PUBLIC_BODY), True)


def _need(data: pa.Table, name: str, *columns: str) -> None:
    lacking = [column for column in columns if column not in data.column_names]
    if lacking:
        raise PersonError(f"{name} has no column {', '.join(lacking)}: it cannot be admitted")
